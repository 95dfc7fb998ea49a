"""Compiled functions that fill rows with uniform numbers, called from Python."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

from compute.backends.native.compiler import compile_module
from compute.backends.native.emission import I64, Emission


def filling(name: str, pointers: Sequence[ir.Type], width: int, write: Callable[[Emission], None]) -> Any:
    """A function of five addresses, of the types ``pointers``, and of the rows' distance, how many there are, the first
    iteration, the groups of ``width`` iterations and the seed; ``write`` writes its body.
    """
    module = ir.Module(name)
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [*pointers, *[I64] * 5]), "fill")
    write(Emission(module, function, width))
    code = compile_module(module)
    kind = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 5, *[ctypes.c_int64] * 4, ctypes.c_uint64)
    call = kind(code.address("fill"))
    return lambda *given, _code=code: call(*given)


__all__ = ["filling"]
