"""Values that formulas show, written without touching anything else."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import compute
from compute.errors import CellError, Scalar, UnknownCell
from compute.formulas import parse_address
from compute.workbook import read_workbook, with_shown_values

Build = Callable[..., Path]
CELLS: dict[str, Any] = {"A1": 5, "B1": "=A1*2", "B2": '="x"', "B3": "=1/0", "B4": "=A1>2", "C1": "text"}
VALUES: dict[str, Scalar] = {
    "B1": 0.1,
    "B2": 'a < "b" & \x07 é\n',
    "B3": CellError("#N/A"),
    "B4": True,
}


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_formulas_show_the_values_and_stay_formulas(book: Build) -> None:
    data = book({"My model": CELLS, "Other": {"A1": "=1"}}).read_bytes()
    changed = with_shown_values(data, {f"'My model'!{cell}": value for cell, value in VALUES.items()})
    sheet = read_workbook(changed).sheet("My model")
    shown = {cell: sheet.cached[parse_address(cell)] for cell in VALUES}
    assert shown == VALUES
    formulas = openpyxl.load_workbook(io.BytesIO(changed))["My model"]
    assert {cell: formulas[cell].value for cell in CELLS} == CELLS


def test_every_other_part_is_the_same(book: Build) -> None:
    data = book({"My model": CELLS, "Other": {"A1": "=1"}}).read_bytes()
    before, after = parts(data), parts(with_shown_values(data, {"'My model'!B1": 7.0}))
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == ["xl/worksheets/sheet1.xml"]


def test_a_value_written_twice_is_the_last_one(book: Build) -> None:
    once = with_shown_values(book({"S": CELLS}).read_bytes(), {"S!B1": "text", "S!B3": 4.0})
    twice = with_shown_values(once, {"S!B1": 3.0, "S!B3": CellError("#DIV/0!")})
    sheet = read_workbook(twice).sheet("S")
    assert sheet.cached[1, 2] == 3.0
    assert sheet.cached[3, 2] == CellError("#DIV/0!")


def test_constants_and_empty_cells_are_left_alone(book: Build) -> None:
    data = book({"S": CELLS}).read_bytes()
    assert parts(with_shown_values(data, {"S!A1": 9.0, "S!Z99": 1.0})) == parts(data)


def test_an_unknown_sheet_is_named(book: Build) -> None:
    with pytest.raises(UnknownCell, match="no sheet 'Nowhere'"):
        with_shown_values(book({"S": CELLS}).read_bytes(), {"Nowhere!A1": 1.0})


def test_a_results_workbook_holds_the_statistics_of_its_run(book: Build, tmp_path: Path) -> None:
    path = book(
        {
            "S": {
                "B1": "=_xll.RiskNormal(100,10)",
                "B2": '=_xll.RiskOutput("Profit")+B1',
                "B3": "=_xll.RiskMean(B2)",
                "B4": '=IF(B3>0,"go","stop")',
                "B5": "=_xll.RiskMean(B2,9)",
            }
        }
    )
    result = compute.Model.open(path).simulate(iterations=500)
    target = tmp_path / "results.xlsx"
    result.write_workbook(path, target)
    sheet = read_workbook(target).sheet("S")
    assert sheet.cached[3, 2] == pytest.approx(result.outputs["Profit"].mean)
    assert sheet.cached[4, 2] == "go"
    assert sheet.cached[5, 2] == CellError("#N/A")
    assert sheet.formulas[3, 2].text == "_xll.RiskMean(B2)"
