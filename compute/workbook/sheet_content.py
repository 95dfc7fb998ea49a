"""A sheet while it is being read."""

from __future__ import annotations

from dataclasses import field

from compute.errors import Scalar
from compute.records import dataclass
from compute.workbook.model import Cell, Formula, Rectangle


@dataclass(slots=True)
class SheetContent:
    """What a worksheet part says, still open to change.

    ``filters`` are ranges whose autofilter has criteria, ``merged`` the rectangles of merged cells.
    """

    values: dict[Cell, Scalar] = field(default_factory=dict)
    formulas: dict[Cell, Formula] = field(default_factory=dict)
    cached: dict[Cell, Scalar] = field(default_factory=dict)
    spilled: dict[Cell, Cell] = field(default_factory=dict)
    phonetics: dict[Cell, str] = field(default_factory=dict)
    number_formats: dict[Cell, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    column_widths: dict[int, float] = field(default_factory=dict)
    filters: list[Rectangle] = field(default_factory=list)
    merged: list[Rectangle] = field(default_factory=list)
