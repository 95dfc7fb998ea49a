"""``montecell simulate``: the workbook's settings as defaults, and several simulations."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from compute.cli import main

Build = Callable[..., Path]
CELLS: dict[str, Any] = {
    "A1": "=_xll.RiskUniform(0,2)", "A2": "=_xll.RiskSimtable({1,10,100})", "A3": '=_xll.RiskOutput("Profit")+A1*A2',
}  # fmt: skip
NAMES = {"RiskNumIterations": "300", "RiskFixedSeed": "7", "RiskUseFixedSeed": "TRUE", "RiskNumSimulations": "1"}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["simulate", *arguments, "--json", "--quiet"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], {"iterations": 300, "seed": 7, "sampling": "latin_hypercube"}),
        (["--iterations", "50"], {"iterations": 50, "seed": 7, "sampling": "latin_hypercube"}),
        (["--seed", "9", "--sampling", "sobol"], {"iterations": 300, "seed": 9, "sampling": "sobol"}),
    ],
)
def test_options_come_before_the_workbooks_settings(
    options: list[str], expected: Mapping[str, object], book: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = run(capsys, str(book({"M": CELLS}, names=NAMES)), *options)
    assert {n: summary["certificate"][n] for n in expected} == expected
    (note,) = [n for n in summary["notes"] if "taken from" in n]
    assert ("seed 7" in note) == ("--seed" not in options)
    assert ("iterations 300" in note) == ("--iterations" not in options)


def test_without_settings_the_defaults_hold_and_nothing_is_noted(
    book: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = run(capsys, str(book({"M": CELLS})))
    assert (summary["certificate"]["iterations"], summary["certificate"]["seed"]) == (10_000, 42)
    assert not [n for n in summary["notes"] if "taken from" in n]


def test_several_simulations_share_their_draws(book: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    samples = tmp_path / "samples.csv"
    path = str(book({"M": CELLS}))
    found = run(capsys, path, "--iterations", "200", "--simulations", "3", "--samples", str(samples))
    means = [s["outputs"][0]["mean"] for s in found["simulations"]]
    assert means == [pytest.approx(means[0] * k) for k in (1, 10, 100)]
    assert not samples.exists()
    for number, factor in enumerate((1, 10, 100), 1):
        rows = list(csv.reader((tmp_path / f"samples-{number}.csv").read_text(encoding="utf-8").splitlines()))
        assert float(rows[1][1]) == pytest.approx(float(rows[1][2]) * factor)


def test_each_simulation_has_its_table(book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(book({"M": CELLS}, names={"RiskHasSettings": "5", "RiskNumSimulations": "2"}))
    assert main(["simulate", path, "--iterations", "100", "--quiet"]) == 0
    shown = capsys.readouterr().out
    assert "simulation 1 of 2" in shown
    assert "simulation 2 of 2" in shown
    assert "simulations 2" in shown


def test_no_simulation_is_refused(book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(book({"M": CELLS})), "--simulations", "0", "--quiet"]) == 2
    assert "simulations is 0" in capsys.readouterr().err
