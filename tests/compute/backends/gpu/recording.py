"""A driver that runs kernels on this processor, and records what it was asked.

Work given to a stream is done when somebody waits for it and not before, so that code which forgets to wait, or touches
host memory too early, reads what was there before.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from compute.backends.gpu.driver import Buffer, HostArray, Kernel, NoDeviceMemory, megabytes
from compute.backends.gpu.writing import PREPARE, STAGE, Code
from compute.backends.native.compiler import compile_module

ARGUMENTS = {PREPARE: 2, STAGE: 10}
_alive: list[object] = []


@dataclass(frozen=True)
class HostKernel:
    """A kernel compiled for this processor: all its threads, one after the other."""

    name: str
    is_exact: bool
    call: Callable[..., None]


class HostBuffer:
    """Memory that begins as rubbish, as a device's does."""

    def __init__(self, size: int) -> None:
        self.bytes = np.full(-(-size // 8) * 8, 0xA5, np.uint8)

    @property
    def address(self) -> int:
        return int(self.bytes.ctypes.data)


class HostStream:
    """Does what it is given when asked to wait."""

    def __init__(self, device: HostDevice) -> None:
        self._device = device
        self._waiting: list[tuple[str, Callable[[], None]]] = []

    def upload(self, target: Buffer, source: HostArray) -> None:
        assert isinstance(target, HostBuffer)
        assert source.flags.c_contiguous
        to = target.bytes[: source.nbytes]
        self._give("upload", lambda: np.copyto(to, source.reshape(-1).view(np.uint8)))

    def launch(self, kernel: Kernel, blocks: int, threads: int, arguments: Sequence[int]) -> None:
        assert len(arguments) == ARGUMENTS[kernel.name]
        assert arguments[1 if kernel.name == PREPARE else 5] == blocks * threads
        name = f"exact {kernel.name}" if kernel.is_exact else kernel.name
        self._give(name, lambda: kernel.call(*arguments))

    def download(self, source: Buffer, target: HostArray) -> None:
        assert isinstance(source, HostBuffer)
        assert target.flags.c_contiguous
        from_ = source.bytes[: target.nbytes]
        self._give("download", lambda: np.copyto(target.reshape(-1).view(np.uint8), from_))

    def wait(self) -> None:
        for name, work in self._waiting:
            self._device.done.append(name)
            work()
        self._waiting.clear()

    def _give(self, name: str, work: Callable[[], None]) -> None:
        self._waiting.append((name, work))


@dataclass
class HostDevice:
    """This processor as if it were a GPU; ``done`` names the work of all streams in the order in which it was done,
    ``allocated`` holds its memory in the order in which it was asked for. Others use ``taken`` bytes of its memory.
    """

    name: str = "a GPU in name only"
    capability: int = 90
    memory: int = 2**30
    taken: int = 0
    done: list[str] = field(default_factory=list)
    allocated: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    in_use: int = 0

    def free_bytes(self) -> int:
        return max(0, self.memory - self.taken - self.in_use)

    def total_bytes(self) -> int:
        return self.memory

    def load(self, code: Code) -> Mapping[str, Kernel]:
        compiled = compile_module(code.module(on_device=False))
        _alive.append(compiled)
        return {name: HostKernel(name, code.is_exact, _callable(compiled, name)) for name in (PREPARE, STAGE)}

    def stream(self) -> HostStream:
        return HostStream(self)

    def allocate(self, size: int) -> Buffer:
        if size > self.free_bytes():
            raise NoDeviceMemory(self, f"the enhanced engine needs {megabytes(size)} more")
        made = HostBuffer(size)
        self.allocated.append(made.bytes)
        self.in_use += size
        weakref.finalize(made, self._give_back, size)
        return made

    def _give_back(self, size: int) -> None:
        self.in_use -= size

    def pinned(self, size: int) -> HostArray:
        return np.full(size, 0x5A, np.uint8)


@dataclass
class HostDriver:
    """A few such devices."""

    devices: list[HostDevice] = field(default_factory=lambda: [HostDevice()])


def _callable(compiled: Any, name: str) -> Callable[..., None]:
    kind = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * ARGUMENTS[name])
    function = kind(compiled.address(name))

    def call(*arguments: int) -> None:
        function(*(ctypes.c_int64(a).value for a in arguments))

    return call
