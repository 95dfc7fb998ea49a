"""Runs that end by themselves: where they end, and that they are the run of that many iterations."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import compute
from compute.analysis import LEAF, Measure, Rule, converged_at
from compute.backends.reference import BlockResult
from compute.errors import Cancelled, SpecificationError
from compute.protocol import CorrelationOptions, Progress, SamplingMethod
from compute.runners import Result
from compute.runners.convergence import ConvergenceWatch
from compute.runners.ray import prepare, specification_of
from compute.runners.state import Chunk, RunState, Samples, chunk_grid
from compute.stopping import ConvergenceOptions, ConvergenceRule

Build = Callable[..., Path]
PLAIN = {"B1": "=_xldudf_MC_NORMAL(10,4)", "B2": '=_xldudf_MC_OUTPUT("Profit")+B1^2', "B3": "=_xldudf_MC_OUTPUT()-B1"}
TIED = {
    "D1": 1, "D2": 0.8, "E2": 1,
    "B1": "=_xll.RiskNormal(10,4,_xll.RiskCorrmat($D$1:$E$2,1))",
    "B2": "=_xll.RiskGamma(2,3,_xll.RiskCorrmat($D$1:$E$2,2))",
    "B3": '=_xll.RiskOutput("Profit")+B1*B2',
}  # fmt: skip
OWN_SEED = {"B1": "=_xll.RiskNormal(10,4,_xll.RiskSeed(1,5))", "B2": '=_xll.RiskOutput("Profit")+B1^2'}
MODELS = {"plain": PLAIN, "tied": TIED, "own seed": OWN_SEED}


def within(share: float, **rule: Any) -> ConvergenceOptions:
    return ConvergenceOptions(rules=(ConvergenceRule(tolerance=share, **rule),))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("sampling", ["monte_carlo", "sobol", "latin_hypercube"])
def test_a_stopped_run_is_the_run_of_that_many_iterations(book: Build, model: str, sampling: SamplingMethod) -> None:
    opened = compute.Model.open(book({"Model": MODELS[model]}))
    stopped = opened.simulate("auto", sampling=sampling, convergence=within(0.01, outputs=("Profit",)))
    assert stopped.iterations % LEAF == 0
    assert 2 * LEAF <= stopped.iterations < 1_000_000
    plain = opened.simulate(stopped.iterations, sampling=sampling, batch=stopped.certificate.batch)
    assert plain.digest == stopped.digest
    assert stopped.certificate.batch == (LEAF if sampling == "latin_hypercube" else None)
    assert any("batches of 4,096" in n for n in stopped.notes) == (sampling == "latin_hypercube")


@pytest.mark.parametrize("sampling", ["monte_carlo", "sobol", "latin_hypercube"])
def test_reordered_groups_are_ordered_in_batches_too(book: Build, sampling: SamplingMethod) -> None:
    opened = compute.Model.open(book({"Model": TIED}))
    options = CorrelationOptions(method="iman_conover")
    stopped = opened.simulate(sampling=sampling, convergence=within(0.01), correlations=options)
    plain = opened.simulate(stopped.iterations, sampling=sampling, correlations=options, batch=LEAF)
    assert plain.digest == stopped.digest
    assert stopped.certificate.batch == LEAF
    assert stopped.correlations[0].score[0][1] == pytest.approx(0.8, abs=0.003)


def test_a_batched_hypercube_has_every_stratum_once_in_each_batch(book: Build) -> None:
    cells = {"B1": "=_xldudf_MC_UNIFORM(0,1)", "B2": "=_xldudf_MC_OUTPUT()+B1"}
    samples = compute.Model.open(book({"Model": cells})).simulate(10_000, batch=LEAF).inputs["Model!B1"].samples
    orders = []
    for start, size in ((0, LEAF), (LEAF, LEAF), (2 * LEAF, 10_000 - 2 * LEAF)):
        strata = np.floor(samples[start : start + size] * size).astype(int)
        assert sorted(strata) == list(range(size))
        orders.append(strata[:1_000])
    assert abs(np.corrcoef(orders[0], orders[1])[0, 1]) < 0.15


def test_tied_draws_keep_their_strata_in_each_batch(book: Build) -> None:
    cells = {**TIED, "B1": "=_xll.RiskUniform(0,1,_xll.RiskCorrmat($D$1:$E$2,1))"}
    samples = compute.Model.open(book({"Model": cells})).simulate(3 * LEAF, batch=LEAF).inputs["Model!B1"].samples
    for start in range(0, 3 * LEAF, LEAF):
        assert sorted(np.floor(samples[start : start + LEAF] * LEAF).astype(int)) == list(range(LEAF))
    assert len(np.unique(samples)) == 3 * LEAF


def test_threads_and_chunks_change_nothing(book: Build) -> None:
    path = book({"Model": TIED})
    found = {
        compute.Model.open(path).simulate("auto", threads=t, chunk_leaves=c, convergence=within(0.008)).digest
        for t, c in ((1, None), (2, 1), (2, 3), (1, 5))
    }
    assert len(found) == 1


def test_it_stops_where_the_rules_hold_first_and_a_normal_mean_needs_so_many(book: Build) -> None:
    opened = compute.Model.open(book({"Model": PLAIN}))
    options = ConvergenceOptions(
        rules=(
            ConvergenceRule(tolerance=0.02, relative=False, outputs=("Model!B3",)),
            ConvergenceRule(statistic="percentile", level=0.9, tolerance=0.01, outputs=("profit",)),
        )
    )
    result = opened.simulate(sampling="monte_carlo", convergence=options)
    rules = {"Model!B3": [Rule(Measure("mean"), 0.02, False)], "Profit": [Rule(Measure("percentile", 0.9), 0.01)]}
    long = opened.simulate(result.iterations + 3 * LEAF, sampling="monte_carlo")
    samples = {key: long.outputs[key].samples for key in rules}
    assert converged_at(samples, rules) == result.iterations // LEAF
    # (1.96 · 4 / 0.02)² = 153,658 iterations, and its standard deviation is known to a percent.
    expected = (1.959964 * 4 / 0.02) ** 2
    assert result.iterations == pytest.approx(expected, rel=0.05)
    assert all(s.converged and s.iterations_needed == result.iterations for s in result.convergence)
    assert result.summary().convergence == result.convergence
    assert 0.0 < (result.convergence[0].half_width or math.inf) <= 0.02


def test_a_run_that_does_not_converge_says_what_is_missing(book: Build, tmp_path: Path) -> None:
    options = ConvergenceOptions(rules=(ConvergenceRule(tolerance=1e-4),), at_most=10_000)
    result = compute.Model.open(book({"Model": PLAIN})).simulate(sampling="monte_carlo", convergence=options)
    assert result.iterations == 10_000
    assert any("without having converged" in note for note in result.notes)
    assert any("Profit: the mean is known to ±" in note and "iterations are needed" in note for note in result.notes)
    assert not any(s.converged for s in result.convergence)
    result.save(tmp_path / "kept")
    assert Result.load(tmp_path / "kept").convergence == result.convergence


def test_the_first_leaf_may_be_enough(book: Build) -> None:
    opened = compute.Model.open(book({"Model": PLAIN}))
    rules = (ConvergenceRule(tolerance=0.5),)
    assert opened.simulate(convergence=ConvergenceOptions(rules=rules)).iterations == 2 * LEAF
    assert opened.simulate(convergence=ConvergenceOptions(rules=rules, at_least=1)).iterations == LEAF
    assert opened.simulate(convergence=ConvergenceOptions(rules=rules, at_most=1_000)).iterations == 1_000


def test_progress_shows_what_is_still_needed(book: Build) -> None:
    seen: list[Progress] = []
    opened = compute.Model.open(book({"Model": PLAIN}))
    result = opened.simulate("auto", convergence=within(0.005, outputs=("Profit",)), on_progress=seen.append, threads=1)
    running = [p for p in seen if p.stage == "simulating" and p.still_needed is not None]
    assert running[0].still_needed
    assert running[0].total == pytest.approx(result.iterations, rel=0.3)
    assert running[-1].still_needed == 0
    assert all(p.done <= p.total for p in seen)


def test_a_run_that_would_not_end_can_be_cancelled(book: Build) -> None:
    opened = compute.Model.open(book({"Model": PLAIN}))
    seen: list[Progress] = []
    with pytest.raises(Cancelled):
        opened.simulate(
            "auto", convergence=within(1e-9), on_progress=seen.append, cancelled=lambda: seen[-1].done > 3 * LEAF
        )


def test_a_checkpoint_goes_on_and_ends_at_the_same_place(book: Build, tmp_path: Path) -> None:
    opened = compute.Model.open(book({"Model": PLAIN}))
    seen: list[Progress] = []
    options = within(0.005)
    with pytest.raises(Cancelled):
        opened.simulate(
            "auto", convergence=options, checkpoint=tmp_path / "c", on_progress=seen.append,
            cancelled=lambda: seen[-1].done >= 2 * LEAF,
        )  # fmt: skip
    resumed = opened.simulate("auto", convergence=options, checkpoint=tmp_path / "c")
    assert resumed.digest == opened.simulate("auto", convergence=options).digest


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (5, 4, 3, 2, 1, 0), (3, 0, 5, 1, 4, 2)])
def test_leaves_are_judged_in_their_order_whatever_arrives_first(order: tuple[int, ...]) -> None:
    values = np.random.default_rng(3).normal(10, 4, (1, 6 * LEAF))
    state = RunState(chunk_grid(6 * LEAF, 1), Samples.empty(1, 0, 6 * LEAF))
    watch = ConvergenceWatch(state, {"x": (Rule(Measure("mean"), 0.0072),)}, {"x": 0}, 2 * LEAF)
    nothing = np.empty((0, LEAF))
    for chunk in iter(state.take, None):
        assert isinstance(chunk, Chunk)
    for place in order:
        start, stop = place * LEAF, (place + 1) * LEAF
        codes = np.zeros((1, LEAF), np.uint8)
        part = BlockResult(start, stop, values[:, start:stop], codes, nothing, nothing.astype(np.uint8))
        if state.accept(part):
            watch.accept(part)
    assert state.iterations == 3 * LEAF
    assert np.array_equal(state.samples.until(3 * LEAF).outputs, values[:, : 3 * LEAF])


def test_a_worker_makes_the_same_batches_from_the_message(book: Build) -> None:
    model = compute.Model.open(book({"Model": TIED}))
    spec = specification_of(model, "latin_hypercube", 7, 12_000, "auto", batch=LEAF)
    _, source = prepare(model.source, type(spec).model_validate_json(spec.model_dump_json()))
    own = model.draws_source("latin_hypercube", 7, 12_000, model.ties(CorrelationOptions()), LEAF)
    for index in range(2):
        assert np.array_equal(source.uniforms(index, 100, 12_000), own.uniforms(index, 100, 12_000))


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"convergence": within(0.1, outputs=("Loss",))}, "no output 'Loss'; the outputs are Profit"),
    ({"convergence": within(0.1, statistic="percentile")}, "percentile takes a number as its level"),
    ({"convergence": within(0.1, statistic="percentile", level=95)}, "it must lie between 0 and 1"),
    ({"convergence": ConvergenceOptions(at_least=9_000, at_most=8_192)}, "at_least is 9,000, above the 8,192"),
    ({"convergence": ConvergenceOptions(), "batch": 5_000}, "batch is 5000; in a run that ends by itself"),
    ({"batch": 0}, "batch is 0"),
    ({"iterations": "always"}, "iterations is always"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_wrong_arguments_are_named(book: Build, options: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecificationError, match=words):
        compute.Model.open(book({"Model": PLAIN})).simulate(**options)
