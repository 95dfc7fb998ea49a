"""Batches: runs of iterations that are stratified, or brought into an order, each for itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from compute.records import dataclass


@dataclass(frozen=True, slots=True)
class Batch:
    """The ``size`` iterations from ``start`` on."""

    number: int
    start: int
    size: int


def batches(start: int, stop: int, batch: int, iterations: int) -> Iterator[tuple[Batch, int, int]]:
    """The batches that the iterations [start, stop) lie in, each with the part of them that lies there.

    Batches begin at multiples of ``batch``; the last of a run of ``iterations`` may be shorter.
    """
    while start < stop:
        number = start // batch
        first = number * batch
        piece = Batch(number, first, min(batch, iterations - first))
        end = min(stop, first + piece.size)
        if end <= start:
            raise ValueError(f"a run of {iterations} iterations has none from {start} to {stop}")
        yield piece, start, end
        start = end


def batch_stream(stream: int, number: int) -> int:
    """The 64-bit stream that keys the order of strata of one draw in the batch of that number."""
    canonical = stream.to_bytes(8, "little") + number.to_bytes(8, "little")
    return int.from_bytes(hashlib.blake2b(canonical, digest_size=8, person=b"montecell.batch").digest(), "little")
