"""Pieces of arithmetic that several laws share; elementwise, so that no result depends on the array's length.

``numpy.power`` takes shortcuts for constant exponents that change the last bit, therefore ``numpy.float_power``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from compute.distributions.parameters import FloatArray


def as_floats(values: Any) -> FloatArray:
    """Gives the untyped result of a scipy function its type."""
    return cast("FloatArray", values)


def standardised(x: FloatArray, location: FloatArray, scale: FloatArray) -> FloatArray:
    """(x − location) / scale; where scale is 0 the law is a constant and the answer −inf or +inf."""
    constant = np.where(x >= location, np.inf, -np.inf)
    return np.where(scale == 0, constant, (x - location) / scale)


def exponential_quantile(p: FloatArray, q: FloatArray) -> FloatArray:
    """−ln q, the standard exponential's quantile, precise in both tails."""
    return np.where(p < 0.5, -np.log1p(-p), -np.log(q))


def by_tail(
    p: FloatArray,
    q: FloatArray,
    lower: Callable[..., FloatArray],
    upper: Callable[..., FloatArray],
    *parameters: FloatArray,
) -> FloatArray:
    """Inverts with ``lower(*parameters, p)`` up to the median and with ``upper(*parameters, q)`` above it.

    Both are dear, so each runs only where it is wanted. Elements are taken out and put back rather than masked with
    ``where=``: scipy 1.17's special functions move NumPy's pointers, and under a mask write outside the array.
    """
    shape = np.broadcast_shapes(np.shape(p), *(np.shape(value) for value in parameters))
    result = np.empty(shape)
    in_lower = np.broadcast_to(p <= 0.5, shape)
    for side, invert, share in ((in_lower, lower, p), (~in_lower, upper, q)):
        columns = [value if value.size == 1 else np.broadcast_to(value, shape)[side] for value in parameters]
        result[side] = invert(*columns, np.broadcast_to(share, shape)[side])
    return result
