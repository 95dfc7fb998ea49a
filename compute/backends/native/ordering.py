"""Places in order over the cells of a range: a sorting network for few cells, halving of the values for many.

Many cells stay where they are. The bits of doubles, read as integers, rise with the doubles; the bracket of the wanted
element is halved in these, all iterations of the vector at once, until it holds as many elements as are wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compute.backends.native.emission import I64, Emission, IrValue, Value
from compute.backends.native.iterating import Cells, each
from compute.backends.native.telling import failing
from compute.errors import ErrorCode

RangeOperation = Callable[[Emission, Sequence[Cells], Sequence[Value]], Value]
Failed = tuple[IrValue, ErrorCode]
NETWORK = 32
"""Ranges of at most so many cells are sorted."""
_MAGNITUDE = (1 << 63) - 1
_WHOLE = 1e-14


def _lesser(emit: Emission, a: IrValue, b: IrValue) -> IrValue:
    return emit.select(emit.builder.fcmp_ordered("olt", b, a), b, a)


def _greater(emit: Emission, a: IrValue, b: IrValue) -> IrValue:
    return emit.select(emit.builder.fcmp_ordered("ogt", b, a), b, a)


def first_error(emit: Emission, cells: Cells) -> IrValue:
    """The first error among the cells, 0 where there is none."""

    def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        value = cells.load(j)
        return [emit.select(emit.is_nan(value), value, held[0])]

    return each(emit, cells.count, [emit.number(0.0)], step, backwards=True)[0]


def _network(count: int) -> list[tuple[int, int]]:
    """Batcher's merge exchange (Knuth, The Art of Computer Programming 3, algorithm 5.2.2M)."""
    exchanges = []
    top = 1 << max(0, (count - 1).bit_length() - 1)
    p = top
    while p > 0:
        q, r, d = top, 0, p
        while True:
            exchanges += [(i, i + d) for i in range(count - d) if i & p == r]
            if q == p:
                break
            d, q, r = q - p, q // 2, p
        p //= 2
    return exchanges


def _sorted(emit: Emission, cells: Cells) -> list[IrValue]:
    values = [cells.load(I64(j)) for j in range(cells.count)]
    for a, b in _network(cells.count):
        low, high = _lesser(emit, values[a], values[b]), _greater(emit, values[a], values[b])
        values[a], values[b] = low, high
    return values


def _of_sorted(emit: Emission, ordered: Sequence[IrValue], place: IrValue) -> IrValue:
    found = ordered[0]
    for i, value in enumerate(ordered[1:], 1):
        found = emit.select(emit.builder.fcmp_ordered("oge", place, emit.number(float(i))), value, found)
    return found


def neighbours(emit: Emission, cells: Cells, place: IrValue) -> tuple[IrValue, IrValue]:
    """The element at a 0-based whole place in rising order and the next; places are clipped to the cells there are."""
    if cells.count <= NETWORK:
        ordered = _sorted(emit, cells)
        return _of_sorted(emit, ordered, place), _of_sorted(emit, ordered, emit.builder.fadd(place, emit.number(1.0)))
    return _halved(emit, cells, place)


def _keys(emit: Emission, bits: IrValue) -> IrValue:
    """From the bits of doubles to integers in the same order, and back."""
    builder = emit.builder
    sign = builder.ashr(bits, emit.integer(63))
    return builder.xor(bits, builder.and_(sign, emit.integer(_MAGNITUDE)))


def _halved(emit: Emission, cells: Cells, place: IrValue) -> tuple[IrValue, IrValue]:
    builder, infinite = emit.builder, emit.number(float("inf"))
    least, greatest = each(
        emit, cells.count, [infinite, emit.number(float("-inf"))],
        lambda j, held: [_lesser(emit, held[0], cells.load(j)), _greater(emit, held[1], cells.load(j))],
    )  # fmt: skip
    rank = _clipped(emit, builder.fadd(place, emit.number(1.0)), cells.count)
    wanted = builder.fptosi(rank, emit.integers)

    def value_of(key: IrValue) -> IrValue:
        return builder.bitcast(_keys(emit, key), emit.vector)

    def narrower(held: Sequence[IrValue]) -> tuple[Sequence[IrValue], IrValue]:
        low, high, at_most = held
        middle = builder.add(builder.and_(low, high), builder.ashr(builder.xor(low, high), emit.integer(1)))
        pivot = value_of(middle)

        def count(j: IrValue, so_far: Sequence[IrValue]) -> list[IrValue]:
            here = builder.fcmp_ordered("ole", cells.load(j), pivot)
            return [builder.sub(so_far[0], builder.sext(here, emit.integers))]

        counted = each(emit, cells.count, [emit.integer(0)], count)[0]
        enough = builder.icmp_signed(">=", counted, wanted)
        low = builder.select(enough, low, builder.add(middle, emit.integer(1)))
        high = builder.select(enough, middle, high)
        at_most = builder.select(enough, counted, at_most)
        open_still = builder.and_(builder.icmp_signed("<", low, high), builder.icmp_signed("!=", at_most, wanted))
        return [low, high, at_most], emit.any(open_still)

    ends = [_keys(emit, builder.bitcast(end, emit.integers)) for end in (least, greatest)]
    _, high, at_most = emit.repeat_while([*ends, emit.integer(cells.count)], narrower)
    bound = value_of(high)

    def around(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        value = cells.load(j)
        below = builder.fcmp_ordered("ole", value, bound)
        return [
            emit.select(below, _greater(emit, held[0], value), held[0]),
            emit.select(below, held[1], _lesser(emit, held[1], value)),
        ]

    found, above = each(emit, cells.count, [emit.number(float("-inf")), infinite], around)
    alone = builder.and_(
        builder.icmp_signed("==", at_most, wanted), builder.icmp_signed("<", wanted, emit.integer(cells.count))
    )
    return found, emit.select(alone, above, found)


def _clipped(emit: Emission, rank: IrValue, count: int) -> IrValue:
    rank = emit.select(emit.builder.fcmp_ordered("oge", rank, emit.number(1.0)), rank, emit.number(1.0))
    return emit.select(
        emit.builder.fcmp_ordered("ole", rank, emit.number(float(count))), rank, emit.number(float(count))
    )


def _outside(emit: Emission, value: IrValue, low: float, high: float) -> IrValue:
    below = emit.builder.fcmp_ordered("olt", value, emit.number(low))
    return emit.builder.or_(below, emit.builder.fcmp_ordered("ogt", value, emit.number(high)))


def _taken(emit: Emission, cells: Cells, at: IrValue, place: IrValue, *failures: Failed) -> IrValue:
    """The element at a 0-based place, between two elements by interpolation."""
    builder = emit.builder
    below = emit.call("llvm.floor", place)
    low, high = neighbours(emit, cells, below)
    share = builder.fsub(place, below)
    between = builder.fadd(low, builder.fmul(share, builder.fsub(high, low)))
    whole = builder.fcmp_ordered("oeq", share, emit.number(0.0))
    found = emit.select(whole, low, between)
    return failing(emit, [first_error(emit, cells), at], found, *failures)


def _ranked(*, falling: bool) -> RangeOperation:
    """SMALL and LARGE."""

    def emitted(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
        cells, rank = ranges[0], emit.as_number(parts[0])
        count = emit.number(float(cells.count))
        if falling:
            place = emit.builder.fsub(count, emit.call("llvm.ceil", rank))
        else:
            place = emit.builder.fsub(emit.call("llvm.trunc", rank), emit.number(1.0))
        return _taken(emit, cells, rank, place, (_outside(emit, rank, 1.0, float(cells.count)), ErrorCode.NUM))

    return emitted


def _snapped(emit: Emission, place: IrValue) -> IrValue:
    """Places that are whole but for the last bits, made whole."""
    builder, one = emit.builder, emit.number(1.0)
    nearest = emit.call("llvm.rint", place)
    size = _greater(emit, emit.absolute(place), one)
    near = builder.fcmp_ordered(
        "ole", emit.absolute(builder.fsub(place, nearest)), builder.fmul(size, emit.number(_WHOLE))
    )
    return emit.select(near, nearest, place)


def _percentile(*, is_exclusive: bool, is_quarter: bool) -> RangeOperation:
    def emitted(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
        cells, given = ranges[0], emit.as_number(parts[0])
        builder, count = emit.builder, float(ranges[0].count)
        share = builder.fdiv(emit.call("llvm.trunc", given), emit.number(4.0)) if is_quarter else given
        if not is_exclusive:
            place = _snapped(emit, builder.fmul(share, emit.number(count - 1)))
            return _taken(emit, cells, given, place, (_outside(emit, share, 0.0, 1.0), ErrorCode.NUM))
        place = _snapped(emit, builder.fmul(share, emit.number(count + 1)))
        outside = _outside(emit, place, 1.0, count)
        return _taken(emit, cells, given, builder.fsub(place, emit.number(1.0)), (outside, ErrorCode.NUM))

    return emitted


def _median(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
    cells, builder = ranges[0], emit.builder
    low, high = neighbours(emit, cells, emit.number(float((cells.count - 1) // 2)))
    found = low
    if cells.count % 2 == 0:
        equal = builder.fcmp_ordered("oeq", low, high)
        found = emit.select(equal, low, builder.fdiv(builder.fadd(low, high), emit.number(2.0)))
    return failing(emit, [first_error(emit, cells)], found)


ORDERING: dict[str, RangeOperation] = {
    "smallest": _ranked(falling=False),
    "largest": _ranked(falling=True),
    "median": _median,
    "percentile": _percentile(is_exclusive=False, is_quarter=False),
    "percentile_exclusive": _percentile(is_exclusive=True, is_quarter=False),
    "quartile": _percentile(is_exclusive=False, is_quarter=True),
    "quartile_exclusive": _percentile(is_exclusive=True, is_quarter=True),
}

__all__ = ["ORDERING", "first_error", "neighbours"]
