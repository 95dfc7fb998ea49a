"""Johnson's laws, normal after a transformation: JohnsonSB (bounded), JohnsonSU (unbounded).

Source: Johnson, Biometrika 36 (1949) 149.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from compute import special
from compute.distributions.integration import quantile_moments
from compute.distributions.kernels import as_floats
from compute.distributions.law import Moments
from compute.distributions.normal import normal_density, normal_score
from compute.distributions.parameters import Domain, FloatArray, Ordering, ParameterInfo
from compute.distributions.scaled import Form, ScaledLaw
from compute.records import dataclass

_SHAPES = (
    ParameterInfo("shape1", "First shape: skew", Domain.REAL),
    ParameterInfo("shape2", "Second shape: peakedness", Domain.POSITIVE),
)


@dataclass(frozen=True, slots=True)
class JohnsonSB(ScaledLaw):
    """Johnson's bounded law: shape1 + shape2 ln(z / (1 − z)) is standard normal, z = (x − min) / (max − min).

    Source: Johnson, Biometrika 36 (1949) 149.
    """

    shape1: float
    shape2: float
    min: float
    max: float

    name: ClassVar[str] = "JOHNSONSB"
    title: ClassVar[str] = "JohnsonSB"
    summary: ClassVar[str] = "A flexible shape between a minimum and a maximum."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        *_SHAPES,
        ParameterInfo("min", "Smallest possible value", Domain.REAL),
        ParameterInfo("max", "Largest possible value", Domain.REAL),
    )
    orderings: ClassVar[tuple[Ordering, ...]] = (Ordering("min", "max", strict=True),)

    @staticmethod
    def form(shape1: Any, shape2: Any, low: Any, high: Any) -> Form:
        return low, high - low, (shape1, shape2)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        return as_floats(special.expit((normal_score(p, q) - shape1) / shape2))

    @staticmethod
    def standard_probability(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        return as_floats(special.ndtr(shape1 + shape2 * special.logit(z)))

    @staticmethod
    def standard_excess(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        return as_floats(special.ndtr(-(shape1 + shape2 * special.logit(z))))

    @staticmethod
    def standard_density(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        inside = shape2 / (z * (1 - z)) * normal_density(shape1 + shape2 * special.logit(z))
        return np.where((z > 0) & (z < 1), inside, 0.0)

    @staticmethod
    def standard_moments(shape1: float, shape2: float) -> Moments:
        return quantile_moments(JohnsonSB(shape1, shape2, 0.0, 1.0))

    @staticmethod
    def standard_mode(shape1: float, shape2: float) -> float:
        # There may be two peaks: the higher is found on a grid, then on finer ones around it.
        centre, reach = 0.0, 36.0
        for _ in range(4):
            grid = np.linspace(centre - reach, centre + reach, 2001)
            density = JohnsonSB.standard_density(special.expit(grid), np.array(shape1), np.array(shape2))
            centre, reach = float(grid[np.argmax(density)]), reach / 500.0
        return float(special.expit(centre))

    @staticmethod
    def standard_support(*shapes: Any) -> tuple[Any, Any]:
        return 0.0, 1.0


@dataclass(frozen=True, slots=True)
class JohnsonSU(ScaledLaw):
    """Johnson's unbounded law: shape1 + shape2 asinh z is standard normal, z = (x − loc) / scale.

    Source: Johnson, Biometrika 36 (1949) 149.
    """

    shape1: float
    shape2: float
    loc: float
    scale: float

    name: ClassVar[str] = "JOHNSONSU"
    title: ClassVar[str] = "JohnsonSU"
    summary: ClassVar[str] = "A flexible bell curve, skewed and heavy-tailed as wanted."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        *_SHAPES,
        ParameterInfo("loc", "Location", Domain.REAL),
        ParameterInfo("scale", "Scale", Domain.POSITIVE),
    )

    @staticmethod
    def form(shape1: Any, shape2: Any, loc: Any, scale: Any) -> Form:
        return loc, scale, (shape1, shape2)

    @staticmethod
    def standard_quantile(p: FloatArray, q: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        return np.sinh((normal_score(p, q) - shape1) / shape2)

    @staticmethod
    def standard_probability(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        return as_floats(special.ndtr(shape1 + shape2 * np.arcsinh(z)))

    @staticmethod
    def standard_excess(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        return as_floats(special.ndtr(-(shape1 + shape2 * np.arcsinh(z))))

    @staticmethod
    def standard_density(z: FloatArray, shape1: FloatArray, shape2: FloatArray) -> FloatArray:
        return shape2 / np.hypot(z, 1.0) * normal_density(shape1 + shape2 * np.arcsinh(z))

    @staticmethod
    def standard_moments(shape1: float, shape2: float) -> Moments:
        return quantile_moments(JohnsonSU(shape1, shape2, 0.0, 1.0))

    @staticmethod
    def standard_mode(shape1: float, shape2: float) -> float:
        # With y = asinh z the peak solves tanh y + shape2 (shape1 + shape2 y) = 0, which rises in y.
        reach = (abs(shape1) * shape2 + 1) / (shape2 * shape2)
        low, high = -reach, reach
        for _ in range(200):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if math.tanh(middle) + shape2 * (shape1 + shape2 * middle) < 0 else (low, middle)
        return math.sinh(0.5 * (low + high))
