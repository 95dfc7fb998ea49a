"""Workbooks: read safely into an immutable model, written back without touching what is not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compute.on_demand import on_demand
from compute.workbook.model import (
    Cell,
    DataTable,
    DefinedName,
    Formula,
    Rectangle,
    Sheet,
    Table,
    Workbook,
)

if TYPE_CHECKING:
    from compute.workbook.edit import edit_cells
    from compute.workbook.package import Package, Relationship
    from compute.workbook.reader import read_workbook
    from compute.workbook.report import (
        PERCENTILE_LEVELS,
        Certificate,
        Convergence,
        CorrelationRow,
        DetailRow,
        Driver,
        Fan,
        FanPoint,
        HistogramTable,
        OutputResult,
        Report,
        VariableRow,
    )
    from compute.workbook.safety import Kind, Limits, sniff
    from compute.workbook.shown_values import with_shown_values
    from compute.workbook.typed import build_workbook
    from compute.workbook.writer import WrittenResults, write_results
else:
    __getattr__ = on_demand(
        __name__,
        {
            "edit": "edit_cells",
            "package": "Package Relationship",
            "reader": "read_workbook",
            "report": "PERCENTILE_LEVELS Certificate Convergence CorrelationRow DetailRow Driver "
            "Fan FanPoint HistogramTable OutputResult Report VariableRow",
            "safety": "Kind Limits sniff",
            "shown_values": "with_shown_values",
            "typed": "build_workbook",
            "writer": "WrittenResults write_results",
        },
    )

__all__ = [
    "PERCENTILE_LEVELS",
    "Cell",
    "Certificate",
    "Convergence",
    "CorrelationRow",
    "DataTable",
    "DefinedName",
    "DetailRow",
    "Driver",
    "Fan",
    "FanPoint",
    "Formula",
    "HistogramTable",
    "Kind",
    "Limits",
    "OutputResult",
    "Package",
    "Rectangle",
    "Relationship",
    "Report",
    "Sheet",
    "Table",
    "VariableRow",
    "Workbook",
    "WrittenResults",
    "build_workbook",
    "edit_cells",
    "read_workbook",
    "sniff",
    "with_shown_values",
    "write_results",
]
