"""What a result tells of its seconds: draws made outside compiled code apart from formulas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import compute
from compute.protocol import SamplingMethod, Timings

Build = Callable[..., Path]

DRAWS = {f"A{row}": f"=MC.GAMMA({row}.5,2)" for row in range(1, 21)}
CELLS = {**DRAWS, "B1": '=MC.OUTPUT("Sum")+SUM(A1:A20)'}


def timings(book: Build, engine: str, sampling: SamplingMethod, **more: object) -> Timings:
    model = compute.Model.open(book({"S": CELLS}))
    return model.simulate(20_000, seed=1, engine=engine, sampling=sampling, **more).timings  # type: ignore[arg-type]


@pytest.mark.parametrize("threads", [1, 2])
def test_draws_of_the_reference_engine_are_told_apart(book: Build, threads: int) -> None:
    """Quantiles of Gamma laws cost far more than adding twenty numbers."""
    found = timings(book, "reference", "monte_carlo", threads=threads)
    assert found.sample > found.evaluate > 0
    assert found.sample + found.evaluate == pytest.approx(found.simulate)


def test_draws_within_compiled_code_count_as_evaluation(book: Build) -> None:
    found = timings(book, "power", "monte_carlo", threads=1)
    assert found.sample == 0
    assert found.evaluate == found.simulate > 0


def test_kept_trials_tell_them_too(book: Build, tmp_path: Path) -> None:
    found = timings(book, "arrow", "sobol", keep=tmp_path / "trials.parquet")
    assert found.sample + found.evaluate == pytest.approx(found.simulate)
    assert 0 < found.sample < found.simulate
