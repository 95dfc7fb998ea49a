"""A workbook's values as Excel would show them after a full recalculation."""

from __future__ import annotations

from compute.backends.reference.machine import Recalculation
from compute.errors import Scalar
from compute.formulas import address
from compute.program import assemble
from compute.workbook.model import Workbook


def recalculate_workbook(workbook: Workbook) -> tuple[dict[str, dict[str, Scalar]], Recalculation]:
    """Every cell's value, sheet by sheet, and the recalculation with what could not be evaluated.

    Draws show their static values; formulas in a ring show 0; formulas that cannot be evaluated show ``#NAME?``.
    """
    program = assemble(workbook, everything=True)
    run = Recalculation(program).run()
    values = {
        name: {address(row, column): value for row, column, value in store.items()}
        for name, store in zip(program.sheets.names, run.sheets, strict=True)
    }
    return values, run
