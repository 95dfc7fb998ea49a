"""What a result says where draws are not sampled as asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import compute
from compute.runners import correlations
from compute.sampling import Sampling, sobol, stream_key, uniforms
from compute.sampling.sobol import DIMENSIONS

ITERATIONS = 64


def rows_of_draws(count: int) -> dict[str, str]:
    """So many draws in rows of 256, and their sum."""
    letters = [column(number) for number in range(1, 257)]
    cells = {f"{letters[i % 256]}{i // 256 + 2}": "=_xldudf_MC_UNIFORM(0,1)" for i in range(count)}
    return cells | {"A1": f"=SUM(A2:{letters[-1]}{count // 256 + 2})"}


def column(number: int) -> str:
    return (chr(64 + (number - 1) // 26) if number > 26 else "") + chr(65 + (number - 1) % 26)


@pytest.mark.parametrize(
    "dimensions", [40, pytest.param(DIMENSIONS, marks=[pytest.mark.sweep, pytest.mark.timeout(1_800)])]
)
def test_draws_beyond_the_last_sobol_dimension_are_named(
    book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, dimensions: int
) -> None:
    monkeypatch.setattr(sobol, "DIMENSIONS", dimensions)
    monkeypatch.setattr(correlations, "DIMENSIONS", dimensions)
    model = compute.Model.open(book({"S": rows_of_draws(dimensions + 3)}), outputs=["S!A1"])
    result = model.simulate(ITERATIONS, seed=5, sampling="sobol")
    last = list(result.inputs.values())
    assert len(last) == dimensions + 3
    assert [
        note
        for note in result.notes
        if f"{dimensions:,} dimensions: the 3 draws from" in note and last[-3].cell in note
    ]
    # A Sobol dimension takes each of 64 strata once; a stream of Philox does not.
    for variable in (last[0], last[dimensions * 19 // 20], last[-4]):
        assert sorted(np.floor(variable.samples * ITERATIONS).tolist()) == list(range(ITERATIONS))
    sheet, cell = last[-1].cell.split("!")
    assert last[-1].samples.tolist() == uniforms(5, stream_key(sheet, cell, 0), 0, ITERATIONS).tolist()
    assert model.simulate(ITERATIONS, seed=5, sampling="monte_carlo").notes == ()


@pytest.mark.parametrize(
    ("draws", "iterations", "sampling", "told"),
    [
        (50, 64, "sobol", False),
        (51, 1_019, "sobol", True),
        (51, 1_020, "sobol", False),
        (51, 64, "latin_hypercube", False),
    ],
)
def test_many_draws_in_few_iterations_are_told(
    book: Callable[..., Path], draws: int, iterations: int, sampling: Sampling, told: bool
) -> None:
    model = compute.Model.open(book({"S": rows_of_draws(draws)}), outputs=["S!A1"])
    notes = model.simulate(iterations, sampling=sampling).notes
    assert [note for note in notes if "51 draws" in note and "run 1,020 iterations or more" in note] == list(notes)
    assert bool(notes) == told
