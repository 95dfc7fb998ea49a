"""Blocks written into the room of a run: the same samples and errors as in arrays of their own, nothing beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import compute
from compute.backends.native import NativeMachine
from compute.backends.reference import BlockResult
from compute.sampling import sampler

Build = Callable[..., Path]
CELLS = {
    "A1": "=_xldudf_MC_NORMAL(0,1)",
    "A2": "=_xldudf_MC_TRIANGULAR(0,3,12)",
    "B1": "=1/INT(A2)",
    "B2": "=SQRT(A1)+A2",
    "B3": "=5/0",
    "B4": "=A1*2",
    "B5": "=7",
}
LANES, SPARE = 1_000, 16


def room_of(outputs: int, inputs: int, start: int) -> tuple[BlockResult, list[np.ndarray]]:
    """The middle of wider tables, as a block's room is a part of its run's samples."""
    width = LANES + 2 * SPARE
    tables = [np.full((outputs, width), -1.0), np.zeros((outputs, width), np.uint8)]
    tables += [np.full((inputs, width), -1.0), np.zeros((inputs, width), np.uint8)]
    return BlockResult(start, start + LANES, *(t[:, SPARE:-SPARE] for t in tables)), tables


@pytest.mark.parametrize("outputs", [["B1", "B2", "B4"], ["B4", "B1", "B3", "B5", "B2"], ["B3", "B5", "A2"]])
@pytest.mark.parametrize("start", [0, 4096])
def test_the_same_in_a_room(book: Build, outputs: list[str], start: int) -> None:
    model = compute.Model.open(book({"S": CELLS}), outputs=[f"S!{cell}" for cell in outputs])
    machine = NativeMachine(model.program)
    source = sampler("monte_carlo", 3, 8192, [d.stream for d in model.program.draws])
    room, tables = room_of(len(outputs), len(model.program.draws), start)
    # Twice: a chunk whose worker was lost is computed again in the same room.
    own, _, found = (machine.run(source, start, start + LANES, given) for given in (None, room, room))
    for name in ("outputs", "output_codes", "inputs", "input_codes"):
        np.testing.assert_array_equal(getattr(found, name), getattr(own, name))
        assert np.shares_memory(getattr(found, name), getattr(room, name))
    assert own.output_codes.any()
    expected = machine.reference.run(source, start, start + LANES)
    np.testing.assert_allclose(found.outputs, expected.outputs, rtol=1e-12)
    np.testing.assert_array_equal(found.output_codes, expected.output_codes)
    for table in tables:
        beside = np.concatenate([table[:, :SPARE], table[:, -SPARE:]], axis=1)
        assert set(np.unique(beside)) <= {-1.0, 0.0}
        assert len(np.unique(beside)) == 1
