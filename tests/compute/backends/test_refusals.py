"""Formulas that are refused: each is named, and no other is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import compute
from compute.backends.reference.recalculate import recalculate_workbook
from compute.errors import CellError, UnsupportedFormula
from compute.workbook import read_workbook

Build = Callable[..., Path]
REFUSED = [
    ("NUMBERSTRING(-1,1)", "NUMBERSTRING of -1 is not supported"),
    ('TEXT(1,"[$-1060000]d")', "number formats of the calendar 06 are not supported"),
    ('LEN(TEXT(A1,"[$-1060000]d"))', "number formats of the calendar 06 are not supported"),
    ('INFO("directory")', r'INFO\("directory"\) is not supported'),
    ("NOSUCH(1)", "NOSUCH"),
    ('JIS("ABC")', "JIS"),  # how Japanese Excel shows DBCS, in no file
    ("SUM(_xlfn.MAKEARRAY(9999,9999,_xlfn.LAMBDA(_xlpm.r,_xlpm.c,1)))", "MAKEARRAY of 9,999"),
    ("_xlfn.LET(_xlpm.f,_xlfn.LAMBDA(_xlpm.x,NUMBERSTRING(_xlpm.x,1)),_xlpm.f(-2))", "NUMBERSTRING of -2"),
]


@pytest.mark.parametrize(("formula", "reason"), REFUSED)
def test_a_refusal_names_its_cell(book: Build, formula: str, reason: str) -> None:
    cells: dict[str, Any] = {"A1": "=_xldudf_MC_UNIFORM(0,1)", "C7": f"={formula}", "C9": "=A1+IFERROR(C7,0)"}
    model = compute.Model.open(book({"My sheet": cells}), outputs=["My sheet!C9"])
    with pytest.raises(UnsupportedFormula, match=reason) as caught:
        model.simulate(iterations=10)
    assert caught.value.cells == ("'My sheet'!C7",)
    assert str(caught.value).count("'My sheet'!C7") == 1


def test_a_refusal_in_some_iterations_names_its_cell(book: Build) -> None:
    cells = {"A1": "=_xldudf_MC_UNIFORM(-1,20)", "C7": "=NUMBERSTRING(INT(A1),1)", "C8": "=LEN(C7)"}
    model = compute.Model.open(book({"S": cells}), outputs=["S!C8"])
    with pytest.raises(UnsupportedFormula, match="S!C7: NUMBERSTRING") as caught:
        model.simulate(iterations=50, seed=1)
    assert caught.value.cells == ("S!C7",)


def test_of_formulas_filled_down_only_those_that_cannot_be_evaluated_are_refused(book: Build) -> None:
    cells: dict[str, Any] = {f"A{r}": float(r) for r in range(1, 9)} | {"A5": -1.0, "A7": 0.5}
    cells |= {f"B{r}": f"=NUMBERSTRING(A{r},3)" for r in range(1, 9)}
    values, run = recalculate_workbook(read_workbook(book({"S": cells})))
    shown = [values["S"][f"B{r}"] for r in range(1, 9)]
    refused = CellError("#NAME?")
    assert shown == ["一", "二", "三", "四", refused, "六", refused, "八"]
    assert sorted(p.cells for p in run.failed.values()) == [("S!B5",), ("S!B7",)]
