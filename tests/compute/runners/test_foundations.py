"""What is computed before a run: laws and what they hang on, outputs that might be texts, and no more."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

import compute
from compute.errors import InvalidDistribution, TextOutput
from compute.functions import REGISTRY
from compute.program import Program
from compute.runners import foundations
from compute.runners.foundations import shows_no_text, steps_of_draws
from compute.runners.variation import Constant, Variation

Build = Callable[..., Path]
MODEL = importlib.import_module("compute.runners.model")
CELLS = {
    "A1": 3,
    "A2": "=A1*2",
    "A3": "=A2+MC.NORMAL(0,1)",
    "A4": "=MC.UNIFORM(A2,A3+100)",
    "B1": "=A4*2",
    "B2": "=B1+A2",
    "B3": '=MC.OUTPUT("Sum")+SUM(B1:B2)',
}


def model(book: Build, changes: dict[str, object], outputs: list[str]) -> compute.Model:
    return compute.Model.open(book({"S": {**CELLS, **changes}}), outputs=[f"S!{cell}" for cell in outputs])


def cells(program: Program, numbers: set[int]) -> set[str]:
    return {f"{'ABCD'[program.formulas[n].column - 1]}{program.formulas[n].row}" for n in numbers}


def test_laws_and_what_they_hang_on_are_computed(book: Build) -> None:
    program = model(book, {}, []).program
    numbers = {n for step in steps_of_draws(program) for n in step.formulas}
    assert cells(program, numbers) == {"A2", "A3", "A4"}


@pytest.mark.parametrize(
    ("formula", "is_safe"),
    [
        ("=B1+1", True), ("=-B1", True), ("=B1>3", True), ("=SUM(B1:B2)", True), ("=B2", True), ("=B3", True),
        ('=B1&""', False), ('=IF(B1>0,"up",1)', False), ("=INDEX(B1:B2,1)", False), ("=A1", False), ("=C5", False),
        ('=IFERROR(B1,"none")', False), ("=TEXT(B1,\"0\")", False), ("=IF(A1>0,1+B2/A2,0)", True),
        ("=IF(A1>0,B1,0)", False),
        ("=IFERROR(B1/A1,0)", True), ('=IFERROR(B1/A1,"")', False), ('=IFERROR(A4&"",1)', False),
        ("=CHOOSE(A1,1,B1+1,3)", True), ('=CHOOSE(A1,1,"b")', False), ("=IF(A1=\"x\",IFNA(B1+1,2),-B1)", True),
    ],
)  # fmt: skip
def test_what_cannot_be_a_text(book: Build, formula: str, is_safe: bool) -> None:
    program = model(book, {"C1": formula}, ["C1"]).program
    output = next(o for o in program.outputs if o.address == "S!C1")
    assert shows_no_text(program, output.cell) == is_safe


def test_a_text_output_is_refused_before_the_run(book: Build) -> None:
    with pytest.raises(TextOutput, match="S!C1 shows the text 'high'"):
        model(book, {"C1": '=IF(B1>-1000,"high","low")'}, ["C1"]).simulate(100)


def test_a_text_behind_a_chain_of_references_is_refused(book: Build) -> None:
    with pytest.raises(TextOutput, match="S!C2 shows the text 'a'"):
        model(book, {"C1": '=IF(B1>-1000,"a","b")', "C2": "=C1"}, ["C2"]).simulate(100)


def test_a_law_that_cannot_be_is_refused_before_the_run(book: Build) -> None:
    with pytest.raises(InvalidDistribution, match="S!A4"):
        model(book, {"A4": "=MC.UNIFORM(A2,A1)"}, []).simulate(100)


def test_the_rest_is_not_computed_before_the_run(book: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    original = MODEL.Statics

    def counted(program: Program, steps: object = None) -> object:
        asked.append(steps)
        return original(program, steps)  # type: ignore[arg-type]

    monkeypatch.setattr(MODEL, "Statics", counted)
    opened = model(book, {}, [])
    opened.simulate(100)
    opened.simulate(200)
    assert len(asked) == 1, "once for a model, not for each run"
    assert asked[0] is not None
    opened.describe()
    opened.simulate(100)
    assert asked[1:] == [None], "all of it for who asks what it shows"


def test_a_varied_model_is_looked_at_anew(book: Build) -> None:
    """A constant that makes a law impossible is found, though the model without it has been run."""
    opened = model(book, {"A4": "=MC.UNIFORM(A1,A2)"}, [])
    opened.simulate(100)
    with pytest.raises(InvalidDistribution, match="S!A4"):
        opened.varied(Variation(constants=(Constant(cell="S!A1", value=-3.0),))).simulate(100)


def test_functions_named_numeric_exist() -> None:
    assert set(foundations._NUMERIC) <= set(REGISTRY)
