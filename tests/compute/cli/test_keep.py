"""``montecell simulate --keep``: every trial in a Parquet file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from compute.cli import main
from compute.engines import choose
from compute.errors import EngineUnavailable

Build = Callable[..., Path]
CELLS: dict[str, Any] = {
    "A1": "=_xll.RiskUniform(0,2)", "A2": '=_xll.RiskUniform(0,1,_xll.RiskName("Rate"))',
    "A3": "=_xll.RiskSimtable({1,10})", "A4": '=_xll.RiskOutput("Profit")+A1*A2*A3',
}  # fmt: skip
OWN = ["simulation", "iteration", "Profit"]


@pytest.fixture
def path(book: Build) -> str:
    return str(book({"M": CELLS}))


@pytest.mark.parametrize("engine", [[], ["--engine", "arrow"]])
def test_the_file_holds_what_is_shown(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], engine: list[str]
) -> None:
    target = tmp_path / "trials.parquet"
    assert main(["simulate", path, "--iterations", "5000", "--keep", str(target), "--json", "--quiet", *engine]) == 0
    summary = json.loads(capsys.readouterr().out)
    frame = pd.read_parquet(target)
    assert list(frame) == [*OWN, "M!A1", "Rate"]
    assert frame["Profit"].mean() == pytest.approx(summary["outputs"][0]["mean"])
    assert summary["certificate"]["engine"] == "arrow"


def test_the_file_is_named_when_it_is_written(path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "trials.parquet"
    assert main(["simulate", path, "--iterations", "100", "--keep", str(target), "--quiet"]) == 0
    assert f"written: {target}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "kept"),
    [(["none"], []), (["Rate"], ["Rate"]), (["M!A1", "Rate"], ["M!A1", "Rate"]), (["all"], ["M!A1", "Rate"])],
)
def test_inputs_are_chosen(path: str, tmp_path: Path, options: list[str], kept: list[str]) -> None:
    target = tmp_path / "trials.parquet"
    named = [word for name in options for word in ("--keep-inputs", name)]
    assert main(["simulate", path, "--iterations", "100", "--keep", str(target), "--quiet", *named]) == 0
    assert list(pd.read_parquet(target)) == [*OWN, *kept]


def test_several_simulations_are_numbered(path: str, tmp_path: Path) -> None:
    target = str(tmp_path / "trials.parquet")
    assert main(["simulate", path, "--iterations", "100", "--simulations", "2", "--keep", target, "--quiet"]) == 0
    frames = [pd.read_parquet(tmp_path / f"trials-{n}.parquet") for n in (1, 2)]
    assert [frame["simulation"].unique().tolist() for frame in frames] == [[1], [2]]
    assert (frames[1]["Profit"] / frames[0]["Profit"]).to_numpy() == pytest.approx(10)


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--engine", "arrow"], 2, "name it"),
        (["--keep-inputs", "Rate"], 2, "no file for them"),
        (["--keep", "no/such/folder/t.parquet"], 2, "there is no folder"),
        (["--keep", "t.parquet", "--engine", "reference"], 2, "in place of 'reference'"),
        (["--keep", "t.parquet", "--keep-inputs", "none", "--save", "s.xlsx"], 2, "--save needs the trials of all"),
        (
            ["--keep", "t.parquet", "--keep-inputs", "Rate", "--report", "tornado"],
            2,
            "--report needs the trials of all",
        ),
    ],
)
def test_what_cannot_be_kept_is_told(
    path: str, capsys: pytest.CaptureFixture[str], options: list[str], code: int, told: str
) -> None:
    assert main(["simulate", path, "--iterations", "100", "--quiet", *options]) == code
    assert told in capsys.readouterr().err


def test_a_missing_package_is_named(
    path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "compute.engines.arrow", None)
    with pytest.raises(EngineUnavailable, match="pip install pyarrow"):
        choose("arrow")
    assert main(["simulate", path, "--keep", str(tmp_path / "t.parquet"), "--quiet"]) == 4
    assert "pip install pyarrow" in capsys.readouterr().err
