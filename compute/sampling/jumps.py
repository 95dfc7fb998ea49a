"""The sum of a normal step and a Poisson number of normal jumps, drawn from one uniform by inverting its own CDF.

Given the number of jumps the sum is normal, so its CDF is a Poisson mixture of normal ones.
Source: Merton, J. Financial Economics 3 (1976) 125.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from compute.distributions.kernels import as_floats
from compute.distributions.normal import normal_density
from compute.distributions.parameters import FloatArray
from compute.distributions.solving import Increasing, solve_increasing

_NEGLIGIBLE = 1e-18


def _counts(rate: float) -> tuple[FloatArray, FloatArray]:
    """Numbers of jumps and their probabilities; what is left out at either end has a probability below 1e-18."""
    reach = 9.0 * math.sqrt(rate) + 25.0
    counts = np.arange(max(0.0, math.floor(rate - reach)), math.ceil(rate + reach) + 1)
    weights = np.exp(special.xlogy(counts, rate) - rate - special.gammaln(counts + 1))
    kept = weights > _NEGLIGIBLE
    return counts[kept], weights[kept] / weights[kept].sum()


def jump_quantile(uniforms: FloatArray, sd: float, rate: float, jump_mean: float, jump_sd: float) -> FloatArray:
    """The quantiles of N(0, sd²) plus a Poisson(rate) number of jumps N(jump_mean, jump_sd²), elementwise; sd > 0."""
    if rate == 0:
        return as_floats(sd * special.ndtri(uniforms))
    counts, weights = _counts(rate)
    means, spreads = counts * jump_mean, np.sqrt(sd * sd + counts * jump_sd * jump_sd)

    # Term by term in a fixed order, so that no value depends on how many are asked for at once.
    def mixed(x: FloatArray, kernel: object, sign: float) -> FloatArray:
        total = np.zeros_like(x)
        for mean, spread, weight in zip(means.tolist(), spreads.tolist(), weights.tolist(), strict=True):
            z = sign * (x - mean) / spread
            total += weight * (special.ndtr(z) if kernel is None else normal_density(z) / spread)
        return total

    law = Increasing(
        lambda x: mixed(x, None, 1.0), lambda x: mixed(x, None, -1.0), lambda x: mixed(x, normal_density, 1.0)
    )
    centre = rate * jump_mean
    spread = math.sqrt(sd * sd + rate * (jump_mean * jump_mean + jump_sd * jump_sd))
    start = np.asarray(centre + spread * special.ndtri(uniforms))
    with np.errstate(all="ignore"):
        return solve_increasing(law, uniforms, 1.0 - uniforms, start, ())
