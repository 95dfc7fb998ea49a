"""Inverse distribution functions in closed form: location plus scale times a standard quantile, and laws of counts.

Each mirrors the quantile kernel of its law in ``compute.distributions``. Where parameters are not allowed, or a draw is
no finite number, the reference backend says which error that is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from compute.backends.native.emission import Emission, IrValue
from compute.backends.native.mathematics import Mathematics

Law = Callable[[Emission, Mathematics, IrValue, Sequence[IrValue]], IrValue]
Standard = Callable[["_Draw"], IrValue]
_NEAR_WHOLE = 1e-9


class _Draw:
    """One uniform, the parameters by place, and the operations that the formulas are written in."""

    def __init__(self, emit: Emission, maths: Mathematics, u: IrValue, parameters: Sequence[IrValue]) -> None:
        self.emit, self.maths, self.builder = emit, maths, emit.builder
        self.p, self.parameters = u, parameters
        self.q = emit.builder.fsub(emit.number(1.0), u)

    def demand(self, allowed: IrValue) -> None:
        self.emit.doubt(self.builder.not_(allowed))

    def is_positive(self, value: IrValue) -> IrValue:
        return self.builder.fcmp_ordered("ogt", value, self.emit.number(0.0))

    def is_finite(self, value: IrValue) -> IrValue:
        return self.builder.fcmp_ordered("olt", self.emit.absolute(value), self.emit.number(math.inf))

    def tail(self) -> IrValue:
        """−ln q, the standard exponential's quantile."""
        return self.builder.fneg(self.maths.log1p(self.builder, self.builder.fneg(self.p)))

    def head(self) -> IrValue:
        """−ln p, the same from the other end."""
        return self.builder.fneg(self.maths.log(self.builder, self.p))

    def power(self, base: IrValue, shape: IrValue, sign: float) -> IrValue:
        """The base to ±1 / shape."""
        return self.maths.pow(self.builder, base, self.builder.fdiv(self.emit.number(sign), shape))


def _scaled(
    standard: Standard,
    *,
    location: int | None,
    scale: int | None,
    positive: Sequence[int] = (),
    width: int | None = None,
) -> Law:
    """A law whose ``location`` and ``scale`` are parameters of those numbers; ``positive`` names its shapes.

    With a ``width`` the scale is that parameter less the location.
    """

    def drawn(emit: Emission, maths: Mathematics, u: IrValue, parameters: Sequence[IrValue]) -> IrValue:
        draw = _Draw(emit, maths, u, parameters)
        builder = emit.builder
        for place in positive if scale is None else (*positive, scale):
            draw.demand(draw.is_positive(parameters[place]))
        for parameter in parameters:
            draw.demand(draw.is_finite(parameter))
        size = None if scale is None else parameters[scale]
        if width is not None and location is not None:
            size = builder.fsub(parameters[width], parameters[location])
            draw.demand(draw.is_positive(size))
        value = standard(draw)
        if size is not None:
            value = builder.fmul(size, value)
        if location is not None:
            value = builder.fadd(parameters[location], value)
        draw.demand(draw.is_finite(value))
        return value

    return drawn


def _logistic(draw: _Draw) -> IrValue:
    return draw.maths.log(draw.builder, draw.builder.fdiv(draw.p, draw.q))


def _laplace(draw: _Draw) -> IrValue:
    """For the standard deviation as scale: √2 times the scale of the exponential sides."""
    builder, two = draw.builder, draw.emit.number(2.0)
    below = builder.fcmp_ordered("olt", draw.p, draw.q)
    size = draw.maths.log(builder, builder.fmul(two, draw.emit.select(below, draw.p, draw.q)))
    signed = draw.emit.select(below, size, builder.fneg(size))
    return builder.fdiv(signed, draw.emit.number(math.sqrt(2.0)))


def _rayleigh(draw: _Draw) -> IrValue:
    return draw.emit.call("llvm.sqrt", draw.builder.fmul(draw.emit.number(2.0), draw.tail()))


def _pareto(draw: _Draw) -> IrValue:
    return draw.maths.exp(draw.builder, draw.builder.fdiv(draw.tail(), draw.parameters[0]))


def _pareto_2(draw: _Draw) -> IrValue:
    return draw.maths.expm1(draw.builder, draw.builder.fdiv(draw.tail(), draw.parameters[1]))


def _log_logistic(draw: _Draw) -> IrValue:
    return draw.power(draw.builder.fdiv(draw.p, draw.q), draw.parameters[2], 1.0)


def _burr(draw: _Draw) -> IrValue:
    odds = draw.maths.expm1(draw.builder, draw.builder.fdiv(draw.tail(), draw.parameters[3]))
    return draw.power(odds, draw.parameters[2], 1.0)


def _dagum(draw: _Draw) -> IrValue:
    odds = draw.maths.expm1(draw.builder, draw.builder.fdiv(draw.head(), draw.parameters[3]))
    return draw.power(odds, draw.parameters[2], -1.0)


def _kumaraswamy(draw: _Draw) -> IrValue:
    builder = draw.builder
    rest = draw.maths.expm1(builder, builder.fneg(builder.fdiv(draw.tail(), draw.parameters[1])))
    return draw.power(builder.fneg(rest), draw.parameters[0], 1.0)


def _geometric(emit: Emission, maths: Mathematics, u: IrValue, parameters: Sequence[IrValue]) -> IrValue:
    """Where the count is on the edge the reference backend's own probabilities decide."""
    draw = _Draw(emit, maths, u, parameters)
    builder, one = emit.builder, emit.number(1.0)
    draw.demand(draw.is_positive(parameters[0]))
    draw.demand(builder.fcmp_ordered("olt", parameters[0], one))
    lost = maths.log1p(builder, builder.fneg(parameters[0]))
    ratio = builder.fdiv(builder.fneg(draw.tail()), lost)
    apart = emit.absolute(builder.fsub(ratio, emit.call("llvm.rint", ratio)))
    margin = builder.fmul(builder.fadd(emit.absolute(ratio), one), emit.number(_NEAR_WHOLE))
    draw.demand(builder.fcmp_ordered("ogt", apart, margin))
    return emit.call("llvm.floor", ratio)


def _whole_uniform(emit: Emission, maths: Mathematics, u: IrValue, parameters: Sequence[IrValue]) -> IrValue:
    low, high = parameters
    draw = _Draw(emit, maths, u, parameters)
    builder, zero, one = emit.builder, emit.number(0.0), emit.number(1.0)
    for end in parameters:
        draw.demand(builder.fcmp_ordered("oeq", end, emit.call("llvm.rint", end)))
        draw.demand(draw.is_finite(end))
    draw.demand(builder.fcmp_ordered("olt", low, high))
    count = builder.fadd(builder.fsub(high, low), one)
    last = builder.fsub(count, one)
    k = builder.fsub(emit.call("llvm.ceil", builder.fmul(u, count)), one)
    k = emit.select(builder.fcmp_ordered("olt", k, zero), zero, k)
    k = emit.select(builder.fcmp_ordered("ogt", k, last), last, k)
    less = builder.and_(draw.is_positive(k), builder.fcmp_ordered("oge", builder.fdiv(k, count), u))
    k = emit.select(less, builder.fsub(k, one), k)
    following = builder.fdiv(builder.fadd(k, one), count)
    more = builder.and_(builder.fcmp_ordered("olt", k, last), builder.fcmp_ordered("olt", following, u))
    return builder.fadd(low, emit.select(more, builder.fadd(k, one), k))


SCALED_LAWS: dict[str, Law] = {
    "LOGISTIC": _scaled(_logistic, location=0, scale=1),
    "LAPLACE": _scaled(_laplace, location=0, scale=1),
    "EXTVALUEMAX": _scaled(lambda d: d.builder.fneg(d.maths.log(d.builder, d.head())), location=0, scale=1),
    "EXTVALUEMIN": _scaled(lambda d: d.maths.log(d.builder, d.tail()), location=0, scale=1),
    "WEIBULL": _scaled(lambda d: d.power(d.tail(), d.parameters[0], 1.0), location=None, scale=1, positive=(0,)),
    "RAYLEIGH": _scaled(_rayleigh, location=None, scale=0),
    "PARETO": _scaled(_pareto, location=None, scale=1, positive=(0,)),
    "PARETO2": _scaled(_pareto_2, location=None, scale=0, positive=(1,)),
    "LOGLOGISTIC": _scaled(_log_logistic, location=0, scale=1, positive=(2,)),
    "FRECHET": _scaled(lambda d: d.power(d.head(), d.parameters[2], -1.0), location=0, scale=1, positive=(2,)),
    "BURR12": _scaled(_burr, location=0, scale=1, positive=(2, 3)),
    "DAGUM": _scaled(_dagum, location=0, scale=1, positive=(2, 3)),
    "KUMARASWAMY": _scaled(_kumaraswamy, location=2, scale=None, positive=(0, 1), width=3),
    "GEOMETRIC": _geometric,
    "INTUNIFORM": _whole_uniform,
}

__all__ = ["SCALED_LAWS"]
