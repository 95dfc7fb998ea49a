"""Orders, ranks and correlations against numpy and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from compute.analysis.correlations import linear_correlation, pearson, spearman
from compute.analysis.ordering import ranks, stable_order

RANDOM = np.random.default_rng(31)
COLUMNS = {
    "normal": RANDOM.normal(size=50_000),
    "few values": RANDOM.integers(0, 5, 50_000).astype(float),
    "close neighbours": 1e15 + RANDOM.random(50_000) * 100,
    "rounded": RANDOM.normal(size=50_000).round(3),
    "both zeros": np.array([0.0, -0.0, 1.0, -1.0, -0.0]),
    "one": np.array([3.0]),
    "constant": np.ones(7),
    "infinite": np.array([np.inf, 1.0, -np.inf, 2.0]),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_orders_and_ranks_are_numpys_and_scipys(name: str) -> None:
    x = COLUMNS[name]
    assert stable_order(x).order.tolist() == np.argsort(x, kind="stable").tolist()
    found, expected = ranks(x), 2 * stats.rankdata(x) - (x.size + 1)
    assert found.centred.tolist() == expected.tolist()
    assert found.spread == sum(int(rank) ** 2 for rank in expected)


@given(st.lists(st.floats(allow_nan=False) | st.integers(-2, 2).map(float), min_size=1, max_size=80))
def test_any_column_is_ranked(values: list[float]) -> None:
    x = np.array(values)
    assert stable_order(x).order.tolist() == np.argsort(x, kind="stable").tolist()
    assert ranks(x).centred.tolist() == (2 * stats.rankdata(x) - (x.size + 1)).tolist()


def samples(count: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    inputs = {f"x{place}": RANDOM.normal(size=count) for place in range(20)}
    inputs["event"] = RANDOM.integers(0, 2, count).astype(float)
    profit = inputs["x0"] ** 3 - 2 * inputs["x1"] + inputs["event"] + RANDOM.normal(size=count)
    return inputs, {"profit": profit, "rounded": profit.round(0), "loss": -profit}


@pytest.mark.parametrize("count", [50, 3000, 70_001])
def test_rank_correlations_are_scipys(count: int) -> None:
    inputs, outputs = samples(count)
    found = spearman(inputs, outputs)
    for row, x in enumerate(inputs.values()):
        for column, y in enumerate(outputs.values()):
            assert found.coefficients[row, column] == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)
    assert found.of_output("loss")["x1"] == -found.coefficients[1, 0]


def test_rank_correlations_are_the_same_bits_in_any_company() -> None:
    inputs, outputs = samples(5000)
    together = spearman(inputs, outputs).coefficients
    alone = spearman({"x3": inputs["x3"]}, {"rounded": outputs["rounded"]}).coefficients
    assert together[3, 1] == alone[0, 0]


def test_perfect_order_is_exactly_one() -> None:
    x = RANDOM.normal(size=9999)
    found = spearman({"x": x, "falling": -np.exp(x), "ties": np.floor(x)}, {"y": x**3, "t": np.floor(x) * 2})
    assert found.coefficients[:2, 0].tolist() == [1.0, -1.0]
    assert found.coefficients[2, 1] == 1.0


def test_errors_are_left_out_pair_by_pair() -> None:
    inputs, outputs = samples(2000)
    inputs["x0"][::5] = np.nan
    outputs["profit"][3::7] = np.nan
    ranked, linear = spearman(inputs, outputs), pearson(inputs, outputs)
    for row, x in enumerate(inputs.values()):
        for column, y in enumerate(outputs.values()):
            good = ~(np.isnan(x) | np.isnan(y))
            expected = stats.spearmanr(x[good], y[good]).statistic
            assert ranked.coefficients[row, column] == pytest.approx(expected, abs=1e-12)
            expected = stats.pearsonr(x[good], y[good]).statistic
            assert linear.coefficients[row, column] == pytest.approx(expected, abs=1e-12)


def test_constants_correlate_with_nothing() -> None:
    found = spearman({"flat": np.ones(9), "x": np.arange(9.0), "none": np.full(9, np.nan)}, {"y": np.arange(9.0)})
    assert found.of_output("y") == {"flat": None, "x": 1.0, "none": None}
    assert math.isnan(linear_correlation(np.ones(5), np.arange(5.0)))


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_linear_correlation_keeps_its_digits(scale: float) -> None:
    x = RANDOM.normal(size=10_000)
    y = x + RANDOM.normal(size=10_000)
    expected = stats.pearsonr(x, y).statistic
    with np.errstate(under="ignore", over="ignore"):
        shown = linear_correlation(1e9 + x, scale * y)
    if scale == 1.0:
        assert shown == pytest.approx(expected, abs=1e-7)
    else:
        # The squares of such values are no doubles: undetermined, not wrong.
        assert math.isnan(shown)
