"""Laws put together from others: RiskEvent (may or may not happen), Splice (one law below a point, another above).

Both are drawn from with one uniform, by the inverse of the whole law's distribution function: one driver in a
sensitivity analysis, stratified and correlated like any other input.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from compute.distributions.columns import Columns, TruncatedColumns
from compute.distributions.law import PARAMETER_CODE, Distribution, Moments, constant_moments
from compute.distributions.parameters import BoolArray, FloatArray
from compute.errors import InvalidDistribution
from compute.records import dataclass


def mixture_moments(parts: Sequence[tuple[float, Moments]]) -> Moments:
    """The moments of a law that is each of several laws with the given probability."""
    parts = [(weight, moments) for weight, moments in parts if weight > 0]
    mean = sum(weight * part.mean for weight, part in parts)
    variance = third = fourth = 0.0
    for weight, part in parts:
        away = part.mean - mean
        # A constant has no shape, and needs none.
        own_third = part.skewness * part.variance**1.5 if part.variance else 0.0
        own_fourth = part.kurtosis * part.variance**2 if part.variance else 0.0
        variance += weight * (part.variance + away * away)
        third += weight * (own_third + 3.0 * part.variance * away + away**3)
        fourth += weight * (own_fourth + 4.0 * own_third * away + 6.0 * part.variance * away**2 + away**4)
    if variance == 0:
        return constant_moments(mean)
    return Moments(mean, variance, third / variance**1.5, fourth / variance**2)


def refuse_unless_law(title: str, name: str, value: object) -> Distribution:
    """The value, if it is a law. Raises InvalidDistribution where it is not."""
    if not isinstance(value, Distribution):
        raise InvalidDistribution(f"{title}: {name} is {value!r}; it must be a probability law.", code=PARAMETER_CODE)
    return value


@dataclass(frozen=True, slots=True)
class RiskEventColumns(Columns):
    """For each column an impact with a probability, else 0."""

    p: FloatArray
    impact: Columns

    @property
    def is_discrete(self) -> bool:
        return self.impact.is_discrete

    @property
    def valid(self) -> BoolArray:
        return self.impact.valid & (self.p >= 0) & (self.p <= 1)

    def quantile(self, p: FloatArray, q: FloatArray) -> FloatArray:
        zero = np.zeros(1)
        under, over = self.p * self.impact.below(zero), self.p * self.impact.excess(zero)
        lower, upper = np.minimum(p / self.p, 1.0), np.minimum(q / self.p, 1.0)
        negative, positive = (p <= under) & (under > 0), (q < over) | ((q <= 0) & (over > 0))
        always = self.p == 1
        # Each side is asked for by its own small tail.
        share = np.where(always, p, np.where(negative, lower, 1.0 - upper))
        rest = np.where(always, q, np.where(negative, 1.0 - lower, upper))
        drawn = self.impact.quantile(np.clip(share, 0.0, 1.0), np.clip(rest, 0.0, 1.0))
        return np.where(always | negative | positive, drawn, 0.0)

    def probability(self, x: FloatArray) -> FloatArray:
        return self.p * self.impact.probability(x) + np.where(x >= 0, 1.0 - self.p, 0.0)

    def excess(self, x: FloatArray) -> FloatArray:
        return self.p * self.impact.excess(x) + np.where(x < 0, 1.0 - self.p, 0.0)

    def density(self, x: FloatArray) -> FloatArray:
        nothing = np.where(x == 0, 1.0 - self.p, 0.0) if self.is_discrete else 0.0
        return np.where(self.p > 0, self.p * self.impact.density(x), 0.0) + nothing

    def below(self, x: FloatArray) -> FloatArray:
        return self.p * self.impact.below(x) + np.where(x > 0, 1.0 - self.p, 0.0)

    def from_on(self, x: FloatArray) -> FloatArray:
        return self.p * self.impact.from_on(x) + np.where(x <= 0, 1.0 - self.p, 0.0)


@dataclass(frozen=True, slots=True)
class RiskEvent(Distribution):
    """An impact that comes with probability p, else 0: P(X ≤ x) = p P(I ≤ x) + (1 − p) [x ≥ 0].

    ``pdf`` is the density of the impact's part; ``pmf(0)`` holds what is there in one piece. Drawn with one uniform.

    Source: ModelRisk's VoseRiskEvent; @RISK's RiskBernoulli(p) × impact, which takes two uniforms for the same law.
    """

    p: float
    impact: Distribution

    name: ClassVar[str] = "RISKEVENT"
    title: ClassVar[str] = "RiskEvent"
    summary: ClassVar[str] = "An impact that comes with a probability, else 0."

    def __post_init__(self) -> None:
        refuse_unless_law(self.title, "impact", self.impact)
        if not 0 <= self.p <= 1:
            found = f"{self.title}: p is {self.p!r}; it must be a number between 0 and 1."
            raise InvalidDistribution(found, code=PARAMETER_CODE)

    def columns(self) -> RiskEventColumns:
        return RiskEventColumns(np.array([float(self.p)]), self.impact.columns())

    def pmf(self, x: float | FloatArray) -> float | FloatArray:  # type: ignore[override]
        """P(X = x)."""
        values = np.asarray(x, dtype=np.float64)
        found: FloatArray = self.p * np.asarray(self.impact.pmf(values)) + np.where(values == 0, 1.0 - self.p, 0.0)
        return float(found) if values.ndim == 0 else found

    def moments(self) -> Moments:
        return mixture_moments([(1.0 - self.p, constant_moments(0.0)), (self.p, self.impact.moments())])

    def lattice(self, low: float, high: float) -> FloatArray:
        values = self.impact.lattice(low, high) if self.p else np.zeros(0)
        return np.unique(np.append(values, 0.0)) if low <= 0 <= high and self.p < 1 else values

    @property
    def is_discrete(self) -> bool:
        return self.impact.is_discrete

    @property
    def support(self) -> tuple[float, float]:
        low, high = self.impact.support
        if self.p == 1:
            return low, high
        return (min(low, 0.0), max(high, 0.0)) if self.p else (0.0, 0.0)

    @property
    def mode(self) -> float:
        """0, unless the impact is certain or, being discrete, has a likelier value."""
        likeliest = self.impact.mode
        if self.p == 1 or (self.is_discrete and self.p > 0 and self.pmf(likeliest) > self.pmf(0.0)):
            return likeliest
        return 0.0


@dataclass(frozen=True, slots=True)
class SpliceColumns(Columns):
    """For each column one law below a point and another from there on."""

    left: Columns
    right: Columns
    point: FloatArray

    @property
    def is_discrete(self) -> bool:
        return self.left.is_discrete

    @property
    def left_part(self) -> TruncatedColumns:
        end = np.nextafter(self.point, -np.inf) if self.is_discrete else self.point
        return TruncatedColumns(self.left, np.full(1, -np.inf), end)

    @property
    def right_part(self) -> TruncatedColumns:
        return TruncatedColumns(self.right, self.point, np.full(1, np.inf))

    @property
    def areas(self) -> tuple[FloatArray, FloatArray]:
        """What is left of each law."""
        return self.left.below(self.point), self.right.from_on(self.point)

    @property
    def valid(self) -> BoolArray:
        with np.errstate(all="ignore"):
            under, over = self.areas
            return self.left.valid & self.right.valid & np.isfinite(self.point) & (under + over > 0)

    def quantile(self, p: FloatArray, q: FloatArray) -> FloatArray:
        under, over = self.areas
        low, high = under / (under + over), over / (under + over)
        in_left = ((p <= low) & (low > 0)) | (high == 0)
        lower, upper = np.clip(p / low, 0.0, 1.0), np.clip(q / high, 0.0, 1.0)
        return np.where(
            in_left, self.left_part.quantile(lower, 1.0 - lower), self.right_part.quantile(1.0 - upper, upper)
        )

    def probability(self, x: FloatArray) -> FloatArray:
        under, over = self.areas
        below = self.left.probability(x) / (under + over)
        return np.where(x < self.point, below, 1.0 - self.right.excess(x) / (under + over))

    def excess(self, x: FloatArray) -> FloatArray:
        under, over = self.areas
        above = self.right.excess(x) / (under + over)
        return np.where(x < self.point, 1.0 - self.left.probability(x) / (under + over), above)

    def density(self, x: FloatArray) -> FloatArray:
        under, over = self.areas
        return np.where(x < self.point, self.left.density(x), self.right.density(x)) / (under + over)

    def below(self, x: FloatArray) -> FloatArray:
        under, over = self.areas
        return np.where(
            x <= self.point, self.left.below(x) / (under + over), 1.0 - self.right.from_on(x) / (under + over)
        )


@dataclass(frozen=True, slots=True)
class Splice(Distribution):
    """The density of one law below a point and of another from there on, both divided by the area they have together.

    The density may jump at the point. Refused where the laws are not both continuous or both discrete, or nothing is
    left of either.

    Source: @RISK's RiskSplice, which re-weights the two pieces so that the total area is 1.
    """

    left: Distribution
    right: Distribution
    point: float

    name: ClassVar[str] = "SPLICE"
    title: ClassVar[str] = "Splice"
    summary: ClassVar[str] = "One law below a point and another above it."

    def __post_init__(self) -> None:
        left = refuse_unless_law(self.title, "left", self.left)
        right = refuse_unless_law(self.title, "right", self.right)
        if not math.isfinite(self.point):
            found = f"{self.title}: point is {self.point!r}; it must be a finite number."
            raise InvalidDistribution(found, code=PARAMETER_CODE)
        if left.is_discrete != right.is_discrete:
            found = f"{self.title}: left is {left} and right is {right}; both must be continuous or both discrete."
            raise InvalidDistribution(found, code=PARAMETER_CODE)
        if not bool(self.columns().valid.all()):
            found = f"{self.title}: {left} has nothing below {self.point:.15g} and {right} nothing from there on."
            raise InvalidDistribution(found, code=PARAMETER_CODE)

    def columns(self) -> SpliceColumns:
        return SpliceColumns(self.left.columns(), self.right.columns(), np.array([float(self.point)]))

    def _pieces(self) -> list[tuple[float, Distribution]]:
        """The weight and the law of each piece that has any."""
        with np.errstate(all="ignore"):
            under, over = (float(area[0]) for area in self.columns().areas)
        end = math.nextafter(self.point, -math.inf) if self.is_discrete else self.point
        pieces: list[tuple[float, Distribution]] = []
        if under > 0:
            pieces.append((under / (under + over), self.left.truncate(None, end)))
        if over > 0:
            pieces.append((over / (under + over), self.right.truncate(self.point, None)))
        return pieces

    def moments(self) -> Moments:
        return mixture_moments([(weight, law.moments()) for weight, law in self._pieces()])

    def lattice(self, low: float, high: float) -> FloatArray:
        before = math.nextafter(self.point, -math.inf)
        return np.concatenate(
            (self.left.lattice(low, min(high, before)), self.right.lattice(max(low, self.point), high))
        )

    @property
    def is_discrete(self) -> bool:
        return self.left.is_discrete

    @property
    def support(self) -> tuple[float, float]:
        pieces = [law.support for _, law in self._pieces()]
        return pieces[0][0], pieces[-1][1]

    @property
    def mode(self) -> float:
        candidates = [law.mode for _, law in self._pieces()]
        return max(candidates, key=lambda x: max(self.pdf(x), self.pdf(math.nextafter(x, -math.inf))))
