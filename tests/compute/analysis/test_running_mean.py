"""The running mean and its band: prefixes by numpy and scipy, the grid of its points, errors and extremes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from compute.analysis import LEAF, central_moments, mean_interval, running_mean


def samples_of(count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.random.default_rng(8).lognormal(0.0, 1.0, count)


@pytest.mark.parametrize(
    ("count", "points", "step"),
    [(0, 0, 16), (1, 1, 16), (16, 1, 16), (17, 2, 16), (800, 50, 16), (801, 26, 32), (1_000, 32, 32), (10_000, 40, 256),
     (50 * LEAF, 50, LEAF), (1_000_000, 31, 8 * LEAF)],
)  # fmt: skip
def test_points_are_a_power_of_two_apart_and_end_with_the_run(count: int, points: int, step: int) -> None:
    found = running_mean(np.zeros(count))
    assert len(found.iterations) == len(found.means) == len(found.half_widths) == points
    assert found.iterations == (*range(step, count, step), count)[: points or -1]


@pytest.mark.parametrize("count", [700, 5_000, 3 * 50 * LEAF])
def test_each_point_is_what_a_run_of_its_length_tells(count: int) -> None:
    samples = samples_of(count)
    found = running_mean(samples, 0.9)
    for iterations, mean, half in zip(found.iterations, found.means, found.half_widths, strict=True):
        shorter = samples[:iterations]
        interval = mean_interval(shorter, 0.9)
        assert interval is not None
        assert (mean, half) == (central_moments(shorter).mean, interval.half_width)
        low, high = stats.t.interval(0.9, iterations - 1, shorter.mean(), stats.sem(shorter))
        assert (mean - half, mean + half) == pytest.approx((low, high), rel=1e-9)


def test_errors_count_as_iterations_and_are_left_out_of_means() -> None:
    samples = np.full(64, 3.0)
    samples[:17] = math.nan
    samples[17] = 5.0
    found = running_mean(samples)
    assert found.iterations == (16, 32, 48, 64)
    assert math.isnan(found.means[0])
    assert math.isnan(found.half_widths[0])
    assert found.means[1:] == pytest.approx([(5 + 3 * n) / (n + 1) for n in (14, 30, 46)])
    one = running_mean(np.array([math.nan, 2.0]))
    assert one.means == (2.0,)
    assert math.isnan(one.half_widths[0])


def test_values_near_the_largest_double_have_no_band() -> None:
    found = running_mean(np.tile([-1e308, 1e308], 20))
    assert all(math.isnan(half) for half in found.half_widths)
    assert len(found.iterations) == 3


@pytest.mark.parametrize("confidence", [0.0, 1.0])
def test_a_confidence_lies_between_0_and_1(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        running_mean(np.zeros(20), confidence)
