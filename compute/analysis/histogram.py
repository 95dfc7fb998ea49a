"""Histograms and cumulative curves of samples, as charts show them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from compute.analysis.leaves import FloatArray
from compute.analysis.percentiles import order_statistic, without_errors
from compute.records import dataclass

_FEWEST, _MOST = 10, 100
# So many distinct values at most get a bar each.
_BARS = 50


@dataclass(frozen=True, slots=True)
class Histogram:
    """``counts[i]`` samples lie in [edges[i], edges[i+1]), the last bin including its right edge."""

    edges: FloatArray
    counts: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cumulative:
    """A rising curve: ``probabilities[i]`` of the samples are at or below ``values[i]``."""

    values: FloatArray
    probabilities: FloatArray


def histogram(samples: FloatArray, bins: int | None = None, *, ascending: FloatArray | None = None) -> Histogram:
    """Bins of equal width by Freedman and Diaconis's rule, 10 to 100 of them, or ``bins`` of them; errors left out.

    ``ascending`` are the same samples, sorted and without errors, for who has them.
    Results with few distinct values get one bin for each value; a constant gets one bin; no samples give no bins.
    Source: Freedman, Diaconis, Z. Wahrscheinlichkeitstheorie 57 (1981) 453. Raises ValueError for bins below 1.
    """
    if bins is not None and bins < 1:
        raise ValueError(f"bins is {bins}; it must be 1 or more.")
    valid = np.sort(without_errors(samples)) if ascending is None else ascending
    if valid.size == 0:
        return Histogram(np.empty(0), np.empty(0, dtype=np.int64))
    edges = _edges(valid, bins)
    ends = np.empty(edges.size, np.int64)
    ends[0], ends[-1] = 0, valid.size
    ends[1:-1] = np.searchsorted(valid, edges[1:-1], side="left")
    return Histogram(edges, ends[1:] - ends[:-1])


def _edges(ascending: FloatArray, bins: int | None) -> FloatArray:
    first, last = ascending[0], ascending[-1]
    rises = ascending[1:] != ascending[:-1]
    distinct = int(np.count_nonzero(rises)) + 1
    if distinct == 1:
        half = max(0.5, abs(float(first)) * 1e-6)
        return np.array([first - half, first + half])
    if bins is None and distinct <= min(_BARS, max(2, ascending.size // 2)):
        between = _edges_between(ascending[np.concatenate(([True], rises))])
        # Doubles so close that there is none between them share a bar.
        if np.all(np.diff(between) > 0):
            return between
    count = _bin_count(ascending) if bins is None else bins
    edges = np.linspace(first, last, count + 1)
    return edges if bool((edges[1:] > edges[:-1]).all()) else np.unique(edges)


def _edges_between(values: FloatArray) -> FloatArray:
    """Edges half way between neighbours; whole numbers are given their gaps, so that every bar is 1 wide."""
    if np.all(values == np.floor(values)) and values[-1] - values[0] < _MOST:
        values = np.arange(values[0], values[-1] + 1)
    middles = values[:-1] + np.diff(values) / 2
    first, last = values[0] - (middles[0] - values[0]), values[-1] + (values[-1] - middles[-1])
    return np.concatenate(([first], middles, [last]))


def _bin_count(ascending: FloatArray) -> int:
    spread = order_statistic(ascending, 0.75) - order_statistic(ascending, 0.25)
    width = 2.0 * spread / float(np.cbrt(ascending.size))
    if not width > 0:
        return _FEWEST
    with np.errstate(over="ignore"):
        wanted = np.ceil((ascending[-1] - ascending[0]) / width)
    return int(min(max(wanted, _FEWEST), _MOST))


def cumulative(samples: FloatArray, points: int = 200, *, ascending: FloatArray | None = None) -> Cumulative:
    """The empirical distribution at ``points`` evenly spaced probabilities from 1/points to 1; errors left out.

    ``ascending`` are the same samples, sorted and without errors, for who has them. Raises ValueError for
    points below 1.
    """
    if points < 1:
        raise ValueError(f"points is {points}; it must be 1 or more.")
    if ascending is None:
        ascending = np.sort(without_errors(samples))
    if ascending.size == 0:
        return Cumulative(np.empty(0), np.empty(0))
    places, probabilities = _steps(min(points, ascending.size), ascending.size)
    return Cumulative(ascending[places], probabilities)


@lru_cache(maxsize=16)
def _steps(points: int, size: int) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Where evenly spaced probabilities stand among so many sorted samples, from 0, and the probabilities; for all
    variables of a run the same.
    """
    steps = np.arange(1, points + 1, dtype=np.int64)
    places = -(-steps * size // points)
    probabilities = places / size
    probabilities.flags.writeable = False
    return places - 1, probabilities
