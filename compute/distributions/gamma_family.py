"""Laws made from gamma variables and their ratios: Erlang, ChiSq, Pearson5, Pearson6, F."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from compute import special
from compute.distributions.bounded import Beta
from compute.distributions.kernels import as_floats, by_tail
from compute.distributions.law import Moments
from compute.distributions.parameters import Domain, FloatArray, ParameterInfo
from compute.distributions.scaled import POSITIVE_LINE, Form, ScaledLaw, moments_from_raw
from compute.records import dataclass


class _GammaLaw(ScaledLaw):
    __slots__ = ()

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape: FloatArray) -> FloatArray:
        return by_tail(p, q, special.gammaincinv, special.gammainccinv, shape)

    @staticmethod
    def standard_probability(z: FloatArray, shape: FloatArray) -> FloatArray:
        return as_floats(special.gammainc(shape, z))

    @staticmethod
    def standard_excess(z: FloatArray, shape: FloatArray) -> FloatArray:
        return as_floats(special.gammaincc(shape, z))

    @staticmethod
    def standard_density(z: FloatArray, shape: FloatArray) -> FloatArray:
        return np.exp(special.xlogy(shape - 1, z) - z - special.gammaln(shape))

    @staticmethod
    def standard_moments(shape: float) -> Moments:
        return Moments(shape, shape, 2 / math.sqrt(shape), 3 + 6 / shape)

    @staticmethod
    def standard_mode(shape: float) -> float:
        return max(shape - 1, 0.0)

    @staticmethod
    def standard_support(*shapes: Any) -> tuple[Any, Any]:
        return POSITIVE_LINE


@dataclass(frozen=True, slots=True)
class Erlang(_GammaLaw):
    """The Erlang law: the sum of m exponential times with mean scale.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 17.
    """

    m: float
    scale: float

    name: ClassVar[str] = "ERLANG"
    title: ClassVar[str] = "Erlang"
    summary: ClassVar[str] = "The time until m independent events have happened."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("m", "Number of events", Domain.POSITIVE_COUNT),
        ParameterInfo("scale", "Mean time of each event", Domain.POSITIVE),
    )

    @staticmethod
    def form(m: Any, scale: Any) -> Form:
        return 0.0, scale, (m,)


@dataclass(frozen=True, slots=True)
class ChiSq(_GammaLaw):
    """The chi-squared law: the sum of df squared standard normal variables.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 18.
    """

    df: float

    name: ClassVar[str] = "CHISQ"
    title: ClassVar[str] = "ChiSq"
    summary: ClassVar[str] = "A sum of squared normal errors, as in tests of fit."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (ParameterInfo("df", "Degrees of freedom", Domain.POSITIVE),)

    @staticmethod
    def form(df: Any) -> Form:
        return 0.0, 2.0, (0.5 * df,)


@dataclass(frozen=True, slots=True)
class Pearson5(ScaledLaw):
    """The Pearson law of type V (inverse gamma): scale / X is gamma-distributed with the given shape.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 1, chapter 17.
    """

    shape: float
    scale: float

    name: ClassVar[str] = "PEARSON5"
    title: ClassVar[str] = "Pearson5"
    summary: ClassVar[str] = "A positive quantity with a heavy tail, such as an unknown variance."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("shape", "Shape; the smaller, the heavier the tail", Domain.POSITIVE),
        ParameterInfo("scale", "Scale", Domain.POSITIVE),
    )

    @staticmethod
    def form(shape: Any, scale: Any) -> Form:
        return 0.0, scale, (shape,)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape: FloatArray) -> FloatArray:
        return 1.0 / by_tail(q, p, special.gammaincinv, special.gammainccinv, shape)

    @staticmethod
    def standard_probability(z: FloatArray, shape: FloatArray) -> FloatArray:
        return as_floats(special.gammaincc(shape, 1.0 / z))

    @staticmethod
    def standard_excess(z: FloatArray, shape: FloatArray) -> FloatArray:
        return as_floats(special.gammainc(shape, 1.0 / z))

    @staticmethod
    def standard_density(z: FloatArray, shape: FloatArray) -> FloatArray:
        return np.where(z > 0, np.exp(-(shape + 1) * np.log(z) - 1.0 / z - special.gammaln(shape)), 0.0)

    @staticmethod
    def standard_moments(shape: float) -> Moments:
        return moments_from_raw(lambda k: 1.0 / math.prod(shape - i for i in range(1, k + 1)), shape)

    @staticmethod
    def standard_mode(shape: float) -> float:
        return 1.0 / (shape + 1)

    @staticmethod
    def standard_support(*shapes: Any) -> tuple[Any, Any]:
        return POSITIVE_LINE


class _BetaPrimeLaw(ScaledLaw):
    """The ratio of two gamma variables."""

    __slots__ = ()

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        lower = Beta.quantile_kernel(np.minimum(p, 0.5), np.maximum(q, 0.5), shape1, shape2)
        upper = Beta.quantile_kernel(np.minimum(q, 0.5), np.maximum(p, 0.5), shape2, shape1)
        return np.where(p <= 0.5, lower / (1.0 - lower), (1.0 - upper) / upper)

    @staticmethod
    def standard_probability(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        small = special.betainc(shape1, shape2, z / (1.0 + z))
        return np.where(z < 1, small, special.betaincc(shape2, shape1, 1.0 / (1.0 + z)))

    @staticmethod
    def standard_excess(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        large = special.betainc(shape2, shape1, 1.0 / (1.0 + z))
        return np.where(z > 1, large, special.betaincc(shape1, shape2, z / (1.0 + z)))

    @staticmethod
    def standard_density(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        exponent = special.xlogy(shape1 - 1, z) - (shape1 + shape2) * np.log1p(z) - special.betaln(shape1, shape2)
        return np.exp(exponent)

    @staticmethod
    def standard_moments(shape1: float, shape2: float) -> Moments:
        def raw(k: int) -> float:
            return math.prod((shape1 + i) / (shape2 - i - 1) for i in range(k))

        return moments_from_raw(raw, shape2)

    @staticmethod
    def standard_mode(shape1: float, shape2: float) -> float:
        return max(shape1 - 1, 0.0) / (shape2 + 1)

    @staticmethod
    def standard_support(*shapes: Any) -> tuple[Any, Any]:
        return POSITIVE_LINE


@dataclass(frozen=True, slots=True)
class Pearson6(_BetaPrimeLaw):
    """The Pearson law of type VI: scale times the ratio of two gamma variables.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 27.
    """

    shape1: float
    shape2: float
    scale: float

    name: ClassVar[str] = "PEARSON6"
    title: ClassVar[str] = "Pearson6"
    summary: ClassVar[str] = "A ratio of two positive quantities, with a heavy tail."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("shape1", "Shape of the numerator", Domain.POSITIVE),
        ParameterInfo("shape2", "Shape of the denominator; the smaller, the heavier the tail", Domain.POSITIVE),
        ParameterInfo("scale", "Scale", Domain.POSITIVE),
    )

    @staticmethod
    def form(shape1: Any, shape2: Any, scale: Any) -> Form:
        return 0.0, scale, (shape1, shape2)


@dataclass(frozen=True, slots=True)
class F(_BetaPrimeLaw):
    """The F law: the ratio of two mean squares with df1 and df2 degrees of freedom.

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 27.
    """

    df1: float
    df2: float

    name: ClassVar[str] = "F"
    title: ClassVar[str] = "F"
    summary: ClassVar[str] = "A ratio of two variances, as in tests of variance."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("df1", "Degrees of freedom of the numerator", Domain.POSITIVE),
        ParameterInfo("df2", "Degrees of freedom of the denominator", Domain.POSITIVE),
    )

    @staticmethod
    def form(df1: Any, df2: Any) -> Form:
        return 0.0, df2 / df1, (0.5 * df1, 0.5 * df2)
