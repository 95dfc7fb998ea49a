"""More laws of whole numbers: Geometric, NegBin, HyperGeo, IntUniform, Logarithmic."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from compute import special
from compute.distributions.counts import CountLaw
from compute.distributions.integration import lattice_moments
from compute.distributions.kernels import as_floats
from compute.distributions.law import Moments, constant_moments
from compute.distributions.parameters import Domain, FloatArray, Ordering, ParameterInfo
from compute.records import dataclass

Outline = tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]
_CHANCE = ParameterInfo("p", "Probability of success in each trial", Domain.POSITIVE_PROBABILITY)


@dataclass(frozen=True, slots=True)
class Geometric(CountLaw):
    """The number of failures before the first success: P(k) = p (1 − p)^k, k = 0, 1, …

    Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, chapter 5.
    """

    p: float

    name: ClassVar[str] = "GEOMETRIC"
    title: ClassVar[str] = "Geometric"
    summary: ClassVar[str] = "How often something fails before it first succeeds."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (_CHANCE,)

    @staticmethod
    def outline(chance: FloatArray) -> Outline:
        return _waiting_outline(np.ones_like(chance), chance)

    @staticmethod
    def probability_kernel(x: FloatArray, chance: FloatArray) -> FloatArray:
        k = np.floor(np.maximum(x, 0.0))
        return np.where(x < 0, 0.0, np.where(chance == 1, 1.0, -np.expm1((k + 1) * np.log1p(-chance))))

    @staticmethod
    def excess_kernel(x: FloatArray, chance: FloatArray) -> FloatArray:
        k = np.floor(np.maximum(x, 0.0))
        return np.where(x < 0, 1.0, np.where(chance == 1, 0.0, np.exp((k + 1) * np.log1p(-chance))))

    @staticmethod
    def density_kernel(x: FloatArray, chance: FloatArray) -> FloatArray:
        k = np.floor(np.maximum(x, 0.0))
        return np.where(k == x, chance * np.exp(special.xlog1py(k, -chance)), 0.0)

    def moments(self) -> Moments:
        return _waiting_moments(1.0, self.p)

    @property
    def mode(self) -> float:
        return 0.0


def _waiting_outline(s: FloatArray, chance: FloatArray) -> Outline:
    lost = 1.0 - chance
    largest = np.where(chance == 1, 0.0, np.inf) + 0.0 * s
    return (
        0.0 * largest.clip(max=0.0),
        largest,
        s * lost / chance,
        np.sqrt(s * lost) / chance,
        (1 + lost) / np.sqrt(s * lost),
    )


def _waiting_moments(s: float, p: float) -> Moments:
    lost = 1.0 - p
    if lost == 0:
        return constant_moments(0.0)
    return Moments(s * lost / p, s * lost / (p * p), (2 - p) / math.sqrt(s * lost), 3 + 6 / s + p * p / (s * lost))


@dataclass(frozen=True, slots=True)
class NegBin(CountLaw):
    """The number of failures before s successes: P(k) = C(k + s − 1, k) p^s (1 − p)^k.

    Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, chapter 5.
    """

    s: float
    p: float

    name: ClassVar[str] = "NEGBIN"
    title: ClassVar[str] = "NegBin"
    summary: ClassVar[str] = "How often something fails before it has succeeded s times."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("s", "Number of successes", Domain.POSITIVE_COUNT),
        _CHANCE,
    )

    @staticmethod
    def outline(s: FloatArray, chance: FloatArray) -> Outline:
        return _waiting_outline(s, chance)

    @staticmethod
    def probability_kernel(x: FloatArray, s: FloatArray, chance: FloatArray) -> FloatArray:
        return np.where(x < 0, 0.0, special.betainc(s, np.floor(np.maximum(x, 0.0)) + 1, chance))

    @staticmethod
    def excess_kernel(x: FloatArray, s: FloatArray, chance: FloatArray) -> FloatArray:
        return np.where(x < 0, 1.0, special.betaincc(s, np.floor(np.maximum(x, 0.0)) + 1, chance))

    @staticmethod
    def density_kernel(x: FloatArray, s: FloatArray, chance: FloatArray) -> FloatArray:
        k = np.floor(np.maximum(x, 0.0))
        log_ways = -np.log(s + k) - special.betaln(k + 1, s)
        return np.where(k == x, np.exp(log_ways + s * np.log(chance) + special.xlog1py(k, -chance)), 0.0)

    def moments(self) -> Moments:
        return _waiting_moments(self.s, self.p)

    @property
    def mode(self) -> float:
        return float(max(0, math.floor((self.s - 1) * (1 - self.p) / self.p)))


@dataclass(frozen=True, slots=True)
class HyperGeo(CountLaw):
    """The number of marked items in a sample without replacement: P(k) = C(D, k) C(M − D, n − k) / C(M, n).

    Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, chapter 6.
    """

    n: float
    d: float
    m: float

    name: ClassVar[str] = "HYPERGEO"
    title: ClassVar[str] = "HyperGeo"
    summary: ClassVar[str] = "How many marked items a sample without replacement contains."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("n", "Size of the sample", Domain.COUNT),
        ParameterInfo("d", "Marked items in the population", Domain.COUNT),
        ParameterInfo("m", "Size of the population", Domain.POSITIVE_COUNT),
    )
    orderings: ClassVar[tuple[Ordering, ...]] = (Ordering("n", "m"), Ordering("d", "m"))

    @staticmethod
    def outline(n: FloatArray, d: FloatArray, m: FloatArray) -> Outline:
        mean = n * d / m
        variance = mean * ((m - d) / m) * ((m - n) / np.maximum(m - 1, 1.0))
        return np.maximum(n + d - m, 0.0), np.minimum(n, d), mean, np.sqrt(variance), np.zeros_like(mean)

    @staticmethod
    def probability_kernel(x: FloatArray, n: FloatArray, d: FloatArray, m: FloatArray) -> FloatArray:
        first, last, *_ = HyperGeo.outline(n, d, m)
        return _summed(np.floor(x), first, last, (n, d, m), upwards=True)

    @staticmethod
    def excess_kernel(x: FloatArray, n: FloatArray, d: FloatArray, m: FloatArray) -> FloatArray:
        first, last, *_ = HyperGeo.outline(n, d, m)
        return _summed(np.floor(x) + 1, first, last, (n, d, m), upwards=False)

    @staticmethod
    def density_kernel(x: FloatArray, n: FloatArray, d: FloatArray, m: FloatArray) -> FloatArray:
        first, last, *_ = HyperGeo.outline(n, d, m)
        k = np.minimum(np.maximum(np.floor(x), first), last)
        return np.where(k == x, np.exp(_log_ways(d, k) + _log_ways(m - d, n - k) - _log_ways(m, n)), 0.0)

    def moments(self) -> Moments:
        first, last = self.support
        return constant_moments(first) if first == last else lattice_moments(self)

    @property
    def mode(self) -> float:
        return float(math.floor((self.n + 1) * (self.d + 1) / (self.m + 2)))


def _log_ways(n: FloatArray, k: FloatArray) -> FloatArray:
    return as_floats(-np.log1p(n) - special.betaln(n - k + 1, k + 1))


def _summed(
    k: FloatArray, first: FloatArray, last: FloatArray, parameters: tuple[FloatArray, ...], upwards: bool
) -> FloatArray:
    """P(X ≤ k) summed from the first value upwards, or P(X ≥ k) from the last value downwards.

    Values are added one at a time in the same order for every element, whether or not all share their parameters.
    """
    k, first, last, *spread = np.broadcast_arrays(k, first, last, *parameters)
    inside = (k >= first) if upwards else (k <= last)
    certain = (k >= last) if upwards else (k <= first)
    total = np.zeros(k.shape)
    reach = int(np.max(np.where(inside & ~certain, k - first if upwards else last - k, -1.0), initial=-1.0))
    for step in range(reach + 1):
        value = first + step if upwards else last - step
        wanted = (value <= k) if upwards else (value >= k)
        total += np.where(wanted, HyperGeo.density_kernel(value, *spread), 0.0)
    return np.where(certain, 1.0, np.where(inside, np.minimum(total, 1.0), 0.0))


@dataclass(frozen=True, slots=True)
class IntUniform(CountLaw):
    """The law of equally likely whole numbers from min to max, both included.

    Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, chapter 6.
    """

    min: float
    max: float

    name: ClassVar[str] = "INTUNIFORM"
    title: ClassVar[str] = "IntUniform"
    summary: ClassVar[str] = "Every whole number from the minimum to the maximum is equally likely."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("min", "Smallest possible number", Domain.INTEGER),
        ParameterInfo("max", "Largest possible number", Domain.INTEGER),
    )
    orderings: ClassVar[tuple[Ordering, ...]] = (Ordering("min", "max"),)

    @staticmethod
    def outline(low: FloatArray, high: FloatArray) -> Outline:
        width = high - low
        return low + 0.0 * width, high + 0.0 * width, low + width / 2, width / math.sqrt(12.0), 0.0 * width

    @classmethod
    def quantile_kernel(cls, p: FloatArray, q: FloatArray, *parameters: FloatArray) -> FloatArray:
        low, high = parameters
        count = high - low + 1
        # ⌈p · count⌉ but for rounding, which the law's own probabilities decide.
        k = np.minimum(np.maximum(np.ceil(p * count) - 1, 0.0), count - 1)
        k = np.where((k > 0) & (k / count >= p), k - 1, k)
        k = np.where((k < count - 1) & ((k + 1) / count < p), k + 1, k)
        return as_floats(low + k)

    @staticmethod
    def probability_kernel(x: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        share = (np.floor(x) - low + 1) / (high - low + 1)
        return np.where(x < low, 0.0, np.where(x >= high, 1.0, share))

    @staticmethod
    def excess_kernel(x: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        share = (high - np.floor(x)) / (high - low + 1)
        return np.where(x < low, 1.0, np.where(x >= high, 0.0, share))

    @staticmethod
    def density_kernel(x: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        return np.where((x >= low) & (x <= high) & (np.floor(x) == x), 1.0 / (high - low + 1), 0.0)

    def moments(self) -> Moments:
        count = self.max - self.min + 1
        if count == 1:
            return constant_moments(self.min)
        square = count * count
        kurtosis = 3 - 1.2 * (square + 1) / (square - 1)
        return Moments(self.min + (self.max - self.min) / 2, (square - 1) / 12, 0.0, kurtosis)

    @property
    def mode(self) -> float:
        return self.min + math.floor((self.max - self.min) / 2)


@dataclass(frozen=True, slots=True)
class Logarithmic(CountLaw):
    """The logarithmic series law: P(k) = −theta^k / (k ln(1 − theta)), k = 1, 2, …

    Source: Fisher, Corbet, Williams, J. Animal Ecology 12 (1943) 42.
    """

    theta: float

    name: ClassVar[str] = "LOGARITHMIC"
    title: ClassVar[str] = "Logarithmic"
    summary: ClassVar[str] = "How many items a customer buys, or individuals a species has: mostly one, sometimes many."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("theta", "Shape; nearer to 1 for longer tails", Domain.OPEN_PROBABILITY),
    )

    @staticmethod
    def outline(theta: FloatArray) -> Outline:
        factor = -1.0 / np.log1p(-theta)
        mean = factor * theta / (1 - theta)
        sd = np.sqrt(factor * theta * (1 - factor * theta)) / (1 - theta)
        return np.ones_like(theta), np.full_like(theta, np.inf), mean, sd, np.zeros_like(theta)

    @staticmethod
    def probability_kernel(x: FloatArray, theta: FloatArray) -> FloatArray:
        return np.where(x < 1, 0.0, 1.0 - Logarithmic.excess_kernel(x, theta))

    @staticmethod
    def excess_kernel(x: FloatArray, theta: FloatArray) -> FloatArray:
        k = np.floor(np.maximum(x, 1.0)) + 1
        return np.where(x < 1, 1.0, np.where(np.isinf(k), 0.0, _series_tail(k, theta) / -np.log1p(-theta)))

    @staticmethod
    def density_kernel(x: FloatArray, theta: FloatArray) -> FloatArray:
        k = np.floor(np.maximum(x, 1.0))
        return np.where(k == x, np.exp(k * np.log(theta)) / (-np.log1p(-theta) * k), 0.0)

    def moments(self) -> Moments:
        if self.theta < _LONG_TAIL:
            return lattice_moments(self)
        # The factorial moments are a (r − 1)! w^r; near 1 nothing cancels among them.
        a, w = -1.0 / math.log1p(-self.theta), self.theta / (1.0 - self.theta)
        mean = a * w
        second = a * w * (w + 1)
        third = a * w * (2 * w * w + 3 * w + 1)
        fourth = a * w * (6 * w**3 + 12 * w * w + 7 * w + 1)
        variance = second - mean * mean
        skewness = (third - 3 * mean * second + 2 * mean**3) / variance**1.5
        return Moments(
            mean,
            variance,
            skewness,
            (fourth - 4 * mean * third + 6 * mean * mean * second - 3 * mean**4) / (variance * variance),
        )

    @property
    def mode(self) -> float:
        return 1.0


_LONG_TAIL = 0.9
"""From this theta on the tail of the logarithmic series is summed by Euler and Maclaurin's formula."""
_FIRST = 20
_BERNOULLI = (1 / 12, -1 / 720, 1 / 30_240, -1 / 1_209_600, 5 / 239_500_800, -691 / 1_307_674_368_000)
"""B(2m) / (2m)! for m = 1 … 6."""


def _series_tail(k: FloatArray, theta: FloatArray) -> FloatArray:
    """The sum of theta^j / j over j = k, k + 1, … for whole k from 1.

    Below 0.9 it is θ^k / k · ₂F₁(1, k; k+1; θ), which converges fast; SciPy's hyp2f1 gives it up nearer to 1. There the
    terms from 20 on are the exponential integral E₁(−k ln θ) with Euler and Maclaurin's corrections (NIST's Digital
    Library of Mathematical Functions, 2.10.1), whose first neglected one is below 1e-16 of the sum.
    """
    is_long = theta >= _LONG_TAIL
    k, theta = np.broadcast_arrays(k, theta)
    short = np.where(is_long, 0.5, theta)
    by_series = np.exp(k * np.log(short)) / k * special.hyp2f1(1.0, k, k + 1, short)
    if not np.any(is_long):
        return by_series
    rate = -np.log(np.where(is_long, theta, _LONG_TAIL))
    start = np.maximum(k, _FIRST)
    total = special.exp1(rate * start) + np.exp(-rate * start) * _corrections(rate, start)
    for j in range(1, _FIRST):
        total = total + np.where(k <= j, np.exp(-rate * j) / j, 0.0)
    return np.where(is_long, total, by_series)


def _corrections(rate: FloatArray, x: FloatArray) -> FloatArray:
    """f(x)/2 − Σ B(2m)/(2m)! f^(2m−1)(x) for f(x) = e^(−rate·x)/x, over e^(−rate·x)."""
    found = 0.5 / x
    for m, factor in enumerate(_BERNOULLI, start=1):
        n = 2 * m - 1
        derivative = np.zeros_like(x)
        for i in range(n + 1):
            derivative = derivative + math.comb(n, i) * math.factorial(i) * rate ** (n - i) / x ** (i + 1)
        found = found + factor * derivative
    return found
