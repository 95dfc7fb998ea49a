"""Which inputs move an output: by rank correlation, and by the change of the output's mean."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from compute.analysis.leaves import FloatArray, central_moments

_BINS = 10
Order = Literal["change_in_mean", "rank_correlation"]


@dataclass(frozen=True, slots=True)
class TornadoBar:
    """One input's bar.

    ``rank_correlation`` is Spearman's (None where input or output is constant). ``low_mean`` and ``high_mean`` are the
    lowest and highest mean of the output over ten bins of equal count, iterations sorted by the input, as @RISK takes
    them; None without samples.
    """

    name: str
    rank_correlation: float | None
    low_mean: float | None
    high_mean: float | None

    @property
    def swing(self) -> float:
        """The change in the output's mean, 0 or more."""
        return 0.0 if self.low_mean is None or self.high_mean is None else self.high_mean - self.low_mean


def tornado(
    inputs: Mapping[str, FloatArray], output: FloatArray, by: Order = "change_in_mean"
) -> tuple[TornadoBar, ...]:
    """One bar for each input, the most important first, equals in the order of ``inputs``.

    Iterations in which the input or the output is NaN are left out of that bar.
    """
    bars = [_bar(name, np.asarray(samples, dtype=np.float64), output) for name, samples in inputs.items()]
    if by == "rank_correlation":
        return tuple(sorted(bars, key=lambda bar: -abs(bar.rank_correlation or 0.0)))
    return tuple(sorted(bars, key=lambda bar: -bar.swing))


def _bar(name: str, samples: FloatArray, output: FloatArray) -> TornadoBar:
    both = ~(np.isnan(samples) | np.isnan(output))
    low, high = change_in_mean(samples[both], output[both])
    return TornadoBar(name, rank_correlation(samples[both], output[both]), low, high)


def rank_correlation(x: FloatArray, y: FloatArray) -> float | None:
    """Spearman's correlation, ties sharing their average rank; None where either is constant or absent."""
    if x.size < 2:
        return None
    # Twice the ranks less their sum: whole numbers, so that products stay exact.
    first, second = (2.0 * stats.rankdata(side) - (x.size + 1) for side in (x, y))
    spread = float((first * first).sum()) * float((second * second).sum())
    return float((first * second).sum()) / math.sqrt(spread) if spread > 0 else None


def change_in_mean(x: FloatArray, output: FloatArray) -> tuple[float | None, float | None]:
    """The lowest and the highest mean of the output over ten bins of equal count, sorted by x (stable for ties).

    A constant x moves nothing: both are the mean of the whole output.
    """
    bins = min(_BINS, x.size)
    if bins == 0:
        return None, None
    if x.min() == x.max():
        bins = 1
    sorted_output = output[np.argsort(x, kind="stable")]
    edges = [place * x.size // bins for place in range(bins + 1)]
    means = [central_moments(sorted_output[start:stop]).mean for start, stop in itertools.pairwise(edges)]
    return min(means), max(means)
