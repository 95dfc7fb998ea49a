"""Shapley effects against their closed form for linear models of correlated normal variables (Owen, Prieur 2017)."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import special

from compute.analysis.shapley import shapley_design, shapley_effects

BETA = np.array([1.0, -2.0, 0.5, 3.0])
CORRELATION = np.array([[1.0, 0.5, 0.0, -0.3], [0.5, 1.0, 0.2, 0.0], [0.0, 0.2, 1.0, 0.6], [-0.3, 0.0, 0.6, 1.0]])


def explained(subset: tuple[int, ...], correlation: np.ndarray, beta: np.ndarray) -> float:
    """Var(E[βX | X_subset]), by least squares on the covariances."""
    if not subset:
        return 0.0
    covariances = correlation[list(subset)] @ beta
    return float(covariances @ np.linalg.solve(correlation[np.ix_(subset, subset)], covariances))


def closed_form(correlation: np.ndarray, beta: np.ndarray) -> np.ndarray:
    d = beta.size
    effects = np.zeros(d)
    for order in itertools.permutations(range(d)):
        for size in range(d):
            gain = explained(order[: size + 1], correlation, beta) - explained(order[:size], correlation, beta)
            effects[order[size]] += gain / math.factorial(d)
    return effects / explained(tuple(range(d)), correlation, beta)


def linear(uniforms: np.ndarray, beta: np.ndarray) -> np.ndarray:
    return special.ndtri(uniforms) @ beta


@pytest.mark.parametrize("rho", [-0.9, 0.0, 0.5])
def test_two_inputs_by_the_papers_formula(rho: float) -> None:
    correlation = np.array([[1.0, rho], [rho, 1.0]])
    beta = np.array([1.0, 2.0])
    variance = 5 + 4 * rho
    expected = (1 * (1 - rho**2 / 2) + 2 * rho + 4 * rho**2 / 2) / variance
    assert closed_form(correlation, beta)[0] == pytest.approx(expected, abs=1e-12)
    design = shapley_design(correlation, outer=20_000, variance_rows=100_000, seed=1)
    found = shapley_effects(design, linear(design.uniforms, beta))
    assert found.effects[0] == pytest.approx(expected, abs=0.02)
    assert found.variance == pytest.approx(variance, rel=0.02)


@pytest.mark.parametrize("permutations", [None, 8000])
def test_four_correlated_inputs(permutations: int | None) -> None:
    """Within 0.02 of the closed form and within four standard errors of it."""
    design = shapley_design(
        CORRELATION, outer=None if permutations else 6000, permutations=permutations, variance_rows=60_000, seed=4
    )
    found = shapley_effects(design, linear(design.uniforms, BETA))
    exact = closed_form(CORRELATION, BETA)
    assert found.effects.sum() == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(found.effects, exact, atol=0.02)
    assert np.all(np.abs(found.effects - exact) < 4 * found.standard_errors + 0.01)
    assert np.all(found.standard_errors < 0.02)


def test_rows_follow_the_copula() -> None:
    design = shapley_design(CORRELATION, outer=400, inner=2, variance_rows=2, seed=2)
    scores = special.ndtri(design.uniforms[2:])
    np.testing.assert_allclose(np.corrcoef(scores.T), CORRELATION, atol=0.04)
    pairs = design.uniforms[2:].reshape(len(design.subsets), 400, 2, 4)
    for subset, block in zip(design.subsets, pairs, strict=True):
        same = np.all(block[:, 0] == block[:, 1], axis=0)
        assert np.flatnonzero(~same).tolist() == sorted(subset)


def test_singular_correlations_share_alike() -> None:
    """Two copies of one input split its variance, whatever their coefficients."""
    correlation = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    design = shapley_design(correlation, outer=4000, variance_rows=60_000, seed=3)
    found = shapley_effects(design, linear(design.uniforms, np.array([2.0, 1.0, 3.0])))
    np.testing.assert_allclose(found.effects, [0.25, 0.25, 0.5], atol=0.02)


def test_the_same_seed_gives_the_same_design() -> None:
    first, again = (shapley_design(CORRELATION, outer=5, seed=9, permutations=7) for _ in range(2))
    np.testing.assert_array_equal(first.uniforms, again.uniforms)
    assert first.permutations == again.permutations
    assert np.all((first.uniforms > 0) & (first.uniforms < 1))


def test_impossible_wishes_are_refused() -> None:
    with pytest.raises(ValueError, match="too many subsets"):
        shapley_design(np.eye(9))
    with pytest.raises(ValueError, match="square"):
        shapley_design(np.eye(1))
    with pytest.raises(ValueError, match="symmetric"):
        shapley_design(np.array([[1.0, 0.5], [0.4, 1.0]]))
    with pytest.raises(ValueError, match="inconsistent"):
        shapley_design(np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]))
    with pytest.raises(ValueError, match="inner"):
        shapley_design(np.eye(2), inner=1)
    design = shapley_design(np.eye(2), outer=3, variance_rows=5)
    with pytest.raises(ValueError, match="has 23 rows"):
        shapley_effects(design, np.ones(3))
    with pytest.raises(ValueError, match="constant"):
        shapley_effects(design, np.ones(23))
    with pytest.raises(ValueError, match="1 iterations ended in an error"):
        shapley_effects(design, np.append(np.arange(22.0), np.nan))
