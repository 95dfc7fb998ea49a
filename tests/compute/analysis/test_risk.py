"""Measures of risk against numpy on the same samples, closed forms, and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from compute.analysis import LEAF, risk
from compute.analysis.conventions import Convention
from compute.analysis.describe import Measure

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(10, 4, 20_003)
HUNDRED = RANDOM.permutation(np.arange(1.0, 101.0))


def test_tails_by_hand() -> None:
    assert risk.value_at_risk(HUNDRED, 0.05) == 5.0
    assert risk.conditional_value_at_risk(HUNDRED, 0.05) == 3.0
    assert risk.value_at_risk(HUNDRED, 0.05, "high") == 95.0
    assert risk.conditional_value_at_risk(HUNDRED, 0.05, "high") == 97.5
    assert risk.value_at_risk(HUNDRED, 0.05, convention=Convention.EXCEL) == pytest.approx(5.95)
    assert risk.conditional_value_at_risk(HUNDRED, 0.05, convention=Convention.EXCEL) == 3.0


@pytest.mark.parametrize("share", [0.01, 0.05, 0.1, 0.5])
def test_tails_against_numpy_and_the_normal_law(share: float) -> None:
    edge = np.quantile(X, share, method="inverted_cdf")
    assert risk.value_at_risk(X, share) == edge
    assert risk.conditional_value_at_risk(X, share) == pytest.approx(X[edge >= X].mean(), rel=1e-12)
    high = np.quantile(X, 1 - share, method="inverted_cdf")
    assert risk.conditional_value_at_risk(X, share, "high") == pytest.approx(X[high <= X].mean(), rel=1e-12)
    exact = 10 - 4 * stats.norm.pdf(stats.norm.ppf(share)) / share
    assert risk.conditional_value_at_risk(X, share) == pytest.approx(exact, abs=4 * 8 / math.sqrt(share * X.size))


def test_semi_variances_add_up_to_the_variance() -> None:
    below, above = risk.semi_variance(X), risk.semi_variance(X, "high")
    centred = X - X.mean()
    assert below == pytest.approx((np.minimum(centred, 0) ** 2).sum() / (X.size - 1), rel=1e-12)
    assert above == pytest.approx((np.maximum(centred, 0) ** 2).sum() / (X.size - 1), rel=1e-12)
    assert (below or 0) + (above or 0) == pytest.approx(np.var(X, ddof=1), rel=1e-13)
    assert risk.semi_deviation(X) == math.sqrt(below or 0)


def test_mean_absolute_deviation_against_numpy() -> None:
    assert risk.mean_absolute_deviation(X) == pytest.approx(np.abs(X - X.mean()).mean(), rel=1e-13)
    assert risk.mean_absolute_deviation(1e15 + np.array([0.0, 1.0, 2.0, 5.0])) == 1.5


@pytest.mark.parametrize("order", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("target", [None, 7.5])
def test_partial_moments_divide_by_all_samples(order: float, target: float | None) -> None:
    centre = X.mean() if target is None else target
    below = (np.maximum(centre - X, 0) ** order).mean()
    above = (np.maximum(X - centre, 0) ** order).mean()
    assert risk.partial_moment(X, order, target) == pytest.approx(below, rel=1e-12)
    assert risk.partial_moment(X, order, target, "high") == pytest.approx(above, rel=1e-12)
    with pytest.raises(ValueError, match="order is 0"):
        risk.partial_moment(X, 0)


def test_expected_gain_and_loss_balance_the_mean() -> None:
    gain, loss = risk.expected_gain(X, 12.0), risk.expected_loss(X, 12.0)
    assert gain == pytest.approx(np.maximum(X - 12, 0).mean(), rel=1e-12)
    assert (gain or 0) - (loss or 0) == pytest.approx(X.mean() - 12, rel=1e-10)


def test_targets_and_percentiles_answer_each_other() -> None:
    values = risk.target_percentiles(HUNDRED, (0.05, 0.5, 1.0))
    assert values == (5.0, 50.0, 100.0)
    assert risk.target_probabilities(HUNDRED, values or ()) == (0.05, 0.5, 1.0)
    assert risk.target_probabilities(HUNDRED, (5.5,), Convention.EXCEL) == (pytest.approx(4.5 / 99),)
    assert risk.probability_between(HUNDRED, 10, 30) == pytest.approx(0.2)
    assert risk.probability_between(HUNDRED, high=30) == 0.3
    with pytest.raises(ValueError, match="low must not be above high"):
        risk.probability_between(HUNDRED, 2, 1)


def test_errors_are_left_out_and_nothing_is_none() -> None:
    x = np.insert(HUNDRED, [0, 50, 100], np.nan)
    assert risk.conditional_value_at_risk(x, 0.05) == 3.0
    assert risk.expected_loss(x, 3.0) == 0.03
    assert risk.semi_variance(x) == pytest.approx(risk.semi_variance(HUNDRED) or 0, rel=1e-14)
    empty = np.array([np.nan])
    found = (
        risk.value_at_risk(empty), risk.conditional_value_at_risk(empty), risk.semi_variance(empty),
        risk.mean_absolute_deviation(empty), risk.expected_gain(empty), risk.probability_between(empty),
        risk.target_percentiles(empty, (0.5,)), risk.target_probabilities(empty, (0.5,)),
    )  # fmt: skip
    assert found == (None,) * 8


def test_a_run_in_two_arrays_gives_the_same_bits() -> None:
    """Strided views and fresh copies are summed over the same leaves."""
    strided = np.repeat(X, 2)[::2]
    for measure in (Measure("semi_deviation"), Measure("mean_absolute_deviation"),
                    Measure("conditional_value_at_risk", 0.1)):  # fmt: skip
        assert measure.of(strided) == measure.of(X.copy())
    assert X.size > 4 * LEAF
