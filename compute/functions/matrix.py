"""Matrices (MMULT, MINVERSE, MDETERM, MUNIT); every lane has its own."""

from __future__ import annotations

import numpy as np

from compute.errors import CellError, ErrorCode
from compute.functions.reductions import first_code, flat
from compute.functions.signature import CallContext, CellFailure, Operand, array, function, number
from compute.values import Array, Booleans, Codes, Floats, Kind, first_error, numeric, to_numbers, with_errors


def _entries(operand: Operand) -> tuple[Floats, Codes | None]:
    """The numbers of a matrix and each lane's error: #VALUE! for anything but numbers."""
    values = operand.array
    if values.kinds is None:
        return values.numbers, None
    codes = first_code(flat(values.numbers), values.kinds.reshape(-1, values.lanes))
    foreign = (values.kinds != Kind.NUMBER).any(axis=(0, 1))
    return np.where(values.kinds == Kind.NUMBER, values.numbers, 0.0), first_error(
        codes, np.where(foreign, np.uint8(ErrorCode.VALUE), np.uint8(0))
    )


def _square(operand: Operand) -> tuple[Floats, Codes | None]:
    if operand.array.rows != operand.array.columns:
        raise CellFailure(ErrorCode.VALUE)
    return _entries(operand)


def _with_codes(values: Floats, codes: Codes | None) -> Array:
    return with_errors(numeric(values), None if codes is None else codes.reshape(1, 1, -1))


@function("MMULT", array("array1"), array("array2"))
def matrix_product(context: CallContext, left: Operand, right: Operand) -> Array:
    """The matrix product; #VALUE! unless the left has as many columns as the right has rows."""
    a, a_codes = _entries(left)
    b, b_codes = _entries(right)
    if a.shape[1] != b.shape[0]:
        raise CellFailure(ErrorCode.VALUE)
    product = a[:, 0, None, :] * b[None, 0, :, :]
    for k in range(1, a.shape[1]):
        product = product + a[:, k, None, :] * b[None, k, :, :]
    return _with_codes(product, first_error(a_codes, b_codes))


def _pivoted(work: Floats, column: int) -> tuple[Floats, Booleans]:
    """The rows with each lane's largest entry of the column on the diagonal, and where rows changed places."""
    place = np.abs(work[column:, column, :]).argmax(axis=0) + column
    moved = place != column
    if moved.any():
        lanes = np.arange(work.shape[2])
        upper, lower = work[column].copy(), work[place, :, lanes].T.copy()
        work[place, :, lanes] = upper.T
        work[column] = lower
    return work, moved


def determinant(matrix: Floats) -> Floats:
    """The determinants of (n, n, lanes) by elimination with partial pivoting, shape (lanes,)."""
    work = np.array(matrix, np.float64, order="C")
    found = np.ones(work.shape[2])
    for k in range(work.shape[0]):
        work, moved = _pivoted(work, k)
        pivot = work[k, k]
        found = np.where(moved, -found, found) * pivot
        factors = work[k + 1 :, k] / np.where(pivot == 0, 1.0, pivot)
        work[k + 1 :] -= factors[:, None, :] * work[k][None]
    return found


def inverse(matrix: Floats) -> tuple[Floats, Booleans]:
    """The inverses of (n, n, lanes) by Gauss and Jordan with partial pivoting, and where a matrix is singular."""
    size, lanes = matrix.shape[0], matrix.shape[2]
    identity = np.broadcast_to(np.eye(size)[:, :, None], (size, size, lanes))
    work = np.concatenate([matrix, identity], axis=1)
    singular = np.zeros(lanes, np.bool_)
    for k in range(size):
        work, _ = _pivoted(work, k)
        pivot = work[k, k]
        singular |= pivot == 0
        work[k] = work[k] / np.where(pivot == 0, 1.0, pivot)
        for row in range(size):
            if row != k:
                work[row] = work[row] - work[row, k] * work[k]
    return work[:, size:], singular


@function("MDETERM", array("array"))
def matrix_determinant(context: CallContext, operand: Operand) -> Array:
    """The determinant of a square matrix."""
    values, codes = _square(operand)
    return _with_codes(determinant(values).reshape(1, 1, -1), codes)


@function("MINVERSE", array("array"))
def matrix_inverse(context: CallContext, operand: Operand) -> Array:
    """The inverse of a square matrix; #NUM! where there is none."""
    values, codes = _square(operand)
    found, singular = inverse(values)
    return _with_codes(found, first_error(codes, np.where(singular, np.uint8(ErrorCode.NUM), np.uint8(0))))


@function("MUNIT", number("dimension"))
def unit_matrix(context: CallContext, dimension: Array) -> Array:
    """The identity matrix; a size below 1 is #VALUE!."""
    values, codes = to_numbers(dimension)
    size = context.constant(with_errors(numeric(values), codes))
    if isinstance(size, CellError):
        raise CellFailure(size.number)
    if not isinstance(size, float) or not 1 <= size < 10_000:
        raise CellFailure(ErrorCode.VALUE)
    return numeric(np.eye(int(size))[:, :, None])
