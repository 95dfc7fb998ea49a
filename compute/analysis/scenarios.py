"""Scenarios: which inputs set apart the iterations in which an output does something; and stress runs as data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from compute.analysis.conventions import Convention, quantile
from compute.analysis.describe import Measure
from compute.analysis.leaves import FloatArray, central_moments
from compute.analysis.percentiles import without_errors
from compute.records import dataclass

SIGNIFICANT = 0.5


@dataclass(frozen=True, slots=True)
class OutputRange:
    """Where an output must lie, both ends included; None leaves an end open.

    Ends are values, or percentiles (0 to 1) of the output if ``percentiles``: ``OutputRange(0.75, None, True)`` asks
    for the best quarter. Raises ValueError for ends out of order, or percentiles outside [0, 1].
    """

    low: float | None = None
    high: float | None = None
    percentiles: bool = False

    def __post_init__(self) -> None:
        ends = [end for end in (self.low, self.high) if end is not None]
        if any(math.isnan(end) for end in ends) or ends != sorted(ends):
            raise ValueError(f"low is {self.low} and high is {self.high}; low must not be above high.")
        if self.percentiles and not all(0.0 <= end <= 1.0 for end in ends):
            raise ValueError(f"the percentiles are {ends}; they must lie between 0 and 1.")

    def holds(self, output: FloatArray) -> npt.NDArray[np.bool_]:
        """In which iterations the output lies there; never in those that ended in an error."""
        low, high = self.low, self.high
        ascending = np.sort(without_errors(output)) if self.percentiles else np.empty(0)
        if ascending.size:
            low = None if low is None else quantile(ascending, low)
            high = None if high is None else quantile(ascending, high)
        return (output >= (-math.inf if low is None else low)) & (output <= (math.inf if high is None else high))


@dataclass(frozen=True, slots=True)
class ScenarioInput:
    """How one input differs where the scenario holds.

    ``significance`` is (median there − median overall) / standard deviation overall; from 0.5 on, up or down, @RISK
    calls it significant. ``percentile_of_median`` is the share of all iterations at or below the median there.
    ``distance`` is the two-sample Kolmogorov–Smirnov distance between iterations in and out of the scenario, which
    sees more than medians. None where undetermined.
    """

    name: str
    median: float | None
    overall_median: float | None
    percentile_of_median: float | None
    significance: float | None
    distance: float | None

    @property
    def significant(self) -> bool:
        """@RISK's rule."""
        return self.significance is not None and abs(self.significance) >= SIGNIFICANT


@dataclass(frozen=True, slots=True)
class Scenario:
    """The inputs of a scenario, the most significant first; ``count`` of ``total`` iterations lie in it."""

    inputs: tuple[ScenarioInput, ...]
    count: int
    total: int


def scenario(
    inputs: Mapping[str, FloatArray],
    outputs: Mapping[str, FloatArray],
    ranges: Mapping[str, OutputRange],
    convention: Convention = Convention.ATRISK,
) -> Scenario:
    """What sets apart the iterations in which every output of ``ranges`` lies in its range.

    Iterations in which one of these outputs ended in an error are left out altogether. Raises ValueError for ranges of
    outputs that are not there, or no range.
    """
    missing = [name for name in ranges if name not in outputs]
    if missing or not ranges:
        raise ValueError(
            f"No output is called {missing[0]!r}." if missing else "A scenario needs a range of an output."
        )
    within = np.ones(next(iter(outputs.values())).size, dtype=bool)
    usable = within.copy()
    for name in ranges:
        usable &= ~np.isnan(outputs[name])
    for name, wanted in ranges.items():
        within &= wanted.holds(np.where(usable, outputs[name], np.nan))
    found = [_compared(name, samples, within, usable & ~within, convention) for name, samples in inputs.items()]
    found.sort(key=lambda line: (-abs(line.significance or 0.0), -(line.distance or 0.0)))
    return Scenario(tuple(found), int(within.sum()), int(usable.sum()))


def _compared(
    name: str,
    samples: FloatArray,
    within: npt.NDArray[np.bool_],
    outside: npt.NDArray[np.bool_],
    convention: Convention,
) -> ScenarioInput:
    inner, outer = (np.sort(without_errors(samples[where])) for where in (within, outside))
    whole = np.where(within | outside, samples, np.nan)
    ascending = np.sort(without_errors(whole))
    if ascending.size == 0:
        return ScenarioInput(name, None, None, None, None, None)
    overall = quantile(ascending, 0.5, convention)
    if inner.size == 0:
        return ScenarioInput(name, None, overall, None, None, None)
    median = quantile(inner, 0.5, convention)
    moments = central_moments(whole)
    deviation = math.sqrt(moments.m2 / (moments.count - 1)) if moments.count > 1 else 0.0
    return ScenarioInput(
        name=name,
        median=median,
        overall_median=overall,
        percentile_of_median=int(np.searchsorted(ascending, median, side="right")) / ascending.size,
        significance=(median - overall) / deviation if 0.0 < deviation < math.inf else None,
        distance=ks_distance(inner, outer) if outer.size else None,
    )


def ks_distance(first: FloatArray, second: FloatArray) -> float:
    """The largest gap between the empirical distributions of two sorted columns without NaN, neither empty."""
    values = np.concatenate((first, second))
    below_first = np.searchsorted(first, values, side="right") / first.size
    below_second = np.searchsorted(second, values, side="right") / second.size
    return float(np.abs(below_first - below_second).max())


@dataclass(frozen=True, slots=True)
class Truncation:
    """An input is drawn only between these percentiles (0 to 1) of its law. Raises ValueError out of order."""

    input: str
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.low < self.high <= 1.0:
            raise ValueError(
                f"{self.input} is stressed from {self.low} to {self.high}; they must rise between 0 and 1."
            )

    def uniforms(self, uniforms: FloatArray) -> FloatArray:
        """The same draws' uniforms, squeezed into the stressed part of the law."""
        return self.low + (self.high - self.low) * uniforms


@dataclass(frozen=True, slots=True)
class StressRun:
    """One run of the plan: these inputs truncated, everything else and the seed as they are."""

    name: str
    truncations: tuple[Truncation, ...]


@dataclass(frozen=True, slots=True)
class StressEffect:
    """A statistic of an output in one stress run, beside that of the run without stress."""

    run: str
    output: str
    baseline: float | None
    stressed: float | None

    @property
    def change(self) -> float | None:
        """Stressed less baseline; None where one of them is undetermined."""
        return None if self.baseline is None or self.stressed is None else self.stressed - self.baseline


def stress_plan(truncations: Sequence[Truncation], together: bool = True) -> tuple[StressRun, ...]:
    """One run for each truncation, and one with all of them if ``together`` and there are several.

    A run's name is its input's, with the range where an input is stressed in more than one; then the last run takes
    none together. Raises ValueError without truncations.
    """
    if not truncations:
        raise ValueError("Nothing is stressed; give at least one truncation.")
    names = [stress.input for stress in truncations]
    repeated = len(set(names)) < len(names)
    runs = [
        StressRun(
            f"{stress.input} {stress.low:g} to {stress.high:g}" if names.count(stress.input) > 1 else stress.input,
            (stress,),
        )
        for stress in truncations
    ]
    if together and len(runs) > 1 and not repeated:
        runs.append(StressRun("all together", tuple(truncations)))
    return tuple(runs)


def stress_effects(
    baseline: Mapping[str, FloatArray],
    stressed: Mapping[str, Mapping[str, FloatArray]],
    measure: Measure,
    convention: Convention = Convention.ATRISK,
) -> tuple[StressEffect, ...]:
    """The change of a statistic of every output in every stress run, the largest change first.

    ``baseline`` maps outputs to samples, ``stressed`` the runs' names to the same.
    """
    before = {output: measure.of(samples, convention) for output, samples in baseline.items()}
    effects = [
        StressEffect(run, output, before[output], measure.of(outputs[output], convention))
        for run, outputs in stressed.items()
        for output in baseline
    ]
    return tuple(sorted(effects, key=lambda effect: -abs(effect.change or 0.0)))
