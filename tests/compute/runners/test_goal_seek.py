"""Goal seek on a statistic against solutions by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

import compute
from compute.analysis import Measure
from compute.distributions import Normal
from compute.errors import Cancelled, SpecificationError, UnknownCell
from compute.protocol import Progress
from compute.runners import Model
from compute.runners.ray import prepare, specification_of
from compute.runners.variation import Constant, Variation

Build = Callable[..., Path]
# Profit is Normal(100·price − 500, 50).
CELLS = {
    "A1": 3, "A2": "=A1*2", "A3": "text",
    "B1": "=_xldudf_MC_NORMAL(500,50)", "B2": '=_xldudf_MC_OUTPUT("Profit")+100*A1-B1',
    "B3": '=_xldudf_MC_OUTPUT("Steps")+ROUND(A1,0)', "B4": '=_xldudf_MC_OUTPUT("Broken")+1/(A1-A1)+B1',
}  # fmt: skip


@pytest.fixture
def model(book: Build) -> Model:
    return compute.Model.open(book({"Model": CELLS}))


SOLUTIONS = [
    (Measure("mean"), 0.0, 5.0, 1e-3),
    (Measure("mean"), 120.0, 6.2, 1e-3),
    (Measure("percentile", 0.05), 0.0, 5.0 + 0.5 * float(stats.norm.ppf(0.95)), 5e-3),
    (Measure("probability_at_most", 0.0), 0.1, 5.0 + 0.5 * float(stats.norm.ppf(0.9)), 2e-2),
]


@pytest.mark.parametrize(("measure", "target", "value", "within"), SOLUTIONS)
def test_the_value_found_is_the_solution_by_hand(
    model: Model, measure: Measure, target: float, value: float, within: float
) -> None:
    report = model.goal_seek("Model!A1", "profit", measure, target, 0, 20, iterations=20_000, tolerance=1e-3)
    assert report.reached
    assert report.best is not None
    assert report.best.value == pytest.approx(value, abs=within)
    assert report.best.statistic == pytest.approx(target, abs=1e-3)
    assert report.result is not None
    assert measure.of(report.result.outputs["Profit"].samples) == report.best.statistic
    assert report.result.certificate.variation[0].startswith("Model!A1 holds ")


def test_every_step_has_the_same_draws_and_a_linear_mean_takes_three(model: Model) -> None:
    report = model.goal_seek("Model!A1", "Profit", Measure("mean"), 0.0, 0, 20, iterations=4_096, seed=3)
    assert [t.value for t in report.tried[:2]] == [0.0, 20.0]
    assert len(report.tried) == 3
    assert report.tried[1].statistic - report.tried[0].statistic == pytest.approx(2_000, rel=1e-12)
    assert report.tolerance == pytest.approx(2.0)


def test_the_workbook_and_its_model_stay_as_they_were(model: Model) -> None:
    before = model.simulate(1_000).digest
    model.goal_seek("Model!A1", "Profit", Measure("mean"), 0.0, 0, 20, iterations=500)
    assert model.simulate(1_000).digest == before


OUTCOMES: list[tuple[str, float, float, float, str, str]] = [
    ("Profit", 10_000.0, 0.0, 20.0, "out_of_reach", "same side of the target at both ends"),
    ("Steps", 3.2, 0.0, 20.0, "jump", "jumps over the target"),
    ("Broken", 3.2, 0.0, 20.0, "undetermined", "no such statistic"),
]


@pytest.mark.parametrize(("output", "target", "low", "high", "outcome", "words"), OUTCOMES)
def test_a_search_without_success_says_why(
    model: Model, output: str, target: float, low: float, high: float, outcome: str, words: str
) -> None:
    report = model.goal_seek("Model!A1", output, Measure("mean"), target, low, high, iterations=200, tolerance=1e-6)
    assert (report.outcome, report.reached) == (outcome, False)
    assert words in report.text
    assert (report.result is None) == (outcome == "undetermined")


def test_a_worker_computes_with_the_same_constant(model: Model) -> None:
    varied = model.varied(Variation(constants=(Constant(cell="Model!A1", value=9.0),)))
    spec = specification_of(varied, "monte_carlo", 7, 3_000, "auto")
    prepared, source = prepare(model.source, type(spec).model_validate_json(spec.model_dump_json()))
    samples = varied.simulate(3_000, 7, "monte_carlo").outputs["Profit"].samples
    assert prepared.run(source, 0, 1_000).outputs[0].tolist() == samples[:1_000].tolist()
    assert samples.mean() == pytest.approx(400, abs=5)


def test_it_can_be_cancelled_between_runs(model: Model) -> None:
    seen: list[Progress] = []
    with pytest.raises(Cancelled):
        model.goal_seek(
            "Model!A1", "Profit", Measure("mean"), 0.0, 0, 20, on_progress=seen.append,
            cancelled=lambda: seen[-1].run == 2,
        )  # fmt: skip
    assert seen[-1].run == 2


REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"cell": "Model!A2"}, SpecificationError, "Model!A2 holds a formula"),
    ({"cell": "Model!A3"}, SpecificationError, "Model!A3 holds 'text'"),
    ({"cell": "Model!B1"}, SpecificationError, "Model!B1 holds a formula"),
    ({"cell": "Nope!A1"}, UnknownCell, "Nope"),
    ({"cell": "A1"}, UnknownCell, "'A1' names no cell"),
    ({"output": "Loss"}, SpecificationError, "no output 'Loss'; the outputs are Profit"),
    ({"low": 5, "high": 5}, SpecificationError, "low must be below high"),
    ({"target": float("nan")}, SpecificationError, "they must be finite"),
    ({"tolerance": -1.0}, SpecificationError, "tolerance must be 0 or more"),
    ({"iterations": 0}, SpecificationError, "iterations is 0"),
]


@pytest.mark.parametrize(("changes", "kind", "words"), REFUSED)
def test_wrong_arguments_are_named(model: Model, changes: dict[str, Any], kind: type[Exception], words: str) -> None:
    given = {"cell": "Model!A1", "output": "Profit", "measure": Measure("mean"), "target": 0, "low": 0, "high": 20}
    with pytest.raises(kind, match=words):
        model.goal_seek(**{**given, **changes})


def test_a_cell_with_a_distribution_from_outside_is_no_constant(book: Build) -> None:
    model = compute.Model.open(book({"Model": CELLS}), inputs={"Model!A1": Normal(5, 1)})
    with pytest.raises(SpecificationError, match="Model!A1 has a distribution"):
        model.goal_seek("Model!A1", "Profit", Measure("mean"), 0.0, 0, 20)
