"""A workbook as read: immutable, complete, and nothing of it evaluated.

Rows and columns are 1-based, as in Excel; a cell is the pair (row, column).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Literal, NamedTuple

from compute.errors import Scalar
from compute.records import dataclass

Cell = tuple[int, int]
Rectangle = tuple[int, int, int, int]
"""(top, left, bottom, right), all inclusive."""


@dataclass(frozen=True, slots=True)
class DataTable:
    """A what-if table: the interior cells are computed by putting ``row_input`` and ``column_input`` in turn."""

    row_input: str | None
    column_input: str | None


# A named tuple, as a workbook has one for each formula: a frozen dataclass takes several times as long to make.
class Formula(NamedTuple):
    """A cell's formula, without its ``=``, shared formulas already shifted to this cell.

    ``kind``: ``normal``; ``array`` (Ctrl-Shift-Enter) and ``dynamic`` (may spill) carry the ``range`` that Excel
    stored for them; ``data_table`` carries ``data_table``. Cells inside a range other than its first hold no formula of
    their own.
    """

    text: str
    kind: Literal["normal", "array", "dynamic", "data_table"] = "normal"
    range: Rectangle | None = None
    data_table: DataTable | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table (ListObject). ``range`` includes header and totals rows where they exist."""

    name: str
    sheet: str
    range: Rectangle
    columns: tuple[str, ...]
    header_rows: int = 1
    totals_rows: int = 0


@dataclass(frozen=True, slots=True)
class DefinedName:
    """``text`` is the formula without ``=``; ``sheet`` is the scope, None for the whole workbook.

    ``macro`` names a function or procedure of VBA or XLM: its text means nothing.
    """

    name: str
    text: str
    sheet: str | None = None
    hidden: bool = False
    macro: bool = False


@dataclass(frozen=True, slots=True)
class PivotField:
    """``names`` in the table and in its source; ``items`` gives for each item the values by which it may be named.

    ``total_on_top``: the line that heads an item's group shows its subtotal.
    """

    names: tuple[str, ...]
    items: tuple[tuple[Scalar, ...], ...]
    total_on_top: bool = True


@dataclass(frozen=True, slots=True)
class PivotLine:
    """A row or column of totals at ``place``: the item (by index) of each field (by index) that it is about, none for
    the grand total, and the index of its data field. ``is_head``: it heads the group of an outer item."""

    place: int
    items: Mapping[int, int]
    data: int = 0
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class PivotTable:
    """The layout of a pivot table; ``range`` includes its report filters.

    ``data_fields`` gives for each the names it answers to, its own first; ``pages`` the item that each report filter
    shows, None for all or several.
    """

    sheet: str
    range: Rectangle
    fields: tuple[PivotField, ...]
    data_fields: tuple[tuple[str, ...], ...]
    rows: tuple[PivotLine, ...]
    columns: tuple[PivotLine, ...]
    pages: Mapping[int, int | None]


@dataclass(frozen=True, slots=True)
class ShapeScript:
    """A text that an add-in keeps in a shape of a sheet; ``shape`` is the shape's name."""

    shape: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet.

    ``values`` holds constants, ``cached`` what Excel last computed for formula cells (array and spill children
    included). Blank cells are in neither. ``spilled`` names, for each cell that only shows part of an array formula's
    result, the cell that holds the formula. ``phonetics`` has the reading of those texts that come with one. ``merged``
    are the rectangles of merged cells. ``scripts`` are read only where a name tells of an add-in that keeps any.
    """

    name: str
    state: Literal["visible", "hidden", "veryHidden"] = "visible"
    values: Mapping[Cell, Scalar] = field(default_factory=lambda: MappingProxyType({}))
    formulas: Mapping[Cell, Formula] = field(default_factory=lambda: MappingProxyType({}))
    cached: Mapping[Cell, Scalar] = field(default_factory=lambda: MappingProxyType({}))
    spilled: Mapping[Cell, Cell] = field(default_factory=lambda: MappingProxyType({}))
    phonetics: Mapping[Cell, str] = field(default_factory=lambda: MappingProxyType({}))
    number_formats: Mapping[Cell, str] = field(default_factory=lambda: MappingProxyType({}))
    hidden_rows: frozenset[int] = frozenset()
    filtered_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    column_widths: Mapping[int, float] = field(default_factory=lambda: MappingProxyType({}))
    merged: tuple[Rectangle, ...] = ()
    scripts: tuple[ShapeScript, ...] = ()
    last_row: int = 0
    last_column: int = 0


@dataclass(frozen=True, slots=True)
class Workbook:
    """Everything the engine needs of a file.

    ``external`` maps "[1]" to the cached cells of a linked workbook, sheet name → cell → value; ``external_names`` to
    its names. ``pivots`` are read only where a formula asks for pivot data.
    """

    sheets: tuple[Sheet, ...]
    names: tuple[DefinedName, ...] = ()
    tables: tuple[Table, ...] = ()
    date_1904: bool = False
    iterative: bool = False
    iterative_count: int = 100
    iterative_change: float = 0.001
    precision_as_displayed: bool = False
    external: Mapping[str, Mapping[str, Mapping[Cell, Scalar]]] = field(default_factory=lambda: MappingProxyType({}))
    external_names: Mapping[str, tuple[DefinedName, ...]] = field(default_factory=lambda: MappingProxyType({}))
    pivots: tuple[PivotTable, ...] = ()
    has_macros: bool = False
    file_name: str = ""
    sha256: str = ""

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name, in any case. Raises KeyError."""
        for sheet in self.sheets:
            if sheet.name.casefold() == name.casefold():
                return sheet
        raise KeyError(name)
