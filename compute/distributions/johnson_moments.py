"""JohnsonMoments: the member of Johnson's system that has four given moments.

Which one it is depends on where (skewness², kurtosis) lies: above the lognormal line JohnsonSU, below it JohnsonSB, on
it a lognormal law, at (0, 3) the normal one. Source: Johnson, Biometrika 36 (1949) 149; the idea of choosing by
moments: Hill, Hill, Holder, Applied Statistics 25 (1976) 180 (AS 99).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import field
from typing import ClassVar, Literal, NamedTuple

import numpy as np
import scipy

from compute.distributions.johnson import JohnsonSB, JohnsonSU
from compute.distributions.law import Law, Moments, constant_moments
from compute.distributions.normal import LogNormal2, Normal
from compute.distributions.parameters import Argument, BoolArray, Domain, FloatArray, ParameterInfo
from compute.records import dataclass

Kind = Literal["normal", "lognormal", "unbounded", "bounded", "none"]
# So near to the lognormal line or the normal point, the moments of both sides agree to the digits that are kept.
_ON_THE_LINE = 1e-9
# Below this second shape JohnsonSB is two values and little in between.
_SMALLEST_SHAPE = 2e-3


class Shape(NamedTuple):
    """A standard member: its kind, its two shapes, its mean and sd before it is moved and stretched.

    A negative second shape stands for the mirrored law.
    """

    kind: Kind
    shape1: float
    shape2: float
    mean: float
    sd: float


_NO_SHAPE = Shape("none", math.nan, math.nan, math.nan, math.nan)


def _lognormal_growth(skewness: float) -> float:
    """exp(sigma²) of the lognormal law with this skewness: the root above 1 of (w − 1)(w + 2)² = skewness²."""
    # Cardano's form of w³ + 3w² − 4 = skewness².
    square = skewness * skewness
    half = 1.0 + 0.5 * square
    root = float(np.cbrt(half + math.sqrt(max(half * half - 1.0, 0.0))))
    return root + 1.0 / root - 1.0


def _unbounded(skewness: float, kurtosis: float) -> Shape:
    """JohnsonSU by one equation in w = exp(1 / shape2²). Source: Tuenter, J. Stat. Comput. Simul. 70 (2001) 325."""
    square = skewness * skewness

    def m(w: float) -> float:
        return -2.0 + math.sqrt(max(4.0 + 2.0 * (w * w - (kurtosis + 3.0) / (w * w + 2.0 * w + 3.0)), 0.0))

    def gap(w: float) -> float:
        return (w - 1.0 - m(w)) * (w + 2.0 + 0.5 * m(w)) ** 2 - square

    largest = math.sqrt(-1.0 + math.sqrt(2.0 * (kurtosis - 1.0)))

    def lognormal_gap(w: float) -> float:
        return ((w + 2.0) * w + 3.0) * w * w - 3.0 - kurtosis

    smallest = float(scipy.optimize.brentq(lognormal_gap, 1.0, largest + 1.0, xtol=1e-15))
    w = largest if square == 0 else float(scipy.optimize.brentq(gap, smallest, largest, xtol=1e-15, rtol=1e-15))
    lean = math.asinh(math.sqrt(max((w + 1.0) / (2.0 * w) * ((w - 1.0) / m(w) - 1.0), 0.0)))
    lean = -math.copysign(lean, skewness)
    shape2 = 1.0 / math.sqrt(math.log(w))
    mean = -math.sqrt(w) * math.sinh(lean)
    return Shape("unbounded", lean * shape2, shape2, mean, math.sqrt(0.5 * (w - 1.0) * (w * math.cosh(2 * lean) + 1.0)))


def _bounded_moments(lean: float, shape2: float) -> tuple[Moments, float]:
    """Moments of expit((N − lean · shape2) / shape2), N standard normal, divided by a scale; and the scale's logarithm.

    By the trapezoidal rule, which for a function that is analytic in a strip errs by exp(−2π · width / step).
    """
    step = min(0.05, shape2 * math.pi * 2.0 * math.pi / 38.0)
    # A power of the transform moves the integrand's bulk upwards until the transform levels off.
    highest = 9.5 + min(4.0 / shape2, max(lean * shape2, 0.0) + 40.0 * shape2)
    z = np.arange(-9.5, highest + step, step)
    weights = np.exp(-0.5 * z * z)
    weights = weights / weights.sum()
    logarithm = -np.logaddexp(0.0, lean - z / shape2)
    # Where the transform matters most it is about 1.
    log_scale = float(np.max(logarithm - 0.125 * z * z))
    ratio = np.exp(logarithm - log_scale)
    mean = float(weights @ ratio)
    distance = ratio - mean
    square = distance * distance
    variance = float(weights @ square)
    third, fourth = float(weights @ (square * distance)), float(weights @ (square * square))
    return Moments(mean, variance, third / variance**1.5, fourth / (variance * variance)), log_scale


def _lean_for(skewness: float, shape2: float) -> float:
    """The lean ≥ 0 at which JohnsonSB with this second shape has the skewness, which grows with it."""
    if skewness == 0:
        return 0.0
    high, farthest = 1.0, 60.0 + 10.0 / shape2
    while _bounded_moments(high, shape2)[0].skewness < skewness:
        if high >= farthest:
            return farthest
        high = min(2.0 * high, farthest)
    return float(
        scipy.optimize.brentq(lambda lean: _bounded_moments(lean, shape2)[0].skewness - skewness, 0.0, high, xtol=1e-13)
    )


def _bounded(skewness: float, kurtosis: float, growth: float) -> Shape:
    """JohnsonSB: along the shapes with the wanted skewness the kurtosis runs from two values' to the lognormal's.

    A negative second shape stands for the mirrored law.
    """
    size = abs(skewness)
    largest = 1.0 / math.sqrt(math.log(growth)) if growth > 1.0 else math.inf

    def gap(shape2: float) -> float:
        return _bounded_moments(_lean_for(size, shape2), shape2)[0].kurtosis - kurtosis

    low, high = 0.1 * min(1.0, largest), min(1.0, 0.5 * largest)
    while gap(low) > 0:
        low, high = 0.25 * low, low
        if low < _SMALLEST_SHAPE:
            return _NO_SHAPE
    while gap(high) < 0:
        low, high = high, 2.0 * high if 2.0 * high < largest else 0.5 * (high + largest)
        if high > 1e6 or largest - high < 1e-12 * largest:
            return _NO_SHAPE
    shape2 = float(scipy.optimize.brentq(gap, low, high, xtol=1e-14, rtol=1e-14))
    lean = _lean_for(size, shape2)
    found, log_scale = _bounded_moments(lean, shape2)
    scale = math.exp(log_scale)
    return Shape(
        "bounded", lean * shape2, math.copysign(shape2, skewness), found.mean * scale, scale * math.sqrt(found.variance)
    )


@functools.lru_cache(maxsize=4_096)
def member(skewness: float, kurtosis: float) -> Shape:
    """The standard member of Johnson's system with this skewness and Pearson kurtosis; kind "none" where there is none.

    No law at all has a kurtosis below skewness² + 1; one within about 1e-3 of it is two values, and none is given.
    """
    if not (math.isfinite(skewness) and math.isfinite(kurtosis) and kurtosis > skewness * skewness + 1.0):
        return _NO_SHAPE
    growth = _lognormal_growth(skewness)
    line = ((growth + 2.0) * growth + 3.0) * growth * growth - 3.0
    if abs(kurtosis - line) <= _ON_THE_LINE * kurtosis:
        if abs(skewness) <= _ON_THE_LINE:
            return Shape("normal", 0.0, 1.0, 0.0, 1.0)
        shape2 = math.copysign(1.0 / math.sqrt(math.log(growth)), skewness)
        return Shape("lognormal", 0.0, shape2, math.sqrt(growth), math.sqrt(growth * (growth - 1.0)))
    if kurtosis > line:
        return _unbounded(skewness, kurtosis)
    return _bounded(skewness, kurtosis, growth)


@dataclass(frozen=True, slots=True)
class JohnsonMoments(Law):
    """The law of Johnson's system with given mean, sd, skewness and Pearson kurtosis (normal = 3).

    JohnsonSU, JohnsonSB, a lognormal law moved or mirrored, or the normal one. The kurtosis must exceed
    skewness² + 1, as every law's does. sd = 0 is a constant.

    Source: Johnson, Biometrika 36 (1949) 149; @RISK's RiskJohnsonMoments.
    """

    mean: float = field()
    sd: float = field()
    skewness: float = field()
    kurtosis: float = field()

    name: ClassVar[str] = "JOHNSONMOMENTS"
    title: ClassVar[str] = "JohnsonMoments"
    summary: ClassVar[str] = "A smooth shape with a given mean, standard deviation, skewness and kurtosis."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("mean", "Mean", Domain.REAL),
        ParameterInfo("sd", "Standard deviation", Domain.NOT_NEGATIVE),
        ParameterInfo("skewness", "Skewness", Domain.REAL),
        ParameterInfo("kurtosis", "Kurtosis; the normal law's is 3", Domain.REAL),
    )

    @classmethod
    def consistent(cls, *parameters: FloatArray) -> BoolArray | bool:
        _, _, skewness, kurtosis = parameters
        pairs = np.broadcast(skewness, kurtosis)
        found = np.array([member(float(s), float(k)).kind != "none" for s, k in pairs], dtype=np.bool_)
        answer: BoolArray = found.reshape(pairs.shape)
        return answer

    @classmethod
    def inconsistency(cls, *parameters: Argument) -> str:
        _, _, skewness, kurtosis = (float(np.asarray(value)) for value in parameters)
        least = skewness * skewness + 1.0
        found = f"{cls.title}: skewness is {skewness:.15g} and kurtosis is {kurtosis:.15g}"
        return f"{found}; kurtosis must be greater than skewness² + 1 = {least:.15g}, by more than about a thousandth."

    @classmethod
    def _by_member(cls, kernel: str, parameters: tuple[FloatArray, ...], *first: FloatArray) -> FloatArray:
        """The kernel of each column's own member, columns with the same member together."""
        shape = np.broadcast_shapes(*(value.shape for value in (*first, *parameters)))
        mean, sd, skewness, kurtosis = parameters
        pairs, places = _distinct(skewness, kurtosis, shape)
        if len(pairs) == 1:
            return np.broadcast_to(_kernel(kernel, member(*pairs[0]), first, mean, sd), shape)
        answer = np.empty(shape)
        flat = [np.broadcast_to(value, shape).reshape(-1) for value in (*first, mean, sd)]
        for index, pair in enumerate(pairs):
            at = places == index
            *firsts, means, sds = (value[at] for value in flat)
            answer.reshape(-1)[at] = _kernel(kernel, member(*pair), tuple(firsts), means, sds)
        return answer

    @classmethod
    def quantile_kernel(cls, p: FloatArray, q: FloatArray, *parameters: FloatArray) -> FloatArray:
        return cls._by_member("quantile_kernel", parameters, p, q)

    @classmethod
    def probability_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        return cls._by_member("probability_kernel", parameters, x)

    @classmethod
    def excess_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        return cls._by_member("excess_kernel", parameters, x)

    @classmethod
    def density_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        return cls._by_member("density_kernel", parameters, x)

    @property
    def shape(self) -> Shape:
        """The member of the system that was chosen."""
        return member(self.skewness, self.kurtosis)

    def moments(self) -> Moments:
        if self.sd == 0:
            return constant_moments(self.mean)
        return Moments(self.mean, self.sd * self.sd, self.skewness, self.kurtosis)

    @property
    def mode(self) -> float:
        kind, shape1, shape2, mean, sd = self.shape
        standard: float
        if kind == "unbounded":
            standard = JohnsonSU.standard_mode(shape1, shape2)
        elif kind == "bounded":
            standard = JohnsonSB.standard_mode(shape1, abs(shape2))
        else:
            standard = math.exp(-1.0 / (shape2 * shape2)) if kind == "lognormal" else 0.0
        sign = math.copysign(1.0, shape2)
        return self.mean + sign * self.sd * (standard - mean) / sd

    @property
    def support(self) -> tuple[float, float]:
        return self.ppf(0.0), self.ppf(1.0)


def _distinct(
    skewness: FloatArray, kurtosis: FloatArray, shape: tuple[int, ...]
) -> tuple[list[tuple[float, float]], FloatArray]:
    if skewness.size == 1 and kurtosis.size == 1:
        return [(float(skewness.reshape(-1)[0]), float(kurtosis.reshape(-1)[0]))], np.zeros(1)
    both = np.stack([np.broadcast_to(value, shape).reshape(-1) for value in (skewness, kurtosis)])
    pairs, places = np.unique(both, axis=1, return_inverse=True)
    return [(float(s), float(k)) for s, k in pairs.T], np.asarray(places, np.float64).reshape(-1)


def _kernel(kernel: str, shape: Shape, first: tuple[FloatArray, ...], mean: FloatArray, sd: FloatArray) -> FloatArray:
    """One kernel of one member moved and stretched to mean and sd."""
    kind, shape1, shape2, centre, spread = shape
    if kind == "none":
        return np.full(np.broadcast_shapes(first[0].shape, mean.shape, sd.shape), np.nan)
    members: dict[Kind, type[Law]] = {"unbounded": JohnsonSU, "bounded": JohnsonSB, "lognormal": LogNormal2}
    law = members.get(kind, Normal)
    fixed = (shape1, abs(shape2), 0.0, 1.0) if law in (JohnsonSU, JohnsonSB) else (0.0, 1.0 / abs(shape2))
    parameters = tuple(np.array([value]) for value in fixed)
    run: Callable[..., FloatArray] = getattr(law, kernel)
    mirrored = shape2 < 0
    if kernel == "quantile_kernel":
        p, q = first[::-1] if mirrored else first
        standard = (run(p, q, *parameters) - centre) / spread
        return np.where(sd == 0, mean, mean + sd * (-standard if mirrored else standard))
    (x,) = first
    score = (x - mean) / sd
    standard = centre + spread * (-score if mirrored else score)
    if mirrored and kernel != "density_kernel":
        run = law.excess_kernel if kernel == "probability_kernel" else law.probability_kernel
    if kernel == "density_kernel":
        return run(standard, *parameters) * spread / sd
    reached = np.where(x >= mean, 1.0, 0.0)
    constant = reached if kernel == "probability_kernel" else 1.0 - reached
    return np.where(sd == 0, constant, run(standard, *parameters))
