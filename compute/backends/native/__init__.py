"""Native code: a program's numeric formulas compiled by LLVM to loops over vectors of iterations."""

from __future__ import annotations

from compute.backends.native.compiler import LLVMLITE_VERSION
from compute.backends.native.errors import NotNative
from compute.backends.native.machine import NativeMachine

__all__ = ["LLVMLITE_VERSION", "NativeMachine", "NotNative"]
