"""Rational functions of least greatest error (Remez' exchange on a grid), in mpmath's arithmetic.

The equations are linearised as by Sanathanan and Koerner: the denominator in front of the levelled error is that of the
round before. A polynomial is the case of no denominator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mpmath import mp, mpf

DIGITS = 80
Function = Callable[[mpf], mpf]


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients of rising powers; ``error`` is the greatest weighted error on the grid, before any rounding."""

    numerator: tuple[mpf, ...]
    denominator: tuple[mpf, ...]
    error: float

    def doubles(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Both rows, rounded to doubles."""
        return tuple(float(c) for c in self.numerator), tuple(float(c) for c in self.denominator)


def minimax(
    function: Function,
    interval: tuple[object, object],
    degrees: tuple[int, int],
    weight: Function | None = None,
    rounds: int = 24,
) -> Fit:
    """The rational function of these degrees that minimises the greatest |weight · (fit − function)|.

    ``weight`` is 1 / |function| (relative error) if left out; the denominator's constant term is 1.
    """
    with mp.workdps(DIGITS):
        low, high = mpf(interval[0]), mpf(interval[1])
        size = sum(degrees) + 2
        grid = _chebyshev(low, high, 32 * size)
        values = [function(x) for x in grid]
        weights = [1 / abs(v) for v in values] if weight is None else [weight(x) for x in grid]
        chosen = [round((2 * i + 1) * len(grid) / (2 * size) - 0.5) for i in range(size)]
        denominators = [mpf(1)] * len(grid)
        fit, level = Fit((), (), 0.0), mpf(0)
        for _ in range(rounds):
            fit, level = _level(grid, values, weights, denominators, chosen, degrees)
            denominators = [mp.polyval(fit.denominator, x, asc=True) for x in grid]
            errors = [
                w * (mp.polyval(fit.numerator, x, asc=True) / q - v)
                for x, v, w, q in zip(grid, values, weights, denominators, strict=True)
            ]
            worst = max(abs(e) for e in errors)
            if worst <= abs(level) * mpf("1.01"):
                break
            chosen = _extremes(errors, size)
        return Fit(fit.numerator, fit.denominator, float(worst))


def _chebyshev(low: mpf, high: mpf, count: int) -> list[mpf]:
    middle, half = (low + high) / 2, (high - low) / 2
    return [middle - half * mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]


def _level(
    grid: list[mpf],
    values: list[mpf],
    weights: list[mpf],
    denominators: list[mpf],
    chosen: list[int],
    degrees: tuple[int, int],
) -> tuple[Fit, mpf]:
    """The fit whose weighted error is ±level by turns at the chosen points."""
    top, bottom = degrees
    rows, right = [], []
    for turn, i in enumerate(chosen):
        x, f = grid[i], values[i]
        sign = (-1) ** turn * denominators[i] / weights[i]
        rows.append([x**j for j in range(top + 1)] + [-f * x**j for j in range(1, bottom + 1)] + [sign])
        right.append(f)
    solved = mp.lu_solve(mp.matrix(rows), mp.matrix(right))
    numerator = tuple(solved[j] for j in range(top + 1))
    denominator = (mpf(1), *(solved[top + 1 + j] for j in range(bottom)))
    return Fit(numerator, denominator, 0.0), solved[top + bottom + 1]


def _extremes(errors: list[mpf], size: int) -> list[int]:
    """``size`` points of alternating error, the greatest of each run of one sign; the smaller end is left out."""
    peaks: list[int] = []
    for i, error in enumerate(errors):
        if peaks and (error > 0) == (errors[peaks[-1]] > 0):
            if abs(error) > abs(errors[peaks[-1]]):
                peaks[-1] = i
        else:
            peaks.append(i)
    while len(peaks) > size:
        if len(peaks) == size + 1:
            peaks.pop(0 if abs(errors[peaks[0]]) < abs(errors[peaks[-1]]) else -1)
        else:
            k = min(range(len(peaks) - 1), key=lambda j: max(abs(errors[peaks[j]]), abs(errors[peaks[j + 1]])))
            del peaks[k : k + 2]
    if len(peaks) < size:
        raise ArithmeticError(f"the error turns only {len(peaks)} times, {size} are needed: change the degrees")
    return peaks
