"""Smooth densities of samples: Gaussian kernels over binned samples, with two rules for their width."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy

from compute.analysis.leaves import FloatArray, central_moments
from compute.analysis.percentiles import order_statistic, without_errors
from compute.records import dataclass

BandwidthRule = Literal["silverman", "improved_sheather_jones"]
# Kernels are cut where they fall below 1e-14 of their height.
_REACH = 8.0
# Steps of the fine grid in one bandwidth; linear binning is then off by less than 1/1000 of the peak.
_STEPS = 16
_MOST_STEPS = 2**20
_ISJ_GRID = 2**14
_ISJ_STAGES = 7


@dataclass(frozen=True, slots=True)
class Density:
    """``heights[i]`` is the density at ``values[i]``, in 1 / units; the area under the whole curve is 1.

    ``rule`` is the one used: Silverman's also where the other finds no credible width, as for counts.
    """

    values: FloatArray
    heights: FloatArray
    bandwidth: float
    rule: BandwidthRule


def density(
    samples: FloatArray,
    rule: BandwidthRule = "improved_sheather_jones",
    points: int = 256,
    low: float | None = None,
    high: float | None = None,
) -> Density | None:
    """The Gaussian kernel density at ``points`` evenly spaced places; errors (NaN) left out.

    They cover the samples and three bandwidths more, or [low, high]; a window shows part of the curve and doesn't
    rescale it. None for constants and fewer than two samples, which have no density. Source: B. W. Silverman, Appl.
    Statist. 31 (1982) 93; M. P. Wand, J. Comput. Graph. Statist. 3 (1994) 433. Raises ValueError for fewer than two
    points or an empty window.
    """
    if points < 2:
        raise ValueError(f"points is {points}; it must be 2 or more.")
    ascending = np.sort(without_errors(samples))
    width, used = _bandwidth(ascending, rule)
    if width is None:
        return None
    start = float(ascending[0]) - 3.0 * width if low is None else low
    stop = float(ascending[-1]) + 3.0 * width if high is None else high
    if not start < stop:
        raise ValueError(f"The window from {start} to {stop} is empty.")
    fine = min(max(1, math.ceil((stop - start) / width * _STEPS / (points - 1))), _MOST_STEPS // points + 1)
    step = (stop - start) / (points - 1) / fine
    margin = min(math.ceil(_REACH * width / step), _MOST_STEPS)
    total = (points - 1) * fine + 1 + 2 * margin
    weights = _binned((ascending - start) / step + margin, total)
    distances = np.arange(-margin, margin + 1) * (step / width)
    kernel = np.exp(-0.5 * distances * distances)
    kernel /= kernel.sum() * step * ascending.size
    smooth = _convolved(weights, kernel)[2 * margin : total][::fine]
    return Density(np.linspace(start, stop, points), np.maximum(smooth, 0.0), width, used)


def bandwidth(samples: FloatArray, rule: BandwidthRule = "improved_sheather_jones") -> float | None:
    """The width (standard deviation) of the kernels by a rule, in the samples' units; None for constants.

    Silverman's, 0.9·min(s, IQR/1.34)·n^(-1/5), suits one hump; the improved Sheather–Jones rule suits several. Source:
    Z. I. Botev, J. F. Grotowski, D. P. Kroese, Ann. Statist. 38 (2010) 2916.
    """
    return _bandwidth(np.sort(without_errors(samples)), rule)[0]


def _bandwidth(ascending: FloatArray, rule: BandwidthRule) -> tuple[float | None, BandwidthRule]:
    if ascending.size < 2 or not 0.0 < ascending[-1] - ascending[0] < math.inf:
        return None, rule
    if rule == "improved_sheather_jones":
        found = _improved_sheather_jones(ascending)
        # No law with that deviation wants wider kernels: G. R. Terrell, J. Amer. Statist. Assoc. 85 (1990) 470.
        if found is not None and found <= 1.144 * _deviation(ascending) * ascending.size**-0.2:
            return found, rule
    return _silverman(ascending), "silverman"


def _deviation(ascending: FloatArray) -> float:
    moments = central_moments(ascending)
    return math.sqrt(moments.m2 / (moments.count - 1))


def _silverman(ascending: FloatArray) -> float:
    deviation = _deviation(ascending)
    quartiles = order_statistic(ascending, 0.75) - order_statistic(ascending, 0.25)
    spread = min(deviation, quartiles / 1.34) if quartiles > 0 else deviation
    return 0.9 * spread * float(ascending.size**-0.2)


def _improved_sheather_jones(ascending: FloatArray) -> float | None:
    """The root of Botev's fixed point equation; None where there is none."""
    span = float(ascending[-1] - ascending[0])
    low, length = float(ascending[0]) - span / 2.0, 2.0 * span
    distinct = int(np.count_nonzero(np.diff(ascending))) + 1
    weights = _binned((ascending - low) / length * (_ISJ_GRID - 1), _ISJ_GRID) / ascending.size
    squares = (scipy.fft.dct(weights)[1:] / 2.0) ** 2
    orders = np.arange(1.0, _ISJ_GRID) ** 2
    # Powers take most of the time of a root search, and they are the same in each of its steps.
    weighted = [orders**stage * squares for stage in range(_ISJ_STAGES + 1)]

    def gap(time: float) -> float:
        return time - _plug_in(time, distinct, orders, weighted)

    previous, time = 1e-12, 1e-10
    behind = gap(previous)
    while time < 0.1:
        ahead = gap(time)
        if behind * ahead <= 0.0:
            return math.sqrt(float(scipy.optimize.brentq(gap, previous, time, xtol=1e-16, rtol=1e-10))) * length
        previous, time, behind = time, time * 2.0, ahead
    return None


def _plug_in(time: float, distinct: int, orders: FloatArray, weighted: Sequence[FloatArray]) -> float:
    """The squared bandwidth, in lengths of the grid, that follows from a pilot one, over seven stages."""
    stages = _ISJ_STAGES
    norm = _derivative_norm(stages, time, orders, weighted[stages])
    for stage in range(stages - 1, 1, -1):
        odd = math.prod(range(1, 2 * stage, 2)) / math.sqrt(2.0 * math.pi)
        shape = (1.0 + 0.5 ** (stage + 0.5)) / 3.0
        if not norm > 0.0:
            return math.inf
        pilot = (2.0 * shape * odd / distinct / norm) ** (2.0 / (3.0 + 2.0 * stage))
        norm = _derivative_norm(stage, pilot, orders, weighted[stage])
    return (2.0 * distinct * math.sqrt(math.pi) * norm) ** -0.4 if norm > 0.0 else math.inf


def _derivative_norm(stage: int, time: float, orders: FloatArray, weighted: FloatArray) -> float:
    """The integral of the squared derivative of that order, of a density smoothed for ``time``."""
    damped = np.exp(-orders * (math.pi**2 * time))
    return float(2.0 * math.pi ** (2 * stage) * np.sum(weighted * damped))


def _binned(places: FloatArray, total: int) -> FloatArray:
    """The samples shared between the two grid points beside them; those beyond the grid left out."""
    within = places[(places >= 0.0) & (places <= total - 1)]
    below: npt.NDArray[np.int64] = np.minimum(within.astype(np.int64), total - 2)
    share = within - below
    counts = np.bincount(below, 1.0 - share, total) + np.bincount(below + 1, share, total)
    return counts.astype(np.float64, copy=False)


def _convolved(weights: FloatArray, kernel: FloatArray) -> FloatArray:
    size = scipy.fft.next_fast_len(weights.size + kernel.size - 1, real=True)
    product = scipy.fft.rfft(weights, size) * scipy.fft.rfft(kernel, size)
    return np.asarray(scipy.fft.irfft(product, size)[: weights.size + kernel.size - 1])
