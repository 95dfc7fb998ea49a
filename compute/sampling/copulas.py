"""Copulas: how draws that belong together hang on each other, as maps of independent uniforms to dependent ones.

Each map works lane by lane, so any slice of the iterations can be computed alone. ``extra`` rows are further uniforms
that belong to the group and to no draw (a common shock). Source of the Archimedean samplers: Marshall, Olkin, JASA 83
(1988) 834; Hofert, Comput. Stat. Data Anal. 52 (2008) 5163.
"""

from __future__ import annotations

import math
from dataclasses import field
from typing import Protocol

import numpy as np

from compute import special
from compute.errors import SpecificationError
from compute.records import dataclass
from compute.sampling.correlation_matrix import combined, triangular_root
from compute.sampling.streams import FloatArray

SMALLEST, LARGEST = 2.0**-54, 1.0 - 2.0**-53
"""The uniforms that a draw may get: the open interval, at the resolution of the generator."""


class Copula(Protocol):
    """A dependence of ``size`` uniforms."""

    @property
    def size(self) -> int:
        """The number of draws it ties together."""

    @property
    def extra(self) -> int:
        """The number of further uniforms it needs in each iteration."""

    def transform(self, uniforms: FloatArray, extra: FloatArray) -> FloatArray:
        """Dependent uniforms (size, lanes) from independent ones (size, lanes) and the extra ones (extra, lanes)."""


def _inside(values: FloatArray) -> FloatArray:
    return np.clip(values, SMALLEST, LARGEST)


@dataclass(frozen=True, slots=True)
class GaussianCopula:
    """Normal scores with the given correlations; ``matrix`` (k, k) must be positive semidefinite."""

    matrix: FloatArray
    _root: FloatArray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_root", triangular_root(self.matrix))

    @property
    def size(self) -> int:
        return int(self.matrix.shape[0])

    @property
    def extra(self) -> int:
        return 0

    def transform(self, uniforms: FloatArray, extra: FloatArray) -> FloatArray:
        return _inside(special.ndtr(combined(self._root, special.ndtri(uniforms))))


@dataclass(frozen=True, slots=True)
class StudentCopula:
    """Student t scores with ``degrees`` of freedom and the given correlations: joint extremes, the more the fewer."""

    matrix: FloatArray
    degrees: float
    _root: FloatArray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.degrees > 0.0 or math.isinf(self.degrees):
            raise _wrong("t", "degrees of freedom", self.degrees, "greater than 0")
        object.__setattr__(self, "_root", triangular_root(self.matrix))

    @property
    def size(self) -> int:
        return int(self.matrix.shape[0])

    @property
    def extra(self) -> int:
        return 1

    def transform(self, uniforms: FloatArray, extra: FloatArray) -> FloatArray:
        scores = combined(self._root, special.ndtri(uniforms))
        chi_square = 2.0 * special.gammaincinv(self.degrees / 2.0, extra[0])
        return _inside(special.stdtr(self.degrees, scores / np.sqrt(chi_square / self.degrees)))


def _wrong(copula: str, what: str, value: float, must: str) -> SpecificationError:
    return SpecificationError(f"{copula} copula: {what} is {value:g}; it must be {must}", code="model.copula")


@dataclass(frozen=True, slots=True)
class ClaytonCopula:
    """Draws that are low together: C(u, v) = (u^−θ + v^−θ − 1)^(−1/θ), θ > 0; for two draws also −1 ≤ θ < 0."""

    theta: float
    size: int = 2

    def __post_init__(self) -> None:
        low = -1.0 if self.size == 2 else 0.0
        if not low <= self.theta < math.inf or self.theta == 0.0:
            raise _wrong("Clayton", "theta", self.theta, "greater than 0 (for two draws also from -1 to 0, without 0)")

    @property
    def extra(self) -> int:
        return 1

    def transform(self, uniforms: FloatArray, extra: FloatArray) -> FloatArray:
        theta = self.theta
        if theta < 0.0:
            first, given = uniforms
            if theta == -1.0:
                return _inside(np.stack((first, 1.0 - first)))
            # The inverse of the distribution of the second given the first.
            inner = first**-theta * (given ** (-theta / (1.0 + theta)) - 1.0) + 1.0
            return _inside(np.stack((first, np.maximum(inner, 0.0) ** (-1.0 / theta))))
        frailty = special.gammaincinv(1.0 / theta, extra[0])
        with np.errstate(divide="ignore"):
            return _inside((1.0 - np.log(uniforms) / frailty) ** (-1.0 / theta))


@dataclass(frozen=True, slots=True)
class GumbelCopula:
    """Draws that are high together: C(u, v) = exp(−((−ln u)^θ + (−ln v)^θ)^(1/θ)), θ ≥ 1."""

    theta: float
    size: int = 2

    def __post_init__(self) -> None:
        if not 1.0 <= self.theta < math.inf:
            raise _wrong("Gumbel", "theta", self.theta, "1 or more")

    @property
    def extra(self) -> int:
        return 2

    def transform(self, uniforms: FloatArray, extra: FloatArray) -> FloatArray:
        if self.theta == 1.0:
            return uniforms
        alpha = 1.0 / self.theta
        angle, exponential = math.pi * extra[0], -np.log(extra[1])
        # A positive stable variable by Kanter's formula, Ann. Probab. 3 (1975) 697.
        frailty = (np.sin(alpha * angle) / np.sin(angle) ** (1.0 / alpha)) * (
            np.sin((1.0 - alpha) * angle) / exponential
        ) ** ((1.0 - alpha) / alpha)
        return _inside(np.exp(-((-np.log(uniforms) / frailty) ** alpha)))


@dataclass(frozen=True, slots=True)
class FrankCopula:
    """A symmetric dependence without joint extremes: θ > 0; for two draws also θ < 0."""

    theta: float
    size: int = 2

    def __post_init__(self) -> None:
        if self.theta == 0.0 or math.isinf(self.theta) or (self.theta < 0.0 and self.size > 2):
            raise _wrong("Frank", "theta", self.theta, "greater than 0 (for two draws also less than 0)")

    @property
    def extra(self) -> int:
        return 2

    def transform(self, uniforms: FloatArray, extra: FloatArray) -> FloatArray:
        theta = abs(self.theta)
        # A logarithmic series variable by Kemp's mixture of geometric ones, Appl. Stat. 30 (1981) 249.
        log_failure = np.log1p(-np.exp(-theta * extra[0]))
        frailty = np.maximum(np.floor(1.0 + np.log(extra[1]) / log_failure), 1.0)
        ratio = np.log(uniforms) / frailty
        # 1 − (1 − e^−θ) e^ratio, without the cancellation that strong dependence brings.
        values = -np.log(np.exp(ratio - theta) - np.expm1(ratio)) / theta
        if self.theta < 0.0:
            values[1] = 1.0 - values[1]
        return _inside(values)


@dataclass(frozen=True, slots=True)
class Reflected:
    """Another copula with some of its draws turned round: low becomes high where ``turned`` is true."""

    copula: Copula
    turned: tuple[bool, ...]

    @property
    def size(self) -> int:
        return self.copula.size

    @property
    def extra(self) -> int:
        return self.copula.extra

    def transform(self, uniforms: FloatArray, extra: FloatArray) -> FloatArray:
        values = np.array(self.copula.transform(uniforms, extra))
        for i, turned in enumerate(self.turned):
            if turned:
                values[i] = 1.0 - values[i]
        return _inside(values)
