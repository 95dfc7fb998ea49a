"""Runs that steer themselves on a Ray cluster: the same bits as on threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import compute
from compute.analysis import Measure
from compute.protocol import SamplingMethod
from compute.runners import Model
from compute.stopping import ConvergenceOptions, ConvergenceRule

CELLS = {
    "A1": 3, "D1": 1, "D2": 0.8, "E2": 1,
    "B1": "=_xll.RiskNormal(500,50,_xll.RiskCorrmat($D$1:$E$2,1))",
    "B2": "=_xll.RiskGamma(2,3,_xll.RiskCorrmat($D$1:$E$2,2))",
    "B3": '=_xll.RiskOutput("Profit")+100*A1-B1+B2',
}  # fmt: skip

pytestmark = pytest.mark.ray


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    ray = pytest.importorskip("ray", reason="ray is not installed")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture
def model(book: Callable[..., Path]) -> Model:
    return compute.Model.open(book({"Model": CELLS}))


@pytest.mark.parametrize("sampling", ["latin_hypercube", "sobol"])
@pytest.mark.usefixtures("cluster")
def test_a_run_ends_at_the_same_place(model: Model, sampling: SamplingMethod) -> None:
    options = ConvergenceOptions(rules=(ConvergenceRule(statistic="standard_deviation", tolerance=0.01),))
    here = model.simulate("auto", sampling=sampling, convergence=options)
    there = model.simulate("auto", sampling=sampling, convergence=options, runner="ray")
    assert (there.iterations, there.digest) == (here.iterations, here.digest)


@pytest.mark.usefixtures("cluster")
def test_stress_and_goal_seek_find_the_same(model: Model) -> None:
    here, there = (model.stress({"Model!B1": (0, 0.1)}, iterations=9_000, runner=r) for r in ("local", "ray"))
    assert {n: r.digest for n, r in here.runs.items()} == {n: r.digest for n, r in there.runs.items()}
    one, other = (
        model.goal_seek("Model!A1", "Profit", Measure("mean"), 0, 0, 20, iterations=5_000, runner=r)
        for r in ("local", "ray")
    )
    assert one.reached
    assert one.tried == other.tried


@pytest.mark.usefixtures("cluster")
def test_designed_runs_give_the_same_shares(model: Model, book: Callable[..., Path]) -> None:
    assert model.shapley_effects().effects == model.shapley_effects(runner="ray").effects
    cells = {"A1": "=_xldudf_MC_NORMAL(0,1)", "A2": "=_xldudf_MC_UNIFORM(0,1)", "B1": "=_xldudf_MC_OUTPUT()+A1*A2"}
    independent = compute.Model.open(book({"Model": cells}, file="independent.xlsx"))
    assert independent.sobol_indices().indices == independent.sobol_indices(runner="ray").indices
