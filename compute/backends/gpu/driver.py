"""What is asked of whoever drives GPUs: CuPy does it, and in tests a driver that runs the same code on the processor.

Everything given to a stream happens later and in order; host arrays may be touched again after ``wait``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy.typing as npt

from compute.backends.gpu.writing import Code
from compute.errors import EngineUnavailable

Kernel = Any
"""A kernel ready to be launched on the device that loaded it."""
HostArray = npt.NDArray[Any]


class Buffer(Protocol):
    """Memory of a device, freed when nobody holds it any more."""

    @property
    def address(self) -> int:
        """What kernels are given."""
        ...


class Stream(Protocol):
    """Work that a device does in the order in which it is given, beside that of other streams."""

    def upload(self, target: Buffer, source: HostArray) -> None:
        """Copies a contiguous array of pinned memory to the beginning of a buffer."""
        ...

    def launch(self, kernel: Kernel, blocks: int, threads: int, arguments: Sequence[int]) -> None:
        """Runs a kernel in so many blocks of so many threads; every argument is a word of 64 bits."""
        ...

    def download(self, source: Buffer, target: HostArray) -> None:
        """Copies the beginning of a buffer to a contiguous array of pinned memory."""
        ...

    def wait(self) -> None:
        """Returns when all that was given is done."""
        ...


def megabytes(size: float) -> str:
    """Bytes, to be read."""
    return f"{size / 2**20:,.1f} MB"


class NoDeviceMemory(EngineUnavailable):
    """A GPU's memory is in use by others: ``found`` says what was needed and what was free, the message what to do."""

    code = "engine.device_memory"

    def __init__(self, device: Device, needed: str) -> None:
        """``needed`` says who needs how much."""
        free, total = megabytes(device.free_bytes()), megabytes(device.total_bytes())
        self.found = f"{needed} on {device.name}, and {free} of its {total} are free"
        super().__init__(
            f"{self.found}. End what else uses the GPU (nvidia-smi lists it) or wait for it, or use engine='power'"
        )


class Device(Protocol):
    """One GPU."""

    @property
    def name(self) -> str:
        """As its maker calls it."""
        ...

    @property
    def capability(self) -> int:
        """The compute capability times ten: 80 for 8.0."""
        ...

    def free_bytes(self) -> int:
        """Memory that is not in use now."""
        ...

    def total_bytes(self) -> int:
        """All of its memory, in use or not."""
        ...

    def load(self, code: Code) -> Mapping[str, Kernel]:
        """The kernels of a module, by name."""
        ...

    def stream(self) -> Stream:
        """A new stream."""
        ...

    def allocate(self, size: int) -> Buffer:
        """So many bytes; raises NoDeviceMemory where there is no room."""
        ...

    def pinned(self, size: int) -> HostArray:
        """So many bytes of host memory that stays where it is; raises EngineUnavailable where there are not so many."""
        ...


class Driver(Protocol):
    """All GPUs of this machine, one at least."""

    @property
    def devices(self) -> Sequence[Device]: ...


__all__ = ["Buffer", "Device", "Driver", "HostArray", "Kernel", "NoDeviceMemory", "Stream", "megabytes"]
