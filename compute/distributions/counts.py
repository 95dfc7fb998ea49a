"""Laws of counts: Bernoulli, Binomial, Poisson."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import field
from typing import Any, ClassVar

import numpy as np

from compute import special
from compute.distributions.inversion import smallest_count
from compute.distributions.law import Law, Moments, constant_moments
from compute.distributions.parameters import Domain, FloatArray, ParameterInfo
from compute.records import dataclass


class CountLaw(Law):
    """A law of whole numbers; its quantiles come from its own probabilities by an exact search."""

    __slots__ = ()

    discrete: ClassVar[bool] = True

    @staticmethod
    @abstractmethod
    def outline(*parameters: Any, **unused: Any) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
        """``(*parameters)`` → smallest and largest count, mean, sd and skewness: where the search starts."""

    @classmethod
    def quantile_kernel(cls, p: FloatArray, q: FloatArray, *parameters: FloatArray) -> FloatArray:
        return smallest_count(cls, p, q, parameters)

    @classmethod
    def below_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        return cls.probability_kernel(np.ceil(x) - 1.0, *parameters)

    def lattice(self, low: float, high: float) -> FloatArray:
        first, last = self.support
        return np.arange(math.ceil(max(low, first)), math.floor(min(high, last)) + 1, dtype=np.float64)

    @property
    def support(self) -> tuple[float, float]:
        with np.errstate(all="ignore"):
            first, last, *_ = self.outline(*self.columns().parameters)
        return float(first[0]), float(last[0])


@dataclass(frozen=True, slots=True)
class Bernoulli(CountLaw):
    """The law of one trial: 1 with probability p, else 0.

    Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, chapter 3.
    """

    p: float

    name: ClassVar[str] = "BERNOULLI"
    title: ClassVar[str] = "Bernoulli"
    summary: ClassVar[str] = "Something that happens (1) or does not (0)."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("p", "Probability that it happens", Domain.PROBABILITY),
    )

    @staticmethod
    def outline(chance: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
        zero = np.zeros_like(chance)
        return np.where(chance == 1, 1.0, 0.0), np.where(chance == 0, 0.0, 1.0), chance, zero, zero

    @classmethod
    def quantile_kernel(cls, p: FloatArray, q: FloatArray, *parameters: FloatArray) -> FloatArray:
        (chance,) = parameters
        happens = np.where(p < 0.5, p > 1.0 - chance, q < chance)
        return np.where((happens & (chance > 0)) | (chance == 1), 1.0, 0.0)

    @staticmethod
    def probability_kernel(x: FloatArray, chance: FloatArray) -> FloatArray:
        return np.where(x < 0, 0.0, np.where(x < 1, 1.0 - chance, 1.0))

    @staticmethod
    def excess_kernel(x: FloatArray, chance: FloatArray) -> FloatArray:
        return np.where(x < 0, 1.0, np.where(x < 1, chance, 0.0))

    @staticmethod
    def density_kernel(x: FloatArray, chance: FloatArray) -> FloatArray:
        return np.where(x == 0, 1.0 - chance, np.where(x == 1, chance, 0.0))

    def moments(self) -> Moments:
        return _binomial_moments(1.0, self.p)

    @property
    def mode(self) -> float:
        return 1.0 if self.p > 0.5 else 0.0


def _binomial_moments(n: float, p: float) -> Moments:
    variance = n * p * (1 - p)
    if variance == 0:
        return constant_moments(n * p)
    return Moments(n * p, variance, (1 - 2 * p) / math.sqrt(variance), 3 + (1 - 6 * p * (1 - p)) / variance)


@dataclass(frozen=True, slots=True)
class Binomial(CountLaw):
    """The number of successes in n independent trials: P(k) = C(n, k) p^k (1−p)^(n−k).

    Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, chapter 3.
    """

    n: float
    p: float

    name: ClassVar[str] = "BINOMIAL"
    title: ClassVar[str] = "Binomial"
    summary: ClassVar[str] = "How many of n independent trials succeed."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("n", "Number of trials", Domain.COUNT),
        ParameterInfo("p", "Probability of success in each trial", Domain.PROBABILITY),
    )

    @staticmethod
    def outline(n: FloatArray, chance: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
        sd = np.sqrt(n * chance * (1 - chance))
        return np.where(chance == 1, n, 0.0), np.where(chance == 0, 0.0, n), n * chance, sd, (1 - 2 * chance) / sd

    @staticmethod
    def probability_kernel(x: FloatArray, n: FloatArray, chance: FloatArray) -> FloatArray:
        k = np.clip(np.floor(x), 0.0, n)
        return np.where(x < 0, 0.0, np.where(x >= n, 1.0, special.betaincc(k + 1, np.maximum(n - k, 0.5), chance)))

    @staticmethod
    def excess_kernel(x: FloatArray, n: FloatArray, chance: FloatArray) -> FloatArray:
        k = np.clip(np.floor(x), 0.0, n)
        return np.where(x < 0, 1.0, np.where(x >= n, 0.0, special.betainc(k + 1, np.maximum(n - k, 0.5), chance)))

    @staticmethod
    def density_kernel(x: FloatArray, n: FloatArray, chance: FloatArray) -> FloatArray:
        k = np.clip(np.floor(x), 0.0, n)
        log_ways = -np.log1p(n) - special.betaln(n - k + 1, k + 1)
        body = np.exp(log_ways + special.xlogy(k, chance) + special.xlog1py(n - k, -chance))
        return np.where(k == x, body, 0.0)

    def moments(self) -> Moments:
        return _binomial_moments(self.n, self.p)

    @property
    def mode(self) -> float:
        return min(self.n, float(math.floor((self.n + 1) * self.p)))


@dataclass(frozen=True, slots=True)
class Poisson(CountLaw):
    """The number of events that come independently at a constant rate: P(k) = exp(−mean) mean^k / k!.

    Source: Johnson, Kemp, Kotz, Univariate Discrete Distributions, chapter 4.
    """

    mean: float = field()

    name: ClassVar[str] = "POISSON"
    title: ClassVar[str] = "Poisson"
    summary: ClassVar[str] = "How many independent events happen in a period."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("mean", "Expected number of events", Domain.NOT_NEGATIVE),
    )

    @staticmethod
    def outline(mean: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
        root = np.sqrt(mean)
        return np.zeros_like(mean), np.where(mean == 0, 0.0, np.inf), mean, root, 1.0 / root

    @staticmethod
    def probability_kernel(x: FloatArray, mean: FloatArray) -> FloatArray:
        return np.where(x < 0, 0.0, special.gammaincc(np.floor(np.maximum(x, 0.0)) + 1, mean))

    @staticmethod
    def excess_kernel(x: FloatArray, mean: FloatArray) -> FloatArray:
        return np.where(x < 0, 1.0, special.gammainc(np.floor(np.maximum(x, 0.0)) + 1, mean))

    @staticmethod
    def density_kernel(x: FloatArray, mean: FloatArray) -> FloatArray:
        k = np.floor(np.maximum(x, 0.0))
        return np.where(k == x, np.exp(special.xlogy(k, mean) - mean - special.gammaln(k + 1)), 0.0)

    def moments(self) -> Moments:
        if self.mean == 0:
            return constant_moments(0.0)
        return Moments(self.mean, self.mean, 1 / math.sqrt(self.mean), 3 + 1 / self.mean)

    @property
    def mode(self) -> float:
        return float(math.floor(self.mean))
