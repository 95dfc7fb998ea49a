"""Rounding, decimal and on fifteen digits."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.functions import REGISTRY, call
from compute.values import numeric

CASES = [
    ("ROUND(2.5,0)", 3),
    ("ROUND(-2.5,0)", -3),
    ("ROUND(1.005,2)", 1.01),
    ("ROUND(2.15,1)", 2.2),
    ("ROUND(-1.475,2)", -1.48),
    ("ROUND(21.5,-1)", 20),
    ("ROUND(626.3,-3)", 1000),
    ("ROUND(1.98,-1)", 0),
    ("ROUND(-50.55,-2)", -100),
    ("ROUND(5.015,2)", 5.02),
    ('ROUND("x",1)', "#VALUE!"),
    ("ROUNDUP(3.2,0)", 4),
    ("ROUNDUP(-3.14159,1)", -3.2),
    ("ROUNDUP(31415.92654,-2)", 31500),
    ("ROUNDDOWN(-3.14159,1)", -3.1),
    ("ROUNDDOWN(31415.92654,-2)", 31400),
    ("TRUNC(8.9)", 8),
    ("TRUNC(-8.9)", -8),
    ("TRUNC(0.45)", 0),
    ("INT(8.9)", 8),
    ("INT(-8.9)", -9),
    ("CEILING(2.5,1)", 3),
    ("CEILING(-2.5,-2)", -4),
    ("CEILING(-2.5,2)", -2),
    ("CEILING(1.5,0.1)", 1.5),
    ("CEILING(0.234,0.01)", 0.24),
    ("CEILING(2.5,-1)", "#NUM!"),
    ("CEILING(-1E-307,-1)", -1),
    ("CEILING(-1E-307,-0.21)", -0.21),
    ("FLOOR(3.7,2)", 2),
    ("FLOOR(-2.5,-2)", -2),
    ("FLOOR(2.5,-2)", "#NUM!"),
    ("FLOOR(1.58,0.1)", 1.5),
    ("FLOOR(0.234,0.01)", 0.23),
    ("FLOOR(-2.5,2)", -4),
    ("FLOOR(1,0)", "#DIV/0!"),
    ("CEILING.MATH(24.3,5)", 25),
    ("CEILING.MATH(6.7)", 7),
    ("CEILING.MATH(-8.1,2)", -8),
    ("CEILING.MATH(-5.5,2,-1)", -6),
    ("FLOOR.MATH(24.3,5)", 20),
    ("FLOOR.MATH(-8.1,2)", -10),
    ("FLOOR.MATH(-5.5,2,-1)", -4),
    ("CEILING.PRECISE(-4.3)", -4),
    ("CEILING.PRECISE(4.3,-2)", 6),
    ("ISO.CEILING(-4.3,2)", -4),
    ("FLOOR.PRECISE(-3.2,-1)", -4),
    ("FLOOR.PRECISE(3.2,-1)", 3),
    ("MROUND(10,3)", 9),
    ("MROUND(-10,-3)", -9),
    ("MROUND(1.3,0.2)", 1.4),
    ("MROUND(5,-2)", "#NUM!"),
    ("EVEN(1.5)", 2),
    ("EVEN(3)", 4),
    ("EVEN(-1)", -2),
    ("ODD(1.5)", 3),
    ("ODD(2)", 3),
    ("ODD(-1)", -1),
    ("ODD(-2)", -3),
    ("ODD(0)", 1),
]


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    assert excel.same(excel(formula), expected), excel(formula)


@given(st.decimals(-(10**9), 10**9, places=5), st.integers(-3, 6))
def test_round_is_decimal(number: Decimal, digits: int) -> None:
    unit = Decimal(1).scaleb(-digits)
    expected = float((number / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit)
    found = call(REGISTRY["ROUND"], SimpleNamespace(date_1904=False), [numeric(float(number)), numeric(float(digits))])
    assert found.item() == expected
