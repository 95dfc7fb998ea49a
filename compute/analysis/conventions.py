"""Whose definition of a percentile, a mode, a kurtosis and a cumulative probability counts: @RISK's or Excel's."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

import numpy as np

from compute.analysis.leaves import FloatArray
from compute.analysis.percentiles import order_statistic
from compute.analysis.summary import estimated_mode


class Convention(Enum):
    """ATRISK: as measured on files that @RISK 8.2.2 saved. EXCEL: as Excel's worksheet functions define it.

    They differ in percentiles, and with them the median, quartiles and value at risk (order statistic against
    PERCENTILE.INC), in the kurtosis (normal = 3 against KURT's excess), in the mode (estimated for continuous values
    against MODE.SNGL, which has none where no value repeats) and in P(X ≤ x) (share of samples against
    PERCENTRANK.INC without its rounding to three digits). Everything else is the same in both.
    """

    ATRISK = "atrisk"
    EXCEL = "excel"


def quantile(ascending: FloatArray, p: float, convention: Convention = Convention.ATRISK) -> float:
    """The p-quantile of sorted samples: ⌈p·n⌉-th smallest, or between neighbours as PERCENTILE.INC.

    ``p`` counts as the decimal it is written as. Raises ValueError for p outside [0, 1] or no samples.
    """
    if convention is Convention.ATRISK:
        return order_statistic(ascending, p)
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"p is {p}; it must lie between 0 and 1.")
    if ascending.size == 0:
        raise ValueError("There are no samples to take a percentile of.")
    place = Fraction(repr(float(p))) * (ascending.size - 1)
    below = place.numerator // place.denominator
    low, high = float(ascending[below]), float(ascending[min(below + 1, ascending.size - 1)])
    # Halves, because the difference of two huge values may not be a double.
    share = float(place - below)
    return low if low == high or share == 0.0 else low + 2.0 * (share * (high / 2.0 - low / 2.0))


def mode(samples: FloatArray, convention: Convention = Convention.ATRISK) -> float | None:
    """The most likely value of samples without NaN; by Excel's MODE.SNGL the most frequent, the first met of equals.

    None without samples, and by Excel's convention where no value repeats (#N/A there).
    """
    if samples.size == 0:
        return None
    if convention is Convention.ATRISK:
        return estimated_mode(np.sort(samples))
    _, first, counts = np.unique(samples, return_index=True, return_counts=True)
    most = int(counts.max())
    return float(samples[first[counts == most].min()]) if most > 1 else None


def cumulative_probability(ascending: FloatArray, x: float, convention: Convention = Convention.ATRISK) -> float:
    """P(X ≤ x) from sorted samples: the share at or below x, or the rank as PERCENTRANK.INC (outside them 0 or 1).

    Raises ValueError without samples.
    """
    n = ascending.size
    if n == 0:
        raise ValueError("There are no samples to take a share of.")
    if convention is Convention.ATRISK:
        return int(np.searchsorted(ascending, x, side="right")) / n
    if x < ascending[0] or x > ascending[-1]:
        return float(x > ascending[-1])
    if n == 1:
        return 1.0
    below = int(np.searchsorted(ascending, x, side="left"))
    if ascending[below] == x:
        return below / (n - 1)
    low, high = float(ascending[below - 1]), float(ascending[below])
    return (below - 1 + (x - low) / (high - low)) / (n - 1)


def complement(p: float) -> float:
    """1 − p for the decimal that p is written as, so that 1 − 0.07 is 0.93 and not its neighbour."""
    return float(1 - Fraction(repr(float(p))))
