"""The GPU: the loops of native code with one iteration per thread, as PTX, loaded and launched by CuPy."""

from __future__ import annotations

from compute.backends.gpu.driver import Device, Driver
from compute.backends.gpu.finding import open_driver
from compute.backends.gpu.machine import GpuMachine

__all__ = ["Device", "Driver", "GpuMachine", "open_driver"]
