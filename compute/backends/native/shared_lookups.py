"""Lookups of one key among the same keys: searched for once, and what all of them give read from one row of a table."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

import numpy as np
from llvmlite import ir

from compute.backends.native.emission import DOUBLE, I32, I64, NAN, Emission, IrValue
from compute.backends.native.expressions import Expression, Pick, Search, walk
from compute.backends.native.searching import row_of
from compute.values import Floats

_WHOLE = 2.0**52
"""Added to a whole number, it leaves the number in the low bits."""
Sameness = Callable[[Expression], Hashable]
"""Equal for two keys that have one value in each turn."""


class SharedLookups:
    """The lookups of one loop, while a turn of it is written."""

    def __init__(self, emit: Emission, expressions: Iterable[Expression], sameness: Sameness) -> None:
        self._emit, self._sameness = emit, sameness
        self._columns: dict[Hashable, dict[bytes, Floats]] = {}
        for part in (p for e in expressions for p in walk(e)):
            if isinstance(part, Pick) and isinstance(part.position, Search):
                asked = self._columns.setdefault(self._search(part.position), {})
                asked[part.choices.tobytes()] = part.choices
        self.known: dict[Hashable, IrValue] = {}
        """What was found in this turn so far: rows by search, numbers by search and choices."""

    def row(self, search: Search, key: IrValue) -> IrValue:
        """The row of a key, as ``row_of``."""
        asked = self._search(search)
        if asked not in self.known:
            self.known[asked] = row_of(self._emit, key, search.keys, exact=search.exact)
        return self.known[asked]

    def picked(self, pick: Pick, search: Search, key: IrValue) -> IrValue:
        """The choice in a key's row; NaN where it has none, or there are fewer choices than keys."""
        asked = self._search(search)
        if (asked, pick.choices.tobytes()) not in self.known:
            row, columns = self.row(search, key), self._columns.get(asked, {pick.choices.tobytes(): pick.choices})
            table = np.full((len(search.keys) + 1, len(columns)), NAN)
            for column, choices in enumerate(columns.values()):
                given = choices[: len(search.keys)]
                table[1 : len(given) + 1, column] = given
            for name, number in zip(columns, _read(self._emit, row, table), strict=True):
                self.known[asked, name] = number
        return self.known[asked, pick.choices.tobytes()]

    def _search(self, search: Search) -> Hashable:
        return self._sameness(search.key), search.keys.tobytes(), search.exact


def _read(emit: Emission, row: IrValue, table: Floats) -> list[IrValue]:
    """The numbers of each iteration's row, column by column."""
    width = table.shape[1]
    if emit.width % 4 or width == 1:
        columns = [emit.table(np.ascontiguousarray(c)) for c in table.T]
        places = _places(emit, row, 1)
        return [_gathered(emit, column, places) for column in columns]
    if width % 2:
        table = np.concatenate([table, table[:, -1:]], axis=1)
    pointer = emit.table(table.ravel())
    places = _places(emit, row, table.shape[1])
    return [c for i in range(0, table.shape[1], 2) for c in _pair(emit, pointer, places, i)][:width]


def _places(emit: Emission, row: IrValue, scale: int) -> list[IrValue]:
    """Each iteration's row, times the length of rows, as a 64-bit integer."""
    builder = emit.builder
    shifted = emit.fma(row, emit.number(float(scale)), emit.number(_WHOLE))
    bits = builder.and_(builder.bitcast(shifted, emit.integers), emit.integer(2**32 - 1))
    return [bits] if emit.width == 1 else [builder.extract_element(bits, I32(lane)) for lane in range(emit.width)]


def _gathered(emit: Emission, table: IrValue, places: list[IrValue]) -> IrValue:
    numbers = [emit.element(table, place) for place in places]
    if emit.width == 1:
        return numbers[0]
    result = ir.Constant(emit.vector, ir.Undefined)
    for lane, number in enumerate(numbers):
        result = emit.builder.insert_element(result, number, I32(lane))
    return result


def _pair(emit: Emission, table: IrValue, places: list[IrValue], column: int) -> list[IrValue]:
    """Two neighbouring columns: both numbers of an iteration come in one load."""
    builder, kind = emit.builder, ir.VectorType(DOUBLE, 2)
    rows = []
    for place in places:
        at = builder.gep(table, [builder.add(place, I64(column))])
        loaded = builder.load(builder.bitcast(at, kind.as_pointer()))
        loaded.align = 16
        rows.append(loaded)
    found = []
    for first in range(0, emit.width, 4):
        halves = [_shuffled(emit, rows[first + i], rows[first + i + 2], [0, 1, 2, 3]) for i in (0, 1)]
        found.append([_shuffled(emit, halves[0], halves[1], order) for order in ([0, 4, 2, 6], [1, 5, 3, 7])])
    while len(found) > 1:
        joined = list(range(2 * found[0][0].type.count))
        found = [
            [_shuffled(emit, a, b, joined) for a, b in zip(found[i], found[i + 1], strict=True)]
            for i in range(0, len(found), 2)
        ]
    return found[0]


def _shuffled(emit: Emission, a: IrValue, b: IrValue, order: list[int]) -> IrValue:
    return emit.builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(I32, len(order)), order))


__all__ = ["SharedLookups"]
