"""Correlation matrices, judged and mended by the engine."""

from __future__ import annotations

from collections.abc import Sequence

from server.gateway.messages import MatrixCheck

DECIMALS = 4


def check(rows: Sequence[Sequence[float | None]]) -> MatrixCheck:
    """Whether the matrix is possible, and the nearest one that is, rounded to numbers that people type.

    Raises SpecificationError for what is no correlation matrix at all.
    """
    import numpy as np

    from compute.sampling.correlation_matrix import CorrelationMatrix, correlation_matrix, nearest_correlation_matrix

    given = correlation_matrix(rows, "The matrix")
    nearest = given
    if not given.is_valid:
        exact = nearest_correlation_matrix(given).values
        # Rounding moves the matrix out again where it lies on the edge; a share of independence brings it inside.
        for share in (0.0, 1e-4, 2e-4, 5e-4, 1e-3, 1e-2):
            drawn_in = np.round((1 - share) * exact + share * np.eye(given.size), DECIMALS)
            nearest = CorrelationMatrix(drawn_in)
            if nearest.is_valid:
                break
    return MatrixCheck(
        valid=given.is_valid,
        smallest_eigenvalue=given.smallest_eigenvalue,
        nearest=tuple(tuple(float(value) for value in row) for row in nearest.values),
        largest_change=float(np.abs(nearest.values - given.values).max()),
    )
