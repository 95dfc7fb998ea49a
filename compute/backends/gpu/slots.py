"""Room on a GPU for one block of iterations on its way: a stream, a workspace, pinned memory for what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import numpy as np
import numpy.typing as npt

from compute.backends.gpu.driver import Buffer, Device, HostArray, Kernel, NoDeviceMemory, megabytes
from compute.backends.gpu.writing import PREPARE, STAGE
from compute.backends.native.errors import NotNative
from compute.backends.native.streams import padded
from compute.errors import EngineUnavailable
from compute.records import dataclass
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

    @property
    def per_lane(self) -> int:
        """Bytes on the device for an iteration of a block: rows, uniforms and samples of draws, whether in doubt."""
        return _NUMBER * (self.rows + 2 * self.draws) + 1

    @property
    def pinned(self) -> int:
        """Bytes of the host for an iteration of a block."""
        return _NUMBER * (self.rows + self.draws) + 1

    def on_device(self, room: Room) -> int:
        """Bytes that one stream takes on a device."""
        return room.threads * self.places * _NUMBER + room.lanes * self.per_lane

    @property
    def least_bytes(self) -> int:
        """The bytes that must be free on a device for the smallest blocks."""
        return int(STREAMS * self.on_device(Room(THREADS, THREADS)) / _SHARE) + 1


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


def room_for(needs: Needs, device: Device, least_share: float = 0.0) -> Room:
    """What a device has room for in one of its streams.

    Raises NotNative where not even a few threads would fit if nobody else used the device, and NoDeviceMemory where
    they do not fit now, or are a smaller share of those that would than ``least_share``.
    """
    whole = _room_in(needs, device.total_bytes())
    if whole is None:
        raise NotNative(f"its {needs.places:,} values per iteration do not fit the memory of {device.name}")
    room = _room_in(needs, device.free_bytes())
    if room is None:
        raise NoDeviceMemory(device, f"this model needs {megabytes(needs.least_bytes)}")
    if room.threads < least_share * whole.threads:
        wanted = STREAMS * needs.on_device(whole) * least_share / _SHARE
        raise NoDeviceMemory(device, f"this model needs about {megabytes(wanted)} to gain by a GPU")
    return room


def _room_in(needs: Needs, size: int) -> Room | None:
    """What so many bytes have room for in one of the streams; None where not even a few threads fit."""
    if size < needs.least_bytes:
        return None
    budget = int(size * _SHARE / STREAMS)
    lanes = MOST_LANES
    while lanes > THREADS and (lanes * needs.per_lane > budget // 2 or lanes * needs.pinned > PINNED_BYTES):
        lanes //= 2
    threads = lanes
    while threads > THREADS and needs.on_device(Room(lanes, threads)) > budget:
        threads //= 2
    return Room(lanes, threads) if needs.on_device(Room(lanes, threads)) <= budget else Room(THREADS, THREADS)


class Slot:
    """A stream with its memory, used by one block at a time.

    All that it takes on the device is taken at once, and kernels run there once over no iteration: their code and
    stacks take memory too. Raises EngineUnavailable where there is no room.
    """

    def __init__(self, device: Device, needs: Needs, room: Room, kernels: Mapping[str, Kernel]) -> None:
        self.device, self._needs, self._room = device, needs, room
        self._stream = device.stream()
        self._workspace = device.allocate(max(needs.places, 1) * room.threads * _NUMBER)
        self._rows, self._host_rows = self._pair(max(needs.rows, 1) * room.lanes * _NUMBER)
        self._samples, self._host_samples = self._pair(max(needs.draws, 1) * room.lanes * _NUMBER)
        self._doubts, self._host_doubts = self._pair(room.lanes)
        self._given = device.allocate(max(needs.draws, 1) * room.lanes * _NUMBER)
        self._host_given: HostArray | None = None
        self._launch(kernels[PREPARE], [self._workspace.address, room.threads])
        self._run(kernels[STAGE], Request(0, 0, 0), 0)
        self._stream.wait()

    def _pair(self, size: int) -> tuple[Buffer, HostArray]:
        return self.device.allocate(size), self.device.pinned(size)

    def _launch(self, kernel: Kernel, arguments: list[int]) -> None:
        self._stream.launch(kernel, self._room.threads // THREADS, THREADS, arguments)

    def uniforms(self, lanes: int) -> Floats:
        """Rows to write the draws' uniforms into, an even number, before a block whose uniforms are given."""
        rows = padded(self._needs.draws)
        if self._host_given is None:
            self._host_given = self.device.pinned(max(rows, 1) * self._room.lanes * _NUMBER)
        return _rows_of(self._host_given, rows, lanes)

    def begin(self, kernels: Mapping[str, Kernel], request: Request) -> None:
        """Gives the stream a block."""
        if request.first < 0:
            self._stream.upload(self._given, self.uniforms(request.lanes)[: self._needs.draws])
        self.again(kernels, request)

    def again(self, kernels: Mapping[str, Kernel], request: Request) -> None:
        """Gives the stream other code for the block that it had last."""
        self._run(kernels[STAGE], request, self._given.address if request.first < 0 else 0)

    def leave(self) -> None:
        """Waits for what a block that failed has left on its way."""
        with suppress(EngineUnavailable):
            self._stream.wait()

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
