"""Laws on the whole line: Student, Student3, Logistic, Laplace, Cauchy, HypSecant, Erf, SkewNormal."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from compute import special
from compute.distributions.kernels import as_floats
from compute.distributions.law import Moments
from compute.distributions.normal import normal_density, normal_score
from compute.distributions.parameters import Domain, FloatArray, ParameterInfo
from compute.distributions.scaled import Form, ScaledLaw
from compute.distributions.solving import Increasing, solve_increasing
from compute.records import dataclass

_LOCATION = ParameterInfo("loc", "Centre", Domain.REAL)
_SCALE = ParameterInfo("scale", "Scale", Domain.POSITIVE)


class _StudentLaw(ScaledLaw):
    __slots__ = ()

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, df: FloatArray) -> FloatArray:
        small = np.minimum(p, q)
        # t² = df (1 − b) / b with b beta-distributed; near the centre 1 − b is inverted by itself.
        share = special.betaincinv(0.5 * df, 0.5, 2.0 * small)
        rest = special.betainccinv(0.5, 0.5 * df, 2.0 * small)
        size = np.sqrt(df * np.where(share < 0.5, (1.0 - share) / share, rest / (1.0 - rest)))
        return np.where(p < q, -size, size)

    @staticmethod
    def standard_probability(z: FloatArray, df: FloatArray) -> FloatArray:
        tail = 0.5 * special.betainc(0.5 * df, 0.5, df / (df + z * z))
        centre = 0.5 * special.betaincc(0.5, 0.5 * df, z * z / (df + z * z))
        side = np.where(z * z > df, tail, centre)
        return np.where(z < 0, side, 1.0 - side)

    @staticmethod
    def standard_excess(z: FloatArray, df: FloatArray) -> FloatArray:
        return _StudentLaw.standard_probability(-z, df)

    @staticmethod
    def standard_density(z: FloatArray, df: FloatArray) -> FloatArray:
        return np.exp(-0.5 * (df + 1) * np.log1p(z * z / df)) / (np.sqrt(df) * special.beta(0.5, 0.5 * df))

    @staticmethod
    def standard_moments(df: float) -> Moments:
        variance = df / (df - 2) if df > 2 else math.inf if df > 1 else math.nan
        kurtosis = 3 + 6 / (df - 4) if df > 4 else math.inf if df > 2 else math.nan
        return Moments(0.0 if df > 1 else math.nan, variance, 0.0 if df > 3 else math.nan, kurtosis)

    @staticmethod
    def standard_mode(df: float) -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class Student(_StudentLaw):
    """Student's t law: density ∝ (1 + x²/df)^(−(df+1)/2).

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 28.
    """

    df: float

    name: ClassVar[str] = "STUDENT"
    title: ClassVar[str] = "Student"
    summary: ClassVar[str] = "A bell curve with heavier tails, as of a mean estimated from a few values."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (ParameterInfo("df", "Degrees of freedom", Domain.POSITIVE),)

    @staticmethod
    def form(df: Any) -> Form:
        return 0.0, 1.0, (df,)


@dataclass(frozen=True, slots=True)
class Student3(_StudentLaw):
    """Student's t law moved and stretched: loc + scale · t(df).

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 28.
    """

    loc: float
    scale: float
    df: float

    name: ClassVar[str] = "STUDENT3"
    title: ClassVar[str] = "Student3"
    summary: ClassVar[str] = "A bell curve with heavier tails around any centre, such as daily returns."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (_LOCATION, _SCALE, *Student.parameters)

    @staticmethod
    def form(loc: Any, scale: Any, df: Any) -> Form:
        return loc, scale, (df,)


@dataclass(frozen=True, slots=True)
class Logistic(ScaledLaw):
    """The logistic law: P(X ≤ x) = 1 / (1 + exp(−(x − loc) / scale)).

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 23.
    """

    loc: float
    scale: float

    name: ClassVar[str] = "LOGISTIC"
    title: ClassVar[str] = "Logistic"
    summary: ClassVar[str] = "A bell curve with somewhat heavier tails than the normal one."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (_LOCATION, _SCALE)

    @staticmethod
    def form(loc: Any, scale: Any) -> Form:
        return loc, scale, ()

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray) -> FloatArray:
        return np.log(p / q)

    @staticmethod
    def standard_probability(z: FloatArray) -> FloatArray:
        return as_floats(special.expit(z))

    @staticmethod
    def standard_excess(z: FloatArray) -> FloatArray:
        return as_floats(special.expit(-z))

    @staticmethod
    def standard_density(z: FloatArray) -> FloatArray:
        return as_floats(special.expit(z) * special.expit(-z))

    @staticmethod
    def standard_moments() -> Moments:
        return Moments(0.0, math.pi**2 / 3, 0.0, 4.2)

    @staticmethod
    def standard_mode() -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class Laplace(ScaledLaw):
    """The Laplace law with mean mu and standard deviation sigma: density ∝ exp(−√2 |x − mu| / sigma).

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 24.
    """

    mu: float
    sigma: float

    name: ClassVar[str] = "LAPLACE"
    title: ClassVar[str] = "Laplace"
    summary: ClassVar[str] = "A sharp peak with exponential tails on both sides."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("mu", "Mean", Domain.REAL),
        ParameterInfo("sigma", "Standard deviation (√2 times the scale)", Domain.POSITIVE),
    )

    @staticmethod
    def form(mu: Any, sigma: Any) -> Form:
        return mu, sigma / math.sqrt(2.0), ()

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray) -> FloatArray:
        return np.where(p < q, np.log(2.0 * p), -np.log(2.0 * q))

    @staticmethod
    def standard_probability(z: FloatArray) -> FloatArray:
        return np.where(z < 0, 0.5 * np.exp(z), 1.0 - 0.5 * np.exp(-z))

    @staticmethod
    def standard_excess(z: FloatArray) -> FloatArray:
        return Laplace.standard_probability(-z)

    @staticmethod
    def standard_density(z: FloatArray) -> FloatArray:
        return 0.5 * np.exp(-np.abs(z))

    @staticmethod
    def standard_moments() -> Moments:
        return Moments(0.0, 2.0, 0.0, 6.0)

    @staticmethod
    def standard_mode() -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class Cauchy(ScaledLaw):
    """The Cauchy law: density 1 / (π scale (1 + z²)). It has no mean.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 16.
    """

    loc: float
    scale: float

    name: ClassVar[str] = "CAUCHY"
    title: ClassVar[str] = "Cauchy"
    summary: ClassVar[str] = "A bell curve whose tails are so heavy that it has no mean."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (_LOCATION, _SCALE)

    @staticmethod
    def form(loc: Any, scale: Any) -> Form:
        return loc, scale, ()

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray) -> FloatArray:
        small = np.minimum(p, q)
        tail = 1.0 / np.tan(math.pi * small)
        centre = np.tan(math.pi * (0.5 - small))
        size = np.where(small < 0.25, tail, centre)
        return np.where(p < q, -size, size)

    @staticmethod
    def standard_probability(z: FloatArray) -> FloatArray:
        side = np.arctan2(1.0, np.abs(z)) / math.pi
        return np.where(z < 0, side, 1.0 - side)

    @staticmethod
    def standard_excess(z: FloatArray) -> FloatArray:
        return Cauchy.standard_probability(-z)

    @staticmethod
    def standard_density(z: FloatArray) -> FloatArray:
        return 1.0 / (math.pi * (1.0 + z * z))

    @staticmethod
    def standard_moments() -> Moments:
        return Moments(math.nan, math.nan, math.nan, math.nan)

    @staticmethod
    def standard_mode() -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class HypSecant(ScaledLaw):
    """The hyperbolic secant law with standard deviation scale: density sech(π z / 2) / (2 scale).

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 23.
    """

    loc: float
    scale: float

    name: ClassVar[str] = "HYPSECANT"
    title: ClassVar[str] = "HypSecant"
    summary: ClassVar[str] = "A bell curve with a sharper peak and heavier tails than the normal one."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        _LOCATION,
        ParameterInfo("scale", "Standard deviation", Domain.POSITIVE),
    )

    @staticmethod
    def form(loc: Any, scale: Any) -> Form:
        return loc, scale * (2.0 / math.pi), ()

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray) -> FloatArray:
        size = np.log(np.tan(0.5 * math.pi * np.minimum(p, q)))
        return np.where(p < q, size, -size)

    @staticmethod
    def standard_probability(z: FloatArray) -> FloatArray:
        side = 2.0 / math.pi * np.arctan(np.exp(-np.abs(z)))
        return np.where(z < 0, side, 1.0 - side)

    @staticmethod
    def standard_excess(z: FloatArray) -> FloatArray:
        return HypSecant.standard_probability(-z)

    @staticmethod
    def standard_density(z: FloatArray) -> FloatArray:
        falling = np.exp(-np.abs(z))
        return 2.0 / math.pi * (falling / (1.0 + falling * falling))

    @staticmethod
    def standard_moments() -> Moments:
        return Moments(0.0, math.pi**2 / 4, 0.0, 5.0)

    @staticmethod
    def standard_mode() -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class Erf(ScaledLaw):
    """The error function law: normal with mean 0 and standard deviation 1 / (h √2).

    Source: @RISK's RiskErf.
    """

    h: float

    name: ClassVar[str] = "ERF"
    title: ClassVar[str] = "Erf"
    summary: ClassVar[str] = "A normal law around 0 given by its inverse width."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("h", "Inverse width: the standard deviation is 1 / (h √2)", Domain.POSITIVE),
    )

    @staticmethod
    def form(h: Any) -> Form:
        return 0.0, 1.0 / (h * math.sqrt(2.0)), ()

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray) -> FloatArray:
        return normal_score(p, q)

    @staticmethod
    def standard_probability(z: FloatArray) -> FloatArray:
        return as_floats(special.ndtr(z))

    @staticmethod
    def standard_excess(z: FloatArray) -> FloatArray:
        return as_floats(special.ndtr(-z))

    @staticmethod
    def standard_density(z: FloatArray) -> FloatArray:
        return normal_density(z)

    @staticmethod
    def standard_moments() -> Moments:
        return Moments(0.0, 1.0, 0.0, 3.0)

    @staticmethod
    def standard_mode() -> float:
        return 0.0


@dataclass(frozen=True, slots=True)
class SkewNormal(ScaledLaw):
    """The skew normal law: density 2 φ(z) Φ(alpha z) / scale, z = (x − loc) / scale.

    Source: Azzalini, Scand. J. Statist. 12 (1985) 171.
    """

    loc: float
    scale: float
    alpha: float

    name: ClassVar[str] = "SKEWNORMAL"
    title: ClassVar[str] = "SkewNormal"
    summary: ClassVar[str] = "A bell curve that leans to one side."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        _LOCATION,
        _SCALE,
        ParameterInfo("alpha", "Skew; 0 is the normal law, positive leans right", Domain.REAL),
    )

    @staticmethod
    def form(loc: Any, scale: Any, alpha: Any) -> Form:
        return loc, scale, (alpha,)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, alpha: FloatArray) -> FloatArray:
        return solve_increasing(_STANDARD_SKEW_NORMAL, p, q, normal_score(p, q) + 0.0 * alpha, (alpha,))

    @staticmethod
    def standard_probability(z: FloatArray, alpha: FloatArray) -> FloatArray:
        whole = np.maximum(special.ndtr(z) - 2.0 * special.owens_t(z, alpha), 0.0)
        return _with_thin_tail(whole, z, alpha)

    @staticmethod
    def standard_excess(z: FloatArray, alpha: FloatArray) -> FloatArray:
        whole = np.maximum(special.ndtr(-z) + 2.0 * special.owens_t(z, alpha), 0.0)
        return _with_thin_tail(whole, -z, -alpha)

    @staticmethod
    def standard_density(z: FloatArray, alpha: FloatArray) -> FloatArray:
        # As one exponent: neither factor underflows before the product does.
        slope = np.minimum(alpha * z, 0.0)
        thin = special.erfcx(-math.sqrt(0.5) * slope) * np.exp(-0.5 * (z * z + slope * slope))
        whole = 2.0 * np.exp(-0.5 * (z * z)) * special.ndtr(alpha * z)
        return np.where(alpha * z < 0, thin, whole) / math.sqrt(2.0 * math.pi)

    @staticmethod
    def standard_moments(alpha: float) -> Moments:
        delta = alpha / math.sqrt(1 + alpha * alpha)
        mean = delta * math.sqrt(2 / math.pi)
        variance = 1 - mean * mean
        skewness = (4 - math.pi) / 2 * mean**3 / variance**1.5
        return Moments(mean, variance, skewness, 3 + 2 * (math.pi - 3) * mean**4 / variance**2)

    @staticmethod
    def standard_mode(alpha: float) -> float:
        # The root of φ'(z) Φ(alpha z) + alpha φ(z) φ(alpha z) = 0, between 0 and alpha's side, by bisection.
        low, high = sorted((0.0, math.copysign(1.0, alpha)))
        for _ in range(100):
            middle = 0.5 * (low + high)
            ratio = float(normal_density(np.array(alpha * middle)) / special.ndtr(alpha * middle))
            low, high = (middle, high) if alpha * ratio > middle else (low, middle)
        return 0.5 * (low + high)


_THIN_POINTS, _THIN_WEIGHTS = np.polynomial.legendre.leggauss(96)


def _with_thin_tail(whole: FloatArray, z: FloatArray, alpha: FloatArray) -> FloatArray:
    """P(Z ≤ z) in the tail that alpha thins out, where the difference of Φ and Owen's T has no digits left.

    There the integral of 2 φ(t) Φ(alpha t) up to z by Gauss and Legendre's rule: its integrand falls faster than
    exp(−rate · (z − t)), and 45 such lengths hold all that a double can.
    """
    thin = np.broadcast_to((alpha > 0) & (alpha * z < -1.0) & np.isfinite(z), whole.shape)
    if not thin.any():
        return whole
    start, shape = (np.broadcast_to(value, whole.shape)[thin] for value in (z, alpha))
    fall = shape * start
    # Φ(x) by erfcx, its logarithm by scipy being good to 13 digits of some hundreds.
    rate = -start + shape * math.sqrt(2.0 / math.pi) / special.erfcx(-math.sqrt(0.5) * fall)
    reach = 45.0 / rate
    total = np.zeros_like(start)
    for point, weight in zip(0.5 * (_THIN_POINTS + 1.0), 0.5 * _THIN_WEIGHTS, strict=True):
        t = start - reach * point
        slope = shape * t
        total += weight * 0.5 * special.erfcx(-math.sqrt(0.5) * slope) * np.exp(-0.5 * (t * t + slope * slope))
    result = whole.copy()
    result[thin] = total * reach * 2.0 / math.sqrt(2.0 * math.pi)
    return result


_STANDARD_SKEW_NORMAL = Increasing(
    SkewNormal.standard_probability, SkewNormal.standard_excess, SkewNormal.standard_density
)
