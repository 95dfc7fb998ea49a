"""Where Excel looks at fifteen digits of a number instead of its bits: whole numbers, texts, comparisons.

Source: Microsoft, floating-point arithmetic may give inaccurate results in Excel; the renderings of numbers that Apache
POI collected from Excel (NumberToTextConversionExamples).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import compute

TABLE: list[tuple[str, Any]] = [
    # 4.1*100 is 409.99999999999994, 1.1*1.1*100 is 121.00000000000001
    ("=INT(4.1*100)", 410.0), ("=TRUNC(4.1*100)", 410.0), ("=ROUNDDOWN(4.1*100,0)", 410.0), ("=EVEN(4.1*100)", 410.0),
    ("=INT(1.1*1.1*100)", 121.0), ("=ROUNDUP(1.1*1.1*100,0)", 121.0), ("=CEILING(1.1*1.1*100,1)", 121.0),
    ("=CEILING((0.1+0.2)*10,1)", 3.0), ("=FLOOR(0.3/0.1,1)", 3.0), ("=INT(8.7/0.1)", 87.0), ("=ROUND(2.675,2)", 2.68),
    ('=(0.1+0.2)&""', "0.3"), ('=1/3&""', "0.333333333333333"), ('=2/3&""', "0.666666666666667"),
    ('=1E+20&""', "1E+20"), ('=1E+19&""', "10000000000000000000"), ('=123456789012345678&""', "123456789012346000"),
    ('=0.00001&""', "0.00001"), ('=1E-10&""', "0.0000000001"), ('=1.23E-20&""', "1.23E-20"), ('=-0.1&""', "-0.1"),
    ('=LEN(4.1*100)', 3.0), ('=(4.1*100)&"x"', "410x"), ('=VALUE((0.1+0.2)&"")=0.3', True),
    ('=TEXT(0.1+0.2,"0.0000000000000000000")', "0.3000000000000000000"), ('=TEXT(1/3,"General")', "0.333333333"),
    ("=FIXED(0.1+0.2,18)", "0.300000000000000000"), ("=FIXED(1234.5,1)", "1,234.5"),
    ("=(0.1*3)=0.3", True), ("=(1.1-1)=0.1", True), ("=100*1.15=115", True), ("=100*1.15<115", False),
    ("=4.1*100<410", False), ("=4.1*100<>410", False), ("=1E-300=2E-300", False), ("=1=1.0000000000001", False),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "expected"), TABLE)
def test_a_number_seen_with_fifteen_digits(book: Callable[..., Path], formula: str, expected: Any) -> None:
    value = compute.recalculate(book({"S": {"A1": formula}}))["S"]["A1"]
    assert value == expected
    assert type(value) is type(expected)
