"""Correlations of every input with every output, ranks sorted once per column."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from compute.analysis.leaf_sums import leaf_sum
from compute.analysis.leaves import FloatArray, central_moments
from compute.analysis.ordering import Ranks, ranks
from compute.records import dataclass

# Products of ranks within a block are whole numbers below 2^53 for up to 10^7 iterations: exact in doubles.
_BLOCK = 2**16
_LOW_BITS = 12
_TOGETHER = 16


@dataclass(frozen=True, slots=True)
class CorrelationTable:
    """``coefficients[i, j]`` is the correlation of input i with output j, NaN where one of them is constant."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    coefficients: FloatArray

    def of_output(self, output: str) -> dict[str, float | None]:
        """The coefficients of one output by input; None where there is none."""
        column = self.coefficients[:, self.outputs.index(output)]
        return {
            name: None if math.isnan(value) else float(value) for name, value in zip(self.inputs, column, strict=True)
        }


def spearman(inputs: Mapping[str, FloatArray], outputs: Mapping[str, FloatArray]) -> CorrelationTable:
    """Spearman's rank correlations, ties sharing their average rank.

    Iterations in which the input or the output is NaN are left out of that pair. Sums of products of ranks are exact,
    so that the same samples give the same bits on every machine. At most 10 million iterations.
    """
    found = np.full((len(inputs), len(outputs)), np.nan)
    columns, targets = list(inputs.values()), list(outputs.values())
    for kept_outputs, output_mask in _alike(targets):
        for kept_inputs, input_mask in _alike(columns):
            valid = output_mask & input_mask
            keep = None if bool(valid.all()) else np.flatnonzero(valid)
            if (valid.size if keep is None else keep.size) < 2:
                continue
            moved = [ranks(_kept(targets[place], keep)) for place in kept_outputs]
            for start in range(0, len(kept_inputs), _TOGETHER):
                batch = kept_inputs[start : start + _TOGETHER]
                moving = [ranks(_kept(columns[place], keep)) for place in batch]
                found[np.ix_(batch, kept_outputs)] = _rank_correlations(moving, moved)
    return CorrelationTable(tuple(inputs), tuple(outputs), found)


def pearson(inputs: Mapping[str, FloatArray], outputs: Mapping[str, FloatArray]) -> CorrelationTable:
    """Pearson's linear correlations; NaN iterations left out pair by pair."""
    found = np.full((len(inputs), len(outputs)), np.nan)
    for row, x in enumerate(inputs.values()):
        for column, y in enumerate(outputs.values()):
            found[row, column] = linear_correlation(x, y)
    return CorrelationTable(tuple(inputs), tuple(outputs), found)


def linear_correlation(x: FloatArray, y: FloatArray) -> float:
    """Pearson's correlation of two columns, NaN where one is constant; summed leaf by leaf."""
    both = np.isnan(x) | np.isnan(y)
    if both.any():
        x, y = np.where(both, np.nan, x), np.where(both, np.nan, y)
    first, second = central_moments(x), central_moments(y)
    if not 0.0 < first.m2 < math.inf or not 0.0 < second.m2 < math.inf:
        return math.nan
    # Scaled first, so that products of huge or tiny distances stay doubles.
    a = (x - first.origin - first.offset) / math.sqrt(first.m2 / first.count)
    b = (y - second.origin - second.offset) / math.sqrt(second.m2 / second.count)
    return min(1.0, max(-1.0, leaf_sum(a * b) / first.count))


def _rank_correlations(moving: Sequence[Ranks], moved: Sequence[Ranks]) -> FloatArray:
    totals = _products(moving, moved)
    found = np.full((len(moving), len(moved)), np.nan)
    for row, first in enumerate(moving):
        for column, second in enumerate(moved):
            scale, total = first.spread * second.spread, totals[row][column]
            if scale > 0:
                perfect = total * total == scale
                found[row, column] = math.copysign(1.0, total) if perfect else total / math.sqrt(scale)
    return found


def _products(moving: Sequence[Ranks], moved: Sequence[Ranks]) -> list[list[int]]:
    """The exact sums of products of the ranks of every pair."""
    size = moving[0].centred.size
    sums = np.zeros((len(moving), 2 * len(moved)), dtype=np.int64)
    for start in range(0, size, _BLOCK):
        where = slice(start, start + _BLOCK)
        left = np.array([column.centred[where] for column in moving], dtype=np.float64)
        right = np.array([column.centred[where] for column in moved])
        # Two parts of each rank, small enough for exact products.
        halves = np.concatenate((right >> _LOW_BITS, right & ((1 << _LOW_BITS) - 1))).astype(np.float64)
        sums += (left @ halves.T).astype(np.int64)
    high, low = sums[:, : len(moved)].tolist(), sums[:, len(moved) :].tolist()
    return [
        [(upper << _LOW_BITS) + lower for upper, lower in zip(uppers, lowers, strict=True)]
        for uppers, lowers in zip(high, low, strict=True)
    ]


def _alike(columns: Sequence[FloatArray]) -> list[tuple[list[int], npt.NDArray[np.bool_]]]:
    """The columns grouped by which of their iterations are valid."""
    groups: dict[bytes, tuple[list[int], npt.NDArray[np.bool_]]] = {}
    for place, column in enumerate(columns):
        valid = ~np.isnan(column)
        key = b"" if valid.all() else np.packbits(valid).tobytes()
        groups.setdefault(key, ([], valid))[0].append(place)
    return list(groups.values())


def _kept(column: FloatArray, keep: npt.NDArray[np.intp] | None) -> FloatArray:
    return np.asarray(column if keep is None else column[keep], dtype=np.float64)
