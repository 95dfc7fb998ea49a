"""Laws over columns of parameters: one law per iteration, evaluated elementwise and without loops.

    Columns
    ├── LawColumns         a named law, its parameters arrays that broadcast against each other
    ├── TruncatedColumns   another column's law given that low ≤ X ≤ high
    └── ShiftedColumns     another column's law plus a constant

Every method is elementwise, so a slice computed alone equals the slice of the whole, bit for bit. A kernel takes a
probability with its complement (``p + q = 1``): both tails keep full relative precision, and a law truncated to its
far upper tail works with ``q`` where ``p`` would round to 1.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from compute.distributions.parameters import BoolArray, FloatArray
from compute.records import dataclass

if TYPE_CHECKING:
    from compute.distributions.law import Law


class Columns(ABC):
    """A law for each column of its parameters."""

    __slots__ = ()

    @property
    @abstractmethod
    def is_discrete(self) -> bool:
        """Whether the law has countably many possible values."""

    @property
    @abstractmethod
    def valid(self) -> BoolArray:
        """For each column whether the law exists there."""

    @abstractmethod
    def quantile(self, p: FloatArray, q: FloatArray) -> FloatArray:
        """The smallest x with P(X ≤ x) ≥ p, given also ``q = 1 − p``."""

    @abstractmethod
    def probability(self, x: FloatArray) -> FloatArray:
        """P(X ≤ x)."""

    @abstractmethod
    def excess(self, x: FloatArray) -> FloatArray:
        """P(X > x), precise where it is small."""

    @abstractmethod
    def density(self, x: FloatArray) -> FloatArray:
        """The density, or for a discrete law the probability, of exactly x."""

    @abstractmethod
    def below(self, x: FloatArray) -> FloatArray:
        """P(X < x)."""

    def from_on(self, x: FloatArray) -> FloatArray:
        """P(X ≥ x), precise where it is small."""
        return self.excess(x) + self.density(x) if self.is_discrete else self.excess(x)

    def draw(self, p: float | FloatArray) -> FloatArray:
        """The values of uniforms ``p``, elementwise; NaN where p is outside [0, 1] or the law does not exist."""
        share = np.atleast_1d(np.asarray(p, dtype=np.float64))
        with np.errstate(all="ignore"):
            allowed = self.valid & (share >= 0) & (share <= 1)
            return np.where(allowed, self.quantile(share, 1.0 - share), np.nan)

    def truncated(self, low: float | FloatArray = -np.inf, high: float | FloatArray = np.inf) -> TruncatedColumns:
        """The law given that low ≤ X ≤ high."""
        return TruncatedColumns(self, _column(low), _column(high))

    def truncated_by_percentile(
        self, low: float | FloatArray = 0.0, high: float | FloatArray = 1.0
    ) -> TruncatedColumns:
        """The law between two of its own percentiles, given as probabilities 0–1 (RiskTruncateP)."""
        return TruncatedColumns(self, self.draw(_column(low)), self.draw(_column(high)))

    def shifted(self, by: float | FloatArray) -> ShiftedColumns:
        """The law of X + by."""
        return ShiftedColumns(self, _column(by))


def _column(value: float | FloatArray) -> FloatArray:
    return np.atleast_1d(np.asarray(value, dtype=np.float64))


@dataclass(frozen=True, slots=True)
class LawColumns(Columns):
    """A named law over columns of its parameters."""

    law: type[Law]
    parameters: tuple[FloatArray, ...]

    @property
    def is_discrete(self) -> bool:
        return self.law.discrete

    @property
    def valid(self) -> BoolArray:
        return self.law.valid(*self.parameters)

    def quantile(self, p: FloatArray, q: FloatArray) -> FloatArray:
        return self.law.quantile_kernel(p, q, *self.parameters)

    def probability(self, x: FloatArray) -> FloatArray:
        return self.law.probability_kernel(x, *self.parameters)

    def excess(self, x: FloatArray) -> FloatArray:
        return self.law.excess_kernel(x, *self.parameters)

    def density(self, x: FloatArray) -> FloatArray:
        return self.law.density_kernel(x, *self.parameters)

    def below(self, x: FloatArray) -> FloatArray:
        return self.law.below_kernel(x, *self.parameters)


@dataclass(frozen=True, slots=True)
class Range:
    """The probabilities at the two ends of a truncation, seen from below and from above."""

    below_low: FloatArray
    up_to_high: FloatArray
    from_low: FloatArray
    above_high: FloatArray

    @property
    def mass(self) -> FloatArray:
        """P(low ≤ X ≤ high), a difference of the smaller pair so that it stays precise in either tail."""
        from_below = self.up_to_high - self.below_low
        return np.where(self.below_low < 0.5, from_below, self.from_low - self.above_high)


@dataclass(frozen=True, slots=True)
class TruncatedColumns(Columns):
    """The base law given that low ≤ X ≤ high; no law where that has no probability."""

    base: Columns
    low: FloatArray
    high: FloatArray

    @property
    def is_discrete(self) -> bool:
        return self.base.is_discrete

    @property
    def range(self) -> Range:
        """The probabilities at both ends."""
        base, low, high = self.base, self.low, self.high
        return Range(base.below(low), base.probability(high), base.from_on(low), base.excess(high))

    @property
    def valid(self) -> BoolArray:
        with np.errstate(all="ignore"):
            return self.base.valid & (self.low <= self.high) & (self.range.mass > 0)

    def quantile(self, p: FloatArray, q: FloatArray) -> FloatArray:
        ends = self.range
        mass = ends.mass
        inner_p, inner_q = ends.below_low + p * mass, ends.above_high + q * mass
        if not self.is_discrete:
            return np.clip(self.base.quantile(inner_p, inner_q), self.low, self.high)
        # Rounding must not reach the possible value before low or after high.
        inner_p = np.clip(inner_p, np.nextafter(ends.below_low, 1.0), ends.up_to_high)
        inner_q = np.clip(inner_q, ends.above_high, np.nextafter(ends.from_low, 0.0))
        return self.base.quantile(inner_p, inner_q)

    def probability(self, x: FloatArray) -> FloatArray:
        ends = self.range
        low_side = (self.base.probability(x) - ends.below_low) / ends.mass
        high_side = 1.0 - (self.base.excess(x) - ends.above_high) / ends.mass
        inside = np.clip(np.where(ends.below_low < 0.5, low_side, high_side), 0.0, 1.0)
        return np.where(x >= self.high, 1.0, np.where(x < self.low, 0.0, inside))

    def excess(self, x: FloatArray) -> FloatArray:
        ends = self.range
        inside = np.clip((self.base.excess(x) - ends.above_high) / ends.mass, 0.0, 1.0)
        return np.where(x >= self.high, 0.0, np.where(x < self.low, 1.0, inside))

    def density(self, x: FloatArray) -> FloatArray:
        return np.where((x >= self.low) & (x <= self.high), self.base.density(x) / self.range.mass, 0.0)

    def below(self, x: FloatArray) -> FloatArray:
        ends = self.range
        inside = np.clip((self.base.below(x) - ends.below_low) / ends.mass, 0.0, 1.0)
        return np.where(x > self.high, 1.0, np.where(x <= self.low, 0.0, inside))


@dataclass(frozen=True, slots=True)
class ShiftedColumns(Columns):
    """The base law plus a constant."""

    base: Columns
    by: FloatArray

    @property
    def is_discrete(self) -> bool:
        return self.base.is_discrete

    @property
    def valid(self) -> BoolArray:
        return self.base.valid & np.isfinite(self.by)

    def quantile(self, p: FloatArray, q: FloatArray) -> FloatArray:
        return self.base.quantile(p, q) + self.by

    def probability(self, x: FloatArray) -> FloatArray:
        return self.base.probability(x - self.by)

    def excess(self, x: FloatArray) -> FloatArray:
        return self.base.excess(x - self.by)

    def density(self, x: FloatArray) -> FloatArray:
        return self.base.density(x - self.by)

    def below(self, x: FloatArray) -> FloatArray:
        return self.base.below(x - self.by)
