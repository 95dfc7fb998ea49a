"""Statistics in cells: filled after a run with what the samples say, #N/A before it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import compute
from compute.errors import CellError, ModelError
from compute.runners import Result

Build = Callable[..., Path]
MODEL: dict[str, Any] = {
    "B1": '=_xll.RiskNormal(100,10,_xll.RiskName("Price"))',
    "B2": "=_xll.RiskUniform(40,60)",
    "B3": '=_xll.RiskOutput("Profit")+B1-B2',
    "B4": "=B3*2",
    "C9": 0.9,
}
N = 2_000


def run(book: Build, formulas: dict[str, str]) -> tuple[dict[str, Any], Result]:
    model = compute.Model.open(book({"Model": {**MODEL, **formulas}}))
    assert model.unsupported == ()
    result = model.simulate(iterations=N, sampling="monte_carlo")
    return {f.cell.removeprefix("Model!"): f.value for f in result.summary().filled}, result


def kept(samples: Any, low: float, high: float) -> Any:
    return samples[(samples >= low) & (samples <= high)]


ORACLES: dict[str, tuple[str, Callable[[Any, Any], float]]] = {
    "mean": ("_xll.RiskMean(B3)", lambda x, y: np.mean(x)),
    "sd": ("_xll.RiskStdDev(B3)", lambda x, y: np.std(x, ddof=1)),
    "variance": ("_xll.RiskVariance(B3)", lambda x, y: np.var(x, ddof=1)),
    "min": ("_xll.RiskMin(B3)", lambda x, y: x.min()),
    "max": ("_xll.RiskMax(B3)", lambda x, y: x.max()),
    "range": ("_xll.RiskRange(B3)", lambda x, y: np.ptp(x)),
    "skewness": ("_xll.RiskSkewness(B3)", lambda x, y: stats.skew(x, bias=False)),
    "kurtosis": ("_xll.RiskKurtosis(B3)", lambda x, y: stats.kurtosis(x, bias=False, fisher=False)),
    "percentile": ("_xll.RiskPercentile(B3,C9)", lambda x, y: np.quantile(x, 0.9, method="inverted_cdf")),
    "percentile of a name": ('_xll.RiskPtoX("profit",0.25)', lambda x, y: np.quantile(x, 0.25, method="inverted_cdf")),
    "descending": ("_xll.RiskPercentileD(B3,0.9)", lambda x, y: np.quantile(x, 0.1, method="inverted_cdf")),
    "target": ("_xll.RiskTarget(B3,45)", lambda x, y: np.mean(x <= 45)),
    "target, descending": ("_xll.RiskXtoQ(B3,45)", lambda x, y: np.mean(x > 45)),
    "trial": ("_xll.RiskData(B3,17)", lambda x, y: x[16]),
    "correlation": ("_xll.RiskCorrel(B3,B1)", lambda x, y: np.corrcoef(x, y)[0, 1]),
    "of an input": ("_xll.RiskMean(B1)", lambda x, y: np.mean(y)),
    "of an input's name": ('_xll.RiskMean("Price")', lambda x, y: np.mean(y)),
    "of a cell that is no output": ("_xll.RiskMean(B4)", lambda x, y: np.mean(2 * x)),
    "truncated": ("_xll.RiskMean(B3,_xll.RiskTruncate(40,60))", lambda x, y: np.mean(kept(x, 40, 60))),
    "truncated below": ("_xll.RiskMean(B3,_xll.RiskTruncate(50,))", lambda x, y: np.mean(kept(x, 50, np.inf))),
    "tail": (
        "_xll.RiskMean(B3,_xll.RiskTruncateP(,0.05))",
        lambda x, y: np.mean(x[x <= np.quantile(x, 0.05, method="inverted_cdf")]),
    ),
    "with a simulation": ("_xll.RiskMean(B3,1)", lambda x, y: np.mean(x)),
    "theory": ("_xll.RiskTheoPercentile(B1,0.975)", lambda x, y: stats.norm.ppf(0.975, 100, 10)),
    "theory, sd": ("_xll.RiskTheoStdDev(B2)", lambda x, y: 20 / np.sqrt(12)),
    "Montecell": ("_xldudf_MC_CVAR(B3,0.05)", lambda x, y: np.sort(x)[:100].mean()),
    "Montecell, rank": ("_xldudf_MC_SPEARMAN(B3,B1)", lambda x, y: stats.spearmanr(x, y).statistic),
    "Montecell, count": ("_xldudf_MC_COUNT(B3)", lambda x, y: N),
    "in a formula": ("ROUND(_xll.RiskMean(B3)*2,3)+1", lambda x, y: round(float(np.mean(x)) * 2, 3) + 1),
}


@pytest.mark.parametrize("name", ORACLES)
def test_a_statistic_is_what_the_samples_say(book: Build, name: str) -> None:
    text, oracle = ORACLES[name]
    filled, result = run(book, {"E1": f"={text}"})
    profit, price = result.outputs["Profit"].samples, result.inputs["Price"].samples
    assert filled["E1"] == pytest.approx(float(oracle(profit, price)), rel=1e-10)


def test_cells_that_hang_on_statistics_are_filled_too(book: Build) -> None:
    filled, result = run(book, {"E1": "=_xll.RiskMean(B3)", "E2": '=IF(E1>0,"go","stop")', "E3": "=E1-B3"})
    assert filled["E2"] == "go"
    assert filled["E3"] == pytest.approx((result.outputs["Profit"].mean or 0) - 50)
    assert set(filled) == {"E1", "E2", "E3"}


def test_before_a_run_a_statistic_is_not_available_and_a_law_s_own_is(book: Build) -> None:
    path = book({"Model": {**MODEL, "E1": "=_xll.RiskMean(B3)", "E2": "=_xll.RiskTheoMean(B1)"}})
    values = compute.recalculate(path)["Model"]
    assert values["E1"] == CellError("#N/A")


NOT_AVAILABLE = {
    "another simulation": "_xll.RiskMean(B3,2)",
    "an unknown name": '_xll.RiskMean("Loss")',
    "a constant": "_xll.RiskMean(C9)",
    "beyond the last iteration": f"_xll.RiskData(B3,{N + 1})",
    "the correlation with a constant": "_xll.RiskCorrel(B3,C9)",
}


@pytest.mark.parametrize("case", NOT_AVAILABLE)
def test_what_no_run_can_tell_is_not_available(book: Build, case: str) -> None:
    filled, _ = run(book, {"E1": f"={NOT_AVAILABLE[case]}"})
    assert filled["E1"] == "#N/A"


def test_a_wrong_share_is_a_number_error(book: Build) -> None:
    filled, _ = run(book, {"E1": "=_xll.RiskPercentile(B3,1.5)", "E2": "=_xll.RiskPercentile(B3,1/0)"})
    assert filled["E1"] in ("#NUM!", "#N/A")
    assert filled["E2"] == "#DIV/0!"


def test_a_statistic_that_feeds_its_own_run_is_refused(book: Build) -> None:
    model = compute.Model.open(book({"Model": {**MODEL, "B2": "=_xll.RiskUniform(0,_xll.RiskMean(B4))"}}))
    with pytest.raises(ModelError, match=r"Model!B2.*statistics of the run feed"):
        model.simulate(iterations=10)


SIMTABLES = {
    "@RISK": "=_xll.RiskSimtable({10,20,40})",
    "Montecell": "=_xldudf_MC_SIMTABLE(10,20,40)",
    "range": "=_xll.RiskSimtable(G1:G3)",
}


@pytest.mark.parametrize("product", SIMTABLES)
def test_several_simulations_share_their_draws(book: Build, product: str) -> None:
    cells = {
        "A1": SIMTABLES[product],
        "B1": "=_xll.RiskNormal(0,1)",
        "B2": '=_xll.RiskOutput("Sum")+A1+B1',
        "E1": "=_xll.RiskMean(B2,2)",
        "E2": "=_xll.RiskMean(B2,3)-_xll.RiskMean(B2,1)",
        "G1": 10, "G2": 20, "G3": 40,
    }  # fmt: skip
    model = compute.Model.open(book({"Model": cells}))
    first, second, third = model.simulate_each(3, iterations=500, seed=3)
    assert np.array_equal(first.inputs["Model!B1"].samples, third.inputs["Model!B1"].samples)
    np.testing.assert_allclose(second.outputs["Sum"].samples - first.outputs["Sum"].samples, 10.0)
    assert [r.certificate.simulation for r in (first, second, third)] == [1, 2, 3]
    filled = {f.cell: f.value for f in first.filled}
    assert filled["Model!E1"] == pytest.approx(second.outputs["Sum"].mean)
    assert filled["Model!E2"] == pytest.approx(30.0)
    assert model.simulate(iterations=500, seed=3).digest == first.digest


def test_a_simulation_without_a_value_is_an_error_in_every_iteration(book: Build) -> None:
    cells = {"A1": "=_xll.RiskSimtable({10,20})", "B1": "=_xll.RiskOutput()+A1+_xll.RiskNormal(0,1)"}
    results = compute.Model.open(book({"Model": cells})).simulate_each(3, iterations=50)
    assert [r.outputs["Model!B1"].errors for r in results] == [0, 0, 50]
