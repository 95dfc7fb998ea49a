"""Workbooks that calculate with what they display."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest

import compute
from compute.functions.number_format_places import is_shown_apart, places_shown, shown_number


@pytest.mark.parametrize(
    ("code", "places"),
    [
        ("0", 0), ("0.00", 2), ("#,##0.000", 3), ("0.0%", 3), ("0%", 2), ("#,##0,", -3),
        ("$#,##0.00;[Red]-$#,##0.00", 2),
        ("0.0,,", -5), ('0.00" kg"', 2), ("General", None), ("yyyy-mm-dd", None), ("0.00E+00", None),
        ("# ?/?", None), ("@", None),
    ],
)  # fmt: skip
def test_the_decimals_that_a_format_shows(code: str, places: int | None) -> None:
    assert places_shown(code) == places


SHOWN: list[tuple[str, float, float]] = [
    # exponents: the mantissa keeps its decimals
    ("0.00E+00", 1234.567, 1230.0), ("0.00E+00", -0.00123456, -0.00123), ("0E+0", 0.0, 0.0), ("0.0E+00", 99999.0, 1e5),
    ("0.00E+00", 1.005, 1.01), ("0E+00", 0.55, 0.6), ("0.000000000000000000E+00", 0.1, 0.1),
    ("##0.0E+0", 12345.678, 12300.0), ("##0.0E+0", 123456.78, 123500.0), ("##0.0E+0", 0.00012345, 0.0001235),
    ("##0.0E+0", 999.96, 1000.0), ("#0.0E+0", 1234.5, 1230.0),
    # fractions: the nearest of as many digits, or of the given denominator
    ("# ?/?", 0.34, 1 / 3), ("# ?/?", 3.14159, 3 + 1 / 7), ("# ??/??", 3.14159, 3 + 1 / 7), ("?/?", 1.5, 1.5),
    ("# ?/?", 0.96, 1.0), ("# ??/16", 0.1, 2 / 16), ("# ?/8", -2.3, -2.25), ("# ?/2", 0.75, 1.0), ("# ?/?", 0.0, 0.0),
    ("# ???/???", 2.718281828, 2 + 385 / 536), ("# ?/?", 1e-9, 0.0),
    # sections of their own
    ("0.0;-0.00", 1.256, 1.3), ("0.0;-0.00", -1.256, -1.26), ("[>100]0;0.00", 123.456, 123.0),
    ("[>100]0;0.00", 12.3456, 12.35), ('0.00;"minus"', -1.256, -1.256), ("0;0.0E+0", -1234.0, -1200.0),
    # left alone
    ("General", 1 / 3, 1 / 3), ("yyyy-mm-dd", 43831.7, 43831.7), ("@", 0.123456, 0.123456), ('"x"', 0.5, 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value", "shown"), SHOWN)
def test_the_number_that_a_format_shows(code: str, value: float, shown: float) -> None:
    assert shown_number(code, value) == shown


@pytest.mark.parametrize(
    ("code", "apart"),
    [
        ("0.00", False), ("General", False), ("d/m/yy", False), ("0.00E+00", True), ("# ?/?", True), ("0.0;0.00", True),
        ('_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)', False), ("[>9]0;0", True),
    ],
)  # fmt: skip
def test_which_formats_round_each_number_by_itself(code: str, apart: bool) -> None:
    assert is_shown_apart(code) is apart


def test_exponents_and_fractions_round_in_each_iteration(book: Callable[..., Path], tmp_path: Path) -> None:
    cells = {"A1": "=_xldudf_MC_UNIFORM(0,1000)", "B1": "=A1", "C1": '=_xldudf_MC_OUTPUT("x")+B1'}
    path = book({"S": {**cells, "D1:D2": "=A1*{1;1}", "E1": '=_xldudf_MC_OUTPUT("y")+D1'}})
    shown = {"B1": "0.0E+0", "D1": "# ?/4"}
    result = compute.Model.open(displayed(path, tmp_path, shown)).simulate(iterations=200, seed=1)
    draws = result.inputs["S!A1"].samples
    np.testing.assert_array_equal(result.outputs["x"].samples, [float(f"{d:.1e}") for d in draws])
    np.testing.assert_array_equal(result.outputs["y"].samples, np.floor(draws * 4 + 0.5) / 4)


def displayed(path: Path, tmp_path: Path, codes: dict[str, str]) -> Path:
    """The workbook with number formats, calculating with what it displays."""
    workbook = openpyxl.load_workbook(path)
    for cell, code in codes.items():
        workbook["S"][cell].number_format = code
    workbook.save(path)
    target = tmp_path / "displayed.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/workbook.xml":
                text = re.sub(r"<calcPr[^>]*/>", "", data.decode())
                data = text.replace("</workbook>", '<calcPr fullPrecision="0"/></workbook>').encode()
            copy.writestr(name, data)
    return target


def test_formulas_round_to_what_their_cells_show(book: Callable[..., Path], tmp_path: Path) -> None:
    path = book(
        {"S": {"A1": 2, "A2": "=A1/3", "A3": "=A2*3", "A4": "=A1/7", "A5": '=IF(A1=2,"x",1)', "B1:B2": "=A1/{3;6}"}}
    )
    target = displayed(path, tmp_path, {"A2": "0.00", "A4": "0.0%", "A5": "0", "B1": "0.0"})
    shown = compute.recalculate(target)["S"]
    assert [shown[a] for a in ("A2", "A3", "A4", "A5", "B1", "B2")] == [0.67, 0.67 * 3, 0.286, "x", 0.7, 2 / 6]
    assert compute.recalculate(path)["S"]["A3"] == 2.0
