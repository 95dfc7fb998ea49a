"""Laws of life times and positive sizes: LogLogistic, Burr12, Dagum, FatigueLife, InvGauss, Levy, Rayleigh."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from compute import special
from compute.distributions.kernels import as_floats, exponential_quantile
from compute.distributions.law import Moments
from compute.distributions.normal import normal_density, normal_score
from compute.distributions.parameters import Domain, FloatArray, ParameterInfo
from compute.distributions.scaled import POSITIVE_LINE, Form, ScaledLaw, moments_from_raw
from compute.distributions.solving import Increasing, solve_increasing
from compute.records import dataclass


class _PositiveLaw(ScaledLaw):
    __slots__ = ()

    @staticmethod
    def standard_support(*shapes: Any) -> tuple[Any, Any]:
        return POSITIVE_LINE


_LOCATION = ParameterInfo("loc", "Smallest possible value", Domain.REAL)
_SCALE = ParameterInfo("scale", "Scale", Domain.POSITIVE)


@dataclass(frozen=True, slots=True)
class LogLogistic(_PositiveLaw):
    """The log-logistic law: P(X ≤ x) / P(X > x) = ((x − loc) / scale)^shape.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 23.
    """

    loc: float
    scale: float
    shape: float

    name: ClassVar[str] = "LOGLOGISTIC"
    title: ClassVar[str] = "LogLogistic"
    summary: ClassVar[str] = "A life time whose failure rate first rises and then falls."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        _LOCATION,
        ParameterInfo("scale", "Scale: the median less loc", Domain.POSITIVE),
        ParameterInfo("shape", "Shape; the smaller, the heavier the tail", Domain.POSITIVE),
    )

    @staticmethod
    def form(loc: Any, scale: Any, shape: Any) -> Form:
        return loc, scale, (shape,)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape: FloatArray) -> FloatArray:
        return np.float_power(p / q, 1.0 / shape)

    @staticmethod
    def standard_probability(z: FloatArray, shape: FloatArray) -> FloatArray:
        return as_floats(special.expit(shape * np.log(z)))

    @staticmethod
    def standard_excess(z: FloatArray, shape: FloatArray) -> FloatArray:
        return as_floats(special.expit(-shape * np.log(z)))

    @staticmethod
    def standard_density(z: FloatArray, shape: FloatArray) -> FloatArray:
        power = np.float_power(z, shape)
        return as_floats(shape * np.float_power(z, shape - 1) / ((1 + power) * (1 + power)))

    @staticmethod
    def standard_moments(shape: float) -> Moments:
        return moments_from_raw(lambda k: float(special.beta(1 - k / shape, 1 + k / shape)), shape)

    @staticmethod
    def standard_mode(shape: float) -> float:
        return float(((shape - 1) / (shape + 1)) ** (1 / shape)) if shape > 1 else 0.0


@dataclass(frozen=True, slots=True)
class Burr12(_PositiveLaw):
    """The Burr law of type XII: P(X > x) = (1 + z^shape1)^−shape2, z = (x − loc) / scale.

    Source: Burr, Ann. Math. Statist. 13 (1942) 215.
    """

    loc: float
    scale: float
    shape1: float
    shape2: float

    name: ClassVar[str] = "BURR12"
    title: ClassVar[str] = "Burr12"
    summary: ClassVar[str] = "A flexible heavy-tailed positive quantity, such as incomes or claims."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        _LOCATION,
        _SCALE,
        ParameterInfo("shape1", "First shape, of the lower tail", Domain.POSITIVE),
        ParameterInfo("shape2", "Second shape, of the upper tail", Domain.POSITIVE),
    )

    @staticmethod
    def form(loc: Any, scale: Any, shape1: Any, shape2: Any) -> Form:
        return loc, scale, (shape1, shape2)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        return np.float_power(np.expm1(exponential_quantile(p, q) / shape2), 1.0 / shape1)

    @staticmethod
    def standard_probability(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        return -np.expm1(-shape2 * np.log1p(np.float_power(z, shape1)))

    @staticmethod
    def standard_excess(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        return np.exp(-shape2 * np.log1p(np.float_power(z, shape1)))

    @staticmethod
    def standard_density(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        tail = np.exp(-(shape2 + 1) * np.log1p(np.float_power(z, shape1)))
        return shape1 * shape2 * np.float_power(z, shape1 - 1) * tail

    @staticmethod
    def standard_moments(shape1: float, shape2: float) -> Moments:
        def raw(k: int) -> float:
            return shape2 * float(special.beta(shape2 - k / shape1, 1 + k / shape1))

        return moments_from_raw(raw, shape1 * shape2)

    @staticmethod
    def standard_mode(shape1: float, shape2: float) -> float:
        return float(((shape1 - 1) / (shape1 * shape2 + 1)) ** (1 / shape1)) if shape1 > 1 else 0.0


@dataclass(frozen=True, slots=True)
class Dagum(_PositiveLaw):
    """The Dagum law (Burr's type III): P(X ≤ x) = (1 + z^−shape1)^−shape2, z = (x − loc) / scale.

    Source: Dagum, Economie Appliquée 30 (1977) 413.
    """

    loc: float
    scale: float
    shape1: float
    shape2: float

    name: ClassVar[str] = "DAGUM"
    title: ClassVar[str] = "Dagum"
    summary: ClassVar[str] = "A heavy-tailed positive quantity, made for incomes and wealth."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        _LOCATION,
        _SCALE,
        ParameterInfo("shape1", "First shape, of the upper tail", Domain.POSITIVE),
        ParameterInfo("shape2", "Second shape, of the lower tail", Domain.POSITIVE),
    )

    @staticmethod
    def form(loc: Any, scale: Any, shape1: Any, shape2: Any) -> Form:
        return loc, scale, (shape1, shape2)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        return np.float_power(np.expm1(exponential_quantile(q, p) / shape2), -1.0 / shape1)

    @staticmethod
    def standard_probability(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        return np.exp(-shape2 * np.log1p(np.float_power(z, -shape1)))

    @staticmethod
    def standard_excess(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        return -np.expm1(-shape2 * np.log1p(np.float_power(z, -shape1)))

    @staticmethod
    def standard_density(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        log_z = np.log(z)
        body = np.exp(-(shape1 + 1) * log_z - (shape2 + 1) * np.log1p(np.exp(-shape1 * log_z)))
        return np.where(z > 0, shape1 * shape2 * body, 0.0)

    @staticmethod
    def standard_moments(shape1: float, shape2: float) -> Moments:
        def raw(k: int) -> float:
            return shape2 * float(special.beta(shape2 + k / shape1, 1 - k / shape1))

        return moments_from_raw(raw, shape1)

    @staticmethod
    def standard_mode(shape1: float, shape2: float) -> float:
        product = shape1 * shape2
        return float(((product - 1) / (shape1 + 1)) ** (1 / shape1)) if product > 1 else 0.0


@dataclass(frozen=True, slots=True)
class FatigueLife(_PositiveLaw):
    """The fatigue life law (Birnbaum–Saunders): (√z − 1/√z) / shape is standard normal, z = (x − loc) / scale.

    Source: Birnbaum, Saunders, J. Appl. Probab. 6 (1969) 319.
    """

    loc: float
    scale: float
    shape: float

    name: ClassVar[str] = "FATIGUELIFE"
    title: ClassVar[str] = "FatigueLife"
    summary: ClassVar[str] = "The time until repeated load has grown a crack through."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        _LOCATION,
        ParameterInfo("scale", "Scale: the median less loc", Domain.POSITIVE),
        ParameterInfo("shape", "Shape", Domain.POSITIVE),
    )

    @staticmethod
    def form(loc: Any, scale: Any, shape: Any) -> Form:
        return loc, scale, (shape,)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape: FloatArray) -> FloatArray:
        half = 0.5 * shape * normal_score(p, q)
        # asinh keeps the lower tail, where √(half² + 1) + half would cancel.
        return np.exp(2.0 * np.arcsinh(half))

    @staticmethod
    def standard_probability(z: FloatArray, shape: FloatArray) -> FloatArray:
        return as_floats(special.ndtr((np.sqrt(z) - 1.0 / np.sqrt(z)) / shape))

    @staticmethod
    def standard_excess(z: FloatArray, shape: FloatArray) -> FloatArray:
        return as_floats(special.ndtr(-(np.sqrt(z) - 1.0 / np.sqrt(z)) / shape))

    @staticmethod
    def standard_density(z: FloatArray, shape: FloatArray) -> FloatArray:
        root = np.sqrt(z)
        slope = (root + 1.0 / root) / (2.0 * shape * z)
        return np.where(z > 0, slope * normal_density((root - 1.0 / root) / shape), 0.0)

    @staticmethod
    def standard_moments(shape: float) -> Moments:
        square = shape * shape
        base = 5 * square + 4
        skewness = 4 * shape * (11 * square + 6) / base**1.5
        return Moments(
            1 + square / 2, square * (1 + 1.25 * square), skewness, 3 + 6 * square * (93 * square + 40) / base**2
        )

    @staticmethod
    def standard_mode(shape: float) -> float:
        # The density's derivative vanishes at the real root of z³ + (shape² + 1) z² + (3 shape² − 1) z − 1.
        square = shape * shape
        roots = np.roots([1.0, square + 1.0, 3.0 * square - 1.0, -1.0])
        return float(max(root.real for root in roots if abs(root.imag) < 1e-9))


@dataclass(frozen=True, slots=True)
class Levy(_PositiveLaw):
    """The Lévy law: loc + scale / N² with N standard normal. It has no mean.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 15.
    """

    loc: float
    scale: float

    name: ClassVar[str] = "LEVY"
    title: ClassVar[str] = "Levy"
    summary: ClassVar[str] = "The time until a random walk first reaches a level; it has no mean."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (_LOCATION, _SCALE)

    @staticmethod
    def form(loc: Any, scale: Any) -> Form:
        return loc, scale, ()

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray) -> FloatArray:
        lower = special.ndtri(0.5 * p)
        upper = special.erfinv(q) * math.sqrt(2.0)
        return np.where(p < 0.5, 1.0 / (lower * lower), 1.0 / (upper * upper))

    @staticmethod
    def standard_probability(z: FloatArray) -> FloatArray:
        return as_floats(special.erfc(1.0 / np.sqrt(2.0 * z)))

    @staticmethod
    def standard_excess(z: FloatArray) -> FloatArray:
        return as_floats(special.erf(1.0 / np.sqrt(2.0 * z)))

    @staticmethod
    def standard_density(z: FloatArray) -> FloatArray:
        return np.where(z > 0, np.exp(-0.5 / z - 1.5 * np.log(z)) / math.sqrt(2.0 * math.pi), 0.0)

    @staticmethod
    def standard_moments() -> Moments:
        return Moments(math.inf, math.nan, math.nan, math.nan)

    @staticmethod
    def standard_mode() -> float:
        return 1.0 / 3.0


@dataclass(frozen=True, slots=True)
class Rayleigh(_PositiveLaw):
    """The Rayleigh law: P(X > x) = exp(−(x / b)² / 2), the length of a vector of two normal coordinates.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 18.
    """

    b: float

    name: ClassVar[str] = "RAYLEIGH"
    title: ClassVar[str] = "Rayleigh"
    summary: ClassVar[str] = "A distance from a target, or a wave's height."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (ParameterInfo("b", "Most likely value", Domain.POSITIVE),)

    @staticmethod
    def form(b: Any) -> Form:
        return 0.0, b, ()

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray) -> FloatArray:
        return np.sqrt(2.0 * exponential_quantile(p, q))

    @staticmethod
    def standard_probability(z: FloatArray) -> FloatArray:
        return -np.expm1(-0.5 * (z * z))

    @staticmethod
    def standard_excess(z: FloatArray) -> FloatArray:
        return np.exp(-0.5 * (z * z))

    @staticmethod
    def standard_density(z: FloatArray) -> FloatArray:
        return z * np.exp(-0.5 * (z * z))

    @staticmethod
    def standard_moments() -> Moments:
        rest = 4 - math.pi
        skewness = 2 * math.sqrt(math.pi) * (math.pi - 3) / rest**1.5
        kurtosis = 3 - (6 * math.pi**2 - 24 * math.pi + 16) / rest**2
        return Moments(math.sqrt(math.pi / 2), rest / 2, skewness, kurtosis)

    @staticmethod
    def standard_mode() -> float:
        return 1.0


@dataclass(frozen=True, slots=True)
class InvGauss(_PositiveLaw):
    """The inverse Gaussian law: density √(λ / 2πx³) exp(−λ (x − μ)² / (2 μ² x)), μ = mu, λ = lambda.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 15.
    """

    mu: float
    shape: float

    name: ClassVar[str] = "INVGAUSS"
    title: ClassVar[str] = "InvGauss"
    summary: ClassVar[str] = "The time until a drifting random walk first reaches a level."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("mu", "Mean", Domain.POSITIVE),
        ParameterInfo("shape", "Shape λ; the larger, the more symmetric", Domain.POSITIVE),
    )

    @staticmethod
    def form(mu: Any, shape: Any) -> Form:
        return 0.0, mu, (shape / mu,)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, ratio: FloatArray) -> FloatArray:
        # By the logarithm of z, which may be very small or very large. Whitmore and Yalovsky's approximation starts it.
        start = normal_score(p, q) / np.sqrt(ratio) - 0.5 / ratio
        return np.exp(solve_increasing(_LOG_INVGAUSS, p, q, start, (ratio,)))

    @staticmethod
    def standard_probability(z: FloatArray, ratio: FloatArray) -> FloatArray:
        root = np.sqrt(ratio / z)
        return special.ndtr(root * (z - 1)) + np.exp(2 * ratio + special.log_ndtr(-root * (z + 1)))

    @staticmethod
    def standard_excess(z: FloatArray, ratio: FloatArray) -> FloatArray:
        root = np.sqrt(ratio / z)
        return special.ndtr(-root * (z - 1)) - np.exp(2 * ratio + special.log_ndtr(-root * (z + 1)))

    @staticmethod
    def standard_density(z: FloatArray, ratio: FloatArray) -> FloatArray:
        exponent = -0.5 * ratio * (z - 1) * (z - 1) / z - 1.5 * np.log(z)
        return np.where(z > 0, np.sqrt(ratio / (2 * math.pi)) * np.exp(exponent), 0.0)

    @staticmethod
    def standard_moments(ratio: float) -> Moments:
        return Moments(1.0, 1 / ratio, 3 / math.sqrt(ratio), 3 + 15 / ratio)

    @staticmethod
    def standard_mode(ratio: float) -> float:
        half = 1.5 / ratio
        return 1.0 / (math.sqrt(1 + half * half) + half)


def _log_density(x: FloatArray, ratio: FloatArray) -> FloatArray:
    z = np.exp(x)
    return z * InvGauss.standard_density(z, ratio)


# The logarithm of a standard inverse Gaussian variable, for the solver.
_LOG_INVGAUSS = Increasing(
    lambda x, ratio: InvGauss.standard_probability(np.exp(x), ratio),
    lambda x, ratio: InvGauss.standard_excess(np.exp(x), ratio),
    _log_density,
)
