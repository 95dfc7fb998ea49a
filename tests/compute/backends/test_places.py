"""Places as values: references through LET, LAMBDA, IF and CHOOSE, spills, whole rows, conditions of another size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import compute

CELLS: dict[str, Any] = {"A1": 1, "A2": 2, "A3": 3, "A4": 4, "A5": 5, "D1": "=A1#", "B1": 10, "B2": "7"}

TABLE: list[tuple[str, Any]] = [
    ("=SUM(CHOOSE(1,A1,A2):CHOOSE(2,A1,A5))", 15.0),
    ("=SUM(IF(TRUE,A1,A2):A3)", 6.0),
    ("=ROW(IF(A1>0,A4,A5))", 4.0),
    ("=_xlfn.LET(_xlpm.r,A5,ROW(_xlpm.r))", 5.0),
    ("=_xlfn.LET(_xlpm.r,A5,_xlpm.r+1)", 6.0),
    ("=_xlfn.LAMBDA(_xlpm.x,COLUMN(_xlpm.x)+_xlpm.x)(B1)", 12.0),
    ("=SUM(OFFSET(CHOOSE(2,A1,A2),1,0,2,1))", 7.0),
    ("=ROWS(IF(A1=1,A1:A4,A1))", 4.0),
    ("=A1#", "#REF!"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "expected"), TABLE)
def test_a_place_stays_a_place(book: Callable[..., Path], formula: str, expected: Any) -> None:
    values = compute.recalculate(book({"S": {**CELLS, "Z99": formula}}))["S"]
    assert getattr(values["Z99"], "code", values["Z99"]) == expected


def test_only_the_first_cell_of_an_array_stands_for_its_spill(book: Callable[..., Path]) -> None:
    cells = {
        "A1": 1,
        "A2": 2,
        "B1:B2": "=A1:A2*10",
        "C1": "=SUM(_xlfn.ANCHORARRAY(B1))",
        "C2": "=SUM(_xlfn.ANCHORARRAY(B2))",
    }
    values = compute.recalculate(book({"S": cells}))["S"]
    assert values["C1"] == 30.0
    assert values["C2"].code == "#REF!"


def test_a_whole_row_fills_the_cells_of_its_array_with_zeros(book: Callable[..., Path]) -> None:
    values = compute.recalculate(book({"S": {"A1": 5, "B1": 6, "B3:F3": "=1:1", "H1:H4": "=A:A"}}))["S"]
    assert [values[a] for a in ("B3", "C3", "D3", "F3")] == [5.0, 6.0, 0.0, 0.0]
    assert [values[a] for a in ("H1", "H2", "H4")] == [5.0, 0.0, 0.0]


def test_a_condition_of_fewer_elements_than_its_branches_leaves_na(book: Callable[..., Path]) -> None:
    cells = {"A1:D1": "=IF({TRUE,FALSE},{1,2,3,4},{10,11,12,13})", "A2:D2": "=IF({TRUE;FALSE},{1,2,3},{5})"}
    values = compute.recalculate(book({"S": cells}))["S"]
    shown = [getattr(values[f"{c}1"], "code", values[f"{c}1"]) for c in "ABCD"]
    assert shown == [1.0, 11.0, "#N/A", "#N/A"]
