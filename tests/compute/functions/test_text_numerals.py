"""NUMBERSTRING, and the names that Japanese Excel and old files have for other functions."""

from __future__ import annotations

from typing import Any

import pytest

from compute.errors import CellError, UnsupportedFormula

TABLE = [
    ("NUMBERSTRING(12345,1)", "一万二千三百四十五"),
    ("NUMBERSTRING(12345,2)", "壱萬弐阡参百四拾伍"),
    ("NUMBERSTRING(12345,3)", "一二三四五"),
    ("NUMBERSTRING(3210,1)", "三千二百十"),
    ("NUMBERSTRING(3210,2)", "参阡弐百壱拾"),
    ("NUMBERSTRING(3210,3)", "三二一〇"),
    ("NUMBERSTRING(123,1)", "百二十三"),
    ("NUMBERSTRING(456,2)", "四百伍拾六"),
    ("NUMBERSTRING(0,1)", "〇"),
    ("NUMBERSTRING(5,4)", CellError("#NUM!")),
    ('DBCS("ABC 12")', "ＡＢＣ　１２"),
    ("ISO.WEEKNUM(40977)", 10.0),
]


@pytest.mark.parametrize(("formula", "expected"), TABLE)
def test_the_numerals(excel: Any, formula: str, expected: Any) -> None:
    assert excel(formula) == expected


@pytest.mark.parametrize("formula", ["NUMBERSTRING(10000000,1)", "NUMBERSTRING(1.5,1)", "NUMBERSTRING(-1,3)"])
def test_numbers_whose_numerals_are_not_known_are_refused(excel: Any, formula: str) -> None:
    with pytest.raises(UnsupportedFormula):
        excel(formula)
