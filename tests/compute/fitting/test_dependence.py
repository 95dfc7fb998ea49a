"""Copulas and correlations: likelihoods against the copulas' derivatives, parameters against samples of each family."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from compute.fitting import FittingError, correlations, fit_copula
from compute.fitting.dependence import (
    archimedean_likelihood,
    tau_of_frank,
    theta_of_tau,
)
from compute.sampling.copulas import ClaytonCopula, FrankCopula, GaussianCopula, GumbelCopula, StudentCopula

N = 3000


def sample_of(copula: Any, seed: int = 3) -> Any:
    generator = np.random.default_rng(seed)
    return copula.transform(generator.random((copula.size, N)), generator.random((copula.extra, N))).T


CUMULATIVE: dict[str, Any] = {
    "clayton": lambda u, t: (sum(v**-t for v in u) - len(u) + 1) ** (-1 / t),
    "gumbel": lambda u, t: math.exp(-(sum((-math.log(v)) ** t for v in u) ** (1 / t))),
    "frank": lambda u, t: -math.log1p(math.prod(math.expm1(-t * v) for v in u) / math.expm1(-t) ** (len(u) - 1)) / t,
}


@pytest.mark.parametrize("family", ["clayton", "gumbel", "frank"])
@pytest.mark.parametrize("point", [(0.3, 0.6), (0.8, 0.7), (0.4, 0.5, 0.7)])
def test_densities_are_the_mixed_derivatives_of_the_copulas(family: Any, point: tuple[float, ...]) -> None:
    step, theta = 2e-3, 2.5
    total = 0.0
    for signs in itertools.product((-1, 1), repeat=len(point)):
        corner = [value + sign * step for value, sign in zip(point, signs, strict=True)]
        total += math.prod(signs) * CUMULATIVE[family](corner, theta)
    density = total / (2 * step) ** len(point)
    found = archimedean_likelihood(family, np.array([point]), theta)
    assert found == pytest.approx(math.log(density), abs=2e-3)


def test_frank_with_negative_theta_is_the_reflected_one() -> None:
    points = np.array([[0.2, 0.7], [0.5, 0.9]])
    turned = points * [1, -1] + [0, 1]
    assert archimedean_likelihood("frank", points, -3.0) == pytest.approx(archimedean_likelihood("frank", turned, 3.0))


def test_tau_gives_theta() -> None:
    assert theta_of_tau("clayton", 0.5) == pytest.approx(2.0)
    assert theta_of_tau("gumbel", 0.5) == pytest.approx(2.0)
    # Genest, Biometrika 74 (1987) 549: theta 5.736 has tau 1/2.
    assert theta_of_tau("frank", 0.5) == pytest.approx(5.736, abs=1e-3)
    assert theta_of_tau("frank", -0.5) == pytest.approx(-5.736, abs=1e-3)
    assert tau_of_frank(5.736282707019972) == pytest.approx(0.5, abs=1e-9)


TRUE: list[tuple[str, Any, float, float]] = [
    ("gaussian", GaussianCopula(np.array([[1.0, 0.6], [0.6, 1.0]])), 0.6, 0.05),
    ("t", StudentCopula(np.array([[1.0, 0.6], [0.6, 1.0]]), 4.0), 0.6, 0.06),
    ("clayton", ClaytonCopula(2.0), 2.0, 0.3),
    ("gumbel", GumbelCopula(2.0), 2.0, 0.15),
    ("frank", FrankCopula(5.0), 5.0, 0.6),
    ("frank", FrankCopula(-5.0), -5.0, 0.6),
]


@pytest.mark.parametrize(("family", "copula", "parameter", "allowed"), TRUE)
def test_the_family_that_made_the_data_wins(family: str, copula: Any, parameter: float, allowed: float) -> None:
    best = fit_copula(sample_of(copula))[0]
    found = best.theta if best.theta is not None else best.matrix[0, 1]  # type: ignore[index]
    assert (best.family, best.reflected) == (family, (False, False))
    assert found == pytest.approx(parameter, abs=allowed)
    by_tau = fit_copula(sample_of(copula), [best.family], "tau")[0]
    again = by_tau.theta if by_tau.theta is not None else by_tau.matrix[0, 1]  # type: ignore[index]
    assert again == pytest.approx(parameter, abs=2 * allowed)
    assert by_tau.log_likelihood <= best.log_likelihood + 1e-3


def test_degrees_of_the_t_copula() -> None:
    best = fit_copula(sample_of(StudentCopula(np.array([[1.0, 0.6], [0.6, 1.0]]), 4.0)), ["t"])[0]
    assert best.degrees == pytest.approx(4.0, rel=0.3)


def test_reflection_is_found() -> None:
    data = sample_of(ClaytonCopula(3.0))
    best = fit_copula(np.column_stack((data[:, 0], 1 - data[:, 1])), ["clayton"])[0]
    assert best.reflected == (False, True)
    assert best.theta == pytest.approx(3.0, abs=0.4)


@pytest.mark.parametrize("copula", [ClaytonCopula(2.0, 3), GumbelCopula(2.0, 3), FrankCopula(5.0, 3)])
def test_three_columns(copula: Any) -> None:
    best = fit_copula(sample_of(copula))[0]
    assert best.theta == pytest.approx(copula.theta, rel=0.1)


def test_correlation_matrices_are_scipys() -> None:
    data = np.random.default_rng(5).normal(size=(40, 3))
    data[:, 1] += data[:, 0]
    np.testing.assert_allclose(correlations(data), stats.spearmanr(data).statistic)
    np.testing.assert_allclose(correlations(data, "pearson"), np.corrcoef(data, rowvar=False))
    assert correlations(data, "kendall")[0, 1] == pytest.approx(stats.kendalltau(data[:, 0], data[:, 1]).statistic)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([[1.0, 2, 3, 4, 5]], "two or more columns"),
        ([[1.0, 2, 3, 4, 5], [1.0, 2, 3, 4]], "hold 5, 4 values"),
        ([[1.0, 2, 3, 4, 5], [1.0, 2, "x", 4, 5]], "Column 2: value 3 is 'x'"),
        ([[1.0, 2, 3, 4, 5], [7.0] * 5], "Column 2: all values are 7"),
    ],
)
def test_bad_columns_are_named(data: Any, words: str) -> None:
    with pytest.raises(FittingError, match=words):
        fit_copula(data)
