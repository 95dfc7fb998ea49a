"""Laws of counts: binomial, Poisson, negative binomial, hypergeometric."""

from __future__ import annotations

import numpy as np

from compute import special
from compute.errors import ErrorCode
from compute.functions.reductions import failing
from compute.functions.signature import logical, number, vectorised
from compute.values import Array, Booleans, Floats

NUM = ErrorCode.NUM


def _exp(values: Floats) -> Floats:
    return np.exp(np.ascontiguousarray(values))


def _log_choices(n: Floats, k: Floats) -> Floats:
    """The logarithm of the binomial coefficient."""
    return np.asarray(-special.betaln(1 + n - k, 1 + k) - np.log1p(np.ascontiguousarray(n)))


def _choices(n: Floats, k: Floats) -> Floats:
    """The binomial coefficient where it is a double's size, else NaN."""
    return np.where(n <= 1000, special.binom(n, k), np.nan)


def binomial_mass(k: Floats, n: Floats, p: Floats) -> Floats:
    """The probability of k successes in n trials."""
    direct = _choices(n, k) * np.power(p, k) * np.power(1 - p, n - k)
    logarithm = _log_choices(n, k) + special.xlogy(k, p) + special.xlog1py(n - k, -p)
    return np.where(np.isfinite(direct) & (direct > 1e-290), direct, _exp(logarithm))


def binomial_probability(k: Floats, n: Floats, p: Floats) -> Floats:
    """The probability of at most k successes in n trials."""
    inside = (k >= 0) & (k < n)
    found = special.betainc(np.where(inside, n - k, 1.0), np.where(inside, k + 1, 1.0), 1 - p)
    return np.where(inside, found, np.where(k < 0, 0.0, 1.0))


@vectorised(
    "BINOM.DIST BINOMDIST", number("number_s"), number("trials"), number("probability_s"), logical("cumulative")
)
def binomial(successes: Floats, trials: Floats, p: Floats, cumulative: Booleans) -> Array:
    """The binomial law: the probability of at most, or of exactly, some successes."""
    k, n = np.trunc(successes), np.trunc(trials)
    wrong = (k < 0) | (k > n) | (p < 0) | (p > 1)
    k, n, p = np.where(wrong, 0.0, k), np.where(wrong, 1.0, n), np.where(wrong, 0.5, p)
    return failing(np.where(cumulative, binomial_probability(k, n, p), binomial_mass(k, n, p)), (wrong, NUM))


@vectorised(
    "BINOM.DIST.RANGE",
    number("trials"),
    number("probability_s"),
    number("number_s"),
    number("number_s2", optional=True),
)
def binomial_range(trials: Floats, p: Floats, first: Floats, last: Floats | None = None) -> Array:
    """The probability of a number of successes, or of one between two numbers."""
    n, low = np.trunc(trials), np.trunc(first)
    high = low if last is None else np.trunc(last)
    wrong = (n < 0) | (p < 0) | (p > 1) | (low < 0) | (low > n) | (high < low) | (high > n)
    n, p = np.where(wrong, 1.0, n), np.where(wrong, 0.5, p)
    between = binomial_probability(high, n, p) - binomial_probability(low - 1, n, p)
    return failing(np.where(low == high, binomial_mass(low, n, p), between), (wrong, NUM))


@vectorised("BINOM.INV CRITBINOM", number("trials"), number("probability_s"), number("alpha"))
def binomial_quantile(trials: Floats, p: Floats, alpha: Floats) -> Array:
    """The fewest successes whose probability of at most so many reaches alpha."""
    n = np.trunc(trials)
    wrong = (n < 0) | (p < 0) | (p > 1) | (alpha < 0) | (alpha > 1)
    n, p, alpha = np.broadcast_arrays(np.where(wrong, 1.0, n), np.where(wrong, 0.5, p), np.where(wrong, 0.5, alpha))
    low, high = np.full(n.shape, -1.0), np.array(n)
    # Beyond 2^53 neighbouring numbers lie more than 1 apart: the search ends where nothing lies between.
    while (between := ((half := np.floor(low / 2 + high / 2)) > low) & (half < high) & (high - low > 1)).any():
        reached = binomial_probability(half, n, p) >= alpha
        low, high = np.where(between & ~reached, half, low), np.where(between & reached, half, high)
    return failing(high, (wrong, NUM))


@vectorised("POISSON.DIST POISSON", number("x"), number("mean"), logical("cumulative"))
def poisson(x: Floats, mean: Floats, cumulative: Booleans) -> Array:
    """Poisson's law: the probability of at most, or of exactly, x events."""
    k = np.trunc(x)
    wrong = (x < 0) | (mean < 0)
    k, mean = np.where(wrong, 0.0, k), np.where(wrong, 1.0, mean)
    mass = _exp(special.xlogy(k, mean) - mean - special.gammaln(k + 1))
    return failing(np.where(cumulative, special.gammaincc(k + 1, mean), mass), (wrong, NUM))


def _negative_binomial(failures: Floats, successes: Floats, p: Floats, cumulative: Booleans) -> Array:
    f, s = np.trunc(failures), np.trunc(successes)
    wrong = (f < 0) | (s < 1) | (p < 0) | (p > 1)
    f, s, p = np.where(wrong, 1.0, f), np.where(wrong, 1.0, s), np.where(wrong, 0.5, p)
    direct = _choices(f + s - 1, s - 1) * np.power(p, s) * np.power(1 - p, f)
    logarithm = _log_choices(f + s - 1, s - 1) + special.xlogy(s, p) + special.xlog1py(f, -p)
    mass = np.where(np.isfinite(direct) & (direct > 1e-290), direct, _exp(logarithm))
    return failing(np.where(cumulative, special.betainc(s, f + 1, p), mass), (wrong, NUM))


@vectorised("NEGBINOM.DIST", number("number_f"), number("number_s"), number("probability_s"), logical("cumulative"))
def negative_binomial(failures: Floats, successes: Floats, p: Floats, cumulative: Booleans) -> Array:
    """The probability of at most, or of exactly, some failures before a number of successes."""
    return _negative_binomial(failures, successes, p, cumulative)


@vectorised("NEGBINOMDIST", number("number_f"), number("number_s"), number("probability_s"))
def negative_binomial_mass(failures: Floats, successes: Floats, p: Floats) -> Array:
    """The probability of exactly some failures before a number of successes."""
    return _negative_binomial(failures, successes, p, np.zeros((1, 1, 1), np.bool_))


def _hypergeometric_mass(k: Floats, n: Floats, good: Floats, total: Floats) -> Floats:
    direct = _choices(good, k) * _choices(total - good, n - k) / _choices(total, n)
    logarithm = _log_choices(good, k) + _log_choices(total - good, n - k) - _log_choices(total, n)
    return np.where(np.isfinite(direct), direct, _exp(logarithm))


TERMS_AT_ONCE = 256.0


def _hypergeometric(sample_s: Floats, sample: Floats, good: Floats, total: Floats, cumulative: Booleans) -> Array:
    k, n, m, size, cumulative = np.broadcast_arrays(
        np.trunc(sample_s), np.trunc(sample), np.trunc(good), np.trunc(total), cumulative
    )
    wrong = (n <= 0) | (m <= 0) | (size <= 0) | (n > size) | (m > size) | (k < 0)
    impossible = wrong | (k > n) | (k > m) | (k < n - (size - m))
    k, size = np.where(impossible, 0.0, k), np.where(impossible, 2.0, size)
    n, m = np.where(impossible, 1.0, n), np.where(impossible, 1.0, m)
    found = _hypergeometric_mass(k, n, m, size)
    # Terms too far from the mean to change the sum are left out: populations may be in the billions.
    mean = n * m / size
    spread = np.sqrt(mean * (1 - m / size) * (size - n) / np.maximum(size - 1, 1.0))
    at = np.where(cumulative, np.minimum(k - 1, np.floor(mean + 12 * spread + 50)), -1.0)
    bottom = np.maximum(0.0, n - (size - m))
    counted = at >= bottom
    while counted.any():
        steps = np.arange(min(TERMS_AT_ONCE, float((at - bottom).max()) + 1)).reshape(-1, *([1] * at.ndim))
        places = np.maximum(at - steps, bottom)
        for place, mass in zip(at - steps, _hypergeometric_mass(places, n, m, size), strict=True):
            counted = counted & (place >= bottom)
            found = found + np.where(counted, mass, 0.0)
            counted = counted & ((mass > found * 1e-18) | (place > mean))
        at = at - len(steps)
        counted = counted & (at >= bottom)
    return failing(np.where(impossible, 0.0, np.minimum(found, 1.0)), (wrong, NUM))


_SAMPLE = (number("sample_s"), number("number_sample"), number("population_s"), number("number_pop"))


@vectorised("HYPGEOM.DIST", *_SAMPLE, logical("cumulative"))
def hypergeometric(sample_s: Floats, sample: Floats, good: Floats, total: Floats, cumulative: Booleans) -> Array:
    """The probability of at most, or of exactly, some successes in a sample without replacement."""
    return _hypergeometric(sample_s, sample, good, total, cumulative)


@vectorised("HYPGEOMDIST", *_SAMPLE)
def hypergeometric_mass(sample_s: Floats, sample: Floats, good: Floats, total: Floats) -> Array:
    """The probability of exactly some successes in a sample without replacement."""
    return _hypergeometric(sample_s, sample, good, total, np.zeros((1, 1, 1), np.bool_))
