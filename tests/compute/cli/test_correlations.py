"""Correlations on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compute.cli import main

Build = Callable[..., Path]
CELLS = {
    "D1": 1, "D2": 0.9, "E2": 1,
    "B1": "=_xll.RiskNormal(10,2,_xll.RiskCorrmat($D$1:$E$2,1))",
    "B2": "=_xll.RiskNormal(10,2,_xll.RiskCorrmat($D$1:$E$2,2))",
    "B3": "=_xll.RiskOutput()+B1+B2",
}  # fmt: skip
IMPOSSIBLE = {
    "D3": 0.9, "E3": -0.9, "F3": 1,
    **{f"B{i}": f"=_xll.RiskNormal(1,1,_xll.RiskCorrmat($D$1:$F$3,{i}))" for i in (1, 2, 3)},
    "B4": "=_xll.RiskOutput()+SUM(B1:B3)",
}  # fmt: skip


def test_requested_and_realised_stand_side_by_side(book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(book({"Model": CELLS}))
    options = ["--iterations", "1000", "--quiet", "--correlation-method", "iman_conover"]
    assert main(["simulate", path, *options]) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Model!D1:E2"))
    assert row.split()[:5] == ["Model!D1:E2", "Model!B1", "Model!B2", "0.900", "0.900"]


def test_inspect_lists_groups(book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(book({"Model": CELLS}))]) == 0
    assert "correlated: Model!D1:E2 (gaussian): Model!B1, Model!B2" in capsys.readouterr().out


def test_an_impossible_matrix_ends_with_code_2_unless_it_may_be_adjusted(
    book: Build, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(book({"Model": {**CELLS, **IMPOSSIBLE}}))
    assert main(["simulate", path, "--iterations", "100", "--quiet"]) == 2
    assert "nearest matrix" in capsys.readouterr().err
    assert main(["simulate", path, "--iterations", "100", "--quiet", "--adjust-correlations"]) == 0
    assert "it was used" in capsys.readouterr().out
