"""Time series as processes: a path of values for each iteration from one uniform per period.

    Process
    ├── AR1, AR2, MA1, MA2, ARMA11     stationary around a mean, normal errors
    ├── ARCH1, GARCH11                 normal errors whose variance follows the past
    ├── GBM, GBMJD                     returns of a price: independent, with jumps
    └── BMMR, BMMRJD                   values drawn back to a level, with jumps

Parameters, their order and the start values are those of @RISK's functions of the same names (RiskAR1 …). Period k
(from 1) takes row k − 1 of the uniforms, each row a stream of its own, so a path to period k does not depend on how
many periods follow. ``Process.across`` makes a process whose parameters differ between iterations.

Sources: Palisade, @RISK help, Time Series Functions; Box, Jenkins, Reinsel, Time Series Analysis (1994), chapter 3;
Engle, Econometrica 50 (1982) 987; Bollerslev, J. Econometrics 31 (1986) 307; Merton, J. Financial Economics 3 (1976)
125; Uhlenbeck, Ornstein, Phys. Rev. 36 (1930) 823.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import ClassVar, Self

import numpy as np

from compute import special
from compute.errors import InvalidDistribution
from compute.records import dataclass
from compute.sampling.jumps import jump_quantile
from compute.sampling.streams import FloatArray

_CODE = "series.parameter"


class Process(ABC):
    """A time series with fixed parameters and start values; time 0 is the last known value."""

    __slots__ = ()

    name: ClassVar[str]
    positive: ClassVar[tuple[str, ...]] = ()
    not_negative: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for info in fields(self):  # type: ignore[arg-type]
            value = float(getattr(self, info.name))
            object.__setattr__(self, info.name, value)
            if not math.isfinite(value):
                self._refuse(info.name, "a finite number")
            if info.name in self.positive and not value > 0:
                self._refuse(info.name, "greater than 0")
            if info.name in self.not_negative and not value >= 0:
                self._refuse(info.name, "0 or more")

    @classmethod
    def parameters(cls) -> tuple[str, ...]:
        """The names of the parameters in their order."""
        return tuple(info.name for info in fields(cls))  # type: ignore[arg-type]

    @classmethod
    def across(cls, *columns: FloatArray) -> Self:
        """The process whose parameters, in their order, are one number each or one for each iteration, (1,) or (n,).

        Where a parameter lies outside its domain the whole path is NaN. Only ``path`` and ``means`` may be asked of it.
        """
        exists = np.ones(1, np.bool_)
        for info, column in zip(fields(cls), columns, strict=True):  # type: ignore[arg-type]
            exists = exists & np.isfinite(column)
            if info.name in cls.positive:
                exists = exists & (column > 0)
            if info.name in cls.not_negative:
                exists = exists & (column >= 0)
        made = object.__new__(cls)
        for info, column in zip(fields(cls), columns, strict=True):  # type: ignore[arg-type]
            object.__setattr__(made, info.name, np.where(exists, column, np.nan))
        return made

    def _refuse(self, parameter: str, must: str) -> None:
        found = f"{type(self).__name__}: {parameter} is {getattr(self, parameter):g}"
        raise InvalidDistribution(f"{found}; it must be {must}.", code=_CODE)

    @property
    def instability(self) -> str | None:
        """The condition of stationarity that the parameters break, or None; unstable processes can be drawn as well."""
        return None

    @abstractmethod
    def path(self, uniforms: FloatArray) -> FloatArray:
        """Values (periods, iterations) of periods 1, 2, … from uniforms (periods, iterations) in (0, 1)."""

    def means(self, periods: int) -> FloatArray:
        """The expectations of periods 1, 2, …, given the start values: (periods, 1), or (periods, n) of ``across``.

        They are the path on which no error falls; processes with jumps add their mean.
        """
        return self.path(np.full((periods, self._width), 0.5))

    @property
    def _width(self) -> int:
        return max(np.size(getattr(self, info.name)) for info in fields(self))  # type: ignore[arg-type]

    @abstractmethod
    def mean(self, k: int) -> float:
        """The expectation of period k, given the start values."""

    @abstractmethod
    def variance(self, k: int) -> float:
        """The variance of period k, given the start values."""


def _linear_weights(k: int, a: tuple[float, float], b: tuple[float, float]) -> list[float]:
    """How the errors of periods k, k − 1, …, 1 weigh in the value of period k: ψ of the ARMA process."""
    psi = [1.0]
    for lag in range(1, k):
        moving = b[lag - 1] if lag <= 2 else 0.0
        psi.append(moving + a[0] * psi[lag - 1] + (a[1] * psi[lag - 2] if lag >= 2 else 0.0))
    return psi


class _Linear(Process):
    """y(k) − mu = a1 (y(k−1) − mu) + a2 (y(k−2) − mu) + e(k) + b1 e(k−1) + b2 e(k−2), e(k) = sigma N(k)."""

    __slots__ = ()

    not_negative: ClassVar[tuple[str, ...]] = ("sigma",)

    mu: float
    sigma: float

    def _coefficients(self) -> tuple[tuple[float, float], tuple[float, float]]:
        return (
            (getattr(self, "a1", 0.0), getattr(self, "a2", 0.0)),
            (getattr(self, "b1", 0.0), getattr(self, "b2", 0.0)),
        )

    def _start(self) -> tuple[float, float, float, float]:
        """y(0) − mu, y(−1) − mu, e(0), e(−1)."""
        first = getattr(self, "y0", self.mu) - self.mu
        second = getattr(self, "y_1", self.mu) - self.mu
        return first, second, getattr(self, "e0", 0.0), getattr(self, "e_1", 0.0)

    def path(self, uniforms: FloatArray) -> FloatArray:
        errors = self.sigma * special.ndtri(uniforms)
        (a1, a2), (b1, b2) = self._coefficients()
        y1, y2, e1, e2 = (np.full(uniforms.shape[1:], value) for value in self._start())
        values = np.empty_like(errors)
        for k, error in enumerate(errors):
            values[k] = a1 * y1 + a2 * y2 + error + b1 * e1 + b2 * e2
            y1, y2, e1, e2 = values[k], y1, error, e1
        return values + self.mu

    def mean(self, k: int) -> float:
        (a1, a2), (b1, b2) = self._coefficients()
        y1, y2, e1, e2 = self._start()
        for _ in range(k):
            y1, y2, e1, e2 = a1 * y1 + a2 * y2 + b1 * e1 + b2 * e2, y1, 0.0, e1
        return self.mu + y1

    def variance(self, k: int) -> float:
        return self.sigma**2 * math.fsum(weight * weight for weight in _linear_weights(k, *self._coefficients()))

    @property
    def instability(self) -> str | None:
        a1, a2 = self._coefficients()[0]
        if a2 == 0.0:
            return None if abs(a1) < 1 else f"a1 is {a1:g}; stationarity needs −1 < a1 < 1"
        if a1 + a2 < 1 and a2 - a1 < 1 and abs(a2) < 1:
            return None
        return f"a1 is {a1:g} and a2 is {a2:g}; stationarity needs a1 + a2 < 1, a2 − a1 < 1 and −1 < a2 < 1"


@dataclass(frozen=True, slots=True)
class AR1(_Linear):
    """Autoregressive of order 1: RiskAR1(mu, sigma, a1, Y0)."""

    mu: float
    sigma: float
    a1: float
    y0: float

    name: ClassVar[str] = "AR1"


@dataclass(frozen=True, slots=True)
class AR2(_Linear):
    """Autoregressive of order 2: RiskAR2(mu, sigma, a1, a2, Y0, Y−1)."""

    mu: float
    sigma: float
    a1: float
    a2: float
    y0: float
    y_1: float

    name: ClassVar[str] = "AR2"


@dataclass(frozen=True, slots=True)
class MA1(_Linear):
    """Moving average of order 1: RiskMA1(mu, sigma, b1, e0)."""

    mu: float
    sigma: float
    b1: float
    e0: float

    name: ClassVar[str] = "MA1"


@dataclass(frozen=True, slots=True)
class MA2(_Linear):
    """Moving average of order 2: RiskMA2(mu, sigma, b1, b2, e0, e−1)."""

    mu: float
    sigma: float
    b1: float
    b2: float
    e0: float
    e_1: float

    name: ClassVar[str] = "MA2"


@dataclass(frozen=True, slots=True)
class ARMA11(_Linear):
    """Autoregressive and moving average of order 1: RiskARMA11(mu, sigma, a1, b1, Y0, e0)."""

    mu: float
    sigma: float
    a1: float
    b1: float
    y0: float
    e0: float

    name: ClassVar[str] = "ARMA11"


class _Heteroscedastic(Process):
    """y(k) = mu + s(k) N(k), s²(k) = omega + a1 (y(k−1) − mu)² + b1 s²(k−1)."""

    __slots__ = ()

    mu: float
    omega: float
    a1: float
    y0: float

    def _memory(self) -> tuple[float, float]:
        """b1 and s²(0)."""
        return 0.0, 0.0

    def path(self, uniforms: FloatArray) -> FloatArray:
        scores = special.ndtri(uniforms)
        b1, first = self._memory()
        spread = np.full(uniforms.shape[1:], first)
        gap = np.full(uniforms.shape[1:], self.y0 - self.mu)
        values = np.empty_like(scores)
        for k, score in enumerate(scores):
            spread = self.omega + self.a1 * gap * gap + b1 * spread
            gap = np.sqrt(spread) * score
            values[k] = gap
        return values + self.mu

    def mean(self, k: int) -> float:
        return self.mu if k else self.y0

    def variance(self, k: int) -> float:
        b1, spread = self._memory()
        square = (self.y0 - self.mu) ** 2
        for _ in range(k):
            spread = self.omega + self.a1 * square + b1 * spread
            square = spread
        return spread if k else 0.0

    @property
    def instability(self) -> str | None:
        total = self.a1 + self._memory()[0]
        return (
            None if total < 1 else f"the coefficients of the variance sum to {total:g}; stationarity needs less than 1"
        )


@dataclass(frozen=True, slots=True)
class ARCH1(_Heteroscedastic):
    """Autoregressive conditional heteroscedasticity: RiskARCH1(mu, omega, a1, Y0)."""

    mu: float
    omega: float
    a1: float
    y0: float

    name: ClassVar[str] = "ARCH1"
    positive: ClassVar[tuple[str, ...]] = ("omega",)
    not_negative: ClassVar[tuple[str, ...]] = ("a1",)


@dataclass(frozen=True, slots=True)
class GARCH11(_Heteroscedastic):
    """Generalised ARCH: RiskGARCH11(mu, omega, a1, b1, Y0, sigma0); a1 weighs the past error, b1 the past variance."""

    mu: float
    omega: float
    a1: float
    b1: float
    y0: float
    sigma0: float

    name: ClassVar[str] = "GARCH11"
    positive: ClassVar[tuple[str, ...]] = ("omega",)
    not_negative: ClassVar[tuple[str, ...]] = ("a1", "b1", "sigma0")

    def _memory(self) -> tuple[float, float]:
        return self.b1, self.sigma0 * self.sigma0


@dataclass(frozen=True, slots=True)
class GBM(Process):
    """Returns of geometric Brownian motion: RiskGBM(mu, sigma); y(k) is normal with mean mu − sigma²/2 and sd sigma.

    The price is the exponential of their sum: ``Reshaping(transform=1, integrate=1)``.
    """

    mu: float
    sigma: float

    name: ClassVar[str] = "GBM"
    not_negative: ClassVar[tuple[str, ...]] = ("sigma",)

    def path(self, uniforms: FloatArray) -> FloatArray:
        return np.asarray(self.mean(1) + self.sigma * special.ndtri(uniforms))

    def mean(self, k: int) -> float:
        return self.mu - 0.5 * self.sigma**2

    def variance(self, k: int) -> float:
        return self.sigma**2


@dataclass(frozen=True, slots=True)
class GBMJD(Process):
    """Returns with jumps: RiskGBMJD(mu, sigma, lambda, muJ, sigmaJ); a Poisson number of normal jumps is added."""

    mu: float
    sigma: float
    rate: float
    jump_mean: float
    jump_sd: float

    name: ClassVar[str] = "GBMJD"
    positive: ClassVar[tuple[str, ...]] = ("sigma",)
    not_negative: ClassVar[tuple[str, ...]] = ("rate", "jump_sd")

    def path(self, uniforms: FloatArray) -> FloatArray:
        drift = self.mu - 0.5 * self.sigma**2
        return np.asarray(drift + jump_quantile(uniforms, self.sigma, self.rate, self.jump_mean, self.jump_sd))

    def means(self, periods: int) -> FloatArray:
        return np.asarray(self.mean(1) + np.zeros((periods, self._width)))

    def mean(self, k: int) -> float:
        return self.mu - 0.5 * self.sigma**2 + self.rate * self.jump_mean

    def variance(self, k: int) -> float:
        return self.sigma**2 + self.rate * (self.jump_mean**2 + self.jump_sd**2)


class _Reverting(Process):
    """y(k) = mu + (y(k−1) − mu) e^−alpha + a step; sigma √((1 − e^−2alpha) / 2alpha) is the sd of its normal part."""

    __slots__ = ()

    mu: float
    sigma: float
    alpha: float
    y0: float

    @property
    def kept(self) -> float:
        """The share of the distance from the level that one period leaves."""
        return math.exp(-self.alpha)

    @property
    def step_sd(self) -> float:
        """The standard deviation of one period's normal step."""
        return float(self._spread())

    def _steps(self, uniforms: FloatArray) -> FloatArray:
        return np.asarray(self._spread() * special.ndtri(uniforms))

    def _spread(self) -> FloatArray:
        """``step_sd`` of every iteration."""
        alpha = np.asarray(self.alpha)
        return np.asarray(self.sigma * np.sqrt(-np.expm1(-2.0 * alpha) / (2.0 * alpha)))

    def _step_mean(self) -> float:
        return 0.0

    def _step_variance(self) -> float:
        return self.step_sd**2

    def path(self, uniforms: FloatArray) -> FloatArray:
        return self._followed(self._steps(uniforms))

    def means(self, periods: int) -> FloatArray:
        return self._followed(self._step_mean() + np.zeros((periods, self._width)))

    def _followed(self, values: FloatArray) -> FloatArray:
        """The path of these steps, in their place."""
        kept = np.exp(-np.asarray(self.alpha))
        gap = np.full(values.shape[1:], self.y0 - self.mu)
        for k in range(values.shape[0]):
            gap = kept * gap + values[k]
            values[k] = gap
        return values + self.mu

    def mean(self, k: int) -> float:
        gap = self.y0 - self.mu
        for _ in range(k):
            gap = self.kept * gap + self._step_mean()
        return self.mu + gap

    def variance(self, k: int) -> float:
        total = 0.0
        for _ in range(k):
            total = self.kept**2 * total + self._step_variance()
        return total


@dataclass(frozen=True, slots=True)
class BMMR(_Reverting):
    """Brownian motion with mean reversion (Ornstein–Uhlenbeck): RiskBMMR(mu, sigma, alpha, Y0), alpha > 0."""

    mu: float
    sigma: float
    alpha: float
    y0: float

    name: ClassVar[str] = "BMMR"
    positive: ClassVar[tuple[str, ...]] = ("alpha",)
    not_negative: ClassVar[tuple[str, ...]] = ("sigma",)


@dataclass(frozen=True, slots=True)
class BMMRJD(_Reverting):
    """Mean reversion with jumps: RiskBMMRJD(mu, sigma, alpha, lambda, muJ, sigmaJ, Y0); they fall at a period's end."""

    mu: float
    sigma: float
    alpha: float
    rate: float
    jump_mean: float
    jump_sd: float
    y0: float

    name: ClassVar[str] = "BMMRJD"
    positive: ClassVar[tuple[str, ...]] = ("alpha", "sigma")
    not_negative: ClassVar[tuple[str, ...]] = ("rate", "jump_sd")

    def _steps(self, uniforms: FloatArray) -> FloatArray:
        return jump_quantile(uniforms, self._spread(), self.rate, self.jump_mean, self.jump_sd)

    def _step_mean(self) -> float:
        return self.rate * self.jump_mean

    def _step_variance(self) -> float:
        return self.step_sd**2 + self.rate * (self.jump_mean**2 + self.jump_sd**2)


PROCESSES: Mapping[str, type[Process]] = MappingProxyType(
    {kind.name: kind for kind in (AR1, AR2, MA1, MA2, ARMA11, ARCH1, GARCH11, GBM, GBMJD, BMMR, BMMRJD)}
)
"""Every process by its capital name; a dialect passes a call's arguments in their order."""
