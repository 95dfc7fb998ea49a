"""GROUPBY and PIVOTBY over whole workbooks: stated rules, and results that Excel 365 stored (libraz/formulon,
tests/oracle/golden/pivotby.golden.json, and its English variant).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import compute
from compute.errors import CellError
from compute.formulas.addresses import column_letters

SALES: dict[str, Any] = {}
for _row, _sale in enumerate(
    [
        ("Region", "Item", "Year", "Sales", "Count"),
        ("West", "tea", 2023, 10, 1),
        ("East", "tea", 2024, 20, 2),
        ("West", "milk", 2023, 30, 3),
        ("east", "tea", 2023, 5, 4),
        ("North", "milk", 2024, 15, 5),
    ],
    start=1,
):
    SALES |= {f"{letter}{_row}": value for letter, value in zip("ABCDE", _sale, strict=True)}

Rows = list[list[Any]]
GROUPED: list[tuple[str, Rows]] = [
    ("GROUPBY(A2:A6,D2:D6,SUM)", [["East", 25], ["North", 15], ["West", 40], ["Total", 80]]),
    ("GROUPBY(A1:A6,D1:D6,SUM)", [["East", 25], ["North", 15], ["West", 40], ["Total", 80]]),
    ("GROUPBY(A2:A6,D2:D6,SUM,,0)", [["East", 25], ["North", 15], ["West", 40]]),
    ("GROUPBY(A2:A6,D2:D6,SUM,,-1)", [["Total", 80], ["East", 25], ["North", 15], ["West", 40]]),
    ("GROUPBY(A2:A6,D2:D6,SUM,,,-1)", [["West", 40], ["North", 15], ["East", 25], ["Total", 80]]),
    ("GROUPBY(A2:A6,D2:D6,SUM,,,-2)", [["West", 40], ["East", 25], ["North", 15], ["Total", 80]]),
    ("GROUPBY(A2:A6,D2:D6,SUM,,,2)", [["North", 15], ["East", 25], ["West", 40], ["Total", 80]]),
    ("GROUPBY(A1:A6,D1:D6,SUM,3,0)", [["Region", "Sales"], ["East", 25], ["North", 15], ["West", 40]]),
    ("GROUPBY(A1:A6,D1:D6,SUM,1,0)", [["East", 25], ["North", 15], ["West", 40]]),
    ("GROUPBY(A2:A6,D2:D6,SUM,2,0)", [["Row Field 1", "Value 1"], ["East", 25], ["North", 15], ["West", 40]]),
    ("GROUPBY(C2:C6,D2:D6,AVERAGE,0,0)", [[2023, 15], [2024, 17.5]]),
    ("GROUPBY(C2:C6,D2:D6,LAMBDA(v,MAX(v)-MIN(v)),0,0)", [[2023, 25], [2024, 5]]),
    ("GROUPBY(C2:C6,D2:D6,PERCENTOF,0,1)", [[2023, 45 / 80], [2024, 35 / 80], ["Total", 1]]),
    ("GROUPBY(C2:C6,D2:D6,LAMBDA(v,w,SUM(v)/COUNT(w)),0,0)", [[2023, 9], [2024, 7]]),
    ("GROUPBY(C2:C6,B2:B6,ARRAYTOTEXT,0,0)", [[2023, "tea, milk, tea"], [2024, "tea, milk"]]),
    ("GROUPBY(C2:C6,D2:E6,SUM,0)", [[2023, 45, 8], [2024, 35, 7], ["Total", 80, 15]]),
    ("GROUPBY(C2:C6,D2:D6,HSTACK(SUM,COUNT),0,0)", [["", "SUM", "COUNT"], [2023, 45, 3], [2024, 35, 2]]),
    ("GROUPBY(A2:A6,D2:D6,SUM,0,0,,C2:C6=2023)", [["east", 5], ["West", 40]]),
    (
        "GROUPBY(A2:B6,D2:D6,SUM,0)",
        [["East", "tea", 25], ["North", "milk", 15], ["West", "milk", 30], ["West", "tea", 10], ["Total", "", 80]],
    ),
    (
        "GROUPBY(A2:B6,D2:D6,SUM,0,2)",
        [
            ["East", "tea", 25],
            ["East", "", 25],
            ["North", "milk", 15],
            ["North", "", 15],
            ["West", "milk", 30],
            ["West", "tea", 10],
            ["West", "", 40],
            ["Grand Total", "", 80],
        ],
    ),
    (
        "GROUPBY(B2:C6,D2:D6,SUM,0,-2,-3)",
        [
            ["Grand Total", "", 80],
            ["milk", "", 45],
            ["milk", 2023, 30],
            ["milk", 2024, 15],
            ["tea", "", 35],
            ["tea", 2024, 20],
            ["tea", 2023, 15],
        ],
    ),
    (
        "GROUPBY(B2:C6,D2:D6,SUM,0,0,-3,,1)",
        [["milk", 2023, 30], ["tea", 2024, 20], ["milk", 2024, 15], ["tea", 2023, 15]],
    ),
    (
        "GROUPBY(B2:C6,D2:D6,SUM,0,0,{2,-1},,1)",
        [["tea", 2023, 15], ["milk", 2023, 30], ["tea", 2024, 20], ["milk", 2024, 15]],
    ),
    (
        "GROUPBY(B2:C6,D2:D6,SUM,0,0,{-1,-2})",
        [["tea", 2024, 20], ["tea", 2023, 15], ["milk", 2024, 15], ["milk", 2023, 30]],
    ),
]
REFUSED = [
    "GROUPBY(A2:A6,D2:D6,SUM,5)",
    "GROUPBY(A2:A6,D2:D6,SUM,0,0,0)",
    "GROUPBY(A2:A6,D2:D6,SUM,0,0,3)",
    "GROUPBY(A2:A6,D2:D6,SUM,0,2)",
    "GROUPBY(A2:A6,D2:D5,SUM)",
    "GROUPBY(A2:B6,D2:D6,SUM,0,2,,,1)",
    "GROUPBY(A2:A6,D2:D6,SUM,0,0,,{TRUE;FALSE})",
    "GROUPBY(A2:A6,D2:D6,SUM,0,0,,C2:C6=1999)",
    "GROUPBY(A2:A6,D2:D6,7)",
    "PIVOTBY(A2:A6,C2:C6,D2:D6,SUM,5)",
    "PIVOTBY(A2:A6,C2:C6,D2:D6,SUM,0,0,0)",
]
STORED: list[tuple[str, Rows]] = [
    (
        'PIVOTBY({"A","P";"B","Q";"A","P"},{"X";"Y";"X"},{1;2;3},SUM,0)',
        [["", "", "X", "Y", "Total"], ["A", "P", 4, "", 4], ["B", "Q", "", 2, 2], ["Total", "", 4, 2, 6]],
    ),
    (
        'PIVOTBY({"A";"B";"A"},{"X","M";"Y","N";"X","M"},{1;2;3},SUM,0)',
        [["", "X", "Y", "Total"], ["", "M", "N", ""], ["A", 4, "", 4], ["B", "", 2, 2], ["Total", 4, 2, 6]],
    ),
    (
        'PIVOTBY({"A";"B";"A"},{"X";"Y";"X"},{1,10;2,20;3,30},SUM,0)',
        [
            ["", "X", "X", "Y", "Y", "Total", "Total"],
            ["A", 4, 40, "", "", "", ""],
            ["B", "", "", 2, 20, "", ""],
            ["Total", 4, 40, 2, 20, "", ""],
        ],
    ),
    (
        'PIVOTBY({"x";"y";"x"},{"p";"q";"q"},{1;2;3},SUM,2)',
        [
            ["", "Column Field 1", "", ""],
            ["", "p", "q", "Total"],
            ["Row Field 1", "Value 1", "Value 1", "Value 1"],
            ["x", 1, 3, 4],
            ["y", "", 2, 2],
            ["Total", 1, 5, 6],
        ],
    ),
    (
        'GROUPBY({"k1","k2";"b","y";"a","z";"a","y"},{"v";1;2;3},SUM)',
        [["a", "y", 3], ["a", "z", 2], ["b", "y", 1], ["Total", "", 6]],
    ),
    ('GROUPBY({"b";"a";"b"},{1;2;3},SUM,3)', [["b", 1], ["a", 2], ["b", 3], ["Total", 5]]),
    ('GROUPBY({"b";2;TRUE;"a";1},{1;2;3;4;5},SUM,0,0)', [[1, 5], [2, 2], ["a", 4], ["b", 1], [True, 3]]),
    (
        'PIVOTBY({"R1","R2";"A","P";"B","Q";"A","P"},{"C";"X";"Y";"X"},{"V";1;2;3},SUM,3)',
        [
            ["", "", "C", "", ""],
            ["", "", "X", "Y", "Total"],
            ["R1", "R2", "V", "V", "V"],
            ["A", "P", 4, "", 4],
            ["B", "Q", "", 2, 2],
            ["Total", "", 4, 2, 6],
        ],
    ),
]
PIVOTED: list[tuple[str, Rows]] = [
    ('PIVOTBY({"A";"B"},{"X";"Y"},{1;2},SUM,0,0,,0)', [["", "X", "Y"], ["A", 1, ""], ["B", "", 2]]),
    ("PIVOTBY(B2:B6,C2:C6,D2:D6,SUM,,0,-2,0,-1)", [["", 2024, 2023], ["milk", 15, 30], ["tea", 20, 15]]),
    ("PIVOTBY(B2:B6,C2:C6,D2:D6,SUM,,0,,0,,C2:C6=2023)", [["", 2023], ["milk", 30], ["tea", 15]]),
    (
        "PIVOTBY(B2:B6,C2:C6,D2:D6,PERCENTOF)",
        [
            ["", 2023, 2024, "Total"],
            ["milk", 30 / 45, 15 / 35, 45 / 80],
            ["tea", 15 / 45, 20 / 35, 35 / 80],
            ["Total", 1, 1, 1],
        ],
    ),
    (
        "PIVOTBY(B2:B6,C2:C6,D2:D6,PERCENTOF,,0,,,,,1)",
        [["", 2023, 2024, "Total"], ["milk", 30 / 45, 15 / 45, 1], ["tea", 15 / 35, 20 / 35, 1]],
    ),
    (
        "PIVOTBY(B2:B6,C2:C6,D2:D6,PERCENTOF,,0,,0,,,2)",
        [["", 2023, 2024], ["milk", 30 / 80, 15 / 80], ["tea", 15 / 80, 20 / 80]],
    ),
    (
        "PIVOTBY(B2:B6,HSTACK(A2:A6,C2:C6),E2:E6,SUM,,0,,2)",
        [
            ["", "East", "East", "East", "North", "North", "West", "West", "Grand Total"],
            ["", 2023, 2024, "", 2024, "", 2023, "", ""],
            ["milk", "", "", "", 5, 5, 3, 3, 8],
            ["tea", 4, 2, 6, "", "", 1, 1, 7],
        ],
    ),
]


def _shown(book: Callable[..., Path], formula: str, rows: int, columns: int) -> Rows:
    """The formula's array in G1 and what follows, with a margin in which #N/A shows that it ends there."""
    target = f"G1:{column_letters(7 + columns)}{rows + 1}"
    values = compute.recalculate(book({"S": {**SALES, target: f"={formula}"}}))["S"]
    return [[values[f"{column_letters(7 + c)}{r + 1}"] for c in range(columns + 1)] for r in range(rows + 1)]


@pytest.mark.parametrize(("formula", "expected"), [*GROUPED, *STORED, *PIVOTED])
def test_a_summary(book: Callable[..., Path], formula: str, expected: Rows) -> None:
    shown = _shown(book, formula, len(expected), len(expected[0]))
    for row, wanted in zip(shown, expected, strict=False):
        assert [v if isinstance(v, str) else pytest.approx(v, rel=1e-14) for v in wanted] == row[: len(wanted)]
    margin = [*(row[-1] for row in shown), *shown[-1]]
    assert all(isinstance(v, CellError) and v.code == "#N/A" for v in margin)


@pytest.mark.parametrize("formula", REFUSED)
def test_arguments_out_of_range(book: Callable[..., Path], formula: str) -> None:
    assert _shown(book, formula, 1, 1)[0][0] == CellError("#VALUE!")


@pytest.mark.parametrize(
    "formula",
    [
        "GROUPBY(A2:A6,D2:D6,VSTACK(SUM,COUNT))",
        "GROUPBY(A2:A6,D2:E6,HSTACK(SUM,COUNT))",
        "PIVOTBY(A1:A6,B1:C6,D1:D6,SUM,3)",
        "PIVOTBY(A2:A6,B2:B6,D2:D6,PERCENTOF,,,,,,,4)",
        "PIVOTBY(A2:A6,,D2:D6,SUM)",
    ],
)
def test_layouts_that_nothing_states_are_refused(book: Callable[..., Path], formula: str) -> None:
    assert _shown(book, formula, 1, 1)[0][0] == CellError("#NAME?")


def test_groups_are_put_in_order_in_each_iteration(book: Callable[..., Path]) -> None:
    cells = {"A1": "x", "A2": "y", "B1": "=MC.UNIFORM(0,1)", "B2": "=MC.UNIFORM(0,1)"}
    cells |= {"D1": '=MC.OUTPUT("greatest")+INDEX(GROUPBY(A1:A2,B1:B2,SUM,0,0,-2),1,2)-MAX(B1:B2)'}
    cells |= {"E1": '=MC.OUTPUT("total")+INDEX(GROUPBY(A1:A2,B1:B2,SUM),3,2)-SUM(B1:B2)'}
    result = compute.Model.open(book({"S": cells})).simulate(iterations=200)
    for name in ("greatest", "total"):
        assert result.outputs[name].minimum == result.outputs[name].maximum == 0.0
