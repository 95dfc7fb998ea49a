"""The uniforms of a Latin hypercube in vector code, the bits of ``compute.sampling.latin_hypercube``.

They do not depend on the program: one function serves every model of a process.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from llvmlite import ir

from compute.backends.native.constants import constant_in
from compute.backends.native.emission import I64, Emission, IrValue
from compute.backends.native.filling import filling
from compute.backends.native.streams import Uniforms, have_room, in_pairs, prepare_streams, rows_of_streams
from compute.sampling.latin_hypercube import LatinHypercube
from compute.sampling.permutation import Permutation
from compute.sampling.streams import WordArray
from compute.values import Floats

_WIDTH = 8
_ROUNDS = 6
_LOW = 2**32 - 1
_WORDS = I64.as_pointer()
_RUNS_KEPT = 8


def fill_strata(sampler: LatinHypercube, sites: Sequence[int], rows: Floats, start: int, stop: int) -> bool:
    """Writes the uniforms of some draws for [start, stop) into the first of ``rows``; False, and nothing, where it
    cannot: rows must hold a multiple of 8 iterations, and one row more where the draws are odd in number.
    """
    groups, draws = -(-(stop - start) // _WIDTH), len(sites)
    if sampler.batch is not None or sampler.iterations > _LOW or not have_room(rows, draws, start, stop):
        return False
    streams, keys = _keyed(sampler.seed, tuple(sampler.streams[s] for s in sites), sampler.iterations)
    bits, kept = max(1, (sampler.iterations - 1).bit_length()), 50 - sampler.iterations.bit_length()
    numbers = np.array([2.0**-kept, float(sampler.iterations)]).view(np.uint64)
    shape = np.array([(1 << bits) - 1, (bits + 1) // 2, sampler.iterations, 64 - kept, *numbers], np.uint64)
    memory = np.empty((rows_of_streams(_WIDTH, draws), _WIDTH))
    pointers = [a.ctypes.data for a in (streams, keys, shape, memory, rows)]
    _code()(*pointers, rows.strides[0] // 8, len(streams), start, groups, sampler.seed)
    return True


@lru_cache(maxsize=_RUNS_KEPT)
def _keyed(seed: int, streams: tuple[int, ...], size: int) -> tuple[WordArray, WordArray]:
    """The streams in pairs, and of each round of each the multiplier and the addend, of which the lower half counts:
    the same for all blocks of a run.
    """
    paired = in_pairs(np.array(streams, np.uint64))
    keys = []
    for stream in paired.tolist():
        permutation = Permutation.keyed(seed, stream, size)
        keys.append([k & _LOW for pair in zip(permutation.multipliers, permutation.addends, strict=True) for k in pair])
    return paired, np.array(keys, np.uint64)


@lru_cache(maxsize=1)
def _code() -> Any:
    return filling("stratified", [*[_WORDS] * 4, ir.DoubleType().as_pointer()], _WIDTH, _write)


def _write(emit: Emission) -> None:
    """Arguments: streams, round keys (12 for each), the shape of strata, memory for streams, rows, their distance, how
    many, the first iteration, groups of iterations, the seed.
    """
    builder = emit.builder
    streams, keys, shape, memory, rows, stride, count, first, groups, seed = emit.function.args
    prepare_streams(emit, memory, seed, first, streams, count)
    given = [_splatted(emit, shape, I64(i)) for i in range(6)]
    mask, shift, size, spare = given[:4]
    scale, whole = (builder.bitcast(s, emit.vector) for s in given[4:])
    lanes = ir.Constant(emit.integers, list(range(_WIDTH)))
    generator = Uniforms(emit, memory)

    def once(places: IrValue, own: Sequence[IrValue]) -> IrValue:
        x = places
        for turn in range(_ROUNDS):
            product = builder.mul(builder.and_(x, emit.integer(_LOW)), own[2 * turn])
            x = builder.and_(builder.add(product, own[2 * turn + 1]), mask)
            x = builder.xor(x, builder.lshr(x, shift))
        return x

    def group(index: IrValue, held: Sequence[IrValue]) -> Sequence[IrValue]:
        lane = builder.mul(index, I64(_WIDTH))
        iteration = builder.add(first, lane)
        places = builder.add(emit.splat(iteration), lanes)

        def use(row: IrValue, words: IrValue) -> None:
            begin = builder.mul(row, I64(2 * _ROUNDS))
            own = [_splatted(emit, keys, builder.add(begin, I64(i))) for i in range(2 * _ROUNDS)]

            def walk(held: Sequence[IrValue]) -> tuple[Sequence[IrValue], IrValue]:
                outside = builder.icmp_unsigned(">=", held[0], size)
                moved = builder.select(outside, once(held[0], own), held[0])
                return [moved], emit.any(builder.icmp_unsigned(">=", moved, size))

            # Places beyond the run, of lanes that nobody looks at, begin in the first stratum.
            inside = builder.icmp_unsigned("<", places, size)
            begun = builder.select(inside, places, emit.integer(0))
            strata = emit.repeat_while([once(begun, own)], walk)[0]
            jitter = builder.fadd(_number(emit, builder.lshr(words, spare)), emit.number(0.5))
            value = builder.fadd(builder.fmul(jitter, scale), _number(emit, strata))
            at = builder.gep(rows, [builder.add(builder.mul(row, stride), lane)])
            made = builder.fdiv(value, whole)
            builder.store(made, builder.bitcast(at, emit.vector.as_pointer()), align=8)

        generator.each(count, iteration, use)
        return []

    emit.loop(I64(0), groups, 1, [], group)
    builder.ret_void()


def _splatted(emit: Emission, table: IrValue, place: IrValue) -> IrValue:
    return emit.splat(emit.builder.load(emit.builder.gep(table, [place])))


def _number(emit: Emission, words: IrValue) -> IrValue:
    """Whole numbers below 2⁵³ as doubles: their halves are the last digits of 2⁸⁴ and 2⁵², whose sum is taken off."""
    builder, whole = emit.builder, emit.integer
    top = builder.or_(builder.lshr(words, whole(32)), whole(0x453 << 52))
    low = builder.or_(builder.and_(words, whole(_LOW)), whole(0x433 << 52))
    above = builder.fsub(builder.bitcast(top, emit.vector), constant_in(emit.vector, 2.0**84 + 2.0**52))
    return builder.fadd(above, builder.bitcast(low, emit.vector))


__all__ = ["fill_strata"]
