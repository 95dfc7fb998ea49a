"""Regression against numpy's least squares and scipy, and stepwise choices on models whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from compute.analysis.regression import regression

RANDOM = np.random.default_rng(41)
N = 6000
X = {name: RANDOM.normal(size=N) for name in ("price", "cost", "idle", "volume")}
X["volume"] = 100 + 20 * X["volume"] + 5 * X["price"]
Y = 3 * X["price"] - 2 * X["cost"] + 0.1 * X["volume"] + RANDOM.normal(size=N)


def least_squares(names: list[str]) -> tuple[np.ndarray, float]:
    design = np.column_stack([np.ones(N), *(X[name] for name in names)])
    found, *_ = np.linalg.lstsq(design, Y)
    return found, 1 - float(np.sum((Y - design @ found) ** 2) / np.sum((Y - Y.mean()) ** 2))


def test_full_regression_is_least_squares() -> None:
    found = regression(X, Y, stepwise=False)
    expected, r_squared = least_squares(list(X))
    terms = {term.name: term for term in found.terms}
    assert found.intercept == pytest.approx(expected[0], rel=1e-9)
    assert found.r_squared == pytest.approx(r_squared, abs=1e-12)
    assert found.adjusted_r_squared == pytest.approx(1 - (1 - r_squared) * (N - 1) / (N - 5), abs=1e-12)
    for name, coefficient in zip(X, expected[1:], strict=True):
        assert terms[name].coefficient == pytest.approx(coefficient, rel=1e-9)
        assert terms[name].standardised == pytest.approx(coefficient * X[name].std() / Y.std(), rel=1e-9)
        assert terms[name].mapped == pytest.approx(coefficient * X[name].std(ddof=1), rel=1e-9)
    sizes = [abs(term.standardised) for term in found.terms]
    assert sizes == sorted(sizes, reverse=True)


def test_p_values_are_those_of_one_regressor() -> None:
    x = X["idle"]
    expected = stats.linregress(x, Y)
    (term,) = regression({"idle": x}, Y, stepwise=False).terms
    assert term.p_value == pytest.approx(expected.pvalue, rel=1e-9)
    assert term.coefficient == pytest.approx(expected.slope, rel=1e-9)


def test_stepwise_leaves_out_what_does_not_matter() -> None:
    found = regression(X, Y)
    assert {term.name for term in found.terms} == {"price", "cost", "volume"}
    assert found.not_significant == ("idle",)
    expected, r_squared = least_squares(["price", "cost", "volume"])
    assert found.r_squared == pytest.approx(r_squared, abs=1e-12)
    assert {t.name: t.coefficient for t in found.terms}["volume"] == pytest.approx(expected[3], rel=1e-9)


def test_stepwise_takes_out_again_what_better_inputs_explain() -> None:
    """The first to enter, a blurred sum of two inputs, is of no use once both are in."""
    a, b = RANDOM.normal(size=N), RANDOM.normal(size=N)
    blurred = a + b + 0.3 * RANDOM.normal(size=N)
    found = regression({"blurred": blurred, "a": a, "b": b}, a + b + 0.05 * RANDOM.normal(size=N))
    assert {term.name for term in found.terms} == {"a", "b"}


def test_constant_and_collinear_inputs_are_named() -> None:
    given = {"flat": np.full(N, 7.0), **X, "sum": X["price"] + X["cost"], "again": 2 * X["idle"] - 3}
    for stepwise in (False, True):
        found = regression(given, Y, stepwise=stepwise)
        assert found.constant == ("flat",)
        assert found.collinear == ("sum", "again")
        assert found.r_squared == pytest.approx(regression(X, Y, stepwise=stepwise).r_squared or 0, abs=1e-12)


def test_a_perfect_fit() -> None:
    for stepwise in (False, True):
        found = regression({"x": X["price"], "idle": X["idle"]}, 2 * X["price"] + 5, stepwise=stepwise)
        assert found.r_squared == pytest.approx(1.0, abs=1e-13)
        assert found.terms[0].coefficient == pytest.approx(2.0)
        assert found.intercept == pytest.approx(5.0)
        assert found.terms[0].p_value == 0.0
    assert found.not_significant == ("idle",)


def test_errors_leave_out_whole_iterations() -> None:
    x, y = X["price"].copy(), Y.copy()
    x[::9], y[4::11] = np.nan, np.nan
    good = ~(np.isnan(x) | np.isnan(y))
    found = regression({"price": x, "cost": X["cost"]}, y)
    clean = regression({"price": x[good], "cost": X["cost"][good]}, y[good])
    assert (found.count, found.left_out) == (good.sum(), N - good.sum())
    assert found.r_squared == pytest.approx(clean.r_squared or 0, abs=1e-12)


def test_far_from_zero_the_digits_stay() -> None:
    shifted = {"a": 1e9 + X["price"], "b": 1e-6 * X["cost"]}
    found = regression(shifted, Y, stepwise=False)
    exact, _ = least_squares(["price", "cost"])
    terms = {term.name: term.coefficient for term in found.terms}
    assert terms["a"] == pytest.approx(exact[1], rel=1e-6)
    assert terms["b"] == pytest.approx(exact[2] * 1e6, rel=1e-6)


def test_nothing_to_explain() -> None:
    assert regression(X, np.ones(N)).r_squared is None
    assert regression({"x": np.array([1.0, 2.0])}, np.array([1.0, 2.0])).terms == ()
    none = regression({"x": X["idle"][:50] * 0 + np.arange(50) % 2}, np.repeat([1.0, 2.0], 25))
    assert (none.terms, none.r_squared, none.not_significant) == ((), 0.0, ("x",))
    with pytest.raises(ValueError, match=r"enter is 0\.2"):
        regression(X, Y, enter=0.2)
