"""Laws on an interval: Uniform, Triangular, PERT, Beta."""

from __future__ import annotations

import math
from dataclasses import field
from typing import ClassVar

import numpy as np

from compute import special
from compute.distributions.kernels import as_floats, by_tail
from compute.distributions.law import Law, Moments, constant_moments
from compute.distributions.parameters import Domain, FloatArray, Ordering, ParameterInfo
from compute.records import dataclass


@dataclass(frozen=True, slots=True)
class Uniform(Law):
    """The uniform law: density 1 / (max − min) on [min, max]. min = max is a constant.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 26.
    """

    min: float
    max: float

    name: ClassVar[str] = "UNIFORM"
    title: ClassVar[str] = "Uniform"
    summary: ClassVar[str] = "Every value between the minimum and the maximum is equally likely."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("min", "Smallest possible value", Domain.REAL),
        ParameterInfo("max", "Largest possible value", Domain.REAL),
    )
    orderings: ClassVar[tuple[Ordering, ...]] = (Ordering("min", "max"),)

    @staticmethod
    def quantile_kernel(p: FloatArray, q: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        return np.minimum(low + (high - low) * p, high)

    @staticmethod
    def probability_kernel(x: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        return np.where(x >= high, 1.0, np.where(x < low, 0.0, (x - low) / (high - low)))

    @staticmethod
    def excess_kernel(x: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        return np.where(x >= high, 0.0, np.where(x < low, 1.0, (high - x) / (high - low)))

    @staticmethod
    def density_kernel(x: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        return np.where((x >= low) & (x <= high), 1.0 / (high - low), 0.0)

    def moments(self) -> Moments:
        width = self.max - self.min
        if width == 0:
            return constant_moments(self.min)
        return Moments(self.min + width / 2, width * width / 12, 0.0, 1.8)

    @property
    def mode(self) -> float:
        return self.min + (self.max - self.min) / 2

    @property
    def support(self) -> tuple[float, float]:
        return self.min, self.max


@dataclass(frozen=True, slots=True)
class Triangular(Law):
    """The triangular law: density rising linearly from min to mode and falling to max. min = max is a constant.

    Source: Kotz, van Dorp, Beyond Beta (2004), chapter 1.
    """

    min: float
    mode: float = field()
    max: float = field()

    name: ClassVar[str] = "TRIANGULAR"
    title: ClassVar[str] = "Triangular"
    summary: ClassVar[str] = "A rough estimate by minimum, most likely value and maximum."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("min", "Smallest possible value", Domain.REAL),
        ParameterInfo("mode", "Most likely value", Domain.REAL),
        ParameterInfo("max", "Largest possible value", Domain.REAL),
    )
    orderings: ClassVar[tuple[Ordering, ...]] = (
        Ordering("min", "max"),
        Ordering("min", "mode"),
        Ordering("mode", "max"),
    )

    @staticmethod
    def quantile_kernel(
        p: FloatArray, q: FloatArray, low: FloatArray, mode: FloatArray, high: FloatArray
    ) -> FloatArray:
        width, left, right = high - low, mode - low, high - mode
        rising = np.minimum(low + np.sqrt(p * left) * np.sqrt(width), mode)
        falling = np.maximum(high - np.sqrt(q * right) * np.sqrt(width), mode)
        return as_floats(np.where(q <= 0, high, np.where(p * width <= left, rising, falling)))

    @staticmethod
    def probability_kernel(x: FloatArray, low: FloatArray, mode: FloatArray, high: FloatArray) -> FloatArray:
        rising = (x - low) / (high - low) * ((x - low) / (mode - low))
        falling = 1.0 - (high - x) / (high - low) * ((high - x) / (high - mode))
        return np.where(x >= high, 1.0, np.where(x <= low, 0.0, np.where(x < mode, rising, falling)))

    @staticmethod
    def excess_kernel(x: FloatArray, low: FloatArray, mode: FloatArray, high: FloatArray) -> FloatArray:
        rising = 1.0 - (x - low) / (high - low) * ((x - low) / (mode - low))
        falling = (high - x) / (high - low) * ((high - x) / (high - mode))
        return np.where(x >= high, 0.0, np.where(x <= low, 1.0, np.where(x < mode, rising, falling)))

    @staticmethod
    def density_kernel(x: FloatArray, low: FloatArray, mode: FloatArray, high: FloatArray) -> FloatArray:
        peak = 2.0 / (high - low)
        slope = np.where(x < mode, (x - low) / (mode - low), (high - x) / (high - mode))
        return np.where((x < low) | (x > high), 0.0, np.where(x == mode, peak, peak * slope))

    def moments(self) -> Moments:
        width = self.max - self.min
        if width == 0:
            return constant_moments(self.min)
        share = (self.mode - self.min) / width
        variance = (1.0 - share * (1.0 - share)) / 18.0
        skewness = math.sqrt(2) * (1 - 2 * share) * (1 + share) * (2 - share) / (5 * (1 - share * (1 - share)) ** 1.5)
        return Moments(self.min + width * (1.0 + share) / 3.0, variance * width * width, skewness, 2.4)

    @property
    def support(self) -> tuple[float, float]:
        return self.min, self.max


def beta_moments(alpha1: float, alpha2: float, low: float = 0.0, width: float = 1.0) -> Moments:
    """The moments of a beta law stretched to [low, low + width]."""
    total = alpha1 + alpha2
    product = alpha1 * alpha2
    variance = alpha1 / total * (alpha2 / total) / (total + 1)
    skewness = 2 * (alpha2 - alpha1) * math.sqrt(total + 1) / ((total + 2) * math.sqrt(product))
    numerator = 3 * (total + 1) * (2 * total * total + product * (total - 6))
    kurtosis = numerator / (product * (total + 2) * (total + 3))
    return Moments(low + width * (alpha1 / total), variance * width * width, skewness, kurtosis)


@dataclass(frozen=True, slots=True)
class Beta(Law):
    """The beta law on [0, 1]: density x^(alpha1−1) (1−x)^(alpha2−1) / B(alpha1, alpha2).

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 25.
    """

    alpha1: float
    alpha2: float

    name: ClassVar[str] = "BETA"
    title: ClassVar[str] = "Beta"
    summary: ClassVar[str] = "A share between 0 and 1, such as an unknown probability."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("alpha1", "First shape; larger values push towards 1", Domain.POSITIVE),
        ParameterInfo("alpha2", "Second shape; larger values push towards 0", Domain.POSITIVE),
    )

    @staticmethod
    def quantile_kernel(p: FloatArray, q: FloatArray, alpha1: FloatArray, alpha2: FloatArray) -> FloatArray:
        middle = by_tail(p, q, special.betaincinv, special.betainccinv, alpha1, alpha2)
        # So near to 0 the density is a pure power, and the general inverse gives up.
        root = np.exp((np.log(p) + np.log(alpha1) + special.betaln(alpha1, alpha2)) / alpha1)
        value = np.where(root * np.maximum(alpha2, 1.0) < 1e-17, root, middle)
        opposite = np.exp((np.log(q) + np.log(alpha2) + special.betaln(alpha1, alpha2)) / alpha2)
        return np.where((opposite * np.maximum(alpha1, 1.0) < 1e-17) & (q < p), 1.0, value)

    @staticmethod
    def probability_kernel(x: FloatArray, alpha1: FloatArray, alpha2: FloatArray) -> FloatArray:
        return as_floats(special.betainc(alpha1, alpha2, np.clip(x, 0.0, 1.0)))

    @staticmethod
    def excess_kernel(x: FloatArray, alpha1: FloatArray, alpha2: FloatArray) -> FloatArray:
        return as_floats(special.betaincc(alpha1, alpha2, np.clip(x, 0.0, 1.0)))

    @staticmethod
    def density_kernel(x: FloatArray, alpha1: FloatArray, alpha2: FloatArray) -> FloatArray:
        exponent = special.xlogy(alpha1 - 1, x) + special.xlog1py(alpha2 - 1, -x) - special.betaln(alpha1, alpha2)
        return np.where((x < 0) | (x > 1), 0.0, np.exp(exponent))

    def moments(self) -> Moments:
        return beta_moments(self.alpha1, self.alpha2)

    @property
    def mode(self) -> float:
        return beta_mode(self.alpha1, self.alpha2)

    @property
    def support(self) -> tuple[float, float]:
        return 0.0, 1.0


def beta_mode(alpha1: float, alpha2: float) -> float:
    """The peak of the beta density; of a U shape the likelier end, of the uniform law the middle."""
    if alpha1 > 1 and alpha2 > 1:
        return (alpha1 - 1) / (alpha1 + alpha2 - 2)
    if alpha1 == alpha2:
        return 0.5 if alpha1 == 1 else 0.0
    return 0.0 if alpha1 < alpha2 else 1.0


def _pert_shapes(low: FloatArray, mode: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    width = high - low
    return 1.0 + 4.0 * ((mode - low) / width), 1.0 + 4.0 * ((high - mode) / width)


@dataclass(frozen=True, slots=True)
class PERT(Law):
    """The PERT law: a beta law on [min, max] with mean (min + 4 mode + max) / 6. min = max is a constant.

    Source: Malcolm, Roseboom, Clark, Fazar, Operations Research 7 (1959) 646; Clark, ibid. 10 (1962) 405.
    """

    min: float
    mode: float = field()
    max: float = field()

    name: ClassVar[str] = "PERT"
    title: ClassVar[str] = "PERT"
    summary: ClassVar[str] = (
        "A smooth estimate by minimum, most likely value and maximum, the likely value weighing more."
    )
    parameters: ClassVar[tuple[ParameterInfo, ...]] = Triangular.parameters
    orderings: ClassVar[tuple[Ordering, ...]] = Triangular.orderings

    @staticmethod
    def quantile_kernel(
        p: FloatArray, q: FloatArray, low: FloatArray, mode: FloatArray, high: FloatArray
    ) -> FloatArray:
        share = Beta.quantile_kernel(p, q, *_pert_shapes(low, mode, high))
        return np.where(low == high, low, np.clip(low + (high - low) * share, low, high))

    @staticmethod
    def probability_kernel(x: FloatArray, low: FloatArray, mode: FloatArray, high: FloatArray) -> FloatArray:
        inside = Beta.probability_kernel((x - low) / (high - low), *_pert_shapes(low, mode, high))
        return np.where(x >= high, 1.0, np.where(x < low, 0.0, inside))

    @staticmethod
    def excess_kernel(x: FloatArray, low: FloatArray, mode: FloatArray, high: FloatArray) -> FloatArray:
        inside = Beta.excess_kernel((x - low) / (high - low), *_pert_shapes(low, mode, high))
        return np.where(x >= high, 0.0, np.where(x < low, 1.0, inside))

    @staticmethod
    def density_kernel(x: FloatArray, low: FloatArray, mode: FloatArray, high: FloatArray) -> FloatArray:
        width = high - low
        return Beta.density_kernel((x - low) / width, *_pert_shapes(low, mode, high)) / width

    def moments(self) -> Moments:
        width = self.max - self.min
        if width == 0:
            return constant_moments(self.min)
        share = (self.mode - self.min) / width
        return beta_moments(1 + 4 * share, 5 - 4 * share, self.min, width)

    @property
    def support(self) -> tuple[float, float]:
        return self.min, self.max
