"""More laws on an interval: BetaGeneral, BetaSubj, ModPERT, Kumaraswamy, Reciprocal."""

from __future__ import annotations

import math
from dataclasses import field
from typing import Any, ClassVar

import numpy as np

from compute import special
from compute.distributions.bounded import Beta, beta_mode, beta_moments
from compute.distributions.kernels import as_floats, exponential_quantile
from compute.distributions.law import Moments
from compute.distributions.parameters import Argument, BoolArray, Domain, FloatArray, Ordering, ParameterInfo
from compute.distributions.scaled import Form, ScaledLaw, moments_from_raw
from compute.records import dataclass

_MIN = ParameterInfo("min", "Smallest possible value", Domain.REAL)
_MODE = ParameterInfo("mode", "Most likely value", Domain.REAL)
_MAX = ParameterInfo("max", "Largest possible value", Domain.REAL)
_SHAPES = (
    ParameterInfo("alpha1", "First shape; larger values push towards max", Domain.POSITIVE),
    ParameterInfo("alpha2", "Second shape; larger values push towards min", Domain.POSITIVE),
)
_APART = Ordering("min", "max", strict=True)


class _UnitLaw(ScaledLaw):
    __slots__ = ()

    @staticmethod
    def standard_support(*shapes: Any) -> tuple[Any, Any]:
        return 0.0, 1.0


class _BetaLaw(_UnitLaw):
    __slots__ = ()

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, alpha1: FloatArray, alpha2: FloatArray) -> FloatArray:
        return Beta.quantile_kernel(p, q, alpha1, alpha2)

    @staticmethod
    def standard_probability(z: FloatArray, alpha1: FloatArray, alpha2: FloatArray) -> FloatArray:
        return Beta.probability_kernel(z, alpha1, alpha2)

    @staticmethod
    def standard_excess(z: FloatArray, alpha1: FloatArray, alpha2: FloatArray) -> FloatArray:
        return Beta.excess_kernel(z, alpha1, alpha2)

    @staticmethod
    def standard_density(z: FloatArray, alpha1: FloatArray, alpha2: FloatArray) -> FloatArray:
        return Beta.density_kernel(z, alpha1, alpha2)

    @staticmethod
    def standard_moments(alpha1: float, alpha2: float) -> Moments:
        return beta_moments(float(alpha1), float(alpha2))

    @staticmethod
    def standard_mode(alpha1: float, alpha2: float) -> float:
        return beta_mode(alpha1, alpha2)


@dataclass(frozen=True, slots=True)
class BetaGeneral(_BetaLaw):
    """The beta law stretched from [0, 1] to [min, max].

    Source: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions 2, chapter 25.
    """

    alpha1: float
    alpha2: float
    min: float
    max: float

    name: ClassVar[str] = "BETAGENERAL"
    title: ClassVar[str] = "BetaGeneral"
    summary: ClassVar[str] = "A beta shape between a minimum and a maximum."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (*_SHAPES, _MIN, _MAX)
    orderings: ClassVar[tuple[Ordering, ...]] = (_APART,)

    @staticmethod
    def form(alpha1: Any, alpha2: Any, low: Any, high: Any) -> Form:
        return low, high - low, (alpha1, alpha2)


@dataclass(frozen=True, slots=True)
class ModPERT(_BetaLaw):
    """The modified PERT law: beta on [min, max] with mean (min + gamma mode + max) / (gamma + 2).

    Source: Vose, Risk Analysis: A Quantitative Guide (3rd ed. 2008), chapter 14.
    """

    min: float
    mode: float = field()
    max: float = field()
    gamma: float = 4.0

    name: ClassVar[str] = "MODPERT"
    title: ClassVar[str] = "ModPERT"
    summary: ClassVar[str] = "A PERT estimate whose most likely value weighs more or less."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        _MIN,
        _MODE,
        _MAX,
        ParameterInfo("gamma", "Weight of the most likely value; 4 is the PERT law", Domain.NOT_NEGATIVE, 4.0),
    )
    orderings: ClassVar[tuple[Ordering, ...]] = (_APART, Ordering("min", "mode"), Ordering("mode", "max"))

    @staticmethod
    def form(low: Any, mode: Any, high: Any, gamma: Any) -> Form:
        width = high - low
        return low, width, (1.0 + gamma * ((mode - low) / width), 1.0 + gamma * ((high - mode) / width))


@dataclass(frozen=True, slots=True)
class BetaSubj(_BetaLaw):
    """The beta law on [min, max] with a given mode and mean.

    The first shape is 2 (mean − min)(mid − mode) / ((mean − mode)(max − min)) with mid = (min + max) / 2.

    Source: @RISK's RiskBetaSubj.
    """

    min: float
    mode: float = field()
    mean: float = field()
    max: float = field()

    name: ClassVar[str] = "BETASUBJ"
    title: ClassVar[str] = "BetaSubj"
    summary: ClassVar[str] = "A smooth estimate by minimum, most likely value, mean and maximum."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (_MIN, _MODE, ParameterInfo("mean", "Mean", Domain.REAL), _MAX)
    orderings: ClassVar[tuple[Ordering, ...]] = (
        _APART,
        Ordering("min", "mode"),
        Ordering("mode", "max"),
        Ordering("min", "mean", strict=True),
        Ordering("mean", "max", strict=True),
    )

    @classmethod
    def consistent(cls, *parameters: FloatArray) -> BoolArray | bool:
        _, _, (alpha1, alpha2) = cls.form(*parameters)
        valid: BoolArray = (alpha1 > 0) & (alpha2 > 0) & np.isfinite(alpha1) & np.isfinite(alpha2)
        return valid

    @classmethod
    def inconsistency(cls, *parameters: Argument) -> str:
        low, mode, mean, high = parameters
        return (
            f"{cls.title}: no beta law between {low} and {high} has mode {mode} and mean {mean}; "
            "the mean must lie between the mode and the middle of the interval."
        )

    @staticmethod
    def form(low: Any, mode: Any, mean: Any, high: Any) -> Form:
        width = high - low
        middle = low + width / 2
        flat = (mean == mode) & (mode == middle)
        with np.errstate(all="ignore"):
            ratio = np.divide(middle - mode, mean - mode)
            # Mode and mean in the middle leave the shape open; @RISK's formula tends to 2, the PERT-like parabola.
            alpha1 = np.where(flat, 2.0, 2.0 * (mean - low) * ratio / width)
            return low, width, (alpha1, alpha1 * (high - mean) / (mean - low))


@dataclass(frozen=True, slots=True)
class Kumaraswamy(_UnitLaw):
    """The Kumaraswamy law: P(X > x) = (1 − z^alpha1)^alpha2, z = (x − min) / (max − min).

    Source: Kumaraswamy, J. Hydrology 46 (1980) 79.
    """

    alpha1: float
    alpha2: float
    min: float
    max: float

    name: ClassVar[str] = "KUMARASWAMY"
    title: ClassVar[str] = "Kumaraswamy"
    summary: ClassVar[str] = "A beta-like shape between a minimum and a maximum, cheap to draw from."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (*_SHAPES, _MIN, _MAX)
    orderings: ClassVar[tuple[Ordering, ...]] = (_APART,)

    @staticmethod
    def form(alpha1: Any, alpha2: Any, low: Any, high: Any) -> Form:
        return low, high - low, (alpha1, alpha2)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, alpha1: FloatArray, alpha2: FloatArray) -> FloatArray:
        return np.float_power(-np.expm1(-exponential_quantile(p, q) / alpha2), 1.0 / alpha1)

    @staticmethod
    def standard_probability(z: FloatArray, alpha1: FloatArray, alpha2: FloatArray) -> FloatArray:
        return -np.expm1(alpha2 * np.log1p(-np.float_power(z, alpha1)))

    @staticmethod
    def standard_excess(z: FloatArray, alpha1: FloatArray, alpha2: FloatArray) -> FloatArray:
        return np.exp(alpha2 * np.log1p(-np.float_power(z, alpha1)))

    @staticmethod
    def standard_density(z: FloatArray, alpha1: FloatArray, alpha2: FloatArray) -> FloatArray:
        rest = special.xlog1py(alpha2 - 1, -np.float_power(z, alpha1))
        return as_floats(alpha1 * alpha2 * np.exp(special.xlogy(alpha1 - 1, z) + rest))

    @staticmethod
    def standard_moments(alpha1: float, alpha2: float) -> Moments:
        return moments_from_raw(lambda k: alpha2 * float(special.beta(1 + k / alpha1, alpha2)))

    @staticmethod
    def standard_mode(alpha1: float, alpha2: float) -> float:
        if alpha1 > 1 and alpha2 > 1:
            return float(((alpha1 - 1) / (alpha1 * alpha2 - 1)) ** (1 / alpha1))
        if alpha1 == 1 and alpha2 == 1:
            return 0.5
        return 1.0 if alpha2 < 1 <= alpha1 or alpha2 == 1 < alpha1 else 0.0


@dataclass(frozen=True, slots=True)
class Reciprocal(ScaledLaw):
    """The reciprocal (log-uniform) law: density 1 / (x ln(max / min)).

    Source: Hamming, Bell System Technical Journal 49 (1970) 1609.
    """

    min: float
    max: float

    name: ClassVar[str] = "RECIPROCAL"
    title: ClassVar[str] = "Reciprocal"
    summary: ClassVar[str] = "A positive quantity whose order of magnitude is uniform."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("min", "Smallest possible value", Domain.POSITIVE),
        ParameterInfo("max", "Largest possible value", Domain.POSITIVE),
    )
    orderings: ClassVar[tuple[Ordering, ...]] = (_APART,)

    @staticmethod
    def form(low: Any, high: Any) -> Form:
        return 0.0, low, (high / low,)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, ratio: FloatArray) -> FloatArray:
        return np.where(q <= 0, ratio, np.minimum(np.exp(p * np.log(ratio)), ratio))

    @staticmethod
    def standard_probability(z: FloatArray, ratio: FloatArray) -> FloatArray:
        return np.log(z) / np.log(ratio)

    @staticmethod
    def standard_excess(z: FloatArray, ratio: FloatArray) -> FloatArray:
        return np.log(ratio / z) / np.log(ratio)

    @staticmethod
    def standard_density(z: FloatArray, ratio: FloatArray) -> FloatArray:
        return 1.0 / (z * np.log(ratio))

    @staticmethod
    def standard_moments(ratio: float) -> Moments:
        return moments_from_raw(lambda k: math.expm1(k * math.log(ratio)) / (k * math.log(ratio)))

    @staticmethod
    def standard_mode(ratio: float) -> float:
        return 1.0

    @staticmethod
    def standard_support(*shapes: Any) -> tuple[Any, Any]:
        return 1.0, shapes[0]
