"""Logarithms to other bases, and the normal law's density and quantile."""

from __future__ import annotations

import math
from collections.abc import Callable

from compute.backends.native.emission import Emission, IrValue, Value
from compute.backends.native.mathematics import Mathematics
from compute.backends.native.telling import failing
from compute.errors import ErrorCode

Operation = Callable[[Emission, Mathematics, tuple[Value, ...]], Value]


def _decimal_logarithm(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    value = emit.as_number(parts[0])
    return failing(emit, [value], emit.builder.fdiv(maths.log(emit.builder, value), emit.number(math.log(10.0))))


def _logarithm_to(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    value, base = (emit.as_number(p) for p in parts)
    builder, zero = emit.builder, emit.number(0.0)
    found = builder.fdiv(maths.log(builder, value), maths.log(builder, base))
    wrong = builder.or_(builder.fcmp_ordered("ole", value, zero), builder.fcmp_ordered("ole", base, zero))
    one = builder.fcmp_ordered("oeq", base, emit.number(1.0))
    return failing(emit, [value, base], found, (wrong, ErrorCode.NUM), (one, ErrorCode.DIV0))


def _normal_quantile(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    share, mean, deviation = given = [emit.as_number(p) for p in parts]
    builder, zero = emit.builder, emit.number(0.0)
    below = builder.or_(builder.fcmp_ordered("ole", share, zero), builder.fcmp_ordered("oge", share, emit.number(1.0)))
    wrong = builder.or_(below, builder.fcmp_ordered("ole", deviation, zero))
    scaled = builder.fmul(deviation, maths.normal_quantile(builder, share))
    return failing(emit, given, builder.fadd(mean, scaled), (wrong, ErrorCode.NUM))


def _normal_density(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    value, mean, deviation = given = [emit.as_number(p) for p in parts]
    builder = emit.builder
    wrong = builder.fcmp_ordered("ole", deviation, emit.number(0.0))
    z = builder.fdiv(builder.fsub(value, mean), deviation)
    power: IrValue = builder.fmul(builder.fmul(z, z), emit.number(-0.5))
    density = builder.fdiv(maths.exp(builder, power), emit.number(math.sqrt(2.0 * math.pi)))
    return failing(emit, given, builder.fdiv(density, deviation), (wrong, ErrorCode.NUM))


CURVES: dict[str, Operation] = {
    "decimal_logarithm": _decimal_logarithm,
    "logarithm_to": _logarithm_to,
    "normal_quantile": _normal_quantile,
    "normal_density": _normal_density,
}

__all__ = ["CURVES"]
