"""Histograms, cumulative curves and tornado bars."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from compute.analysis import cumulative, histogram, tornado

RANDOM = np.random.default_rng(8)
X = RANDOM.normal(100, 10, 10_000)


def test_histogram_follows_freedman_and_diaconis() -> None:
    found = histogram(X)
    width = 2 * stats.iqr(X) / np.cbrt(X.size)
    assert found.counts.size == pytest.approx(math.ceil((X.max() - X.min()) / width), abs=1)
    counts, _ = np.histogram(X, found.edges)
    assert found.counts.tolist() == counts.tolist()


def test_bins_can_be_asked_for() -> None:
    found = histogram(X, bins=17)
    counts, edges = np.histogram(X, 17)
    np.testing.assert_allclose(found.edges, edges)
    assert found.counts.tolist() == counts.tolist()
    with pytest.raises(ValueError, match="bins is 0"):
        histogram(X, bins=0)


@given(st.lists(st.floats(-1e300, 1e300) | st.just(math.nan), max_size=300))
def test_every_sample_is_counted_once(values: list[float]) -> None:
    found = histogram(np.array(values))
    assert found.counts.sum() == sum(not math.isnan(value) for value in values)
    assert np.all(np.diff(found.edges) > 0)
    assert found.counts.size <= 100
    assert found.edges.size in (0, found.counts.size + 1)


def test_quartiles_that_nearly_agree_beside_a_far_value() -> None:
    found = histogram(np.array([0.0, 0.0, 0.0, -4.7e135, -2.2e-173]))
    assert found.counts.size == 100
    assert found.counts.sum() == 5


@pytest.mark.parametrize("value", [0.0, 1.0, -1e15])
def test_values_with_nothing_between_them_share_a_bar(value: float) -> None:
    found = histogram(np.array([value, np.nextafter(value, np.inf)]))
    assert np.all(np.diff(found.edges) > 0)
    assert found.counts.sum() == 2


def test_few_values_get_one_bin_each() -> None:
    found = histogram(np.array([1.5, 2.0, 10.0, 2.0, 1.5, 2.0, 2.0]))
    assert found.counts.tolist() == [2, 4, 1]
    assert found.edges.tolist() == [1.25, 1.75, 6.0, 14.0]


def test_whole_numbers_keep_their_gaps() -> None:
    found = histogram(np.repeat([0.0, 1.0, 4.0], 5))
    assert found.edges.tolist() == [-0.5, 0.5, 1.5, 2.5, 3.5, 4.5]
    assert found.counts.tolist() == [5, 5, 0, 0, 5]


@pytest.mark.parametrize("value", [0.0, 7.0, -1e17, 1e300])
def test_constant_gets_one_bin(value: float) -> None:
    found = histogram(np.full(10, value))
    assert found.counts.tolist() == [10]
    assert found.edges[0] < value < found.edges[1]


def test_neighbouring_doubles_can_still_be_binned() -> None:
    x = 1e15 + np.array([0.0, 0.125, 0.25] * 40)
    assert histogram(x, bins=50).counts.sum() == 120


def test_cumulative_rises_to_one_through_order_statistics() -> None:
    found = cumulative(X, points=50)
    assert found.values.size == 50
    assert found.probabilities[-1] == 1.0
    assert found.values[-1] == X.max()
    assert found.values.tolist() == np.sort(X)[199::200].tolist()
    for value, probability in zip(found.values, found.probabilities, strict=True):
        assert np.mean(value >= X) == pytest.approx(probability)


def test_cumulative_of_few_samples_has_a_point_for_each() -> None:
    found = cumulative(np.array([3.0, math.nan, 1.0, 2.0]))
    assert found.values.tolist() == [1.0, 2.0, 3.0]
    assert found.probabilities.tolist() == [1 / 3, 2 / 3, 1.0]
    assert cumulative(np.array([math.nan])).values.size == 0
    with pytest.raises(ValueError, match="points is 0"):
        cumulative(X, points=0)


def test_tornado_against_scipy_and_by_hand() -> None:
    price, cost, idle = RANDOM.normal(10, 1, 5000), RANDOM.normal(4, 2, 5000), RANDOM.normal(0, 1, 5000)
    profit = price - cost
    bars = tornado({"idle": idle, "price": price, "cost": cost}, profit)
    assert [bar.name for bar in bars] == ["cost", "price", "idle"]
    for bar, samples in zip(bars, (cost, price, idle), strict=True):
        assert bar.rank_correlation == pytest.approx(stats.spearmanr(samples, profit).statistic, abs=1e-12)
        means = profit[np.argsort(samples, kind="stable")].reshape(10, 500).mean(axis=1)
        assert bar.low_mean == pytest.approx(means.min())
        assert bar.high_mean == pytest.approx(means.max())
        assert bar.swing == pytest.approx(np.ptp(means))


def test_tornado_can_be_ordered_by_rank_correlation() -> None:
    x = np.arange(100.0)
    bars = tornado({"weak": x % 7, "falling": -x, "rising": x}, x, by="rank_correlation")
    assert [(bar.name, bar.rank_correlation) for bar in bars[:2]] == [("falling", -1.0), ("rising", 1.0)]


def test_ties_share_their_rank() -> None:
    x, y = RANDOM.integers(0, 4, 1000).astype(float), RANDOM.integers(0, 3, 1000).astype(float)
    (bar,) = tornado({"x": x}, y)
    assert bar.rank_correlation == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)


def test_iterations_with_errors_are_left_out_of_a_bar() -> None:
    x, y = np.arange(30.0), np.arange(30.0) ** 2
    x[3], y[7] = np.nan, np.nan
    good = ~(np.isnan(x) | np.isnan(y))
    assert tornado({"x": x}, y) == tornado({"x": x[good]}, y[good])


def test_constants_and_empty_runs_move_nothing() -> None:
    (bar,) = tornado({"x": np.ones(40)}, np.arange(40.0))
    assert (bar.rank_correlation, bar.low_mean, bar.high_mean, bar.swing) == (None, 19.5, 19.5, 0.0)
    (bar,) = tornado({"x": np.array([np.nan])}, np.array([1.0]))
    assert (bar.rank_correlation, bar.low_mean, bar.swing) == (None, None, 0.0)
    (bar,) = tornado({"x": np.array([1.0, 2.0, 3.0])}, np.array([1.0, 5.0, 3.0]))
    assert (bar.low_mean, bar.high_mean) == (1.0, 5.0)
