"""What a run needs besides the samples it gives: as much for ten million iterations as for ten thousand."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

import compute

Build = Callable[..., Path]
MEBIBYTE = 2**20
BESIDES_SAMPLES = 64 * MEBIBYTE
ROWS = 300
CELLS = {
    **{f"A{row}": f"=MC.NORMAL({row},1)" for row in range(1, ROWS + 1)},
    **{f"{c}{row}": f"={b}{row}*1.01+A{row}" for row in range(1, ROWS + 1) for b, c in ("AB", "BC", "CD")},
    "E1": f'=MC.OUTPUT("Sum")+SUM(D1:D{ROWS})',
}


def besides_samples(model: compute.Model, iterations: int) -> int:
    """The most bytes that a run held at once, less those of its samples and their error codes."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        result = model.simulate(iterations, seed=1, engine="power", sampling="monte_carlo", threads=2)
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    return peak - iterations * 9 * (len(result.outputs) + len(result.inputs))


@pytest.mark.parametrize("iterations", [20_000, 80_000])
def test_a_run_needs_little_besides_its_samples(book: Build, iterations: int) -> None:
    model = compute.Model.open(book({"S": CELLS}))
    model.simulate(100, seed=1, engine="power")
    assert besides_samples(model, iterations) < BESIDES_SAMPLES
