"""Laws on the positive axis and on intervals: gamma, beta, chi-squared, F, exponential, Weibull."""

from __future__ import annotations

import numpy as np

from compute import special
from compute.errors import ErrorCode
from compute.functions.reductions import failing
from compute.functions.signature import logical, number, vectorised
from compute.values import Array, Booleans, Floats

NUM = ErrorCode.NUM


def _positive(values: Floats) -> Floats:
    """The values, 1 where they are not positive, so that nothing below meets a domain that is refused anyway."""
    return np.where(values > 0, values, 1.0)


def _exp(values: Floats) -> Floats:
    return np.exp(np.ascontiguousarray(values))


@vectorised("EXPON.DIST EXPONDIST", number("x"), number("lambda"), logical("cumulative"))
def exponential_law(x: Floats, rate: Floats, cumulative: Booleans) -> Array:
    """The exponential law: the probability up to x, or the density."""
    found = np.where(cumulative, -np.expm1(np.ascontiguousarray(-rate * x)), rate * _exp(-rate * x))
    return failing(found, ((x < 0) | (rate <= 0), NUM))


@vectorised("WEIBULL.DIST WEIBULL", number("x"), number("alpha"), number("beta"), logical("cumulative"))
def weibull(x: Floats, shape: Floats, scale: Floats, cumulative: Booleans) -> Array:
    """Weibull's law: the probability up to x, or the density."""
    wrong = (x < 0) | (shape <= 0) | (scale <= 0)
    ratio = np.where(wrong, 1.0, x) / _positive(scale)
    power = np.power(ratio, _positive(shape))
    density = _positive(shape) / _positive(scale) * np.power(ratio, _positive(shape) - 1) * _exp(-power)
    # At 0 Excel says 0, even where the density is not (shape 1) or has no bound (shape below 1).
    return failing(np.where(cumulative, -np.expm1(-power), np.where(ratio == 0, 0.0, density)), (wrong, NUM))


@vectorised("GAMMA.DIST GAMMADIST", number("x"), number("alpha"), number("beta"), logical("cumulative"))
def gamma_law(x: Floats, shape: Floats, scale: Floats, cumulative: Booleans) -> Array:
    """The gamma law: the probability up to x, or the density."""
    wrong = (x < 0) | (shape <= 0) | (scale <= 0)
    a, b = _positive(shape), _positive(scale)
    z = np.where(wrong, 1.0, x) / b
    density = _exp(special.xlogy(a - 1, z) - z - special.gammaln(a)) / b
    return failing(np.where(cumulative, special.gammainc(a, z), density), (wrong, NUM))


@vectorised("GAMMA.INV GAMMAINV", number("probability"), number("alpha"), number("beta"))
def gamma_quantile(p: Floats, shape: Floats, scale: Floats) -> Array:
    """The x that the gamma law stays below with a probability in [0, 1)."""
    wrong = (p < 0) | (p >= 1) | (shape <= 0) | (scale <= 0)
    return failing(special.gammaincinv(_positive(shape), np.where(wrong, 0.5, p)) * scale, (wrong, NUM))


@vectorised("GAMMA", number("number"))
def gamma(x: Floats) -> Array:
    """The gamma function; whole numbers up to 0 are #NUM!."""
    return failing(np.asarray(special.gamma(x)), ((x <= 0) & (x == np.trunc(x)), NUM))


@vectorised("GAMMALN GAMMALN.PRECISE", number("x"))
def gamma_logarithm(x: Floats) -> Array:
    """The logarithm of the gamma function of a positive number."""
    return failing(np.asarray(special.gammaln(_positive(x))), (x <= 0, NUM))


def _beta(x: Floats, a: Floats, b: Floats, low: Floats, high: Floats, cumulative: Booleans) -> Array:
    wrong = (a <= 0) | (b <= 0) | (x < low) | (x > high) | (low == high)
    width = np.where(high == low, 1.0, high - low)
    a, b, z = _positive(a), _positive(b), np.where(wrong, 0.5, (x - low) / width)
    density = _exp(special.xlogy(a - 1, z) + special.xlog1py(b - 1, -z) - special.betaln(a, b)) / width
    found = np.where(cumulative, special.betainc(a, b, z), density)
    at_pole = ~np.asarray(cumulative) & (((z == 0) & (a < 1)) | ((z == 1) & (b < 1)))
    return failing(found, (wrong, NUM), (at_pole, NUM))


@vectorised(
    "BETA.DIST", number("x"), number("alpha"), number("beta"), logical("cumulative"), number("A", 0), number("B", 1)
)
def beta_law(x: Floats, a: Floats, b: Floats, cumulative: Booleans, low: Floats, high: Floats) -> Array:
    """The beta law between two bounds: the probability up to x, or the density."""
    return _beta(x, a, b, low, high, cumulative)


@vectorised("BETADIST", number("x"), number("alpha"), number("beta"), number("A", 0), number("B", 1))
def beta_probability(x: Floats, a: Floats, b: Floats, low: Floats, high: Floats) -> Array:
    """The beta law's probability up to x."""
    return _beta(x, a, b, low, high, np.ones((1, 1, 1), np.bool_))


@vectorised("BETA.INV BETAINV", number("probability"), number("alpha"), number("beta"), number("A", 0), number("B", 1))
def beta_quantile(p: Floats, a: Floats, b: Floats, low: Floats, high: Floats) -> Array:
    """The x that the beta law stays below with a probability in (0, 1)."""
    wrong = (p <= 0) | (p >= 1) | (a <= 0) | (b <= 0) | (low == high)
    found = special.betaincinv(_positive(a), _positive(b), np.where(wrong, 0.5, p))
    return failing(low + found * (high - low), (wrong, NUM))


def _degrees(degrees: Floats) -> tuple[Floats, Booleans]:
    whole = np.trunc(degrees)
    return np.clip(whole, 1.0, 1e10), (whole < 1) | (whole > 1e10)


@vectorised("CHISQ.DIST", number("x"), number("deg_freedom"), logical("cumulative"))
def chi_squared(x: Floats, degrees: Floats, cumulative: Booleans) -> Array:
    """The chi-squared law: the probability up to x, or the density."""
    n, wrong = _degrees(degrees)
    half = np.maximum(x, 0) / 2
    density = _exp(special.xlogy(n / 2 - 1, half) - half - special.gammaln(n / 2)) / 2
    found = np.where(cumulative, special.gammainc(n / 2, half), density)
    return failing(found, (wrong | (x < 0), NUM))


@vectorised("CHISQ.DIST.RT CHIDIST", number("x"), number("deg_freedom"))
def chi_squared_right(x: Floats, degrees: Floats) -> Array:
    """The chi-squared law's probability above x."""
    n, wrong = _degrees(degrees)
    return failing(np.asarray(special.gammaincc(n / 2, np.maximum(x, 0) / 2)), (wrong | (x < 0), NUM))


@vectorised("CHISQ.INV", number("probability"), number("deg_freedom"))
def chi_squared_quantile(p: Floats, degrees: Floats) -> Array:
    """The x that the chi-squared law stays below with a probability in [0, 1)."""
    n, wrong = _degrees(degrees)
    wrong = wrong | (p < 0) | (p >= 1)
    return failing(2 * special.gammaincinv(n / 2, np.where(wrong, 0.5, p)), (wrong, NUM))


@vectorised("CHISQ.INV.RT CHIINV", number("probability"), number("deg_freedom"))
def chi_squared_quantile_right(p: Floats, degrees: Floats) -> Array:
    """The x that the chi-squared law exceeds with a probability in (0, 1]."""
    n, wrong = _degrees(degrees)
    wrong = wrong | (p <= 0) | (p > 1)
    return failing(2 * special.gammainccinv(n / 2, np.where(wrong, 0.5, p)), (wrong, NUM))


@vectorised("F.DIST", number("x"), number("deg_freedom1"), number("deg_freedom2"), logical("cumulative"))
def f_law(x: Floats, first: Floats, second: Floats, cumulative: Booleans) -> Array:
    """Fisher's F law: the probability up to x, or the density."""
    (m, m_wrong), (n, n_wrong) = _degrees(first), _degrees(second)
    wrong = m_wrong | n_wrong | (x < 0)
    z = np.maximum(x, 0)
    share = m * z / (m * z + n)
    rest = n / (m * z + n)
    a, b = m / 2, n / 2
    logarithm = special.xlogy(a, m / n) + special.xlogy(a - 1, z) + (a + b) * np.log(np.ascontiguousarray(rest))
    found = np.where(cumulative, special.betainc(a, b, share), _exp(logarithm - special.betaln(a, b)))
    return failing(found, (wrong, NUM))


@vectorised("F.DIST.RT FDIST", number("x"), number("deg_freedom1"), number("deg_freedom2"))
def f_right(x: Floats, first: Floats, second: Floats) -> Array:
    """The F law's probability above x."""
    (m, m_wrong), (n, n_wrong) = _degrees(first), _degrees(second)
    z = np.maximum(x, 0)
    return failing(np.asarray(special.betainc(n / 2, m / 2, n / (m * z + n))), (m_wrong | n_wrong | (x < 0), NUM))


def _f_quantile(tail: Floats, m: Floats, n: Floats) -> Floats:
    """The x that the F law exceeds with probability ``tail``."""
    rest = special.betaincinv(n / 2, m / 2, tail)
    return np.asarray(n * (1 - rest) / (m * rest))


@vectorised("F.INV", number("probability"), number("deg_freedom1"), number("deg_freedom2"))
def f_quantile(p: Floats, first: Floats, second: Floats) -> Array:
    """The x that the F law stays below with a probability in [0, 1)."""
    (m, m_wrong), (n, n_wrong) = _degrees(first), _degrees(second)
    wrong = m_wrong | n_wrong | (p < 0) | (p >= 1)
    share = special.betaincinv(m / 2, n / 2, np.where(wrong, 0.5, p))
    return failing(n * share / (m * (1 - share)), (wrong, NUM))


@vectorised("F.INV.RT FINV", number("probability"), number("deg_freedom1"), number("deg_freedom2"))
def f_quantile_right(p: Floats, first: Floats, second: Floats) -> Array:
    """The x that the F law exceeds with a probability in (0, 1]."""
    (m, m_wrong), (n, n_wrong) = _degrees(first), _degrees(second)
    wrong = m_wrong | n_wrong | (p <= 0) | (p > 1)
    return failing(_f_quantile(np.where(wrong, 0.5, p), m, n), (wrong, NUM))
