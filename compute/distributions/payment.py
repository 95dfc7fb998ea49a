"""Deduct: what an insurer pays of one loss, after a deductible and up to a limit.

Drawn with one uniform, by the inverse of the whole law's distribution function, as the other laws made of laws are.
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from compute.distributions.columns import Columns, TruncatedColumns
from compute.distributions.law import PARAMETER_CODE, Distribution, Moments, constant_moments
from compute.distributions.mixtures import mixture_moments, refuse_unless_law
from compute.distributions.parameters import BoolArray, FloatArray
from compute.errors import InvalidDistribution
from compute.records import dataclass


@dataclass(frozen=True, slots=True)
class DeductColumns(Columns):
    """For each column a loss less a deductible, at most a limit; ``zeros`` other than 0: losses below it pay 0."""

    loss: Columns
    deductible: FloatArray
    limit: FloatArray
    zeros: FloatArray

    @property
    def is_discrete(self) -> bool:
        return self.loss.is_discrete

    @property
    def claim(self) -> TruncatedColumns:
        """The losses that make a claim: all of them, or those above the deductible."""
        start = np.nextafter(self.deductible, np.inf) if self.is_discrete else self.deductible
        return TruncatedColumns(self.loss, np.where(self.zeros != 0, -np.inf, start), np.full(1, np.inf))

    @property
    def valid(self) -> BoolArray:
        numbers = np.isfinite(self.deductible) & (self.deductible >= 0) & (self.limit > 0) & ~np.isnan(self.zeros)
        return numbers & self.claim.valid

    def quantile(self, p: FloatArray, q: FloatArray) -> FloatArray:
        return np.clip(self.claim.quantile(p, q) - self.deductible, 0.0, self.limit)

    def probability(self, x: FloatArray) -> FloatArray:
        inside = self.claim.probability(x + self.deductible)
        return np.where(x >= self.limit, 1.0, np.where(x < 0, 0.0, inside))

    def excess(self, x: FloatArray) -> FloatArray:
        inside = self.claim.excess(x + self.deductible)
        return np.where(x >= self.limit, 0.0, np.where(x < 0, 1.0, inside))

    def density(self, x: FloatArray) -> FloatArray:
        inside = np.where((x > 0) & (x < self.limit), self.claim.density(x + self.deductible), 0.0)
        if not self.is_discrete:
            return inside
        at_limit = self.claim.from_on(self.limit + self.deductible)
        return np.where(x == 0, self.claim.probability(self.deductible), np.where(x == self.limit, at_limit, inside))

    def below(self, x: FloatArray) -> FloatArray:
        return np.where(x > self.limit, 1.0, np.where(x <= 0, 0.0, self.claim.below(x + self.deductible)))

    def from_on(self, x: FloatArray) -> FloatArray:
        return np.where(x > self.limit, 0.0, np.where(x <= 0, 1.0, self.claim.from_on(x + self.deductible)))


@dataclass(frozen=True, slots=True)
class Deduct(Distribution):
    """What is paid of a loss X: min(X − deductible, limit), of losses above the deductible alone or, with ``zeros``,
    0 for the others.

    ``pdf`` is the density between 0 and the limit; ``pmf`` of either holds what is there in one piece. Refused where
    no loss exceeds the deductible and ``zeros`` is not set.

    Source: ModelRisk's VoseDeduct (Vose Software's help: the limit is the most that is paid).
    """

    loss: Distribution
    deductible: float
    limit: float = math.inf
    zeros: float = 0.0

    name: ClassVar[str] = "DEDUCT"
    title: ClassVar[str] = "Deduct"
    summary: ClassVar[str] = "What is paid of one loss: what exceeds a deductible, up to a limit."

    def __post_init__(self) -> None:
        refuse_unless_law(self.title, "loss", self.loss)
        if not 0 <= self.deductible < math.inf:
            found = f"{self.title}: deductible is {self.deductible!r}; it must be a number of 0 or more."
            raise InvalidDistribution(found, code=PARAMETER_CODE)
        if not self.limit > 0:
            found = f"{self.title}: limit is {self.limit!r}; it must be a number greater than 0."
            raise InvalidDistribution(found, code=PARAMETER_CODE)
        if not bool(self.columns().valid.all()):
            found = f"{self.title}: {self.loss} has nothing above the deductible {self.deductible:.15g}."
            raise InvalidDistribution(found, code=PARAMETER_CODE)

    def columns(self) -> DeductColumns:
        numbers = (np.array([float(number)]) for number in (self.deductible, self.limit, self.zeros))
        return DeductColumns(self.loss.columns(), *numbers)

    def _ends(self) -> tuple[float, float]:
        """The probabilities of no payment and of the limit."""
        columns, zero = self.columns(), np.zeros(1)
        with np.errstate(all="ignore"):
            at_limit = columns.from_on(columns.limit) if self.limit < math.inf else zero
            return float(columns.probability(zero)[0]), float(at_limit[0])

    def _between(self) -> Distribution | None:
        """The losses that are paid neither nothing nor the limit; None where there are none."""
        nothing, full = self._ends()
        if nothing + full >= 1:
            return None
        # The ends are moved by a hair, so that no value counts twice.
        top = None if self.limit == math.inf else math.nextafter(self.deductible + self.limit, -math.inf)
        return self.loss.truncate(math.nextafter(self.deductible, math.inf), top)

    def moments(self) -> Moments:
        nothing, full = self._ends()
        pieces = [(nothing, constant_moments(0.0)), (full, constant_moments(self.limit))]
        between = self._between()
        if between is not None:
            own = between.moments()
            pieces.append((1.0 - nothing - full, own._replace(mean=own.mean - self.deductible)))
        return mixture_moments([piece for piece in pieces if piece[0] > 0])

    def pmf(self, x: float | FloatArray) -> float | FloatArray:  # type: ignore[override]
        """P(X = x)."""
        values, columns = np.asarray(x, dtype=np.float64), self.columns()
        with np.errstate(all="ignore"):
            inside = columns.density(np.atleast_1d(values)) if self.is_discrete else np.zeros(values.size or 1)
        nothing, full = self._ends()
        found = np.where(values == 0, nothing, np.where(values == self.limit, full, inside.reshape(values.shape)))
        return float(found) if values.ndim == 0 else found

    def lattice(self, low: float, high: float) -> FloatArray:
        own = self.loss.lattice(low + self.deductible, high + self.deductible)
        found = np.unique(np.concatenate((np.clip(own - self.deductible, 0.0, self.limit), [0.0, self.limit])))
        found = found[(found >= low) & (found <= high) & np.isfinite(found)]
        likely: FloatArray = found[np.asarray(self.pmf(found)) > 0]
        return likely

    @property
    def is_discrete(self) -> bool:
        return self.loss.is_discrete

    @property
    def support(self) -> tuple[float, float]:
        ends = (float(np.clip(end - self.deductible, 0.0, self.limit)) for end in self.loss.support)
        low, high = ends
        return low, high

    @property
    def mode(self) -> float:
        """The likelier of nothing and the limit where either has a probability, else that of the losses in between."""
        nothing, full = self._ends()
        between = self._between()
        inner = None if between is None else between.mode - self.deductible
        if inner is None or (not self.is_discrete and max(nothing, full) > 0):
            return 0.0 if nothing >= full else self.limit
        if not self.is_discrete:
            return inner
        return max((inner, 0.0, min(self.limit, 1e308)), key=lambda x: float(self.pmf(x)))
