"""``montecell fit`` and ``elicit``: data from files, formulas to paste, refusals with file, field and remedy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import compute
from compute.cli import main
from compute.fitting.dependence import tau_of_frank

Build = Callable[..., Path]
RANDOM = np.random.Generator(np.random.Philox(21))
PRICES = RANDOM.gamma(2.0, 3.0, 200)
UNITS = 0.5 * PRICES + RANDOM.normal(size=200)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "sales.csv"
    lines = [f"{a!r},{b!r}" for a, b in zip(PRICES.tolist(), UNITS.tolist(), strict=True)]
    path.write_text("\n".join(["Price,Units", *lines]) + "\n", encoding="utf-8")
    return path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_laws_of_a_column_ranked_with_their_formulas(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "fit", str(table), "--column", "price", "--laws", "gamma,NORMAL", "--laws", "MC.BETA")
    assert (found["data"], found["size"], found["ranked_by"]) == ("Price", 200, "aic")
    best, second = found["fits"]
    assert (best["law"], second["law"]) == ("GAMMA", "NORMAL")
    shape, _, scale = stats.gamma.fit(PRICES, floc=0)
    assert best["parameters"] == {"shape": pytest.approx(shape, rel=1e-5), "scale": pytest.approx(scale, rel=1e-5)}
    numbers = ",".join(repr(v) for v in best["parameters"].values())
    assert (best["formula"], best["atrisk_formula"]) == (f"=MC.GAMMA({numbers})", f"=RiskGamma({numbers})")
    assert best["aic"] < second["aic"]
    assert [each["law"] for each in found["refused"]] == ["BETA"]


def test_the_list_for_people(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--column", "1", "--laws", "GAMMA,NORMAL,SKEWNORMAL", "--intervals", "30"]
    assert main(["fit", str(table), *options]) == 0
    text = capsys.readouterr().out
    assert "200 values of Price" in text
    assert "=MC.GAMMA(" in text
    assert "95% from" in text
    assert "p-values from 30 resamples" in text
    assert main(["fit", str(table), *options[:-2], "--atrisk", "--show", "3"]) == 0
    text = capsys.readouterr().out
    assert "=RiskGamma(" in text
    assert "(@RISK has no such law)" in text
    assert "MC." not in text


def test_intervals_are_those_of_the_best_law(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--column", "Price", "--laws", "GAMMA,NORMAL", "--intervals", "100", "--confidence", "90%"]
    found = told(capsys, "fit", str(table), *options)
    best, second = found["fits"]
    low, high = best["intervals"]["shape"]
    assert low < best["parameters"]["shape"] < high
    assert (best["level"], best["resamples"]) == (0.9, 100)
    assert "intervals" not in second
    assert told(capsys, "fit", str(table), *options) == found


@pytest.mark.parametrize(("rank", "figure"), [("ks", "kolmogorov_smirnov"), ("ad", "anderson_darling"), ("bic", "bic")])
def test_ranking(table: Path, rank: str, figure: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--column", "Price", "--laws", "GAMMA,NORMAL,WEIBULL,LOGNORMAL", "--rank", rank]
    figures = [each[figure] for each in told(capsys, "fit", str(table), *options)["fits"]]
    assert figures == sorted(figures)


def test_a_workbooks_range_and_a_name(book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    cells = {f"B{i}": v for i, v in enumerate(PRICES[:50].tolist(), 2)}
    path = str(book({"My data": {"B1": "Price", **cells}}, names={"Prices": "'My data'!$B$2:$B$51"}))
    by_range = told(capsys, "fit", path, "'My data'!B2:B60", "--laws", "GAMMA")
    by_name = told(capsys, "fit", path, "prices", "--laws", "GAMMA")
    assert (by_range["size"], by_name["size"]) == (50, 50)
    assert by_range["fits"] == by_name["fits"]


def test_blanks_are_left_out_and_counted(book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(book({"M": {"A1": 1, "A2": 2, "A4": 4, "A5": 5, "A6": 7}}))
    assert (told(capsys, "fit", path, "M!A1:A6", "--laws", "NORMAL")["blanks"]) == 1


def test_a_series(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    series = [0.0]
    for noise in np.random.Generator(np.random.Philox(5)).normal(size=500):
        series.append(0.8 * series[-1] + noise)
    path = tmp_path / "series.csv"
    path.write_text("\n".join(map(repr, map(float, series))), encoding="utf-8")
    found = told(capsys, "fit", str(path), "--series", "--laws", "AR1,MA1")
    best = found["fits"][0]
    assert (best["process"], len(found["fits"])) == ("AR1", 2)
    # The standard error of the coefficient is √((1 − 0.8²) / 500) = 0.0268.
    assert best["parameters"]["a1"] == pytest.approx(0.8, abs=4 * 0.0268)
    numbers = ",".join(repr(v) for v in best["parameters"].values())
    assert (best["formula"], best["atrisk_formula"]) == (f"=MC.AR1({numbers})", f"=RiskAR1({numbers})")


def test_columns_together(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "fit", str(table), "--copula", "--measure", "pearson")
    assert found["columns"] == ["Price", "Units"]
    assert found["correlations"][0][1] == pytest.approx(np.corrcoef(PRICES, UNITS)[0, 1], abs=1e-12)
    assert {each["family"] for each in found["copulas"]} == {"gaussian", "t", "clayton", "gumbel", "frank"}
    assert [c["aic"] for c in found["copulas"]] == sorted(c["aic"] for c in found["copulas"])
    assert main(["fit", str(table), "--copula"]) == 0
    assert "spearman correlation" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("Price,Units\n1,2\n", [], "sales.csv: it has the columns Price, Units; choose one with --column"),
        ("Price,Units\n1,2\n", ["--column", "Cost"], "the column 'Cost' is not there; choose from Price, Units"),
        ("A,A\n1,2\n", ["--column", "A"], "'A' is there several times"),
        ("x\n1\n2\nthree\n", [], "line 4, x holds 'three'; every value must be a number. Correct it"),
        ("x\n1\n,\n2\n", ["--series"], "line 3, x is empty"),
        ("", [], "the file is empty"),
        ("x\n1\n2\n", [], "fitting needs 5 or more"),
        ("x\n1\n2\n", ["Sheet1!A1:A2"], "'Sheet1!A1:A2' is a range of a workbook; name a column of a .csv"),
        ("x\n1\n2\n3\n4\n5\n", ["--laws", "GAMA"], "GAMA cannot be fitted to a sample"),
        ("x\n1\n2\n3\n4\n5\n", ["--series", "--laws", "AR7"], "there is no process 'AR7'; these can be fitted: AR1"),
        ("x\n1\n2\n3\n4\n5\n", ["--copula"], "needs two or more columns"),
    ],
)
def test_what_is_wrong_with_a_table(
    tmp_path: Path, content: str, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(content, encoding="utf-8")
    assert main(["fit", str(path), *options]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ([], "name the range too, for example Sheet1!A1:A200"),
        (["A1:A5"], "write it as Sheet1!A1:A200"),
        (["N!A1:A5"], "there is no sheet 'N'; there are M"),
        (["M!A1:A5"], "M!A1 holds 'Price'; every value must be a number"),
        (["M!A2:B6"], "there are several columns (M!A2:A6, M!B2:B6)"),
    ],
)
def test_what_is_wrong_with_a_range(
    book: Build, place: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = book({"M": {"A1": "Price", **{f"A{i}": i for i in range(2, 7)}, **{f"B{i}": i for i in range(2, 7)}}})
    assert main(["fit", str(path), *place]) == 2
    assert words in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", str(tmp_path / "none.csv")]) == 3
    assert "none.csv: No such file" in capsys.readouterr().err


def test_an_experts_percentiles(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "elicit", "10%=80", "0.5=100", "90%=140", "--laws", "NORMAL,GAMMA", "--lower", "0")
    # With a lower bound of 0 the metalog is that of the logarithms; through three percentiles its median is theirs.
    assert found["metalog"]["coefficients"][0] == pytest.approx(np.log(100), abs=1e-12)
    numbers = ",".join(repr(v) for v in found["metalog"]["coefficients"])
    assert found["metalog"]["formula"] == f"=MC.METALOG({{{numbers}}},0)"
    assert [each["law"] for each in found["fits"]] == ["GAMMA", "NORMAL"]
    assert found["fits"][0]["rms_error"] < found["fits"][1]["rms_error"]
    assert main(["elicit", "10%=80", "50%=100", "90%=140", "--laws", "NORMAL"]) == 0
    text = capsys.readouterr().out
    assert "metalog through the percentiles\n=MC.METALOG({" in text
    assert "=MC.NORMAL(" in text


@pytest.mark.parametrize(
    ("percentiles", "words"),
    [
        (
            ["10%:80", "50%=100", "90%=140"],
            "'10%:80' is no percentile; write the probability and the value, like 10%=80",
        ),
        (["110%=80", "50%=100", "90%=140"], "'110%=80' is no percentile"),
        (["10%=80", "90%=140"], "three or more"),
        (["10%=80", "50%=70", "90%=140"], "falls at 80"),
        (["0%=80", "50%=100", "90%=140"], "ends excluded"),
    ],
)
def test_what_is_wrong_with_percentiles(percentiles: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["elicit", *percentiles]) == 2
    assert words in capsys.readouterr().err


def joint_columns(path: Path, turned: bool, heavy: bool) -> tuple[np.ndarray, np.ndarray]:
    """Two columns that hang together: of a Gaussian copula, or low together as Clayton's; written as a .csv."""
    noise = np.random.Generator(np.random.Philox(11))
    if heavy:
        theta, frailty, waits = 3.0, noise.gamma(1 / 3.0, size=800), noise.exponential(size=(2, 800))
        first, second = (1 + waits / frailty) ** (-1 / theta)
    else:
        scores = noise.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], size=800)
        first, second = stats.norm.cdf(scores).T
    price, units = stats.norm(100, 10).ppf(first), stats.expon(scale=40).ppf(1 - second if turned else second)
    rows = "\n".join(f"{p!r},{u!r}" for p, u in zip(price.tolist(), units.tolist(), strict=True))
    path.write_text(f'Price,"Units ""A"""\n{rows}\n', encoding="utf-8")
    return price, units


@pytest.mark.parametrize(
    ("heavy", "turned", "family", "call"),
    [
        (False, False, "gaussian", "MC.CORRELATE({1,0.8"),
        (True, False, "clayton", 'MC.COPULACLAYTON("clayton of Price, Units ""A""",1,'),
        (True, True, "clayton", 'MC.COPULACLAYTON("clayton of Price, Units ""A""",1,'),
    ],
)
def test_a_fitted_copula_is_pasted_into_cells(
    heavy: bool, turned: bool, family: str, call: str, book: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The formulas, put into cells as they are, draw what the data show: their laws and how they hang together."""
    path = tmp_path / "joint.csv"
    price, units = joint_columns(path, turned, heavy)
    found = told(capsys, "fit", str(path), "--copula", "--laws", "NORMAL,EXPONENTIAL,LOGNORMAL")
    assert found["copulas"][0]["family"] == family
    assert [each["law"] for each in found["formulas"]] == ["NORMAL", "EXPONENTIAL"]
    formulas = [each["formula"] for each in found["formulas"]]
    assert call in formulas[0]
    assert found["copulas"][0]["reflected"] == [False, turned]
    model = compute.Model.open(book({"M": {"A1": formulas[0], "A2": formulas[1], "A3": '=MC.OUTPUT("y")+A1+A2'}}))
    result = model.simulate(iterations=8_000, seed=3, sampling="monte_carlo")
    one, other = (v.samples for v in result.inputs.values())
    drawn, seen = (stats.kendalltau(*pair).statistic for pair in ((one, other), (price, units)))
    assert drawn == pytest.approx(seen, abs=4 * (np.sqrt(2 / 800) + np.sqrt(2 / 8_000)))
    assert one.mean() == pytest.approx(price.mean(), abs=4 * 10 / np.sqrt(800))
    assert other.mean() == pytest.approx(units.mean(), abs=4 * 40 / np.sqrt(800))
    # Below both of their lower tenths (above one, where the second is turned round) as often as in the data.
    share = [
        np.mean((a < np.quantile(a, 0.1)) & ((b > np.quantile(b, 0.9)) if turned else (b < np.quantile(b, 0.1))))
        for a, b in ((one, other), (price, units))
    ]
    assert share[0] == pytest.approx(share[1], abs=4 * np.sqrt(0.09 / 800))


def tau_of(copula: dict[str, Any]) -> float:
    """Kendall's tau of a pair by the copula's own parameter (Nelsen, An Introduction to Copulas, chapter 5)."""
    theta = copula["theta"]
    if theta is None:
        return float(2 / np.pi * np.arcsin(copula["matrix"][0][1]))
    if copula["family"] == "frank":
        return tau_of_frank(theta)
    return float(theta / (theta + 2) if copula["family"] == "clayton" else 1 - 1 / theta)


def test_every_copula_of_a_list_can_be_pasted(book: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "joint.csv"
    joint_columns(path, turned=False, heavy=False)
    found = told(capsys, "fit", str(path), "--copula", "--laws", "NORMAL")
    for copula in found["copulas"]:
        cells = {f"A{i}": f"=MC.NORMAL(0,1,{tie})" for i, tie in enumerate(copula["properties"], 1)}
        model = compute.Model.open(
            book({"M": cells | {"A3": '=MC.OUTPUT("y")+A1+A2'}}, file=f"{copula['family']}.xlsx")
        )
        assert not model.unsupported
        result = model.simulate(iterations=4_000, seed=3, sampling="monte_carlo")
        (group,) = result.correlations
        assert group.family == {"t": "student"}.get(copula["family"], copula["family"])
        tau = stats.kendalltau(*(v.samples for v in result.inputs.values())).statistic
        assert tau == pytest.approx(tau_of(copula), abs=4 * np.sqrt(2 / 4_000))
    assert main(["fit", str(path), "--copula", "--laws", "NORMAL"]) == 0
    shown = capsys.readouterr().out
    assert "inputs tied by the gaussian copula" in shown
    assert "MC.CORRELATE({1,0." in shown


def test_a_matrix_that_no_formula_has_room_for_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "wide.csv"
    values = np.random.Generator(np.random.Philox(2)).normal(size=(60, 32))
    rows = [",".join(f"c{i}" for i in range(32)), *(",".join(map(repr, row)) for row in values.tolist())]
    path.write_text("\n".join(rows), encoding="utf-8")
    assert main(["fit", str(path), "--copula", "--laws", "NORMAL"]) == 0
    assert "the matrix is too large for a formula" in capsys.readouterr().out
