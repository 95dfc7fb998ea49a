"""Sums over iterations that give the same bits whatever chunks computed the terms."""

from __future__ import annotations

import math

import numpy as np

from compute.analysis.leaves import LEAF, FloatArray


def leaf_sum(terms: FloatArray) -> float:
    """The sum of one term per iteration, from iteration 0 on: each leaf's sum, then these added without rounding.

    NaN marks an iteration to leave out. Sums beyond the doubles are infinite or NaN. Adding leaves exactly makes the
    result independent of their order: J. R. Shewchuk, Discrete Comput. Geom. 18 (1997) 305.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        sums = [_leaf(terms[start : start + LEAF]) for start in range(0, terms.size, LEAF)]
        try:
            return math.fsum(sums)
        except (OverflowError, ValueError):
            return float(np.sum(np.array(sums)))


def _leaf(terms: FloatArray) -> float:
    valid = terms[~np.isnan(terms)]
    # Distances from the first term: what equal terms share is added without rounding.
    return float(valid[0]) * valid.size + float((valid - valid[0]).sum()) if valid.size else 0.0
