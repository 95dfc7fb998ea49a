"""Statistics in both conventions against numpy, scipy and the examples on Excel's own pages."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from compute.analysis import LEAF, summarise
from compute.analysis.conventions import Convention, complement, cumulative_probability, mode, quantile
from compute.analysis.describe import Measure, describe
from compute.analysis.leaf_sums import leaf_sum

RANDOM = np.random.default_rng(11)
SAMPLES = {
    "normal": RANDOM.normal(100, 10, 10_001),
    "skewed": RANDOM.lognormal(0, 1, 30_000),
    "counts": RANDOM.poisson(3, 5000).astype(float),
    "few": np.array([3.0, 1.0, 4.0, 1.0, 5.0]),
    "far from zero": 1e9 + RANDOM.normal(0, 1, 20_000),
}
EXCEL = Convention.EXCEL


@pytest.mark.parametrize("name", SAMPLES)
def test_statistics_are_those_of_numpy_and_scipy(name: str) -> None:
    x = SAMPLES[name]
    middle = float(np.median(x))
    centred = x - middle
    found = describe(x)
    assert found.mean == pytest.approx(math.fsum(x) / x.size, rel=1e-15)
    assert found.variance == pytest.approx(np.var(centred, ddof=1), rel=1e-12)
    assert found.standard_deviation == pytest.approx(np.std(centred, ddof=1), rel=1e-12)
    assert found.standard_error == pytest.approx(stats.sem(centred), rel=1e-12)
    assert found.coefficient_of_variation == pytest.approx(np.std(centred, ddof=1) / np.mean(x), rel=1e-12)
    assert found.skewness == pytest.approx(stats.skew(centred, bias=False), rel=1e-10, abs=1e-12)
    assert found.kurtosis == pytest.approx(stats.kurtosis(centred, bias=False, fisher=False), rel=1e-10)
    assert (found.minimum, found.maximum, found.range) == (x.min(), x.max(), np.ptp(x))
    assert found.median == np.quantile(x, 0.5, method="inverted_cdf")
    assert found.mode == summarise(x).mode
    spread = np.abs(centred - math.fsum(centred) / x.size)
    assert found.mean_absolute_deviation == pytest.approx(math.fsum(spread) / x.size, rel=1e-12)


@pytest.mark.parametrize("name", SAMPLES)
def test_excel_differs_where_its_functions_do(name: str) -> None:
    x = SAMPLES[name]
    ours, theirs = describe(x), describe(x, EXCEL)
    assert theirs.kurtosis == pytest.approx(stats.kurtosis(x - np.median(x), bias=False), rel=1e-9, abs=1e-9)
    assert theirs.median == pytest.approx(np.median(x), rel=1e-15)
    for percent, value in theirs.percentiles.items():
        assert value == pytest.approx(np.quantile(x, percent / 100), rel=1e-14)
    same = ("mean", "variance", "standard_deviation", "skewness", "minimum", "maximum", "semi_deviation")
    assert [getattr(ours, key) for key in same] == [getattr(theirs, key) for key in same]


SKEWED_TEN = np.array([3.0, 4, 5, 2, 3, 4, 5, 6, 4, 7])


@pytest.mark.parametrize(
    ("samples", "measure", "shown"),
    [
        (SKEWED_TEN, Measure("kurtosis"), -0.151799637),
        (SKEWED_TEN, Measure("skewness"), 0.359543071),
        (np.array([4.0, 5, 6, 7, 5, 4, 3]), Measure("mean_absolute_deviation"), 1.020408163),
        (np.array([5.6, 4, 4, 3, 2, 4]), Measure("mode"), 4),
        (np.array([1.0, 2, 3, 4]), Measure("percentile", 0.3), 1.9),
        (np.array([13.0, 12, 11, 8, 4, 3, 2, 1, 1, 1]), Measure("probability_at_most", 2), 1 / 3),
        (np.array([13.0, 12, 11, 8, 4, 3, 2, 1, 1, 1]), Measure("probability_at_most", 4), 5 / 9),
        (np.array([13.0, 12, 11, 8, 4, 3, 2, 1, 1, 1]), Measure("probability_at_most", 8), 2 / 3),
        (np.array([13.0, 12, 11, 8, 4, 3, 2, 1, 1, 1]), Measure("probability_at_most", 5), 0.58333333),
        (np.array([1345.0, 1301, 1368, 1322, 1310, 1370, 1318, 1350, 1303, 1299]),
         Measure("standard_deviation"), 27.46391572),
    ],
    ids=lambda value: value.name if isinstance(value, Measure) else "",
)  # fmt: skip
def test_examples_on_the_pages_of_excels_functions(samples: np.ndarray, measure: Measure, shown: float) -> None:
    """KURT, SKEW, AVEDEV, MODE.SNGL, PERCENTILE.INC, PERCENTRANK.INC (to the digits shown), STDEV.S."""
    assert measure.of(samples, EXCEL) == pytest.approx(shown, abs=5e-9)


def test_a_single_mode_is_the_first_met_and_none_where_nothing_repeats() -> None:
    assert mode(np.array([5.0, 1.0, 1.0, 5.0, 2.0]), EXCEL) == 5.0
    assert mode(np.array([5.0, 1.0]), EXCEL) is None
    assert mode(np.array([]), EXCEL) is None
    assert describe(np.array([np.nan, 2.0, 2.0, 1.0]), EXCEL).mode == 2.0


def test_percents_count_as_decimals() -> None:
    hundred = np.arange(1.0, 1001.0)
    found = describe(hundred, percents=(0.1, 2.5, 7, 99.9)).percentiles
    assert dict(found) == {0.1: 1.0, 2.5: 25.0, 7: 70.0, 99.9: 999.0}
    assert quantile(hundred, complement(0.07)) == 930.0
    with pytest.raises(ValueError, match="between 0 and 1"):
        describe(hundred, percents=(101,))


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=40), st.floats(0, 1))
def test_excels_percentile_is_numpys_linear_one(values: list[float], p: float) -> None:
    ascending = np.sort(np.array(values))
    with np.errstate(over="ignore"):
        expected = float(np.quantile(ascending / 4, p)) * 4
    assert quantile(ascending, p, EXCEL) == pytest.approx(
        expected, rel=1e-9, abs=1e-9 * np.abs(ascending).max() + 1e-320
    )


def test_outside_the_samples_the_probability_is_0_or_1() -> None:
    x = np.array([1.0, 2.0])
    for convention in Convention:
        assert cumulative_probability(x, 0.9, convention) == 0.0
        assert cumulative_probability(x, 2.1, convention) == 1.0
    assert cumulative_probability(np.array([3.0]), 3.0, EXCEL) == 1.0
    for convention in Convention:
        with pytest.raises(ValueError, match="no samples"):
            cumulative_probability(np.array([]), 1.0, convention)
        with pytest.raises(ValueError, match="no samples"):
            quantile(np.array([]), 0.5, convention)


@pytest.mark.parametrize("convention", Convention)
def test_errors_are_left_out_and_counted(convention: Convention) -> None:
    x = SAMPLES["skewed"].copy()
    x[::7] = np.nan
    found, clean = describe(x, convention), describe(x[~np.isnan(x)], convention)
    assert (found.count, found.errors) == (clean.count, np.count_nonzero(np.isnan(x)))
    assert found.percentiles == clean.percentiles
    for key in ("mean", "standard_deviation", "semi_deviation", "mean_absolute_deviation", "kurtosis"):
        assert getattr(found, key) == pytest.approx(getattr(clean, key), rel=1e-12)


def test_no_samples_have_no_statistics() -> None:
    found = describe(np.array([np.nan]))
    assert (found.count, found.errors, dict(found.percentiles)) == (0, 1, {})
    assert (found.mean, found.median, found.mode, found.range, found.mean_absolute_deviation) == (None,) * 5


def test_one_sample_and_constants() -> None:
    one = describe(np.array([7.0]))
    assert (one.mean, one.range, one.mean_absolute_deviation) == (7.0, 0.0, 0.0)
    assert (one.variance, one.semi_deviation, one.standard_error) == (None, None, None)
    same = describe(np.full(3 * LEAF + 5, 0.1))
    assert (same.mean, same.variance, same.semi_deviation, same.mean_absolute_deviation) == (0.1, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("convention", Convention)
def test_a_measure_is_the_same_number_as_in_the_description(convention: Convention) -> None:
    x = SAMPLES["counts"]
    found = describe(x, convention)
    for name in ("mean", "median", "mode", "standard_deviation", "variance", "skewness", "kurtosis", "minimum",
                 "maximum", "range", "coefficient_of_variation", "standard_error", "semi_deviation",
                 "mean_absolute_deviation"):  # fmt: skip
        assert Measure(name).of(x, convention) == getattr(found, name)
    assert Measure("percentile", 0.95).of(x, convention) == found.percentiles[95]
    assert Measure("value_at_risk", 0.05).of(x, convention) == found.percentiles[5]


@pytest.mark.parametrize(
    ("name", "level", "message"),
    [
        ("average", None, "is no statistic"),
        ("mean", 0.5, "takes no level"),
        ("percentile", None, "takes a number"),
        ("percentile", 95, "between 0 and 1"),
        ("probability_at_most", math.nan, "takes a number"),
    ],
)
def test_a_measure_that_makes_no_sense_is_refused(name: str, level: float | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Measure(name, level)  # type: ignore[arg-type]


def test_sums_stand_on_the_grid_of_leaves() -> None:
    x = SAMPLES["skewed"].copy()
    x[5::11] = np.nan
    whole = leaf_sum(x)
    assert whole == pytest.approx(math.fsum(x[~np.isnan(x)]), rel=1e-15)
    assert leaf_sum(np.repeat(x, 3)[::3]) == whole
    parts = [leaf_sum(x[start : start + LEAF]) for start in range(0, x.size, LEAF)]
    assert math.fsum(reversed(parts)) == whole
    assert leaf_sum(np.full(2 * LEAF, 1e308)) == math.inf
    assert leaf_sum(np.array([])) == 0.0
