"""Assumptions in Crystal Ball's own data: found by the hidden names of their cells, and refused with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import compute
from compute.dialects import crystal_ball
from compute.errors import UnsupportedFormula
from compute.workbook.model import DefinedName, Formula, Sheet, Workbook

Build = Callable[..., Path]
ASSUMPTION, FORECAST, GONE = (f"CB_{digit * 32}" for digit in ("1", "a", "f"))


def test_cells_of_values_that_crystal_ball_names_are_its_assumptions() -> None:
    sheet = Sheet("M", values={(1, 1): 5.0}, formulas={(2, 1): Formula("A1*2")})
    names = {ASSUMPTION: "M!$A$1", FORECAST: "M!$A$2", GONE: "#N/A", "CB_other": "M!$A$1", f"CB_{'0' * 32}": "X!$A$1"}
    book = Workbook((sheet,), names=tuple(DefinedName(n, t, hidden=True) for n, t in names.items()))
    assert crystal_ball.stored_cells(book) == ("M!$A$1",)


def test_a_workbook_with_them_is_refused_with_their_cells(book: Build) -> None:
    path = book({"M": {"A1": 5, "A2": "=CB.Normal(1,2)+A1"}}, names={ASSUMPTION: "M!$A$1"})
    model = compute.Model.open(path, outputs=["M!A2"])
    assert model.describe().unsupported[0].cells == ("M!$A$1",)
    with pytest.raises(UnsupportedFormula, match=r"in place of the values of M!\$A\$1"):
        model.simulate(iterations=10)


def test_names_of_formulas_alone_are_no_hindrance(book: Build) -> None:
    path = book({"M": {"A1": "=CB.Normal(1,2)", "A2": "=A1"}}, names={ASSUMPTION: "M!$A$1", FORECAST: "M!$A$2"})
    assert compute.Model.open(path, outputs=["M!A2"]).simulate(iterations=10).iterations == 10
