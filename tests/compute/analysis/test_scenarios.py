"""Scenarios and stress runs against numpy, scipy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from compute.analysis.conventions import Convention
from compute.analysis.describe import Measure
from compute.analysis.scenarios import (
    OutputRange,
    Truncation,
    ks_distance,
    scenario,
    stress_effects,
    stress_plan,
)

RANDOM = np.random.default_rng(51)
N = 8000
X = {"weak": RANDOM.normal(size=N), "spread": RANDOM.normal(size=N), "strong": RANDOM.normal(5, 2, N)}
Y = {"profit": 3 * X["strong"] + X["weak"], "risk": np.abs(X["spread"])}
BEST = OutputRange(0.75, None, percentiles=True)


def test_significance_as_atrisk_defines_it() -> None:
    found = scenario(X, Y, {"profit": BEST})
    edge = np.quantile(Y["profit"], 0.75, method="inverted_cdf")
    inside = Y["profit"] >= edge
    assert (found.count, found.total) == (inside.sum(), N)
    assert found.inputs[0].name == "strong"
    for line in found.inputs:
        x = X[line.name]
        median, overall = (np.quantile(part, 0.5, method="inverted_cdf") for part in (x[inside], x))
        assert (line.median, line.overall_median) == (median, overall)
        assert line.significance == pytest.approx((median - overall) / x.std(ddof=1), rel=1e-12)
        assert line.percentile_of_median == np.mean(x <= median)
        assert line.distance == pytest.approx(stats.ks_2samp(x[inside], x[~inside]).statistic, abs=1e-12)
        assert line.significant == (line.name == "strong")


def test_distance_sees_what_medians_do_not() -> None:
    found = {line.name: line for line in scenario(X, Y, {"risk": OutputRange(None, 0.25, True)}).inputs}
    assert found["spread"].significance == pytest.approx(0.0, abs=0.05)
    assert (found["spread"].distance or 0) > 0.4
    assert (found["strong"].distance or 1) < 0.05


def test_ranges_by_value_and_of_several_outputs() -> None:
    ranges = {"profit": OutputRange(10, 20), "risk": OutputRange(high=1.0)}
    inside = (Y["profit"] >= 10) & (Y["profit"] <= 20) & (Y["risk"] <= 1)
    found = scenario(X, Y, ranges, Convention.EXCEL)
    assert found.count == inside.sum()
    lines = {line.name: line for line in found.inputs}
    assert lines["weak"].median == pytest.approx(np.median(X["weak"][inside]), rel=1e-12)


def test_errors_belong_to_no_side() -> None:
    y, x = Y["profit"].copy(), X["strong"].copy()
    y[::7], x[::11] = np.nan, np.nan
    good = ~np.isnan(y)
    both = good & ~np.isnan(x)
    (line,) = scenario({"strong": x}, {"profit": y}, {"profit": OutputRange(low=16.0)}).inputs
    inside, outside = both & (y >= 16), both & ~(y >= 16)
    assert line.distance == pytest.approx(stats.ks_2samp(x[inside], x[outside]).statistic, abs=1e-12)
    assert scenario({"strong": x}, {"profit": y}, {"profit": BEST}).total == good.sum()


def test_scenarios_that_never_or_always_hold() -> None:
    (never,) = scenario({"x": X["weak"]}, Y, {"profit": OutputRange(low=1e9)}).inputs
    assert (never.median, never.significance, never.significant) == (None, None, False)
    (always,) = scenario({"x": X["weak"]}, Y, {"profit": OutputRange()}).inputs
    assert (always.significance, always.distance) == (0.0, None)
    (flat,) = scenario({"x": np.ones(N)}, Y, {"profit": BEST}).inputs
    assert (flat.significance, flat.distance) == (None, 0.0)
    (none,) = scenario({"x": np.full(N, np.nan)}, Y, {"profit": BEST}).inputs
    assert none.overall_median is None


def test_ks_distance_with_ties() -> None:
    first, second = np.sort(RANDOM.integers(0, 5, 300)) * 1.0, np.sort(RANDOM.integers(1, 7, 200)) * 1.0
    assert ks_distance(first, second) == pytest.approx(stats.ks_2samp(first, second).statistic, abs=1e-15)


def test_impossible_scenarios_are_refused() -> None:
    with pytest.raises(ValueError, match="low must not be above"):
        OutputRange(2, 1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        OutputRange(75, None, percentiles=True)
    with pytest.raises(ValueError, match="'sales'"):
        scenario(X, Y, {"sales": BEST})
    with pytest.raises(ValueError, match="needs a range"):
        scenario(X, Y, {})


def test_a_stress_plan_takes_inputs_one_by_one_and_together() -> None:
    low, high = Truncation("price", high=0.05), Truncation("cost", 0.95)
    plan = stress_plan((low, high))
    assert [(run.name, run.truncations) for run in plan] == [
        ("price", (low,)),
        ("cost", (high,)),
        ("all together", (low, high)),
    ]
    assert [run.name for run in stress_plan((low,))] == ["price"]
    both = stress_plan((low, Truncation("price", 0.95)))
    assert [run.name for run in both] == ["price 0 to 0.05", "price 0.95 to 1"]
    with pytest.raises(ValueError, match="Nothing is stressed"):
        stress_plan(())
    with pytest.raises(ValueError, match="price is stressed from 1"):
        Truncation("price", 1.0)


def test_stressed_draws_follow_the_truncated_law() -> None:
    uniforms = (np.arange(4000) + 0.5) / 4000
    drawn = stats.norm.ppf(Truncation("x", 0.1, 0.3).uniforms(uniforms))
    law = stats.truncnorm(stats.norm.ppf(0.1), stats.norm.ppf(0.3))
    assert drawn.mean() == pytest.approx(law.mean(), abs=1e-5)
    assert drawn.std() == pytest.approx(law.std(), abs=1e-4)


def test_effects_of_stress() -> None:
    baseline = {"profit": np.array([1.0, 2.0, 3.0]), "empty": np.array([np.nan] * 3)}
    stressed = {
        "price": {"profit": np.array([0.0, 1.0, 2.0]), "empty": np.array([1.0] * 3)},
        "cost": {"profit": np.array([-3.0, -2.0, -1.0]), "empty": np.array([1.0] * 3)},
    }
    effects = stress_effects(baseline, stressed, Measure("mean"))
    assert [(e.run, e.output, e.baseline, e.stressed, e.change) for e in effects] == [
        ("cost", "profit", 2.0, -2.0, -4.0),
        ("price", "profit", 2.0, 1.0, -1.0),
        ("price", "empty", None, 1.0, None),
        ("cost", "empty", None, 1.0, None),
    ]
