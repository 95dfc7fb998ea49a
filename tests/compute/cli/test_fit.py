"""``montecell fit`` and ``elicit``: data from files, formulas to paste, refusals with file, field and remedy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from compute.cli import main

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
