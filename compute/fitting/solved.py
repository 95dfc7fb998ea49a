"""Best parameters that solve one equation in one unknown: Gamma, Pearson5, Weibull, Logarithmic, and counts."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import scipy

from compute import special
from compute.fitting.outline import Outline

_MOST_TRIALS = 1_000_000


def best_normal(at: Outline) -> tuple[float, ...]:
    """The mean and the standard deviation with n − 1, as @RISK reports a normal fit (not the likelihood's n)."""
    count = at.values.size
    return at.mean, at.sd * math.sqrt(count / (count - 1))


def _gamma_shape(gap: float) -> float:
    """The shape for which ln(shape) − digamma(shape) equals ``gap`` > 0, by Newton's method from Minka's start."""
    shape = (3 - gap + math.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
    for _ in range(50):
        slope = 1 / shape - float(special.polygamma(1, shape))
        step = (math.log(shape) - float(special.digamma(shape)) - gap) / slope
        following = shape - step if step < shape else shape / 2
        if abs(following - shape) <= 1e-14 * shape:
            return following
        shape = following
    return shape


def best_gamma(at: Outline) -> tuple[float, ...]:
    """Shape and scale of the gamma law."""
    gap = max(math.log(at.mean) - at.logs.mean, 1e-14)
    shape = _gamma_shape(gap)
    return shape, at.mean / shape


def best_pearson5(at: Outline) -> tuple[float, ...]:
    """Shape and scale of the Pearson 5 law: the reciprocals are a gamma sample."""
    mean = float(np.mean(1.0 / at.values))
    gap = max(math.log(mean) + at.logs.mean, 1e-14)
    shape = _gamma_shape(gap)
    return shape, shape / mean


def best_weibull(at: Outline) -> tuple[float, ...]:
    """Shape and scale of the Weibull law."""
    logs = at.logs.values - at.logs.values[-1]
    mean = float(np.mean(logs))

    def gap(log_shape: float) -> float:
        shape = math.exp(log_shape)
        weights = np.exp(shape * logs)
        return float(np.sum(weights * logs) / np.sum(weights)) - 1 / shape - mean

    shape = math.exp(_root(gap, -6.0, 12.0))
    scale = float(np.mean(np.exp(shape * logs))) ** (1 / shape)
    return shape, scale * at.high


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """The root of a rising function, or the end of the interval that it stays beyond."""
    if function(low) >= 0:
        return low
    if function(high) <= 0:
        return high
    return float(scipy.optimize.brentq(function, low, high, xtol=1e-13, rtol=1e-14))


def best_logarithmic(at: Outline) -> tuple[float, ...]:
    """theta of the logarithmic series law, whose mean is that of the sample."""

    def gap(score: float) -> float:
        theta = float(special.expit(score))
        return theta / ((1 - theta) * -math.log1p(-theta)) - at.mean

    return (float(special.expit(_root(gap, -30.0, 30.0))),)


def best_count_trials(at: Outline) -> tuple[float, ...]:
    """Trials and chance of the binomial law; the most trials that are tried where a Poisson law would do as well."""
    values, counts = np.unique(at.values, return_counts=True)

    def likelihood(n: float) -> float:
        chance = at.mean / n
        ways = special.gammaln(n + 1) - special.gammaln(values + 1) - special.gammaln(n - values + 1)
        each = ways + special.xlogy(values, chance) + special.xlog1py(n - values, -chance)
        return float(np.sum(counts * each))

    n = _best_whole(likelihood, max(1.0, at.high), float(_MOST_TRIALS))
    return n, at.mean / n


def best_failures(at: Outline) -> tuple[float, ...]:
    """Successes (whole) and chance of the negative binomial law."""
    values, counts = np.unique(at.values, return_counts=True)

    def likelihood(s: float) -> float:
        chance = s / (s + at.mean)
        ways = special.gammaln(values + s) - special.gammaln(s) - special.gammaln(values + 1)
        return float(np.sum(counts * (ways + s * math.log(chance) + special.xlog1py(values, -chance))))

    s = _best_whole(likelihood, 1.0, float(_MOST_TRIALS))
    return s, s / (s + at.mean)


def _best_whole(likelihood: Callable[[float], float], low: float, high: float) -> float:
    """The whole number of one peak: the step is doubled while it pays, then the bracket is narrowed."""
    best, step = low, 1.0
    while best + step <= high and likelihood(best + step) > likelihood(best):
        best, step = best + step, step * 2
    left, right = max(low, best - step), min(high, best + step)
    while right - left > 3:
        first, second = left + math.floor((right - left) / 3), right - math.floor((right - left) / 3)
        left, right = (left, second) if likelihood(first) >= likelihood(second) else (first, right)
    remaining = [float(whole) for whole in np.arange(left, right + 1)]
    return max(remaining, key=likelihood)
