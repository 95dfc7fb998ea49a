"""IF, CHOOSE, IFS, SWITCH, INDEX, XLOOKUP and LET hand on the place they pick: text and booleans in it do not count.

Source: Microsoft, SUM function ("text or logical values in a reference are ignored") and CHOOSE function ("the values
can be ranges").
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import compute

CELLS: dict[str, Any] = {
    "A1": "'5", "A2": True, "A3": 3, "A4": 4, "B1": 10, "B2": 20, "B3": 30, "C1": "x", "C2": "y", "C3": "z",
    "E1": "A1", "F1": 1,
}  # fmt: skip

TABLE: list[tuple[str, Any]] = [
    ("=SUM(A1)", 0.0),
    ("=SUM(IF(F1=1,A1,9))", 0.0),
    ("=SUM(IF(F1=2,A1,9))", 9.0),
    ("=SUM(IF(TRUE,\"5\",9))", 5.0),
    ("=SUM(IF(TRUE,A2))", 0.0),
    ("=SUM(IF(TRUE,A1:A3))", 3.0),
    ("=COUNT(CHOOSE(1,A1))", 0.0),
    ("=COUNT(CHOOSE(2,A1,TRUE))", 1.0),
    ("=COUNT(IF(F1=1,IF(F1=1,A2,1),1))", 0.0),
    ("=SUM(IFS(FALSE,1,TRUE,A2))", 0.0),
    ("=SUM(SWITCH(1,2,5,1,A2))", 0.0),
    ("=SUM(SWITCH(9,2,5,1,1,A2))", 0.0),
    ("=SUM(SWITCH(1,2,5,1,A3:A4))", 7.0),
    ("=SUM(INDEX(A1:A4,2))", 0.0),
    ("=SUM(IF(TRUE,INDEX(A1:A4,2)))", 0.0),
    ("=SUM(_xlfn.LET(_xlpm.r,A2,_xlpm.r))", 0.0),
    ("=SUM(_xlfn.LET(_xlpm.r,IF(F1=1,A2,1),_xlpm.r))", 0.0),
    ("=SUM(_xlfn.XLOOKUP(20,B1:B3,A1:A3))", 0.0),
    ("=SUM(_xlfn.XLOOKUP(10,B1:B3,B1:B3):_xlfn.XLOOKUP(20,B1:B3,B1:B3))", 30.0),
    ("=SUM(OFFSET(_xlfn.XLOOKUP(\"y\",C1:C3,B1:B3),1,0))", 30.0),
    ("=SUM(INDEX(B1:B3,1):INDEX(B1:B3,2))", 30.0),
    ("=SUM(CHOOSE(1,B1):OFFSET(B1,2,0))", 60.0),
    ("=SUM(_xlfn.LET(_xlpm.a,B1,_xlpm.b,INDEX(B1:B3,2),_xlpm.a:_xlpm.b))", 30.0),
    ("=SUM(INDIRECT(E1))", 0.0),
    ("=SUM(INDIRECT(\"R2C2:R3C2\",FALSE))", 50.0),
    ("=SUM(INDIRECT(\"R[-97]C[-24]\",FALSE))", 20.0),
    ("=ISREF(IF(TRUE,A1))", True),
    ("=ISREF(IF(TRUE,1,A1))", False),
    ("=ISREF(CHOOSE(1,A1:A2))", True),
    ("=ISREF(INDEX(A1:A3,2))", True),
    ("=ISREF(_xlfn.XLOOKUP(20,B1:B3,A1:A3))", True),
    ("=ISREF(INDIRECT(E1))", True),
    ("=ISREF(OFFSET(A1,1,0))", True),
    ("=ISREF(_xlfn.LET(_xlpm.r,A1,_xlpm.r))", True),
    ("=ISREF(A1+1)", False),
    ("=ROW(INDEX(B1:B3,3))", 3.0),
    ("=ROW(_xlfn.XLOOKUP(20,B1:B3,A1:A3))", 2.0),
    ("=CELL(\"address\",INDEX(B1:B3,3))", "$B$3"),
    ("=CELL(\"row\",IF(TRUE,B2))", 2.0),
    ("=CELL(\"address\",_xlfn.XLOOKUP(20,B1:B3,A1:A3))", "$A$2"),
    ("=COUNTBLANK(IF(TRUE,D1:D3))", 3.0),
    ("=COUNTIF(CHOOSE(1,B1:B3),\">10\")", 2.0),
    ("=IF(TRUE,B1:B3)+0", "#VALUE!"),
    ("=AND(IF(TRUE,A1),TRUE)", True),
    ("=MAX(IF(TRUE,A2),-1)", -1.0),
    ("=SUM(IFERROR(A2,0))", 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "expected"), TABLE)
def test_a_branch_that_is_a_place_is_read_as_a_place(book: Callable[..., Path], formula: str, expected: Any) -> None:
    cells = {**CELLS, "A1": '="5"', "A2": "=TRUE"}
    value = compute.recalculate(book({"S": {**cells, "Z99": formula}}))["S"]["Z99"]
    assert getattr(value, "code", value) == expected


def test_filled_down_copies_read_their_branches_as_places(book: Callable[..., Path]) -> None:
    cells: dict[str, Any] = {}
    for row, value in enumerate(("=TRUE", 2, '="7"', 4, "=1/0"), start=1):
        cells |= {f"A{row}": value, f"B{row}": row % 2, f"C{row}": f"=SUM(IF(B{row}=1,A{row},100))"}
        cells |= {f"D{row}": f"=COUNT(CHOOSE(B{row}+1,A{row},5))"}
    values = compute.recalculate(book({"S": cells}))["S"]
    assert [getattr(values[f"C{r}"], "code", values[f"C{r}"]) for r in range(1, 6)] == [0, 100, 0, 100, "#DIV/0!"]
    assert [values[f"D{r}"] for r in range(1, 6)] == [1.0, 1.0, 1.0, 1.0, 1.0]


PLACES: dict[str, Any] = {
    "A1": "=_xldudf_MC_UNIFORM(0,3)", "A2": "=INT(A1)+1",  # 1, 2 or 3
    "B1": 10, "B2": "=TRUE", "B3": '="7"', "B4": 40, "C1": "a", "C2": "b", "C3": "c", "D1": 1, "D2": 2, "D3": 3,
}  # fmt: skip

LANES: list[tuple[str, tuple[Any, Any, Any]]] = [
    ("=SUM(IF(A2=1,B1:B4,B4))", (50, 40, 40)),
    ("=SUM(IF(A2=1,B4,B1:B4))", (40, 50, 50)),
    ("=SUM(IF(A2=2,B2,5))", (5, 0, 5)),
    ("=SUM(IF(A2=2,TRUE,5))", (5, 1, 5)),
    ("=COUNT(IF(A2=1,B2,IF(A2=2,B3,TRUE)))", (0, 0, 1)),
    ("=SUM(IF(A2=3,{1,2,3},5))", (5, 5, 6)),
    ("=COUNT(CHOOSE(A2,B1,B2,B1:B4))", (1, 0, 2)),
    ("=SUM(CHOOSE(A2,B1,B2,B3))", (10, 0, 0)),
    ("=SUM(_xlfn.IFS(A2=1,B2,A2=2,B1:B4,TRUE,3))", (0, 50, 3)),
    ("=SUM(_xlfn.SWITCH(A2,1,B2,2,B1:B4,3))", (0, 50, 3)),
    ("=SUM(INDEX(B1:B4,A2))", (10, 0, 0)),
    ("=COUNT(INDEX(B1:B4,A2*2))", (0, 1, 0)),
    ("=SUM(_xlfn.XLOOKUP(A2,D1:D3,B1:B3))", (10, 0, 0)),
    ("=COUNT(_xlfn.XLOOKUP(A2,D1:D2,B2:B3,TRUE))", (0, 0, 1)),
    ("=SUM(B1:INDEX(B1:B4,A2))", (10, 10, 10)),
    ("=COUNTA(B1:INDEX(B1:B4,A2))", (1, 2, 3)),
    ("=COUNTA(_xlfn.XLOOKUP(A2,D1:D3,B1:B3):B4)", (4, 3, 2)),
    ("=IFERROR(ROW(_xlfn.XLOOKUP(A2,D1:D2,B1:B2)),-1)", (1, 2, -1)),
    ("=IFERROR(COUNTA(_xlfn.XLOOKUP(A2,D1:D2,B1:B2):B4),-1)", (4, 3, 1)),
    ("=IFERROR(SUM(_xlfn.XLOOKUP(A2,D1:D2,D1:D2):D3),-1)", (6, 5, -1)),
    ("=SUM(OFFSET(_xlfn.XLOOKUP(A2,D1:D3,D1:D3),0,0,2,1))", (3, 5, 3)),
    ("=SUM(INDIRECT(\"B\"&A2))", (10, 0, 0)),
    ("=SUM(INDIRECT(\"R\"&A2&\"C2:R4C2\",FALSE))", (50, 40, 40)),
    ("=ROW(INDIRECT(\"R\"&A2&\"C2\",FALSE))", (1, 2, 3)),
    ("=ROW(IF(A2=1,B4,B2))", (4, 2, 2)),
    ("=ROW(INDEX(B1:B4,A2))", (1, 2, 3)),
    ("=IF(ISREF(IF(A2=1,B1,5)),1,0)", (1, 0, 0)),
    ("=LEN(CELL(\"address\",INDEX(B1:B4,A2)))+CELL(\"row\",CHOOSE(A2,B1,B2,B3))", (5, 6, 7)),
    ("=_xlfn.LET(_xlpm.r,IF(A2=1,B1:B4,B2),SUM(_xlpm.r)+COUNTA(_xlpm.r))", (54, 1, 1)),
    ("=SUM(_xlfn.LET(_xlpm.r,CHOOSE(A2,B1,B2,B3),_xlpm.r:B4))", (50, 40, 40)),
    ("=SUM(_xlfn.LAMBDA(_xlpm.n,IF(_xlpm.n=1,B1:B4,B2))(A2))", (50, 0, 0)),
    ("=SUM(IF(A2=1,NA(),B1))", (None, 10, 10)),
    ("=SUM(IF(CHOOSE(A2,TRUE,NA(),FALSE),B2,5))", (0, None, 5)),
    ("=SUM(CHOOSE(A2,B2,B1:B4))", (0, 50, None)),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "expected"), LANES)
def test_every_iteration_reads_the_place_it_takes(
    book: Callable[..., Path], formula: str, expected: tuple[Any, Any, Any]
) -> None:
    cells = {**PLACES, "Z9": formula, "Z10": '=_xldudf_MC_OUTPUT("x")+Z9'}
    result = compute.Model.open(book({"S": cells})).simulate(iterations=200, seed=5)
    taken = np.floor(result.inputs["S!A1"].samples).astype(int)
    assert set(taken) == {0, 1, 2}
    wanted = np.array([np.nan if e is None else e for e in expected], float)[taken]
    np.testing.assert_array_equal(result.outputs["x"].samples, wanted)
