"""How the mean of a run settled: after how many iterations it was where, and how well it was known then."""

from __future__ import annotations

import math

import numpy as np

from compute.analysis.intervals import mean_interval
from compute.analysis.leaves import LEAF, NO_SAMPLES, FloatArray, leaf_moments
from compute.records import dataclass

MOST_POINTS = 50
_SHORTEST = 16
"""Iterations between two points, at least: with fewer the interval says little but that it is wide."""


@dataclass(frozen=True, slots=True)
class RunningMean:
    """After the first ``iterations[i]`` iterations, errors included, the mean was ``means[i]`` ± ``half_widths[i]``.

    NaN where the iterations so far do not determine one: no sample for a mean, fewer than two for its interval.
    """

    iterations: tuple[int, ...]
    means: tuple[float, ...]
    half_widths: tuple[float, ...]
    confidence: float


def running_mean(samples: FloatArray, confidence: float = 0.95) -> RunningMean:
    """The mean and its interval by Student's t after ever more iterations, at most ``MOST_POINTS`` times.

    Points lie a power of two of iterations apart, so on the grid of leaves in runs longer than ``MOST_POINTS`` leaves,
    and the last one is the whole run. Each is what a run of its iterations alone would tell, to the last bit. NaN
    samples are left out. Raises ValueError for a confidence outside (0, 1).
    """
    step = _SHORTEST
    while step * MOST_POINTS < samples.size:
        step *= 2
    ends = (*range(step, samples.size, step), samples.size) if samples.size else ()
    means, halves = [], []
    whole, start = NO_SAMPLES, 0
    # Values near the largest double overflow to inf, and nothing is known then.
    with np.errstate(over="ignore", invalid="ignore"):
        for end in ends:
            while end - start > LEAF:
                whole = whole.merged(leaf_moments(np.ascontiguousarray(samples[start : start + LEAF])))
                start += LEAF
            so_far = whole.merged(leaf_moments(np.ascontiguousarray(samples[start:end])))
            interval = mean_interval(so_far, confidence)
            means.append(so_far.mean if so_far.count else math.nan)
            halves.append(math.nan if interval is None else interval.half_width)
    return RunningMean(ends, tuple(means), tuple(halves), confidence)
