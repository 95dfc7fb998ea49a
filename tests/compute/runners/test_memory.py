"""What a run needs besides the samples it gives: as much for ten million iterations as for ten thousand."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import compute

Build = Callable[..., Path]
MEBIBYTE = 2**20
BESIDES_SAMPLES = 64 * MEBIBYTE
ROUNDED_UP = 4 * MEBIBYTE
"""Room for samples is whole large pages, aligned."""
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


def test_a_run_needs_little_besides_its_samples_however_long(book: Build) -> None:
    """Sixteen bytes for each further iteration would be 1.1 MB."""
    model = compute.Model.open(book({"S": CELLS}))
    model.simulate(40_000, seed=1, engine="power", threads=2)
    short, long = (besides_samples(model, iterations) for iterations in (20_000, 90_000))
    assert short < BESIDES_SAMPLES
    assert long - short < MEBIBYTE + ROUNDED_UP
