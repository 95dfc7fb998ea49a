"""Laws that are a standard law moved and stretched: X = location + scale · Z, with Z given by shapes alone."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from compute.distributions.law import Law, Moments
from compute.distributions.parameters import FloatArray

Form = tuple[Any, Any, tuple[Any, ...]]
WHOLE_LINE = (-math.inf, math.inf)
POSITIVE_LINE = (0.0, math.inf)


class ScaledLaw(Law):
    """A law given by its standard form; subclasses write that form's kernels in z."""

    __slots__ = ()

    @staticmethod
    @abstractmethod
    def form(*arguments: Any, **unused: Any) -> Form:
        """``(*parameters)`` → location, scale and the shapes that the standard kernels take; numbers or arrays."""

    @staticmethod
    @abstractmethod
    def standard_quantile(*arguments: Any, **unused: Any) -> FloatArray:
        """``(p, q, *shapes)`` → z."""

    @staticmethod
    @abstractmethod
    def standard_probability(*arguments: Any, **unused: Any) -> FloatArray:
        """``(z, *shapes)`` → P(Z ≤ z)."""

    @staticmethod
    @abstractmethod
    def standard_excess(*arguments: Any, **unused: Any) -> FloatArray:
        """``(z, *shapes)`` → P(Z > z)."""

    @staticmethod
    @abstractmethod
    def standard_density(*arguments: Any, **unused: Any) -> FloatArray:
        """``(z, *shapes)`` → the density of Z, asked for inside the support only."""

    @staticmethod
    @abstractmethod
    def standard_moments(*arguments: Any, **unused: Any) -> Moments:
        """``(*shapes)`` → the moments of Z."""

    @staticmethod
    @abstractmethod
    def standard_mode(*arguments: Any, **unused: Any) -> float:
        """``(*shapes)`` → the peak of Z."""

    @staticmethod
    def standard_support(*shapes: Any) -> tuple[Any, Any]:
        """``(*shapes)`` → the ends of Z, numbers or arrays."""
        return WHOLE_LINE

    @classmethod
    def quantile_kernel(cls, p: FloatArray, q: FloatArray, *parameters: FloatArray) -> FloatArray:
        location, scale, shapes = cls.form(*parameters)
        moved: FloatArray = location + scale * cls.standard_quantile(p, q, *shapes)
        return moved

    @classmethod
    def probability_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        z, shapes, low, high = cls._standardised(x, parameters)
        return np.where(z <= low, 0.0, np.where(z >= high, 1.0, cls.standard_probability(z, *shapes)))

    @classmethod
    def excess_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        z, shapes, low, high = cls._standardised(x, parameters)
        return np.where(z <= low, 1.0, np.where(z >= high, 0.0, cls.standard_excess(z, *shapes)))

    @classmethod
    def density_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        scale = cls.form(*parameters)[1]
        z, shapes, low, high = cls._standardised(x, parameters)
        return np.where((z < low) | (z > high), 0.0, cls.standard_density(z, *shapes) / scale)

    @classmethod
    def _standardised(
        cls, x: FloatArray, parameters: tuple[FloatArray, ...]
    ) -> tuple[FloatArray, tuple[Any, ...], Any, Any]:
        location, scale, shapes = cls.form(*parameters)
        low, high = cls.standard_support(*shapes)
        return (x - location) / scale, shapes, low, high

    def moments(self) -> Moments:
        location, scale, shapes = self.form(*self.arguments)
        mean, variance, skewness, kurtosis = self.standard_moments(*shapes)
        return Moments(location + scale * mean, scale * scale * variance, skewness, kurtosis)

    @property
    def mode(self) -> float:
        location, scale, shapes = self.form(*self.arguments)
        return float(location + scale * self.standard_mode(*shapes))

    @property
    def support(self) -> tuple[float, float]:
        location, scale, shapes = self.form(*self.arguments)
        low, high = self.standard_support(*shapes)
        return float(location + scale * low), float(location + scale * high)


def moments_from_raw(raw: Callable[[int], float], exist_below: float = math.inf) -> Moments:
    """The moments of a positive law from ``raw(k)`` = E[X^k], which is infinite for k ≥ exist_below."""
    m1, m2, m3, m4 = (float(raw(k)) if k < exist_below else math.inf for k in (1, 2, 3, 4))
    if not math.isfinite(m2):
        return Moments(m1, math.inf if math.isfinite(m1) else math.nan, math.nan, math.nan)
    variance = m2 - m1 * m1
    third = m3 - 3 * m1 * variance - m1**3
    fourth = m4 - 4 * m1 * m3 + 6 * m1 * m1 * m2 - 3 * m1**4
    return Moments(m1, variance, third / variance**1.5, fourth / variance**2)
