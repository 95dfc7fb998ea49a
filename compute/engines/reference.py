"""The reference engine: the NumPy interpreter."""

from __future__ import annotations

import importlib
import platform
from importlib import metadata

import numpy as np

from compute.backends.reference import Machine
from compute.engines.engine import Prepared
from compute.program import Program
from compute.protocol import MONTECELL_VERSION, EngineName


class ReferenceEngine:
    """Runs every program there is, on any machine."""

    name: EngineName = "reference"

    @property
    def engine_class(self) -> str:
        return (
            f"montecell {MONTECELL_VERSION} reference; numpy {np.__version__}; scipy {metadata.version('scipy')}; "
            f"{platform.machine()} {_simd_level()}"
        )

    def prepare(self, program: Program) -> Prepared:
        return Machine(program)


def _simd_level() -> str:
    """The widest instruction set that NumPy dispatches to here: its last bits of exp, log and power depend on it."""
    umath = importlib.import_module("numpy._core._multiarray_umath")
    features = getattr(umath, "__cpu_features__", {})
    order = ("X86_V4", "AVX512_SKX", "X86_V3", "AVX2", "ASIMD", "X86_V2", "SSE42")
    return next((name for name in order if features.get(name)), "baseline")
