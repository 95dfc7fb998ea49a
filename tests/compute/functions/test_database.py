"""Statistics over lists; the orchard of Microsoft's pages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

ROWS = [
    ["Tree", "Height", "Age", "Yield", "Profit"],
    ["Apple", 18.0, 20.0, 14.0, 105.0],
    ["Pear", 12.0, 12.0, 10.0, 96.0],
    ["Cherry", 13.0, 14.0, 9.0, 105.0],
    ["Apple", 14.0, 15.0, 10.0, 75.0],
    ["Pear", 9.0, 8.0, 8.0, 76.8],
    ["Apple", 8.0, 9.0, 6.0, 45.0],
]
CRITERIA = [["Tree", "Height", "Height"], ["=Apple", ">10", "<16"], ["=Pear", None, None]]
ORCHARD = {f"{'ABCDE'[c]}{r + 1}": v for r, row in enumerate(ROWS) for c, v in enumerate(row)}
ORCHARD |= {f"{'GHI'[c]}{r + 1}": v for r, row in enumerate(CRITERIA) for c, v in enumerate(row)}

CASES: list[tuple[str, Any]] = [
    ('DCOUNT(A1:E7,"Age",G1:I2)', 1),
    ('DCOUNTA(A1:E7,"Profit",G1:I2)', 1),
    ('DMAX(A1:E7,"Profit",G1:I3)', 96),
    ('DMIN(A1:E7,"Profit",G1:H2)', 75),
    ('DSUM(A1:E7,"Profit",G1:G2)', 225),
    ('DSUM(A1:E7,"Profit",G1:I3)', 247.8),
    ('DPRODUCT(A1:E7,"Yield",G1:I3)', 800),
    ('DAVERAGE(A1:E7,"Yield",G1:H2)', 12),
    ("DAVERAGE(A1:E7,3,A1:A7)", 13),
    ('DSTDEV(A1:E7,"Yield",G1:G3)', 2.9664793948382653),
    ('DSTDEVP(A1:E7,"Yield",G1:G3)', 2.6532998322843198),
    ('DVAR(A1:E7,"Yield",G1:G3)', 8.8),
    ('DVARP(A1:E7,"Yield",G1:G3)', 7.04),
    ('DGET(A1:E7,"Yield",G1:G3)', "#NUM!"),
    ('DGET(A1:E7,"Yield",G1:I2)', 10),
    ('DSUM(A1:E7,"Nothing",G1:I2)', "#VALUE!"),
    ('DSUM(A1:E1,"Yield",G1:I2)', "#VALUE!"),
    ('DSUM(A1:E7,"Yield",G1:G1)', "#VALUE!"),
]


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    assert excel.same(excel(formula, ORCHARD), expected), excel(formula, ORCHARD)


def test_lists_may_differ_between_lanes(lanes_agree: Any) -> None:
    cells = ORCHARD | {"B5": np.array([14.0, 17.0, 9.0]), "E5": np.array([75.0, 80.0, 85.0])}
    for name in ("DSUM", "DAVERAGE", "DGET", "DCOUNT"):
        lanes_agree(f'{name}(A1:E7,"Profit",G1:I2)', cells)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["x", None, ""], "x"),
        ([None, "", 5.0], 5.0),
        ([None, ""], "#VALUE!"),
        ([" ", None], " "),
        ([1.0, "", 2.0], "#NUM!"),
    ],
)
def test_records_with_an_empty_field_do_not_count(excel: Any, fields: list[Any], expected: Any) -> None:
    rows: list[tuple[Any, Any]] = [("Key", "Found"), *(("a", f) for f in fields), ("b", "other")]
    cells = {f"{'AB'[c]}{r}": v for r, row in enumerate(rows, start=1) for c, v in enumerate(row)}
    cells |= {"D1": "Key", "D2": "=a"}
    assert excel.same(excel(f'DGET(A1:B{len(rows)},"Found",D1:D2)', cells), expected)
