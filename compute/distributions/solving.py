"""The inverse of a continuous law that has no closed form: Newton's method kept inside a shrinking bracket."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from compute.distributions.parameters import FloatArray

Kernel = Callable[..., FloatArray]
_MOST_STEPS = 200


class Increasing(NamedTuple):
    """A law on the whole line by its kernels of ``(x, *parameters)``."""

    probability: Kernel
    excess: Kernel
    density: Kernel


def solve_increasing(
    law: Increasing,
    p: FloatArray,
    q: FloatArray,
    start: FloatArray,
    parameters: tuple[FloatArray, ...],
    scale: float = 0.0,
) -> FloatArray:
    """x with probability(x) = p up to the median, excess(x) = q above it; each element on its own.

    ``start`` is a first guess; p = 0 gives −inf and p = 1 gives +inf. Steps below the rounding of the law's ``scale``
    (its spread, where values lie on both sides of 0) end the search.
    """
    shape = np.broadcast_shapes(p.shape, start.shape, *(value.shape for value in parameters))
    flat = [np.broadcast_to(value, shape).reshape(-1) for value in (p, q, start, *parameters)]
    p, q, start = flat[:3]
    parameters = tuple(flat[3:])
    x = np.where(p <= 0, -np.inf, np.where(q <= 0, np.inf, np.nan))
    active = np.flatnonzero((p > 0) & (q > 0) & np.isfinite(start))
    x[active] = _newton(law, p[active], q[active], start[active], tuple(value[active] for value in parameters), scale)
    return x.reshape(shape)


def _newton(
    law: Increasing,
    p: FloatArray,
    q: FloatArray,
    start: FloatArray,
    parameters: tuple[FloatArray, ...],
    scale: float,
) -> FloatArray:
    answer, x = start.copy(), start.copy()
    low, high = np.full_like(x, -np.inf), np.full_like(x, np.inf)
    reach = np.ones_like(x)
    active = np.arange(x.size)
    rounding = 2e-16 * scale + 1e-300
    for _ in range(_MOST_STEPS):
        here = tuple(value[active] for value in parameters)
        lower = p[active] <= 0.5
        wanted = np.where(lower, p[active], q[active])
        reached = np.empty_like(x)
        for side, kernel in ((lower, law.probability), (~lower, law.excess)):
            if side.any():
                reached[side] = kernel(x[side], *(value[side] for value in here))
        gap = np.where(lower, reached - wanted, wanted - reached)
        low, high = np.where(gap < 0, x, low), np.where(gap < 0, high, x)
        # By the logarithm of the probability, which is nearly straight in a tail where the probability itself is not.
        straight = reached * np.log1p((reached - wanted) / wanted)
        step = x - np.where(lower, straight, -straight) / law.density(x, *here)
        fallback = np.where(np.isinf(low), high - reach, np.where(np.isinf(high), low + reach, low + (high - low) / 2))
        inside = (step > low) & (step < high) & (np.abs(step - x) <= reach)
        following = np.where(inside, step, fallback)
        answer[active] = following
        moving = (np.abs(following - x) > 2e-16 * np.abs(x) + rounding) & (gap != 0)
        answer[active[gap == 0]] = x[gap == 0]
        reach = np.where(inside, np.maximum(np.abs(step - x) * 2, 1e-300), reach * 2)
        x, low, high, reach, active = (values[moving] for values in (following, low, high, reach, active))
        if active.size == 0:
            break
    return answer
