"""A keyed permutation of [0, n), computed for each index alone.

Rounds of multiply–add and xor-shift permute the smallest power of two that holds n; an index that lands outside
[0, n) walks on through the permutation until it is inside (cycle walking: Black, Rogaway, "Ciphers with arbitrary
finite domains", CT-RSA 2002; the rounds in the spirit of Kensler, "Correlated multi-jittered sampling", Pixar 2013).
"""

from __future__ import annotations

import numpy as np

from compute.records import dataclass
from compute.sampling.streams import WordArray, words

_ROUNDS = 6
# The keys come from counters far beyond any iteration, so that they never meet the draws of the same stream.
_KEYS_AT = 1 << 62


@dataclass(frozen=True, slots=True)
class Permutation:
    """The permutation of [0, size) that belongs to (seed, stream); ``size`` at most 2⁶².

    Every index costs about thirty integer operations, and about half as much again for sizes just above a power of two.
    """

    size: int
    multipliers: tuple[int, ...]
    addends: tuple[int, ...]

    @classmethod
    def keyed(cls, seed: int, stream: int, size: int) -> Permutation:
        """The permutation whose round keys are Philox words of the stream."""
        keys = [int(word) for word in words(seed, stream, _KEYS_AT, _KEYS_AT + 2 * _ROUNDS)]
        return cls(size, tuple(key | 1 for key in keys[:_ROUNDS]), tuple(keys[_ROUNDS:]))

    def __call__(self, index: WordArray) -> WordArray:
        """Where each index in [0, size) goes."""
        place = self._once(index)
        outside = np.flatnonzero(place >= self.size)
        while outside.size:
            moved = self._once(place[outside])
            place[outside] = moved
            outside = outside[moved >= self.size]
        return place

    def _once(self, index: WordArray) -> WordArray:
        bits = max(1, (self.size - 1).bit_length())
        mask, shift = np.array([(1 << bits) - 1], np.uint64), np.array([(bits + 1) // 2], np.uint64)
        x = index.astype(np.uint64)
        mixed = np.empty_like(x)
        for multiplier, addend in zip(self.multipliers, self.addends, strict=True):
            np.multiply(x, np.array([multiplier], np.uint64), x)
            np.add(x, np.array([addend], np.uint64), x)
            np.bitwise_and(x, mask, x)
            np.right_shift(x, shift, mixed)
            np.bitwise_xor(x, mixed, x)
        return x
