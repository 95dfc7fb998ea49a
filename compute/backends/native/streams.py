"""Uniform numbers in vector code, the bits of ``compute.sampling.streams``: Philox4x32-10 addressed by iteration.

What the first two rounds make of a stream alone is the same in all iterations of a block: ``prepare_streams`` computes
it once, into memory beside a kernel's workspace, and every draw begins in the second round. Counters and products stay
whole 64-bit words, of which a multiplication takes the lower half; what is left in the upper one is never looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from llvmlite import ir

from compute.backends.native.constants import constant_in
from compute.backends.native.emission import DOUBLE, I1, I32, I64, Emission, IrValue, in_lanes
from compute.sampling.streams import WordArray
from compute.values import Floats

_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10
_LOW = 0xFFFFFFFF
_STREAM_WORDS = 4
_KEYS = [(1, 0), *((which, turn) for turn in range(2, _ROUNDS) for which in range(2) if (which, turn) != (1, 2))]
"""The round keys that no stream's words hold already: which half, and of which round."""
_PLACE = {key: place for place, key in enumerate(_KEYS)}
SAME_WORDS = 33
"""Iterations that agree in all but so many of their low bits share what is prepared for a block."""
TOGETHER = 2
"""Streams that take their steps side by side; draws are made up to a multiple of it."""


def padded(draws: int) -> int:
    """The rows that so many draws take."""
    return -(-draws // TOGETHER) * TOGETHER


def have_room(rows: Floats, draws: int, start: int, stop: int) -> bool:
    """Whether rows take some draws' uniforms for [start, stop) from vector code of eight iterations, and there are any.

    They must hold a multiple of eight iterations, of which the first has such a number too and which share what is
    prepared for a block, and as many rows as ``padded`` says.
    """
    is_together = start % 8 == 0 and start >> SAME_WORDS == (stop - 1) >> SAME_WORDS
    return draws > 0 and is_together and rows.shape[0] >= padded(draws) and rows.shape[1] >= -(-(stop - start) // 8) * 8


def rows_of_streams(width: int, draws: int) -> int:
    """How many rows of a workspace uniforms take, and the words that ``prepare_streams`` fills."""
    words = len(_KEYS) * (width // 2) + _STREAM_WORDS * padded(draws)
    return padded(draws) - (-words // width)


def _round_key(builder: ir.IRBuilder, seed: IrValue, which: int, turn: int) -> IrValue:
    half = builder.lshr(seed, I64(32)) if which else builder.and_(seed, I64(_LOW))
    return builder.and_(builder.add(half, I64(turn * _KEY_STEPS[which] & _LOW)), I64(_LOW))


def _product(builder: ir.IRBuilder, which: int, value: IrValue) -> IrValue:
    """The whole product of a multiplier and the lower half of a word."""
    low = builder.and_(value, constant_in(value.type, _LOW))
    return builder.mul(low, constant_in(value.type, _MULTIPLIERS[which]))


def in_pairs(streams: WordArray) -> WordArray:
    """As many streams as ``padded`` says, the first ones again at the end."""
    return np.resize(streams, padded(len(streams))).astype(np.uint64)


def prepare_streams(
    emit: Emission, memory: IrValue, seed: IrValue, iteration: IrValue, table: IrValue, count: IrValue
) -> None:
    """Fills ``memory``, words, for the iterations that agree with one in all but their ``SAME_WORDS`` lowest bits.

    ``table`` points to ``count`` streams, made even by ``in_pairs``.
    """
    builder, half = emit.builder, emit.width // 2
    for place, (which, turn) in enumerate(_KEYS):
        key = _round_key(builder, seed, which, turn)
        if turn == _ROUNDS - 1:
            key = builder.shl(key, I64(32))
        for lane in range(half):
            builder.store(key, builder.gep(memory, [I64(place * half + lane)]))
    first, second, third = (tuple(_round_key(builder, seed, which, turn) for which in range(2)) for turn in range(3))
    beyond = builder.lshr(iteration, I64(SAME_WORDS))

    def one(row: IrValue, held: Sequence[IrValue]) -> Sequence[IrValue]:
        stream = emit.element(table, row)
        of_stream = _product(builder, 1, stream)
        x0 = builder.xor(builder.xor(builder.lshr(of_stream, I64(32)), beyond), first[0])
        following = _product(builder, 0, x0)
        words = (
            builder.lshr(stream, I64(32)),
            builder.xor(of_stream, second[0]),
            builder.xor(builder.lshr(following, I64(32)), second[1]),
            builder.xor(following, third[1]),
        )
        begin = builder.add(builder.mul(row, I64(_STREAM_WORDS)), I64(len(_KEYS) * half))
        for place, word in enumerate(words):
            builder.store(word, builder.gep(memory, [builder.add(begin, I64(place))]))
        return []

    emit.loop(I64(0), count, 1, [], one)


class Uniforms:
    """A group's uniforms, made at once over what ``prepare_streams`` left: row after row, a vector in each.

    Two streams take every step together: the steps of one wait for each other longer than a processor looks ahead.
    """

    def __init__(self, emit: Emission, memory: IrValue) -> None:
        self._emit, self._memory, self._half = emit, memory, emit.width // 2
        self._type = ir.VectorType(I64, self._half)
        # In this order the halves of vectors need not be exchanged when even and odd iterations are put together.
        self._order = [0, 2, 1, 3] if self._half == 4 else list(range(self._half))

    def fill(self, rows: IrValue, draws: int, iteration: IrValue) -> None:
        """Uniforms in (0, 1) of the prepared streams for the iterations from an even one on; an even number of rows."""
        builder = self._emit.builder

        def store(number: IrValue, words: IrValue) -> None:
            at = builder.gep(rows, [builder.mul(number, I64(self._emit.width))])
            builder.store(self.unit(words), builder.bitcast(at, self._emit.vector.as_pointer()), align=8)

        self.each(I64(padded(draws)), iteration, store)

    def each(self, rows: IrValue, iteration: IrValue, use: Callable[[IrValue, IrValue], None]) -> None:
        """``use(row, words)`` with the 64 random bits of every prepared stream for the iterations from one on."""
        builder = self._emit.builder
        counter = in_lanes(builder, builder.lshr(iteration, I64(1)), self._half)
        pairs = builder.add(counter, ir.Constant(self._type, self._order))
        product = _product(builder, 0, pairs)
        begun = builder.xor(self._upper(product), self._key(1, 0))

        def some(row: IrValue, held: Sequence[IrValue]) -> Sequence[IrValue]:
            numbers = [builder.add(row, I64(more)) for more in range(TOGETHER)]
            made = self._made(product, begun, [self._words(number) for number in numbers])
            for number, words in zip(numbers, made, strict=True):
                use(number, words)
            return []

        self._emit.loop(I64(0), rows, TOGETHER, [], some)

    def _words(self, row: IrValue) -> list[IrValue]:
        """A stream's words, each in all lanes."""
        builder = self._emit.builder
        begin = builder.add(builder.mul(row, I64(_STREAM_WORDS)), I64(len(_KEYS) * self._half))
        at = [builder.gep(self._memory, [builder.add(begin, I64(place))]) for place in range(_STREAM_WORDS)]
        return [in_lanes(builder, builder.load(pointer), self._half) for pointer in at]

    def _made(self, product: IrValue, begun: IrValue, words: Sequence[Sequence[IrValue]]) -> list[IrValue]:
        """The words of some streams."""
        builder, last = self._emit.builder, _ROUNDS - 1
        second = [_product(builder, 1, builder.xor(begun, w[0])) for w in words]
        x0 = [builder.xor(self._upper(s), w[1]) for s, w in zip(second, words, strict=True)]
        x2 = [builder.xor(product, w[2]) for w in words]
        known = [w[3] for w in words]
        for turn in range(2, last):
            first, other = [_product(builder, 0, x) for x in x0], [_product(builder, 1, x) for x in x2]
            low_key = self._key(0, turn)
            x0 = [self._mixed(o, builder.xor(s, low_key)) for o, s in zip(other, second, strict=True)]
            x2 = [self._mixed(f, k) for f, k in zip(first, known, strict=True)]
            second, known = other, first
            if turn + 1 < last:
                high_key = self._key(1, turn + 1)
                known = [builder.xor(f, high_key) for f in first]
        first, other = [_product(builder, 0, x) for x in x0], [_product(builder, 1, x) for x in x2]
        even = [self._last(o, s, 0) for o, s in zip(other, second, strict=True)]
        odd = [self._last(f, k, 1) for f, k in zip(first, known, strict=True)]
        places = [self._order.index(lane // 2) + (lane % 2) * self._half for lane in range(self._emit.width)]
        mixed = ir.Constant(ir.VectorType(I32, self._emit.width), places)
        return [builder.shuffle_vector(e, o, mixed) for e, o in zip(even, odd, strict=True)]

    def _mixed(self, product: IrValue, other: IrValue) -> IrValue:
        return self._emit.builder.xor(self._upper(product), other)

    def _last(self, product: IrValue, before: IrValue, which: int) -> IrValue:
        """The words of even or odd iterations, after the last round."""
        builder = self._emit.builder
        lifted = builder.xor(builder.shl(before, constant_in(self._type, 32)), self._key(which, _ROUNDS - 1))
        return builder.xor(product, lifted)

    def _upper(self, words: IrValue) -> IrValue:
        return self._emit.builder.lshr(words, constant_in(self._type, 32))

    def _key(self, which: int, turn: int) -> IrValue:
        builder = self._emit.builder
        at = builder.gep(self._memory, [I64(_PLACE[which, turn] * self._half)])
        loaded = builder.load(builder.bitcast(at, self._type.as_pointer()))
        loaded.align = 8
        return loaded

    def unit(self, bits: IrValue) -> IrValue:
        """The top 53 of 64 bits as a number between 0 and 1, half a unit in place of 0.

        The 21 upper and the 32 lower ones become the last digits of 2³¹ and of ½, whose sum is taken off again: every
        step is exact, and processors without a conversion of 64-bit integers take it in vectors.
        """
        builder, kind, words = self._emit.builder, self._emit.vector, self._emit.integer
        top = builder.or_(builder.lshr(bits, words(43)), words(0x41E << 52))
        low = builder.or_(builder.and_(builder.lshr(bits, words(11)), words(_LOW)), words(0x3FE << 52))
        above = builder.fsub(builder.bitcast(top, kind), constant_in(kind, 2.0**31 + 0.5))
        fraction = builder.fadd(above, builder.bitcast(low, kind))
        least = constant_in(kind, 2.0**-54)
        return builder.select(builder.fcmp_ordered("olt", fraction, least), least, fraction)


class SinglePhilox:
    """The generator for one iteration at a time."""

    def __init__(self, emit: Emission, seed: IrValue, iteration: IrValue) -> None:
        builder = emit.builder
        self._builder, self._iteration = builder, iteration
        self._keys = [tuple(_round_key(builder, seed, which, turn) for which in range(2)) for turn in range(_ROUNDS)]

    def uniforms(self, stream: IrValue) -> IrValue:
        """The uniform in (0, 1) of a 64-bit stream."""
        builder, low, half = self._builder, I64(_LOW), I64(32)
        pair = builder.lshr(self._iteration, I64(1))
        x0, x1 = builder.and_(pair, low), builder.lshr(pair, half)
        x2, x3 = builder.and_(stream, low), builder.lshr(stream, half)
        for low_key, high_key in self._keys:
            first, second = _product(builder, 0, x0), _product(builder, 1, x2)
            x0 = builder.xor(builder.xor(builder.lshr(second, half), x1), low_key)
            x2 = builder.xor(builder.xor(builder.lshr(first, half), x3), high_key)
            x1, x3 = builder.and_(second, low), builder.and_(first, low)
        is_odd = builder.trunc(self._iteration, I1)
        high, rest = builder.select(is_odd, x2, x0), builder.select(is_odd, x3, x1)
        bits = builder.or_(builder.shl(high, half), rest)
        fraction = builder.uitofp(builder.lshr(bits, I64(11)), DOUBLE)
        least = DOUBLE(0.5)
        fraction = builder.select(builder.fcmp_ordered("olt", fraction, least), least, fraction)
        return builder.fmul(fraction, DOUBLE(2.0**-53))


__all__ = [
    "SAME_WORDS", "SinglePhilox", "Uniforms", "have_room", "in_pairs", "padded", "prepare_streams", "rows_of_streams",
]  # fmt: skip
