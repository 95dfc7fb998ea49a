"""Statistics of a run against numpy and scipy on the same samples, and their bits whatever computed them."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from compute.analysis import LEAF, central_moments, leaf_moments, percentile, probability_at_most, summarise
from compute.analysis.leaves import NO_SAMPLES
from compute.analysis.percentiles import order_statistic, order_statistics
from compute.analysis.summary import estimated_mode

RANDOM = np.random.default_rng(5)
SAMPLES: dict[str, Any] = {
    "normal": RANDOM.normal(100, 10, 10_001),
    "skewed": RANDOM.lognormal(0, 1, 30_000),
    "counts": RANDOM.poisson(3, 5000).astype(float),
    "one leaf": RANDOM.uniform(-1, 1, LEAF),
    "leaf and one": RANDOM.uniform(-1, 1, LEAF + 1),
    "few": np.array([3.0, 1.0, 4.0, 1.0, 5.0]),
    "far from zero": 1e9 + RANDOM.normal(0, 1, 20_000),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_statistics_are_those_of_scipy(name: str) -> None:
    x = SAMPLES[name]
    found = summarise(x)
    centred = x - np.median(x)
    assert (found.count, found.errors) == (x.size, 0)
    assert found.mean == pytest.approx(math.fsum(x) / x.size, rel=1e-15)
    assert found.variance == pytest.approx(float(np.var(centred, ddof=1)), rel=1e-12)
    assert found.standard_deviation == pytest.approx(float(np.std(centred, ddof=1)), rel=1e-12)
    assert found.skewness == pytest.approx(float(stats.skew(centred, bias=False)), rel=1e-10, abs=1e-12)
    assert found.kurtosis == pytest.approx(float(stats.kurtosis(centred, bias=False, fisher=False)), rel=1e-10)
    assert (found.minimum, found.maximum) == (x.min(), x.max())


@pytest.mark.parametrize("name", SAMPLES)
def test_percentiles_are_order_statistics(name: str) -> None:
    x = SAMPLES[name]
    found = summarise(x)
    assert tuple(found.percentiles) == (1, *range(5, 100, 5), 99)
    ascending = np.sort(x)
    for percent, value in found.percentiles.items():
        assert value == ascending[math.ceil(percent * x.size / 100) - 1]
        assert value == np.quantile(x, percent / 100, method="inverted_cdf")
    assert found.median == found.percentiles[50]


def test_percentile_counts_in_decimals_and_not_in_doubles() -> None:
    hundred = np.arange(1.0, 101.0)
    assert [percentile(hundred, place / 100) for place in range(1, 101)] == hundred.tolist()
    assert percentile(hundred, 0.0) == 1.0
    assert [probability_at_most(hundred, x) for x in (0.5, 1.0, 49.9, 100.0)] == [0.0, 0.01, 0.49, 1.0]


@pytest.mark.parametrize("p", [-0.01, 1.01, math.nan])
def test_percentile_outside_the_unit_interval_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile(np.array([1.0]), p)


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no samples"):
        percentile(np.array([math.nan]), 0.5)
    with pytest.raises(ValueError, match="no samples"):
        probability_at_most(np.array([]), 0.5)


def test_errors_are_left_out_and_counted() -> None:
    x = SAMPLES["normal"].copy()
    x[::7] = np.nan
    clean = summarise(x[~np.isnan(x)])
    found = summarise(x)
    assert found.errors == np.count_nonzero(np.isnan(x))
    assert found.count == clean.count
    assert found.mean == pytest.approx(clean.mean, rel=1e-14)
    assert found.percentiles == clean.percentiles
    assert summarise(x, errors=3).errors == 3


def test_no_samples_have_no_statistics() -> None:
    for x in (np.array([]), np.array([np.nan, np.nan])):
        found = dataclasses.asdict(dataclasses.replace(summarise(x), percentiles={}))
        assert found.pop("count") == 0
        assert found.pop("errors") == x.size
        assert found.pop("percentiles") == {}
        assert set(found.values()) == {None}


@pytest.mark.parametrize("value", [0.0, 0.1, -3.3, 1e15 + 0.125, 1e300, 5e-324])
@pytest.mark.parametrize("n", [2, 5, LEAF, 3 * LEAF + 17])
def test_constants_have_exactly_no_spread(value: float, n: int) -> None:
    found = summarise(np.full(n, value))
    assert (found.mean, found.standard_deviation, found.variance, found.mode) == (value, 0.0, 0.0, value)
    assert (found.skewness, found.kurtosis) == (None, None)


def test_one_sample_has_no_spread_to_estimate() -> None:
    found = summarise(np.array([7.0]))
    assert (found.mean, found.median, found.mode, found.percentiles[1]) == (7.0, 7.0, 7.0, 7.0)
    assert (found.standard_deviation, found.variance, found.skewness, found.kurtosis) == (None,) * 4


def test_values_near_1e15_keep_their_digits() -> None:
    offsets = np.tile(np.array([0.0, 0.25, 0.5, 1.0, 8.0]), 4000)
    found = summarise(1e15 + offsets)
    assert found.mean == 1e15 + float(offsets.mean()) == 1e15 + 1.95
    assert found.variance == pytest.approx(float(np.var(offsets, ddof=1)), rel=1e-13)
    assert found.kurtosis == pytest.approx(float(stats.kurtosis(offsets, bias=False, fisher=False)), rel=1e-12)


def test_values_beyond_the_doubles_are_undetermined_and_not_nan() -> None:
    found = summarise(np.array([-1.7e308, 1.7e308] * 10))
    numbers = [found.mean, found.standard_deviation, found.skewness, found.kurtosis]
    assert all(number is None or math.isfinite(number) for number in numbers)
    assert (found.minimum, found.maximum) == (-1.7e308, 1.7e308)


@given(st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), max_size=60), st.integers(1, 7))
def test_moments_merge_like_the_whole(values: list[float], leaf: int) -> None:
    x = np.array(values)
    merged = NO_SAMPLES
    for start in range(0, x.size, leaf):
        merged = merged.merged(leaf_moments(x[start : start + leaf]))
    whole = leaf_moments(x)
    assert (merged.count, merged.minimum, merged.maximum) == (whole.count, whole.minimum, whole.maximum)
    scale = max(1.0, float(np.nanmax(np.abs(x))) if whole.count else 1.0)
    for power, name in enumerate(("mean", "m2", "m3", "m4"), start=1):
        assert getattr(merged, name) == pytest.approx(getattr(whole, name), rel=1e-9, abs=1e-9 * scale**power)


def test_moments_stand_on_the_grid_of_leaves() -> None:
    x = SAMPLES["skewed"]
    merged = NO_SAMPLES
    for start in range(0, x.size, LEAF):
        merged = merged.merged(leaf_moments(x[start : start + LEAF].copy()))
    assert merged == central_moments(x)
    assert central_moments(np.repeat(x, 2)[::2]) == merged


@pytest.mark.parametrize(
    ("samples", "mode"),
    [
        ([1, 2, 2, 3], 2.0),
        ([3, 3, 1, 1, 2], 1.0),
        ([5], 5.0),
        ([5, 6], 5.0),
        (np.concatenate((np.zeros(300), RANDOM.normal(10, 1, 700))), 0.0),
    ],
    ids=["most frequent", "first of equals", "one", "two", "atom beside a continuous part"],
)
def test_mode_of_repeated_values_is_the_most_frequent(samples: Any, mode: float) -> None:
    assert summarise(np.asarray(samples, dtype=float)).mode == mode


def test_mode_of_a_continuous_variable_is_near_its_peak() -> None:
    assert summarise(np.random.default_rng(1).gamma(3, 2, 100_000)).mode == pytest.approx(4, abs=0.4)
    assert summarise(np.random.default_rng(1).normal(50, 1, 100_000)).mode == pytest.approx(50, abs=0.2)


SHARES = (0.0, 0.01, 0.07, 0.29, 0.5, 0.57, 0.99, 1.0)


@pytest.mark.parametrize("n", [1, 2, 7, 100, 1_000, 4_097])
def test_percentiles_taken_together_are_those_taken_alone(n: int) -> None:
    ascending = np.arange(n) ** 1.5
    assert order_statistics(ascending, SHARES) == [order_statistic(ascending, p) for p in SHARES]
    places = [max(1, -(-Fraction(str(p)) * n // 1)) for p in SHARES]
    assert order_statistics(ascending, SHARES) == [float(ascending[int(place) - 1]) for place in places]


def test_percentiles_taken_together_are_refused_as_those_taken_alone() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        order_statistics(np.ones(3), (0.5, 1.5))
    with pytest.raises(ValueError, match="no samples"):
        order_statistics(np.empty(0), (0.5,))


@pytest.mark.parametrize("n", [1, 2, 3, 10, 1_000])
def test_mode_where_nothing_repeats_and_where_one_pair_does(n: int) -> None:
    """Venter's interval, also where a pair makes less than 2 % of the samples; below 3 samples the first of equals."""
    alone = np.sort(np.random.default_rng(n).normal(size=n))
    held = max(2, math.ceil(n**0.8))
    if n < 3:
        assert estimated_mode(alone) == alone[0]
        return
    first = int(np.argmin(alone[held - 1 :] - alone[: n - held + 1]))
    expected = alone[first] + (alone[first + held - 1] - alone[first]) / 2
    assert estimated_mode(alone) == expected
    paired = alone.copy()
    paired[-1] = paired[-2]
    assert estimated_mode(paired) == (expected if n > 100 else paired[-1])
