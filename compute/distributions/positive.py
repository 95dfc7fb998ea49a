"""Laws of waiting times and sizes: Gamma, Exponential, Weibull."""

from __future__ import annotations

import math
from dataclasses import field
from typing import ClassVar

import numpy as np

from compute import special
from compute.distributions.kernels import as_floats, by_tail, exponential_quantile
from compute.distributions.law import Law, Moments
from compute.distributions.parameters import Domain, FloatArray, ParameterInfo
from compute.records import dataclass


@dataclass(frozen=True, slots=True)
class Gamma(Law):
    """The gamma law: density x^(shape−1) exp(−x/scale) / (Γ(shape) scale^shape).

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 17.
    """

    shape: float
    scale: float

    name: ClassVar[str] = "GAMMA"
    title: ClassVar[str] = "Gamma"
    summary: ClassVar[str] = "A positive, right-skewed quantity, such as the time until several events have happened."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("shape", "Shape", Domain.POSITIVE),
        ParameterInfo("scale", "Scale, in the unit of the quantity", Domain.POSITIVE),
    )

    @staticmethod
    def quantile_kernel(p: FloatArray, q: FloatArray, shape: FloatArray, scale: FloatArray) -> FloatArray:
        return scale * by_tail(p, q, special.gammaincinv, special.gammainccinv, shape)

    @staticmethod
    def probability_kernel(x: FloatArray, shape: FloatArray, scale: FloatArray) -> FloatArray:
        return as_floats(special.gammainc(shape, np.maximum(x, 0.0) / scale))

    @staticmethod
    def excess_kernel(x: FloatArray, shape: FloatArray, scale: FloatArray) -> FloatArray:
        return as_floats(special.gammaincc(shape, np.maximum(x, 0.0) / scale))

    @staticmethod
    def density_kernel(x: FloatArray, shape: FloatArray, scale: FloatArray) -> FloatArray:
        z = x / scale
        return np.where(x < 0, 0.0, np.exp(special.xlogy(shape - 1, z) - z - special.gammaln(shape)) / scale)

    def moments(self) -> Moments:
        return Moments(
            self.shape * self.scale, self.shape * self.scale * self.scale, 2 / math.sqrt(self.shape), 3 + 6 / self.shape
        )

    @property
    def mode(self) -> float:
        return max(self.shape - 1, 0.0) * self.scale

    @property
    def support(self) -> tuple[float, float]:
        return 0.0, math.inf


@dataclass(frozen=True, slots=True)
class Exponential(Law):
    """The exponential law: density exp(−x/mean) / mean.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 19.
    """

    mean: float = field()

    name: ClassVar[str] = "EXPONENTIAL"
    title: ClassVar[str] = "Exponential"
    summary: ClassVar[str] = "The time until an event that is equally likely at every moment."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("mean", "Mean (the reciprocal of the rate)", Domain.POSITIVE),
    )

    @staticmethod
    def quantile_kernel(p: FloatArray, q: FloatArray, mean: FloatArray) -> FloatArray:
        return mean * exponential_quantile(p, q)

    @staticmethod
    def probability_kernel(x: FloatArray, mean: FloatArray) -> FloatArray:
        return -np.expm1(-np.maximum(x, 0.0) / mean)

    @staticmethod
    def excess_kernel(x: FloatArray, mean: FloatArray) -> FloatArray:
        return np.exp(-np.maximum(x, 0.0) / mean)

    @staticmethod
    def density_kernel(x: FloatArray, mean: FloatArray) -> FloatArray:
        return np.where(x < 0, 0.0, np.exp(-x / mean) / mean)

    def moments(self) -> Moments:
        return Moments(self.mean, self.mean * self.mean, 2.0, 9.0)

    @property
    def mode(self) -> float:
        return 0.0

    @property
    def support(self) -> tuple[float, float]:
        return 0.0, math.inf


@dataclass(frozen=True, slots=True)
class Weibull(Law):
    """The Weibull law: P(X > x) = exp(−(x/scale)^shape).

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 21.
    """

    shape: float
    scale: float

    name: ClassVar[str] = "WEIBULL"
    title: ClassVar[str] = "Weibull"
    summary: ClassVar[str] = "A life time whose failure rate falls, stays or rises with age."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("shape", "Shape; above 1 the failure rate rises with age", Domain.POSITIVE),
        ParameterInfo("scale", "Scale: the age that 36.8 % outlive", Domain.POSITIVE),
    )

    @staticmethod
    def quantile_kernel(p: FloatArray, q: FloatArray, shape: FloatArray, scale: FloatArray) -> FloatArray:
        return scale * np.float_power(exponential_quantile(p, q), 1.0 / shape)

    @staticmethod
    def probability_kernel(x: FloatArray, shape: FloatArray, scale: FloatArray) -> FloatArray:
        return -np.expm1(-np.float_power(np.maximum(x, 0.0) / scale, shape))

    @staticmethod
    def excess_kernel(x: FloatArray, shape: FloatArray, scale: FloatArray) -> FloatArray:
        return np.exp(-np.float_power(np.maximum(x, 0.0) / scale, shape))

    @staticmethod
    def density_kernel(x: FloatArray, shape: FloatArray, scale: FloatArray) -> FloatArray:
        z = np.maximum(x, 0.0) / scale
        body = shape / scale * np.float_power(z, shape - 1) * np.exp(-np.float_power(z, shape))
        return np.where(x < 0, 0.0, body)

    def moments(self) -> Moments:
        g1, g2, g3, g4 = (float(special.gamma(1 + k / self.shape)) for k in (1, 2, 3, 4))
        variance = g2 - g1 * g1
        skewness = (g3 - 3 * g1 * variance - g1**3) / variance**1.5
        kurtosis = (g4 - 4 * g1 * g3 + 6 * g1 * g1 * g2 - 3 * g1**4) / variance**2
        return Moments(self.scale * g1, self.scale * self.scale * variance, skewness, kurtosis)

    @property
    def mode(self) -> float:
        return self.scale * (1 - 1 / self.shape) ** (1 / self.shape) if self.shape > 1 else 0.0

    @property
    def support(self) -> tuple[float, float]:
        return 0.0, math.inf
