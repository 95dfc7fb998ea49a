"""Measures of risk: tails, one-sided deviations, expected gain and loss, the chance of reaching a target.

Every function takes one variable's samples in the order of iterations, NaN where an iteration ended in an error, and
returns the units of the variable (squared ones for variances). Errors are left out. None where the samples do not
determine a value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

import numpy as np

from compute.analysis.conventions import Convention, complement, cumulative_probability, quantile
from compute.analysis.leaf_sums import leaf_sum
from compute.analysis.leaves import FloatArray, central_moments
from compute.analysis.percentiles import without_errors

Side = Literal["low", "high"]


def value_at_risk(
    samples: FloatArray, share: float = 0.05, tail: Side = "low", convention: Convention = Convention.ATRISK
) -> float | None:
    """The value beyond which lies the worst ``share`` of outcomes, the low tail or the high one; its sign is kept.

    That is the ``share`` or the 1 − ``share`` percentile. Raises ValueError for shares outside [0, 1].
    """
    ascending = np.sort(without_errors(samples))
    if ascending.size == 0:
        return None
    return quantile(ascending, share if tail == "low" else complement(share), convention)


def conditional_value_at_risk(
    samples: FloatArray, share: float = 0.05, tail: Side = "low", convention: Convention = Convention.ATRISK
) -> float | None:
    """The mean of the outcomes at or beyond the value at risk, as RiskMean(cell, RiskTruncateP(, share)) takes it.

    Also called expected shortfall. Raises ValueError for shares outside [0, 1].
    """
    edge = value_at_risk(samples, share, tail, convention)
    if edge is None:
        return None
    beyond = samples <= edge if tail == "low" else samples >= edge
    return _finite(central_moments(np.where(beyond, samples, np.nan)).mean)


def semi_variance(samples: FloatArray, side: Side = "low") -> float | None:
    """The part of the variance on one side of the mean (RiskSemiVariance); both sides add up to the variance.

    Squared distances on the other side count as zeros; the divisor is n − 1. None below two samples.
    """
    moments = central_moments(samples)
    if moments.count < 2:
        return None
    return _finite(leaf_sum(_beyond(samples - moments.origin - moments.offset, side) ** 2) / (moments.count - 1))


def semi_deviation(samples: FloatArray, side: Side = "low") -> float | None:
    """The root of the semi-variance (RiskSemiStdDev)."""
    found = semi_variance(samples, side)
    return None if found is None else math.sqrt(found)


def mean_absolute_deviation(samples: FloatArray) -> float | None:
    """The mean distance from the mean (RiskMeanAbsDev, PsiAbsDev, Excel's AVEDEV)."""
    moments = central_moments(samples)
    if moments.count == 0:
        return None
    return _finite(leaf_sum(np.abs(samples - moments.origin - moments.offset)) / moments.count)


def partial_moment(
    samples: FloatArray, order: float = 2.0, target: float | None = None, side: Side = "low"
) -> float | None:
    """The mean of (distance from ``target`` on one side)^order over all samples; the target is the mean if not given.

    This is PsiSemiVar, whose divisor is n; its root of that order is PsiSemiDev. Raises ValueError for orders not
    above 0.
    """
    if not order > 0:
        raise ValueError(f"order is {order}; it must be above 0.")
    moments = central_moments(samples)
    if moments.count == 0:
        return None
    distances = samples - moments.origin - moments.offset if target is None else samples - target
    return _finite(leaf_sum(_beyond(distances, side) ** order) / moments.count)


def expected_loss(samples: FloatArray, target: float = 0.0) -> float | None:
    """The mean over all samples of what they fall short of ``target``, zero for those that do not."""
    return partial_moment(samples, 1.0, target, "low")


def expected_gain(samples: FloatArray, target: float = 0.0) -> float | None:
    """The mean over all samples of what they exceed ``target`` by, zero for those that do not."""
    return partial_moment(samples, 1.0, target, "high")


def probability_between(
    samples: FloatArray, low: float = -math.inf, high: float = math.inf, convention: Convention = Convention.ATRISK
) -> float | None:
    """P(low < X ≤ high), the difference of two cumulative probabilities. Raises ValueError for low above high."""
    if not low <= high:
        raise ValueError(f"low is {low} and high is {high}; low must not be above high.")
    ascending = np.sort(without_errors(samples))
    if ascending.size == 0:
        return None
    above = 0.0 if low == -math.inf else cumulative_probability(ascending, low, convention)
    return cumulative_probability(ascending, high, convention) - above


def target_probabilities(
    samples: FloatArray, targets: Iterable[float], convention: Convention = Convention.ATRISK
) -> tuple[float, ...] | None:
    """P(X ≤ t) of each target, sorting once (RiskTarget, RiskXtoP)."""
    ascending = np.sort(without_errors(samples))
    return tuple(cumulative_probability(ascending, x, convention) for x in targets) if ascending.size else None


def target_percentiles(
    samples: FloatArray, levels: Iterable[float], convention: Convention = Convention.ATRISK
) -> tuple[float, ...] | None:
    """The quantile of each level (0 to 1), sorting once (RiskPercentile, RiskPtoX)."""
    ascending = np.sort(without_errors(samples))
    return tuple(quantile(ascending, p, convention) for p in levels) if ascending.size else None


def _beyond(distances: FloatArray, side: Side) -> FloatArray:
    """Distances on one side, zero on the other, NaN kept."""
    return np.maximum(-distances if side == "low" else distances, 0.0)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
