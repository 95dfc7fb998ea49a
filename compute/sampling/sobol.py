"""Scrambled Sobol points: each draw is one dimension of a low-discrepancy sequence, randomised by its own stream.

Direction numbers: Joe, Kuo, SIAM J. Sci. Comput. 30 (2008) 2635, as scipy.stats.qmc.Sobol has them. Scrambling: Owen's
nested uniform scramble by hashing (Laine, Karras, Comput. Graph. Forum 30 (2011) 1265; Burley, JCGT 9(4) (2020) 1),
with the constants of Vegdahl, Building a better LK hash (2021). docs/validation.md holds it against Owen's definition.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from compute.records import dataclass
from compute.sampling.primitive_polynomials import primitive_polynomials
from compute.sampling.streams import FloatArray, to_unit, uniforms, words

Word32Array = npt.NDArray[np.uint32]

DIMENSIONS = 21_201
"""So many draws get a dimension of their own; further draws are plain Monte Carlo."""
_BITS = 32
_KEYS_AT = 1 << 62
HASH_FACTORS = (0x3D20ADEA, 0x05526C56, 0x53A22864)
"""Even factors of the scramble: each step is x XOR x · factor."""


@functools.lru_cache(maxsize=4)
def _first_directions(dimensions: int, degree: int) -> npt.NDArray[np.uint64]:
    """The first ``degree`` direction numbers of each dimension, (dimensions, degree), read off unscrambled points.

    scipy's points follow the Gray code, so point 2^k is the XOR of the directions k and k−1.
    """
    # scipy.stats takes longer to import than most workbooks take to compute: only who asks for Sobol points waits.
    from scipy.stats import qmc

    sequence = qmc.Sobol(d=dimensions, scramble=False, bits=_BITS)
    directions = np.zeros((dimensions, degree), dtype=np.uint64)
    for bit in range(degree):
        sequence.reset()
        sequence.fast_forward(1 << bit)
        point = np.ldexp(sequence.random(1)[0], _BITS).astype(np.uint64)
        directions[:, bit] = point ^ directions[:, bit - 1] if bit else point
    return directions


@functools.lru_cache(maxsize=4096)
def directions(dimension: int) -> tuple[int, ...]:
    """The 32 direction numbers of one dimension (from 0), each a 32-bit fraction.

    Those beyond the degree s of the dimension's primitive polynomial follow from its recurrence:
    v[k] = v[k−s] >> s XOR (XOR of a[i] v[k−i]).
    """
    if dimension == 0:
        return tuple(1 << (_BITS - 1 - bit) for bit in range(_BITS))
    polynomial = primitive_polynomials(_batch(dimension))[dimension - 1]
    degree = polynomial.bit_length() - 1
    first = _first_directions(_batch(dimension) + 1, degree)[dimension]
    numbers = [int(number) for number in first]
    for bit in range(degree, _BITS):
        number = numbers[bit - degree] ^ (numbers[bit - degree] >> degree)
        for back in range(1, degree):
            if polynomial >> (degree - back) & 1:
                number ^= numbers[bit - back]
        numbers.append(number)
    return tuple(numbers)


def _batch(dimension: int) -> int:
    """Dimensions are looked up in batches that double, so that a thousand draws cost ten lookups."""
    return min(DIMENSIONS - 1, max(64, 1 << (dimension - 1).bit_length()))


def sobol_points(dimension: int, start: int, stop: int) -> Word32Array:
    """The unscrambled points [start, stop) of one dimension as 32-bit fractions, in natural (not Gray) order."""
    index = np.arange(start, stop, dtype=np.uint64)
    points = np.zeros(index.size, dtype=np.uint32)
    numbers = directions(dimension)
    for bit in range(max(stop - 1, 0).bit_length()):
        chosen = ((index >> np.uint64(bit)) & np.uint64(1)).astype(np.uint32)
        points ^= chosen * np.uint32(numbers[bit])
    return points


def scramble_keys(seed: int, stream: int) -> tuple[int, int]:
    """The two 32-bit keys of a draw's scramble."""
    first, second = (int(word) >> 32 for word in words(seed, stream, _KEYS_AT, _KEYS_AT + 2))
    return first, second


def owen_scramble(points: Word32Array, keys: tuple[int, int]) -> Word32Array:
    """A nested uniform scramble of 32-bit fractions: each bit flipped by a hash of the bits above it and the keys."""
    x = _reversed_bits(points)
    for key in keys:
        x ^= x * np.uint32(HASH_FACTORS[0])
        x += np.uint32(key)
        x *= np.uint32(key >> 16 | 1)
        x ^= x * np.uint32(HASH_FACTORS[1])
        x ^= x * np.uint32(HASH_FACTORS[2])
    return _reversed_bits(x)


def _reversed_bits(x: Word32Array) -> Word32Array:
    for shift, mask in ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F)):
        step, low = np.uint32(shift), np.uint32(mask)
        x = ((x >> step) & low) | ((x & low) << step)
    return x.byteswap()


@dataclass(frozen=True, slots=True)
class Sobol:
    """Owen-scrambled Sobol points; draw d takes dimension d, for at most 2³² iterations.

    The 21 bits below the scrambled 32 come from Philox, as do all draws beyond the 21,201st.
    """

    seed: int
    iterations: int
    streams: tuple[int, ...]

    def uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms in (0, 1) of one draw for the iterations [start, stop)."""
        stream = self.streams[draw_index]
        if draw_index >= DIMENSIONS:
            return uniforms(self.seed, stream, start, stop)
        keys = scramble_keys(self.seed, stream)
        points = owen_scramble(sobol_points(draw_index, start, stop), keys).astype(np.uint64)
        return to_unit((points << np.uint64(32)) | (words(self.seed, stream, start, stop) >> np.uint64(32)))
