"""Correlation matrices: read with their gaps, judged, mended to the nearest valid one, and split for sampling."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from compute.errors import SpecificationError
from compute.records import dataclass
from compute.sampling.streams import FloatArray

Measure = Literal["score", "spearman"]
"""What the numbers of a matrix mean: correlations of the normal scores, or rank correlations."""
TOLERANCE = 1e-10
"""Eigenvalues above minus this count as not negative: a matrix typed with rounded numbers may just miss 0."""
_MOST_PROJECTIONS = 2_000


@dataclass(frozen=True, slots=True)
class CorrelationMatrix:
    """A symmetric matrix with ones on its diagonal.

    ``missing`` lists the pairs (row < column, from 0) that no cell gave and that count as 0.
    """

    values: FloatArray
    missing: tuple[tuple[int, int], ...] = ()

    @property
    def size(self) -> int:
        return int(self.values.shape[0])

    @property
    def smallest_eigenvalue(self) -> float:
        """Below 0 (beyond rounding) no random variables have these correlations."""
        return float(np.linalg.eigvalsh(self.values)[0])

    @property
    def is_valid(self) -> bool:
        """Whether the matrix is positive semidefinite."""
        return self.smallest_eigenvalue >= -TOLERANCE


def correlation_matrix(rows: Sequence[Sequence[float | None]], where: str) -> CorrelationMatrix:
    """The matrix that cells hold: full, or one triangle with the other left blank; None is a blank cell.

    A blank diagonal is 1; a pair blank on both sides counts as 0 and is listed in ``missing``. Raises
    SpecificationError, naming ``where`` and the entry, for a matrix that is not square, a number outside [−1, 1],
    a diagonal other than 1, or two sides that disagree.
    """
    size = len(rows)
    if size < 1 or any(len(row) != size for row in rows):
        shape = f"{size} × {len(rows[0]) if rows else 0}"
        raise _wrong(where, f"the matrix is {shape}; it must have as many columns as rows")
    values = np.eye(size)
    missing: list[tuple[int, int]] = []
    for i in range(size):
        diagonal = rows[i][i]
        if diagonal is not None and abs(diagonal - 1.0) > TOLERANCE:
            raise _wrong(where, f"the diagonal entry of row {i + 1} is {diagonal:g}; it must be 1")
        for j in range(i + 1, size):
            pair = _pair(rows[i][j], rows[j][i], where, (i + 1, j + 1))
            if pair is None:
                missing.append((i, j))
            values[i, j] = values[j, i] = 0.0 if pair is None else pair
    return CorrelationMatrix(values, tuple(missing))


def _pair(upper: float | None, lower: float | None, where: str, at: tuple[int, int]) -> float | None:
    for value in (upper, lower):
        if value is not None and not -1.0 <= value <= 1.0:
            raise _wrong(where, f"row {at[0]}, column {at[1]} is {value:g}; a correlation lies between -1 and 1")
    if upper is None or lower is None:
        return lower if upper is None else upper
    if abs(upper - lower) > TOLERANCE:
        # A triangle padded with zeros is a triangle.
        if 0.0 in (upper, lower):
            return upper or lower
        raise _wrong(where, f"row {at[0]}, column {at[1]} is {upper:g} on one side and {lower:g} on the other")
    return upper


def _wrong(where: str, what: str) -> SpecificationError:
    return SpecificationError(f"correlation matrix {where}: {what}", code="model.correlation")


def score_correlations(matrix: CorrelationMatrix, measure: Measure) -> CorrelationMatrix:
    """The matrix of normal-score correlations that gives the requested ones.

    For two normal variables with correlation r, Spearman's is 6/π · asin(r/2) (Kruskal, JASA 53 (1958) 814), which is
    inverted entry by entry; the result may be invalid where the request was not.
    """
    if measure == "score":
        return matrix
    values = 2.0 * np.sin(matrix.values * (math.pi / 6.0))
    np.fill_diagonal(values, 1.0)
    return CorrelationMatrix(values, matrix.missing)


def nearest_correlation_matrix(matrix: CorrelationMatrix) -> CorrelationMatrix:
    """The valid correlation matrix nearest in the sum of squared differences.

    Alternating projections with Dykstra's correction between the positive semidefinite matrices and those with ones on
    the diagonal: Higham, IMA J. Numer. Anal. 22 (2002) 329.
    """
    if matrix.is_valid:
        return matrix
    current = matrix.values.copy()
    correction = np.zeros_like(current)
    for _ in range(_MOST_PROJECTIONS):
        shifted = current - correction
        eigenvalues, vectors = np.linalg.eigh(shifted)
        projected = (vectors * np.maximum(eigenvalues, 0.0)) @ vectors.T
        correction = projected - shifted
        following = projected.copy()
        np.fill_diagonal(following, 1.0)
        change = float(np.abs(following - current).max())
        current = following
        if change < 1e-13:
            break
    return CorrelationMatrix(_inside(current), matrix.missing)


def _inside(values: FloatArray) -> FloatArray:
    """A matrix at most a rounding outside the valid ones, moved inside."""
    eigenvalues, vectors = np.linalg.eigh((values + values.T) / 2.0)
    root = vectors * np.sqrt(np.maximum(eigenvalues, 0.0))
    lengths = np.sqrt((root * root).sum(axis=1))
    result: FloatArray = (root @ root.T) / np.outer(lengths, lengths)
    np.fill_diagonal(result, 1.0)
    return np.clip((result + result.T) / 2.0, -1.0, 1.0)


def triangular_root(values: FloatArray) -> FloatArray:
    """L, lower triangular, with L Lᵀ = ``values``: Cholesky's, with zero columns where the matrix is singular.

    ``values`` must be positive semidefinite to rounding.
    """
    size = values.shape[0]
    root = np.zeros((size, size))
    for j in range(size):
        pivot = values[j, j] - math.fsum(root[j, k] ** 2 for k in range(j))
        if pivot <= 1e-12:
            continue
        root[j, j] = math.sqrt(pivot)
        for i in range(j + 1, size):
            rest = values[i, j] - math.fsum(root[i, k] * root[j, k] for k in range(j))
            root[i, j] = rest / root[j, j]
    return root


def combined(root: FloatArray, scores: FloatArray) -> FloatArray:
    """``root @ scores`` summed in the order of the columns, so that a block's width never changes a bit of it.

    ``root`` (k, k) lower triangular, ``scores`` (k, lanes).
    """
    result, term = np.empty_like(scores), np.empty_like(scores[0])
    for i in range(root.shape[0]):
        total = np.multiply(root[i, 0], scores[0], out=result[i])
        for j in range(1, i + 1):
            if root[i, j] != 0.0:
                total += np.multiply(root[i, j], scores[j], out=term)
    return result
