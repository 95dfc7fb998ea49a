"""Room on a GPU for one block of iterations on its way: a stream, a workspace, pinned memory for what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compute.backends.gpu.driver import Buffer, Device, HostArray, Kernel
from compute.backends.gpu.writing import PREPARE, STAGE
from compute.backends.native.errors import NotNative
from compute.values import Floats

MOST_LANES = 65_536
"""Iterations per block, where memory allows: enough to fill the largest GPU there is."""
THREADS = 128
"""Threads per block of a launch: small enough that kernels of many registers still run several blocks at a time."""
STREAMS = 2
"""Blocks on their way at a time on one GPU: one is computed while the other is copied."""
PINNED_BYTES = 512 * 2**20
"""Host memory of a stream: blocks of models with thousands of draws still fill a GPU."""
_SHARE = 0.8
_NUMBER = 8
_WARP = 32


@dataclass(frozen=True, slots=True)
class Needs:
    """What a program takes: places in the workspace per thread; rows that come back and draws per iteration."""

    places: int
    rows: int
    draws: int


@dataclass(frozen=True, slots=True)
class Room:
    """How many iterations a block has and how many threads compute them; both are powers of two."""

    lanes: int
    threads: int


@dataclass(frozen=True, slots=True)
class Request:
    """A block: its iterations, the first of them in the run and the seed, or -1 and 0 where uniforms are given."""

    lanes: int
    first: int
    seed: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back of a block: rows and samples by iteration, and which iterations are in doubt."""

    rows: Floats
    samples: Floats
    doubts: npt.NDArray[np.bool_]


def room_for(needs: Needs, device: Device) -> Room:
    """What a device has room for in one of its streams; raises NotNative where not even a few threads fit."""
    per_lane = _NUMBER * (needs.rows + 2 * needs.draws) + 1
    pinned = _NUMBER * (needs.rows + needs.draws) + 1
    budget = int(device.free_bytes() * _SHARE / STREAMS)
    lanes = MOST_LANES
    while lanes > THREADS and (lanes * per_lane > budget // 2 or lanes * pinned > PINNED_BYTES):
        lanes //= 2
    threads = lanes
    while threads >= THREADS and threads * needs.places * _NUMBER + lanes * per_lane > budget:
        threads //= 2
    if threads < THREADS:
        raise NotNative(f"its {needs.places:,} values per iteration do not fit the memory of {device.name}")
    return Room(lanes, threads)


class Slot:
    """A stream with its memory, used by one block at a time; filled in when first used."""

    def __init__(self, device: Device, needs: Needs, room: Room) -> None:
        self.device, self._needs, self._room = device, needs, room
        self._stream = device.stream()
        self._is_prepared = False

    def _prepare(self, kernels: Mapping[str, Kernel]) -> None:
        needs, room = self._needs, self._room
        self._workspace = self.device.allocate(max(needs.places, 1) * room.threads * _NUMBER)
        self._rows, self._host_rows = self._pair(max(needs.rows, 1) * room.lanes * _NUMBER)
        self._samples, self._host_samples = self._pair(max(needs.draws, 1) * room.lanes * _NUMBER)
        self._doubts, self._host_doubts = self._pair(room.lanes)
        self._uniforms: tuple[Buffer, HostArray] | None = None
        self._launch(kernels[PREPARE], [self._workspace.address, room.threads])
        self._is_prepared = True

    def _pair(self, size: int) -> tuple[Buffer, HostArray]:
        return self.device.allocate(size), self.device.pinned(size)

    def _launch(self, kernel: Kernel, arguments: list[int]) -> None:
        self._stream.launch(kernel, self._room.threads // THREADS, THREADS, arguments)

    def uniforms(self, kernels: Mapping[str, Kernel], lanes: int) -> Floats:
        """Rows to write the draws' uniforms into, before a block whose uniforms are given."""
        if not self._is_prepared:
            self._prepare(kernels)
        if self._uniforms is None:
            self._uniforms = self._pair(max(self._needs.draws, 1) * self._room.lanes * _NUMBER)
        return _rows_of(self._uniforms[1], self._needs.draws, lanes)

    def begin(self, kernels: Mapping[str, Kernel], request: Request) -> None:
        """Gives the stream a block."""
        if not self._is_prepared:
            self._prepare(kernels)
        given = 0
        if request.first < 0:
            assert self._uniforms is not None
            given = self._uniforms[0].address
            self._stream.upload(self._uniforms[0], _rows_of(self._uniforms[1], self._needs.draws, request.lanes))
        self._run(kernels[STAGE], request, given)

    def again(self, kernels: Mapping[str, Kernel], request: Request) -> None:
        """Gives the stream exact code for the block that it had last."""
        given = self._uniforms[0].address if request.first < 0 and self._uniforms is not None else 0
        self._run(kernels[STAGE], request, given)

    def _run(self, kernel: Kernel, request: Request, uniforms: int) -> None:
        buffers = [self._workspace.address, self._rows.address, uniforms, self._samples.address, self._doubts.address]
        numbers = [self._room.threads, _stride(request.lanes), request.lanes, request.first, request.seed]
        self._launch(kernel, [*buffers, *numbers])

    def collect(self, request: Request) -> Answer:
        """Waits for the block; what it gives is a view that holds until the slot is used again."""
        rows = _rows_of(self._host_rows, self._needs.rows, request.lanes)
        samples = _rows_of(self._host_samples, self._needs.draws, request.lanes)
        doubts = self._host_doubts[: request.lanes]
        for buffer, host in ((self._rows, rows), (self._samples, samples), (self._doubts, doubts)):
            if host.size:
                self._stream.download(buffer, host)
        self._stream.wait()
        return Answer(rows[:, : request.lanes], samples[:, : request.lanes], doubts != 0)


def _stride(lanes: int) -> int:
    """The length of a row on the device: whole warps, so that each begins where memory is read at once."""
    return -(-lanes // _WARP) * _WARP


def _rows_of(memory: HostArray, rows: int, lanes: int) -> Floats:
    stride = _stride(lanes)
    found: Floats = memory.view(np.float64)[: rows * stride].reshape(rows, stride)
    return found


__all__ = ["Answer", "Needs", "Request", "Room", "Slot", "room_for"]
