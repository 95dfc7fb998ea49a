"""Counts, totals and means of those cells of ranges that meet conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compute.backends.native.bounds import NEAR
from compute.backends.native.emission import Emission, IrValue, Value
from compute.backends.native.expressions import Test, Where
from compute.backends.native.iterating import Cells, each
from compute.backends.native.telling import failing
from compute.errors import ErrorCode

_COMPARISONS = {"equal": "oeq", "above": "ogt", "at_least": "oge", "below": "olt", "at_most": "ole"}
_TWO_TO_52 = 2.0**52
_BITS_OF_TWO_TO_52 = 0x433 << 52

Condition = tuple[Cells, Test, bool, Sequence[IrValue]]
"""The cells that are compared, how, whether the bounds were written as texts, and the bounds."""


def bounds_of(test: Test) -> int:
    """How many numbers a test compares with."""
    return 2 if test in ("between", "outside") else 1


def totalled(emit: Emission, where: Where, ranges: Sequence[Cells], parts: Sequence[Value]) -> IrValue:
    """The count, total or mean; an error among cells that do not meet the conditions does not matter."""
    bounds = [emit.as_number(p) for p in parts]
    if where.operation == "count":
        conditions = list(_conditions(where, ranges, bounds))
        return _as_double(emit, _count(emit, conditions, ranges[0].count))
    cells, conditions = ranges[0], list(_conditions(where, ranges[1:], bounds))
    return _total(emit, cells, conditions, is_mean=where.operation == "mean")


def _conditions(where: Where, keys: Sequence[Cells], bounds: Sequence[IrValue]) -> Iterator[Condition]:
    at = 0
    for cells, test, is_written in zip(keys, where.tests, where.written, strict=True):
        count = bounds_of(test)
        yield cells, test, is_written, bounds[at : at + count]
        at += count


def _met(emit: Emission, conditions: Sequence[Condition], j: IrValue) -> IrValue:
    """Where the j-th cells meet all conditions; an error meets none but "outside"."""
    builder = emit.builder
    met = None
    for cells, test, is_written, bounds in conditions:
        key = cells.load(j)
        if test == "between":
            here = builder.and_(
                builder.fcmp_ordered("oge", key, bounds[0]), builder.fcmp_ordered("ole", key, bounds[1])
            )
        elif test == "outside":
            here = builder.or_(
                builder.fcmp_unordered("ult", key, bounds[0]), builder.fcmp_unordered("ugt", key, bounds[1])
            )
        else:
            here = builder.fcmp_ordered(_COMPARISONS[test], key, bounds[0])
        met = here if met is None else builder.and_(met, here)
        if is_written:
            for bound in bounds:
                _doubt_near(emit, key, bound)
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


def _count(emit: Emission, conditions: Sequence[Condition], cells: int) -> IrValue:
    """How many cells meet the conditions, as an integer: adding those waits less for the sum before."""

    def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        return [emit.builder.sub(held[0], emit.builder.sext(_met(emit, conditions, j), emit.integers))]

    return each(emit, cells, [emit.integer(0)], step)[0]


def _as_double(emit: Emission, count: IrValue) -> IrValue:
    """A small whole number as a double: below 2⁵² its bits are the last ones of 2⁵² and itself."""
    bits = emit.builder.or_(count, emit.integer(_BITS_OF_TWO_TO_52))
    return emit.builder.fsub(emit.builder.bitcast(bits, emit.vector), emit.number(_TWO_TO_52))


def _total(emit: Emission, cells: Cells, conditions: Sequence[Condition], *, is_mean: bool) -> IrValue:
    builder, zero = emit.builder, emit.number(0.0)

    def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        met, value = _met(emit, conditions, j), cells.load(j)
        following = [builder.fadd(held[0], emit.select(met, value, zero))]
        if is_mean:
            following.append(builder.sub(held[1], builder.sext(met, emit.integers)))
        if emit.is_exact:
            seen = builder.or_(builder.not_(emit.is_nan(value)), builder.not_(met))
            known = builder.or_(seen, emit.is_nan(held[-1]))
            following.append(emit.select(known, held[-1], value))
        return following

    carried = [zero, *([emit.integer(0)] if is_mean else []), *([zero] if emit.is_exact else [])]
    found = each(emit, cells.count, carried, step)
    errors = [found[-1]] if emit.is_exact else []
    if not is_mean:
        return failing(emit, errors, found[0])
    none = builder.icmp_signed("==", found[1], emit.integer(0))
    return failing(emit, errors, builder.fdiv(found[0], _as_double(emit, found[1])), (none, ErrorCode.DIV0))


__all__ = ["bounds_of", "totalled"]
