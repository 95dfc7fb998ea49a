"""Criteria and the totals over cells that meet them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from compute.errors import CellError

CELLS: dict[str, Any] = {
    "A1": 1.0,
    "A2": 2.0,
    "A3": "2",
    "A4": "apple",
    "A5": "Apple pie",
    "A6": None,
    "A7": "",
    "A8": True,
    "A9": CellError("#N/A"),
    "A10": "a*b",
    "A11": 45292.0,
    **{f"B{i}": float(i) for i in range(1, 12)},
    **{f"C{i}": "east" if i % 2 else "west" for i in range(1, 12)},
    "D1": ">2",
    "D2": 2.0,
}

CASES = [
    ("COUNTIF(A1:A11,2)", 2),
    ('COUNTIF(A1:A11,"2")', 2),
    ('COUNTIF(A1:A11,">1")', 2),
    ('COUNTIF(A1:A11,"<>2")', 10),
    ('COUNTIF(A1:A11,"APPLE")', 1),
    ('COUNTIF(A1:A11,"apple*")', 2),
    ('COUNTIF(A1:A11,"a??le")', 1),
    ('COUNTIF(A1:A11,"a~*b")', 1),
    ('COUNTIF(A1:A11,"*")', 5),
    ('COUNTIF(A1:A11,"")', 2),
    ('COUNTIF(A1:A11,"=")', 1),
    ('COUNTIF(A1:A11,"<>")', 10),
    ("COUNTIF(A1:A11,TRUE)", 1),
    ('COUNTIF(A1:A11,"TRUE")', 1),
    ("COUNTIF(A1:A11,#N/A)", 1),
    ('COUNTIF(A1:A11,"#N/A")', 1),
    ('COUNTIF(A1:A11,">a")', 3),
    ("COUNTIF(B1:B11,E1)", 0),
    ("COUNTIF(B1:B11,D1)", 9),
    ('COUNTIF(B:B,"")', 1048576 - 11),
    ('SUMIF(B1:B11,">9")', 21),
    ('SUMIF(C1:C11,"east",B1:B11)', 36),
    ('SUMIF(C1:C11,"east",B1)', 36),
    ('SUMIF(B1:B2,">0",A9:A10)', "#N/A"),
    ('SUMIF(B1:B2,">1",A9:A10)', 0),
    ('SUMIFS(B1:B11,C1:C11,"west",B1:B11,">4")', 24),
    ('SUMIFS(B1:B11,C1:C10,"west")', "#VALUE!"),
    ('COUNTIFS(C1:C11,"west",B1:B11,"<=4")', 2),
    ('AVERAGEIF(B1:B11,">9")', 10.5),
    ('AVERAGEIF(B1:B11,">99")', "#DIV/0!"),
    ('AVERAGEIFS(B1:B11,C1:C11,"east")', 6),
    ('MINIFS(B1:B11,C1:C11,"west")', 2),
    ('MAXIFS(B1:B11,C1:C11,"west")', 10),
    ('MAXIFS(B1:B11,C1:C11,"north")', 0),
]


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    assert excel.same(excel(formula, CELLS), expected), excel(formula, CELLS)


@pytest.mark.parametrize(
    "formula",
    [
        "SUMIF(A1:A50,D1)",
        "SUMIFS(A1:A50,B1:B50,D1,A1:A50,D2)",
        "COUNTIF(A1:A50,D2)",
        "AVERAGEIF(B1:B50,D1,A1:A50)",
        "COUNTIFS(A:A,D2)",
    ],
)
def test_criteria_and_ranges_that_differ_between_lanes(excel: Any, lanes_agree: Any, formula: str) -> None:
    random = np.random.default_rng(3)
    cells = excel.column("A", [random.normal(size=5) for _ in range(50)])
    cells |= excel.column("B", [float(i % 3) for i in range(50)])
    lanes_agree(formula, cells | {"D1": np.array([0.0, 1.0, 2.0, 3.0, 1.0]), "D2": ">0"})
