"""Worksheet functions given to other functions by their bare names, as files store them and as they are typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import compute

CELLS: dict[str, Any] = {"A1": 1, "B1": 2, "A2": 3, "B2": -4, "C1": "x", "C2": True}

TABLE: list[tuple[str, list[Any]]] = [
    ("_xlfn.BYROW(A1:B2,_xleta.SUM)", [3.0, -1.0]),
    ("_xlfn.BYROW(A1:B2,SUM)", [3.0, -1.0]),
    ("_xlfn.BYROW(A1:B2,_xleta.MAX)", [2.0, 3.0]),
    ("TRANSPOSE(_xlfn.BYCOL(A1:B2,_xleta.SUM))", [4.0, -2.0]),
    ("_xlfn.MAP(B1:B2,_xleta.ABS)", [2.0, 4.0]),
    ("_xlfn.MAP(A1:A2,B1:B2,_xleta.POWER)", [1.0, 3.0**-4]),
    ("_xlfn.MAP(A1:A2,_xleta.LOG10)", [0.0, 0.47712125471966244]),
    ("_xlfn.SCAN(0,A1:A2,_xleta.SUM)", [1.0, 4.0]),
    ("_xlfn.REDUCE(1,A1:A2,_xleta.PRODUCT)", [3.0, 3.0]),
    ("_xlfn.MAKEARRAY(2,1,_xleta.PRODUCT)", [1.0, 2.0]),
    ("_xlfn.LET(_xlpm.f,_xleta.SUM,_xlpm.f(A1:B1)*{1;2})", [3.0, 6.0]),
    ("_xlfn.LAMBDA(_xlpm.g,_xlpm.g(A1:B1)*{1;2})(_xleta.MIN)", [1.0, 2.0]),
    ("_xlfn.MAP(A1:A2,_xlfn.LAMBDA(_xlpm.x,_xlop.y,IF(_xlfn.ISOMITTED(_xlpm.y),_xlpm.x,9)))", [1.0, 3.0]),
]


@pytest.mark.parametrize(("formula", "expected"), TABLE)
def test_a_function_is_given_by_its_name(book: Callable[..., Path], formula: str, expected: list[Any]) -> None:
    values = compute.recalculate(book({"S": {**CELLS, "E1:E2": f"={formula}"}}))["S"]
    assert [values["E1"], values["E2"]] == pytest.approx(expected, rel=1e-15)


UNKNOWN = (
    "_xlfn.MAP(A1:A2,_xleta.NOSUCH)",
    "_xlfn.MAP(A1:A2,NOSUCH)",
    "_xlfn.REDUCE(0,A1:A2,NOSUCH)",
    "_xlfn.SCAN(0,A1:A2,NOSUCH)",
    "_xlfn.BYROW(A1:B2,NOSUCH)",
    "_xlfn.BYCOL(A1:B2,NOSUCH)",
    "_xlfn.MAKEARRAY(2,1,NOSUCH)",
    "_xlfn.GROUPBY(A1:A2,B1:B2,NOSUCH)",
)


@pytest.mark.parametrize("formula", UNKNOWN)
def test_a_name_that_nobody_knows_is_a_name_error(book: Callable[..., Path], formula: str) -> None:
    values = compute.recalculate(book({"S": {**CELLS, "E1:E2": f"={formula}"}}))["S"]
    assert getattr(values["E1"], "code", None) == "#NAME?"


@pytest.mark.parametrize(
    ("formula", "code"),
    [("_xlfn.MAP(A1:A2,7)", "#VALUE!"), ("_xlfn.MAP(A1:A2)", "#VALUE!"), ("_xlfn.MAP(A1:A2,1/0)", "#DIV/0!")],
)
def test_what_is_no_function_is_an_error(book: Callable[..., Path], formula: str, code: str) -> None:
    values = compute.recalculate(book({"S": {**CELLS, "E1:E2": f"={formula}"}}))["S"]
    assert getattr(values["E1"], "code", None) == code


def test_a_defined_name_comes_before_the_function(book: Callable[..., Path]) -> None:
    path = book({"S": {**CELLS, "E1": "=PI+1"}}, names={"PI": "3"})
    assert compute.recalculate(path)["S"]["E1"] == 4.0


def test_a_function_left_uncalled_is_calc(book: Callable[..., Path]) -> None:
    values = compute.recalculate(book({"S": {**CELLS, "E1": "=_xleta.SUM"}}))["S"]
    assert values["E1"].code == "#CALC!"
