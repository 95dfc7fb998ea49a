"""Circular, hyperbolic and error functions, and the laws that are made of them, as operations."""

from __future__ import annotations

import math
from collections.abc import Callable

from compute.backends.native.emission import Emission, IrValue, Value
from compute.backends.native.mathematics import Mathematics
from compute.backends.native.telling import Failure, failing
from compute.errors import ErrorCode

Operation = Callable[[Emission, Mathematics, tuple[Value, ...]], Value]
_ROOT_OF_TWO_PI = math.sqrt(2.0 * math.pi)


class _Numbers:
    """The parts of an operation as numbers, and the arithmetic that its formula is written in."""

    def __init__(self, emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> None:
        self.emit, self.maths, self.builder = emit, maths, emit.builder
        self.given = [emit.as_number(p) for p in parts]

    def __call__(self, name: str, *arguments: IrValue) -> IrValue:
        """A function of the library."""
        return self.maths.call(self.builder, name, *arguments)

    def compare(self, condition: str, value: IrValue, other: float) -> IrValue:
        return self.builder.fcmp_ordered(condition, value, self.emit.number(other))

    def over(self, above: IrValue | float, below: IrValue) -> IrValue:
        above = self.emit.number(above) if isinstance(above, float) else above
        return self.builder.fdiv(above, below)

    def is_not_positive(self, *values: IrValue) -> IrValue:
        """Where one of the values is 0 or less."""
        masks = [self.compare("ole", v, 0.0) for v in values]
        return self.emit.either(*masks)

    def told(self, found: IrValue, *failures: Failure) -> IrValue:
        return failing(self.emit, self.given, found, *failures)


Formula = Callable[[_Numbers], IrValue]


def _operation(formula: Formula) -> Operation:
    return lambda emit, maths, parts: formula(_Numbers(emit, maths, parts))


def _plain(name: str) -> Operation:
    """A function of the library as it is: #NUM! outside its domain."""
    return _operation(lambda n: n.told(n(name, *n.given)))


def _reciprocal(name: str) -> Operation:
    """1 over a function, #DIV/0! where that is 0."""

    def formula(n: _Numbers) -> IrValue:
        below = n(name, n.given[0])
        return n.told(n.over(1.0, below), (n.compare("oeq", below, 0.0), ErrorCode.DIV0))

    return _operation(formula)


def _scaled(factor: float) -> Operation:
    return _operation(lambda n: n.told(n.builder.fmul(n.given[0], n.emit.number(factor))))


def _angle_of_point(n: _Numbers) -> IrValue:
    x, y = n.given
    origin = n.builder.and_(n.compare("oeq", x, 0.0), n.compare("oeq", y, 0.0))
    return n.told(n("atan2", y, x), (origin, ErrorCode.DIV0))


def _arc_cotangent(n: _Numbers) -> IrValue:
    return n.told(n.builder.fsub(n.emit.number(math.pi / 2), n("atan", n.given[0])))


def _area_cotangent(n: _Numbers) -> IrValue:
    (x,) = n.given
    return n.told(n("atanh", n.over(1.0, x)))


def _between_errors(n: _Numbers) -> IrValue:
    lower, upper = n.given
    return n.told(n.builder.fsub(n("erf", upper), n("erf", lower)))


def _central_probability(n: _Numbers) -> IrValue:
    """The normal probability between 0 and z."""
    half = n("erf", n.over(n.given[0], n.emit.number(math.sqrt(2.0))))
    return n.told(n.builder.fmul(half, n.emit.number(0.5)))


def _density(n: _Numbers, z: IrValue) -> IrValue:
    power = n.builder.fmul(n.builder.fmul(z, z), n.emit.number(-0.5))
    return n.over(n("exp", power), n.emit.number(_ROOT_OF_TWO_PI))


def _standardised(n: _Numbers, value: IrValue, mean: IrValue, deviation: IrValue) -> IrValue:
    return n.builder.fdiv(n.builder.fsub(value, mean), deviation)


def _normal_probability(n: _Numbers) -> IrValue:
    value, mean, deviation = n.given
    found = n("normal_probability", _standardised(n, value, mean, deviation))
    return n.told(found, (n.is_not_positive(deviation), ErrorCode.NUM))


def _lognormal(is_density: bool) -> Operation:
    def formula(n: _Numbers) -> IrValue:
        value, mean, deviation = n.given
        z = _standardised(n, n("log", value), mean, deviation)
        found = n("normal_probability", z)
        if is_density:
            found = n.over(_density(n, z), n.builder.fmul(value, deviation))
        return n.told(found, (n.is_not_positive(value, deviation), ErrorCode.NUM))

    return _operation(formula)


def _lognormal_quantile(n: _Numbers) -> IrValue:
    share, mean, deviation = n.given
    power = n.builder.fadd(mean, n.builder.fmul(deviation, n("normal_quantile", share)))
    wrong = n.emit.either(n.is_not_positive(share, deviation), n.compare("oge", share, 1.0))
    return n.told(n("exp", power), (wrong, ErrorCode.NUM))


def _exponential_law(is_density: bool) -> Operation:
    def formula(n: _Numbers) -> IrValue:
        value, rate = n.given
        power = n.builder.fmul(n.builder.fneg(rate), value)
        found = n.builder.fmul(rate, n("exp", power)) if is_density else n.builder.fneg(n("expm1", power))
        wrong = n.emit.either(n.compare("olt", value, 0.0), n.is_not_positive(rate))
        return n.told(found, (wrong, ErrorCode.NUM))

    return _operation(formula)


def _weibull(is_density: bool) -> Operation:
    def formula(n: _Numbers) -> IrValue:
        value, shape, scale = n.given
        builder = n.builder
        ratio = builder.fdiv(value, scale)
        power = n("pow", ratio, shape)
        found = builder.fneg(n("expm1", builder.fneg(power)))
        if is_density:
            rising = n("pow", ratio, builder.fsub(shape, n.emit.number(1.0)))
            sized = builder.fmul(builder.fdiv(shape, scale), rising)
            found = builder.fmul(sized, n("exp", builder.fneg(power)))
            # At 0 Excel says 0, whatever the density is.
            found = n.emit.select(n.compare("oeq", ratio, 0.0), n.emit.number(0.0), found)
        wrong = n.emit.either(n.compare("olt", value, 0.0), n.is_not_positive(shape, scale))
        return n.told(found, (wrong, ErrorCode.NUM))

    return _operation(formula)


ELEMENTARY: dict[str, Operation] = {
    "sine": _plain("sin"),
    "cosine": _plain("cos"),
    "tangent": _plain("tan"),
    "secant": _reciprocal("cos"),
    "cosecant": _reciprocal("sin"),
    "cotangent": _reciprocal("tan"),
    "hyperbolic_secant": _reciprocal("cosh"),
    "hyperbolic_cosecant": _reciprocal("sinh"),
    "hyperbolic_cotangent": _reciprocal("tanh"),
    **{f"plain_{name}": _plain(name) for name in ("asin", "acos", "atan", "sinh", "cosh", "tanh")},
    **{f"plain_{name}": _plain(name) for name in ("asinh", "acosh", "atanh", "erf", "erfc", "normal_probability")},
    "angle_of_point": _operation(_angle_of_point),
    "arc_cotangent": _operation(_arc_cotangent),
    "area_cotangent": _operation(_area_cotangent),
    "radians": _scaled(math.pi / 180.0),
    "degrees": _scaled(180.0 / math.pi),
    "between_errors": _operation(_between_errors),
    "central_probability": _operation(_central_probability),
    "standard_density": _operation(lambda n: n.told(_density(n, n.given[0]))),
    "normal_probability": _operation(_normal_probability),
    "lognormal_probability": _lognormal(False),
    "lognormal_density": _lognormal(True),
    "lognormal_quantile": _operation(_lognormal_quantile),
    "exponential_probability": _exponential_law(False),
    "exponential_density": _exponential_law(True),
    "weibull_probability": _weibull(False),
    "weibull_density": _weibull(True),
}

__all__ = ["ELEMENTARY"]
