"""Genz's six families of integrands in five dimensions, integrated by the samplers: how the error falls.

Source: Genz, Testing multidimensional integration routines, in Tools, Methods and Languages for Scientific and
Engineering Computation (1984) 81. Difficulties and places are fixed numbers; the integrals are exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from compute.sampling import sampler, stream_key
from compute.sampling.sobol import sobol_points

FloatArray = npt.NDArray[np.float64]
Source = Literal["sobol", "nested", "scipy", "monte_carlo"]
SOURCES: tuple[Source, ...] = ("sobol", "nested", "scipy", "monte_carlo")
SIZES = tuple(2**power for power in range(8, 17))
LONG_SIZES = tuple(2**power for power in range(16, 21))
SLOW = ("corner peak", "discontinuous")
"""Families whose errors fall slower than n⁻¹ over ``SIZES``; where they go is seen over ``LONG_SIZES``."""
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


def nested(seed: int, n: int) -> FloatArray:
    """Sobol points under Owen's nested uniform scramble by its definition, (5, n): a random bit for each node.

    n is a power of two. Each interval of length 1/n holds one point of a dimension, so that what stands below these
    bits is one uniform number for each point. Source: Owen, Randomly permuted (t,m,s)-nets, Lecture Notes in
    Statistics 106 (1995) 299.
    """
    random, found, depth = np.random.default_rng(seed), np.empty((DIMENSIONS, n)), n.bit_length() - 1
    for dimension in range(DIMENSIONS):
        digits = (sobol_points(dimension, 0, n) >> np.uint32(32 - depth)).astype(np.int64)
        scrambled = np.zeros_like(digits)
        for level in range(depth):
            below = depth - 1 - level
            flips = random.integers(0, 2, 1 << level)
            scrambled |= ((digits >> below & 1) ^ flips[digits >> (below + 1)]) << below
        found[dimension] = (scrambled + random.random(n)) / n
    return found


def points(source: Source, seed: int, n: int) -> FloatArray:
    """Points (5, n) of one of our samplers, or of the same Sobol points scrambled otherwise, for comparison."""
    if source == "nested":
        return nested(seed, n)
    if source == "scipy":
        found: FloatArray = qmc.Sobol(DIMENSIONS, scramble=True, rng=np.random.default_rng(seed)).random(n).T
        return found
    face = sampler(source, seed, n, STREAMS)
    return np.stack([face.uniforms(draw, 0, n) for draw in range(DIMENSIONS)])


def errors(
    source: Source, seeds: range, sizes: tuple[int, ...] = SIZES, integrands: Sequence[Integrand] = INTEGRANDS
) -> FloatArray:
    """Relative errors of the integrals, (seeds, integrands, sizes).

    Each seed's points are made once: under all four ways the first points of a larger sample are a smaller one.
    """
    found = np.empty((len(seeds), len(integrands), len(sizes)))
    for place, seed in enumerate(seeds):
        u = points(source, seed, sizes[-1])
        for row, each in enumerate(integrands):
            values = each.function(u)
            found[place, row] = [float(values[:n].mean()) / each.integral - 1 for n in sizes]
    return found


def root_mean_square(found: FloatArray) -> FloatArray:
    """The root mean square error over the seeds, (integrands, sizes)."""
    result: FloatArray = np.sqrt(np.mean(found**2, axis=0))
    return result


def kurtosis(found: FloatArray) -> FloatArray:
    """How heavy the tails of the errors at the largest size are, (integrands,): 3 if they are normal."""
    result: FloatArray = np.mean(found[..., -1] ** 4, axis=0) / np.mean(found[..., -1] ** 2, axis=0) ** 2
    return result


def slopes(found: FloatArray, sizes: tuple[int, ...] = SIZES) -> tuple[FloatArray, FloatArray]:
    """The least-squares slopes of log root mean square error over log n, and their standard errors, (integrands,).

    The slope is −0.5 for plain Monte Carlo. The standard error is that of the delta method over independent seeds.
    """
    x = np.log(sizes) - np.mean(np.log(sizes))
    weights = x / (x @ x)
    each = (found**2 / np.mean(found**2, axis=0)) @ weights / 2
    return np.log(root_mean_square(found)) @ weights, each.std(axis=0, ddof=1) / math.sqrt(len(found))
