"""Shapley effects: a fair share of an output's variance for each input, correlated or not; they add up to 1.

Inputs are joined by a Gaussian copula. ``shapley_design`` draws the uniforms of one run, ``shapley_effects`` reads its
outputs; nothing here runs a model. Source: E. Song, B. L. Nelson, J. Staum, SIAM/ASA J. Uncertainty Quantification 4
(2016) 1060; A. B. Owen, C. Prieur, ibid. 5 (2017) 986.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from compute import special
from compute.analysis.leaves import FloatArray
from compute.records import dataclass

_MOST_EXACT = 8


@dataclass(frozen=True, slots=True)
class ShapleyDesign:
    """One run: ``uniforms`` of shape (rows, inputs), rows for the variance first, then a block for each subset.

    A block holds ``outer`` × ``inner`` rows: in each of the outer ones the inputs outside the subset are drawn once,
    those within it ``inner`` times given the others. With ``permutations``, each has d − 1 blocks, of the subsets that
    begin it; without, every subset has one.
    """

    uniforms: FloatArray
    subsets: tuple[tuple[int, ...], ...]
    variance_rows: int
    outer: int
    inner: int
    permutations: tuple[tuple[int, ...], ...] | None

    @property
    def inputs(self) -> int:
        """The number of inputs."""
        return int(self.uniforms.shape[1])


@dataclass(frozen=True, slots=True)
class ShapleyEffects:
    """``effects[i]`` is input i's share of ``variance``; standard errors are those of the sampling."""

    effects: FloatArray
    standard_errors: FloatArray
    variance: float


def shapley_design(
    correlation: FloatArray,
    *,
    outer: int | None = None,
    inner: int = 3,
    permutations: int | None = None,
    variance_rows: int = 10_000,
    seed: int = 0,
) -> ShapleyDesign:
    """The uniforms of the run that Shapley effects need, for normal scores with this correlation matrix.

    Without ``permutations`` all subsets are visited, which 8 inputs allow at most, with ``outer`` rows each (1,000 if
    not given); else so many random permutations, with ``outer`` 1 if not given. Raises ValueError for a matrix that is
    no correlation matrix, too many inputs, and counts that are too small.
    """
    matrix = np.asarray(correlation, dtype=np.float64)
    d = _checked(matrix)
    rows_outside = (1000 if permutations is None else 1) if outer is None else outer
    if rows_outside < 1 or inner < 2 or variance_rows < 2 or (permutations is not None and permutations < 2):
        raise ValueError("outer must be 1 or more; inner, variance_rows and permutations 2 or more.")
    random = np.random.Generator(np.random.Philox(seed))
    orders: tuple[tuple[int, ...], ...] | None = None
    if permutations is None:
        if d > _MOST_EXACT:
            raise ValueError(f"{d} inputs have too many subsets to visit all; give a number of permutations.")
        subsets = tuple(s for size in range(1, d) for s in itertools.combinations(range(d), size))
    else:
        keys = np.argsort(random.random((permutations, d)), axis=1, kind="stable")
        orders = tuple(tuple(int(place) for place in row) for row in keys)
        subsets = tuple(order[:size] for order in orders for size in range(1, d))
    root = _root(matrix)
    scores = [_normals(random, variance_rows, d) @ root.T]
    conditionals: dict[tuple[int, ...], tuple[FloatArray, FloatArray]] = {}
    for subset in subsets:
        key = tuple(sorted(subset))
        if key not in conditionals:
            conditionals[key] = _conditional(matrix, key)
        outside = _normals(random, rows_outside, d) @ root.T
        scores.append(_block(outside, inner, key, conditionals[key], random))
    uniforms = special.ndtr(np.concatenate(scores))
    return ShapleyDesign(uniforms, subsets, variance_rows, rows_outside, inner, orders)


def shapley_effects(design: ShapleyDesign, outputs: FloatArray) -> ShapleyEffects:
    """The effects from the outputs of the designed run, one for each row.

    Raises ValueError for a wrong number of outputs, errors (NaN) among them, and a constant output.
    """
    rows = design.uniforms.shape[0]
    if outputs.shape != (rows,):
        raise ValueError(f"outputs have shape {outputs.shape}; the design has {rows} rows.")
    if (failed := int(np.isnan(outputs).sum())) > 0:
        raise ValueError(f"{failed} iterations ended in an error; Shapley effects need a value in every one.")
    variance = float(np.var(outputs[: design.variance_rows], ddof=1))
    if not 0.0 < variance < math.inf:
        raise ValueError("The output is constant; there is no variance to share.")
    blocks = outputs[design.variance_rows :].reshape(len(design.subsets), design.outer, design.inner)
    within = blocks.var(axis=2, ddof=1)
    costs = within.mean(axis=1) / variance
    if design.permutations is None:
        noise = within.var(axis=1, ddof=1) / design.outer / variance**2 if design.outer > 1 else np.zeros(costs.size)
        effects, errors = _weighted(design, costs, noise)
    else:
        effects, errors = _averaged(design, costs)
    return ShapleyEffects(effects, errors, variance)


def _weighted(design: ShapleyDesign, costs: FloatArray, noise: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shapley's formula over all subsets; the whole set's cost is 1, the empty one's 0."""
    d = design.inputs
    effects, errors = np.full(d, 1.0 / d), np.zeros(d)
    for subset, cost, variance in zip(design.subsets, costs, noise, strict=True):
        size = len(subset)
        joining = 1.0 / (d * math.comb(d - 1, size - 1))
        leaving = 1.0 / (d * math.comb(d - 1, size))
        weights = np.full(d, -leaving)
        weights[list(subset)] = joining
        effects += weights * cost
        errors += weights**2 * variance
    return effects, np.sqrt(errors)


def _averaged(design: ShapleyDesign, costs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean steps in cost over random permutations."""
    orders = np.array(design.permutations)
    count, d = orders.shape
    ends = np.concatenate((np.zeros((count, 1)), costs.reshape(count, d - 1), np.ones((count, 1))), axis=1)
    steps = np.empty((count, d))
    np.put_along_axis(steps, orders, np.diff(ends, axis=1), axis=1)
    return steps.mean(axis=0), steps.std(axis=0, ddof=1) / math.sqrt(count)


def _block(
    outside: FloatArray,
    inner: int,
    subset: tuple[int, ...],
    conditional: tuple[FloatArray, FloatArray],
    random: np.random.Generator,
) -> FloatArray:
    slope, root = conditional
    others = [place for place in range(outside.shape[1]) if place not in subset]
    rows = np.repeat(outside, inner, axis=0)
    rows[:, list(subset)] = rows[:, others] @ slope.T + _normals(random, rows.shape[0], len(subset)) @ root.T
    return rows


def _conditional(matrix: FloatArray, subset: tuple[int, ...]) -> tuple[FloatArray, FloatArray]:
    """How the mean of the subset's scores follows the others, and a root of what then remains of their covariance."""
    others = [place for place in range(matrix.shape[0]) if place not in subset]
    inside = list(subset)
    slope = matrix[np.ix_(inside, others)] @ np.linalg.pinv(matrix[np.ix_(others, others)], hermitian=True)
    return slope, _root(matrix[np.ix_(inside, inside)] - slope @ matrix[np.ix_(others, inside)])


def _root(matrix: FloatArray) -> FloatArray:
    """A root of a covariance that may be singular."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)), dtype=np.float64)


def _normals(random: np.random.Generator, rows: int, columns: int) -> FloatArray:
    # Half a step away from 0, where the normal quantile is infinite.
    return np.asarray(special.ndtri(random.random((rows, columns)) + 2.0**-54), dtype=np.float64)


def _checked(matrix: FloatArray) -> int:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.shape[0] < 2:
        raise ValueError(f"The correlation matrix has shape {matrix.shape}; it must be square, 2 × 2 or larger.")
    if not np.allclose(matrix, matrix.T, atol=1e-12) or not np.allclose(np.diag(matrix), 1.0, atol=1e-12):
        raise ValueError("The correlation matrix must be symmetric with ones on its diagonal.")
    if float(np.linalg.eigvalsh(matrix)[0]) < -1e-9:
        raise ValueError("The correlation matrix is inconsistent: it has a negative eigenvalue.")
    return int(matrix.shape[0])
