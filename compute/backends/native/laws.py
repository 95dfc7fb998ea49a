"""Inverse distribution functions in vector code, by the law's name: one uniform in, one value out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compute.backends.native.emission import Emission, IrValue
from compute.backends.native.mathematics import Mathematics
from compute.backends.native.scaled_laws import SCALED_LAWS

Law = Callable[[Emission, Mathematics, IrValue, Sequence[IrValue]], IrValue]


def _demand(emit: Emission, allowed: IrValue) -> None:
    """Where a law's parameters are not allowed the reference backend says which error that is."""
    emit.doubt(emit.builder.not_(allowed))


def _normal(emit: Emission, maths: Mathematics, u: IrValue, parameters: Sequence[IrValue]) -> IrValue:
    mean, sd = parameters
    _demand(emit, emit.builder.fcmp_ordered("oge", sd, emit.number(0.0)))
    return emit.fma(sd, maths.normal_quantile(emit.builder, u), mean)


def _log_normal_2(emit: Emission, maths: Mathematics, u: IrValue, parameters: Sequence[IrValue]) -> IrValue:
    mu, sigma = parameters
    _demand(emit, emit.builder.fcmp_ordered("ogt", sigma, emit.number(0.0)))
    return maths.exp(emit.builder, emit.fma(sigma, maths.normal_quantile(emit.builder, u), mu))


def _log_normal(emit: Emission, maths: Mathematics, u: IrValue, parameters: Sequence[IrValue]) -> IrValue:
    """By mean and standard deviation of X itself."""
    mean, sd = parameters
    builder, zero = emit.builder, emit.number(0.0)
    _demand(emit, builder.fcmp_ordered("ogt", mean, zero))
    _demand(emit, builder.fcmp_ordered("ogt", sd, zero))
    share = builder.fdiv(sd, mean)
    variance = maths.log1p(builder, builder.fmul(share, share))
    mu = emit.fma(variance, emit.number(-0.5), maths.log(builder, mean))
    sigma = emit.call("llvm.sqrt", variance)
    return maths.exp(builder, emit.fma(sigma, maths.normal_quantile(builder, u), mu))


def _uniform(emit: Emission, maths: Mathematics, u: IrValue, parameters: Sequence[IrValue]) -> IrValue:
    low, high = parameters
    builder = emit.builder
    _demand(emit, builder.fcmp_ordered("olt", low, high))
    value = emit.fma(builder.fsub(high, low), u, low)
    return emit.select(builder.fcmp_ordered("ogt", value, high), high, value)


def _triangular(emit: Emission, maths: Mathematics, u: IrValue, parameters: Sequence[IrValue]) -> IrValue:
    low, mode, high = parameters
    builder, one = emit.builder, emit.number(1.0)
    _demand(emit, builder.fcmp_ordered("ole", low, mode))
    _demand(emit, builder.fcmp_ordered("ole", mode, high))
    _demand(emit, builder.fcmp_ordered("olt", low, high))
    width, left, right = builder.fsub(high, low), builder.fsub(mode, low), builder.fsub(high, mode)
    scaled = builder.fmul(u, width)
    is_left = builder.fcmp_ordered("ole", scaled, left)
    rest = builder.fmul(builder.fsub(one, u), width)
    inner = emit.select(is_left, builder.fmul(scaled, left), builder.fmul(rest, right))
    root = emit.call("llvm.sqrt", inner)
    return emit.select(is_left, builder.fadd(low, root), builder.fsub(high, root))


def _exponential(emit: Emission, maths: Mathematics, u: IrValue, parameters: Sequence[IrValue]) -> IrValue:
    scale = parameters[0]
    _demand(emit, emit.builder.fcmp_ordered("ogt", scale, emit.number(0.0)))
    tail = maths.log1p(emit.builder, emit.builder.fneg(u))
    return emit.builder.fmul(emit.builder.fneg(scale), tail)


def _bernoulli(emit: Emission, maths: Mathematics, u: IrValue, parameters: Sequence[IrValue]) -> IrValue:
    p = parameters[0]
    builder, zero, one = emit.builder, emit.number(0.0), emit.number(1.0)
    _demand(emit, builder.and_(builder.fcmp_ordered("oge", p, zero), builder.fcmp_ordered("ole", p, one)))
    in_lower_half = builder.fcmp_ordered("olt", u, emit.number(0.5))
    from_below = builder.fcmp_ordered("ogt", u, builder.fsub(one, p))
    from_above = builder.fcmp_ordered("olt", builder.fsub(one, u), p)
    happens = emit.select(in_lower_half, from_below, from_above)
    happens = builder.and_(happens, builder.fcmp_ordered("ogt", p, zero))
    return emit.select(builder.or_(happens, builder.fcmp_ordered("oeq", p, one)), one, zero)


LAWS: dict[str, Law] = {
    **SCALED_LAWS,
    "NORMAL": _normal,
    "LOGNORMAL2": _log_normal_2,
    "LOGNORMAL": _log_normal,
    "UNIFORM": _uniform,
    "TRIANGULAR": _triangular,
    "EXPONENTIAL": _exponential,
    "BERNOULLI": _bernoulli,
}

__all__ = ["LAWS", "Law"]
