"""Genz's six families of integrands in five dimensions, integrated by the samplers: how the error falls.

Source: Genz, Testing multidimensional integration routines, in Tools, Methods and Languages for Scientific and
Engineering Computation (1984) 81. Difficulties and places are fixed numbers; the integrals are exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from compute.sampling import sampler, stream_key

FloatArray = npt.NDArray[np.float64]
Source = Literal["monte_carlo", "latin_hypercube", "sobol", "scipy"]
SOURCES: tuple[Source, ...] = ("sobol", "scipy", "monte_carlo")
SIZES = tuple(2**power for power in range(8, 17))
DIMENSIONS = 5
STREAMS = tuple(stream_key("Model", f"B{row}", 0) for row in range(1, DIMENSIONS + 1))
SHAPE = np.array([1.1, 0.7, 1.5, 0.4, 0.9]) / 4.6
W = np.array([0.31, 0.62, 0.45, 0.77, 0.53])
FAMILIES = ("oscillatory", "product peak", "corner peak", "Gaussian", "continuous", "discontinuous")
DIFFICULTIES = ((4.6,) * 6, (9.0, 7.25, 1.85, 7.03, 20.4, 4.3))
"""The sums of the coefficients: all alike, and a second set that varies the difficulty by family."""


@dataclass(frozen=True, slots=True)
class Integrand:
    """A function of points (5, n) on the unit cube and its exact integral; ``difficulty`` is Σc."""

    name: str
    difficulty: float
    function: Callable[[FloatArray], FloatArray]
    integral: float


def _corner_peak(c: FloatArray) -> float:
    total = sum((-1) ** sum(v) / (1 + float(c @ np.array(v))) for v in product((0, 1), repeat=DIMENSIONS))
    return float(total / (math.factorial(DIMENSIONS) * np.prod(c)))


def _oscillatory(c: FloatArray) -> float:
    factors = [(np.exp(1j * each) - 1) / (1j * each) for each in c]
    return float((np.exp(2j * np.pi * W[0]) * np.prod(factors)).real)


def _of_factors(factor: Callable[[float, float], float], c: FloatArray) -> float:
    return math.prod(factor(float(each), float(w)) for each, w in zip(c, W, strict=True))


def integrand(family: str, difficulty: float) -> Integrand:
    """One integrand with its exact integral."""
    c, column, places = SHAPE * difficulty, (SHAPE * difficulty)[:, None], W[:, None]
    root = math.sqrt(math.pi)
    ends = (*W[:2], 1.0, 1.0, 1.0)
    made: dict[str, tuple[Callable[[FloatArray], FloatArray], Callable[[], float]]] = {
        "oscillatory": (lambda u: np.cos(2 * np.pi * W[0] + c @ u), lambda: _oscillatory(c)),
        "product peak": (
            lambda u: np.prod(1 / (column**-2 + (u - places) ** 2), axis=0),
            lambda: _of_factors(lambda k, w: k * (math.atan(k * (1 - w)) + math.atan(k * w)), c),
        ),
        "corner peak": (lambda u: (1 + c @ u) ** -(DIMENSIONS + 1.0), lambda: _corner_peak(c)),
        "Gaussian": (
            lambda u: np.exp(-(c**2 @ (u - places) ** 2)),
            lambda: _of_factors(lambda k, w: root / (2 * k) * (math.erf(k * (1 - w)) + math.erf(k * w)), c),
        ),
        "continuous": (
            lambda u: np.exp(-(c @ np.abs(u - places))),
            lambda: _of_factors(lambda k, w: (2 - math.exp(-k * w) - math.exp(-k * (1 - w))) / k, c),
        ),
        "discontinuous": (
            lambda u: np.where((u[0] > W[0]) | (u[1] > W[1]), 0.0, np.exp(c @ u)),
            lambda: math.prod(math.expm1(float(k) * float(end)) / float(k) for k, end in zip(c, ends, strict=True)),
        ),
    }
    function, exact = made[family]
    return Integrand(family, difficulty, function, exact())


INTEGRANDS = tuple(integrand(f, d) for totals in DIFFICULTIES for f, d in zip(FAMILIES, totals, strict=True))


def points(source: Source, seed: int, n: int) -> FloatArray:
    """Points (5, n) of one of our samplers, or of scipy's scrambled Sobol sequence, for comparison."""
    if source == "scipy":
        found: FloatArray = qmc.Sobol(DIMENSIONS, scramble=True, rng=np.random.default_rng(seed)).random(n).T
        return found
    face = sampler(source, seed, n, STREAMS)
    return np.stack([face.uniforms(draw, 0, n) for draw in range(DIMENSIONS)])


def errors(source: Source, seeds: range, sizes: tuple[int, ...] = SIZES) -> FloatArray:
    """The root mean square relative error over the seeds, (integrands, sizes)."""
    squares = np.zeros((len(INTEGRANDS), len(sizes)))
    for seed in seeds:
        for column, n in enumerate(sizes):
            u = points(source, seed, n)
            for row, each in enumerate(INTEGRANDS):
                squares[row, column] += (float(each.function(u).mean()) / each.integral - 1) ** 2
    found: FloatArray = np.sqrt(squares / len(seeds))
    return found


def slopes(found: FloatArray, sizes: tuple[int, ...] = SIZES) -> FloatArray:
    """The least-squares slopes of log error over log n: −0.5 for plain Monte Carlo."""
    slope: FloatArray = np.polyfit(np.log(sizes), np.log(found).T, 1)[0]
    return slope
