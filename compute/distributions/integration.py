"""Moments by numerical integration, for laws that have no closed form (truncated ones, above all).

The integral of g(quantile(u)) over (0, 1) is taken by the tanh-sinh rule, whose points crowd into both ends where
quantiles grow without bound. Source: Takahasi, Mori, Publ. RIMS 9 (1974) 721.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import numpy as np

from compute.distributions.law import Moments, constant_moments
from compute.distributions.parameters import FloatArray

if TYPE_CHECKING:
    from compute.distributions.law import Distribution

# Beyond this many possible values a lattice law is integrated like a continuous one.
_LONGEST_LATTICE = 2_000_000
_TAIL = 1e-18


@functools.cache
def _tanh_sinh() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Points u, their complements 1 − u and weights; the step was halved until twelve digits stood still."""
    step = 1.0 / 256.0
    t = np.arange(-5.5, 5.5 + step / 2, step)
    reach = math.pi * np.sinh(t)
    u = 1.0 / (1.0 + np.exp(-reach))
    complement = 1.0 / (1.0 + np.exp(reach))
    weights = step * math.pi * np.cosh(t) * u * complement
    return u, complement, weights / weights.sum()


def quantile_moments(distribution: Distribution) -> Moments:
    """The moments of a continuous law from its quantiles, to about twelve digits (eight where the quantile kinks)."""
    p, q, weights = _tanh_sinh()
    with np.errstate(all="ignore"):
        return _weighted_moments(distribution.columns().quantile(p, q), weights)


def lattice_moments(distribution: Distribution) -> Moments:
    """The moments of a discrete law by summing over its possible values, the last 1e-18 of each tail left out."""
    low, high = (float(end[0]) for end in _far_quantiles(distribution))
    if high - low > _LONGEST_LATTICE:
        return quantile_moments(distribution)
    values = distribution.lattice(low, high)
    weights = distribution.pmf(values)
    return _weighted_moments(values, weights / weights.sum())


def _far_quantiles(distribution: Distribution) -> tuple[FloatArray, FloatArray]:
    tail, rest = np.array([_TAIL]), np.array([1.0 - _TAIL])
    columns = distribution.columns()
    with np.errstate(all="ignore"):
        return columns.quantile(tail, rest), columns.quantile(rest, tail)


def _weighted_moments(values: FloatArray, weights: FloatArray) -> Moments:
    finite = weights > 0
    values, weights = values[finite], weights[finite]
    mean = float(np.sum(weights * values))
    deviations = values - mean
    squares = deviations * deviations
    variance = float(np.sum(weights * squares))
    if not variance > 0:
        return constant_moments(mean)
    skewness = float(np.sum(weights * squares * deviations)) / variance**1.5
    return Moments(mean, variance, skewness, float(np.sum(weights * squares * squares)) / (variance * variance))
