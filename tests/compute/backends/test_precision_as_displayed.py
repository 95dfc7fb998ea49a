"""Workbooks that calculate with what they display."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import compute
from compute.functions.number_format_places import places_shown


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


def test_formulas_round_to_what_their_cells_show(book: Callable[..., Path], tmp_path: Path) -> None:
    path = book(
        {"S": {"A1": 2, "A2": "=A1/3", "A3": "=A2*3", "A4": "=A1/7", "A5": '=IF(A1=2,"x",1)', "B1:B2": "=A1/{3;6}"}}
    )
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["S"]
    for cell, code in {"A2": "0.00", "A4": "0.0%", "A5": "0", "B1": "0.0"}.items():
        sheet[cell].number_format = code
    workbook.save(path)
    target = tmp_path / "displayed.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/workbook.xml":
                text = re.sub(r"<calcPr[^>]*/>", "", data.decode())
                data = text.replace("</workbook>", '<calcPr fullPrecision="0"/></workbook>').encode()
            copy.writestr(name, data)
    shown = compute.recalculate(target)["S"]
    assert [shown[a] for a in ("A2", "A3", "A4", "A5", "B1", "B2")] == [0.67, 0.67 * 3, 0.286, "x", 0.7, 2 / 6]
    assert compute.recalculate(path)["S"]["A3"] == 2.0
