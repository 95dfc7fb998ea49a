"""Scrambled Sobol points in vector code, the bits of ``compute.sampling.sobol``.

A group of eight iterations shares all but three bits of the index. What those of one draw have in common is kept from
group to group: the next group's differs by the directions of the bits that turn when one counts on, all of which are
below the lowest 0. Directions have their bits in reverse, as the scramble wants its points first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from compute.backends.native.constants import constant_in
from compute.backends.native.emission import I32, I64, Emission, IrValue, in_lanes
from compute.backends.native.filling import filling
from compute.backends.native.streams import Uniforms, have_room, in_pairs, prepare_streams, rows_of_streams
from compute.sampling.sobol import DIMENSIONS, HASH_FACTORS, Sobol, directions, scramble_keys
from compute.sampling.streams import WordArray
from compute.values import Floats

_WIDTH = 8
_LOW_BITS = 3
_BITS = 32
_WORDS = I32.as_pointer()
_LANES = ir.VectorType(I32, _WIDTH)
_RUNS_KEPT = 8
_KEYS, _LANE_POINTS, _TURNING = 0, 4, 4 + _WIDTH
"""Where a draw's words begin: its keys, their odd multipliers, points of lanes, what turns above so many set bits."""
_DRAW_WORDS = _TURNING + _BITS


def fill_points(sampler: Sobol, sites: Sequence[int], rows: Floats, start: int, stop: int) -> bool:
    """Writes the uniforms of some draws for [start, stop) into the first of ``rows``; False, and nothing, where it
    cannot: rows must hold a multiple of 8 iterations, and one row more where the draws are odd in number.
    """
    groups, draws = -(-(stop - start) // _WIDTH), len(sites)
    if not have_room(rows, draws, start, stop) or max(sites) >= DIMENSIONS or stop > 1 << _BITS:
        return False
    streams, words, numbers = _known(sampler.seed, tuple(sites), tuple(sampler.streams[s] for s in sites))
    chosen = (start >> np.arange(_BITS)) & 1 == 1
    begun = np.bitwise_xor.reduce(numbers[:, chosen], axis=1).astype(np.uint32)
    memory = np.empty((rows_of_streams(_WIDTH, draws), _WIDTH))
    pointers = [a.ctypes.data for a in (streams, words, begun, memory, rows)]
    _code()(*pointers, rows.strides[0] // 8, len(streams), start, groups, sampler.seed)
    return True


@lru_cache(maxsize=_RUNS_KEPT)
def _known(
    seed: int, sites: tuple[int, ...], streams: tuple[int, ...]
) -> tuple[WordArray, npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """The streams in pairs, ``_DRAW_WORDS`` for each, and its directions reversed: the same for all blocks of a run."""
    paired = in_pairs(np.array(streams, np.uint64))
    dimensions = np.resize(np.array(sites, np.int64), len(paired)).tolist()
    numbers = np.array([[_reversed(n) for n in directions(d)] for d in dimensions], np.uint32)
    words = np.zeros((len(paired), _DRAW_WORDS), np.uint32)
    for row, stream in enumerate(paired.tolist()):
        keys = scramble_keys(seed, stream)
        words[row, _KEYS:_LANE_POINTS] = [w for key in keys for w in (key, key >> 16 | 1)]
    for lane in range(_WIDTH):
        for bit in range(_LOW_BITS):
            if lane >> bit & 1:
                words[:, _LANE_POINTS + lane] ^= numbers[:, bit]
    turning = np.bitwise_xor.accumulate(numbers[:, _LOW_BITS:], axis=1)
    words[:, _TURNING : _TURNING + turning.shape[1]] = turning
    return paired, words, numbers


def _reversed(number: int) -> int:
    return int(f"{number:032b}"[::-1], 2)


@lru_cache(maxsize=1)
def _code() -> Any:
    return filling(
        "scrambled", [I64.as_pointer(), _WORDS, _WORDS, I64.as_pointer(), ir.DoubleType().as_pointer()], _WIDTH, _write
    )


def _write(emit: Emission) -> None:
    """Arguments: streams, words of draws, what the iterations of a group have in common, memory for streams, rows,
    their distance, how many, the first iteration, groups of iterations, the seed.
    """
    builder = emit.builder
    streams, words, common, memory, rows, stride, count, first, groups, seed = emit.function.args
    prepare_streams(emit, memory, seed, first, streams, count)
    generator = Uniforms(emit, memory)
    set_bits = ir.Function(emit.module, ir.FunctionType(I64, [I64, ir.IntType(1)]), "llvm.cttz.i64")
    begun = builder.lshr(first, I64(_LOW_BITS))

    def group(index: IrValue, held: Sequence[IrValue]) -> Sequence[IrValue]:
        lane = builder.mul(index, I64(_WIDTH))
        following = builder.add(builder.add(begun, index), I64(1))
        turns = builder.call(set_bits, [following, ir.IntType(1)(1)])

        def use(row: IrValue, random: IrValue) -> None:
            own = builder.gep(words, [builder.mul(row, I64(_DRAW_WORDS))])
            kept = builder.gep(common, [row])
            shared = builder.load(kept)
            turning = builder.load(builder.gep(own, [builder.add(turns, I64(_TURNING))]))
            builder.store(builder.xor(shared, turning), kept)
            lanes = builder.bitcast(builder.gep(own, [I64(_LANE_POINTS)]), _LANES.as_pointer())
            points = builder.xor(builder.load(lanes, align=4), in_lanes(builder, shared, _WIDTH))
            high = builder.zext(_scrambled(emit, points, own), emit.integers)
            bits = builder.or_(builder.shl(high, emit.integer(_BITS)), builder.lshr(random, emit.integer(_BITS)))
            at = builder.gep(rows, [builder.add(builder.mul(row, stride), lane)])
            builder.store(generator.unit(bits), builder.bitcast(at, emit.vector.as_pointer()), align=8)

        generator.each(count, builder.add(first, lane), use)
        return []

    emit.loop(I64(0), groups, 1, [], group)
    builder.ret_void()


def _scrambled(emit: Emission, points: IrValue, own: IrValue) -> IrValue:
    """Points with their bits in reverse, scrambled by a draw's keys; their bits are in order again."""
    builder, x = emit.builder, points

    def key(place: int) -> IrValue:
        return in_lanes(builder, builder.load(builder.gep(own, [I64(_KEYS + place)])), _WIDTH)

    def stirred(x: IrValue, factor: int) -> IrValue:
        return builder.xor(x, builder.mul(x, constant_in(_LANES, factor)))

    before, *after = HASH_FACTORS
    for place in (0, 2):
        x = builder.add(stirred(x, before), key(place))
        x = builder.mul(x, key(place + 1))
        for factor in after:
            x = stirred(x, factor)
    name = f"llvm.bitreverse.v{_WIDTH}i32"
    function = emit.module.globals.get(name)
    if function is None:
        function = ir.Function(emit.module, ir.FunctionType(_LANES, [_LANES]), name)
    return builder.call(function, [x])


__all__ = ["fill_points"]
