"""Reductions over elements that give a lane the same bits whatever the number of lanes and the memory layout."""

from __future__ import annotations

import numpy as np

from compute.errors import ErrorCode
from compute.values import Array, Booleans, Codes, Floats, Kind, numeric, with_errors

Failure = tuple[Booleans, ErrorCode]
"""Where a result is an error, and which one."""


def ordered_sum(values: Floats, start: Floats | None = None) -> Floats:
    """The sums over axis 0 of (elements, lanes), added first to last as Excel adds a range; shape (lanes,).

    ``start`` of shape (lanes,) or (1,) is the running total so far. No element gives 0.
    """
    return _ordered(np.add, values, start, 0.0)


def ordered_product(values: Floats, start: Floats | None = None) -> Floats:
    """The products over axis 0 of (elements, lanes), first to last; shape (lanes,). No element gives 1."""
    return _ordered(np.multiply, values, start, 1.0)


def _ordered(operation: np.ufunc, values: Floats, start: Floats | None, empty: float) -> Floats:
    if start is not None:
        lanes = max(values.shape[1], start.shape[0])
        head = np.broadcast_to(start, (1, lanes))
        values = np.concatenate([head, np.broadcast_to(values, (values.shape[0], lanes))])
    if values.shape[0] == 0:
        return np.full(values.shape[1], empty)
    if values.shape[1] == 1:
        # NumPy reduces a contiguous axis pairwise; accumulate goes element by element, as reduce does across lanes.
        return np.asarray(operation.accumulate(np.ascontiguousarray(values[:, 0]))[-1:])
    return np.asarray(operation.reduce(np.ascontiguousarray(values), axis=0))


def flat(values: Floats) -> Floats:
    """(rows, columns, lanes) as (elements, lanes) in row order."""
    return values.reshape(-1, values.shape[2])


def first_code(numbers: Floats, kinds: Codes | None) -> Codes | None:
    """The first error among the elements of each lane, shape (lanes,), 0 for none; None without any error."""
    if kinds is None:
        return None
    errors = kinds == Kind.ERROR
    if not errors.any():
        return None
    first = errors.argmax(axis=0)[None, :]
    found = np.take_along_axis(numbers, first, axis=0)[0]
    return np.where(errors.any(axis=0), found, 0).astype(np.uint8)


def per_lane(values: Floats, *failures: Failure, codes: Codes | None = None) -> Array:
    """Values of shape (lanes,) as one cell; ``codes`` (errors passed on) go before ``failures``, in their order."""
    shaped = np.asarray(values, np.float64).reshape(1, 1, -1)
    return failing(shaped, *failures, codes=None if codes is None else codes.reshape(1, 1, -1))


def failing(values: Floats, *failures: Failure, codes: Codes | None = None) -> Array:
    """Values of shape (rows, columns, lanes) with errors where a failure says so; else NaN and infinity are #NUM!."""
    merged = failure_codes(*failures) if failures else None
    if codes is not None:
        merged = codes if merged is None else np.where(codes != 0, codes, merged).astype(np.uint8)
    if merged is None:
        return numeric(values)
    if merged.ndim < 3:
        merged = merged.reshape(1, 1, -1)
    return with_errors(numeric(np.where(merged != 0, 0.0, values)), merged)


def failure_codes(*failures: Failure) -> Codes:
    """The error of each element, 0 for none: the first failure that holds."""
    codes: Codes = np.zeros(1, np.uint8)
    for where, code in failures:
        codes = np.where(codes != 0, codes, np.where(where, np.uint8(code), np.uint8(0))).astype(np.uint8)
    return codes
