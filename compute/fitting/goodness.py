"""How well a law agrees with a sample: chi-squared, Anderson–Darling, Kolmogorov–Smirnov, and the points of P-P and
Q-Q plots.

Sources: D'Agostino, Stephens, Goodness-of-Fit Techniques (1986), chapters 3 and 4; the bins are @RISK's, ⌊2 n^0.4⌋ of
equal probability.
"""

from __future__ import annotations

import math

import numpy as np

from compute.distributions import Distribution
from compute.distributions.parameters import FloatArray
from compute.records import dataclass


@dataclass(frozen=True, slots=True)
class Goodness:
    """The statistics of one fit; Anderson–Darling and Kolmogorov–Smirnov are None for a discrete law."""

    chi_square: float
    bins: int
    anderson_darling: float | None
    kolmogorov_smirnov: float | None


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a plot: ``theory`` is the law's side, ``data`` the sample's; a perfect fit lies on the diagonal."""

    theory: FloatArray
    data: FloatArray


def bin_count(size: int) -> int:
    """The number of bins for a sample of ``size`` values: ⌊2 n^0.4⌋, at least 2."""
    return max(2, int(2.0 * math.pow(size, 0.4)))


def goodness(law: Distribution, values: FloatArray) -> Goodness:
    """The statistics of a law against a sorted sample of exact values."""
    bins = bin_count(values.size)
    if law.is_discrete:
        statistic, used = _grouped_chi_square(law, values, bins)
        return Goodness(statistic, used, None, None)
    share = np.asarray(law.cdf(values))
    counts = np.bincount(np.minimum((share * bins).astype(np.intp), bins - 1), minlength=bins)
    expected = values.size / bins
    chi_square = float(np.sum((counts - expected) ** 2) / expected)
    return Goodness(chi_square, bins, anderson_darling(share, np.asarray(law.sf(values))), kolmogorov_smirnov(share))


def _grouped_chi_square(law: Distribution, values: FloatArray, bins: int) -> tuple[float, int]:
    """Possible values are taken together from below until each group holds its share of the probability."""
    found, counts = np.unique(values, return_counts=True)
    low, high = min(float(found[0]), law.ppf(1e-9)), max(float(found[-1]), law.ppf(1.0 - 1e-9))
    if high - low > 1e7:
        return math.nan, 0
    lattice = np.arange(math.floor(low), math.ceil(high) + 1, dtype=np.float64)
    observed = np.zeros(lattice.size)
    observed[(found - lattice[0]).astype(np.intp)] = counts
    reached = np.asarray(law.cdf(lattice))
    edges, last = [], 0.0
    for at, share in enumerate(reached.tolist()):
        if share - last >= 1.0 / bins - 1e-12:
            edges.append(at)
            last = share
    if not edges or 1.0 - last < 0.5 / bins:
        edges = edges[:-1]
    totals = np.diff(np.concatenate(([0.0], np.cumsum(observed)[edges], [float(values.size)])))
    chances = np.diff(np.concatenate(([0.0], reached[edges], [1.0])))
    expected = values.size * chances
    if np.any(expected <= 0):
        return math.inf, len(edges) + 1
    return float(np.sum((totals - expected) ** 2 / expected)), len(edges) + 1


def anderson_darling(share: FloatArray, excess: FloatArray) -> float:
    """A² of the law's probabilities at or below, and above, each value of a sorted sample."""
    n = share.size
    weights = 2.0 * np.arange(1, n + 1) - 1.0
    with np.errstate(divide="ignore"):
        logs = np.log(share) + np.log(excess)[::-1]
    return float(-n - np.sum(weights * logs) / n)


def kolmogorov_smirnov(share: FloatArray) -> float:
    """The largest distance between the law's and the sample's cumulative probabilities."""
    n = share.size
    steps = np.arange(n, dtype=np.float64)
    return float(max(np.max((steps + 1) / n - share), np.max(share - steps / n)))


def plot_shares(size: int) -> FloatArray:
    """The cumulative probability that belongs to each value of a sorted sample: (i − 1/2) / n."""
    return (np.arange(size, dtype=np.float64) + 0.5) / size


def pp_points(law: Distribution, values: FloatArray) -> Points:
    """The points of a P-P plot: the law's probability of each value, and the sample's."""
    return Points(np.asarray(law.cdf(values)), plot_shares(values.size))


def qq_points(law: Distribution, values: FloatArray) -> Points:
    """The points of a Q-Q plot: the law's quantile at each value's probability, and the value."""
    return Points(np.asarray(law.ppf(plot_shares(values.size))), values)
