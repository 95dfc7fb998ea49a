"""Counts, sums of squares and spreads over the cells of a range."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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


STATISTICS: dict[str, RangeOperation] = {
    "count": _count,
    "squares": _squares,
    "variance": _spread(1, is_deviation=False),
    "variance_of_all": _spread(0, is_deviation=False),
    "deviation": _spread(1, is_deviation=True),
    "deviation_of_all": _spread(0, is_deviation=True),
}

__all__ = ["STATISTICS"]
