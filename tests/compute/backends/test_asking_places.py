"""Functions that ask of a place and not of its value: naming their own cell closes no circle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import compute

Build = Callable[..., Path]
OWN: dict[str, Any] = {
    "ISREF(OFFSET(A1,4,1))": True,
    "ISREF(B5)": True,
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
    path = book({"S": {"A1": 1, "B5": f"={text}"}})
    assert compute.recalculate(path)["S"]["B5"] == OWN[text]


@pytest.mark.parametrize("text", [t for t in OWN if isinstance(OWN[t], float)])
def test_nor_in_a_simulation(book: Build, text: str) -> None:
    model = compute.Model.open(
        book({"S": {"A1": "=_xldudf_MC_UNIFORM(0,1)", "B5": f"={text}", "C1": "=A1+B5"}}), outputs=["S!C1"]
    )
    assert model.simulate(iterations=1_000).outputs["S!C1"].mean == pytest.approx(0.5 + OWN[text], abs=0.01)


@pytest.mark.parametrize("text", ['ISBLANK(INDIRECT("B5"))', "OFFSET(B5,0,0)+1", 'CELL("contents",INDIRECT("B5"))'])
def test_asking_for_the_own_value_is_one(book: Build, text: str) -> None:
    assert compute.recalculate(book({"S": {"A1": 1, "B5": f"={text}"}}))["S"]["B5"] == 0.0
