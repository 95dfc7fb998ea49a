"""The power engine from outside: the same digests however a run is cut up, and what its results say of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import compute
from compute.backends.native import stages
from compute.cli import main

Build = Callable[..., Path]
CELLS = {
    "A1": "=_xldudf_MC_NORMAL(100,10)",
    "A2": "=_xldudf_MC_TRIANGULAR(0,3,12)",
    "A3": "=_xldudf_MC_BERNOULLI(0.2)",
    "B1": "=A1*(1+A2/100)",
    **{f"B{i}": f"=B{i - 1}*(1+$A$2/100)-A$1/50" for i in range(2, 20)},
    "C1": '=INT(A1)&IF(A1>100," high","")',
    "D1": "=SUM(B1:B19)/A3",
    "D2": '=IF(RIGHT(C1,4)="high",B19,B18)',
}


@pytest.fixture
def model(book: Build) -> compute.Model:
    return compute.Model.open(book({"S": CELLS}), outputs=["S!B19", "S!D1", "S!D2"])


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube", "sobol"])
def test_the_same_digest_for_any_threads_and_chunks(model: compute.Model, sampling: str) -> None:
    runs = [
        model.simulate(9_001, seed=5, engine="power", sampling=sampling, threads=threads, chunk_leaves=leaves)  # type: ignore[arg-type]
        for threads, leaves in ((1, 1), (2, 1), (2, 3))
    ]
    assert len({r.certificate.digest for r in runs}) == 1


def test_the_same_results_as_the_reference_engine(model: compute.Model) -> None:
    power, reference = (model.simulate(3_000, seed=5, engine=engine) for engine in ("power", "reference"))  # type: ignore[arg-type]
    for key, output in reference.outputs.items():
        np.testing.assert_array_equal(power.outputs[key].codes, output.codes)
        np.testing.assert_allclose(power.outputs[key].samples, output.samples, rtol=1e-12)


def test_a_result_says_what_was_compiled(model: compute.Model) -> None:
    told = model.simulate(100, engine="power").certificate
    assert told.engine == "power"
    assert "23 of 25 varying formulas compiled" in told.engine_reason
    assert "joins a number that varies" in told.engine_reason
    assert told.engine_class != model.simulate(100, engine="reference").certificate.engine_class


def test_what_cannot_be_compiled_runs_all_the_same(book: Build) -> None:
    model = compute.Model.open(book({"S": {**CELLS, "E1": "=OFFSET(A1,A3,0)"}}), outputs=["S!E1"])
    power, reference = (model.simulate(500, engine=engine) for engine in ("power", "reference"))  # type: ignore[arg-type]
    np.testing.assert_array_equal(power.outputs["S!E1"].samples, reference.outputs["S!E1"].samples)
    assert "the reference engine runs it" in power.certificate.engine_reason


def test_a_model_too_diverse_to_compile_runs_all_the_same(
    model: compute.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "MOST_PARTS", 5)
    monkeypatch.setenv("MONTECELL_CODE_CACHE", "off")  # what was kept was planned within the usual limits
    result = model.simulate(100, engine="power")
    assert "more than the 5 worth compiling" in result.certificate.engine_reason


def test_the_plan_names_cells_and_reasons(book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    path = book({"S": CELLS})
    assert main(["inspect", str(path), "--output", "S!D2", "--plan"]) == 0
    shown = capsys.readouterr().out
    assert "native" in shown
    assert "reference engine: " in shown
    shares = [float(percent) for percent in re.findall(r"([0-9]+)% of the time", shown)]
    assert len(shares) >= 3
    assert sum(shares) == pytest.approx(100, abs=3)
    assert "not compiled: S!D2: it reads a text that is not compiled" in shown
