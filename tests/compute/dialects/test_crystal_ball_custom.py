"""CB.Custom over a range: in Grinde's handout CB.Custom(A2:B5) draws values of A2:A5 by the probabilities in B2:B5."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import compute
from compute.dialects.canonical import NotUnderstood
from compute.dialects.crystal_ball import canonical
from compute.errors import InvalidDistribution
from compute.formulas import parse
from compute.formulas.ast import Call

Build = Callable[..., Path]
CELLS = {"A2": 10, "A3": 20, "A4": 30, "A5": 40, "B2": 0.1, "B3": 0.2, "B4": 0.3, "B5": 0.4}


@pytest.mark.parametrize(
    ("call", "law", "mean"),
    [
        ("CB.Custom(A2:B5)", "DISCRETE", 30.0),
        ("CB.Custom($B$2:$A$5)", "DISCRETE", 30.0),
        ("CB.Custom(A2:A5)", "DUNIFORM", 25.0),
        ("_xll.CB.Custom(M!A2:A5)", "DUNIFORM", 25.0),
    ],
)
def test_one_or_two_columns(book: Build, call: str, law: str, mean: float) -> None:
    model = compute.Model.open(book({"M": {**CELLS, "D1": f"={call}"}}), outputs=["M!D1"])
    (found,) = model.describe().inputs
    assert found.law == law
    assert found.parameters[0] == (10.0, 20.0, 30.0, 40.0)
    result = model.simulate(iterations=20_000, seed=2)
    # A Latin hypercube: each value comes up as often as its weight says, but for one stratum.
    assert result.outputs["M!D1"].mean == pytest.approx(mean, abs=0.01)


def test_a_blank_cell_is_an_error(book: Build) -> None:
    path = book({"M": {**CELLS, "B4": None, "D1": "=CB.Custom(A2:B5)"}})
    with pytest.raises(InvalidDistribution, match="M!D1"):
        compute.Model.open(path, outputs=["M!D1"]).simulate(iterations=10)


@pytest.mark.parametrize("call", ["A2:C5", "A2:F5", "A2:B5,0", "Weights", "{1,2;3,4}", ""])
def test_other_forms_are_refused(call: str) -> None:
    tree = parse(f"CB.Custom({call})", 1, 1)
    assert isinstance(tree, Call)
    assert isinstance(canonical(tree), NotUnderstood)
