"""Change in output statistics, contribution to variance and grouped drivers against numpy and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from compute.analysis import tornado
from compute.analysis.correlations import spearman
from compute.analysis.describe import Measure
from compute.analysis.sensitivity import (
    change_in_statistic,
    constant_inputs,
    contribution_to_variance,
    grouped_drivers,
    inputs_without_effect,
)

RANDOM = np.random.default_rng(8)
N = 5000
X = {"price": RANDOM.normal(10, 1, N), "grade": RANDOM.integers(0, 4, N).astype(float), "idle": RANDOM.normal(size=N)}
Y = X["price"] * 3 + X["grade"] + RANDOM.normal(size=N)

MEASURES = {
    Measure("mean"): np.mean,
    Measure("standard_deviation"): lambda y: np.std(y, ddof=1),
    Measure("percentile", 0.9): lambda y: np.quantile(y, 0.9, method="inverted_cdf"),
    Measure("median"): lambda y: np.quantile(y, 0.5, method="inverted_cdf"),
    Measure("probability_at_most", 30.0): lambda y: np.mean(y <= 30),
}


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
@pytest.mark.parametrize("bins", [10, 4])
def test_bins_of_equal_count_sorted_by_the_input(measure: Measure, bins: int) -> None:
    lines = {line.name: line for line in change_in_statistic(X, Y, measure, bins)}
    for name, x in X.items():
        parts = np.array_split(np.argsort(x, kind="stable"), bins)
        expected = [MEASURES[measure](Y[part]) for part in parts]
        assert lines[name].values == pytest.approx(expected, rel=1e-12)
        assert lines[name].input_means == pytest.approx([x[part].mean() for part in parts], abs=1e-12)
        assert lines[name].baseline == pytest.approx(MEASURES[measure](Y), rel=1e-12)
        assert (lines[name].low, lines[name].high) == pytest.approx((min(expected), max(expected)))


def test_bins_of_a_number_that_does_not_divide_lose_nobody() -> None:
    x = np.arange(23.0)
    (line,) = change_in_statistic({"x": x}, x, Measure("maximum"))
    assert line.values == (1, 3, 5, 8, 10, 12, 15, 17, 19, 22)


def test_the_mean_is_the_tornado_of_the_summary_bit_for_bit() -> None:
    bars, lines = tornado(X, Y), change_in_statistic(X, Y)
    assert [(bar.name, bar.low_mean, bar.high_mean) for bar in bars] == [(x.name, x.low, x.high) for x in lines]


def test_a_spider_is_read_at_the_middles_of_the_bins() -> None:
    line = change_in_statistic({"price": X["price"]}, Y)[0]
    assert line.percents == (5, 15, 25, 35, 45, 55, 65, 75, 85, 95)
    assert line.rising
    assert not change_in_statistic({"price": -X["price"]}, Y)[0].rising
    assert line.swing == pytest.approx(3 * (line.input_means[-1] - line.input_means[0]), rel=0.05)


def test_errors_constants_and_little() -> None:
    x, y = X["price"].copy(), Y.copy()
    x[3], y[7] = np.nan, np.nan
    good = ~(np.isnan(x) | np.isnan(y))
    assert change_in_statistic({"x": x}, y) == change_in_statistic({"x": x[good]}, y[good])
    (flat,) = change_in_statistic({"x": np.ones(40)}, np.arange(40.0))
    assert (flat.percents, flat.values, flat.swing) == ((50.0,), (19.5,), 0.0)
    (none,) = change_in_statistic({"x": np.array([np.nan])}, np.array([1.0]))
    assert (none.values, none.low, none.swing, none.rising) == ((), None, 0.0, False)
    (few,) = change_in_statistic({"x": np.array([1.0, 2.0])}, np.array([5.0, 3.0]), Measure("standard_deviation"))
    assert few.values == (None, None)
    with pytest.raises(ValueError, match="bins is 0"):
        change_in_statistic(X, Y, bins=0)


def test_contributions_to_variance() -> None:
    found = contribution_to_variance({"a": 0.6, "b": -0.3, "c": 0.0, "flat": None})
    assert found == {"a": pytest.approx(0.8), "b": pytest.approx(-0.2), "c": 0.0, "flat": None}
    assert contribution_to_variance({"a": 0.0}) == {"a": 0.0}
    linear = spearman(X, {"y": 2 * X["price"] - X["idle"]})
    shares = contribution_to_variance(linear.of_output("y"))
    assert shares["price"] == pytest.approx(0.8, abs=0.02)
    assert shares["idle"] == pytest.approx(-0.2, abs=0.02)


def test_an_event_and_its_impact_are_one_driver() -> None:
    strikes = RANDOM.integers(0, 2, N).astype(float)
    impact = RANDOM.normal(50, 30, N)
    inputs = {"strike": strikes, "price": X["price"], "cost of strike": impact}
    found = grouped_drivers(inputs, {"risk 1": ("strike", "cost of strike")})
    assert list(found) == ["risk 1", "price"]
    np.testing.assert_array_equal(found["risk 1"], strikes * impact)
    loss = strikes * impact
    alone, together = spearman(inputs, {"loss": loss}), spearman(found, {"loss": loss})
    assert together.coefficients[0, 0] == 1.0
    assert alone.coefficients.max() < 0.95
    assert grouped_drivers(inputs, {"strike": ("strike", "cost of strike")}).keys() == {"strike", "price"}


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ({"risk": ("strike", "nothing")}, "'nothing', which is not there"),
        ({"price": ("strike", "impact")}, "already called 'price'"),
        ({"risk": ("impact", "strike")}, "other than 0 and 1"),
        ({"a": ("strike", "impact"), "b": ("strike", "price")}, "belongs to two drivers"),
    ],
)
def test_pairs_that_make_no_sense_are_refused(pairs: dict[str, tuple[str, str]], message: str) -> None:
    inputs = {"strike": np.array([0.0, 1.0]), "impact": np.array([3.0, 4.0]), "price": np.array([1.0, 2.0])}
    with pytest.raises(ValueError, match=message):
        grouped_drivers(inputs, pairs)


def test_inputs_that_reach_nothing_or_never_vary() -> None:
    assert inputs_without_effect(("a", "b", "c"), {"y": {"a"}, "z": {"a", "c"}}) == ("b",)
    assert constant_inputs({"a": np.array([1.0, np.nan, 1.0]), "b": np.array([1.0, 2.0]), "c": np.array([np.nan])}) == (
        "a",
        "c",
    )
