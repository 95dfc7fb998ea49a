"""RiskMakeInput: the value of a formula counts as an input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import compute

Build = Callable[..., Path]


def test_a_formula_counts_as_an_input(book: Build) -> None:
    cells = {
        "A1": "=RiskNormal(10,1)",
        "A2": "=RiskUniform(0,4)",
        "A3": '=RiskMakeInput(A1*A2,RiskName("Cost"))',
        "A4": '=RiskOutput("y")+A3+1',
    }
    model = compute.Model.open(book({"M": cells}))
    result = model.simulate(iterations=500, seed=1)
    product = result.inputs["M!A1"].samples * result.inputs["M!A2"].samples
    assert result.inputs["Cost"].samples == pytest.approx(product, rel=1e-12)
    assert result.outputs["y"].samples == pytest.approx(product + 1, rel=1e-12)


def test_a_formula_shows_its_static_value(book: Build) -> None:
    model = compute.Model.open(book({"M": {"A1": "=RiskMakeInput(RiskNormal(10,1)*2,RiskStatic(7))+RiskOutput()"}}))
    assert [o.value for o in model.outputs.values()] == [7.0]


@pytest.mark.parametrize("text", ["RiskMakeInput()", "RiskMakeInput(A2,RiskTruncate(1,2))", "RiskMakeInput(1,2)"])
def test_what_it_cannot_be_is_named(text: str, book: Build) -> None:
    (found,) = compute.Model.open(book({"M": {"A1": f"={text}"}})).unsupported
    assert found.feature == "RiskMakeInput"
