"""Arrays as results: filtered, sorted, cut, joined, reshaped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.errors import CellError
from compute.functions import LanesDiffer

CELLS = {
    "A1": 3, "B1": "c", "C1": True,
    "A2": 1, "B2": "a", "C2": False,
    "A3": 2, "B3": "B", "C3": True,
    "A4": 1, "B4": "A", "C4": False,
    "E1": "x", "E2": 10, "E3": None, "E4": False, "E5": 2, "E6": CellError("#N/A"), "E7": "B", "E8": True,
    "G1": 1, "H1": 2, "I1": 3,
    "K2": 5, "L3": 6,
}  # fmt: skip

CASES = [
    ("FILTER(A1:B4,C1:C4)", [[3, "c"], [2, "B"]]),
    ('FILTER(A1:B4,{0;0;0;0},"none")', "none"),
    ("FILTER(A1:B4,{0;0;0;0})", "#CALC!"),
    ("FILTER(A1:B4,{1,0})", [[3], [1], [2], [1]]),
    ("FILTER(A1:B4,{1;0})", "#VALUE!"),
    ('FILTER(A1:B4,{1;"x";0;0})', "#VALUE!"),
    ("FILTER(A1:B4,{1;#N/A;0;0})", "#N/A"),
    ("SORT(A1:B4)", [[1, "a"], [1, "A"], [2, "B"], [3, "c"]]),
    ("SORT(A1:B4,1,-1)", [[3, "c"], [2, "B"], [1, "a"], [1, "A"]]),
    ("SORT(A1:B4,2)", [[1, "a"], [1, "A"], [2, "B"], [3, "c"]]),
    ("SORT(A1:C4,{3,1},{-1,1})", [[2, "B", True], [3, "c", True], [1, "a", False], [1, "A", False]]),
    ("SORT({3,1,2},1,1,TRUE)", [[1, 2, 3]]),
    ("SORT(A1:B4,3)", "#VALUE!"),
    ("SORT(A1:B4,1,2)", "#VALUE!"),
    ("SORT(E1:E8)", [[2], [10], ["B"], ["x"], [False], [True], [CellError("#N/A")], [None]]),
    ("SORT(E1:E8,1,-1)", [[CellError("#N/A")], [True], [False], ["x"], ["B"], [10], [2], [None]]),
    ("SORTBY(B1:B4,A1:A4)", [["a"], ["A"], ["B"], ["c"]]),
    ("SORTBY(B1:B4,A1:A4,-1)", [["c"], ["B"], ["a"], ["A"]]),
    ("SORTBY(A1:A4,C1:C4,1,A1:A4,-1)", [[1], [1], [3], [2]]),
    ('SORTBY({"a","b","c"},{2,3,1})', [["c", "a", "b"]]),
    ("SORTBY(A1:A4,A1:A3)", "#VALUE!"),
    ("UNIQUE(A1:A4)", [[3], [1], [2]]),
    ("UNIQUE(B1:B4)", [["c"], ["a"], ["B"]]),
    ("UNIQUE(A1:A4,FALSE,TRUE)", [[3], [2]]),
    ("UNIQUE({1,2,1},TRUE)", [[1, 2]]),
    ("UNIQUE({1,1},TRUE,TRUE)", "#CALC!"),
    ("SEQUENCE(2,3)", [[1, 2, 3], [4, 5, 6]]),
    ("SEQUENCE(3,,10,-5)", [[10], [5], [0]]),
    ("SEQUENCE(0)", "#CALC!"),
    ("SEQUENCE(-1)", "#VALUE!"),
    ("TAKE(A1:B4,2)", [[3, "c"], [1, "a"]]),
    ("TAKE(A1:B4,-1)", [[1, "A"]]),
    ("TAKE(A1:B4,,-1)", [["c"], ["a"], ["B"], ["A"]]),
    ("TAKE(A1:B4,9,1)", [[3], [1], [2], [1]]),
    ("TAKE(A1:B4,0)", "#CALC!"),
    ("DROP(A1:B4,3)", [[1, "A"]]),
    ("DROP(A1:B4,-3,1)", "c"),
    ("DROP(A1:B4,4)", "#CALC!"),
    ("ROWS(DROP(A:A,1))", 1048575),
    ("CHOOSEROWS(A1:B4,3,-1)", [[2, "B"], [1, "A"]]),
    ("CHOOSEROWS(A1:B4,{1;1})", [[3, "c"], [3, "c"]]),
    ("CHOOSECOLS(A1:B4,2,1)", [["c", 3], ["a", 1], ["B", 2], ["A", 1]]),
    ("CHOOSECOLS(A1:B4,3)", "#VALUE!"),
    ("CHOOSEROWS(A1:B4,0)", "#VALUE!"),
    ("HSTACK(A1:A2,{5;6;7})", [[3, 5], [1, 6], ["#N/A", 7]]),
    ("VSTACK({1,2},{3})", [[1, 2], [3, "#N/A"]]),
    ("TOCOL({1,2;3,4})", [[1], [2], [3], [4]]),
    ("TOCOL({1,2;3,4},0,TRUE)", [[1], [3], [2], [4]]),
    ("TOROW({1,2;3,4})", [[1, 2, 3, 4]]),
    ("TOCOL(E1:E3,1)", [["x"], [10]]),
    ("TOROW(E5:E7,2)", [[2, "B"]]),
    ("TOCOL(E3:E3,1)", "#CALC!"),
    ("TOCOL(E5:E7,4)", "#VALUE!"),
    ("WRAPROWS({1,2,3,4,5},2)", [[1, 2], [3, 4], [5, "#N/A"]]),
    ('WRAPROWS({1,2,3},2,"-")', [[1, 2], [3, "-"]]),
    ("WRAPCOLS({1,2,3,4,5},2)", [[1, 3, 5], [2, 4, "#N/A"]]),
    ("WRAPROWS({1,2;3,4},2)", "#VALUE!"),
    ("WRAPROWS({1,2},0)", "#NUM!"),
    ("EXPAND({1,2},2,3,0)", [[1, 2, 0], [0, 0, 0]]),
    ("EXPAND({1,2},2)", [[1, 2], ["#N/A", "#N/A"]]),
    ("EXPAND({1,2},1,1)", "#VALUE!"),
    ("TRIMRANGE(J1:M5)", [[5, None], [None, 6]]),
    ("TRIMRANGE(J1:M5,1,0)", [[None, 5, None, None], [None, None, 6, None], [None] * 4, [None] * 4]),
]  # fmt: skip


def _same(excel: Any, found: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        return len(found) == len(expected) and all(_same(excel, f, e) for f, e in zip(found, expected, strict=True))
    if isinstance(expected, CellError) or expected is None:
        return bool(found == expected)
    return bool(excel.same(found, expected))


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    found = excel(formula, CELLS)
    assert _same(excel, found, expected), found


FORMULAS = [
    "SORT(Y1:Y5)",
    "SORT(Y1:Y5,1,-1)",
    "SORTBY(A1:A4,Y1:Y4)",
    "SEQUENCE(2,2,Y1,Y2)",
    "HSTACK(Y1:Y3,A1:A4)",
    "WRAPROWS(Y1:Y5,2)",
    "TOCOL(Y1:Y5)",
    "TAKE(Y1:Y5,-2)",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_every_lane_has_its_own_order(lanes_agree: Any, formula: str) -> None:
    random = np.random.default_rng(4)
    lanes_agree(formula, {**CELLS, **{f"Y{i}": random.integers(0, 4, 9).astype(float) for i in range(1, 6)}})


@pytest.mark.parametrize("formula", ["FILTER(A1:A2,Y1:Y2)", "UNIQUE(Y1:Y2)", "SEQUENCE(Y1)", "TAKE(A1:A4,Y1)"])
def test_sizes_that_differ_ask_for_groups_of_lanes(excel: Any, formula: str) -> None:
    with pytest.raises(LanesDiffer):
        excel(formula, {**CELLS, "Y1": np.array([1.0, 2.0]), "Y2": np.array([0.0, 2.0])})


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=9))
def test_sorting_keeps_what_is_there(excel: Any, values: list[int]) -> None:
    found = excel(f"SORT(A1:A{len(values)},1,-1)", excel.column("A", values))
    rows = found if isinstance(found, list) else [[found]]
    assert [r[0] for r in rows] == sorted(values, reverse=True)
