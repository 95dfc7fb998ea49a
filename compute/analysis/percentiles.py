"""Percentiles and probabilities as @RISK takes them: order statistics, never interpolated."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from compute.analysis.leaves import FloatArray


def without_errors(samples: FloatArray) -> FloatArray:
    """The samples of iterations that did not end in an error."""
    return samples[~np.isnan(samples)]


def order_statistic(ascending: FloatArray, p: float) -> float:
    """The ⌈p·n⌉-th smallest of sorted samples (the smallest for p = 0); ``inverted_cdf`` of numpy.quantile.

    ``p`` counts as the decimal it is written as, so that 0.07 of 100 is the 7th and not, by rounding, the 8th.
    Raises ValueError for p outside [0, 1] or no samples.
    """
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"p is {p}; it must lie between 0 and 1.")
    if ascending.size == 0:
        raise ValueError("There are no samples to take a percentile of.")
    return float(ascending[_place(float(p), ascending.size)])


def order_statistics(ascending: FloatArray, shares: tuple[float, ...]) -> list[float]:
    """As ``order_statistic``, of several shares of one variable's samples at once."""
    for p in shares:
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"p is {p}; it must lie between 0 and 1.")
    if ascending.size == 0:
        raise ValueError("There are no samples to take a percentile of.")
    found: list[float] = ascending[_places(shares, ascending.size)].tolist()
    return found


@lru_cache(maxsize=64)
def _places(shares: tuple[float, ...], size: int) -> npt.NDArray[np.int64]:
    return np.array([_place(float(p), size) for p in shares], np.int64)


@lru_cache(maxsize=4096)
def _place(p: float, size: int) -> int:
    """Where an order statistic stands among so many sorted samples, from 0; a run asks the same of each variable."""
    share = Fraction(repr(p)) * size
    return max(1, -(-share.numerator // share.denominator)) - 1


def percentile(samples: FloatArray, p: float) -> float:
    """The p-quantile (p from 0 to 1) of unsorted samples, errors left out (RiskPercentile, RiskPtoX)."""
    return order_statistic(np.sort(without_errors(samples)), p)


def probability_at_most(samples: FloatArray, x: float) -> float:
    """The share of samples at or below x, errors left out (RiskTarget, RiskXtoP)."""
    valid = without_errors(samples)
    if valid.size == 0:
        raise ValueError("There are no samples to take a share of.")
    return int(np.count_nonzero(valid <= x)) / int(valid.size)
