"""Functions that ask of a place and not of its value: naming their own cell closes no circle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import compute
from tests.compute.backends.test_rings import with_iteration

Build = Callable[..., Path]
OWN: dict[str, Any] = {
    "ISREF(OFFSET(A1,4,1))": True,
    "ISREF(B5)": True,
    "ISREF(B4:INDEX(B1:B9,6))": True,
    "ISREF(IF(TRUE,B5,1))": True,
    "ISREF(CHOOSE(2,1,B4:B6))": True,
    "_xlfn.LET(_xlpm.x,B5,ISREF(_xlpm.x))": True,
    "ISREF(own)": True,
    "SUM(--_xlfn.ISFORMULA(OFFSET(B5,-1,0,3,1)))": 1.0,
    "SUM(--_xlfn.ISFORMULA(B:B))": 1.0,
    "SUM(--_xlfn.ISFORMULA(OFFSET(B5,-4,0,1048576,1)))": 1.0,
    "ROWS(OFFSET(INDEX(B1:B9,5),0,0,2,2))": 2.0,
    "COLUMN(OFFSET(INDEX(B1:C9,5,1),0,1))": 3.0,
    "AREAS((B4:B6,INDEX(B1:B9,5)))": 2.0,
    "_xlfn.SHEETS(OFFSET(B5,0,0))": 1.0,
    'CELL("col",IF(TRUE,B5))': 2.0,
    'CELL("filename",B5)': "[workbook.xlsx]S",
    "ISREF(INDEX(B1:B9,5))": True,
    '_xlfn.ISFORMULA(INDIRECT("B5"))': True,
    "_xlfn.ISFORMULA(B5)": True,
    "ROW(OFFSET(B5,0,0))": 5.0,
    'COLUMN(INDIRECT("B5"))': 2.0,
    'ROWS(INDIRECT("B4:B6"))': 3.0,
    "ROWS(OFFSET(B5,0,0,3,1))": 3.0,
    "COLUMNS(OFFSET(B5,0,0,3,2))": 2.0,
    "AREAS(OFFSET(B5,0,0))": 1.0,
    'CELL("address",OFFSET(B5,0,0))': "$B$5",
    'CELL("row",INDIRECT("B5"))': 5.0,
    '_xlfn.SHEET(INDIRECT("B5"))': 1.0,
    "LEN(_xlfn.FORMULATEXT(B5))": 21.0,
}


@pytest.mark.parametrize("text", OWN)
def test_asking_of_the_own_cell_is_no_circle(book: Build, text: str) -> None:
    path = book({"S": {"A1": 1, "B5": f"={text}"}}, names={"own": "S!$B$5"})
    for workbook in (path, with_iteration(path, 'iterateCount="7"')):
        assert compute.recalculate(workbook)["S"]["B5"] == OWN[text]


@pytest.mark.parametrize("text", [t for t in OWN if not isinstance(OWN[t], str)])
def test_nor_in_a_simulation(book: Build, text: str) -> None:
    cells = {"A1": "=_xldudf_MC_UNIFORM(0,1)", "B5": f"={text}", "C1": "=A1+B5"}
    path = book({"S": cells}, names={"own": "S!$B$5"})
    for workbook in (path, with_iteration(path, "")):
        result = compute.Model.open(workbook, outputs=["S!C1"]).simulate(iterations=20, seed=1)
        np.testing.assert_array_equal(result.outputs["S!C1"].samples, result.inputs["S!A1"].samples + OWN[text])


# k is 0, 1 or 2; each iteration asks of a place of its own, among them the formula's cell.
MOVING: dict[str, tuple[float, float, float]] = {
    "ROW(OFFSET(B5,k,0))": (5, 6, 7),
    "ROW(OFFSET(B7,-k,0))": (7, 6, 5),
    "ROW(INDEX(B4:B6,k+1))": (4, 5, 6),
    "ROW(INDEX(B4:B6,2+k))": (5, 6, -1),
    "ROWS(IF(k=1,B5,B6))": (1, 1, 1),
    "COLUMN(CHOOSE(k+1,A5,B5,C5))": (1, 2, 3),
    "--ISREF(CHOOSE(k+1,B4,B5,7))": (1, 1, 0),
    "--_xlfn.ISFORMULA(OFFSET(B4,k,0))": (0, 1, 0),
    'CELL("row",INDEX(B4:B6,k+1))': (4, 5, 6),
    "AREAS(OFFSET(B5,0,k))": (1, 1, 1),
    'ROW(INDIRECT("B"&(4+k)))': (4, 5, 6),
    "ROWS(B4:INDEX(B4:B6,k+1))": (1, 2, 3),
    "ROWS(OFFSET(INDEX(B4:B6,k+1),0,0,2))": (2, 2, 2),
}


@pytest.mark.parametrize("text", MOVING)
def test_nor_where_each_iteration_asks_of_another_place(book: Build, text: str) -> None:
    cells = {"A1": "=_xldudf_MC_UNIFORM(0,3)", "A2": "=INT(A1)", "B5": f"=IFERROR({text.replace('k', 'A2')},-1)"}
    for workbook in ((path := book({"S": cells})), with_iteration(path, "")):
        result = compute.Model.open(workbook, outputs=["S!B5"]).simulate(iterations=60, seed=1)
        taken = np.floor(result.inputs["S!A1"].samples).astype(int)
        np.testing.assert_array_equal(result.outputs["S!B5"].samples, np.array(MOVING[text])[taken])


@pytest.mark.parametrize("text", ['ISBLANK(INDIRECT("B5"))', "OFFSET(B5,0,0)+1", 'CELL("contents",INDIRECT("B5"))'])
def test_asking_for_the_own_value_is_one(book: Build, text: str) -> None:
    assert compute.recalculate(book({"S": {"A1": 1, "B5": f"={text}"}}))["S"]["B5"] == 0.0
