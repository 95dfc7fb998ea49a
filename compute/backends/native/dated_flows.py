"""XNPV and XIRR in vector code: flows on dates, discounted by powers of one base, in years of 365 days.

The method of ``compute.functions.financial_cash_flows``: terms are added first to last, and the rate is the one that
Newton's steps reach from the guess, else the bracket nearest to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from compute.backends.native.emission import I64, NAN, Emission, IrValue, Value
from compute.backends.native.iterating import Cells, each
from compute.backends.native.mathematics import Mathematics
from compute.backends.native.powers import logarithm_of
from compute.backends.native.rates import Curve, has_both_signs, solved_rate
from compute.functions.financial_cash_flows import DAYS
from compute.records import dataclass

MOST = 1_024
"""The greatest number of flows: their years are kept in memory while a rate is looked for."""


@dataclass(frozen=True, slots=True)
class _Dated:
    """Flows and the years from their dates back to the first one (0 or negative), and where a date is not allowed."""

    flows: Cells
    years: IrValue
    early: IrValue


def dated_present_value(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
    """The value on the first date; NaN (#NUM!) for a rate of 0 or less and a date before the first."""
    rate = emit.as_number(parts[0])
    dated = _dated(emit, ranges)
    value, _ = _discounted(emit, dated, emit.builder.fadd(rate, emit.number(1.0)))
    wrong = emit.builder.fcmp_unordered("ule", rate, emit.number(0.0))
    return emit.select(emit.builder.or_(wrong, dated.early), emit.number(NAN), value)


def dated_internal_rate(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
    """The yearly rate at which the flows are worth nothing; NaN (#NUM!) without one."""
    builder, guess = emit.builder, emit.as_number(parts[0])
    dated = _dated(emit, ranges)
    # Of a wrong date and a wrong guess the date's error comes first, which no order of arguments tells.
    emit.doubt(builder.and_(dated.early, emit.is_nan(guess)))
    allowed = builder.and_(builder.fcmp_ordered("ogt", guess, emit.number(-1.0)), builder.not_(dated.early))

    def newton_step(growth: IrValue) -> IrValue:
        value, slope = _discounted(emit, dated, growth)
        return builder.fdiv(value, slope)

    def value_at(rate: IrValue) -> IrValue:
        return _discounted(emit, dated, builder.fadd(rate, emit.number(1.0)))[0]

    curve = Curve(value_at, newton_step)
    solvable = builder.and_(has_both_signs(emit, dated.flows), allowed)
    return solved_rate(emit, curve, guess, solvable)


def _dated(emit: Emission, ranges: Sequence[Cells]) -> _Dated:
    builder = emit.builder
    flows, dates = ranges
    with builder.goto_entry_block():
        years = builder.alloca(emit.vector, flows.count)
    first = emit.call("llvm.trunc", dates.load(I64(0)))

    def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        day = emit.call("llvm.trunc", dates.load(j))
        since = builder.fdiv(builder.fsub(first, day), emit.number(DAYS))
        builder.store(since, builder.gep(years, [j]))
        early = builder.or_(builder.fcmp_ordered("olt", day, first), builder.fcmp_ordered("olt", day, emit.number(0.0)))
        return [builder.or_(held[0], early)]

    early = each(emit, flows.count, [emit.nowhere()], step)[0]
    return _Dated(flows, years, early)


def _discounted(emit: Emission, dated: _Dated, growth: IrValue) -> tuple[IrValue, IrValue]:
    """The value, and its slope in the rate, where ``growth`` is 1 + rate and positive."""
    builder, maths = emit.builder, Mathematics(emit.module, emit.width)
    logarithm = logarithm_of(emit, growth, None)

    def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        years = builder.load(builder.gep(dated.years, [j]))
        factor = maths.call(builder, "positive_pow_of_log", logarithm.head, logarithm.tail, years)
        term = builder.fmul(dated.flows.load(j), factor)
        return [builder.fadd(held[0], term), builder.fadd(held[1], builder.fmul(years, term))]

    value, slope = each(emit, dated.flows.count, [emit.number(0.0)] * 2, step)
    return value, builder.fdiv(slope, growth)


__all__ = ["MOST", "dated_internal_rate", "dated_present_value"]
