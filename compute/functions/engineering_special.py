"""Error function, comparisons (Excel's Engineering family)."""

from __future__ import annotations

import numpy as np

from compute import special
from compute.functions.signature import number
from compute.functions.strict_numbers import strict
from compute.values import Floats


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
