"""Analytic Solver's copulas: PsiCopula by type and parameter, and elliptical ones of a pair by a number."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import compute
from compute.errors import InvalidCorrelation

Build = Callable[..., Path]
N = 4_000
# Of Kendall's tau with n pairs and no ties the standard error is at most this, by its variance without dependence
# times the most that dependence can make of it (Kendall and Gibbons, Rank Correlation Methods, chapter 4: 2(1 − τ²)/n).
ERROR = math.sqrt(2 / N)


def drawn(book: Build, *properties: str) -> np.ndarray[Any, Any]:
    """The samples of normal inputs with these properties, a row each."""
    cells = {f"A{i}": f"=PsiNormal(0,1,{p})" for i, p in enumerate(properties, 1)}
    cells["B1"] = f"=SUM(A1:A{len(properties)})+PsiOutput()"
    model = compute.Model.open(book({"M": cells}))
    assert not model.unsupported
    result = model.simulate(iterations=N, seed=5, sampling="monte_carlo")
    return np.stack([v.samples for v in result.inputs.values()])


# Kendall's tau: Clayton θ/(θ + 2), Gumbel 1 − 1/θ, Frank 1 − 4(1 − D(θ))/θ with Debye's function D (Nelsen 2006).
TAUS = {
    'PsiCopula("clayton",10)': 10 / 12,
    'PsiCopula("clayton",2,0,"pair")': 0.5,
    'PsiCopula("Clayton",-0.5)': -0.5 / 1.5,
    'PsiCopula("clayton",2,3,"pair")': 0.5,
    'PsiCopula("gumbel",4)': 0.75,
    'PsiCopula("gumbel",4,,"pair")': 0.75,
    'PsiCopula("frank",5.736282707019462)': 0.5,
}


@pytest.mark.parametrize("text", TAUS)
def test_a_copula_by_its_type_and_parameter(text: str, book: Build) -> None:
    first, second = drawn(book, text, text)
    assert stats.kendalltau(first, second).statistic == pytest.approx(TAUS[text], abs=4 * ERROR)


@pytest.mark.parametrize(("reflection", "low"), [(0, True), (3, False)])
def test_reflection_3_turns_both_of_a_pair(reflection: int, low: bool, book: Build) -> None:
    """Clayton's draws are low together; turned round, high together."""
    text = f'PsiCopula("clayton",3,{reflection})'
    below = np.mean(np.all(drawn(book, text, text) < stats.norm.ppf(0.05), axis=0)) / 0.05
    above = np.mean(np.all(drawn(book, text, text) > stats.norm.ppf(0.95), axis=0)) / 0.05
    assert (below > above) == low
    # P(U < q, V < q) / q = (2 q^−θ − 1)^(−1/θ) / q; its standard error is that of a share of N q draws.
    tail = (2 * 0.05**-3 - 1) ** (-1 / 3) / 0.05
    assert (below if low else above) == pytest.approx(tail, abs=4 * math.sqrt(0.25 / (N * 0.05)))


def test_draws_of_one_instance_belong_together(book: Build) -> None:
    one, other = 'PsiCopula("clayton",8,0,"one")', 'PsiCopula("clayton",8,0,"other")'
    tau = np.array(
        [[stats.kendalltau(a, b).statistic for a in s] for s in [drawn(book, one, one, other, other)] for b in s]
    )
    assert tau[0, 1] == pytest.approx(0.8, abs=4 * ERROR)
    assert tau[2, 3] == pytest.approx(0.8, abs=4 * ERROR)
    assert np.abs(tau[:2, 2:]).max() < 4 * ERROR


def test_three_draws_of_a_copula(book: Build) -> None:
    samples = drawn(book, *['PsiCopula("gumbel",2)'] * 3)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert stats.kendalltau(samples[i], samples[j]).statistic == pytest.approx(0.5, abs=4 * ERROR)


@pytest.mark.parametrize("correlation", [0.7, -0.6])
@pytest.mark.parametrize(
    "call", ['PsiCopulaGauss({},{},"c")', 'PsiCopulaStudent({},{},5,"c")', "PsiCopulaGauss({},{})"]
)
def test_an_elliptical_copula_of_a_pair_by_a_number(call: str, correlation: float, book: Build) -> None:
    """Kendall's tau of an elliptical copula is 2/π · asin ρ, whatever its kind (Lindskog, McNeil, Schmock 2003)."""
    first, second = drawn(book, call.format(correlation, 1), call.format(correlation, 2))
    expected = 2 / math.pi * math.asin(correlation)
    assert stats.kendalltau(first, second).statistic == pytest.approx(expected, abs=4 * ERROR)


REFUSED = {
    'PsiCopula("clayton",3,1)': "only reflections 0 and 3",
    'PsiCopula("clayton",3,A9)': "only reflections 0 and 3",
    'PsiCopula("ali",3)': "must name clayton, frank or gumbel",
    'PsiCopula("frank")': "lacks an argument",
    "PsiCopula(A9,3)": "must name clayton, frank or gumbel",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_understood_of_a_copula_is_named(text: str, book: Build) -> None:
    (found,) = compute.Model.open(book({"M": {"A1": f"=PsiNormal(0,1,{text})+PsiOutput()"}})).unsupported
    assert REFUSED[text] in found.reason


def test_a_copula_that_cannot_be_is_an_error(book: Build) -> None:
    one, other = 'PsiCopula("clayton",3)', 'PsiCopula("clayton",4)'
    with pytest.raises(InvalidCorrelation, match="different parameters"):
        drawn(book, one, other)
    with pytest.raises(InvalidCorrelation, match="only a pair can be reflected"):
        drawn(book, *['PsiCopula("clayton",3,3)'] * 3)
