"""Correlations that a finished sample shows, in the three measures that people compare."""

from __future__ import annotations

import numpy as np
import scipy

from compute import special
from compute.analysis.leaves import FloatArray
from compute.records import dataclass


@dataclass(frozen=True, slots=True)
class RealisedCorrelations:
    """Matrices (k, k), NaN where a variable does not vary.

    ``score`` correlates the normal scores of the ranks, ``spearman`` the ranks (mean ranks for ties), ``pearson`` the
    values. ``standard_errors`` are those of the score correlations, (1 − r²)/√n (Kendall, Stuart, vol. 1, 10.17).
    """

    score: FloatArray
    spearman: FloatArray
    pearson: FloatArray
    standard_errors: FloatArray


def realised_correlations(samples: FloatArray) -> RealisedCorrelations:
    """The correlations of variables (k, iterations); iterations in which one of them is NaN are left out."""
    kept = samples[:, ~np.isnan(samples).any(axis=0)]
    count = kept.shape[1]
    ranks = np.stack([scipy.stats.rankdata(row) for row in kept]) if count else kept
    score = _correlated(special.ndtri(ranks / (count + 1.0)))
    return RealisedCorrelations(score, _correlated(ranks), _correlated(kept), (1.0 - score**2) / np.sqrt(max(count, 1)))


def _correlated(rows: FloatArray) -> FloatArray:
    size, count = rows.shape
    if count < 2:
        return np.full((size, size), np.nan)
    centred = rows - rows.mean(axis=1, keepdims=True)
    lengths = np.sqrt((centred * centred).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        matrix: FloatArray = (centred @ centred.T) / np.outer(lengths, lengths)
    return np.clip(matrix, -1.0, 1.0)
