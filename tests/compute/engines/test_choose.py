"""The engine that ``auto`` takes: the one expected to be done first, by the model and the iterations alone."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import compute
from compute.engines import Work, choose, work_of
from compute.engines.engine import Engine
from compute.errors import EngineUnavailable

Build = Callable[..., Path]
CHOOSING = importlib.import_module("compute.engines.choose")
SMALL = Work(formulas=100, batches=60, distinct=40, draws=10, iterations=1_000)
CELLS = {
    "A1": "=_xldudf_MC_NORMAL(100,10)",
    "B1": "=A1*2",
    **{f"B{i}": f"=B{i - 1}*1.01+A$1/50" for i in range(2, 60)},
}


@pytest.mark.parametrize(
    ("changes", "engine"),
    [
        ({}, "reference"),
        ({"iterations": 100_000_000}, "power"),
        ({"formulas": 50_000, "batches": 3_000}, "power"),
        ({"formulas": 50_000, "batches": 3_000, "iterations": 1}, "reference"),
        ({"distinct": 100_000, "batches": 100_000, "iterations": 2_000}, "reference"),
        ({"formulas": 0, "batches": 0, "distinct": 0, "draws": 0}, "reference"),
    ],
)
def test_the_engine_expected_to_be_done_first(changes: dict[str, int], engine: str) -> None:
    assert choose("auto", replace(SMALL, **changes)).engine.name == engine


def test_no_gpu_is_taken_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has tried one here; see docs/gpu.md."""
    monkeypatch.setattr(CHOOSING, "_enhanced", lambda: pytest.fail("auto asked for a GPU"))
    assert choose("auto", replace(SMALL, iterations=2_000_000_000)).engine.name == "power"


def test_without_llvm_the_reference_engine_takes_over_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Engine:
        raise EngineUnavailable("the power engine needs the package llvmlite")

    monkeypatch.setattr(CHOOSING, "_power", missing)
    choice = choose("auto", replace(SMALL, iterations=10_000_000))
    assert choice.engine.name == "reference"
    assert "llvmlite" in choice.reason


def test_the_size_of_a_run_is_counted(book: Build) -> None:
    """60 formulas of which 59 are one formula, filled down, each of which waits for the one before."""
    model = compute.Model.open(book({"S": CELLS}), outputs=["S!B59"])
    assert work_of(model.program, 500) == Work(formulas=60, batches=60, distinct=3, draws=1, iterations=500)


def test_cells_that_criteria_look_at_are_counted(book: Build) -> None:
    """Each of two formulas looks at twice 300 cells; a range outside of a criterion costs nothing to speak of."""
    cells: dict[str, object] = {"A1": "=MC.NORMAL(100,10)", **{f"A{i}": "=A$1*2" for i in range(2, 301)}}
    cells |= {f"C{i}": f'=COUNTIFS(A$1:A$300,">"&D{i},A$1:A$300,"<150")+SUM(A$1:A$300)' for i in (1, 2)}
    model = compute.Model.open(book({"S": cells}), outputs=["S!C1", "S!C2"])
    assert work_of(model.program, 10).tested == 1_200
    few, many = (Work(100, 60, 40, 10, 1_000, tested=tested) for tested in (0, 100_000))
    assert choose("auto", few).engine.name == "reference"
    assert choose("auto", many).engine.name == "power"


def test_results_tell_the_choice_and_the_expectation(book: Build) -> None:
    model = compute.Model.open(book({"S": CELLS}), outputs=["S!B59"])
    short, long = model.simulate(100), model.simulate(400_000)
    assert (short.certificate.engine, long.certificate.engine) == ("reference", "power")
    assert "less than compiling would take" in short.certificate.engine_reason
    assert "compiling included, against" in long.certificate.engine_reason
    assert long.timings.compile > 0


def test_threads_do_not_change_the_choice(book: Build) -> None:
    model = compute.Model.open(book({"S": CELLS}), outputs=["S!B59"])
    one, two = model.simulate(400_000, threads=1), model.simulate(400_000, threads=2)
    assert one.certificate.engine_class == two.certificate.engine_class
    assert one.digest == two.digest
