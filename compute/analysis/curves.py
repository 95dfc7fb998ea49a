"""Cumulative curves, boxes and fan charts: what is drawn of one variable or of a row of cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from compute.analysis.conventions import Convention, quantile
from compute.analysis.histogram import Cumulative
from compute.analysis.leaves import FloatArray, central_moments
from compute.analysis.percentiles import without_errors
from compute.records import dataclass

FAN_PERCENTS = (5.0, 25.0, 50.0, 75.0, 95.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A box plot: quartiles, the samples that the whiskers reach, the extremes and the mean.

    ``outliers`` samples lie beyond the whiskers.
    """

    minimum: float
    low_whisker: float
    low_quartile: float
    median: float
    high_quartile: float
    high_whisker: float
    maximum: float
    mean: float
    outliers: int


@dataclass(frozen=True, slots=True)
class FanChart:
    """Bands over the cells of a range: ``bands[i, j]`` is the percentile ``percents[i]`` of cell j.

    ``means`` and ``errors`` have one entry for each cell; NaN where every iteration of a cell ended in an error.
    """

    percents: tuple[float, ...]
    bands: FloatArray
    means: FloatArray
    errors: npt.NDArray[np.int64]


def cumulative_curve(samples: FloatArray, points: int = 200) -> Cumulative:
    """The empirical distribution in at most ``points`` points, the smallest and largest samples among them.

    ``probabilities[i]`` is exactly the share of samples at or below ``values[i]``; values rise strictly. Kept are the
    order statistics at evenly spaced ranks; all distinct values, if they are few enough. Errors (NaN) are left out.
    Raises ValueError for points below 2.
    """
    if points < 2:
        raise ValueError(f"points is {points}; it must be 2 or more.")
    ascending = np.sort(without_errors(samples))
    n = ascending.size
    if n == 0:
        return Cumulative(np.empty(0), np.empty(0))
    ends = np.append(np.flatnonzero(ascending[1:] != ascending[:-1]), n - 1)
    if ends.size > points:
        ranks = np.arange(points, dtype=np.int64) * (n - 1) // (points - 1)
        # Each rank moves to the last of its equals, where the share is known.
        ends = np.unique(ends[np.searchsorted(ends, ranks)])
    return Cumulative(ascending[ends], (ends + 1) / n)


def box(
    samples: FloatArray,
    convention: Convention = Convention.ATRISK,
    whiskers: float | tuple[float, float] = 1.5,
) -> Box | None:
    """Five numbers, whiskers and mean of one variable; None without samples.

    ``whiskers`` is either how many interquartile ranges they may reach beyond the box, ending at a sample (J. W.
    Tukey, Exploratory Data Analysis (1977), 2C), or the two percents at which they end, such as (5, 95). Raises
    ValueError for a negative reach or percents that are out of order or of [0, 100].
    """
    reach, percents = (0.0, whiskers) if isinstance(whiskers, tuple) else (whiskers, None)
    if not reach >= 0.0 or (percents is not None and not 0.0 <= percents[0] <= percents[1] <= 100.0):
        raise ValueError(f"whiskers is {whiskers}; give a reach of 0 or more, or two percents in order.")
    ascending = np.sort(without_errors(samples))
    if ascending.size == 0:
        return None
    low, middle, high = (quantile(ascending, p, convention) for p in (0.25, 0.5, 0.75))
    if percents is not None:
        low_end, high_end = (quantile(ascending, _level(percent), convention) for percent in percents)
    else:
        first = int(np.searchsorted(ascending, low - reach * (high - low), side="left"))
        last = int(np.searchsorted(ascending, high + reach * (high - low), side="right")) - 1
        low_end, high_end = min(float(ascending[first]), low), max(float(ascending[last]), high)
    return Box(
        minimum=float(ascending[0]),
        low_whisker=low_end,
        low_quartile=low,
        median=middle,
        high_quartile=high,
        high_whisker=high_end,
        maximum=float(ascending[-1]),
        mean=central_moments(samples).mean,
        outliers=int(np.count_nonzero((ascending < low_end) | (ascending > high_end))),
    )


def fan_chart(
    cells: Sequence[FloatArray],
    percents: Iterable[float] = FAN_PERCENTS,
    convention: Convention = Convention.ATRISK,
) -> FanChart:
    """Percentile bands over the cells of an output range, in their order; errors (NaN) left out cell by cell.

    Raises ValueError for percents outside [0, 100].
    """
    wanted = tuple(percents)
    if not all(0.0 <= percent <= 100.0 for percent in wanted):
        raise ValueError(f"percents are {wanted}; they must lie between 0 and 100.")
    bands = np.full((len(wanted), len(cells)), np.nan)
    means = np.full(len(cells), np.nan)
    errors = np.zeros(len(cells), dtype=np.int64)
    for place, samples in enumerate(cells):
        ascending = np.sort(without_errors(samples))
        errors[place] = samples.size - ascending.size
        if ascending.size:
            bands[:, place] = [quantile(ascending, _level(percent), convention) for percent in wanted]
            means[place] = central_moments(samples).mean
    return FanChart(wanted, bands, means, errors)


def _level(percent: float) -> float:
    return float(Fraction(repr(float(percent))) / 100)
