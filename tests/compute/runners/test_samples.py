"""The samples of a run: each chunk in its place, and what is computed from them later belongs to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import compute
from compute.analysis import LEAF
from compute.backends.reference import BlockResult
from compute.runners.state import Chunk, RunState, Samples, chunk_grid
from compute.values import Floats

Build = Callable[..., Path]
CELLS = {"B1": "=_xldudf_MC_NORMAL(100,10)", "B3": '=_xldudf_MC_OUTPUT("Profit")+B1*2'}


def part_of(chunk: Chunk) -> BlockResult:
    """Samples that tell their iteration."""
    count: Floats = np.array([range(chunk.start, chunk.stop)], np.float64)
    codes = (count % 7 == 0).astype(np.uint8)
    return BlockResult(chunk.start, chunk.stop, count, codes, -np.repeat(count, 2, axis=0), codes[[0, 0]])


@pytest.mark.parametrize("in_place", [True, False])
def test_every_chunk_is_in_its_place(in_place: bool) -> None:
    """Whether a chunk was written where it belongs or is copied there when it is taken."""
    size = 3 * LEAF + 5
    state = RunState(chunk_grid(size, 1), Samples.empty(1, 2, size))
    for chunk in reversed(list(iter(state.take, None))):
        part = part_of(chunk)
        if in_place:
            room = state.samples.room(chunk)
            assert room is not None
            room.outputs[:], room.output_codes[:] = part.outputs, part.output_codes
            room.inputs[:], room.input_codes[:] = part.inputs, part.input_codes
            part = room
        assert state.accept(part)
    expected = part_of(Chunk(0, size))
    samples = state.samples
    assert isinstance(samples, Samples)
    np.testing.assert_array_equal(samples.outputs, expected.outputs)
    np.testing.assert_array_equal(samples.inputs, expected.inputs)
    np.testing.assert_array_equal(samples.output_codes, expected.output_codes)
    np.testing.assert_array_equal(samples.input_codes, expected.input_codes)


def test_statistics_wait_until_they_are_asked_for(book: Build) -> None:
    model = compute.Model.open(book({"Model": CELLS}))
    result = model.simulate(iterations=500)
    assert result.timings.analyse == 0
    summary = result.summary()
    assert summary.timings.analyse == result.timings.analyse > 0
    assert summary is result.summary()


def test_a_run_that_is_watched_ends_with_its_statistics(book: Build) -> None:
    stages: list[str] = []
    model = compute.Model.open(book({"Model": CELLS}))
    result = model.simulate(iterations=500, on_progress=lambda progress: stages.append(progress.stage))
    assert stages[-2:] == ["analysing", "done"]
    assert result.timings.analyse > 0


def test_samples_cannot_be_changed_before_what_is_computed_from_them(book: Build) -> None:
    """The digest in the certificate is that of the samples the run gave."""
    result = compute.Model.open(book({"Model": CELLS})).simulate(iterations=500)
    with pytest.raises(ValueError, match="read-only"):
        result.outputs["Profit"].samples[0] = 0.0
