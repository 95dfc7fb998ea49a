"""Rounding on the fifteen digits that a cell can show, and remainders; see the reference's ``functions.rounding``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from llvmlite import ir

from compute.backends.native.emission import Emission, IrValue, Value
from compute.backends.native.mathematics import Mathematics
from compute.backends.native.telling import failing
from compute.errors import ErrorCode
from compute.functions.rounding import slack

Operation = Callable[[Emission, Mathematics, tuple[Value, ...]], Value]
Whole = Callable[[Emission, IrValue], IrValue]
_LARGEST_REMAINDER = 1125900000000.0
_WHOLE_QUOTIENT = 0.5e-15
_EXACT = 1e15
_SMALLEST_EXPONENT, _LARGEST_EXPONENT = -1, 14


@cache
def _steps() -> tuple[tuple[float, float], ...]:
    """From which value on which slack holds, as the reference's logarithm to base 10 rounds.

    Below 0.1 a value is as far from any integer or half as its slack is small, so that none is needed.
    """
    found = []
    for exponent in range(_SMALLEST_EXPONENT, _LARGEST_EXPONENT + 1):
        power = np.power(10.0, exponent)
        low = int(np.float64(power * (1 - 1e-12)).view(np.int64))
        high = int(np.float64(power * (1 + 1e-12)).view(np.int64))
        wanted = slack(np.array([power]))
        while high - low > 1:
            middle = (low + high) // 2
            if slack(np.array([middle], np.int64).view(np.float64)) >= wanted:
                high = middle
            else:
                low = middle
        found.append((float(np.int64(high).view(np.float64)), float(wanted[0])))
    return tuple(found)


def _shared(emit: Emission, name: str, body: Whole) -> Callable[[IrValue], IrValue]:
    """A function of the module that is written once, of one number."""
    full = f"{name}.v{emit.width}"
    function = emit.module.globals.get(full)
    if function is None:
        function = ir.Function(emit.module, ir.FunctionType(emit.vector, [emit.vector]), full)
        function.linkage = "internal"
        function.attributes.add("nounwind")
        inner = Emission(emit.module, function, emit.width)
        inner.builder.ret(body(inner, function.args[0]))
    return lambda value: emit.builder.call(function, [value])


def _slack(emit: Emission, size: IrValue) -> IrValue:
    result = emit.number(0.0)
    for bound, amount in _steps():
        reached = emit.builder.fcmp_ordered("oge", size, emit.number(bound))
        result = emit.select(reached, emit.number(amount), result)
    return result


def _floor_body(emit: Emission, size: IrValue) -> IrValue:
    small = emit.builder.fcmp_ordered("olt", size, emit.number(_EXACT))
    return emit.select(small, emit.call("llvm.floor", emit.builder.fadd(size, _slack(emit, size))), size)


def _ceiling_body(emit: Emission, size: IrValue) -> IrValue:
    small = emit.builder.fcmp_ordered("olt", size, emit.number(_EXACT))
    return emit.select(small, emit.call("llvm.ceil", emit.builder.fsub(size, _slack(emit, size))), size)


def _half_up_body(emit: Emission, size: IrValue) -> IrValue:
    builder = emit.builder
    given = builder.fcmp_ordered("olt", size, emit.number(1e14))
    more = emit.select(given, _slack(emit, size), emit.number(0.0))
    return emit.call("llvm.floor", builder.fadd(builder.fadd(size, emit.number(0.5)), more))


def floor15(emit: Emission, size: IrValue) -> IrValue:
    """The integer at or below each (not negative) value seen with 15 digits."""
    return _shared(emit, "mc.floor15", _floor_body)(size)


def ceiling15(emit: Emission, size: IrValue) -> IrValue:
    """The integer at or above each (not negative) value seen with 15 digits."""
    return _shared(emit, "mc.ceiling15", _ceiling_body)(size)


def half_up(emit: Emission, size: IrValue) -> IrValue:
    """The nearest integer to each (not negative) value seen with 15 digits, halves up."""
    return _shared(emit, "mc.half_up", _half_up_body)(size)


def _with_sign(emit: Emission, size: IrValue, of: IrValue) -> IrValue:
    return emit.builder.fadd(emit.call("llvm.copysign", size, of), emit.number(0.0))


def _decimal(to_integer: Whole, *, is_scaled_up: bool) -> Operation:
    """Parts: the number, and the power of ten that is multiplied with (or, for tens and hundreds, divided by)."""

    def emitted(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
        value, power = emit.as_number(parts[0]), emit.as_number(parts[1])
        builder, size = emit.builder, emit.absolute(value)
        scaled = builder.fmul(size, power) if is_scaled_up else builder.fdiv(size, power)
        whole = to_integer(emit, scaled)
        rounded = builder.fdiv(whole, power) if is_scaled_up else builder.fmul(whole, power)
        coarse = builder.fcmp_ordered("olt", scaled, emit.number(_EXACT))
        result = _with_sign(emit, emit.select(coarse, rounded, size), value)
        return failing(emit, [value], result)

    return emitted


def _integer(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    value = emit.as_number(parts[0])
    builder, size = emit.builder, emit.absolute(value)
    is_negative = builder.fcmp_ordered("olt", value, emit.number(0.0))
    whole = emit.select(is_negative, builder.fneg(ceiling15(emit, size)), floor15(emit, size))
    return failing(emit, [value], builder.fadd(whole, emit.number(0.0)))


def _multiple(upwards: Callable[[Emission, IrValue, IrValue, IrValue], IrValue], *, is_old: bool = False) -> Operation:
    """A multiple of a step; ``upwards(emit, value, step, mode)`` tells where the magnitude grows."""

    def emitted(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
        value, step, mode = (emit.as_number(p) for p in parts)
        builder, zero = emit.builder, emit.number(0.0)
        size = emit.absolute(step)
        none = builder.fcmp_ordered("oeq", size, zero)
        ratio = builder.fdiv(emit.absolute(value), emit.select(none, emit.number(1.0), size))
        up = upwards(emit, value, step, mode)
        whole = emit.select(up, ceiling15(emit, ratio), floor15(emit, ratio))
        found = emit.select(none, zero, builder.fmul(whole, size))
        result = _with_sign(emit, found, value)
        given = [value, step, mode]
        if not is_old:
            return failing(emit, given, result)
        opposite = builder.and_(builder.fcmp_ordered("ogt", value, zero), builder.fcmp_ordered("olt", step, zero))
        return failing(emit, given, result, (opposite, ErrorCode.NUM))

    return emitted


def _is(condition: str) -> Callable[[Emission, IrValue], IrValue]:
    return lambda emit, value: emit.builder.fcmp_ordered(condition, value, emit.number(0.0))


_positive, _negative, _zero, _other = _is("ogt"), _is("olt"), _is("oeq"), _is("one")


def _floor(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    value, step = emit.as_number(parts[0]), emit.as_number(parts[1])
    result = _multiple(lambda e, v, s, m: e.builder.and_(_negative(e, v), _positive(e, s)), is_old=True)(
        emit, maths, parts
    )
    none = emit.builder.and_(_zero(emit, step), _other(emit, value))
    return failing(emit, [value, step], emit.as_number(result), (none, ErrorCode.DIV0))


def _remainder(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """The exact remainder by one fused step: the quotient is below 2^53, and off by one at the most."""
    value, divisor = emit.as_number(parts[0]), emit.as_number(parts[1])
    builder, zero, one = emit.builder, emit.number(0.0), emit.number(1.0)
    none = _zero(emit, divisor)
    safe = emit.select(none, one, divisor)
    quotient = builder.fdiv(value, safe)
    size, step = emit.absolute(value), emit.absolute(safe)
    times = emit.call("llvm.trunc", emit.absolute(quotient))
    rest = emit.fma(builder.fneg(times), step, size)
    rest = emit.select(_negative(emit, rest), builder.fadd(rest, step), rest)
    rest = emit.select(builder.fcmp_ordered("oge", rest, step), builder.fsub(rest, step), rest)
    rest = emit.call("llvm.copysign", rest, value)
    differs = builder.xor(_negative(emit, rest), _negative(emit, safe))
    rest = emit.select(builder.and_(_other(emit, rest), differs), builder.fadd(rest, safe), rest)
    nearest = emit.call("llvm.rint", quotient)
    length = emit.absolute(quotient)
    length = emit.select(builder.fcmp_ordered("ogt", length, one), length, one)
    apart = emit.absolute(builder.fsub(quotient, nearest))
    whole = builder.fcmp_ordered("ole", apart, builder.fmul(emit.number(_WHOLE_QUOTIENT), length))
    rest = builder.fadd(emit.select(whole, zero, rest), zero)
    far = builder.fcmp_ordered("oge", emit.absolute(quotient), emit.number(_LARGEST_REMAINDER))
    return failing(emit, [value, divisor], rest, (none, ErrorCode.DIV0), (far, ErrorCode.NUM))


ROUNDING: dict[str, Operation] = {
    "integer": _integer,
    "round_decimals": _decimal(half_up, is_scaled_up=True),
    "round_tens": _decimal(half_up, is_scaled_up=False),
    "round_up_decimals": _decimal(ceiling15, is_scaled_up=True),
    "round_up_tens": _decimal(ceiling15, is_scaled_up=False),
    "round_down_decimals": _decimal(floor15, is_scaled_up=True),
    "round_down_tens": _decimal(floor15, is_scaled_up=False),
    "remainder": _remainder,
    "ceiling": _multiple(lambda e, v, s, m: e.builder.or_(_positive(e, v), _negative(e, s)), is_old=True),
    "floor": _floor,
    "ceiling_math": _multiple(lambda e, v, s, m: e.builder.or_(_positive(e, v), _other(e, m))),
    "floor_math": _multiple(lambda e, v, s, m: e.builder.and_(_negative(e, v), _zero(e, m))),
}

__all__ = ["ROUNDING", "ceiling15", "floor15", "half_up"]
