"""Truncated and shifted laws with fixed parameters; they nest, and the order of nesting is the order of applying."""

from __future__ import annotations

import math

import numpy as np

from compute.distributions.columns import ShiftedColumns, TruncatedColumns
from compute.distributions.integration import lattice_moments, quantile_moments
from compute.distributions.law import PARAMETER_CODE, Distribution, Moments
from compute.distributions.parameters import FloatArray
from compute.errors import InvalidDistribution
from compute.records import dataclass


@dataclass(frozen=True, slots=True)
class Truncated(Distribution):
    """The base law given that low ≤ X ≤ high, both ends included.

    Raises InvalidDistribution where low > high, an end is NaN, or the law has no probability in between.
    """

    base: Distribution
    low: float
    high: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", float(self.low))
        object.__setattr__(self, "high", float(self.high))
        if not self.low <= self.high:
            problem = f"Truncate: low is {self.low:.15g} and high is {self.high:.15g}; low must be at most high."
            raise InvalidDistribution(problem, code=PARAMETER_CODE)
        if not bool(self.columns().valid.all()):
            problem = f"Truncate: {self.base} has no probability between {self.low:.15g} and {self.high:.15g}."
            raise InvalidDistribution(problem, code=PARAMETER_CODE)

    def columns(self) -> TruncatedColumns:
        return self.base.columns().truncated(self.low, self.high)

    def moments(self) -> Moments:
        if self.is_discrete:
            return lattice_moments(self)
        found, index = quantile_moments(self), _tail_index(self)
        if index < 0.2:
            return found
        base = self.base.moments()
        # The k-th moment exists where k · index < 1; what the whole law has, its part has too.
        missing = [k * index > 0.999 and not math.isfinite(moment) for k, moment in enumerate(base, 1)]
        kept = (own if not gone else whole for own, whole, gone in zip(found, base, missing, strict=True))
        return Moments(*kept)

    def lattice(self, low: float, high: float) -> FloatArray:
        return self.base.lattice(max(low, self.low), min(high, self.high))

    @property
    def is_discrete(self) -> bool:
        return self.base.is_discrete

    @property
    def support(self) -> tuple[float, float]:
        if self.is_discrete:
            return self.ppf(0.0), self.ppf(1.0)
        low, high = self.base.support
        return max(low, self.low), min(high, self.high)

    @property
    def mode(self) -> float:
        inner = self.base.mode
        if self.low <= inner <= self.high:
            return inner
        ends = np.array(self.support)
        return float(ends[np.argmax(self.pdf(ends))])


def _tail_index(law: Distribution) -> float:
    """ξ where the quantiles of an open end grow like probability^−ξ, far out; 0 where both ends are finite."""
    low, high = law.support
    tail, rest = np.array([1e-200, 1e-250]), np.ones(2)
    index = 0.0
    with np.errstate(all="ignore"):
        for is_open, share in ((math.isinf(low), (tail, rest)), (math.isinf(high), (rest, tail))):
            if is_open:
                near, far = np.log(np.abs(law.columns().quantile(*share)))
                index = max(index, float(far - near) / (50.0 * math.log(10.0)))
    return index


@dataclass(frozen=True, slots=True)
class Shifted(Distribution):
    """The law of X + by. Raises InvalidDistribution where ``by`` is not finite."""

    base: Distribution
    by: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "by", float(self.by))
        if not math.isfinite(self.by):
            raise InvalidDistribution(f"Shift: by is {self.by}; it must be a finite number.", code=PARAMETER_CODE)

    def columns(self) -> ShiftedColumns:
        return self.base.columns().shifted(self.by)

    def moments(self) -> Moments:
        base = self.base.moments()
        return base._replace(mean=base.mean + self.by)

    def lattice(self, low: float, high: float) -> FloatArray:
        return self.base.lattice(low - self.by, high - self.by) + self.by

    @property
    def is_discrete(self) -> bool:
        return self.base.is_discrete

    @property
    def support(self) -> tuple[float, float]:
        low, high = self.base.support
        return low + self.by, high + self.by

    @property
    def mode(self) -> float:
        return self.base.mode + self.by
