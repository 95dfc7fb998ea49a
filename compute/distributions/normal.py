"""Laws made from the normal one: Normal, LogNormal, LogNormal2."""

from __future__ import annotations

import math
from dataclasses import field
from typing import ClassVar

import numpy as np

from compute import special
from compute.distributions.kernels import as_floats, standardised
from compute.distributions.law import Law, Moments, constant_moments
from compute.distributions.parameters import Domain, FloatArray, ParameterInfo
from compute.records import dataclass

_ROOT_TAU = math.sqrt(2.0 * math.pi)


def normal_score(p: FloatArray, q: FloatArray) -> FloatArray:
    """The standard normal quantile, precise in both tails and odd about the median."""
    score: FloatArray = special.ndtri(np.minimum(p, q))
    return np.where(p < q, score, -score)


def normal_density(score: FloatArray) -> FloatArray:
    """The standard normal density."""
    return np.exp(-0.5 * (score * score)) / _ROOT_TAU


@dataclass(frozen=True, slots=True)
class Normal(Law):
    """The normal law N(mean, sd²): density exp(−z²/2) / (sd √2π) with z = (x − mean) / sd. sd = 0 is a constant.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 13.
    """

    # field() keeps the dataclass from taking the inherited property of the same name for a default.
    mean: float = field()
    sd: float = field()

    name: ClassVar[str] = "NORMAL"
    title: ClassVar[str] = "Normal"
    summary: ClassVar[str] = "A symmetric bell curve around its mean, for sums of many small effects."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("mean", "Mean", Domain.REAL),
        ParameterInfo("sd", "Standard deviation", Domain.NOT_NEGATIVE),
    )

    @staticmethod
    def quantile_kernel(p: FloatArray, q: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        return np.where(sd == 0, mean, mean + sd * normal_score(p, q))

    @staticmethod
    def probability_kernel(x: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        return as_floats(special.ndtr(standardised(x, mean, sd)))

    @staticmethod
    def excess_kernel(x: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        return as_floats(special.ndtr(-standardised(x, mean, sd)))

    @staticmethod
    def density_kernel(x: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        return normal_density((x - mean) / sd) / sd

    def moments(self) -> Moments:
        if self.sd == 0:
            return constant_moments(self.mean)
        return Moments(self.mean, self.sd * self.sd, 0.0, 3.0)

    @property
    def mode(self) -> float:
        return self.mean

    @property
    def support(self) -> tuple[float, float]:
        return (-math.inf, math.inf) if self.sd else (self.mean, self.mean)


@dataclass(frozen=True, slots=True)
class LogNormal2(Law):
    """The law of exp(N(mu, sigma²)). sigma = 0 is the constant exp(mu).

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 14.
    """

    mu: float
    sigma: float

    name: ClassVar[str] = "LOGNORMAL2"
    title: ClassVar[str] = "LogNormal2"
    summary: ClassVar[str] = "A positive, right-skewed quantity given by the mean and sd of its logarithm."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("mu", "Mean of the logarithm", Domain.REAL),
        ParameterInfo("sigma", "Standard deviation of the logarithm", Domain.NOT_NEGATIVE),
    )

    @staticmethod
    def quantile_kernel(p: FloatArray, q: FloatArray, mu: FloatArray, sigma: FloatArray) -> FloatArray:
        return np.exp(Normal.quantile_kernel(p, q, mu, sigma))

    @staticmethod
    def probability_kernel(x: FloatArray, mu: FloatArray, sigma: FloatArray) -> FloatArray:
        return Normal.probability_kernel(np.log(np.maximum(x, 0.0)), mu, sigma)

    @staticmethod
    def excess_kernel(x: FloatArray, mu: FloatArray, sigma: FloatArray) -> FloatArray:
        return Normal.excess_kernel(np.log(np.maximum(x, 0.0)), mu, sigma)

    @staticmethod
    def density_kernel(x: FloatArray, mu: FloatArray, sigma: FloatArray) -> FloatArray:
        return np.where(x > 0, normal_density((np.log(x) - mu) / sigma) / (sigma * x), 0.0)

    def moments(self) -> Moments:
        return _lognormal_moments(self.mu, self.sigma * self.sigma)

    @property
    def mode(self) -> float:
        return math.exp(self.mu - self.sigma * self.sigma)

    @property
    def support(self) -> tuple[float, float]:
        return (0.0, math.inf) if self.sigma else (math.exp(self.mu), math.exp(self.mu))


def _lognormal_moments(mu: float, spread: float) -> Moments:
    if spread == 0:
        return constant_moments(math.exp(mu))
    with np.errstate(over="ignore"):
        grown, excess = float(np.exp(spread)), float(np.expm1(spread))
        mean = float(np.exp(mu + spread / 2))
        skewness = (grown + 2.0) * math.sqrt(excess)
        kurtosis = float(np.float_power(grown, 4) + 2 * np.float_power(grown, 3) + 3 * np.float_power(grown, 2) - 3)
        return Moments(mean, excess * mean * mean, skewness, kurtosis)


def _log_scale(mean: FloatArray, sd: FloatArray) -> tuple[FloatArray, FloatArray]:
    ratio = sd / mean
    spread = np.log1p(ratio * ratio)
    return np.log(mean) - spread / 2, np.sqrt(spread)


@dataclass(frozen=True, slots=True)
class LogNormal(Law):
    """The lognormal law with arithmetic mean and sd: ln X is normal with variance ln(1 + (sd/mean)²).

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 14.
    """

    mean: float = field()
    sd: float = field()

    name: ClassVar[str] = "LOGNORMAL"
    title: ClassVar[str] = "LogNormal"
    summary: ClassVar[str] = "A positive, right-skewed quantity given by its own mean and standard deviation."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("mean", "Mean of the quantity itself", Domain.POSITIVE),
        ParameterInfo("sd", "Standard deviation of the quantity itself", Domain.NOT_NEGATIVE),
    )

    @staticmethod
    def quantile_kernel(p: FloatArray, q: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        return np.where(sd == 0, mean, LogNormal2.quantile_kernel(p, q, *_log_scale(mean, sd)))

    @staticmethod
    def probability_kernel(x: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        step = np.where(x >= mean, 1.0, 0.0)
        return np.where(sd == 0, step, LogNormal2.probability_kernel(x, *_log_scale(mean, sd)))

    @staticmethod
    def excess_kernel(x: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        step = np.where(x >= mean, 0.0, 1.0)
        return np.where(sd == 0, step, LogNormal2.excess_kernel(x, *_log_scale(mean, sd)))

    @staticmethod
    def density_kernel(x: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
        return LogNormal2.density_kernel(x, *_log_scale(mean, sd))

    def moments(self) -> Moments:
        ratio = self.sd / self.mean
        spread = math.log1p(ratio * ratio)
        shape = _lognormal_moments(math.log(self.mean) - spread / 2, spread)
        return Moments(self.mean, self.sd * self.sd, shape.skewness, shape.kurtosis)

    @property
    def mode(self) -> float:
        ratio = self.sd / self.mean
        return self.mean * math.exp(-1.5 * math.log1p(ratio * ratio))

    @property
    def support(self) -> tuple[float, float]:
        return (0.0, math.inf) if self.sd else (self.mean, self.mean)
