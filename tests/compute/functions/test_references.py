"""Places: rows, columns, offsets, addresses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

CELLS = {"A1": 1, "A2": 2, "A3": 3, "B1": 10, "B2": 20, "B3": 30, "C1": "A2", "C2": "R2C2", "C3": "nowhere at all"}

CASES = [
    ("ROW()", 100),
    ("COLUMN()", 1),
    ("ROW(B3)", 3),
    ("ROW(B3:B5)", [[3], [4], [5]]),
    ("COLUMN(B3:D3)", [[2, 3, 4]]),
    ("ROWS(A1:C4)", 4),
    ("ROWS(A:A)", 1048576),
    ("ROWS({1,2,3;4,5,6})", 2),
    ("COLUMNS(A1:C4)", 3),
    ("COLUMNS(1:1)", 16384),
    ("COLUMNS({1,2,3;4,5,6})", 3),
    ("AREAS((A1:B2,C3,D4))", 3),
    ("OFFSET(A1,1,1)", 20),
    ("SUM(OFFSET(A1,0,0,3,2))", 66),
    ("SUM(OFFSET(A3,0,1,-2,1))", 50),
    ("SUM(OFFSET(A1:A3,0,1))", 60),
    ("SUM(OFFSET(A1:A3,0,1,,))", 60),
    ("OFFSET(A1,-1,0)", "#REF!"),
    ("OFFSET(A1,0,0,0,1)", "#REF!"),
    ('OFFSET(A1,"x",0)', "#VALUE!"),
    ("OFFSET(A1,1.9,0)", 2),
    ('INDIRECT("A2")', 2),
    ("INDIRECT(C1)", 2),
    ('INDIRECT("")', "#REF!"),
    ("INDIRECT(#N/A)", "#N/A"),
    ("TRANSPOSE(A1:B2)", [[1, 2], [10, 20]]),
    ("ADDRESS(2,3)", "$C$2"),
    ("ADDRESS(2,3,2)", "C$2"),
    ("ADDRESS(2,3,3)", "$C2"),
    ("ADDRESS(2,3,4)", "C2"),
    ("ADDRESS(2,3,2,FALSE)", "R2C[3]"),
    ("ADDRESS(2,3,4,FALSE)", "R[2]C[3]"),
    ('ADDRESS(2,3,1,FALSE,"EXCEL SHEET")', "'EXCEL SHEET'!R2C3"),
    ('ADDRESS(2,3,1,FALSE,"[Book1]Sheet1")', "'[Book1]Sheet1'!R2C3"),
    ('ADDRESS(1,1,,,"Sheet2")', "Sheet2!$A$1"),
    ("ADDRESS(1,16384)", "$XFD$1"),
    ("ADDRESS(1,16385)", "#VALUE!"),
    ("ADDRESS(0,1)", "#VALUE!"),
    ("ADDRESS(1,1,5)", "#VALUE!"),
    ('HYPERLINK("http://example.com","there")', "there"),
    ('HYPERLINK("http://example.com")', "http://example.com"),
    ("FORMULATEXT(A1)", "=1+0"),
    ("FORMULATEXT(A2)", "#N/A"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    found = excel(formula, CELLS, formulas={"A1": "1+0"})
    assert excel.same(found, expected), found


def test_an_offset_that_differs_between_lanes_reads_each_place(excel: Any, lanes_agree: Any) -> None:
    cells = {**CELLS, "Z1": np.array([0.0, 1.0, 2.0, 1.0, -1.0])}
    lanes_agree("OFFSET(A1,Z1,1)", cells)
