"""Sorting of long columns: a stable order and ranks, several times faster than a general stable sort."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from compute.analysis.leaves import FloatArray
from compute.records import dataclass

Places = npt.NDArray[np.int64]
_SIGN = np.uint64(1 << 63)


@dataclass(frozen=True, slots=True)
class Ordered:
    """``order[i]`` is the place of the i-th smallest sample, equals in their order of appearance.

    ``tied`` holds the i whose sample equals that of i + 1.
    """

    order: Places
    tied: Places


@dataclass(frozen=True, slots=True)
class Ranks:
    """Twice the ranks (ties share their average), counted from their mean, so that they are whole and add up to 0.

    ``spread`` is the exact sum of their squares, 0 for a constant.
    """

    centred: npt.NDArray[np.int32]
    spread: int


def stable_order(samples: FloatArray) -> Ordered:
    """The stable ascending order of samples without NaN; below 2³¹ of them."""
    count = samples.size
    bits = max(1, (count - 1).bit_length())
    # Doubles as whole numbers that sort alike; −0 becomes 0, its equal.
    keys = (samples + 0.0).view(np.uint64)
    flipped = keys.view(np.int64) >> 63
    keys ^= flipped.view(np.uint64) | _SIGN
    # The lowest bits make room for the place: whole numbers sort faster than pairs.
    keys >>= np.uint64(bits)
    keys <<= np.uint64(bits)
    keys |= np.arange(count, dtype=np.uint64)
    keys.sort()
    order = np.bitwise_and(keys, np.uint64((1 << bits) - 1), out=flipped.view(np.uint64)).view(np.int64)
    keys >>= np.uint64(bits)
    alike = keys[1:] == keys[:-1]
    if not alike.any():
        return Ordered(order, np.empty(0, dtype=np.int64))
    return _told_apart(samples, order, alike)


def _told_apart(samples: FloatArray, order: Places, alike: npt.NDArray[np.bool_]) -> Ordered:
    """The order once samples are compared whole where their shortened keys are alike."""
    member = np.zeros(order.size, dtype=bool)
    member[1:] |= alike
    member[:-1] |= alike
    places = np.flatnonzero(member)
    values = samples[order[places]]
    together = alike[places[:-1]]
    if np.any(together & (values[1:] < values[:-1])):
        group = np.concatenate(([0], np.cumsum(~together)))
        sorting = np.lexsort((values, group))
        order[places] = order[places[sorting]]
        values = values[sorting]
    tied = places[:-1][together & (values[1:] == values[:-1])]
    return Ordered(order, tied.astype(np.int64))


def ranks(samples: FloatArray, ordered: Ordered | None = None) -> Ranks:
    """The ranks of samples without NaN; give their order if it is known."""
    found = stable_order(samples) if ordered is None else ordered
    n = samples.size
    places = np.arange(1 - n, n + 1, 2, dtype=np.int32)
    spread = (n**3 - n) // 3
    if found.tied.size:
        first = np.concatenate(([True], np.diff(found.tied) > 1))
        starts = found.tied[first]
        lengths = np.diff(np.append(np.flatnonzero(first), found.tied.size)) + 1
        within = np.repeat(starts, lengths) + _counted(lengths)
        places[within] = np.repeat(2 * starts + lengths - n, lengths)
        sizes, often = np.unique(lengths, return_counts=True)
        spread -= sum((int(t) ** 3 - int(t)) // 3 * int(c) for t, c in zip(sizes, often, strict=True))
    centred = np.empty(n, dtype=np.int32)
    centred[found.order] = places
    return Ranks(centred, spread)


def _counted(lengths: Places) -> Places:
    """0, 1 … length − 1 for each length in turn."""
    ends = np.cumsum(lengths)
    return np.arange(int(ends[-1]), dtype=np.int64) - np.repeat(ends - lengths, lengths)
