"""Stressed inputs against what their laws say."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import compute
from compute.analysis import Measure
from compute.errors import Cancelled, SpecificationError
from compute.protocol import Progress
from compute.runners.ray import prepare, specification_of
from compute.runners.variation import StressRange, Variation

Build = Callable[..., Path]
CELLS = {
    "B1": '=_xll.RiskUniform(0,1,_xll.RiskName("Price"))',
    "B2": '=_xll.RiskNormal(3,2,_xll.RiskName("Cost"))',
    "B3": '=_xll.RiskOutput("Sum")+B1+B2',
    "B4": '=_xll.RiskOutput("Cost again")+B2',
    "B5": "=_xll.RiskNormal(0,1,_xll.RiskLock())",
}  # fmt: skip
ARRAY = {"D1": 1, "D2": 5, "E1:E2": "=_xll.RiskUniform(D1:D2,9)", "F1": "=_xll.RiskOutput()+E1+E2"}


def model(book: Build, cells: Mapping[str, Any] = CELLS) -> compute.Model:
    return compute.Model.open(book({"Model": cells}))


def test_means_are_those_of_the_truncated_laws(book: Build) -> None:
    report = model(book).stress({"Price": (0.0, 0.05), "cost": (0.0, 0.5)}, iterations=8_192)
    assert list(report.runs) == ["Price", "Cost", "all together"]
    # E[U | U < 0.05] = 0.025; the lower half of a normal has mean μ − σ·√(2/π).
    low = 2.0 * math.sqrt(2.0 / math.pi)
    want = {
        ("Price", "Sum"): -0.475, ("Price", "Cost again"): 0.0, ("Cost", "Sum"): -low, ("Cost", "Cost again"): -low,
        ("all together", "Sum"): -0.475 - low, ("all together", "Cost again"): -low,
    }  # fmt: skip
    effects = report.effects()
    assert {(e.run, e.output) for e in effects} == set(want)
    for effect in effects:
        assert effect.change == pytest.approx(want[effect.run, effect.output], abs=2e-3)
    assert [abs(e.change or 0.0) for e in effects] == sorted((abs(e.change or 0.0) for e in effects), reverse=True)


def test_only_what_is_stressed_changes_and_it_stays_in_its_range(book: Build) -> None:
    opened = model(book)
    report = opened.stress({"Price": (0.9, 1.0)}, iterations=5_000, seed=9)
    base, run = report.baseline, report.runs["Price"]
    assert base.digest == opened.simulate(5_000, seed=9).digest
    assert np.array_equal(base.inputs["Cost"].samples, run.inputs["Cost"].samples)
    assert 0.9 <= float(run.inputs["Price"].samples.min()) <= float(run.inputs["Price"].samples.max()) < 1.0
    assert np.allclose(run.inputs["Price"].samples, 0.9 + 0.1 * base.inputs["Price"].samples)
    assert run.certificate.variation == ("Price is drawn between its percentiles 0.9 and 1",)
    assert run.certificate.variation[0] in run.notes
    assert base.certificate.variation == ()


def test_other_statistics_and_several_ranges_of_one_input(book: Build) -> None:
    ranges = (StressRange(input="Price", high=0.5), StressRange(input="Price", low=0.5))
    report = model(book).stress(ranges, iterations=8_192)
    assert list(report.runs) == ["Price 0 to 0.5", "Price 0.5 to 1"]
    assert report.runs["Price 0 to 0.5"].inputs["Price"].maximum == pytest.approx(0.5, abs=1e-3)
    change = {(e.run, e.output): e.change for e in report.effects(Measure("standard_deviation"))}
    # Var = 1/48 + 4 with the half range, 1/12 + 4 without.
    assert change["Price 0 to 0.5", "Sum"] == pytest.approx(math.sqrt(4 + 1 / 48) - math.sqrt(4 + 1 / 12), abs=0.01)


def test_correlated_inputs_keep_their_ties(book: Build) -> None:
    cells = {
        "D1": 1, "D2": 0.9, "E2": 1,
        "B1": "=_xll.RiskUniform(0,1,_xll.RiskCorrmat($D$1:$E$2,1))",
        "B2": "=_xll.RiskNormal(0,1,_xll.RiskCorrmat($D$1:$E$2,2))",
        "B3": "=_xll.RiskOutput()+B1+B2",
    }  # fmt: skip
    run = model(book, cells).stress({"Model!B1": (0.0, 0.1)}, iterations=5_000).runs["Model!B1"]
    assert run.inputs["Model!B1"].maximum == pytest.approx(0.1, abs=1e-4)
    assert run.correlations[0].score[0][1] == pytest.approx(0.9, abs=0.02)


def test_a_worker_makes_the_same_draws_from_the_message(book: Build) -> None:
    stress = StressRange(input="Price", low=0.2, high=0.3)
    opened = model(book).varied(Variation(stresses=(stress,)))
    spec = specification_of(opened, "sobol", 7, 3_000, "auto")
    _, source = prepare(opened.source, type(spec).model_validate_json(spec.model_dump_json()))
    own = opened.draws_source("sobol", 7, 3_000, ())
    values = source.uniforms(0, 100, 2_000)
    assert np.array_equal(values, own.uniforms(0, 100, 2_000))
    assert 0.2 < values.min() < values.max() < 0.3


def test_it_can_be_cancelled_in_its_second_run(book: Build) -> None:
    seen: list[Progress] = []
    with pytest.raises(Cancelled):
        model(book).stress({"Price": (0, 0.1)}, on_progress=seen.append, cancelled=lambda: seen[-1].run == 2)
    assert {p.run for p in seen} == {1, 2}


REFUSED: list[tuple[Mapping[str, Any], Any, str]] = [
    (CELLS, {"Prize": (0, 0.1)}, "no input 'Prize'; the inputs are Price, Cost"),
    (CELLS, {"Price": (0.5, 0.5)}, "Price is stressed from 0.5 to 0.5"),
    (CELLS, {"Price": (0, 5)}, "Price is stressed from 0 to 5"),
    (CELLS, {}, "nothing is stressed"),
    (CELLS, {"Model!B5": (0, 0.5)}, "Model!B5 is locked"),
    (ARRAY, {"Model!E1": (0, 0.5)}, "Model!E1 is drawn several times"),
]


@pytest.mark.parametrize(("cells", "ranges", "words"), REFUSED)
def test_wrong_arguments_are_named(book: Build, cells: Mapping[str, Any], ranges: Any, words: str) -> None:
    with pytest.raises(SpecificationError, match=words):
        model(book, cells).stress(ranges, iterations=100)
