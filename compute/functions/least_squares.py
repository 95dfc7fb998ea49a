"""Ordinary least squares for many lanes at once."""

from __future__ import annotations

import numpy as np

from compute.functions.reductions import ordered_sum
from compute.records import dataclass
from compute.values import Booleans, Floats

_COLLINEAR = 1e-24  # of a column's square length: less than this left over, and it says nothing new


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted plane and how well it fits; shape (lanes,), for the variables (variables, lanes)."""

    coefficients: Floats
    intercept: Floats
    coefficient_errors: Floats
    intercept_error: Floats
    explained: Floats
    residual: Floats
    freedom: Floats

    @property
    def determination(self) -> Floats:
        """R squared; 1 where nothing is left to explain."""
        total = self.explained + self.residual
        return np.asarray(np.where(total == 0, 1.0, self.explained / np.where(total == 0, 1.0, total)))

    @property
    def standard_error(self) -> Floats:
        return np.asarray(np.sqrt(self.residual / self.freedom))

    @property
    def f_ratio(self) -> Floats:
        variables = self.count - self.freedom
        return np.asarray((self.explained / variables) / (self.residual / self.freedom))

    count: Floats
    """Observations less the intercept."""


@dataclass(frozen=True, slots=True, eq=False)
class _Basis:
    """Orthonormal columns, the triangle R that leads back to the variables, 1 / R's diagonal (0 where collinear)."""

    columns: list[Floats]
    triangle: list[list[Floats]]
    reciprocals: list[Floats]


def fit_plane(x: list[Floats], y: Floats, intercept: bool) -> Fit:
    """Fits y (observations, lanes) by the variables x, each (observations, lanes); collinear variables get 0.

    Gram and Schmidt twice over centred columns: as accurate as Householder, and each lane's bits are its own.
    """
    n = y.shape[0]
    means = [ordered_sum(v) / n if intercept else np.zeros(v.shape[1]) for v in x]
    y_mean = ordered_sum(y) / n if intercept else np.zeros(y.shape[1])
    basis = _orthonormal([v - m for v, m in zip(x, means, strict=True)])
    left = y - y_mean
    parts = []
    for column in basis.columns:
        parts.append(ordered_sum(column * left))
        left = left - column * parts[-1]
    coefficients = _back_substituted(basis, parts)
    inverse = _inverse_triangle(basis)
    used = sum((r != 0).astype(np.float64) for r in basis.reciprocals)
    freedom = n - float(intercept) - np.asarray(used, np.float64)
    residual = ordered_sum(left * left)
    explained = sum((p * p for p in parts), np.zeros(1))
    variance = residual / freedom
    errors = [np.sqrt(variance * sum(v * v for v in row)) for row in inverse]
    shares = [sum(means[j] * inverse[j][k] for j in range(len(x))) for k in range(len(x))]
    at_zero = variance * (1.0 / n + sum(s * s for s in shares))
    return Fit(
        np.stack(np.broadcast_arrays(*coefficients)),
        y_mean - sum(c * m for c, m in zip(coefficients, means, strict=True)),
        np.stack(np.broadcast_arrays(*errors)),
        np.sqrt(at_zero) if intercept else np.full(1, np.nan),
        np.asarray(explained, np.float64),
        residual,
        freedom,
        np.full(1, n - float(intercept)),
    )


def _orthonormal(x: list[Floats]) -> _Basis:
    columns: list[Floats] = []
    triangle: list[list[Floats]] = []
    reciprocals: list[Floats] = []
    for vector in x:
        length = ordered_sum(vector * vector)
        row = [np.zeros(1) for _ in columns]
        for _ in range(2):
            for i, column in enumerate(columns):
                share = ordered_sum(column * vector)
                row[i] = row[i] + share
                vector = vector - column * share
        square = ordered_sum(vector * vector)
        new: Booleans = square > _COLLINEAR * length
        reciprocals.append(np.where(new, 1.0 / np.sqrt(np.where(new, square, 1.0)), 0.0))
        columns.append(vector * reciprocals[-1])
        triangle.append(row)
    return _Basis(columns, triangle, reciprocals)


def _back_substituted(basis: _Basis, parts: list[Floats]) -> list[Floats]:
    size = len(parts)
    found: list[Floats] = [np.zeros(1)] * size
    for j in range(size - 1, -1, -1):
        rest = parts[j] - sum((basis.triangle[k][j] * found[k] for k in range(j + 1, size)), np.zeros(1))
        found[j] = rest * basis.reciprocals[j]
    return found


def _inverse_triangle(basis: _Basis) -> list[list[Floats]]:
    size = len(basis.columns)
    found = [[np.zeros(1) for _ in range(size)] for _ in range(size)]
    for k in range(size):
        found[k][k] = basis.reciprocals[k]
        for j in range(k - 1, -1, -1):
            rest = sum((basis.triangle[m][j] * found[m][k] for m in range(j + 1, k + 1)), np.zeros(1))
            found[j][k] = -rest * basis.reciprocals[j]
    return found
