"""When a run has said enough: rules on the precision of statistics, judged after each leaf of iterations.

Whether a run has converged after k leaves depends on the samples of these k leaves and on nothing else, so that a run
stopped there is the run of that many iterations. (A Latin hypercube has as many strata as iterations were planned;
stopped early, it is the beginning of the longer run.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from compute.analysis.conventions import quantile
from compute.analysis.describe import Measure
from compute.analysis.intervals import (
    Interval,
    mean_interval,
    percentile_interval,
    proportion_interval,
    standard_deviation_interval,
)
from compute.analysis.leaves import LEAF, NO_SAMPLES, CentralMoments, FloatArray, leaf_moments
from compute.records import dataclass

WATCHABLE = ("mean", "standard_deviation", "percentile", "probability_at_most")


@dataclass(frozen=True, slots=True)
class Rule:
    """A statistic is known well enough when its confidence interval is no wider than ± ``tolerance``.

    ``relative`` tolerances are shares of the estimate's size (0.03: 3 %), so that a statistic of 0 never gets there;
    others are in its own units. Mean, standard deviation (interval by kurtosis), percentiles and P(X ≤ x) (Wilson) can
    be watched. Raises ValueError for another statistic, a tolerance not above 0 or a confidence outside (0, 1).
    """

    measure: Measure
    tolerance: float = 0.03
    relative: bool = True
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if self.measure.name not in WATCHABLE:
            raise ValueError(f"{self.measure.name} has no rule of convergence; there are {', '.join(WATCHABLE)}.")
        if self.measure.name == "percentile" and self.measure.level in (0.0, 1.0):
            raise ValueError("An extreme has no confidence interval; take a percentile between 0 and 1.")
        if not self.tolerance > 0.0:
            raise ValueError(f"tolerance is {self.tolerance}; it must be above 0.")
        if not 0.0 < self.confidence < 1.0:
            raise ValueError(f"confidence is {self.confidence}; it must lie between 0 and 1, neither included.")


@dataclass(frozen=True, slots=True)
class Status:
    """How a rule stands after ``iterations``, errors included.

    ``allowed`` is the tolerance in the statistic's units; ``iterations_needed`` the length of the whole run, in whole
    leaves, after which the rule is expected to hold; None where nothing can be said.
    """

    rule: Rule
    iterations: int
    estimate: float | None
    interval: Interval | None
    allowed: float | None
    converged: bool
    iterations_needed: int | None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of one variable: moments, sorted samples where a percentile is watched, counts at or below xs."""

    moments: CentralMoments
    ascending: FloatArray | None
    below: Mapping[float, int]

    @classmethod
    def nothing(cls, rules: Sequence[Rule]) -> _Seen:
        order = any(rule.measure.name == "percentile" for rule in rules)
        places = {rule.measure.level or 0.0: 0 for rule in rules if rule.measure.name == "probability_at_most"}
        return cls(NO_SAMPLES, np.empty(0) if order else None, places)

    def with_leaf(self, leaf: FloatArray) -> _Seen:
        ascending = self.ascending
        if ascending is not None:
            # Two sorted runs, which a stable sort merges in one pass.
            ascending = np.concatenate((ascending, np.sort(leaf[~np.isnan(leaf)])))
            ascending.sort(kind="stable")
        with np.errstate(over="ignore", invalid="ignore"):
            moments = self.moments.merged(leaf_moments(np.ascontiguousarray(leaf)))
        below = {x: count + int(np.count_nonzero(leaf <= x)) for x, count in self.below.items()}
        return _Seen(moments, ascending, below)


@dataclass(frozen=True, slots=True)
class Monitor:
    """The rules of a run and what its leaves have shown so far; ``after`` gives the monitor one leaf later.

    ``converged_at`` is the number of leaves after which all rules held together for the first time, at the earliest
    ``at_least`` (a small run may agree with itself by chance); None before.
    """

    rules: Mapping[str, tuple[Rule, ...]]
    at_least: int
    leaves: int
    iterations: int
    converged_at: int | None
    _seen: Mapping[str, _Seen]

    @classmethod
    def watching(cls, rules: Mapping[str, Sequence[Rule]], at_least: int = 2) -> Monitor:
        """A monitor that has seen nothing. Raises ValueError without rules or for ``at_least`` below 1."""
        if not any(rules.values()):
            raise ValueError("There is no rule to judge convergence by; give at least one.")
        if at_least < 1:
            raise ValueError(f"at_least is {at_least}; it must be 1 leaf or more.")
        seen = {key: _Seen.nothing(of_key) for key, of_key in rules.items()}
        return cls({key: tuple(of_key) for key, of_key in rules.items()}, at_least, 0, 0, None, seen)

    def after(self, leaf: Mapping[str, FloatArray]) -> Monitor:
        """The monitor after the next leaf: the samples of every watched variable, NaN for errors.

        Raises ValueError for a leaf of a wrong length, and for a leaf behind one that was shorter than ``LEAF``.
        """
        sizes = {leaf[key].size for key in self.rules}
        if len(sizes) != 1 or not 1 <= (size := sizes.pop()) <= LEAF:
            raise ValueError(f"A leaf holds 1 to {LEAF} iterations, the same for every variable.")
        if self.iterations != self.leaves * LEAF:
            raise ValueError(f"Leaf {self.leaves} was the last one: it had fewer than {LEAF} iterations.")
        seen = {key: before.with_leaf(leaf[key]) for key, before in self._seen.items()}
        later = replace(self, leaves=self.leaves + 1, iterations=self.iterations + size, _seen=seen)
        if self.converged_at is not None or later.leaves < self.at_least:
            return later
        settled = all(status.converged for of_key in later.statuses().values() for status in of_key)
        return replace(later, converged_at=later.leaves) if settled else later

    def statuses(self) -> dict[str, tuple[Status, ...]]:
        """How every rule stands, in the order given."""
        return {
            key: tuple(_status(rule, self._seen[key], self.iterations) for rule in of_key)
            for key, of_key in self.rules.items()
        }

    @property
    def iterations_needed(self) -> int | None:
        """The length of the run after which the slowest rule is expected to hold; None where that is unknown."""
        needed = [status.iterations_needed for of_key in self.statuses().values() for status in of_key]
        known = [count for count in needed if count is not None]
        return max(known) if len(known) == len(needed) else None

    @property
    def iterations_still_needed(self) -> int | None:
        """How many iterations are expected to be missing; 0 when converged."""
        needed = self.iterations_needed
        if self.converged_at is not None:
            return 0
        return None if needed is None else max(0, needed - self.iterations)


def converged_at(
    samples: Mapping[str, FloatArray], rules: Mapping[str, Sequence[Rule]], at_least: int = 2
) -> int | None:
    """The number of leaves after which a run with these samples has converged; None if it has not."""
    monitor = Monitor.watching(rules, at_least)
    size = min(samples[key].size for key in rules)
    for start in range(0, size, LEAF):
        monitor = monitor.after({key: samples[key][start : min(start + LEAF, size)] for key in rules})
        if monitor.converged_at is not None:
            return monitor.converged_at
    return None


def assess(rule: Rule, samples: FloatArray) -> Status:
    """How a rule stands after the given samples; of a pilot run, what a whole run will need."""
    seen = _Seen.nothing((rule,))
    for start in range(0, samples.size, LEAF):
        seen = seen.with_leaf(samples[start : start + LEAF])
    return _status(rule, seen, int(samples.size))


def _status(rule: Rule, seen: _Seen, iterations: int) -> Status:
    estimate, interval = _estimate(rule, seen)
    if estimate is None or interval is None:
        return Status(rule, iterations, estimate, interval, None, False, None)
    allowed = rule.tolerance * abs(estimate) if rule.relative else rule.tolerance
    half = interval.half_width
    converged = half <= allowed
    return Status(rule, iterations, estimate, interval, allowed, converged, _needed(half, allowed, iterations))


def _needed(half: float, allowed: float, iterations: int) -> int | None:
    """Half-widths shrink with the root of the iterations; errors stay as frequent as they are."""
    if half <= allowed:
        return iterations
    if allowed == 0.0 or not math.isfinite(half):
        return None
    whole = math.ceil(iterations * (half / allowed) ** 2)
    return -(-whole // LEAF) * LEAF


def _estimate(rule: Rule, seen: _Seen) -> tuple[float | None, Interval | None]:
    measure, moments = rule.measure, seen.moments
    if moments.count == 0:
        return None, None
    if measure.name == "mean":
        return moments.mean, mean_interval(moments, rule.confidence)
    if measure.name == "standard_deviation":
        if moments.count < 2:
            return None, None
        deviation = math.sqrt(moments.m2 / (moments.count - 1))
        return deviation, standard_deviation_interval(moments, rule.confidence)
    level = measure.level or 0.0
    if seen.ascending is not None and measure.name == "percentile":
        interval = percentile_interval(seen.ascending, level, rule.confidence, ascending=True)
        return quantile(seen.ascending, level), interval
    below = seen.below[level]
    return below / moments.count, proportion_interval(below, moments.count, rule.confidence)
