"""The places a formula reads, and the formulas that fill them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from itertools import chain

import numpy as np
from numpy.typing import NDArray

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
Integers = NDArray[np.int64]
_ROWS, _COLUMNS = MAX_ROW + 1, MAX_COLUMN + 1


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
    return are_dynamic(nodes(tree))


def are_dynamic(every: Iterable[Node]) -> bool:
    """As ``is_dynamic``, of all nodes of a formula."""
    return any(
        (isinstance(n, Call) and n.name in DYNAMIC_FUNCTIONS) or (isinstance(n, Binary) and n.operator == ":")
        for n in every
    )


class ProducerIndex:
    """Which formula fills which cell; ``producers`` maps every filled cell (array children too) to its formula."""

    def __init__(self, producers: Mapping[CellId, int]) -> None:
        count = len(producers)
        cells = np.fromiter(chain.from_iterable(producers), np.int64, 3 * count).reshape(count, 3)
        keys = _places(cells[:, 0], cells[:, 1], cells[:, 2])
        order = np.argsort(keys)
        # A key that no cell has ends the list, so that whatever is looked up has a place in it.
        self._keys = np.append(keys[order], np.iinfo(np.int64).max)
        self._numbers = np.append(np.fromiter(producers.values(), np.int64, count)[order], -1)
        self._sorted: list[int] = self._keys.tolist()
        self._formulas: list[int] = self._numbers.tolist()
        self._column_numbers: dict[int, list[int]] = {}
        for column in sorted(set((keys // _ROWS).tolist())):
            self._column_numbers.setdefault(column // _COLUMNS, []).append(column % _COLUMNS)

    def at(self, sheet: int, rows: Integers, columns: Integers) -> Integers:
        """The formula that fills each cell of a sheet, -1 where none does; rows and columns of one shape."""
        keys = _places(sheet, rows, columns)
        found = np.searchsorted(self._keys, keys)
        return np.where(self._keys[found] == keys, self._numbers[found], -1)

    def inside(self, area: Area) -> list[int]:
        """The formulas that fill any cell of the area, each once."""
        columns = self._column_numbers.get(area.sheet, [])
        found: list[int] = []
        for column in columns[bisect_left(columns, area.left) : bisect_right(columns, area.right)]:
            first = (area.sheet * _COLUMNS + column) * _ROWS
            low = bisect_left(self._sorted, first + area.top)
            found += self._formulas[low : bisect_right(self._sorted, first + area.bottom, low)]
        return list(dict.fromkeys(found))


def _places(sheets: Integers | int, rows: Integers, columns: Integers) -> Integers:
    """Cells as numbers that ascend by sheet, column and row."""
    return (sheets * _COLUMNS + columns) * _ROWS + rows
