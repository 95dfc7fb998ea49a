"""Rates that bring a value to zero, for all lanes at once: Newton from the guess, else the bracket nearest to it.

Every lane is solved on its own, so that its root does not depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from compute.values import Booleans, Floats

Lanes = npt.NDArray[np.intp]
Curve = Callable[[Floats, Lanes], tuple[Floats, Floats]]
"""The value and its slope at a rate above -1 for each of the given lanes."""

NEWTON_STEPS = 60
BISECTIONS = 100
CLOSE = 1e-9
"""A step this small against 1 + rate is the last one: the error left is about its square."""
_HALF_GRID = np.concatenate([np.linspace(0.0, 1.0, 41)[1:], np.geomspace(1.05, 16.0, 40)])
GRID = np.expm1(np.concatenate([-_HALF_GRID[::-1], [1e-9], _HALF_GRID]))


def solve_rate(curve: Curve, guess: Floats) -> Floats:
    """The root of each lane, NaN where none was found; ``guess`` of shape (lanes,)."""
    lanes = guess.shape[0]
    rate, solved = _newton(curve, guess)
    left = np.flatnonzero(~solved)
    if len(left):
        rate[left] = _bracketed(lambda r, some: curve(r, left[some]), guess[left])
    assert rate.shape == (lanes,)
    return rate


def _newton(curve: Curve, guess: Floats) -> tuple[Floats, Booleans]:
    rate = np.array(guess, np.float64)
    solved = np.zeros(rate.shape, np.bool_)
    active = np.flatnonzero(rate > -1)
    for _ in range(NEWTON_STEPS):
        if len(active) == 0:
            break
        here = rate[active]
        value, slope = curve(here, active)
        step = value / slope
        new = np.where(here - step <= -1, (here - 1) / 2, here - step)
        rate[active] = new
        done = (np.abs(step) <= CLOSE * (1 + here)) & (here - step > -1)
        solved[active[done]] = True
        active = active[~done & np.isfinite(new)]
    return rate, solved


def _bracketed(curve: Curve, guess: Floats) -> Floats:
    """The root in the bracket of a fixed grid that lies nearest to the guess."""
    lanes = np.arange(guess.shape[0])
    values = np.stack([curve(np.full(guess.shape, r), lanes)[0] for r in GRID.tolist()])
    signs = np.sign(values)
    changes = (signs[1:] * signs[:-1] <= 0) & np.isfinite(values[1:]) & np.isfinite(values[:-1])
    changes &= (signs[1:] != 0) | (signs[:-1] != 0)
    middle = (GRID[1:] + GRID[:-1])[:, None] / 2
    distance = np.where(changes, np.abs(middle - guess), np.inf)
    nearest = distance.argmin(axis=0)
    low, high = GRID[nearest], GRID[nearest + 1]
    low_sign = signs[nearest, lanes]
    for _ in range(BISECTIONS):
        centre = (low + high) / 2
        sign = np.sign(curve(centre, lanes)[0])
        same = sign == low_sign
        low, high = np.where(same, centre, low), np.where(same, high, centre)
    return np.where(changes.any(axis=0), (low + high) / 2, np.nan)
