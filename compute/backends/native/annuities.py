"""Level payments: PMT, PV, FV and NPER, as ``pv (1+r)^n + pmt (1 + r type) ((1+r)^n - 1)/r + fv = 0`` gives them."""

from __future__ import annotations

from collections.abc import Callable

from compute.backends.native.emission import Emission, IrValue, Value
from compute.backends.native.mathematics import Mathematics
from compute.backends.native.telling import failing
from compute.errors import ErrorCode

Operation = Callable[[Emission, Mathematics, tuple[Value, ...]], Value]
_CANCELLED = 1e-3
"""Growth no farther from 1 than this has too few digits left for two backends to agree on the rest."""


def _is(emit: Emission, condition: str, value: IrValue, other: float) -> IrValue:
    return emit.builder.fcmp_ordered(condition, value, emit.number(other))


def _or_one(emit: Emission, mask: IrValue, value: IrValue) -> IrValue:
    return emit.select(mask, emit.number(1.0), value)


def _grown(emit: Emission, maths: Mathematics, rate: IrValue, periods: IrValue) -> tuple[IrValue, IrValue]:
    """What 1 becomes, and what payments of 1 at the end of each period add up to."""
    builder = emit.builder
    flat = _is(emit, "oeq", rate, 0.0)
    growth = maths.pow(builder, builder.fadd(rate, emit.number(1.0)), periods)
    gained = builder.fsub(growth, emit.number(1.0))
    lost = _is(emit, "olt", emit.absolute(gained), _CANCELLED)
    some = builder.and_(_is(emit, "one", rate, 0.0), _is(emit, "one", periods, 0.0))
    emit.doubt(builder.and_(lost, some))
    return growth, emit.select(flat, periods, builder.fdiv(gained, _or_one(emit, flat, rate)))


def _early(emit: Emission, rate: IrValue, kind: IrValue) -> IrValue:
    later = emit.builder.fadd(rate, emit.number(1.0))
    return emit.select(_is(emit, "one", kind, 0.0), later, emit.number(1.0))


def _payment(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    given = [emit.as_number(p) for p in parts]
    rate, periods, present, future, kind = given
    builder = emit.builder
    growth, annuity = _grown(emit, maths, rate, periods)
    owed = builder.fneg(builder.fadd(builder.fmul(present, growth), future))
    found = builder.fdiv(owed, builder.fmul(_early(emit, rate, kind), annuity))
    never, beyond = _is(emit, "oeq", periods, 0.0), _is(emit, "ole", rate, -1.0)
    return failing(emit, given, found, (never, ErrorCode.NUM), (beyond, ErrorCode.NUM))


def _present_value(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    given = [emit.as_number(p) for p in parts]
    rate, periods, payment, future, kind = given
    builder = emit.builder
    growth, annuity = _grown(emit, maths, rate, periods)
    paid = builder.fmul(builder.fmul(payment, _early(emit, rate, kind)), annuity)
    none = _is(emit, "oeq", growth, 0.0)
    found = builder.fdiv(builder.fneg(builder.fadd(paid, future)), _or_one(emit, none, growth))
    return failing(emit, given, found, (none, ErrorCode.DIV0))


def _future_value(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    given = [emit.as_number(p) for p in parts]
    rate, periods, payment, present, kind = given
    builder = emit.builder
    growth, annuity = _grown(emit, maths, rate, periods)
    paid = builder.fmul(builder.fmul(payment, _early(emit, rate, kind)), annuity)
    return failing(emit, given, builder.fneg(builder.fadd(builder.fmul(present, growth), paid)))


def _periods(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    given = [emit.as_number(p) for p in parts]
    rate, payment, present, future, kind = given
    builder = emit.builder
    flat = _is(emit, "oeq", rate, 0.0)
    safe = _or_one(emit, flat, rate)
    perpetuity = builder.fdiv(builder.fmul(payment, _early(emit, rate, kind)), safe)
    share = builder.fdiv(builder.fsub(perpetuity, future), builder.fadd(perpetuity, present))
    near = _is(emit, "olt", emit.absolute(builder.fsub(share, emit.number(1.0))), _CANCELLED)
    emit.doubt(builder.and_(near, builder.not_(flat)))
    curved = builder.fdiv(maths.log(builder, share), maths.log1p(builder, safe))
    unpaid = _is(emit, "oeq", payment, 0.0)
    straight = builder.fdiv(builder.fneg(builder.fadd(present, future)), _or_one(emit, unpaid, payment))
    found = emit.select(flat, straight, curved)
    never, beyond = builder.and_(unpaid, flat), _is(emit, "ole", rate, -1.0)
    return failing(emit, given, found, (never, ErrorCode.NUM), (beyond, ErrorCode.NUM))


ANNUITIES: dict[str, Operation] = {
    "payment": _payment,
    "present_value": _present_value,
    "future_value": _future_value,
    "periods": _periods,
}

__all__ = ["ANNUITIES"]
