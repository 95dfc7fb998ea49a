"""The state of a run, without threads, clocks or sockets: which chunks are open, done and still to do.

Iterations lie on a fixed grid of leaves; a chunk is a run of whole leaves (the last may be cut). Whoever computes a
chunk, and how often, does not matter: a chunk is a pure function of its bounds, and the first result counts.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from compute.analysis import LEAF
from compute.backends.reference import BlockResult
from compute.values import Codes, Floats

LARGE_PAGE = 2**21
"""Bytes of a large page of memory."""


@dataclass(frozen=True, slots=True, order=True)
class Chunk:
    """The iterations ``[start, stop)``; ``start`` lies on the leaf grid."""

    start: int
    stop: int

    @property
    def size(self) -> int:
        return self.stop - self.start


def chunk_grid(iterations: int, leaves_per_chunk: int) -> tuple[Chunk, ...]:
    """All chunks of a run in order. Raises ValueError below one leaf per chunk."""
    if leaves_per_chunk < 1:
        raise ValueError(f"a chunk has at least 1 leaf, not {leaves_per_chunk}")
    step = leaves_per_chunk * LEAF
    return tuple(Chunk(start, min(start + step, iterations)) for start in range(0, iterations, step))


def suitable_chunk(iterations: int, workers: int) -> int:
    """Leaves per chunk: small enough that every worker gets several, large enough to be worth handing out."""
    leaves = -(-iterations // LEAF)
    return int(max(1, min(16, leaves // (workers * 4))))


class Store(Protocol):
    """Where the samples of a run go."""

    def put(self, part: BlockResult) -> None:
        """Takes the iterations of one result, in any order."""
        ...

    def room(self, chunk: Chunk) -> BlockResult | None:
        """The place of a chunk's samples where they may be written at once; ``put`` takes it without copying."""
        ...


@dataclass(slots=True)
class Samples:
    """The samples of a whole run: one row per output and per input, NaN where an iteration ended in an error."""

    outputs: Floats
    output_codes: Codes
    inputs: Floats
    input_codes: Codes

    @classmethod
    def empty(cls, outputs: int, inputs: int, iterations: int) -> Samples:
        """Room for a run, nothing filled in."""
        values = _in_large_pages((outputs + inputs) * iterations)
        return cls(
            values[: outputs * iterations].reshape(outputs, iterations),
            np.zeros((outputs, iterations), np.uint8),
            values[outputs * iterations :].reshape(inputs, iterations),
            np.zeros((inputs, iterations), np.uint8),
        )

    def put(self, part: BlockResult) -> None:
        """Fills in the iterations of one result."""
        where = slice(part.start, part.stop)
        if _is_same(part.outputs, self.outputs[:, where]) and _is_same(part.inputs, self.inputs[:, where]):
            return
        self.outputs[:, where], self.output_codes[:, where] = part.outputs, part.output_codes
        self.inputs[:, where], self.input_codes[:, where] = part.inputs, part.input_codes

    def room(self, chunk: Chunk) -> BlockResult:
        """Views of a chunk's own columns."""
        where = slice(chunk.start, chunk.stop)
        outputs, inputs = self.outputs[:, where], self.inputs[:, where]
        return BlockResult(
            chunk.start, chunk.stop, outputs, self.output_codes[:, where], inputs, self.input_codes[:, where]
        )

    def freeze(self) -> None:
        """Lets nobody change the samples any more: what is computed from them later must belong to them."""
        for table in (self.outputs, self.output_codes, self.inputs, self.input_codes):
            table.setflags(write=False)

    def until(self, iterations: int) -> Samples:
        """The samples of the first so many iterations; the room behind them is given up."""
        if iterations == self.outputs.shape[1]:
            return self
        outputs, inputs = (np.ascontiguousarray(c[:, :iterations]) for c in (self.outputs, self.inputs))
        codes = [np.ascontiguousarray(c[:, :iterations]) for c in (self.output_codes, self.input_codes)]
        return Samples(outputs, codes[0], inputs, codes[1])


@dataclass(slots=True)
class RunState:
    """Hands out chunks and takes their results, in any order and from any number of workers."""

    chunks: tuple[Chunk, ...]
    samples: Store
    _waiting: deque[Chunk] = field(init=False)
    _open: set[Chunk] = field(init=False, default_factory=set)
    _finished: int = field(init=False, default=0)
    _end: int | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._waiting = deque(self.chunks)

    @property
    def iterations(self) -> int:
        """How many there are to compute; fewer once the run was stopped."""
        if self._end is not None:
            return self._end
        return self.chunks[-1].stop if self.chunks else 0

    @property
    def done(self) -> int:
        """Iterations whose samples are in."""
        return min(self._finished, self.iterations)

    @property
    def is_complete(self) -> bool:
        return self._end is not None or self._finished == self.iterations

    def stop_at(self, iterations: int) -> None:
        """Ends the run there, all before it being in: what lies beyond is neither handed out nor taken any more."""
        self._end = iterations
        self._waiting.clear()
        self._open.clear()

    def take(self) -> Chunk | None:
        """The next chunk to compute, None when all are handed out."""
        if not self._waiting:
            return None
        chunk = self._waiting.popleft()
        self._open.add(chunk)
        return chunk

    def give_back(self, chunk: Chunk) -> None:
        """A chunk whose worker was lost: somebody else will get it."""
        if chunk in self._open:
            self._open.discard(chunk)
            self._waiting.appendleft(chunk)

    def accept(self, result: BlockResult) -> bool:
        """Takes a chunk's result; False when it was in already."""
        chunk = Chunk(result.start, result.stop)
        if chunk in self._open:
            self._open.discard(chunk)
        elif chunk in self._waiting:
            self._waiting.remove(chunk)
        else:
            return False
        self.samples.put(result)
        self._finished += chunk.size
        return True


def _in_large_pages(count: int) -> Floats:
    """Room for so many numbers, in whole pages of 2 MiB where it is large.

    A page costs as much as a few iterations when it is first touched, and Linux gives large ones, which NumPy asks for,
    only where they fit.
    """
    if count * 8 < LARGE_PAGE:
        return np.empty(count)
    spare = np.empty((-(-count * 8 // LARGE_PAGE) + 1) * LARGE_PAGE, np.uint8)
    begin = -spare.ctypes.data % LARGE_PAGE
    return spare[begin : begin + count * 8].view(np.float64)


def _is_same(own: Floats, other: Floats) -> bool:
    """Whether two arrays of one shape are the same memory."""
    return own.ctypes.data == other.ctypes.data and own.strides == other.strides
