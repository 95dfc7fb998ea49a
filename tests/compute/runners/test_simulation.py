"""Simulations through the public API: the same bits however they are run, and models that cannot be run."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import compute
from compute.distributions import Normal, Uniform
from compute.errors import (
    Cancelled,
    CircularReference,
    ComputeError,
    EngineUnavailable,
    InvalidDistribution,
    NoInputs,
    NoOutputs,
    SpecificationError,
    TextOutput,
    UnknownCell,
    UnsupportedFormula,
)
from compute.protocol import Progress
from compute.runners import Result

Build = Callable[..., Path]
MODEL: dict[str, Any] = {
    "A1": "Price", "B1": "=_xldudf_MC_NORMAL(100,10)",
    "A2": "Cost", "B2": '=_xldudf_MC_PERT(50,60,90,"Cost")',
    "B3": '=_xldudf_MC_OUTPUT("Profit")+(B1-B2)*1000',
    "B4": "=ROUND(_xll.RiskNormal(5,2,_xll.RiskTruncate(0,)),0)+_xll.RiskUniform(0,1)+_xll.RiskOutput()",
    "B5": '=IF(B1>100,"high","low")', "B6": '=_xldudf_MC_OUTPUT("Flag")+IF(B5="high",1,0)',
    "B7": '=_xldudf_MC_OUTPUT("Ratio")+1/MAX(0,B1-100)',
}  # fmt: skip


@pytest.fixture
def model(book: Build) -> compute.Model:
    return compute.Model.open(book({"Model": MODEL}))


def test_inputs_and_outputs_are_found_and_named(model: compute.Model) -> None:
    assert list(model.inputs) == ["Model!B1", "Cost", "Model!B4", "Model!B4#2"]
    assert list(model.outputs) == ["Profit", "Model!B4", "Flag", "Ratio"]
    assert model.inputs["Cost"].static_value == pytest.approx(63 + 1 / 3)
    assert model.outputs["Profit"].value == pytest.approx((100 - 63 - 1 / 3) * 1000)


def test_statistics_agree_with_theory(model: compute.Model) -> None:
    result = model.simulate(iterations=20_000)
    assert result.inputs["Model!B1"].mean == pytest.approx(100, abs=0.01)
    assert result.inputs["Model!B1"].standard_deviation == pytest.approx(10, rel=0.002)
    assert result.outputs["Profit"].samples.shape == (20_000,)
    np.testing.assert_array_equal(
        result.outputs["Profit"].samples,
        (result.inputs["Model!B1"].samples - result.inputs["Cost"].samples) * 1000,
    )
    assert result.outputs["Flag"].mean == pytest.approx(0.5, abs=1e-3)
    assert result.inputs["Model!B4"].minimum >= 0
    assert result.outputs["Profit"].percentile(0.95) == np.quantile(
        result.outputs["Profit"].samples, 0.95, method="inverted_cdf"
    )


def test_iterations_that_end_in_an_error_are_counted_and_left_out(model: compute.Model) -> None:
    result = model.simulate(iterations=10_000)
    ratio = result.outputs["Ratio"]
    assert ratio.errors == pytest.approx(5_000, abs=5)
    assert ratio.error_codes == {"#DIV/0!": ratio.errors}
    assert np.isnan(ratio.samples).sum() == ratio.errors
    assert any("Ratio" in note and "error" in note for note in result.notes)


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube", "sobol"])
def test_the_digest_depends_on_neither_threads_nor_chunks(model: compute.Model, sampling: Any) -> None:
    variants: list[dict[str, int]] = [
        {"threads": 1}, {"threads": 2}, {"chunk_leaves": 1}, {"chunk_leaves": 2}, {"chunk_leaves": 5},
    ]  # fmt: skip
    digests = {model.simulate(30_000, sampling=sampling, **v).digest for v in variants}  # type: ignore[arg-type]
    assert len(digests) == 1
    assert model.simulate(30_000, seed=43, sampling=sampling).digest not in digests


def test_a_formula_elsewhere_does_not_move_the_draws(book: Build) -> None:
    first = compute.Model.open(book({"Model": MODEL}, file="a.xlsx"))
    more = {**MODEL, "A9": "=_xldudf_MC_UNIFORM(0,1)", "C1": 5}
    second = compute.Model.open(book({"Model": more}, file="b.xlsx"))
    a, b = first.simulate(5_000), second.simulate(5_000)
    np.testing.assert_array_equal(a.inputs["Cost"].samples, b.inputs["Cost"].samples)


@pytest.mark.ray
def test_ray_gives_the_same_digest_even_when_a_worker_is_killed(model: compute.Model) -> None:
    ray = pytest.importorskip("ray", reason="ray is not installed")
    expected = model.simulate(120_000, threads=1).digest
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        assert model.simulate(120_000, runner="ray").digest == expected

        @ray.remote
        def process_number() -> int:
            return os.getpid()

        victims: list[int] = []

        def kill_one(progress: Progress) -> None:
            if progress.stage == "simulating" and progress.done and not victims:
                victims.append(ray.get(process_number.remote()))
                os.kill(victims[0], signal.SIGKILL)

        assert model.simulate(120_000, runner="ray", chunk_leaves=2, on_progress=kill_one).digest == expected
        assert victims
    finally:
        ray.shutdown()


def test_inputs_and_outputs_given_from_outside(book: Build) -> None:
    path = book({"My sheet": {"B2": 5, "B3": "=B2*2", "B4": "=B3+1"}}, names={"Result": "'My sheet'!$B$4"})
    model = compute.Model.open(path, inputs={"'My sheet'!B2": Normal(100, 10)}, outputs=["'My sheet'!B3", "Result"])
    result = model.simulate(2_000)
    assert list(result.outputs) == ["'My sheet'!B3", "'My sheet'!B4"]
    assert result.outputs["'My sheet'!B3"].mean == pytest.approx(200, abs=0.1)
    truncated = compute.Model.open(
        path, inputs={"'My sheet'!B2": Uniform(0, 10).truncate(2, 4).shift(1)}, outputs={"'My sheet'!B3": "Twice"}
    ).simulate(1_000)
    assert truncated.outputs["Twice"].minimum >= 6
    assert truncated.outputs["Twice"].maximum <= 10


def test_progress_rises_to_the_end(model: compute.Model) -> None:
    seen: list[Progress] = []
    model.simulate(40_000, chunk_leaves=1, on_progress=seen.append)
    assert [p.stage for p in seen if p.stage != "simulating"] == ["compiling", "analysing", "done"]
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert seen[-1].done == seen[-1].total == 40_000


@pytest.mark.parametrize("threads", [1, 2])
def test_a_run_can_be_cancelled(model: compute.Model, threads: int) -> None:
    progress: list[Progress] = []
    with pytest.raises(Cancelled):
        model.simulate(
            1_000_000, chunk_leaves=1, threads=threads, on_progress=progress.append, cancelled=lambda: len(progress) > 3
        )
    assert progress[-1].done < 1_000_000


def test_a_run_goes_on_from_its_checkpoint(model: compute.Model, tmp_path: Path) -> None:
    expected = model.simulate(60_000, threads=1).digest
    seen: list[Progress] = []
    with pytest.raises(Cancelled):
        model.simulate(
            60_000, chunk_leaves=1, threads=1, checkpoint=tmp_path / "run", on_progress=seen.append,
            cancelled=lambda: len(seen) > 4,
        )  # fmt: skip
    kept = sorted((tmp_path / "run").rglob("*.npz"))
    assert kept
    kept[0].write_bytes(b"damaged")
    again: list[Progress] = []
    result = model.simulate(60_000, chunk_leaves=1, threads=1, checkpoint=tmp_path / "run", on_progress=again.append)
    assert result.digest == expected
    assert next(p for p in again if p.stage == "simulating").done == (len(kept) - 1) * 4096


def test_a_result_survives_the_disk(model: compute.Model, tmp_path: Path) -> None:
    result = model.simulate(3_000)
    result.save(tmp_path / "result")
    loaded = Result.load(tmp_path / "result")
    assert loaded.summary() == result.summary()
    np.testing.assert_array_equal(loaded.outputs["Ratio"].samples, result.outputs["Ratio"].samples)
    assert loaded.outputs["Ratio"].error_codes == result.outputs["Ratio"].error_codes


REFUSED: list[tuple[dict[str, Any], type[ComputeError], str]] = [
    ({"A1": 1, "A2": '=_xldudf_MC_OUTPUT("x")+A1'}, NoInputs, "no uncertain cell"),
    ({"A1": "=_xldudf_MC_NORMAL(0,1)", "A2": "=A1*2"}, NoOutputs, "output"),
    ({"A1": "=_xldudf_MC_NORMAL(0,1)", "A2": "=A3+A1+_xll.RiskOutput()", "A3": "=A2"}, CircularReference, "A2"),
    ({"A1": "=_xldudf_MC_NORMAL(0,-1)", "A2": "=A1+_xll.RiskOutput()"}, InvalidDistribution, "S!A1"),
    ({"A1": "=_xldudf_MC_UNIFORM(5,1)", "A2": "=A1+_xll.RiskOutput()"}, InvalidDistribution, "S!A1"),
    ({"A1": "=_xldudf_MC_TRIANGULAR(1,9,5)", "A2": "=A1+_xll.RiskOutput()"}, InvalidDistribution, "S!A1"),
    ({"A1": "=_xldudf_MC_NORMAL(1/0,1)", "A2": "=A1+_xll.RiskOutput()"}, InvalidDistribution, "#DIV/0!"),
    ({"A1": '=_xldudf_MC_NORMAL("x",1)', "A2": "=A1+_xll.RiskOutput()"}, InvalidDistribution, "#VALUE!"),
    ({"A1": "=_xldudf_MC_NORMAL(0,1)", "A2": "=FROB(A1)+_xll.RiskOutput()"}, UnsupportedFormula, "FROB"),
    ({"A1": "=_xldudf_MC_FROB(0,1)", "A2": "=A1+_xll.RiskOutput()"}, UnsupportedFormula, "MC.FROB"),
    ({"A1": "=_xldudf_MC_NORMAL(0)", "A2": "=A1+_xll.RiskOutput()"}, UnsupportedFormula, "mean, sd"),
]


@pytest.mark.parametrize(("cells", "error", "words"), REFUSED)
def test_a_model_that_cannot_be_simulated_says_why_and_where(
    book: Build, cells: dict[str, Any], error: type[ComputeError], words: str
) -> None:
    with pytest.raises(error) as caught:
        compute.Model.open(book({"S": cells})).simulate(100)
    assert words in caught.value.message


def test_an_output_that_is_text_is_refused(book: Build) -> None:
    path = book({"S": {"A1": "=_xldudf_MC_NORMAL(0,1)", "A2": '="about "&A1'}})
    with pytest.raises(TextOutput, match="S!A2"):
        compute.Model.open(path, outputs=["S!A2"]).simulate(100)


def test_an_input_that_feeds_no_output_is_named(book: Build) -> None:
    cells = {"A1": "=_xldudf_MC_NORMAL(0,1)", "A2": "=_xldudf_MC_NORMAL(5,1)", "A3": "=A1+_xll.RiskOutput()"}
    result = compute.Model.open(book({"S": cells})).simulate(500)
    assert result.notes == ("the input S!A2 feeds no output",)
    assert result.inputs["S!A2"].mean == pytest.approx(5, abs=0.01)


def test_a_fault_that_no_output_needs_does_not_stop_the_run(book: Build) -> None:
    cells = {"A1": "=_xldudf_MC_NORMAL(0,1)", "A3": "=A1+_xll.RiskOutput()", "A4": "=FROB(1)", "B1": "=B2", "B2": "=B1"}
    model = compute.Model.open(book({"S": cells}))
    assert [u.feature for u in model.unsupported] == ["FROB"]
    assert model.simulate(100).outputs["S!A3"].errors == 0


@pytest.mark.parametrize("iterations", [0, -5, 10**9, 2.5])
def test_iterations_outside_the_limits_are_refused_with_the_limit(model: compute.Model, iterations: Any) -> None:
    with pytest.raises(SpecificationError, match="10,000,000"):
        model.simulate(iterations=iterations)


def test_engines_and_cells_that_are_not_there(model: compute.Model, book: Build) -> None:
    with pytest.raises(EngineUnavailable, match="enhanced"):
        model.simulate(100, engine="enhanced")
    with pytest.raises(UnknownCell, match="Nowhere"):
        compute.Model.open(book({"S": {"A1": 1}}), outputs=["Nowhere!A1"])
    with pytest.raises(UnknownCell, match="Sheet1!A1"):
        compute.Model.open(book({"S": {"A1": 1}}), outputs=["A1"])


def test_parameters_may_be_uncertain_and_wrong_now_and_then(book: Build) -> None:
    cells = {"A1": "=_xldudf_MC_UNIFORM(-1,1)", "A2": "=_xldudf_MC_NORMAL(10,A1)", "A3": "=A2+_xll.RiskOutput()"}
    result = compute.Model.open(book({"S": cells})).simulate(10_000)
    assert result.outputs["S!A3"].error_codes == {"#NUM!": 5_000}
    positive = result.inputs["S!A1"].samples >= 0
    assert not np.isnan(result.outputs["S!A3"].samples[positive]).any()


def test_references_that_move_are_followed_in_every_iteration(book: Build) -> None:
    cells = {
        "A1": "=_xldudf_MC_DISCRETE({1,2,3},{1,1,1})",
        "B1": 10, "B2": 20, "B3": "=C3*2", "C3": 15,
        "D1": "=OFFSET(B1,A1-1,0)+_xll.RiskOutput()",
        "D2": '=INDIRECT("B"&A1)+_xll.RiskOutput()',
        "D3": "=CHOOSE(A1,B1,B2,B3)+_xll.RiskOutput()",
    }  # fmt: skip
    result = compute.Model.open(book({"S": cells})).simulate(3_000)
    picked = result.inputs["S!A1"].samples * 10
    for key in ("S!D1", "S!D2", "S!D3"):
        np.testing.assert_array_equal(result.outputs[key].samples, picked)
