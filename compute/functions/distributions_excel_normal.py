"""The normal, lognormal and Student laws as worksheet functions, with the tests and intervals that stand on them."""

from __future__ import annotations

import numpy as np

from compute import special
from compute.errors import ErrorCode
from compute.functions.reductions import failing
from compute.functions.signature import logical, number, vectorised
from compute.values import Array, Booleans, Floats

_ROOT_OF_TWO_PI = np.sqrt(2 * np.pi)
NUM = ErrorCode.NUM


def normal_density(z: Floats) -> Floats:
    """The standard normal density."""
    return np.asarray(np.exp(-0.5 * np.ascontiguousarray(z * z)) / _ROOT_OF_TWO_PI)


@vectorised("NORM.DIST NORMDIST", number("x"), number("mean"), number("standard_dev"), logical("cumulative"))
def normal(x: Floats, mean: Floats, deviation: Floats, cumulative: Booleans) -> Array:
    """The normal law's probability up to x, or its density at x."""
    scale = np.where(deviation > 0, deviation, 1.0)
    z = (x - mean) / scale
    found = np.where(cumulative, special.ndtr(z), normal_density(z) / scale)
    return failing(found, (deviation <= 0, NUM))


@vectorised("NORM.INV NORMINV", number("probability"), number("mean"), number("standard_dev"))
def normal_quantile(p: Floats, mean: Floats, deviation: Floats) -> Array:
    """The x that the normal law stays below with a probability in (0, 1)."""
    return failing(mean + deviation * special.ndtri(p), ((p <= 0) | (p >= 1) | (deviation <= 0), NUM))


@vectorised("NORM.S.DIST", number("z"), logical("cumulative"))
def standard_normal(z: Floats, cumulative: Booleans) -> Floats:
    """The standard normal law's probability up to z, or its density at z."""
    return np.where(cumulative, special.ndtr(z), normal_density(z))


@vectorised("NORMSDIST", number("z"))
def standard_normal_probability(z: Floats) -> Floats:
    """The standard normal law's probability up to z."""
    return np.asarray(special.ndtr(z))


@vectorised("NORM.S.INV NORMSINV", number("probability"))
def standard_normal_quantile(p: Floats) -> Array:
    """The z that the standard normal law stays below with a probability in (0, 1)."""
    return failing(np.asarray(special.ndtri(p)), ((p <= 0) | (p >= 1), NUM))


@vectorised("PHI", number("x"))
def phi(x: Floats) -> Floats:
    """The standard normal density."""
    return normal_density(x)


@vectorised("GAUSS", number("z"))
def gauss(z: Floats) -> Floats:
    """The standard normal probability between 0 and z."""
    return np.asarray(0.5 * special.erf(z / np.sqrt(2.0)))


@vectorised("LOGNORM.DIST", number("x"), number("mean"), number("standard_dev"), logical("cumulative"))
def lognormal_law(x: Floats, mean: Floats, deviation: Floats, cumulative: Booleans) -> Array:
    """The lognormal law's probability up to x, or its density; mean and deviation are those of ln x."""
    return _lognormal(x, mean, deviation, cumulative)


def _lognormal(x: Floats, mean: Floats, deviation: Floats, cumulative: Booleans) -> Array:
    wrong = (x <= 0) | (deviation <= 0)
    x, scale = np.where(wrong, 1.0, x), np.where(deviation > 0, deviation, 1.0)
    z = (np.log(np.ascontiguousarray(x)) - mean) / scale
    return failing(np.where(cumulative, special.ndtr(z), normal_density(z) / (x * scale)), (wrong, NUM))


@vectorised("LOGNORMDIST", number("x"), number("mean"), number("standard_dev"))
def lognormal_probability(x: Floats, mean: Floats, deviation: Floats) -> Array:
    """The lognormal law's probability up to x."""
    return _lognormal(x, mean, deviation, np.ones((1, 1, 1), np.bool_))


@vectorised("LOGNORM.INV LOGINV", number("probability"), number("mean"), number("standard_dev"))
def lognormal_quantile(p: Floats, mean: Floats, deviation: Floats) -> Array:
    """The x that the lognormal law stays below with a probability in (0, 1)."""
    found = np.exp(np.ascontiguousarray(mean + deviation * special.ndtri(p)))
    return failing(found, ((p <= 0) | (p >= 1) | (deviation <= 0), NUM))


@vectorised("CONFIDENCE.NORM CONFIDENCE", number("alpha"), number("standard_dev"), number("size"))
def normal_confidence(alpha: Floats, deviation: Floats, size: Floats) -> Array:
    """Half the width of a mean's confidence interval when the deviation is known."""
    n = np.trunc(size)
    wrong = (alpha <= 0) | (alpha >= 1) | (deviation <= 0) | (n < 1)
    return failing(-special.ndtri(alpha / 2) * deviation / np.sqrt(n), (wrong, NUM))


@vectorised("CONFIDENCE.T", number("alpha"), number("standard_dev"), number("size"))
def student_confidence(alpha: Floats, deviation: Floats, size: Floats) -> Array:
    """Half the width of a mean's confidence interval when the deviation is estimated."""
    n = np.trunc(size)
    wrong = (alpha <= 0) | (alpha >= 1) | (deviation <= 0) | (n < 1)
    found = -special.stdtrit(np.maximum(n - 1, 1), alpha / 2) * deviation / np.sqrt(n)
    return failing(found, (wrong, NUM), (n == 1, ErrorCode.DIV0))


def _freedom(degrees: Floats) -> tuple[Floats, Booleans]:
    """Whole degrees of freedom, and where there are none."""
    whole = np.trunc(degrees)
    return np.maximum(whole, 1.0), whole < 1


@vectorised("T.DIST", number("x"), number("deg_freedom"), logical("cumulative"))
def student(x: Floats, degrees: Floats, cumulative: Booleans) -> Array:
    """Student's law: the probability up to x, or the density at x."""
    n, wrong = _freedom(degrees)
    constant = special.gammaln((n + 1) / 2) - special.gammaln(n / 2) - 0.5 * np.log(n * np.pi)
    density = np.exp(constant - (n + 1) / 2 * np.log1p(np.ascontiguousarray(x * x / n)))
    return failing(
        np.where(cumulative, special.stdtr(n, x), density),
        (wrong & cumulative, NUM),
        (degrees < 0, NUM),
        (wrong, ErrorCode.DIV0),
    )


@vectorised("T.DIST.RT", number("x"), number("deg_freedom"))
def student_right(x: Floats, degrees: Floats) -> Array:
    """Student's probability above x."""
    n, wrong = _freedom(degrees)
    return failing(np.asarray(special.stdtr(n, -x)), (wrong, NUM))


@vectorised("T.DIST.2T", number("x"), number("deg_freedom"))
def student_two_tails(x: Floats, degrees: Floats) -> Array:
    """Student's probability beyond x and -x; a negative x is #NUM!."""
    n, wrong = _freedom(degrees)
    return failing(2 * special.stdtr(n, -x), (wrong | (x < 0), NUM))


@vectorised("TDIST", number("x"), number("deg_freedom"), number("tails"))
def student_tails(x: Floats, degrees: Floats, tails: Floats) -> Array:
    """Student's probability beyond x in one or two tails."""
    n, wrong = _freedom(degrees)
    sides = np.trunc(tails)
    wrong = wrong | (x < 0) | ((sides != 1) & (sides != 2))
    return failing(sides * special.stdtr(n, -x), (wrong, NUM))


_MIDDLE = 0.2
"""Closer to the middle than that, in two tails, ``stdtrit`` loses up to five of its digits."""


def _student_quantile(n: Floats, p: Floats, beyond: Floats) -> Floats:
    """The quantile of a probability that is so far ``beyond`` one half, in two tails: 2p - 1.

    Near the middle by the share of x squared in n + x squared, which is a beta variable of one half and n / 2.
    """
    middle = np.abs(beyond) < _MIDDLE
    share = special.betaincinv(0.5, n / 2, np.where(middle, np.abs(beyond), 0.0))
    central = np.copysign(np.sqrt(n * share / (1 - share)), beyond)
    return np.where(middle, central + 0.0, special.stdtrit(n, np.where(middle, 0.25, p)))


@vectorised("T.INV", number("probability"), number("deg_freedom"))
def student_quantile(p: Floats, degrees: Floats) -> Array:
    """The x that Student's law stays below with a probability in (0, 1)."""
    n, wrong = _freedom(degrees)
    found = _student_quantile(n, p, 2 * p - 1)
    return failing(found, (wrong | (p <= 0) | (p >= 1), NUM))


@vectorised("T.INV.2T TINV", number("probability"), number("deg_freedom"))
def student_quantile_two_tails(p: Floats, degrees: Floats) -> Array:
    """The x that Student's law exceeds in either direction with a probability in (0, 1]."""
    n, wrong = _freedom(degrees)
    found = 0.0 - _student_quantile(n, p / 2, p - 1)
    return failing(found, (wrong | (p <= 0) | (p > 1), NUM))


@vectorised("FISHER", number("x"))
def fisher(x: Floats) -> Floats:
    """Fisher's transformation of a correlation in (-1, 1)."""
    return np.where(np.abs(x) < 1, np.arctanh(np.ascontiguousarray(x)), np.nan)


@vectorised("FISHERINV", number("y"))
def fisher_inverse(y: Floats) -> Floats:
    """The correlation that Fisher's transformation takes to y."""
    return np.tanh(np.ascontiguousarray(y))
