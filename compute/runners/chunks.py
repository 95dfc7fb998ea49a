"""Computing one chunk, block by block."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.backends.reference import BlockResult
from compute.engines import Prepared
from compute.errors import Cancelled
from compute.runners.state import Chunk
from compute.sampling import Sampler


def run_chunk(prepared: Prepared, sampler: Sampler, chunk: Chunk, cancelled: Callable[[], bool]) -> BlockResult:
    """The samples of a chunk: the same bits whatever the blocks. Raises Cancelled between blocks."""
    parts: list[BlockResult] = []
    for start in range(chunk.start, chunk.stop, prepared.block_lanes):
        if cancelled():
            raise Cancelled("the simulation was cancelled")
        parts.append(prepared.run(sampler, start, min(start + prepared.block_lanes, chunk.stop)))
    if len(parts) == 1:
        return parts[0]
    return BlockResult(
        chunk.start,
        chunk.stop,
        np.concatenate([p.outputs for p in parts], axis=1),
        np.concatenate([p.output_codes for p in parts], axis=1),
        np.concatenate([p.inputs for p in parts], axis=1),
        np.concatenate([p.input_codes for p in parts], axis=1),
    )
