"""SUBTOTAL and AGGREGATE."""

from __future__ import annotations

from typing import Any

import pytest

from compute.errors import CellError

CELLS = {"A1": 1.0, "A2": 2.0, "A3": 3.0, "A4": 4.0, "A5": 10.0, "A6": 6.0}
FORMULAS = {"A5": "SUBTOTAL(9,A1:A4)"}

CASES = [
    ("SUBTOTAL(9,A1:A6)", 16),
    ("SUBTOTAL(1,A1:A4)", 2.5),
    ("SUBTOTAL(2,A1:A6)", 5),
    ("SUBTOTAL(3,A1:A6)", 5),
    ("SUBTOTAL(4,A1:A6)", 6),
    ("SUBTOTAL(5,A1:A6)", 1),
    ("SUBTOTAL(6,A1:A4)", 24),
    ("SUBTOTAL(7,A1:A4)", 1.2909944487358056),
    ("SUBTOTAL(11,A1:A4)", 1.25),
    ("SUBTOTAL(12,A1:A4)", "#VALUE!"),
    ("AGGREGATE(9,0,A1:A6)", 16),
    ("AGGREGATE(9,4,A1:A6)", 26),
    ("AGGREGATE(12,4,A1:A3)", 2),
    ("AGGREGATE(14,4,A1:A4,2)", 3),
    ("AGGREGATE(16,4,A1:A4,0.5)", 2.5),
    ("AGGREGATE(20,4,A1:A4)", "#VALUE!"),
]


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    assert excel.same(excel(formula, CELLS, formulas=FORMULAS), expected)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [("SUBTOTAL(9,A1:A4)", 9), ("SUBTOTAL(109,A1:A4)", 7), ("AGGREGATE(9,5,A1:A4)", 7), ("AGGREGATE(9,4,A1:A4)", 9)],
)
def test_filtered_rows_never_count_and_hidden_ones_if_not_asked(excel: Any, formula: str, expected: float) -> None:
    assert excel(formula, CELLS, filtered=frozenset({1}), hidden=frozenset({1, 2})) == expected


def test_errors_can_be_left_out(excel: Any) -> None:
    cells = CELLS | {"A2": CellError("#DIV/0!")}
    assert excel("AGGREGATE(9,6,A1:A4)", cells) == 8
    assert excel("AGGREGATE(9,5,A1:A4)", cells) == CellError("#DIV/0!")
