"""Totals, counts and extremes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from compute.errors import CellError

MIXED = {"A1": 1.0, "A2": "2", "A3": True, "A4": None, "A5": 5.0, "A6": ""}

CASES = [
    ("SUM(1,2,3)", 6),
    ('SUM(1,"2",TRUE)', 4),
    ('SUM(1,"x")', "#VALUE!"),
    ("SUM(A1:A6)", 6),
    ("SUM(A1:A6,A1,10)", 17),
    ("SUM((A1,A5),1)", 7),
    ('SUM({1,TRUE;"7",2})', 3),
    ("SUM(1,,2)", 3),
    ("AVERAGE(A1:A6)", 3),
    ("AVERAGE(1,,2)", 1),
    ("AVERAGE(B1:B4)", "#DIV/0!"),
    ("AVERAGEA(A1:A6)", 7 / 5),
    ("MIN(A1:A6)", 1),
    ("MAX(A1:A6)", 5),
    ("MAX(B1:B3)", 0),
    ("MINA(A1:A6)", 0),
    ("MAXA(A3:A4)", 1),
    ("PRODUCT(A1:A6)", 5),
    ("PRODUCT(B1:B3)", 0),
    ("SUMSQ(3,4)", 25),
    ("PERCENTOF({1,2},{1,2,9})", 0.25),
    ("PERCENTOF({1,2},{0})", "#DIV/0!"),
    ("COUNT(A1:A6)", 2),
    ('COUNT(1,"2","x",TRUE,#N/A,)', 4),
    ("COUNTA(A1:A6)", 5),
    ('COUNTA(1,"",#N/A,)', 4),
    ("COUNTBLANK(A1:A6)", 2),
    ("COUNTBLANK(A:A)", 1048576 - 4),
    ("SUMPRODUCT({1,2,3},{4,5,6})", 32),
    ("SUMPRODUCT(A1:A5,A1:A5)", 26),
    ("SUMPRODUCT({1,2},{1;2})", "#VALUE!"),
    ("SUM(A1,#N/A,#DIV/0!)", "#N/A"),
    ("SUMPRODUCT({1,#DIV/0!},{#N/A,2})", "#N/A"),
]


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    assert excel.same(excel(formula, MIXED), expected), excel(formula, MIXED)


def test_errors_in_ranges_come_in_row_order(excel: Any) -> None:
    cells = {"A1": CellError("#REF!"), "B1": CellError("#N/A"), "A2": CellError("#DIV/0!")}
    assert excel("SUM(A1:B2)", cells) == CellError("#REF!")
    assert excel("MAX(A2:B2,B1)", cells) == CellError("#DIV/0!")


def test_numbers_are_added_first_to_last(excel: Any) -> None:
    values = [1e16] + [1.0] * 40
    assert excel("SUM(A1:A41)", excel.column("A", values)) == 1e16


@pytest.mark.parametrize("name", ["SUM", "AVERAGE", "SUMSQ", "PRODUCT", "MIN", "MAX", "AVERAGEA", "SUMPRODUCT"])
def test_a_lane_has_the_same_bits_alone(excel: Any, lanes_agree: Any, name: str) -> None:
    random = np.random.default_rng(5)
    cells = excel.column("A", [random.normal(size=7) * 10.0 ** random.integers(-6, 6) for _ in range(200)])
    lanes_agree(f"{name}(A1:A200)", cells)
