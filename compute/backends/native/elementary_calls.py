"""Reading circular, hyperbolic and error functions, and laws that are asked for a probability or a density."""

from __future__ import annotations

from compute.backends.native.arguments import Reader, elementwise
from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Expression
from compute.backends.native.reading import Reading
from compute.formulas import ast


def by_kind(probability: str, density: str, parameters: int) -> Reader:
    """A law's function of so many numbers and whether the probability up to the first is wanted."""
    readers = {True: elementwise(probability, required=parameters), False: elementwise(density, required=parameters)}

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        if len(arguments) != parameters + 1 or isinstance(arguments[-1], ast.Omitted):
            raise NotNative("an argument is left empty, or there is a wrong number of them")
        if not reading.is_fixed(arguments[-1]):
            raise NotNative("it gives a probability in some iterations and a density in others")
        wanted = set((reading.constant(arguments[-1]).values != 0).tolist())
        if len(wanted) > 1:
            raise NotNative("it gives a probability in some cells and a density in others")
        return readers[wanted.pop()](reading, arguments[:-1])

    return read


def _may_be_truth(part: Expression) -> bool:
    return isinstance(part, Apply) and part.operation == "mixed_number"


def _strict(reader: Reader) -> Reader:
    """A function that refuses truth values as numbers."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        made = reader(reading, arguments)
        if isinstance(made, Apply) and any(p.type == "boolean" or _may_be_truth(p) for p in made.parts):
            raise NotNative("it refuses truth values")
        return made

    return read


def _error_function(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    operation = "plain_erf" if len(arguments) == 1 else "between_errors"
    return _strict(elementwise(operation, required=max(len(arguments), 1)))(reading, arguments)


_PLAIN = ("ASIN", "ACOS", "ATAN", "SINH", "COSH", "TANH", "ASINH", "ACOSH", "ATANH")

ELEMENTARY_CALLS: dict[str, Reader] = {
    "SIN": elementwise("sine"),
    "COS": elementwise("cosine"),
    "TAN": elementwise("tangent"),
    "SEC": elementwise("secant"),
    "CSC": elementwise("cosecant"),
    "COT": elementwise("cotangent"),
    "SECH": elementwise("hyperbolic_secant"),
    "CSCH": elementwise("hyperbolic_cosecant"),
    "COTH": elementwise("hyperbolic_cotangent"),
    **{name: elementwise(f"plain_{name.lower()}") for name in _PLAIN},
    "ATAN2": elementwise("angle_of_point", required=2),
    "ACOT": elementwise("arc_cotangent"),
    "ACOTH": elementwise("area_cotangent"),
    "RADIANS": elementwise("radians"),
    "DEGREES": elementwise("degrees"),
    "ERF": _error_function,
    "ERF.PRECISE": _strict(elementwise("plain_erf")),
    **dict.fromkeys(("ERFC", "ERFC.PRECISE"), _strict(elementwise("plain_erfc"))),
    "GAUSS": elementwise("central_probability"),
    "PHI": elementwise("standard_density"),
    "FISHER": elementwise("plain_atanh"),
    "FISHERINV": elementwise("plain_tanh"),
    "NORMSDIST": elementwise("plain_normal_probability"),
    "NORM.S.DIST": by_kind("plain_normal_probability", "standard_density", 1),
    **dict.fromkeys(("NORM.DIST", "NORMDIST"), by_kind("normal_probability", "normal_density", 3)),
    "LOGNORM.DIST": by_kind("lognormal_probability", "lognormal_density", 3),
    "LOGNORMDIST": elementwise("lognormal_probability", required=3),
    **dict.fromkeys(("LOGNORM.INV", "LOGINV"), elementwise("lognormal_quantile", required=3)),
    **dict.fromkeys(("EXPON.DIST", "EXPONDIST"), by_kind("exponential_probability", "exponential_density", 2)),
    **dict.fromkeys(("WEIBULL.DIST", "WEIBULL"), by_kind("weibull_probability", "weibull_density", 3)),
}

__all__ = ["ELEMENTARY_CALLS"]
