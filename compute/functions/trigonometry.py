"""Trigonometric and hyperbolic functions (Excel's Math & Trig family). Angles are in radians."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.errors import ErrorCode
from compute.functions.reductions import failing
from compute.functions.signature import function, number, vectorised
from compute.values import Array, Floats, numeric

_LARGEST_ANGLE = 134217728.0  # 2^27: Excel's trigonometric functions refuse larger angles
_EXCESS = 2.50827880633429e-20  # a quarter turn rounded to 64 bits (565 * 2^-63 above the double) less the true one


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


def _drift(angle: Floats) -> Floats:
    """How far Excel has turned too much after the quarter turns in the angle: it takes one to 64 bits only.

    That is why its COS(PI()/2) is 6.1257E-17 where the cosine of that number is 6.1232E-17.
    """
    return np.asarray(np.rint(angle * (2.0 / np.pi)) * _EXCESS)


def _sine(angle: Floats) -> Floats:
    return np.asarray(np.sin(angle) - _drift(angle) * np.cos(angle))


def _cosine(angle: Floats) -> Floats:
    return np.asarray(np.cos(angle) + _drift(angle) * np.sin(angle))


def _tangent(angle: Floats) -> Floats:
    slope, drift = np.tan(angle), _drift(angle)
    return np.asarray((slope - drift) / (1.0 + drift * slope))


_circular("SIN", _sine)
_circular("COS", _cosine)
_circular("TAN", _tangent)
_reciprocal("SEC", _cosine, _LARGEST_ANGLE)
_reciprocal("CSC", _sine, _LARGEST_ANGLE)
_reciprocal("COT", _tangent, _LARGEST_ANGLE)
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
