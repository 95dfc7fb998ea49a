"""Cumulative curves, boxes and fans against numpy and matplotlib's box statistics by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.analysis.conventions import Convention
from compute.analysis.curves import box, cumulative_curve, fan_chart

X = np.random.default_rng(4).lognormal(0, 1, 10_007)


@given(st.lists(st.floats(-1e6, 1e6) | st.integers(0, 5).map(float), min_size=1, max_size=200), st.integers(2, 30))
def test_every_point_of_the_curve_is_true(values: list[float], points: int) -> None:
    x = np.array(values)
    found = cumulative_curve(x, points)
    assert found.values.size <= points
    assert np.all(np.diff(found.values) > 0)
    assert found.values[-1] == x.max()
    assert found.values[0] == x.min()
    assert found.probabilities.tolist() == [np.count_nonzero(x <= value) / x.size for value in found.values]


def test_the_curve_keeps_within_its_resolution() -> None:
    found = cumulative_curve(X, 101)
    assert found.values.size == 101
    assert np.diff(found.probabilities).max() < 0.0101
    assert found.probabilities[0] == 1 / X.size


def test_few_values_are_all_kept() -> None:
    found = cumulative_curve(np.array([2.0, 1.0, 2.0, np.nan, 3.0]))
    assert found.values.tolist() == [1.0, 2.0, 3.0]
    assert found.probabilities.tolist() == [0.25, 0.75, 1.0]
    assert cumulative_curve(np.array([np.nan])).values.size == 0
    with pytest.raises(ValueError, match="points is 1"):
        cumulative_curve(X, 1)


@pytest.mark.parametrize("convention", Convention)
def test_a_box_by_tukey(convention: Convention) -> None:
    method = "inverted_cdf" if convention is Convention.ATRISK else "linear"
    low, middle, high = np.quantile(X, [0.25, 0.5, 0.75], method=method)
    fence = high + 1.5 * (high - low)
    found = box(X, convention)
    assert found is not None
    assert (found.low_quartile, found.median, found.high_quartile) == pytest.approx((low, middle, high), rel=1e-14)
    assert (found.minimum, found.maximum) == (X.min(), X.max())
    assert (found.low_whisker, found.high_whisker) == (X.min(), X[fence >= X].max())
    assert found.outliers == np.count_nonzero(fence < X)
    assert found.mean == pytest.approx(X.mean())


def test_whiskers_may_end_at_percentiles() -> None:
    found = box(np.arange(1.0, 101.0), whiskers=(5, 95))
    assert found is not None
    assert (found.low_whisker, found.high_whisker, found.outliers) == (5.0, 95.0, 9)


def test_boxes_of_little() -> None:
    assert box(np.array([np.nan])) is None
    one = box(np.array([2.0, np.nan]))
    assert one is not None
    assert (one.minimum, one.low_whisker, one.median, one.maximum, one.mean, one.outliers) == (2.0,) * 5 + (0,)
    for whiskers in (-1.0, (95.0, 5.0), (5.0, 101.0)):
        with pytest.raises(ValueError, match="whiskers is"):
            box(X, whiskers=whiskers)


def test_a_fan_has_the_percentiles_of_each_cell() -> None:
    cells = [X * year for year in (1.0, 2.0, 3.0)]
    cells[1] = cells[1].copy()
    cells[1][:7] = np.nan
    cells.append(np.full(X.size, np.nan))
    found = fan_chart(cells, (2.5, 50, 97.5))
    assert found.bands.shape == (3, 4)
    assert found.errors.tolist() == [0, 7, 0, X.size]
    for place in range(3):
        expected = np.nanquantile(cells[place], [0.025, 0.5, 0.975], method="inverted_cdf")
        assert found.bands[:, place].tolist() == expected.tolist()
        assert found.means[place] == pytest.approx(np.nanmean(cells[place]))
    assert np.isnan(found.bands[:, 3]).all()
    with pytest.raises(ValueError, match="between 0 and 100"):
        fan_chart(cells, (-1,))
