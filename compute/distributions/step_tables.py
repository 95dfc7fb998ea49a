"""Quantile functions of fixed discrete laws as tables: where in the shares each value begins, and an index to find it.

The index is by octaves of a share's distance from the nearer end, as in ``quantile_tables``: a cell holds the one share
at which the value changes within it, and the values below and above. Where a cell has several changes, and nearer to an
end than 2^−OCTAVES, the value is found by halving.

``StepTable.words`` is what native code reads: a head of 8 numbers, the cells in 4 each, the changes, the values.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from compute.distributions.parameters import FloatArray
from compute.distributions.quantile_tables import HEAD_WORDS, OCTAVES, Quantile
from compute.records import dataclass

CELL_WORDS = 4
NEAR = 2.0**-45
"""A share no farther from a change, relatively, is in doubt."""
SURE_FROM = 2.0**-40
"""Shares nearer to an end are in doubt."""
MOST_VALUES = 4096
_FEWEST, _MOST = 2, 6
_RARE = 0.002

Probability = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class StepTable:
    """The table; ``words`` of shape (n,) is read only."""

    words: FloatArray

    @property
    def values(self) -> FloatArray:
        """The values, ascending, (n,)."""
        return self.words[self.words.size - int(self.words[1:2].view(np.int64)[0]) - 1 :]


def step_table(quantile: Quantile, probability: Probability, values: FloatArray) -> StepTable | None:
    """The table of a law with these possible ``values`` (ascending); None where it is not true to ``quantile``."""
    with np.errstate(all="ignore"):
        reached = np.asarray(probability(values), np.float64)
        inside = (reached > SURE_FROM) & np.isfinite(reached)
        if not inside.any():
            return None
        # The first value that has a share at all, then each that adds to it.
        first = int(np.argmax(inside))
        values, reached = values[first:], reached[first:]
        adds = np.concatenate([[True], reached[1:] > reached[:-1]])
        values, reached = values[adds], reached[adds]
        last = int(np.argmax(reached >= 1.0 - SURE_FROM)) if (reached >= 1.0 - SURE_FROM).any() else values.size - 1
        values, changes = values[: last + 1], reached[:last]
        if values.size > MOST_VALUES or not _is_true(quantile, changes, values):
            return None
    for bits in range(_FEWEST, _MOST + 1):
        cells, missed = _cells(bits, changes, values)
        if missed <= _RARE or bits == _MOST:
            break
    head = np.zeros(HEAD_WORDS)
    head[:2].view(np.int64)[:] = bits, changes.size
    words = np.concatenate([head, cells.ravel(), changes, values])
    words.flags.writeable = False
    return StepTable(words)


def _is_true(quantile: Quantile, changes: FloatArray, values: FloatArray) -> bool:
    """Whether on both sides of every change the quantile is the value that the table says."""
    before, after = changes * (1.0 - NEAR), np.minimum(changes * (1.0 + NEAR), 1.0)
    found = np.asarray(quantile(np.concatenate([before, after]), 1.0 - np.concatenate([before, after])))
    wanted = np.concatenate([values[:-1], values[1:]])
    sure = np.concatenate([before >= SURE_FROM, after <= 1.0 - SURE_FROM])
    return bool((found[sure] == wanted[sure]).all()) and bool(np.isfinite(values).all())


def _cells(bits: int, changes: FloatArray, values: FloatArray) -> tuple[FloatArray, float]:
    """The index (cells, 4), and the share of those cells that have several changes."""
    octaves = np.arange(OCTAVES - 1, 0, -1)[:, None]
    places = np.arange(1 << bits)[None, :]
    begin = (np.ldexp(0.5, -octaves) + np.ldexp(0.5, -octaves - bits) * places).reshape(-1)
    width = np.broadcast_to(np.ldexp(0.5, -octaves - bits), (octaves.size, 1 << bits)).reshape(-1)
    # From both ends; a cell of the lower half holds its lower bound, one of the upper half its upper one.
    low, high = np.concatenate([begin, 1.0 - begin - width]), np.concatenate([begin + width, 1.0 - begin])
    margin = 2.0 * NEAR
    first = np.searchsorted(changes, low * (1.0 - margin), side="left")
    stop = np.searchsorted(changes, high * (1.0 + margin), side="right")
    count = stop - first
    padded = np.concatenate([changes, [math.inf]])
    cells = np.zeros((low.size, CELL_WORDS))
    cells[:, 0] = np.where(count == 0, 2.0, np.where(count == 1, padded[np.minimum(first, changes.size)], math.nan))
    cells[:, 1] = values[np.minimum(first, values.size - 1)]
    cells[:, 2] = values[np.minimum(stop, values.size - 1)]
    return cells, float((high - low)[count > 1].sum())


__all__ = ["CELL_WORDS", "NEAR", "SURE_FROM", "StepTable", "step_table"]
