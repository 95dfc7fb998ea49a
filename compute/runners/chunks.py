"""Computing one chunk, block by block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from compute.backends.reference import BlockResult
from compute.engines import Prepared
from compute.errors import Cancelled
from compute.runners.state import Chunk
from compute.sampling import Sampler


def run_chunk(
    prepared: Prepared,
    sampler: Sampler,
    chunk: Chunk,
    cancelled: Callable[[], bool],
    room: BlockResult | None = None,
) -> BlockResult:
    """The samples of a chunk: the same bits whatever the blocks; written into ``room``, its own place, where there is
    one. Raises Cancelled between blocks.
    """
    parts: list[BlockResult] = []
    seconds = sampling = 0.0
    for start in range(chunk.start, chunk.stop, prepared.block_lanes):
        if cancelled():
            raise Cancelled("the simulation was cancelled")
        stop = min(start + prepared.block_lanes, chunk.stop)
        own = None if room is None else _within(room, start, stop)
        part = prepared.run(sampler, start, stop, own)
        if own is None:
            parts.append(part)
        elif part.outputs is not own.outputs:
            _write(part, own)
        seconds += part.seconds
        sampling += part.sampling_seconds
    if room is not None:
        return replace(room, seconds=seconds, sampling_seconds=sampling)
    if len(parts) == 1:
        return parts[0]
    return BlockResult(
        chunk.start,
        chunk.stop,
        np.concatenate([p.outputs for p in parts], axis=1),
        np.concatenate([p.output_codes for p in parts], axis=1),
        np.concatenate([p.inputs for p in parts], axis=1),
        np.concatenate([p.input_codes for p in parts], axis=1),
        seconds,
        sampling,
    )


def _within(room: BlockResult, start: int, stop: int) -> BlockResult:
    where = slice(start - room.start, stop - room.start)
    return BlockResult(
        start,
        stop,
        room.outputs[:, where],
        room.output_codes[:, where],
        room.inputs[:, where],
        room.input_codes[:, where],
    )


def _write(part: BlockResult, room: BlockResult) -> None:
    room.outputs[:], room.output_codes[:] = part.outputs, part.output_codes
    room.inputs[:], room.input_codes[:] = part.inputs, part.input_codes
