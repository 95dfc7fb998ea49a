"""Error function, Bessel functions, comparisons (Excel's Engineering family)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from compute.errors import ErrorCode
from compute.functions.reductions import failing
from compute.functions.signature import number
from compute.functions.strict_numbers import strict
from compute.values import Array, Floats


@strict("DELTA", number("number1"), number("number2", 0))
def delta(first: Floats, second: Floats) -> Floats:
    """1 where two numbers are equal, else 0."""
    return np.asarray(first == second, np.float64)


@strict("GESTEP", number("number"), number("step", 0))
def at_least(values: Floats, step: Floats) -> Floats:
    """1 where the number reaches the step, else 0."""
    return np.asarray(values >= step, np.float64)


@strict("ERF", number("lower"), number("upper", optional=True))
def error_function(lower: Floats, upper: Floats | None = None) -> Floats:
    """The error function from 0 to a bound, or between two bounds."""
    if upper is None:
        return np.asarray(special.erf(lower))
    return np.asarray(special.erf(upper) - special.erf(lower))


@strict("ERF.PRECISE", number("x"))
def error_function_precise(x: Floats) -> Floats:
    """The error function from 0 to x."""
    return np.asarray(special.erf(x))


@strict("ERFC ERFC.PRECISE", number("x"))
def error_function_complement(x: Floats) -> Floats:
    """The error function from x to infinity."""
    return np.asarray(special.erfc(x))


def _register_bessel(name: str, function: Callable[[Floats, Floats], Floats], positive: bool) -> None:
    def implementation(x: Floats, order: Floats) -> Array:
        n = np.trunc(order)
        wrong = (n < 0) | ((x <= 0) if positive else np.zeros(1, np.bool_))
        return failing(function(np.maximum(n, 0), np.where(wrong, 1.0, x)), (wrong, ErrorCode.NUM))

    strict(name, number("x"), number("n"))(implementation)


_register_bessel("BESSELI", special.iv, False)
_register_bessel("BESSELJ", special.jv, False)
_register_bessel("BESSELK", special.kv, True)
_register_bessel("BESSELY", special.yv, True)
