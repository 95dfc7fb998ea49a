"""Workbooks: read safely into an immutable model, written back without touching what is not ours."""

from __future__ import annotations

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
from compute.workbook.package import Package, Relationship
from compute.workbook.reader import read_workbook
from compute.workbook.safety import Kind, Limits, sniff

__all__ = [
    "Cell",
    "DataTable",
    "DefinedName",
    "Formula",
    "Kind",
    "Limits",
    "Package",
    "Rectangle",
    "Relationship",
    "Sheet",
    "Table",
    "Workbook",
    "read_workbook",
    "sniff",
]
