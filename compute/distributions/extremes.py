"""Laws of extremes and heavy tails: ExtValueMax, ExtValueMin, Frechet, GEV, GPD, Pareto, Pareto2."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from compute import special
from compute.distributions.kernels import exponential_quantile
from compute.distributions.law import Moments
from compute.distributions.parameters import Domain, FloatArray, ParameterInfo
from compute.distributions.scaled import POSITIVE_LINE, Form, ScaledLaw, moments_from_raw
from compute.records import dataclass

_EULER = 0.577215664901532860606512
_APERY = 1.202056903159594285399738
GUMBEL_MOMENTS = Moments(_EULER, math.pi**2 / 6, 12 * math.sqrt(6) * _APERY / math.pi**3, 5.4)


@dataclass(frozen=True, slots=True)
class ExtValueMax(ScaledLaw):
    """The Gumbel law of maxima: P(X ≤ x) = exp(−exp(−(x − a) / b)).

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 22.
    """

    a: float
    b: float

    name: ClassVar[str] = "EXTVALUEMAX"
    title: ClassVar[str] = "ExtValueMax"
    summary: ClassVar[str] = "The largest of many values, such as the worst flood of a year."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("a", "Most likely value", Domain.REAL),
        ParameterInfo("b", "Scale", Domain.POSITIVE),
    )

    @staticmethod
    def form(a: Any, b: Any) -> Form:
        return a, b, ()

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray) -> FloatArray:
        return -np.log(exponential_quantile(q, p))

    @staticmethod
    def standard_probability(z: FloatArray) -> FloatArray:
        return np.exp(-np.exp(-z))

    @staticmethod
    def standard_excess(z: FloatArray) -> FloatArray:
        return -np.expm1(-np.exp(-z))

    @staticmethod
    def standard_density(z: FloatArray) -> FloatArray:
        return np.exp(-z - np.exp(-z))

    @staticmethod
    def standard_moments() -> Moments:
        return GUMBEL_MOMENTS

    @staticmethod
    def standard_mode() -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class ExtValueMin(ScaledLaw):
    """The Gumbel law of minima: P(X > x) = exp(−exp((x − a) / b)).

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 22.
    """

    a: float
    b: float

    name: ClassVar[str] = "EXTVALUEMIN"
    title: ClassVar[str] = "ExtValueMin"
    summary: ClassVar[str] = "The smallest of many values, such as the weakest link of a chain."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = ExtValueMax.parameters

    @staticmethod
    def form(a: Any, b: Any) -> Form:
        return a, b, ()

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray) -> FloatArray:
        return np.log(exponential_quantile(p, q))

    @staticmethod
    def standard_probability(z: FloatArray) -> FloatArray:
        return -np.expm1(-np.exp(z))

    @staticmethod
    def standard_excess(z: FloatArray) -> FloatArray:
        return np.exp(-np.exp(z))

    @staticmethod
    def standard_density(z: FloatArray) -> FloatArray:
        return np.exp(z - np.exp(z))

    @staticmethod
    def standard_moments() -> Moments:
        return Moments(-GUMBEL_MOMENTS.mean, GUMBEL_MOMENTS.variance, -GUMBEL_MOMENTS.skewness, 5.4)

    @staticmethod
    def standard_mode() -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class Frechet(ScaledLaw):
    """The Fréchet law: P(X ≤ x) = exp(−((x − loc) / scale)^−shape).

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 22.
    """

    loc: float
    scale: float
    shape: float

    name: ClassVar[str] = "FRECHET"
    title: ClassVar[str] = "Frechet"
    summary: ClassVar[str] = "The largest of many heavy-tailed values, such as insurance claims."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("loc", "Smallest possible value", Domain.REAL),
        ParameterInfo("scale", "Scale", Domain.POSITIVE),
        ParameterInfo("shape", "Shape; the smaller, the heavier the tail", Domain.POSITIVE),
    )

    @staticmethod
    def form(loc: Any, scale: Any, shape: Any) -> Form:
        return loc, scale, (shape,)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape: FloatArray) -> FloatArray:
        return np.float_power(exponential_quantile(q, p), -1.0 / shape)

    @staticmethod
    def standard_probability(z: FloatArray, shape: FloatArray) -> FloatArray:
        return np.exp(-np.float_power(z, -shape))

    @staticmethod
    def standard_excess(z: FloatArray, shape: FloatArray) -> FloatArray:
        return -np.expm1(-np.float_power(z, -shape))

    @staticmethod
    def standard_density(z: FloatArray, shape: FloatArray) -> FloatArray:
        power = np.float_power(z, -shape)
        return np.where(z > 0, shape * np.exp(-power - (shape + 1) * np.log(z)), 0.0)

    @staticmethod
    def standard_moments(shape: float) -> Moments:
        return moments_from_raw(lambda k: float(special.gamma(1 - k / shape)), shape)

    @staticmethod
    def standard_mode(shape: float) -> float:
        return float((shape / (1 + shape)) ** (1 / shape))

    @staticmethod
    def standard_support(*shapes: Any) -> tuple[Any, Any]:
        return POSITIVE_LINE


@dataclass(frozen=True, slots=True)
class GEV(ScaledLaw):
    """The generalised extreme value law: P(X ≤ x) = exp(−(1 + shape z)^(−1/shape)), z = (x − loc) / scale.

    shape is ξ: positive for a heavy upper tail, 0 for Gumbel's law, negative for an upper end (scipy's c is −ξ).
    Source: Coles, An Introduction to Statistical Modeling of Extreme Values (2001), chapter 3.
    """

    loc: float
    scale: float
    shape: float

    name: ClassVar[str] = "GEV"
    title: ClassVar[str] = "GEV"
    summary: ClassVar[str] = "The largest of many values, with a light, heavy or bounded tail by its shape."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("loc", "Location", Domain.REAL),
        ParameterInfo("scale", "Scale", Domain.POSITIVE),
        ParameterInfo("shape", "Shape ξ; positive for a heavy upper tail", Domain.REAL),
    )

    @staticmethod
    def form(loc: Any, scale: Any, shape: Any) -> Form:
        return loc, scale, (shape,)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape: FloatArray) -> FloatArray:
        gumbel = -np.log(exponential_quantile(q, p))
        return np.where(shape == 0, gumbel, np.expm1(shape * gumbel) / shape)

    @staticmethod
    def standard_probability(z: FloatArray, shape: FloatArray) -> FloatArray:
        return np.exp(-np.exp(-_stretched(z, shape)))

    @staticmethod
    def standard_excess(z: FloatArray, shape: FloatArray) -> FloatArray:
        return -np.expm1(-np.exp(-_stretched(z, shape)))

    @staticmethod
    def standard_density(z: FloatArray, shape: FloatArray) -> FloatArray:
        gumbel = _stretched(z, shape)
        return np.where(np.isfinite(gumbel), np.exp(-(shape + 1) * gumbel - np.exp(-gumbel)), 0.0)

    @staticmethod
    def standard_moments(shape: float) -> Moments:
        if shape == 0:
            return GUMBEL_MOMENTS
        powers = moments_from_raw(lambda k: float(special.gamma(1 - k * shape)), 1 / shape if shape > 0 else math.inf)
        sign = math.copysign(1.0, shape)
        mean, variance = (powers.mean - 1) / shape, powers.variance / shape / shape
        return Moments(mean, variance, sign * powers.skewness, powers.kurtosis)

    @staticmethod
    def standard_mode(shape: float) -> float:
        if shape <= -1:
            return -1 / shape
        return 0.0 if shape == 0 else math.expm1(-shape * math.log1p(shape)) / shape

    @staticmethod
    def standard_support(*shapes: Any) -> tuple[Any, Any]:
        (shape,) = shapes
        with np.errstate(divide="ignore"):
            end = -1.0 / np.asarray(shape, dtype=np.float64)
        return np.where(shape > 0, end, -np.inf), np.where(shape < 0, end, np.inf)


def _stretched(z: FloatArray, shape: FloatArray) -> FloatArray:
    """ln(1 + shape z) / shape, and its limit z where the shape is 0."""
    return np.where(shape == 0, z, np.log1p(np.maximum(shape * z, -1.0)) / shape)


@dataclass(frozen=True, slots=True)
class GPD(ScaledLaw):
    """The generalised Pareto law: P(X > x) = (1 + shape z)^(−1/shape), z = (x − loc) / scale ≥ 0.

    Source: Coles, An Introduction to Statistical Modeling of Extreme Values (2001), chapter 4.
    """

    loc: float
    scale: float
    shape: float

    name: ClassVar[str] = "GPD"
    title: ClassVar[str] = "GPD"
    summary: ClassVar[str] = "By how much a high threshold is exceeded."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("loc", "Threshold: the smallest possible value", Domain.REAL),
        ParameterInfo("scale", "Scale", Domain.POSITIVE),
        ParameterInfo("shape", "Shape ξ; positive for a heavy tail, negative for an upper end", Domain.REAL),
    )

    @staticmethod
    def form(loc: Any, scale: Any, shape: Any) -> Form:
        return loc, scale, (shape,)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape: FloatArray) -> FloatArray:
        waiting = exponential_quantile(p, q)
        return np.where(shape == 0, waiting, np.expm1(shape * waiting) / shape)

    @staticmethod
    def standard_probability(z: FloatArray, shape: FloatArray) -> FloatArray:
        return -np.expm1(-_stretched(z, shape))

    @staticmethod
    def standard_excess(z: FloatArray, shape: FloatArray) -> FloatArray:
        return np.exp(-_stretched(z, shape))

    @staticmethod
    def standard_density(z: FloatArray, shape: FloatArray) -> FloatArray:
        return np.exp(-(shape + 1) * _stretched(z, shape))

    @staticmethod
    def standard_moments(shape: float) -> Moments:
        if shape >= 0.5:
            return Moments(1 / (1 - shape) if shape < 1 else math.inf, math.inf, math.nan, math.nan)
        variance = 1 / ((1 - shape) ** 2 * (1 - 2 * shape))
        third, fourth = 1 - 3 * shape, 1 - 4 * shape
        skewness = 2 * (1 + shape) * math.sqrt(1 - 2 * shape) / third if third > 0 else math.nan
        kurtosis = 3 * (1 - 2 * shape) * (2 * shape**2 + shape + 3) / (third * fourth) if fourth > 0 else math.nan
        return Moments(1 / (1 - shape), variance, skewness, kurtosis)

    @staticmethod
    def standard_mode(shape: float) -> float:
        return -1 / shape if shape < -1 else 0.0

    @staticmethod
    def standard_support(*shapes: Any) -> tuple[Any, Any]:
        (shape,) = shapes
        with np.errstate(divide="ignore"):
            end = -1.0 / np.asarray(shape, dtype=np.float64)
        return 0.0, np.where(shape < 0, end, np.inf)


@dataclass(frozen=True, slots=True)
class Pareto(ScaledLaw):
    """The Pareto law: P(X > x) = (scale / x)^shape for x ≥ scale.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 20.
    """

    shape: float
    scale: float

    name: ClassVar[str] = "PARETO"
    title: ClassVar[str] = "Pareto"
    summary: ClassVar[str] = "Sizes with a heavy tail above a smallest size, such as fortunes or claims."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("shape", "Shape; the smaller, the heavier the tail", Domain.POSITIVE),
        ParameterInfo("scale", "Smallest possible value", Domain.POSITIVE),
    )

    @staticmethod
    def form(shape: Any, scale: Any) -> Form:
        return 0.0, scale, (shape,)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape: FloatArray) -> FloatArray:
        return np.exp(exponential_quantile(p, q) / shape)

    @staticmethod
    def standard_probability(z: FloatArray, shape: FloatArray) -> FloatArray:
        return -np.expm1(-shape * np.log(z))

    @staticmethod
    def standard_excess(z: FloatArray, shape: FloatArray) -> FloatArray:
        return np.exp(-shape * np.log(z))

    @staticmethod
    def standard_density(z: FloatArray, shape: FloatArray) -> FloatArray:
        return shape * np.exp(-(shape + 1) * np.log(z))

    @staticmethod
    def standard_moments(shape: float) -> Moments:
        excess = Pareto2.standard_moments(shape)
        return excess._replace(mean=excess.mean + 1.0)

    @staticmethod
    def standard_mode(shape: float) -> float:
        return 1.0

    @staticmethod
    def standard_support(*shapes: Any) -> tuple[Any, Any]:
        return 1.0, math.inf


@dataclass(frozen=True, slots=True)
class Pareto2(ScaledLaw):
    """The Pareto law of the second kind (Lomax): P(X > x) = (1 + x / scale)^−shape for x ≥ 0.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 20.
    """

    scale: float
    shape: float

    name: ClassVar[str] = "PARETO2"
    title: ClassVar[str] = "Pareto2"
    summary: ClassVar[str] = "Sizes with a heavy tail that start from 0."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("scale", "Scale", Domain.POSITIVE),
        ParameterInfo("shape", "Shape; the smaller, the heavier the tail", Domain.POSITIVE),
    )

    @staticmethod
    def form(scale: Any, shape: Any) -> Form:
        return 0.0, scale, (shape,)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape: FloatArray) -> FloatArray:
        return np.expm1(exponential_quantile(p, q) / shape)

    @staticmethod
    def standard_probability(z: FloatArray, shape: FloatArray) -> FloatArray:
        return -np.expm1(-shape * np.log1p(z))

    @staticmethod
    def standard_excess(z: FloatArray, shape: FloatArray) -> FloatArray:
        return np.exp(-shape * np.log1p(z))

    @staticmethod
    def standard_density(z: FloatArray, shape: FloatArray) -> FloatArray:
        return shape * np.exp(-(shape + 1) * np.log1p(z))

    @staticmethod
    def standard_moments(shape: float) -> Moments:
        # A generalised Pareto law with ξ = 1 / shape and its scale divided by shape.
        mean, variance, skewness, kurtosis = GPD.standard_moments(1 / shape)
        return Moments(mean / shape, variance / shape / shape, skewness, kurtosis)

    @staticmethod
    def standard_mode(shape: float) -> float:
        return 0.0

    @staticmethod
    def standard_support(*shapes: Any) -> tuple[Any, Any]:
        return POSITIVE_LINE
