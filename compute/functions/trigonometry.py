"""Trigonometric and hyperbolic functions (Excel's Math & Trig family). Angles are in radians."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.errors import ErrorCode
from compute.functions.reductions import failing
from compute.functions.signature import function, number, vectorised
from compute.values import Array, Floats, numeric

_LARGEST_ANGLE = 134217728.0  # 2^27: Excel's trigonometric functions refuse larger angles


def _circular(name: str, compute: Callable[[Floats], Floats]) -> None:
    def implementation(angle: Floats) -> Array:
        return failing(compute(np.ascontiguousarray(angle)), (np.abs(angle) >= _LARGEST_ANGLE, ErrorCode.NUM))

    vectorised(name, number("angle"))(implementation)


def _plain(name: str, compute: Callable[[Floats], Floats]) -> None:
    """Numbers outside the domain come out as NaN and so as #NUM!."""

    def implementation(values: Floats) -> Floats:
        return np.asarray(compute(np.ascontiguousarray(values)))

    vectorised(name, number("number"))(implementation)


def _reciprocal(name: str, compute: Callable[[Floats], Floats], largest: float = np.inf) -> None:
    def implementation(angle: Floats) -> Array:
        below = compute(np.ascontiguousarray(angle))
        return failing(1.0 / below, (np.abs(angle) >= largest, ErrorCode.NUM), (below == 0, ErrorCode.DIV0))

    vectorised(name, number("angle"))(implementation)


_circular("SIN", np.sin)
_circular("COS", np.cos)
_circular("TAN", np.tan)
_reciprocal("SEC", np.cos, _LARGEST_ANGLE)
_reciprocal("CSC", np.sin, _LARGEST_ANGLE)
_reciprocal("COT", np.tan, _LARGEST_ANGLE)
_reciprocal("SECH", np.cosh)
_reciprocal("CSCH", np.sinh)
_reciprocal("COTH", np.tanh)
_plain("ASIN", np.arcsin)
_plain("ACOS", np.arccos)
_plain("ATAN", np.arctan)
_plain("SINH", np.sinh)
_plain("COSH", np.cosh)
_plain("TANH", np.tanh)
_plain("ASINH", np.arcsinh)
_plain("ACOSH", np.arccosh)
_plain("ATANH", np.arctanh)
_plain("RADIANS", lambda degrees: degrees * (np.pi / 180.0))
_plain("DEGREES", lambda radians: radians * (180.0 / np.pi))


@vectorised("ATAN2", number("x"), number("y"))
def angle_of_point(x: Floats, y: Floats) -> Array:
    """The angle of the point (x, y); Excel takes x first, and the origin has none (#DIV/0!)."""
    return failing(np.arctan2(y, x), ((x == 0) & (y == 0), ErrorCode.DIV0))


@vectorised("ACOT", number("number"))
def arc_cotangent(values: Floats) -> Floats:
    """The angle in (0, π) whose cotangent is the number."""
    return np.asarray(np.pi / 2 - np.arctan(np.ascontiguousarray(values)))


@vectorised("ACOTH", number("number"))
def area_cotangent(values: Floats) -> Floats:
    """The inverse hyperbolic cotangent; numbers between -1 and 1 are #NUM!."""
    return np.asarray(np.where(np.abs(values) > 1, np.arctanh(1.0 / np.where(values == 0, np.nan, values)), np.nan))


@function("PI")
def pi(context: object) -> Array:
    """π to fifteen digits and more."""
    return numeric(np.pi)
