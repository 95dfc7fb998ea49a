"""Counts, sums of squares and spreads over the cells of a range, and totals of those cells that meet conditions.

A condition is an interval: ``parts`` hold its two ends, both of which belong to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compute.backends.native.bounds import NEAR
from compute.backends.native.emission import Emission, IrValue, Value
from compute.backends.native.iterating import Cells, each
from compute.backends.native.ordering import first_error
from compute.backends.native.telling import failing
from compute.errors import ErrorCode

RangeOperation = Callable[[Emission, Sequence[Cells], Sequence[Value]], Value]


def _count(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
    """How many of the cells are no errors."""

    def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        more = emit.select(emit.is_nan(ranges[0].load(j)), emit.number(0.0), emit.number(1.0))
        return [emit.builder.fadd(held[0], more)]

    return each(emit, ranges[0].count, [emit.number(0.0)], step)[0]


def _squares(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
    def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        value = ranges[0].load(j)
        return [emit.builder.fadd(held[0], emit.builder.fmul(value, value))]

    total = each(emit, ranges[0].count, [emit.number(0.0)], step)[0]
    return failing(emit, [first_error(emit, ranges[0])], total)


def _spread(lost: int, *, is_deviation: bool) -> RangeOperation:
    """A variance with ``lost`` degrees of freedom fewer than cells, or its root."""

    def emitted(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
        cells, builder = ranges[0], emit.builder
        zero = emit.number(0.0)
        total = each(emit, cells.count, [zero], lambda j, held: [builder.fadd(held[0], cells.load(j))])[0]
        mean = builder.fdiv(total, emit.number(float(cells.count)))

        def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
            apart = builder.fsub(cells.load(j), mean)
            return [builder.fadd(held[0], builder.fmul(apart, apart))]

        freedom = cells.count - lost
        squares = each(emit, cells.count, [zero], step)[0]
        found = builder.fdiv(squares, emit.number(float(max(freedom, 1))))
        if is_deviation:
            found = emit.call("llvm.sqrt", found)
        too_few = emit.builder.fcmp_ordered("oeq", emit.number(float(max(freedom, 0))), zero)
        return failing(emit, [first_error(emit, cells)], found, (too_few, ErrorCode.DIV0))

    return emitted


def _met(emit: Emission, keys: Sequence[Cells], parts: Sequence[IrValue], j: IrValue, *, is_written: bool) -> IrValue:
    builder = emit.builder
    met = None
    for cells, low, high in zip(keys, parts[::2], parts[1::2], strict=True):
        key = cells.load(j)
        here = builder.and_(builder.fcmp_ordered("oge", key, low), builder.fcmp_ordered("ole", key, high))
        met = here if met is None else builder.and_(met, here)
        if is_written:
            _doubt_near(emit, key, low)
            _doubt_near(emit, key, high)
    return met


def _doubt_near(emit: Emission, key: IrValue, end: IrValue) -> None:
    """Bounds that are not whole are rounded when written as a text: cells next to them are the reference backend's."""
    builder = emit.builder
    margin = builder.fmul(emit.absolute(end), emit.number(NEAR))
    near = builder.fcmp_ordered("ole", emit.absolute(builder.fsub(key, end)), margin)
    finite = builder.fcmp_ordered("olt", margin, emit.number(float("inf")))
    fraction = emit.absolute(builder.fsub(end, emit.call("llvm.rint", end)))
    broken = builder.fcmp_ordered("ogt", fraction, builder.fmul(margin, emit.number(0.5)))
    emit.doubt(builder.and_(builder.and_(near, finite), broken))


def _count_where(*, is_written: bool) -> RangeOperation:
    def emitted(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
        bounds = [emit.as_number(p) for p in parts]

        def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
            met = _met(emit, ranges, bounds, j, is_written=is_written)
            return [emit.builder.fadd(held[0], emit.select(met, emit.number(1.0), emit.number(0.0)))]

        return each(emit, ranges[0].count, [emit.number(0.0)], step)[0]

    return emitted


def _total_where(*, is_mean: bool, is_written: bool) -> RangeOperation:
    """The first range is added up, or averaged, where the others meet their conditions; only errors there matter."""

    def emitted(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
        bounds, builder, zero = [emit.as_number(p) for p in parts], emit.builder, emit.number(0.0)

        def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
            met = _met(emit, ranges[1:], bounds, j, is_written=is_written)
            value = ranges[0].load(j)
            total = builder.fadd(held[0], emit.select(met, value, zero))
            count = builder.fadd(held[1], emit.select(met, emit.number(1.0), zero))
            seen = builder.or_(builder.not_(emit.is_nan(value)), builder.not_(met))
            known = builder.or_(seen, emit.is_nan(held[2]))
            return [total, count, emit.select(known, held[2], value)]

        total, count, error = each(emit, ranges[0].count, [zero, zero, zero], step)
        if not is_mean:
            return failing(emit, [error], total)
        none = builder.fcmp_ordered("oeq", count, zero)
        return failing(emit, [error], builder.fdiv(total, count), (none, ErrorCode.DIV0))

    return emitted


STATISTICS: dict[str, RangeOperation] = {
    "count": _count,
    "squares": _squares,
    "variance": _spread(1, is_deviation=False),
    "variance_of_all": _spread(0, is_deviation=False),
    "deviation": _spread(1, is_deviation=True),
    "deviation_of_all": _spread(0, is_deviation=True),
    "count_where": _count_where(is_written=False),
    "total_where": _total_where(is_mean=False, is_written=False),
    "mean_where": _total_where(is_mean=True, is_written=False),
    "count_where_written": _count_where(is_written=True),
    "total_where_written": _total_where(is_mean=False, is_written=True),
    "mean_where_written": _total_where(is_mean=True, is_written=True),
}

__all__ = ["STATISTICS"]
