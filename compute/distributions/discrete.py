"""Laws of listed values: Discrete, DUniform, Resample."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from compute.distributions.law import Law, Moments, constant_moments
from compute.distributions.parameters import Argument, BoolArray, Domain, FloatArray, ParameterInfo
from compute.records import dataclass

_LEAST = 5e-324


def _sorted_shares(values: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The values ascending in each column, and the probability up to and including each."""
    values, weights = np.broadcast_arrays(values, weights)
    order = np.argsort(values, axis=0, kind="stable")
    running = np.cumsum(np.take_along_axis(weights, order, axis=0), axis=0)
    shares: FloatArray = running / running[-1]
    return np.take_along_axis(values, order, axis=0), shares


def _pick(table: FloatArray, index: npt.NDArray[np.intp]) -> FloatArray:
    """table[index] in each column; a table of one column serves all."""
    if table.shape[1] == 1:
        picked: FloatArray = table[index, 0]
    else:
        picked = np.take_along_axis(table, np.broadcast_to(index, table.shape[1:])[np.newaxis], axis=0)[0]
    return picked


class ListedLaw(Law):
    """A law of listed values; subclasses say with which weights."""

    __slots__ = ()

    discrete: ClassVar[bool] = True

    @staticmethod
    @abstractmethod
    def listed(*arguments: Any, **unused: Any) -> tuple[FloatArray, FloatArray]:
        """``(*parameters)`` → values and weights, each (k, n)."""

    @classmethod
    def quantile_kernel(cls, p: FloatArray, q: FloatArray, *parameters: FloatArray) -> FloatArray:
        values, weights = cls.listed(*parameters)
        if values.shape[0] != weights.shape[0]:
            return np.full(p.shape, np.nan)
        ascending, shares = _sorted_shares(values, weights)
        # A value without probability is never drawn, not even at p = 0.
        wanted = np.maximum(p, _LEAST)
        if shares.shape[1] == 1:
            index = np.searchsorted(shares[:, 0], wanted, side="left")
        else:
            index = np.count_nonzero(shares < wanted, axis=0)
        return _pick(ascending, np.minimum(index, shares.shape[0] - 1))

    @classmethod
    def probability_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        ascending, shares = _sorted_shares(*cls.listed(*parameters))
        index = np.count_nonzero(ascending <= x, axis=0)
        return np.where(index == 0, 0.0, _pick(shares, np.maximum(index - 1, 0)))

    @classmethod
    def below_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        return cls.probability_kernel(np.nextafter(x, -np.inf), *parameters)

    @classmethod
    def excess_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        values, weights = cls.listed(*parameters)
        share: FloatArray = np.where(values > x, weights, 0.0).sum(axis=0) / weights.sum(axis=0)
        return share

    @classmethod
    def density_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        values, weights = cls.listed(*parameters)
        share: FloatArray = np.where(values == x, weights, 0.0).sum(axis=0) / weights.sum(axis=0)
        return share

    def merged(self) -> tuple[FloatArray, FloatArray]:
        """The distinct values with probability, ascending, and their probabilities."""
        listed, weights = (column[:, 0] for column in self.listed(*self.columns().parameters))
        possible = weights > 0
        values, places = np.unique(listed[possible], return_inverse=True)
        return values, np.bincount(places, weights=weights[possible]) / weights.sum()

    def moments(self) -> Moments:
        values, shares = self.merged()
        if values.size == 1:
            return constant_moments(float(values[0]))
        mean = float((shares * values).sum())
        distance = values - mean
        variance = float((shares * distance**2).sum())
        skewness = float((shares * distance**3).sum()) / variance**1.5
        return Moments(mean, variance, skewness, float((shares * distance**4).sum()) / variance**2)

    def lattice(self, low: float, high: float) -> FloatArray:
        values, _ = self.merged()
        return values[(values >= low) & (values <= high)]

    @property
    def mode(self) -> float:
        values, shares = self.merged()
        return float(values[np.argmax(shares)])

    @property
    def support(self) -> tuple[float, float]:
        values, _ = self.merged()
        return float(values[0]), float(values[-1])


@dataclass(frozen=True, slots=True)
class Discrete(ListedLaw):
    """The law of listed values with given weights, which need not sum to 1: P(values[i]) = weight[i] / sum.

    Source: @RISK's RiskDiscrete, which divides the weights by their sum.
    """

    values: tuple[float, ...]
    probabilities: tuple[float, ...]

    name: ClassVar[str] = "DISCRETE"
    title: ClassVar[str] = "Discrete"
    summary: ClassVar[str] = "One of several listed values, each with its own probability."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("values", "Possible values", Domain.VALUES),
        ParameterInfo("probabilities", "Probabilities or weights, one for each value", Domain.WEIGHTS),
    )

    @classmethod
    def consistent(cls, *parameters: FloatArray) -> BoolArray | bool:
        values, weights = parameters
        return bool(values.shape[0] == weights.shape[0])

    @classmethod
    def inconsistency(cls, *parameters: Argument) -> str:
        values, weights = (np.size(value) for value in parameters)
        return f"{cls.title}: there are {values} values and {weights} probabilities; each value needs one probability."

    @staticmethod
    def listed(values: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        return values, weights


@dataclass(frozen=True, slots=True)
class DUniform(ListedLaw):
    """The law of listed values that are all equally likely; a value listed twice counts twice.

    Source: @RISK's RiskDUniform.
    """

    values: tuple[float, ...]

    name: ClassVar[str] = "DUNIFORM"
    title: ClassVar[str] = "DUniform"
    summary: ClassVar[str] = "One of several listed values, all equally likely."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (ParameterInfo("values", "Possible values", Domain.VALUES),)

    @staticmethod
    def listed(values: FloatArray) -> tuple[FloatArray, FloatArray]:
        return values, np.ones_like(values)


@dataclass(frozen=True, slots=True)
class Resample(ListedLaw):
    """The empirical law of observed data, drawn with replacement.

    Source: Efron, Ann. Statist. 7 (1979) 1; @RISK's RiskResample with random sampling.
    """

    data: tuple[float, ...]

    name: ClassVar[str] = "RESAMPLE"
    title: ClassVar[str] = "Resample"
    summary: ClassVar[str] = "One of the values that were observed, drawn with replacement."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (ParameterInfo("data", "Observed values", Domain.VALUES),)

    @staticmethod
    def listed(data: FloatArray) -> tuple[FloatArray, FloatArray]:
        return data, np.ones_like(data)
