"""Runs that steer themselves, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compute.cli import main

Build = Callable[..., Path]
CELLS: dict[str, Any] = {
    "A1": 3, "A2": "text",
    "B1": '=_xll.RiskNormal(500,50,_xll.RiskName("Cost"))',
    "B2": '=_xll.RiskUniform(0,1,_xll.RiskName("Price"))',
    "B3": '=_xll.RiskOutput("Profit")+100*A1-B1+0*B2',
    "B4": '=_xll.RiskOutput("Sum")+B1+B2',
}  # fmt: skip
TIED = {
    "D1": 1, "D2": 0.5, "E2": 1,
    "B1": "=_xll.RiskNormal(0,1,_xll.RiskCorrmat($D$1:$E$2,1))",
    "B2": "=_xll.RiskNormal(0,1,_xll.RiskCorrmat($D$1:$E$2,2))",
    "B3": "=_xll.RiskOutput()+B1+B2",
}  # fmt: skip


@pytest.fixture
def model(book: Build) -> str:
    return str(book({"Model": CELLS}))


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    code = main([*arguments, "--json", "--quiet"])
    assert code in (0, 1)
    return json.loads(capsys.readouterr().out)


def test_a_run_ends_by_itself_and_is_repeated_by_its_length(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    rules = ["--until-converged", "sd:1%:Profit", "--until-converged", "p95:2:sum", "--confidence", "90%"]
    first = told(capsys, "simulate", model, *rules)
    found = {(s["output"], s["statistic"], s["level"]): s for s in first["convergence"]}
    assert set(found) == {("Profit", "standard_deviation", None), ("Sum", "percentile", 0.95)}
    assert all(s["converged"] for s in found.values())
    certificate = first["certificate"]
    assert certificate["iterations"] % 4_096 == 0
    again = told(capsys, "simulate", model, "--iterations", str(certificate["iterations"]), "--batch", "4096")
    assert again["certificate"]["digest"] == certificate["digest"]


def test_iterations_are_the_most_of_a_run_that_ends_by_itself(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["simulate", model, "--until-converged", "mean:0.001%:Profit", "--iterations", "5,000"]
    assert main(arguments) == 0
    shown = capsys.readouterr()
    assert "the run ended after 5,000 iterations, the most allowed, without having converged" in shown.out
    assert "more," in shown.err


def test_stress_shows_runs_beside_the_one_without(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    stress = ["--input", "Price", "--low", "0", "--high", "0.05", "--input", "Cost", "--low", "50%"]
    assert main(["stress", model, *stress, "--iterations", "4096", "--statistic", "mean", "--statistic", "p90"]) == 0
    shown = capsys.readouterr()
    rows = [line.split("  ") for line in shown.out.splitlines()]
    named = {tuple(p.strip() for p in row if p.strip())[:3] for row in rows}
    assert {("Price", "Sum", "mean"), ("all together", "Profit", "mean"), ("Cost", "Sum", "p90")} <= named
    assert "run 4: 4,096 of 4,096 iterations" in shown.err
    data = told(capsys, "stress", model, *stress, "--iterations", "4096")
    change = {(e["run"], e["output"]): e["change"] for e in data["effects"]}
    assert change["Price", "Sum"] == pytest.approx(-0.475, abs=1e-3)
    assert change["Cost", "Sum"] == pytest.approx(50 * 0.797885, abs=0.2)
    assert set(data["certificates"]) == {"baseline", "Price", "Cost", "all together"}


def test_stress_takes_laws_from_outside_too(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--input", "Model!A1=UNIFORM(0,10)", "--input", "Model!A1", "--high", "10%"]
    data = told(capsys, "stress", model, *given, "--iterations", "4096")
    change = {(e["run"], e["output"]): e["change"] for e in data["effects"]}
    assert change["Model!A1", "Profit"] == pytest.approx(-450, abs=1)


def test_goal_seek_prints_the_value(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [
        "--cell",
        "Model!A1",
        "--of",
        "Profit",
        "--target",
        "0",
        "--low",
        "-5",
        "--high",
        "20",
        "--iterations",
        "4096",
    ]
    assert main(["goal-seek", model, *asked, "--quiet"]) == 0
    assert "the target is reached" in capsys.readouterr().out
    data = told(capsys, "goal-seek", model, *asked, "--statistic", "p5", "--tolerance", "0.01")
    assert data["outcome"] == "reached"
    assert data["value"] == pytest.approx(5 + 0.5 * 1.644854, abs=0.005)
    assert main(["goal-seek", model, *asked[:4], "--target", "9e9", *asked[6:], "--quiet"]) == 1
    assert "same side of the target" in capsys.readouterr().out


def test_the_workbooks_own_settings_count(book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(book({"Model": CELLS}, names={"RiskNumIterations": "300", "RiskSamplingType": "3"}))
    assert main(["stress", path, "--input", "Price", "--high", "5%", "--quiet"]) == 0
    shown = capsys.readouterr()
    assert "2 runs of 300 iterations" in shown.out
    assert "taken from the workbook's settings of @RISK: iterations 300" in shown.err


def test_sensitivity_shares_out_the_variance(model: str, book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    data = told(capsys, "sensitivity", model, "--of", "Profit", "--base", "512")
    found = {(row["output"], row["input"]): row["total"] for row in data["indices"]}
    assert found == {("Profit", "Cost"): pytest.approx(1.0, abs=0.01), ("Profit", "Price"): 0.0}
    assert main(["sensitivity", model, "--base", "64", "--quiet"]) == 0
    shown = capsys.readouterr().out
    assert "256 iterations of a designed run" in shown
    assert shown.splitlines()[0].split() == ["output", "input", "first", "±", "total", "±"]
    tied = str(book({"Model": TIED}, file="tied.xlsx"))
    assert main(["sensitivity", tied, "--method", "shapley", "--quiet"]) == 0
    shares = [float(line.split()[2]) for line in capsys.readouterr().out.splitlines()[1:3]]
    assert shares == pytest.approx([50, 50], abs=2)
    assert main(["sensitivity", tied, "--quiet"]) == 2
    assert "Shapley effects take correlated inputs" in capsys.readouterr().err


AIM = ["--of", "Profit", "--target", "0", "--low", "0", "--high", "1"]
REFUSED: list[tuple[list[str], str]] = [
    (["simulate", "--until-converged", "mean"], "'mean' is not understood"),
    (["simulate", "--until-converged", "mean:0%"], "'mean:0%' is not understood"),
    (["simulate", "--until-converged", "skewness:1%"], "'skewness:1%' is not understood"),
    (["simulate", "--until-converged", "p0:1%"], "An extreme has no confidence interval"),
    (["simulate", "--until-converged", "mean:1%:Loss"], "no output 'Loss'; the outputs are Profit, Sum"),
    (["simulate", "--until-converged", "mean:1%", "--iterations", "0"], "iterations is 0"),
    (["simulate", "--until-converged", "mean:1%", "--batch", "1000"], "batch is 1000"),
    (["stress"], "nothing is stressed"),
    (["stress", "--input", "Prize", "--high", "5%"], "no input 'Prize'; the inputs are Cost, Price"),
    (["stress", "--input", "Price", "--low", "0.5", "--high", "0.5"], "Price is stressed from 0.5 to 0.5"),
    (["goal-seek", "--cell", "Model!A2", *AIM], "Model!A2 holds 'text'"),
    (["sensitivity", "--of", "Loss"], "no output 'Loss'"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_wrong_arguments_are_named(
    model: str, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main([arguments[0], model, *arguments[1:], "--quiet"]) == 2
    assert words in capsys.readouterr().err


MISTYPED: list[tuple[list[str], str]] = [
    (["stress", "--low", "0.1"], "name the input first"),
    (["stress", "--input", "Price", "--high", "5"], "'5' is not between 0 and 1"),
    (["stress", "--input", "Price", "--statistic", "p200"], "'p200' is not a statistic"),
    (["goal-seek", "--cell", "Model!A1"], "--of"),
    (["sensitivity", "--method", "morris"], "'morris'"),
]


@pytest.mark.parametrize(("arguments", "words"), MISTYPED)
def test_a_wrong_command_line_says_what_is_wrong(
    model: str, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([arguments[0], model, *arguments[1:]])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
