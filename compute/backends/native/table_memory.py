"""Reading tables in vector code: numbers of a table's head, and each lane's own row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llvmlite import ir

from compute.backends.native.constants import places_in
from compute.backends.native.emission import DOUBLE, I32, I64, IrValue, in_lanes
from compute.backends.native.mathematics.lanes import Bits, Lanes, Real


def integer_at(builder: ir.IRBuilder, table: IrValue, place: int) -> IrValue:
    """A whole number of a table's head."""
    return builder.bitcast(builder.load(builder.gep(table, [I64(place)])), I64)


def number_at(lanes: Lanes, table: IrValue, place: int) -> Real:
    loaded = lanes.builder.load(lanes.builder.gep(table, [I64(place)]))
    return Real(lanes, splat(lanes, loaded))


def splatted(lanes: Lanes, scalar: IrValue) -> Bits:
    return Bits(lanes, splat(lanes, scalar))


def splat(lanes: Lanes, scalar: IrValue) -> IrValue:
    return scalar if lanes.width == 1 else in_lanes(lanes.builder, scalar, lanes.width)


def by_rows(
    lanes: Lanes,
    table: IrValue,
    begin: Bits,
    words: int,
    arguments: Sequence[Real],
    compute: Callable[[Sequence[Real], Sequence[Real]], Sequence[Real]],
) -> list[Real]:
    """``compute(columns, arguments)`` with the words of a table from a place of each lane on, a multiple of ``words``.

    Four lanes at a time where that goes, for which the columns of a row fit the registers.
    """
    builder, width = lanes.builder, lanes.width
    bases = []
    for lane in range(width):
        number = begin.value if width == 1 else builder.extract_element(begin.value, I32(lane))
        bases.append(builder.gep(table, [number]))
    if width % 4:
        return list(compute([_column(lanes, bases, i) for i in range(words)], arguments))
    few, found = Lanes(builder, 4), []
    for first in range(0, width, 4):
        order = places_in(range(first, first + 4))
        own = [Real(few, builder.shuffle_vector(a.value, a.value, order)) for a in arguments]
        columns = [c for i in range(0, words, 2) for c in _transposed(builder, bases[first : first + 4], i)]
        found.append(compute([Real(few, c) for c in columns], own))
    if width == 4:
        return list(found[0])
    return [
        Real(lanes, builder.shuffle_vector(a.value, b.value, places_in(range(8)))) for a, b in zip(*found, strict=True)
    ]


def _column(lanes: Lanes, bases: Sequence[IrValue], place: int) -> Real:
    builder = lanes.builder
    loaded = [builder.load(builder.gep(base, [I64(place)])) for base in bases]
    if lanes.width == 1:
        return Real(lanes, loaded[0])
    value = ir.Constant(lanes.real_type, ir.Undefined)
    for lane, number in enumerate(loaded):
        value = builder.insert_element(value, number, I32(lane))
    return Real(lanes, value)


def _transposed(builder: ir.IRBuilder, bases: Sequence[IrValue], place: int) -> list[IrValue]:
    """Two words from each of four rows, as two columns: halves come from memory where they belong."""
    kind = ir.VectorType(DOUBLE, 2)
    rows = []
    for base in bases:
        loaded = builder.load(builder.bitcast(builder.gep(base, [I64(place)]), kind.as_pointer()))
        loaded.align = 16
        rows.append(loaded)
    pairs = [builder.shuffle_vector(rows[i], rows[i + 2], places_in([0, 1, 2, 3])) for i in (0, 1)]
    return [builder.shuffle_vector(*pairs, places_in(order)) for order in ([0, 4, 2, 6], [1, 5, 3, 7])]


__all__ = ["by_rows", "integer_at", "number_at", "splat", "splatted"]
