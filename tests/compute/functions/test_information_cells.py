"""CELL and INFO; the formats of Microsoft's table on the page of CELL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

import compute
from compute.errors import CellError

FORMATS = [
    ("General", "G", 0, 0),
    ("0", "F0", 0, 0),
    ("#,##0", ",0", 0, 0),
    ("0.00", "F2", 0, 0),
    ("#,##0.00", ",2", 0, 0),
    ("$#,##0_);($#,##0)", "C0", 0, 0),
    ("$#,##0_);[Red]($#,##0)", "C0-", 1, 0),
    ("$#,##0.00_);($#,##0.00)", "C2", 0, 0),
    ("$#,##0.00_);[Red]($#,##0.00)", "C2-", 1, 0),
    ("0%", "P0", 0, 0),
    ("0.00%", "P2", 0, 0),
    ("0.00E+00", "S2", 0, 0),
    ("# ?/?", "G", 0, 0),
    ("# ??/??", "G", 0, 0),
    ("m/d/yy", "D4", 0, 0),
    ("m/d/yy h:mm", "D4", 0, 0),
    ("d-mmm-yy", "D1", 0, 0),
    ("dd-mmm-yy", "D1", 0, 0),
    ("d-mmm", "D2", 0, 0),
    ("mmm-yy", "D3", 0, 0),
    ("mm/dd", "D5", 0, 0),
    ("h:mm AM/PM", "D7", 0, 0),
    ("h:mm:ss AM/PM", "D6", 0, 0),
    ("h:mm", "D9", 0, 0),
    ("h:mm:ss", "D8", 0, 0),
    ('_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)', ",2", 0, 0),
    ("(0.0)", "F1()", 0, 1),
    ("(0);[Blue](0)", "F0-()", 1, 1),
    ('0"(;"', "F0", 0, 0),
    ("[$€-407] #,##0.00", "C2", 0, 0),
]
KNOWN: list[tuple[str, Any]] = [
    ('CELL("address",B3)', "$B$3"),
    ('CELL("row",C3:E5)', 3.0),
    ('CELL("col",C3:E5)', 3.0),
    ('CELL("contents",A1)', 42.0),
    ('CELL("contents",Z9)', 0.0),
    ('CELL("type",Z9)', "b"),
    ('CELL("type",A1)', "v"),
    ('CELL("type",A2)', "l"),
    ('CELL("nonsense",A1)', CellError("#VALUE!")),
    ('CELL("",A1)', CellError("#VALUE!")),
    ('CELL("width",B1)', 20.0),
    ('CELL("width",C1)', 0.0),
    ('CELL("filename",A1)', "[workbook.xlsx]S"),
    ('MID(CELL("filename"),FIND("]",CELL("filename"))+1,31)', "S"),
    ('INFO("numfile")', 2.0),
    ('INFO("recalc")', "Automatic"),
    ('INFO("system")', "pcdos"),
    ('INFO("origin")', "$A:$A$1"),
    ('INFO("memavail")', CellError("#N/A")),
    ('INFO("nonsense")', CellError("#VALUE!")),
]
REFUSED = [
    'CELL("prefix",A1)',
    'CELL("protect",A1)',
    'CELL("width",A1)',
    'CELL("format",Z9)',
    'CELL("format",A3)',
    'CELL("address",Other!A1)',
    'INFO("directory")',
]


def _shown(folder: Path, formulas: list[str], formats: list[str]) -> list[Any]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "S"
    book.create_sheet("Other")
    sheet["A1"], sheet["A2"], sheet["A3"] = 42, "text", 45000
    sheet["A3"].number_format = "yyyy-mm-dd"
    sheet.column_dimensions["B"].width = 20.7109375
    sheet.column_dimensions["C"].hidden = True
    for row, code in enumerate(formats, start=1):
        sheet.cell(row, 30, 1.5).number_format = code
    for row, formula in enumerate(formulas, start=1):
        sheet.cell(row, 40, f"={formula}")
    book.save(folder / "book.xlsx")
    values = compute.recalculate(folder / "book.xlsx")["S"]
    return [values[f"AN{row}"] for row in range(1, len(formulas) + 1)]


def test_formats_are_those_of_the_table(tmp_path: Path) -> None:
    asked = ("format", "color", "parentheses")
    formulas = [f'CELL("{a}",AD{row})' for row in range(1, len(FORMATS) + 1) for a in asked]
    shown = _shown(tmp_path, formulas, [f[0] for f in FORMATS])
    found = [(code, *shown[3 * i : 3 * i + 3]) for i, (code, *_) in enumerate(FORMATS)]
    assert found == [(code, letter, float(red), float(enclosed)) for code, letter, red, enclosed in FORMATS]


def test_what_is_known(tmp_path: Path) -> None:
    assert _shown(tmp_path, [f for f, _ in KNOWN], []) == [expected for _, expected in KNOWN]


def test_what_is_not_read_is_refused(tmp_path: Path) -> None:
    assert _shown(tmp_path, REFUSED, []) == [CellError("#NAME?")] * len(REFUSED)


def test_a_refusal_names_the_cell(tmp_path: Path) -> None:
    _shown(tmp_path, ['MC.OUTPUT("x")+LEN(INFO("directory"))+MC.UNIFORM(0,1)'], [])
    model = compute.Model.open(tmp_path / "book.xlsx")
    with pytest.raises(compute.errors.ComputeError, match=r'S!AN1: INFO\("directory"\) is not supported'):
        model.simulate(iterations=10)
