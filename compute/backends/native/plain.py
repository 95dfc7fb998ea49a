"""The uniforms of plain Monte Carlo in rows, the bits of ``compute.sampling.streams``.

Kernels make their own; these are for what is to be changed on the way to one, such as correlated draws.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from llvmlite import ir

from compute.backends.native.compiler import compile_module
from compute.backends.native.emission import I64, Emission, IrValue
from compute.backends.native.streams import Uniforms, have_room, in_pairs, prepare_streams, rows_of_streams
from compute.values import Floats

_WIDTH = 8


def fill_plain(seed: int, streams: Sequence[int], rows: Floats, start: int, stop: int) -> bool:
    """Writes the uniforms of streams for [start, stop) into the first of ``rows``; False, and nothing, where it cannot:
    rows must hold a multiple of 8 iterations, and one row more where the streams are odd in number.
    """
    if not have_room(rows, len(streams), start, stop):
        return False
    paired = in_pairs(np.array(streams, np.uint64))
    memory = np.empty((rows_of_streams(_WIDTH, len(streams)), _WIDTH))
    pointers = [a.ctypes.data for a in (paired, memory, rows)]
    _code()(*pointers, rows.strides[0] // 8, len(paired), start, -(-(stop - start) // _WIDTH), seed)
    return True


@lru_cache(maxsize=1)
def _code() -> Any:
    module = ir.Module("plain")
    arguments = [*[I64.as_pointer()] * 2, ir.DoubleType().as_pointer(), *[I64] * 5]
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), arguments), "fill")
    _write(Emission(module, function, _WIDTH))
    code = compile_module(module)
    kind = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3, *[ctypes.c_int64] * 4, ctypes.c_uint64)
    call = kind(code.address("fill"))
    return lambda *given, _code=code: call(*given)


def _write(emit: Emission) -> None:
    """Arguments: streams, memory for them, rows, their distance, how many, the first iteration, groups, the seed."""
    builder = emit.builder
    streams, memory, rows, stride, count, first, groups, seed = emit.function.args
    prepare_streams(emit, memory, seed, first, streams, count)
    generator = Uniforms(emit, memory)

    def group(index: IrValue, held: Sequence[IrValue]) -> Sequence[IrValue]:
        lane = builder.mul(index, I64(_WIDTH))

        def use(row: IrValue, words: IrValue) -> None:
            at = builder.gep(rows, [builder.add(builder.mul(row, stride), lane)])
            builder.store(generator.unit(words), builder.bitcast(at, emit.vector.as_pointer()), align=8)

        generator.each(count, builder.add(first, lane), use)
        return []

    emit.loop(I64(0), groups, 1, [], group)
    builder.ret_void()


__all__ = ["fill_plain"]
