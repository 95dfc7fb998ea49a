"""``montecell simulate --report``: tables that say what the details say, JSON that holds them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compute.cli import main
from compute.cli.sections import details_text
from compute.cli.tables import number
from compute.details import DETAIL_SECTIONS, ResultDetails
from compute.protocol import SimulationSpec
from compute.runners import Result, simulate_file

Build = Callable[..., Path]
MODEL: dict[str, Any] = {
    "A1": '=_xldudf_MC_NORMAL(100,10,"Price")', "A2": '=_xldudf_MC_UNIFORM(10,20,"Units")',
    "A3": '=_xldudf_MC_NORMAL(0,1,"Idle")',
    "B1": '=_xldudf_MC_OUTPUT("Year 1")+A1*A2-1000', "C1": '=_xldudf_MC_OUTPUT("Year 2")-B1',
}  # fmt: skip


@pytest.fixture
def model(book: Build) -> Path:
    return book({"Model": MODEL})


@pytest.fixture
def result(model: Path) -> Result:
    return simulate_file(model, SimulationSpec())


def row_of(text: str, label: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(label))


def test_every_section_has_its_tables(result: Result) -> None:
    details = result.details(["all"], fan=["Model!B1:C1"])
    text = details_text(details)
    statistics = {row.key: row for row in details.statistics or ()}
    for label, name in (("value at risk 5 %", "value_at_risk"), ("semi-deviation", "semi_deviation"), ("95 %", "")):
        value = getattr(statistics["Year 1"], name) if name else statistics["Year 1"].percentiles["95"]
        assert number(value) in row_of(text, label)
    assert "95% confidence" in text
    regression = (details.regression or ())[0]
    assert f"R² {regression.r_squared:.3f}" in text
    assert "not significant: Idle" in text
    assert f"{regression.terms[0].standardised:.3f}" in text
    fan = (details.fan or ())[0]
    assert number(fan.bands[0][1]) in row_of(text.partition("fan: Model!B1:C1")[2], "Year 2")
    series = (details.convergence_series or ())[1]
    shown = row_of(text.partition("running mean: Year 2")[2], "2,560 ").split()
    assert shown[1:] == [number(series.means[9]), number(series.half_widths[9])]
    assert "scenario: Year 1 ≥ its percentile 75 %: 2,501 of 10,000 iterations" in text
    assert "inputs without effect on any output: Idle" in text


def test_bars_point_to_the_side_of_the_sign(result: Result) -> None:
    text = details_text(result.details(["tornado"]))
    first, _, second = text.partition("tornado: Year 2")
    assert "│█" in row_of(first, "Units")
    assert "█│" in row_of(second, "Units")


def test_only_the_sections_asked_for_are_printed(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["simulate", str(model), "--iterations", "500", "--quiet"]
    assert main([*arguments, "--report", "regression,contribution", "--report", "Scenarios"]) == 0
    shown = capsys.readouterr().out
    assert "@RISK's conventions" in shown
    assert all(words in shown for words in ("regression: Year 1", "contribution to variance: Year 1", "scenario: "))
    assert "spider" not in shown
    assert "semi-deviation" not in shown
    assert main(arguments) == 0
    assert "details" not in capsys.readouterr().out


def test_json_holds_the_details(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["simulate", str(model), "--iterations", "500", "--quiet", "--json"]
    assert main([*arguments, "--report", "all", "--convention", "excel", "--fan", "Model!B1:C1"]) == 0
    printed = json.loads(capsys.readouterr().out)
    found = ResultDetails.model_validate(printed["details"])
    assert found.convention == "excel"
    assert all(getattr(found, section) is not None for section in DETAIL_SECTIONS)
    assert found.digest == printed["certificate"]["digest"]
    assert main(arguments) == 0
    assert "details" not in json.loads(capsys.readouterr().out)


def test_excels_convention_alone_shows_its_statistics(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(model), "--iterations", "500", "--quiet", "--convention", "excel"]) == 0
    shown = capsys.readouterr().out
    assert "Excel's conventions" in shown
    assert "semi-deviation" in shown


@pytest.mark.parametrize(
    ("asked", "words"),
    [(["--report", "tornado,pie"], "no section 'pie'"), (["--fan", "Model!A1:A3"], "two or more")],
)
def test_what_there_is_not_ends_with_two(
    model: Path, capsys: pytest.CaptureFixture[str], asked: list[str], words: str
) -> None:
    assert main(["simulate", str(model), "--iterations", "100", "--quiet", *asked]) == 2
    assert words in capsys.readouterr().err


def test_a_run_without_numbers_can_be_reported(book: Build) -> None:
    path = book({"Model": {"A1": "=_xldudf_MC_NORMAL(0,1)", "B1": '=_xldudf_MC_OUTPUT("Broken")+A1/0'}})
    text = details_text(simulate_file(path, SimulationSpec()).details(["all"]))
    assert "no regression" in text
    assert "Broken" in text
