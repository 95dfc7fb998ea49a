"""``montecell simulate``: the workbook's settings as defaults, and several simulations."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import compute
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


def asked_for(path: Path) -> Mapping[str, object]:
    return compute.Model.open(path).describe().settings


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            ["--iterations", "250", "--seed", "9", "--sampling", "sobol"],
            {"iterations": 250, "seed": 9, "sampling": "sobol"},
        ),
        (
            ["--iterations", "99", "--simulations", "2"],
            {"iterations": 99, "seed": 7, "sampling": "latin_hypercube", "simulations": 2},
        ),
        (["--until-converged", "mean:5%"], {"seed": 7, "sampling": "latin_hypercube"}),
    ],
)
def test_a_run_s_settings_are_kept_in_a_copy_of_the_workbook(
    options: list[str], expected: Mapping[str, object], book: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    original, kept = book({"M": CELLS}, names=NAMES), tmp_path / "kept.xlsx"
    run(capsys, str(original), *options, "--save-settings", str(kept))
    assert asked_for(kept) == expected
    assert openpyxl.load_workbook(kept).defined_names.keys() >= NAMES.keys() | {"Montecell.Seed"}
    before, after = (zipfile.ZipFile(path) for path in (original, kept))
    assert [n for n in before.namelist() if before.read(n) != after.read(n)] == ["xl/workbook.xml"]
    # A run of the copy that says nothing is the same run, but for the length of one that ended by itself.
    again = run(capsys, str(kept), *(["--iterations", "8192"] if "--until-converged" in options else []))
    certificate = again.get("certificate") or again["simulations"][0]["certificate"]
    assert {n: certificate[n] for n in ("seed", "sampling")} == {n: expected[n] for n in ("seed", "sampling")}


def test_settings_that_stand_in_cells_are_written_there(
    book: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = {**CELLS, "C1": 1_000, "C2": 3, "C3": "=C2+1"}
    names = {"montecell.iterations": "M!$C$1", "Montecell.Seed": "4", "Montecell.Simulations": "M!$C$3"}
    original, kept = book({"M": cells}, names=names), tmp_path / "kept.xlsx"
    run(capsys, str(original), "--iterations", "321", "--save-settings", str(kept))
    assert asked_for(kept) == {"iterations": 321, "seed": 4, "sampling": "latin_hypercube"}
    assert openpyxl.load_workbook(kept)["M"]["C1"].value == 321
    arguments = [str(original), "--iterations", "99", "--simulations", "2", "--save-settings", str(kept), "--quiet"]
    assert main(["simulate", *arguments]) == 2
    assert "M!C3, which Montecell.Simulations stands for, holds a formula" in capsys.readouterr().err


def test_settings_are_kept_in_the_workbook_itself(book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    path = book({"M": CELLS})
    for seed in (5, 6):
        run(capsys, str(path), "--iterations", "40", "--seed", str(seed), "--save-settings", str(path))
        assert asked_for(path) == {"iterations": 40, "seed": seed, "sampling": "latin_hypercube"}
