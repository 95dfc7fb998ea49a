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


FOUR_INPUTS = {
    "A1": '=RiskNormal(10,1,RiskName("Units"))',
    "A2": '=RiskUniform(0,4,RiskName("Price"))',
    "A3": '=RiskNormal(3,1,RiskName("Other"))',
    "A4": "=A2*2",
    "B1": '=RiskMakeInput(A1*A4+RiskUniform(0,1,RiskName("Nested")),RiskName("Revenue"))',
    "B2": '=RiskOutput("y")+B1+A3+A1',
    "B3": '=RiskOutput("z")+A2+A3',
}


def test_the_inputs_behind_a_made_input_are_not_ranked_beside_it(book: Build, tmp_path: Path) -> None:
    """Distributions before a RiskMakeInput are left out of the sensitivity of every output, also where an output reads
    them by another way (Palisade's knowledge base, id 1283); they are sampled and described like any other.
    """
    run = compute.Model.open(book({"M": FOUR_INPUTS})).simulate(iterations=400, seed=3)
    run.save(tmp_path / "kept")
    for result in (run, type(run).load(tmp_path / "kept")):
        assert set(result.folded_inputs) == {"Units", "Price", "Nested"}
        for output in result.summary().outputs:
            assert {bar.input for bar in output.tornado} == {"Revenue", "Other"}
        found = result.details(["tornado", "regression", "contribution", "spider", "scenarios", "correlations"])
        assert {b.input for t in found.tornado or () for b in t.bars} == {"Revenue", "Other"}
        assert {line.input for s in found.spider or () for line in s.lines} == {"Revenue", "Other"}
        assert {line.input for s in found.scenarios or () for line in s.inputs} == {"Revenue", "Other"}
        assert found.correlations is not None
        assert set(found.correlations.inputs) == {"Revenue", "Other"}
        assert set(result.inputs) == {"Units", "Price", "Other", "Nested", "Revenue"}
        assert {s.key for s in result.details(["statistics"]).statistics or ()} >= {"Units", "Price", "Nested"}
    (note,) = [n for n in run.notes if "in place of" in n]
    assert note == "sensitivity ranks Revenue in place of the inputs that feed it: Units, Nested, Price"


def test_a_made_input_behind_another_is_not_ranked(book: Build) -> None:
    cells = {
        "A1": '=RiskNormal(10,1,RiskName("Units"))',
        "A2": '=RiskMakeInput(A1*2,RiskName("Inner"))',
        "A3": '=RiskMakeInput(A2+1,RiskName("Outer"))',
        "A4": '=RiskOutput("y")+A3',
    }
    result = compute.Model.open(book({"M": cells})).simulate(iterations=100)
    assert set(result.folded_inputs) == {"Units", "Inner"}
    assert [bar.input for bar in result.summary().outputs[0].tornado] == ["Outer"]


def test_shares_of_variance_are_those_of_the_inputs_behind(book: Build) -> None:
    """A formula has no law of its own that a design could move."""
    report = compute.Model.open(book({"M": FOUR_INPUTS})).sobol_indices(["y"], base=64)
    assert set(report.indices["y"]) == {"Units", "Price", "Other", "Nested"}
    assert any("Revenue is a formula" in note for note in report.notes)


def test_no_input_is_folded_without_a_made_input(book: Build) -> None:
    result = compute.Model.open(book({"M": {"A1": "=RiskNormal(1,1)", "A2": "=RiskOutput()+A1"}})).simulate(
        iterations=50
    )
    assert result.folded_inputs == ()
    assert [bar.input for bar in result.summary().outputs[0].tornado] == ["M!A1"]
