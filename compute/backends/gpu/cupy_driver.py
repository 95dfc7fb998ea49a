"""GPUs driven by CuPy: the only module that imports it."""

from __future__ import annotations

import hashlib
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from compute.backends.gpu.driver import Buffer, HostArray, Kernel, NoDeviceMemory, megabytes
from compute.backends.gpu.ptx import ARCHITECTURES, architecture_for
from compute.backends.gpu.writing import PREPARE, STAGE, Code
from compute.errors import EngineUnavailable

with warnings.catch_warnings():
    # Without a driver CuPy warns while it is loaded; what is missing is told by CupyDriver.
    warnings.simplefilter("ignore")
    import cupy

_WORD = 2**64 - 1


class CupyDriver:
    """Every GPU that is new enough; raises EngineUnavailable where there is none."""

    def __init__(self) -> None:
        try:
            count = int(cupy.cuda.runtime.getDeviceCount())
        except cupy.cuda.runtime.CUDARuntimeError as problem:
            raise EngineUnavailable(
                f"the enhanced engine needs an NVIDIA GPU and its driver, and CUDA says: {problem}. "
                "Install or update the driver, or use engine='power'"
            ) from problem
        found = [CupyDevice(number) for number in range(count)]
        self.devices: Sequence[CupyDevice] = [d for d in found if d.capability >= min(ARCHITECTURES)]
        if not self.devices:
            told = ", ".join(f"{d.name} ({d.capability / 10})" for d in found) or "none"
            raise EngineUnavailable(
                f"the enhanced engine needs an NVIDIA GPU of compute capability {min(ARCHITECTURES) / 10} or later; "
                f"found: {told}. Use engine='power'"
            )


class CupyDevice:
    """One GPU by CUDA's number."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.capability = int(cupy.cuda.Device(number).compute_capability)
        properties = cupy.cuda.runtime.getDeviceProperties(number)
        told = properties["name"]
        self.name = told.decode() if isinstance(told, bytes) else str(told)
        self._total = int(properties["totalGlobalMem"])

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Where work is given to the device; what CUDA reports against it becomes EngineUnavailable."""
        try:
            # A new one each time, since threads enter it at once.
            with cupy.cuda.Device(self._number):
                yield
        except (cupy.cuda.driver.CUDADriverError, cupy.cuda.runtime.CUDARuntimeError) as problem:
            if _is_full(problem):
                needed = "the enhanced engine needs more memory for its code and stacks"
                raise NoDeviceMemory(self, needed) from problem
            raise EngineUnavailable(
                f"the enhanced engine cannot go on: {self.name} reports {problem}. Update its driver, or use "
                "engine='power'"
            ) from problem

    def free_bytes(self) -> int:
        """Memory that is not in use now; none where not even to ask is room, since that takes some."""
        try:
            with cupy.cuda.Device(self._number):
                free, _ = cupy.cuda.runtime.memGetInfo()
                return int(free) + int(cupy.get_default_memory_pool().free_bytes())
        except cupy.cuda.runtime.CUDARuntimeError as problem:
            if _is_full(problem):
                return 0
            raise EngineUnavailable(
                f"the enhanced engine cannot be used: {self.name} reports {problem}. Use engine='power'"
            ) from problem

    def total_bytes(self) -> int:
        """All of its memory, in use or not."""
        return self._total

    def load(self, code: Code) -> Mapping[str, Kernel]:
        """CuPy loads modules from files and keeps them by the file's path, which therefore tells what is in it."""
        text = code.ptx(architecture_for(self.capability)).encode()
        path = Path(_folder().name) / f"{hashlib.sha256(text).hexdigest()}.ptx"
        path.write_bytes(text)
        with self.entered():
            module = cupy.RawModule(path=str(path))
            return {name: module.get_function(name) for name in (PREPARE, STAGE)}

    def stream(self) -> CupyStream:
        """A stream that waits for no other."""
        with self.entered():
            return CupyStream(self, cupy.cuda.Stream(non_blocking=True))

    def allocate(self, size: int) -> Buffer:
        """So many bytes; raises NoDeviceMemory where there is no room."""
        with self.entered():
            try:
                return CupyBuffer(cupy.cuda.alloc(size))
            except cupy.cuda.memory.OutOfMemoryError as problem:
                raise NoDeviceMemory(self, f"the enhanced engine needs {megabytes(size)} more") from problem

    def pinned(self, size: int) -> HostArray:
        """So many bytes of host memory that stays where it is; raises EngineUnavailable for too many."""
        with self.entered():
            try:
                return np.frombuffer(cupy.cuda.alloc_pinned_memory(size), np.uint8, size)
            except cupy.cuda.runtime.CUDARuntimeError as problem:
                raise EngineUnavailable(
                    f"the enhanced engine needs {megabytes(size)} of the computer's memory for {self.name} to write "
                    f"to, and CUDA says: {problem}. Free some, or use engine='power'"
                ) from problem


def _is_full(problem: Exception) -> bool:
    """Whether CUDA lacks memory: the driver and the runtime say it in the same words."""
    return "out of memory" in str(problem)


class CupyBuffer:
    """Memory of CuPy's pool, given back when this goes."""

    def __init__(self, memory: Any) -> None:
        self.memory = memory

    @property
    def address(self) -> int:
        return int(self.memory.ptr)


class CupyStream:
    """A stream of one device."""

    def __init__(self, device: CupyDevice, stream: Any) -> None:
        self._device, self._stream = device, stream

    def upload(self, target: Buffer, source: HostArray) -> None:
        """From the host to the device, later."""
        with self._device.entered():
            _memory(target).copy_from_host_async(source.ctypes.data, source.nbytes, self._stream)

    def launch(self, kernel: Kernel, blocks: int, threads: int, arguments: Sequence[int]) -> None:
        """Runs a kernel, later."""
        words = tuple(np.uint64(a & _WORD) for a in arguments)
        with self._device.entered(), self._stream:
            kernel((blocks,), (threads,), words)

    def download(self, source: Buffer, target: HostArray) -> None:
        """From the device to the host, later."""
        with self._device.entered():
            _memory(source).copy_to_host_async(target.ctypes.data, target.nbytes, self._stream)

    def wait(self) -> None:
        """Returns when all that was given is done."""
        with self._device.entered():
            self._stream.synchronize()


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where PTX lies as long as this process runs."""
    return tempfile.TemporaryDirectory(prefix="montecell-")


def _memory(buffer: Buffer) -> Any:
    assert isinstance(buffer, CupyBuffer)
    return buffer.memory


__all__ = ["CupyDevice", "CupyDriver"]
