"""The sum of a normal step and a Poisson number of normal jumps, drawn from one uniform by inverting its own CDF.

Given the number of jumps the sum is normal, so its CDF is a Poisson mixture of normal ones.
Source: Merton, J. Financial Economics 3 (1976) 125.
"""

from __future__ import annotations

import functools

import numpy as np
import scipy

from compute import special
from compute.distributions.kernels import as_floats
from compute.distributions.normal import normal_density
from compute.distributions.parameters import FloatArray
from compute.distributions.solving import Increasing, solve_increasing

_NEGLIGIBLE = 1e-18
_KNOTS = np.linspace(-8.2, 8.2, 4_097)


def _reach(rate: FloatArray) -> range:
    """The numbers of jumps that count for some of the rates."""
    known = rate[np.isfinite(rate)]
    if known.size == 0:
        return range(0)
    slack = 9.0 * np.sqrt(known) + 25.0
    return range(max(0, int(np.floor(known - slack).min())), int(np.ceil(known + slack).max()) + 1)


def _weight(count: int, rate: FloatArray) -> FloatArray:
    """The probability of that many jumps; 0 where it is below 1e-18."""
    weight = np.exp(special.xlogy(count, rate) - rate - special.gammaln(count + 1))
    return as_floats(np.where(weight > _NEGLIGIBLE, weight, 0.0))


def jump_quantile(
    uniforms: FloatArray,
    sd: float | FloatArray,
    rate: float | FloatArray,
    jump_mean: float | FloatArray,
    jump_sd: float | FloatArray,
) -> FloatArray:
    """The quantiles of N(0, sd²) plus a Poisson(rate) number of jumps N(jump_mean, jump_sd²), elementwise; sd > 0.

    A parameter is one number, or an array that broadcasts against the uniforms.
    """
    given = [np.atleast_1d(np.asarray(v, np.float64)) for v in (sd, rate, jump_mean, jump_sd)]
    own, often, mean, wide = given
    scores = special.ndtri(uniforms)
    if not often.any():
        return as_floats(own * scores)
    with np.errstate(all="ignore"):
        start = np.asarray(often * mean + np.sqrt(own * own + often * (mean * mean + wide * wide)) * scores)
        if all(values.size == 1 for values in given):
            near = _table(float(own[0]), float(often[0]), float(mean[0]), float(wide[0]))(scores)
            start = np.where(np.isnan(near), start, near)
        return as_floats(np.where(often == 0, own * scores, _solved(given, uniforms, 1.0 - uniforms, start)))


@functools.lru_cache(maxsize=64)
def _table(sd: float, rate: float, jump_mean: float, jump_sd: float) -> scipy.interpolate.PchipInterpolator:
    """Quantiles of one law by normal scores: a search that starts there is next to its end."""
    start = rate * jump_mean + np.sqrt(sd * sd + rate * (jump_mean * jump_mean + jump_sd * jump_sd)) * _KNOTS
    given = [np.array([v]) for v in (sd, rate, jump_mean, jump_sd)]
    values = _solved(given, special.ndtr(_KNOTS), special.ndtr(-_KNOTS), start)
    return scipy.interpolate.PchipInterpolator(_KNOTS, values, extrapolate=False)


def _solved(given: list[FloatArray], p: FloatArray, q: FloatArray, start: FloatArray) -> FloatArray:
    moving = [i for i, values in enumerate(given) if values.size > 1]

    # Term by term in a fixed order, so that no value depends on how many are asked for at once.
    def mixed(x: FloatArray, lanes: tuple[FloatArray, ...], kernel: object, sign: float) -> FloatArray:
        here = list(given)
        for i, lane in zip(moving, lanes, strict=True):
            here[i] = lane
        own, often, mean, wide = here
        total, weights = np.zeros_like(x), np.zeros(1)
        for count in _reach(often):
            weight = _weight(count, often)
            if not weight.any():
                continue
            spread = np.sqrt(own * own + count * wide * wide)
            z = sign * (x - count * mean) / spread
            total += weight * (special.ndtr(z) if kernel is None else normal_density(z) / spread)
            weights = weights + weight
        return as_floats(total / weights)

    law = Increasing(
        lambda x, *lanes: mixed(x, lanes, None, 1.0),
        lambda x, *lanes: mixed(x, lanes, None, -1.0),
        lambda x, *lanes: mixed(x, lanes, normal_density, 1.0),
    )
    # Every spread is its lane's own: a common one would make a lane's value hang on its neighbours.
    scale = float(given[0][0]) if given[0].size == 1 else 0.0
    return solve_increasing(law, p, q, start, tuple(given[i] for i in moving), scale)
