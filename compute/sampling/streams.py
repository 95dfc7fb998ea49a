"""Uniform numbers addressed by index: a draw is a pure function of (seed, stream, iteration).

Philox4x32-10 turns a 128-bit counter and a 64-bit key into four random words, with no state between calls, so any
worker computes any slice. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
WordArray = npt.NDArray[np.uint64]


def _constant(value: int) -> WordArray:
    # A column of one costs the inner loops less than a scalar, which NumPy converts on every call.
    return np.array([value], dtype=np.uint64)


_MULTIPLIERS = (_constant(0xD2511F53), _constant(0xCD9E8D57))
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
_LOW = _constant(0xFFFFFFFF)
_HALF = _constant(32)
_ROUNDS = 10
# Counters per block: the six work arrays of 128 KiB stay in cache, the cost of each call is spread over many.
_BLOCK = 16_384


def stream_key(sheet: str, cell: str, ordinal: int) -> int:
    """The 64-bit stream of one draw: the ``ordinal``-th call (from 0) in the formula of one cell.

    Sheet names and cell addresses compare as in Excel: without regard to case, and ``$`` means nothing.
    """
    address = cell.replace("$", "").upper()
    canonical = f"{len(sheet.casefold())}:{sheet.casefold()}!{address}#{ordinal}".encode()
    return int.from_bytes(hashlib.blake2b(canonical, digest_size=8, person=b"montecell.draw").digest(), "little")


def element_stream(stream: int, element: int) -> int:
    """The 64-bit stream of the ``element``-th part of one draw, such as one loss among those it adds up."""
    canonical = stream.to_bytes(8, "little") + element.to_bytes(8, "little")
    return int.from_bytes(hashlib.blake2b(canonical, digest_size=8, person=b"montecell.part").digest(), "little")


def philox(counter: tuple[WordArray, WordArray, WordArray, WordArray], key: int) -> tuple[WordArray, ...]:
    """Four random 32-bit words (held in uint64) for each counter of four 32-bit words (held in uint64)."""
    x0, x1, x2, x3 = (np.array(word, dtype=np.uint64) for word in counter)
    first, second = np.empty_like(x0), np.empty_like(x0)
    for low_key, high_key in _round_keys(key):
        np.multiply(x0, _MULTIPLIERS[0], first)
        np.multiply(x2, _MULTIPLIERS[1], second)
        np.right_shift(second, _HALF, x0)
        np.bitwise_xor(x0, x1, x0)
        np.bitwise_xor(x0, low_key, x0)
        np.right_shift(first, _HALF, x2)
        np.bitwise_xor(x2, x3, x2)
        np.bitwise_xor(x2, high_key, x2)
        np.bitwise_and(second, _LOW, x1)
        np.bitwise_and(first, _LOW, x3)
    return x0, x1, x2, x3


@functools.lru_cache(maxsize=64)
def _round_keys(key: int) -> tuple[tuple[WordArray, WordArray], ...]:
    low, high = key & 0xFFFFFFFF, key >> 32
    return tuple(
        (_constant((low + turn * _KEY_STEPS[0]) & 0xFFFFFFFF), _constant((high + turn * _KEY_STEPS[1]) & 0xFFFFFFFF))
        for turn in range(_ROUNDS)
    )


def word_table(seed: int, streams: Sequence[int], start: int, stop: int) -> WordArray:
    """64 random bits for each stream (rows) and each iteration in [start, stop) (columns).

    The counter is (iteration // 2, stream), the key the seed; even iterations take words 0 and 1, odd ones 2 and 3.
    """
    result = np.empty((len(streams), max(stop - start, 0)), dtype=np.uint64)
    first_pair, end_pair = start // 2, (stop + 1) // 2
    for pair in range(first_pair, end_pair, _BLOCK):
        last = min(pair + _BLOCK, end_pair)
        together = max(1, _BLOCK // (last - pair))
        skipped = max(start - 2 * pair, 0)
        at = 2 * pair + skipped - start
        for row in range(0, len(streams), together):
            block = _block(seed, streams[row : row + together], pair, last)
            piece = block[:, skipped : skipped + result.shape[1] - at]
            result[row : row + together, at : at + piece.shape[1]] = piece
    return result


def _block(seed: int, streams: Sequence[int], first: int, end: int) -> WordArray:
    pairs = np.tile(np.arange(first, end, dtype=np.uint64), len(streams))
    keys = np.repeat(np.array(streams, dtype=np.uint64), end - first)
    x0, x1, x2, x3 = philox((pairs & _LOW, pairs >> _HALF, keys & _LOW, keys >> _HALF), seed)
    block = np.empty((pairs.size, 2), dtype=np.uint64)
    np.bitwise_or(x0 << _HALF, x1, block[:, 0])
    np.bitwise_or(x2 << _HALF, x3, block[:, 1])
    return block.reshape(len(streams), -1)


def words(seed: int, stream: int, start: int, stop: int) -> WordArray:
    """64 random bits for each iteration in [start, stop) of one stream, as one row of ``word_table``."""
    row: WordArray = word_table(seed, (stream,), start, stop)[0]
    return row


def to_unit(bits: WordArray) -> FloatArray:
    """The top 53 of 64 bits as a number in the open interval (0, 1): m · 2⁻⁵³, and 2⁻⁵⁴ in place of 0."""
    fraction = (bits >> _constant(11)).astype(np.float64)
    np.maximum(fraction, 0.5, out=fraction)
    fraction *= 2.0**-53
    return fraction


def uniforms(seed: int, stream: int, start: int, stop: int) -> FloatArray:
    """Uniform numbers in (0, 1) with 53 random bits for the iterations [start, stop) of one stream.

    ``seed`` and ``stream`` are 64-bit; a slice computed alone equals the slice of the whole, bit for bit.
    """
    return to_unit(words(seed, stream, start, stop))
