"""The places a formula reads, and the formulas that fill them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping

from compute.dialects import Statistic, children, nodes
from compute.formulas.ast import (
    MAX_COLUMN,
    MAX_ROW,
    Binary,
    Call,
    CellReference,
    Coordinate,
    Node,
    RangeReference,
    Sheets,
)
from compute.values import Area

EXTENDING_FUNCTIONS = frozenset({"SUMIF", "AVERAGEIF"})
"""Functions that read beyond a reference they are given."""
DYNAMIC_FUNCTIONS = frozenset({"OFFSET", "INDIRECT"})
"""Functions whose result is a place that cannot be known before they are computed."""

PLACE_FUNCTIONS = frozenset(
    {"ROW", "COLUMN", "ROWS", "COLUMNS", "AREAS", "SHEET", "SHEETS", "ISREF", "ISFORMULA", "FORMULATEXT"}
)
"""Functions that ask where a reference is, how large or of what kind, not what it shows: ``=ROWS(A$1:A3)`` in A3 is no
circle.
"""

CellId = tuple[int, int, int]
"""(sheet index, row, column)."""


class SheetIndex:
    """Sheet names to their positions."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self._positions = {n.casefold(): i for i, n in enumerate(self.names)}

    def positions(self, sheets: Sheets | None, own: int) -> range | None:
        """The sheets a prefix names, in the workbook's order; None when one of them does not exist."""
        if sheets is None:
            return range(own, own + 1)
        first = self._positions.get(sheets.first.casefold())
        last = first if sheets.last is None else self._positions.get(sheets.last.casefold())
        if first is None or last is None:
            return None
        return range(min(first, last), max(first, last) + 1)


def rectangle(node: CellReference | RangeReference, row: int, column: int) -> tuple[int, int, int, int]:
    """(top, left, bottom, right) of a reference for a formula in that cell, sorted."""
    if isinstance(node, CellReference):
        top, left = node.row.resolve(row, MAX_ROW), node.column.resolve(column, MAX_COLUMN)
        return top, left, top, left
    top, bottom = _pair(node.top, node.bottom, row, MAX_ROW)
    left, right = _pair(node.left, node.right, column, MAX_COLUMN)
    return top, left, bottom, right


def _pair(first: Coordinate, last: Coordinate, origin: int, limit: int) -> tuple[int, int]:
    a, b = first.resolve(origin, limit), last.resolve(origin, limit)
    return (a, b) if a <= b else (b, a)


def areas_of(
    references: Iterable[CellReference | RangeReference], sheet: int, row: int, column: int, index: SheetIndex
) -> list[Area]:
    """The areas that references stand for in that cell's formula; other workbooks and missing sheets are left out."""
    found: list[Area] = []
    for node in references:
        if node.sheets is not None and node.sheets.workbook:
            continue
        sheets = index.positions(node.sheets, sheet)
        if sheets is None:
            continue
        top, left, bottom, right = rectangle(node, row, column)
        found += [Area(s, top, left, bottom, right) for s in sheets]
    return found


def static_references(tree: Node) -> tuple[CellReference | RangeReference, ...]:
    """The references of a bound formula whose cells it reads, not those of which it asks the place or size."""
    found: list[CellReference | RangeReference] = []
    open_nodes = [tree]
    while open_nodes:
        node = open_nodes.pop()
        if isinstance(node, CellReference | RangeReference):
            found.append(node)
            continue
        below = children(node)
        if isinstance(node, Statistic):
            below = [b for b in below if not any(b is variable for variable in node.of)]
        if isinstance(node, Call) and node.name in PLACE_FUNCTIONS:
            below = [b for b in below if not isinstance(b, CellReference | RangeReference)]
        elif isinstance(node, Call) and node.name in EXTENDING_FUNCTIONS:
            below += [more for more in (extended_total(node),) if more is not None]
        open_nodes += reversed(below)
    return tuple(found)


def extended_total(call: Call) -> RangeReference | None:
    """What SUMIF and AVERAGEIF add up: a third argument of another size is taken at the size of the first.

    None where it has that size, or is absent. Source: Microsoft's page on SUMIF, on the size and shape of sum_range.
    """
    if len(call.arguments) < 3:
        return None
    criteria, total = call.arguments[0], call.arguments[2]
    if not isinstance(criteria, RangeReference) or not isinstance(total, CellReference | RangeReference):
        return None
    if criteria.top.absolute != criteria.bottom.absolute or criteria.left.absolute != criteria.right.absolute:
        return None
    top, left = (total.row, total.column) if isinstance(total, CellReference) else (total.top, total.left)
    bottom = Coordinate(top.value + criteria.bottom.value - criteria.top.value, top.absolute)
    right = Coordinate(left.value + criteria.right.value - criteria.left.value, left.absolute)
    extended = RangeReference(top, left, bottom, right, total.sheets)
    return None if extended == total else extended


def is_dynamic(tree: Node) -> bool:
    """Whether a bound formula reads places that are only known once it is computed."""
    return any(
        (isinstance(n, Call) and n.name in DYNAMIC_FUNCTIONS) or (isinstance(n, Binary) and n.operator == ":")
        for n in nodes(tree)
    )


class ProducerIndex:
    """Which formula fills which cell; ``producers`` maps every filled cell (array children too) to its formula."""

    def __init__(self, producers: Mapping[CellId, int]) -> None:
        self._columns: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
        grouped: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for (sheet, row, column), number in producers.items():
            grouped.setdefault((sheet, column), []).append((row, number))
        for key, pairs in grouped.items():
            pairs.sort()
            self._columns[key] = ([r for r, _ in pairs], [n for _, n in pairs])
        self._column_numbers: dict[int, list[int]] = {}
        for sheet, column in sorted(self._columns):
            self._column_numbers.setdefault(sheet, []).append(column)

    def inside(self, area: Area) -> list[int]:
        """The formulas that fill any cell of the area, each once."""
        columns = self._column_numbers.get(area.sheet, [])
        found: list[int] = []
        for column in columns[bisect_left(columns, area.left) : bisect_right(columns, area.right)]:
            rows, numbers = self._columns[area.sheet, column]
            found += numbers[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)]
        return list(dict.fromkeys(found))
