"""Truncation and shift: nesting, order, columns, and the counts at the ends of discrete laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from compute.distributions import Discrete, Exponential, Normal, Poisson, Uniform

P = np.linspace(0.001, 0.999, 333)


def test_truncated_normal_is_scipys() -> None:
    law, oracle = Normal(3, 2).truncate(2, 7), stats.truncnorm(-0.5, 2, 3, 2)
    np.testing.assert_allclose(law.ppf(P), oracle.ppf(P), rtol=1e-11)
    np.testing.assert_allclose(law.pdf(law.ppf(P)), oracle.pdf(law.ppf(P)), rtol=1e-11)
    mean, variance, skewness, excess = (float(value) for value in oracle.stats("mvsk"))
    assert law.moments() == pytest.approx((mean, variance, skewness, excess + 3), rel=1e-9)


def test_far_tail_keeps_its_digits() -> None:
    law, oracle = Normal(0, 1).truncate(20, 21), stats.truncnorm(20, 21)
    np.testing.assert_allclose(law.ppf(P), oracle.ppf(P), rtol=1e-12)
    mirrored = Normal(0, 1).truncate(-21, -20)
    np.testing.assert_allclose(mirrored.ppf(1 - P), -law.ppf(P), rtol=1e-12)


def test_exponential_forgets() -> None:
    np.testing.assert_allclose(Exponential(4).truncate(100).ppf(P) - 100, Exponential(4).ppf(P), rtol=1e-9)


def test_order_of_truncation_and_shift_matters() -> None:
    first_cut = Normal(0, 1).truncate(0).shift(5)
    first_moved = Normal(0, 1).shift(5).truncate(0)
    assert first_cut.support == (5.0, math.inf)
    assert first_moved.support == (0.0, math.inf)
    np.testing.assert_allclose(first_cut.ppf(P), stats.halfnorm.ppf(P) + 5, rtol=1e-12)


def test_transforms_nest() -> None:
    law = Uniform(0, 10).truncate(2).shift(1).truncate(None, 7).shift(-1)
    np.testing.assert_allclose(law.ppf(P), Uniform(2, 6).ppf(P), rtol=1e-12)
    assert law.mean == pytest.approx(4)
    assert law.variance == pytest.approx(16 / 12)


@pytest.mark.parametrize(("low", "high"), [(2, 6), (1.5, 6.9), (30, 45), (0, 0), (3, 3)])
def test_both_ends_of_a_discrete_truncation_belong_to_it(low: float, high: float) -> None:
    law = Poisson(4).truncate(low, high)
    lattice = np.arange(math.ceil(low), math.floor(high) + 1)
    weights = stats.poisson(4).pmf(lattice)
    np.testing.assert_allclose(law.pmf(lattice), weights / weights.sum(), rtol=1e-9)
    drawn = law.ppf(np.concatenate(([0.0, 1e-300], P, [1 - 1e-16, 1.0])))
    assert (drawn.min(), drawn.max()) == (lattice[0], lattice[-1])
    assert law.mean == pytest.approx(float((lattice * weights).sum() / weights.sum()))


def test_discrete_truncation_renormalises() -> None:
    law = Discrete((1, 2, 3, 4), (1, 1, 1, 1)).truncate(2, 3)
    assert (law.pmf(2.0), law.pmf(1.0), law.cdf(2.0), law.static_value) == (0.5, 0.0, 0.5, 2.0)


def test_columns_take_ends_that_differ_from_iteration_to_iteration() -> None:
    means, lows, shifts = np.array([0.0, 1.0, 2.0]), np.array([0.0, 5.0, -9.0]), np.array([1.0, 2.0, 3.0])
    p = np.array([0.2, 0.5, 0.9])
    drawn = Normal.over(means, 1.0).truncated(lows, np.inf).shifted(shifts).draw(p)
    alone = [
        Normal(mean, 1).truncate(low).shift(shift).ppf(float(share))
        for mean, low, shift, share in zip(means, lows, shifts, p, strict=True)
    ]
    assert drawn.tolist() == alone


def test_truncation_by_percentiles() -> None:
    drawn = Normal.over(0.0, 1.0).truncated_by_percentile(0.25, 0.75).draw(P)
    np.testing.assert_allclose(drawn, stats.norm.ppf(0.25 + 0.5 * P), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("mean", [0.001, 0.3, 4.0, 1e3, 1e7, 1e12])
def test_counts_are_exact_with_and_without_a_table(mean: float) -> None:
    law = Poisson(mean)
    alone = [law.ppf(float(p)) for p in P]
    assert law.ppf(P).tolist() == alone
    assert Poisson.quantile(P, np.full(P.size, mean)).tolist() == alone
    found = np.array(alone)
    assert np.all(law.cdf(found) >= P)
    assert np.all((law.cdf(found - 1) < P) | (found == 0))
