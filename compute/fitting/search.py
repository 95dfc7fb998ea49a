"""The search for the best parameters: unconstrained coordinates, Nelder and Mead's simplex on a thinned sample, then
Newton steps on all of it.

The thinned sample is every so-manieth order statistic; its curvature stands in for that of the whole, so that a step
on the whole costs a gradient only. Source of the simplex: Nelder, Mead, Computer Journal 7 (1965) 308.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import scipy

from compute import special
from compute.distributions.parameters import FloatArray
from compute.fitting.outline import Outline
from compute.fitting.recipes import Recipe
from compute.records import dataclass

Objective = Callable[[tuple[float, ...]], float]
_THINNED = 1_000
_LARGE = 1e300


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Parameters as unconstrained numbers; ``fixed`` parameters keep their value and have no coordinate.

    A location that may be anywhere below the data must keep some distance, as likelihoods of many laws grow without
    bound when it touches the smallest value.
    """

    recipe: Recipe
    outline: Outline
    fixed: Mapping[int, float]

    @property
    def free(self) -> tuple[int, ...]:
        """The places of the parameters that are searched for."""
        return tuple(i for i in range(len(self.recipe.kinds)) if i not in self.fixed)

    @property
    def _nearest(self) -> float:
        return math.log(0.02 / self.outline.values.size)

    def encode(self, parameters: tuple[float, ...]) -> FloatArray:
        """The coordinates of parameters."""
        return np.array([self._encoded(i, parameters) for i in self.free], dtype=np.float64)

    def _encoded(self, i: int, parameters: tuple[float, ...]) -> float:
        at, value = self.outline, parameters[i]
        match self.recipe.kinds[i]:
            case "real":
                return (value - at.median) / at.half_spread
            case "positive" | "size":
                return math.log(max(value, 1e-300))
            case "chance":
                return float(special.logit(min(max(value, 1e-12), 1 - 1e-12)))
            case "below" | "least":
                return max(math.log(max((at.low - value) / at.half_spread, 1e-300)), self._nearest + 0.1)
            case "above":
                return max(math.log(max((value - at.high) / at.half_spread, 1e-300)), self._nearest + 0.1)
            case "inside":
                low, high = parameters[i - 1], parameters[i + 1]
                return float(special.logit(min(max((value - low) / (high - low), 1e-6), 1 - 1e-6)))
            case _:
                return value

    def decode(self, coordinates: FloatArray) -> tuple[float, ...]:
        """The parameters at coordinates."""
        values = dict(self.fixed)
        for i, coordinate in zip(self.free, coordinates.tolist(), strict=True):
            values[i] = self._decoded(i, coordinate)
        for i, kind in enumerate(self.recipe.kinds):
            if kind == "inside" and i not in self.fixed:
                values[i] = values[i - 1] + (values[i + 1] - values[i - 1]) * values[i]
        return tuple(values[i] for i in range(len(self.recipe.kinds)))

    def _decoded(self, i: int, coordinate: float) -> float:
        at = self.outline
        match self.recipe.kinds[i]:
            case "real":
                return at.median + at.half_spread * coordinate
            case "positive":
                # Beyond, a shape changes next to nothing, and logarithms of densities lose their digits.
                return math.exp(min(max(coordinate, -16.0), 16.0))
            case "size":
                return math.exp(min(max(coordinate, -690.0), 690.0))
            case "chance" | "inside":
                return float(special.expit(coordinate))
            case "below" | "least":
                return at.low - at.half_spread * math.exp(min(max(coordinate, self._nearest), 30.0))
            case "above":
                return at.high + at.half_spread * math.exp(min(max(coordinate, self._nearest), 30.0))
            case _:
                return coordinate


def thinned(values: FloatArray) -> FloatArray:
    """At most 1,000 order statistics at the middles of equal shares of a sorted sample."""
    if values.size <= _THINNED:
        return values
    at = np.floor((np.arange(_THINNED) + 0.5) * values.size / _THINNED).astype(np.intp)
    return values[at]


def _finite(value: float) -> float:
    return value if math.isfinite(value) else _LARGE


def simplex(
    function: Callable[[FloatArray], float], start: FloatArray, evaluations: int, tolerance: float
) -> FloatArray:
    """The lowest point that Nelder and Mead's simplex finds from ``start``."""
    first: Any = start
    corners = np.vstack((start, start + np.diag(np.where(np.abs(start) > 2.0, 0.1 * np.abs(start), 0.2))))
    options: Any = {
        "initial_simplex": corners,
        "maxfev": evaluations,
        "xatol": max(0.01 * tolerance, 1e-9),
        "fatol": tolerance,
        "adaptive": start.size > 3,
    }

    def objective(x: Any) -> float:
        return _finite(function(x))

    found = scipy.optimize.minimize(objective, first, method="Nelder-Mead", options=options)
    return np.asarray(found.x, dtype=np.float64)


def _steps(x: FloatArray) -> FloatArray:
    return np.asarray(1e-5 * np.maximum(1.0, np.abs(x)))


def gradient(function: Callable[[FloatArray], float], x: FloatArray) -> FloatArray:
    """Central differences."""
    steps = np.diag(_steps(x))
    return np.array([(function(x + h) - function(x - h)) / (2 * h.sum()) for h in steps])


def curvature(function: Callable[[FloatArray], float], x: FloatArray) -> FloatArray:
    """The matrix of second derivatives by central differences."""
    steps = np.diag(20 * _steps(x))
    rows = [(gradient(function, x + h) - gradient(function, x - h)) / (2 * h.sum()) for h in steps]
    matrix = np.array(rows)
    return np.asarray(0.5 * (matrix + matrix.T))


def descend(
    function: Callable[[FloatArray], float], x: FloatArray, bend: FloatArray, most: int, tolerance: float
) -> tuple[FloatArray, bool]:
    """Newton steps with a given curvature, halved until they pay, and whether no more than ``tolerance`` is left."""
    if not np.all(np.isfinite(bend)):
        return x, False
    sizes, axes = np.linalg.eigh(bend)
    sizes = np.maximum(np.abs(sizes), 1e-8 * max(float(np.abs(sizes).max()), 1e-300))
    value = function(x)
    for _ in range(most):
        slope = gradient(function, x)
        if not np.all(np.isfinite(slope)):
            return x, False
        step = axes @ ((axes.T @ slope) / sizes)
        if float(slope @ step) <= tolerance:
            return x, True
        for _halving in range(6):
            lower = function(x - step)
            if lower < value:
                break
            step = 0.5 * step
        else:
            return x, False
        x, value = x - step, lower
    return x, False


def minimise(full: Objective, thin: Objective, coordinates: Coordinates, starts: list[tuple[float, ...]]) -> FloatArray:
    """Coordinates of the parameters with the lowest ``full``; ``thin`` is the same on fewer points, on the same scale.

    ``full`` and ``thin`` take parameters; starts whose objective is infinite are searched from all the same.
    """

    def of(objective: Objective) -> Callable[[FloatArray], float]:
        return lambda x: objective(coordinates.decode(x))

    rough, exact = of(thin), of(full)
    # Where the thinned sample is the whole one, the two objectives are one.
    same = full is thin
    tolerance = 1e-8 * coordinates.outline.values.size
    candidates = [x for x in map(coordinates.encode, starts) if np.all(np.isfinite(x))]
    if not candidates:
        raise ValueError("no finite start")
    first = [simplex(rough, x, 40 * (x.size + 1), 1e-2) for x in candidates] if len(candidates) > 1 else candidates
    best = min(first, key=lambda x: _finite(rough(x)))
    best = simplex(rough, best, 120 * (best.size + 1), 1e-3)
    if not coordinates.recipe.smooth:
        return simplex(exact, best, 50 * (best.size + 1), tolerance)
    best, settled = descend(exact, best, curvature(rough, best), 3 if same else 10, tolerance)
    if settled and not same:
        return best
    return descend(exact, best, curvature(exact, best), 25 if same else 8, tolerance)[0]
