"""Time series in cells: moments against closed forms, the same bits however they are computed, uncertain parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from scipy import special

import compute
from compute.errors import InvalidCorrelation, InvalidDistribution, UnsupportedFormula
from compute.program.series import period_stream
from compute.runners.result import Result
from compute.sampling import stream_key, uniforms
from compute.sampling.time_series import AR1, PROCESSES, Process
from compute.values import Floats
from tests.compute.backends.test_spilling import saved
from tests.compute.conftest import Build

PERIODS, N, SEED = 8, 40_000, 5
CALLS: dict[str, tuple[float, ...]] = {
    "AR1": (100, 40, 0.8, 490),
    "AR2": (10, 2, 0.5, 0.3, 20, 5),
    "MA1": (10, 2, 0.6, 3),
    "MA2": (10, 2, 0.6, -0.3, 3, -4),
    "ARMA11": (100, 40, 0.8, -0.2, 490, 10),
    "ARCH1": (50, 10, 0.3, 49),
    "GARCH11": (50, 10, 0.2, 0.6, 49, 8),
    "GBM": (0.01, 0.05),
    "GBMJD": (0.01, 0.05, 0.1, 0.015, 0.025),
    "BMMR": (10, 2, 0.4, 25),
    "BMMRJD": (10, 2, 0.4, 0.5, 3, 1, 25),
}


def process_of(name: str) -> Process:
    return PROCESSES[name](*CALLS[name])


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Floats]:
    """The samples of every process, (periods, iterations), each an array formula in a column of its own."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "S"
    for column, (name, arguments) in enumerate(CALLS.items(), start=1):
        letter = chr(64 + column)
        text = f"=_xll.Risk{name}({','.join(map(str, arguments))})"
        sheet[f"{letter}1"] = ArrayFormula(f"{letter}1:{letter}{PERIODS}", text)
    sheet["M1"] = f"=SUM(A1:K{PERIODS})"
    path = tmp_path_factory.mktemp("series") / "series.xlsx"
    book.save(path)
    result = compute.Model.open(path, outputs=["S!M1"]).simulate(N, SEED, "monte_carlo")
    table = {
        name: np.stack([result.inputs[f"S!{chr(65 + i)}{k}"].samples for k in range(1, PERIODS + 1)])
        for i, name in enumerate(CALLS)
    }
    np.testing.assert_allclose(sum(t.sum(axis=0) for t in table.values()), result.outputs["S!M1"].samples, rtol=1e-12)
    return table


def autocovariance(name: str, k: int, lag: int) -> float:
    """Cov(y(k), y(k + lag)) given the start: by the weights of past errors; none where errors are uncorrelated."""
    a = CALLS[name]
    if name.startswith("BMMR"):
        return math.exp(-a[2] * lag) * process_of(name).variance(k)
    if name in ("ARCH1", "GARCH11", "GBM", "GBMJD"):
        return 0.0
    past, moving = {
        "AR1": ((0.8, 0.0), (0.0, 0.0)),
        "AR2": ((0.5, 0.3), (0.0, 0.0)),
        "MA1": ((0.0, 0.0), (0.6, 0.0)),
        "MA2": ((0.0, 0.0), (0.6, -0.3)),
        "ARMA11": ((0.8, 0.0), (-0.2, 0.0)),
    }[name]
    size = k + lag
    # The errors' weights are the columns of (I − A)⁻¹ (I + B), A and B with the coefficients below their diagonals.
    left = np.eye(size) - past[0] * np.eye(size, k=-1) - past[1] * np.eye(size, k=-2)
    right = np.eye(size) + moving[0] * np.eye(size, k=-1) + moving[1] * np.eye(size, k=-2)
    weights = np.linalg.solve(left, right)
    return a[1] ** 2 * float(weights[k - 1] @ weights[k + lag - 1])


def test_every_process_is_drawn() -> None:
    assert CALLS.keys() == PROCESSES.keys()


@pytest.mark.parametrize("name", CALLS)
def test_moments_and_autocovariances(paths: dict[str, Floats], name: str) -> None:
    path, process = paths[name], process_of(name)
    means = np.array([process.mean(k) for k in range(1, PERIODS + 1)])
    gaps = path - means[:, None]
    for k in range(1, PERIODS + 1):
        assert abs(gaps[k - 1].mean()) < 4.5 * path[k - 1].std() / math.sqrt(N), k
        square = gaps[k - 1] ** 2
        assert abs(square.mean() - process.variance(k)) < 4.5 * square.std() / math.sqrt(N), k
    for lag in (1, 2, 3):
        product = gaps[PERIODS - 1 - lag] * gaps[PERIODS - 1]
        exact = autocovariance(name, PERIODS - lag, lag)
        assert abs(product.mean() - exact) < 4.5 * product.std() / math.sqrt(N), lag


def test_volatility_clusters(paths: dict[str, Floats]) -> None:
    """The squared errors of GARCH(1, 1) have the lag-1 regression slope a1 + b1 of their conditional variance."""
    first, second = (paths["GARCH11"][k] - 50 for k in (0, 1))
    # Var(2) given the first value: omega + a1 e² + b1 s²(1), with s²(1) = 10 + 0.2 + 0.6 · 64.
    exact = 10 + 0.2 * first**2 + 0.6 * (10 + 0.2 + 0.6 * 64)
    ratio = second**2 / exact
    assert abs(ratio.mean() - 1) < 4.5 * ratio.std() / math.sqrt(N)
    product = (ratio - 1) * first**2
    assert abs(product.mean()) < 4.5 * product.std() / math.sqrt(N)


def test_each_period_takes_its_own_stream(book: Build) -> None:
    cells = {"B2:B5": "=_xll.RiskAR1(100,40,0.8,490)", "D1": "=SUM(B2:B5)"}
    result = compute.Model.open(book({"S": cells}), outputs=["S!D1"]).simulate(100, SEED, "monte_carlo")
    stream = stream_key("S", "B2", 0)
    drawn = np.stack([uniforms(SEED, period_stream(stream, k), 0, 100) for k in range(4)])
    shown = np.stack([result.inputs[f"S!B{k}"].samples for k in range(2, 6)])
    np.testing.assert_array_equal(shown, AR1(100, 40, 0.8, 490).path(drawn))
    first = 100 + 0.8 * 390 + 40 * special.ndtri(uniforms(SEED, stream, 0, 100))
    np.testing.assert_allclose(shown[0], first, rtol=1e-14)


def result_of(book: Build, cells: Mapping[str, object], *outputs: str, sampling: str = "latin_hypercube") -> Result:
    model = compute.Model.open(book({"S": cells}), outputs=list(outputs))
    return model.simulate(2_000, SEED, sampling)  # type: ignore[arg-type]


def test_a_longer_path_begins_with_the_shorter_one(book: Build) -> None:
    formula = "=_xll.RiskGARCH11(50,10,0.2,0.6,49,8)"
    short = result_of(book, {"A1:A3": formula, "C1": "=A3"}, "S!C1", sampling="monte_carlo")
    long = result_of(book, {"A1:A9": formula, "C1": "=A3"}, "S!C1", sampling="monte_carlo")
    np.testing.assert_array_equal(short.outputs["S!C1"].samples, long.outputs["S!C1"].samples)


MODEL: dict[str, object] = {
    "A1:A12": '=_xll.RiskAR1(D1,D2,0.8,490,_xll.RiskName("Price"))',
    "F1:H1": "=_xldudf_MC_GBMJD(0.01,0.05,D3,0.015,0.025,_xldudf_MC_TSTRANSFORM(1),_xldudf_MC_TSINTEGRATE(1,LN(80)))",
    "D1": "=RiskNormal(100,10)",
    "D2": "=RiskUniform(-5,40)",
    "D3": "=RiskUniform(0,0.5)",
    "D5": "=MAX(_xldudf_MC_GARCH11(50,10,0.2,0.6,49,8,6))",
    "D7": "=SUM(A1:A12)+SUM(F1:H1)+D5",
}


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube", "sobol"])
def test_the_same_bits_for_any_threads_and_chunks(book: Build, sampling: compute.protocol.SamplingMethod) -> None:
    model = compute.Model.open(book({"S": MODEL}), outputs=["S!D7"])
    runs = [
        model.simulate(10_000, SEED, sampling, threads=threads, chunk_leaves=leaves)
        for threads, leaves in ((1, None), (2, 1), (1, 2), (2, 3))
    ]
    assert len({run.digest for run in runs}) == 1
    assert model.simulate(10_000, SEED + 1, sampling).digest != runs[0].digest


def test_uncertain_parameters_are_those_of_the_iteration(book: Build) -> None:
    result = result_of(book, MODEL, "S!D7", sampling="monte_carlo")
    mu, sigma = result.inputs["S!D1"].samples, result.inputs["S!D2"].samples
    path = np.stack([result.inputs[f"Price, period {k}"].samples for k in range(1, 13)])
    wrong = sigma < 0
    assert 0.05 < wrong.mean() < 0.2
    codes = np.stack([result.inputs[f"Price, period {k}"].codes for k in range(1, 13)])
    assert (codes[:, wrong] == int(compute.errors.ErrorCode.NUM)).all()
    assert not codes[:, ~wrong].any()
    stream = stream_key("S", "A1", 0)
    drawn = np.stack([uniforms(SEED, period_stream(stream, k), 0, 2_000) for k in range(12)])
    for i in np.flatnonzero(~wrong)[:50]:
        alone = AR1(mu[i], sigma[i], 0.8, 490).path(drawn[:, i : i + 1])[:, 0]
        np.testing.assert_allclose(path[:, i], alone, rtol=1e-12)


def test_a_price_has_the_mean_of_geometric_brownian_motion(book: Build) -> None:
    """E price(k) = price(0) e^(mu k)."""
    cells = {"A1:A4": "=_xll.RiskGBM(0.05,0.2,_xll.RiskTSTransform(1,0),_xll.RiskTSIntegrate(1,LN(80)))", "C1": "=A4"}
    model = compute.Model.open(book({"S": cells}), outputs=["S!C1"])
    price = model.simulate(N, SEED, "monte_carlo").outputs["S!C1"].samples
    assert abs(price.mean() - 80 * math.exp(0.2)) < 4.5 * price.std() / math.sqrt(N)
    assert abs(np.log(price).std() - 0.4) < 4.5 * 0.4 / math.sqrt(2 * N)
    # While nothing is simulated: the mean of the log returns, transformed afterwards.
    assert model.statics.value((0, 4, 1)) == pytest.approx(80 * math.exp(4 * 0.03))


def test_modelrisks_values_are_the_products_of_log_returns(book: Build) -> None:
    formula = "VoseTimeAR1(0.01,0.02,0.3,0.04,{})"
    cells = {"A1:A3": f"={formula.format('FALSE,80')}", "C1": "=A3", "C2": "=A2"}
    values = result_of(book, cells, "S!C1", "S!C2", sampling="monte_carlo")
    returns = result_of(book, {**cells, "A1:A3": f"={formula.format('TRUE')}"}, "S!C1", sampling="monte_carlo")
    ratio = values.outputs["S!C1"].samples / values.outputs["S!C2"].samples
    np.testing.assert_allclose(np.log(ratio), returns.outputs["S!C1"].samples, atol=1e-13)


def test_seasons_return_in_turn(book: Build) -> None:
    seasons = "=_xll.RiskMA1(10,0,0.6,0,_xll.RiskTSSeasonality(3,4,G1:J1,3))"
    cells = {"A1:A6": seasons, "G1": 0.1, "H1": 0.3, "I1": 0.5, "J1": "=RiskUniform(5,6)", "C1": "=A2", "C2": "=A3"}
    result = result_of(book, cells, "S!C1", "S!C2")
    np.testing.assert_array_equal(result.outputs["S!C1"].samples, 10 + result.inputs["S!J1"].samples)
    assert set(result.outputs["S!C2"].samples) == {10.1}


def test_one_cell_is_the_first_period(book: Build) -> None:
    cells = {"A1": "=_xll.RiskAR1(100,40,0.8,490)", "B1": "=A1*1"}
    result = result_of(book, cells, "S!B1", sampling="monte_carlo")
    exact = 412 + 40 * special.ndtri(uniforms(SEED, stream_key("S", "A1", 0), 0, 2_000))
    np.testing.assert_allclose(result.outputs["S!B1"].samples, exact, rtol=1e-14)
    assert list(result.inputs) == ["S!A1"]


def test_a_path_inside_another_function(book: Build) -> None:
    """The sum of 12 log returns is normal with 12 times their mean and variance."""
    result = result_of(book, {"A1": "=SUM(_xldudf_MC_GBM(0.02,0.05,B1))", "B1": 12}, "S!A1", sampling="monte_carlo")
    total = result.outputs["S!A1"].samples
    assert abs(total.mean() - 12 * (0.02 - 0.00125)) < 4.5 * 0.05 * math.sqrt(12 / 2_000)
    assert abs(total.var() / (12 * 0.0025) - 1) < 4.5 * math.sqrt(2 / 2_000)


def test_calls_in_a_lambda_have_paths_of_their_own(book: Build) -> None:
    inner = "_xlfn.LAMBDA(_xlpm.x,SUM(_xldudf_MC_GBM(_xlpm.x,1,4)))"
    result = result_of(book, {"A1:A1": f"=SUM(_xlfn.MAP(B1:B3,{inner}))", "B1": 0.5}, "S!A1", sampling="monte_carlo")
    total = result.outputs["S!A1"].samples
    assert abs(total.var() / 12 - 1) < 4.5 * math.sqrt(2 / 2_000)


def test_a_spilled_path(tmp_path: Path) -> None:
    model = compute.Model.open(saved(tmp_path, {"C1:C5": "=_xldudf_MC_AR1(100,40,0.8,490,5)", "E1": "=SUM(C1#)"}))
    assert [i.cell for i in model.describe().inputs] == [f"Model!C{k}" for k in range(1, 6)]
    spilled = compute.Model.open(
        saved(tmp_path, {"C1:C5": "=_xldudf_MC_AR1(100,40,0.8,490,5)", "E1": "=SUM(C1:C9)"}), outputs=["Model!E1"]
    ).simulate(500, SEED)
    total = sum(spilled.inputs[f"Model!C{k}"].samples for k in range(1, 6))
    np.testing.assert_allclose(spilled.outputs["Model!E1"].samples, total, rtol=1e-13)
    without = compute.Model.open(
        saved(tmp_path, {"C1:C5": "=_xll.RiskAR1(100,40,0.8,490)", "E1": "=C5"}), outputs=["Model!E1"]
    )
    assert without.statics.value((0, 1, 5)) == pytest.approx(AR1(100, 40, 0.8, 490).mean(5))


def test_a_number_of_periods_that_differs_between_iterations(tmp_path: Path) -> None:
    cells = {"A1": "=RiskIntUniform(2,4)", "C1:C4": "=_xldudf_MC_MA1(10,1,0.5,0,A1)", "E1": "=COUNT(C1:C4)"}
    result = compute.Model.open(saved(tmp_path, cells), outputs=["Model!E1"]).simulate(1_000, SEED)
    np.testing.assert_array_equal(result.outputs["Model!E1"].samples, result.inputs["Model!A1"].samples)


@pytest.mark.parametrize("sampling", ["latin_hypercube"])
def test_a_latin_hypercube_stratifies_every_period(book: Build, sampling: str) -> None:
    result = result_of(book, {"A1:D1": "=_xll.RiskGBM(0,1)", "F1": "=D1"}, "S!F1", sampling=sampling)
    for cell in ("S!A1", "S!C1", "S!D1"):
        strata = np.floor(special.ndtr(result.inputs[cell].samples + 0.5) * 2_000)
        assert len(np.unique(strata)) > 1_990


def test_properties_of_a_draw_hold_for_a_path(book: Build) -> None:
    cells = {
        "A1:A3": "=_xll.RiskAR1(100,40,0.8,490,_xll.RiskLock())",
        "B1:B3": "=_xll.RiskAR1(100,40,0.8,490,_xll.RiskSeed(1,7))",
        "C1:C3": "=_xll.RiskAR1(100,40,0.8,490,_xll.RiskStatic(1))",
        "D1:D3": "=_xll.RiskAR1(100,40,0.8,490,_xll.RiskStatic(F1:F3))",
        "F1": 7,
        "F2": 8,
        "F3": 9,
        "H1": "=A3+B3+C3+D3",
    }
    model = compute.Model.open(book({"S": cells}), outputs=["S!H1"])
    one, other = model.simulate(500, 1), model.simulate(500, 2)
    np.testing.assert_allclose(one.inputs["S!A2"].samples, 349.6)
    np.testing.assert_array_equal(one.inputs["S!B3"].samples, other.inputs["S!B3"].samples)
    assert not np.array_equal(one.inputs["S!C3"].samples, other.inputs["S!C3"].samples)
    assert abs(np.corrcoef(one.inputs["S!B1"].samples, one.inputs["S!B2"].samples)[0, 1] - 1) > 0.01
    assert [model.statics.value((0, k, 3)) for k in (1, 2, 3)] == [1.0, 1.0, 1.0]
    assert [model.statics.value((0, k, 4)) for k in (1, 2, 3)] == [7.0, 8.0, 9.0]


def test_inspection_and_statistics_in_cells_know_every_period(book: Build) -> None:
    cells = {
        "A1:A3": '=_xll.RiskAR1(100,40,0.8,490,_xll.RiskName("Oil"))',
        "C1": "=RiskMean(A2)",
        "C2": '=RiskMax("Oil, period 3")',
        "D1": "=SUM(A1:A3)",
    }
    model = compute.Model.open(book({"S": cells}), outputs=["S!D1"])
    inputs = model.describe().inputs
    assert [(i.key, i.cell, i.law) for i in inputs] == [(f"Oil, period {k}", f"S!A{k}", "AR1") for k in (1, 2, 3)]
    assert [i.static_value for i in inputs] == pytest.approx([412, 349.6, 299.68])
    assert {i.parameters for i in inputs} == {(100.0, 40.0, 0.8, 490.0)}
    assert model.unsupported == ()
    result = model.simulate(1_000, SEED)
    filled = {f.cell: f.value for f in result.filled}
    assert filled["S!C1"] == result.inputs["Oil, period 2"].mean
    assert filled["S!C2"] == result.inputs["Oil, period 3"].samples.max()
    tornado = result.summary().outputs[0]
    assert tornado is not None


MATRIX: dict[str, object] = {"M1": 1, "N1": 0.7, "M2": 0.7, "N2": 1}


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube"])
def test_correlated_series_share_their_noise_period_by_period(book: Build, sampling: str) -> None:
    """The scores of both series' noise have the requested correlation in each period, and none across periods."""
    cells = {
        **MATRIX,
        "A1:A4": "=_xll.RiskGBM(0.01,0.05,_xll.RiskCorrmat(M1:N2,1))",
        "C1:F1": "=_xll.RiskMA1(0,1,0.5,0,_xll.RiskCorrmat(M1:N2,2),_xll.RiskTSTransform(1))",
        "K1": "=A4+F1",
    }
    model = compute.Model.open(book({"S": cells}), outputs=["S!K1"])
    result = model.simulate(N, SEED, sampling, threads=2, chunk_leaves=1)  # type: ignore[arg-type]
    assert model.simulate(N, SEED, sampling, threads=1).digest == result.digest  # type: ignore[arg-type]
    noise = np.stack([result.inputs[f"S!A{k}"].samples for k in range(1, 5)])
    values = np.log(np.stack([result.inputs[f"S!{c}1"].samples for c in "CDEF"]))
    other = values.copy()
    for k in range(1, 4):
        other[k] = values[k] - 0.5 * other[k - 1]
    table = np.corrcoef(noise, other)[:4, 4:]
    np.testing.assert_allclose(np.diag(table), 0.7, atol=4.5 * (1 - 0.49) / math.sqrt(N))
    assert np.abs(table - np.diag(np.diag(table))).max() < 4.5 / math.sqrt(N)
    assert [(c.group, c.members) for c in result.correlations] == [("S!M1:N2, period 1", ("S!A1", "S!C1"))]
    assert len(model.describe().correlations) == 1


def test_series_and_laws_are_not_correlated_by_one_matrix(book: Build) -> None:
    cells = {
        **MATRIX,
        "A1:A4": "=_xll.RiskGBM(0.01,0.05,_xll.RiskCorrmat(M1:N2,1))",
        "C1": "=_xll.RiskNormal(0,1,_xll.RiskCorrmat(M1:N2,2))",
        "K1": "=A4+C1",
    }
    model = compute.Model.open(book({"S": cells}), outputs=["S!K1"])
    with pytest.raises(InvalidCorrelation, match="S!C1: S!M1:N2 correlates time series with other inputs"):
        model.simulate(100)


def test_a_path_in_a_branch_is_that_of_its_iterations(book: Build) -> None:
    path = "_xldudf_MC_AR1(0,1,0.5,0,3)"
    result = result_of(
        book, {"A1": "=RiskUniform(0,1)", "B1": f"=IF(A1>0.5,INDEX({path},3),-99)"}, "S!B1", sampling="monte_carlo"
    )
    stream = stream_key("S", "B1", 0)
    drawn = np.stack([uniforms(SEED, period_stream(stream, k), 0, 2_000) for k in range(3)])
    exact = np.where(result.inputs["S!A1"].samples > 0.5, AR1(0, 1, 0.5, 0).path(drawn)[2], -99.0)
    np.testing.assert_allclose(result.outputs["S!B1"].samples, exact, rtol=1e-13)


def test_a_series_without_a_stationary_law_is_noted(book: Build) -> None:
    cells = {"A1:A3": "=_xll.RiskAR1(100,40,1,490)", "C1": "=SUM(A1:A3)"}
    model = compute.Model.open(book({"S": cells}), outputs=["S!C1"])
    assert "S!A1: AR1 is not stationary: a1 is 1; stationarity needs −1 < a1 < 1" in model.describe().notes
    assert model.simulate(100).outputs["S!C1"].errors == 0


WRONG: list[tuple[dict[str, object], type[Exception], str]] = [
    ({"A1:B3": "=_xll.RiskAR1(100,40,0.8,490)"}, UnsupportedFormula, r"S!A1: AR1: a time series fills one row or one"),
    ({"A1:A3": "=_xll.RiskEGARCH11(1,2,3,4,5,6,7,8)"}, UnsupportedFormula, "S!A1: RiskEGARCH11"),
    ({"A1:A3": "=_xll.RiskAR1(100,-1,0.8,490)"}, InvalidDistribution, "S!A1: AR1: sigma is -1; it must be 0 or more"),
    ({"A1:A3": "=_xll.RiskAR1(100,NA(),0.8,490)"}, InvalidDistribution, "S!A1: a parameter is #N/A"),
    ({"A1:A3": "=_xll.RiskAR1(D2:D4,1,0.8,490)"}, InvalidDistribution, "S!A1: a parameter is #VALUE!"),
    ({"A1": "=SUM(_xldudf_MC_GBM(1,1,0))"}, InvalidDistribution, "S!A1: a parameter is #VALUE!"),
    (
        {"A1:A3": "=_xll.RiskGBM(1,1,_xll.RiskTSTransform(3,0))"},
        InvalidDistribution,
        "S!A1: Time series: transform is 3; it must be 0 to 2",
    ),
    (
        {"A1:A3": "=_xll.RiskGBM(1,1,_xll.RiskTSSeasonality(3,4,{1,2},1))"},
        InvalidDistribution,
        "S!A1: Time series: there are 2 seasonal terms",
    ),
    (
        {"A1:A3": "=_xll.RiskGBM(1,1,_xll.RiskTSIntegrate(1.5,1))"},
        InvalidDistribution,
        "S!A1: the order of TSIntegrate is 1.5; it must be a whole number",
    ),
]


@pytest.mark.parametrize(("cells", "kind", "words"), WRONG, ids=[w for _, _, w in WRONG])
def test_errors_name_the_cell(book: Build, cells: dict[str, object], kind: type[Exception], words: str) -> None:
    model = compute.Model.open(book({"S": {**cells, "F1": "=A1+1"}}), outputs=["S!F1"])
    with pytest.raises(kind, match=words):
        model.simulate(100)
