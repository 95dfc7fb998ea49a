"""The command line as a person or a script meets it: output, files, exit codes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from compute.cli import main
from compute.cli.terminal import histogram_text
from compute.protocol import HistogramData, VariableSummary

Build = Callable[..., Path]
MODEL: dict[str, Any] = {
    "A1": "=_xldudf_MC_NORMAL(100,10)", "A2": '=_xldudf_MC_OUTPUT("=Profit")+A1*2', "A3": 7, "A4": "=A3*6",
}  # fmt: skip


@pytest.fixture
def model(book: Build) -> Path:
    return book({"Model": MODEL})


def test_inspect_lists_inputs_and_outputs(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(model)]) == 0
    shown = capsys.readouterr().out
    assert "made for Montecell" in shown
    assert "NORMAL(100, 10)" in shown
    assert main(["inspect", str(model), "--json"]) == 0
    described = json.loads(capsys.readouterr().out)
    assert [i["cell"] for i in described["inputs"]] == ["Model!A1"]


def test_recalculate_prints_every_value(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recalculate", str(model), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"Model": {"A1": 100.0, "A2": 200.0, "A3": 7.0, "A4": 42.0}}


def test_simulate_prints_a_summary_and_writes_files(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workbook, samples = tmp_path / "out.xlsx", tmp_path / "samples.csv"
    arguments = ["simulate", str(model), "--iterations", "2,000", "--save", str(workbook), "--samples", str(samples)]
    assert main(arguments) == 0
    shown = capsys.readouterr()
    assert "2,000 iterations" in shown.out
    assert "2,000 of 2,000 iterations" in shown.err
    assert openpyxl.load_workbook(workbook).sheetnames == ["Model", "Montecell Results"]
    rows = list(csv.reader(samples.read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["iteration", "'=Profit", "Model!A1"]
    assert len(rows) == 2_001
    assert float(rows[1][1]) == 2 * float(rows[1][2])


def test_simulate_as_json_has_the_digest(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(model), "--iterations", "500", "--seed", "7", "--json", "--quiet"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert len(summary["certificate"]["digest"]) == 64
    assert summary["certificate"]["seed"] == 7


def test_inputs_and_outputs_may_be_given_on_the_command_line(book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    path = book({"S": {"A1": 5, "A2": "=A1*2"}})
    given = ["--input", "S!A1=UNIFORM(0, 10)", "--output", "S!A2=Twice"]
    assert main(["simulate", str(path), *given, "--iterations", "1000", "--json", "--quiet"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["outputs"][0]["name"] == "Twice"
    assert summary["outputs"][0]["mean"] == pytest.approx(10, abs=0.01)


def test_verify_compares_with_what_the_file_holds(shared_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shared_folder / "bench" / "models" / "A.xlsx"
    code = main(["verify", str(path), "--json"])
    outcome = json.loads(capsys.readouterr().out)
    assert outcome["different"] == []
    assert code == (1 if outcome["unsupported"] else 0)


REFUSALS: list[tuple[list[str], int, str]] = [
    (["simulate", "{model}", "--iterations", "0"], 2, "10,000,000"),
    (["simulate", "{model}", "--iterations", "-5"], 2, "10,000,000"),
    (["simulate", "{model}", "--iterations", "1e9"], 2, "10,000,000"),
    (["simulate", "{model}", "--engine", "enhanced"], 4, "enhanced"),
    (["simulate", "{model}", "--input", "Model!A3=FROB(1)"], 2, "FROB"),
    (["simulate", "{model}", "--input", "Model!A3=NORMAL(1,-1)"], 2, "Model!A3"),
    (["simulate", "{model}", "--input", "Model!A3"], 2, "NORMAL(100,10)"),
    (["simulate", "{model}", "--output", "Nope!A1"], 2, "Nope"),
    (["inspect", "{folder}/missing.xlsx"], 3, "missing.xlsx"),
    (["inspect", "{folder}/empty.xlsx"], 3, "empty"),
    (["inspect", "{folder}/text.xlsx"], 3, "text"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), REFUSALS)
def test_what_cannot_be_done_is_said_in_a_sentence_with_an_exit_code(
    model: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    folder = model.parent
    (folder / "empty.xlsx").write_bytes(b"")
    (folder / "text.xlsx").write_text("a,b,c\n1,2,3\n")
    assert main([a.format(model=model, folder=folder) for a in arguments]) == code
    error = capsys.readouterr().err
    assert error.startswith("montecell: ")
    assert words in error


def test_a_workbook_without_uncertain_cells_ends_with_two(book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(book({"S": {"A1": 1, "A2": "=A1"}})), "--json"]) == 2
    shown = capsys.readouterr()
    assert json.loads(shown.out)["error"]["code"] == "model.no_inputs"
    assert "no uncertain cell" in shown.err


def test_a_histogram_wider_than_the_terminal_keeps_its_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    level = HistogramData(edges=tuple(float(i) for i in range(101)), counts=(7,) * 100)
    shown = histogram_text(VariableSummary.model_construct(key="S!A1", name=None, histogram=level)).splitlines()
    assert {line.strip() for line in shown[1:-1]} == {"█" * 50}
