"""The statistics of one variable of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from compute.analysis.leaves import CentralMoments, FloatArray, central_moments
from compute.analysis.percentiles import order_statistic, order_statistics, without_errors
from compute.records import dataclass

PERCENTILES: tuple[int, ...] = (1, *range(5, 100, 5), 99)
_SHARES = tuple(percent / 100 for percent in PERCENTILES)


@dataclass(frozen=True, slots=True)
class VariableStatistics:
    """What a report says of one variable; None where the samples do not determine it.

    ``count`` iterations gave a number, ``errors`` ended in an error and are left out of everything else. The standard
    deviation divides by n − 1; skewness and Pearson kurtosis (normal = 3) are bias-corrected; ``percentiles`` maps
    1, 5, 10 … 95, 99 to order statistics. These are @RISK's conventions.
    """

    count: int
    errors: int
    mean: float | None
    standard_deviation: float | None
    variance: float | None
    minimum: float | None
    maximum: float | None
    median: float | None
    mode: float | None
    skewness: float | None
    kurtosis: float | None
    percentiles: Mapping[int, float]


def summarise(
    samples: FloatArray, errors: int | None = None, *, ascending: FloatArray | None = None
) -> VariableStatistics:
    """The statistics of a run's samples in the order of iterations, NaN where an iteration ended in an error.

    ``errors`` is their number, counted here if not given; ``ascending`` are the same samples, sorted and without
    errors, for who has them. The same samples give the same bits, however computed.
    """
    valid = np.sort(without_errors(samples)) if ascending is None else ascending
    failed = samples.size - valid.size if errors is None else errors
    if valid.size == 0:
        nothing = (None,) * 9
        return VariableStatistics(0, failed, *nothing, percentiles=MappingProxyType({}))
    moments = central_moments(samples)
    variance = _finite(moments.m2 / (moments.count - 1)) if moments.count > 1 else None
    return VariableStatistics(
        count=moments.count,
        errors=failed,
        mean=_finite(moments.mean),
        standard_deviation=None if variance is None else math.sqrt(variance),
        variance=variance,
        minimum=moments.minimum,
        maximum=moments.maximum,
        median=order_statistic(valid, 0.5),
        mode=estimated_mode(valid),
        skewness=skewness(moments),
        kurtosis=kurtosis(moments),
        percentiles=MappingProxyType(dict(zip(PERCENTILES, order_statistics(valid, _SHARES), strict=True))),
    )


def skewness(moments: CentralMoments) -> float | None:
    """Bias-corrected skewness, None below 3 samples or for a constant.

    Source: G₁ of Joanes, Gill, The Statistician 47 (1998) 183.
    """
    n = moments.count
    if n < 3 or not 0 < moments.m2 < math.inf:
        return None
    spread = math.sqrt(moments.m2 / n)
    plain = moments.m3 / n / spread / spread / spread
    return _finite(math.sqrt(n * (n - 1)) / (n - 2) * plain)


def kurtosis(moments: CentralMoments) -> float | None:
    """Bias-corrected Pearson kurtosis (3 + G₂ of Joanes, Gill); None below 4 samples or for a constant."""
    n = moments.count
    if n < 4 or not 0 < moments.m2 < math.inf:
        return None
    variance = moments.m2 / n
    excess = moments.m4 / n / variance / variance - 3.0
    return _finite((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6.0) + 3.0)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def estimated_mode(ascending: FloatArray) -> float:
    """The most likely value: the most frequent one where values repeat, else the densest place.

    Repeating means that at most half of the values are distinct, or that one value takes 2 % of the samples. Otherwise
    the middle of the shortest interval with n^0.8 samples (Venter, Ann. Math. Statist. 38 (1967) 1446). The first of
    equals wins.
    """
    n = ascending.size
    rises = ascending[1:] != ascending[:-1]
    if n < 3 or not bool(rises.all()):
        starts = np.flatnonzero(np.concatenate(([True], rises)))
        repeats = np.diff(np.append(starts, n))
        most = int(repeats.max())
        if n < 3 or starts.size <= n // 2 or (most > 1 and most * 50 >= n):
            return float(ascending[starts[np.argmax(repeats)]])
    held = max(2, math.ceil(n**0.8))
    widths = ascending[held - 1 :] - ascending[: n - held + 1]
    first = int(np.argmin(widths))
    return float(ascending[first] + (ascending[first + held - 1] - ascending[first]) / 2)
