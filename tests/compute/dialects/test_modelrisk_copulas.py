"""ModelRisk's copulas in cells: how their uniform numbers hang on each other, and what becomes of laws given them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy import integrate, stats

import compute
from compute.errors import ComputeError

Build = Callable[..., Path]
Floats = npt.NDArray[np.float64]
COUNT = 20_000


def uniforms(book: Build, text: str, cells: Mapping[str, object] | None = None, place: str = "A1:B1") -> Floats:
    """The uniform numbers, (cells, iterations), that a copula puts into some cells."""
    path = book({"M": {place: f"={text}", "A9": '=VoseOutput("y")+A1', **(cells or {})}})
    result = compute.Model.open(path).simulate(iterations=COUNT, seed=11, sampling="monte_carlo")
    return np.stack([v.samples for v in result.inputs.values()])


def debye(theta: float) -> float:
    return float(integrate.quad(lambda t: t / math.expm1(t), 0, theta)[0]) / theta


TAUS = {
    "VoseCopulaBiClayton(2)": 2 / 4,
    "VoseCopulaBiClayton(2,1)": 2 / 4,
    "VoseCopulaBiClayton(2,3)": 2 / 4,
    "VoseCopulaBiClayton(2,2)": -2 / 4,
    "VoseCopulaBiClayton(2,4)": -2 / 4,
    "_xll.VoseCopulaBiGumbel(4)": 1 - 1 / 4,
    "VoseCopulaBiGumbel(4,D1)": -(1 - 1 / 4),
    "VoseCopulaBiFrank(5)": 1 - 4 / 5 * (1 - debye(5)),
    "VoseCopulaBiFrank(5,2)": -(1 - 4 / 5 * (1 - debye(5))),
    "VoseCopulaBiNormal(-0.6)": 2 / math.pi * math.asin(-0.6),
    "VoseCopulaBiT(3,0.5)": 2 / math.pi * math.asin(0.5),
    "VoseCopulaMultiNormal({1,0.4;0.4,1})": 2 / math.pi * math.asin(0.4),
    "VoseCopulaMultiT(3,E1:F2)": 2 / math.pi * math.asin(0.7),
    "VoseCopulaMultiClayton(2,2)": 2 / 4,
    "VoseCopulaMultiGumbel(4)": 1 - 1 / 4,
    "VoseCopulaMultiFrank(5)": 1 - 4 / 5 * (1 - debye(5)),
}


@pytest.mark.parametrize("text", TAUS)
def test_kendalls_tau_is_the_copulas(text: str, book: Build) -> None:
    pair = uniforms(book, text, {"D1": 2, "E1": 1, "F1": 0.7, "E2": 0.7, "F2": 1})
    assert len(pair) == 2
    # the variance of Kendall's tau is below 2 (1 − τ²) / n
    tau = TAUS[text]
    assert stats.kendalltau(*pair).statistic == pytest.approx(tau, abs=4.5 * math.sqrt(2 * (1 - tau**2) / COUNT))
    for one in pair:
        assert stats.kstest(one, "uniform").pvalue > 1e-4


# Where both are extreme together: (first low?, second low?) by the copula and its direction
TAILS = {
    "VoseCopulaBiClayton(3)": (True, True),
    "VoseCopulaBiClayton(3,2)": (False, True),
    "VoseCopulaBiClayton(3,3)": (False, False),
    "VoseCopulaBiClayton(3,4)": (True, False),
    "VoseCopulaBiGumbel(3)": (False, False),
    "VoseCopulaBiGumbel(3,2)": (True, False),
    "VoseCopulaBiGumbel(3,3)": (True, True),
    "VoseCopulaBiGumbel(3,4)": (False, True),
}


@pytest.mark.parametrize("text", TAILS)
def test_a_direction_turns_the_copula_against_the_clock(text: str, book: Build) -> None:
    pair = uniforms(book, text)
    corners = {
        (a, b): float(np.mean((pair[0] < 0.02 if a else pair[0] > 0.98) & (pair[1] < 0.02 if b else pair[1] > 0.98)))
        for a in (True, False)
        for b in (True, False)
    }
    assert max(corners, key=lambda corner: corners[corner]) == TAILS[text]


def test_a_matrix_of_three_in_a_column(book: Build) -> None:
    matrix = np.array([[1, 0.5, -0.3], [0.5, 1, 0.2], [-0.3, 0.2, 1]])
    cells = {f"{c}{r + 1}": float(matrix[r, i]) for r in range(3) for i, c in enumerate("EFG")}
    found = uniforms(book, "VoseCopulaMultiNormal($E$1:$G$3)", cells, "A1:A3")
    scores = np.corrcoef(stats.norm.ppf(found))
    assert scores == pytest.approx(matrix, abs=4.5 / math.sqrt(COUNT))


def test_laws_follow_the_uniform_numbers_they_are_given(book: Build) -> None:
    cells = {
        "A1:B1": "=VoseCopulaBiNormal(0.8)",
        "A2": '=VoseOutput("demand")+VoseNormal(100,10,A1)',
        "A3": "=VoseGammaObject(2,3)",
        "B2": '=VoseOutput("price")+VoseSimulate(A3,B1)',
    }
    model = compute.Model.open(book({"M": cells}))
    assert list(model.inputs) == ["M!A1", "M!A1#2"]
    result = model.simulate(iterations=1_000, seed=2, sampling="latin_hypercube")
    demand, price = result.outputs["demand"].samples, result.outputs["price"].samples
    strata = np.sort(np.floor(stats.norm.cdf(demand, 100, 10) * 1_000))
    assert strata.tolist() == list(range(1_000))
    scores = stats.norm.ppf(stats.gamma.cdf(price, 2, scale=3)), stats.norm.ppf(stats.norm.cdf(demand, 100, 10))
    assert np.corrcoef(*scores)[0, 1] == pytest.approx(0.8, abs=4.5 * (1 - 0.64) / math.sqrt(1_000))
    (report,) = result.summary().correlations
    assert (report.group, report.family, report.members) == ("M!A1", "gaussian", ("M!A1", "M!A1#2"))


def test_two_copulas_of_one_matrix_are_independent(book: Build) -> None:
    cells = {
        "E1": 1, "F1": 0.9, "E2": 0.9, "F2": 1,
        "A1:B1": "=VoseCopulaMultiNormal($E$1:$F$2)", "A2:B2": "=VoseCopulaMultiNormal($E$1:$F$2)",
        "A9": '=VoseOutput("y")+SUM(A1:B2)',
    }  # fmt: skip
    result = compute.Model.open(book({"M": cells})).simulate(iterations=COUNT, seed=4, sampling="monte_carlo")
    scores = np.corrcoef(stats.norm.ppf(np.stack([v.samples for v in result.inputs.values()])))
    expected = np.kron(np.eye(2), [[1, 0.9], [0.9, 1]])
    assert scores == pytest.approx(expected, abs=4.5 / math.sqrt(COUNT))
    assert {r.group for r in result.summary().correlations} == {"M!E1:F2 in M!A1", "M!E1:F2 in M!A2"}


def test_a_block_computed_alone_has_the_same_numbers(book: Build) -> None:
    path = book({"M": {"A1:B1": "=VoseCopulaBiClayton(2)", "A2": '=VoseOutput("y")+A1+B1'}})
    whole = compute.Model.open(path).simulate(iterations=3_000, seed=4, sampling="monte_carlo")
    part = compute.Model.open(path).simulate(iterations=1_100, seed=4, sampling="monte_carlo")
    assert (whole.outputs["y"].samples[:1_100] == part.outputs["y"].samples).all()


WRONG = {
    "VoseCopulaBiNormal(1.5)": "correlation lies between -1 and 1",
    "VoseCopulaBiClayton(-0.5)": "#NUM!",
    "VoseCopulaBiGumbel(0.5)": "1 or more",
    "VoseCopulaBiClayton(2,5)": "reflection",
    "VoseCopulaBiFrank(2,3)": "reflection",
    "VoseCopulaBiT(-1,0.5)": "greater than 0",
    "VoseCopulaMultiNormal({4,1;1,9})": "must be 1",
}


@pytest.mark.parametrize("text", WRONG)
def test_an_impossible_copula_is_refused_with_its_cell(text: str, book: Build) -> None:
    with pytest.raises(ComputeError, match=r"A1") as found:
        uniforms(book, text)
    assert WRONG[text] in str(found.value)


def test_a_third_cell_of_a_pair_shows_no_number(book: Build) -> None:
    path = book({"M": {"A1:C1": "=VoseCopulaBiNormal(0.5)", "A2": '=VoseOutput("y")+C1'}})
    assert str(compute.recalculate(path)["M"]["C1"]) == "#N/A"
