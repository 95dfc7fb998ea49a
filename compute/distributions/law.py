"""The face of every probability law: a distribution with fixed parameters, and the named laws."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast, overload

import numpy as np

from compute.distributions.columns import Columns, LawColumns
from compute.distributions.parameters import (
    Argument,
    BoolArray,
    FloatArray,
    Ordering,
    ParameterInfo,
    as_argument,
    shown,
)
from compute.errors import InvalidDistribution

if TYPE_CHECKING:
    from collections.abc import Callable

    from compute.distributions.transforms import Shifted, Truncated

PARAMETER_CODE = "distribution.parameter"


class Moments(NamedTuple):
    """Mean, variance, skewness and Pearson kurtosis (normal = 3); NaN where undefined, inf where infinite."""

    mean: float
    variance: float
    skewness: float
    kurtosis: float


def constant_moments(value: float) -> Moments:
    """The moments of a law that is a constant: no spread, hence no shape."""
    return Moments(value, 0.0, math.nan, math.nan)


class Distribution(ABC):
    """A probability law with fixed parameters: a named law, or one truncated or shifted."""

    __slots__ = ()

    @abstractmethod
    def columns(self) -> Columns:
        """The law as a column of one, whose kernels answer for it."""

    @abstractmethod
    def moments(self) -> Moments:
        """Mean, variance, skewness and Pearson kurtosis."""

    @abstractmethod
    def lattice(self, low: float, high: float) -> FloatArray:
        """The possible values of a discrete law in [low, high], ascending; TypeError for a continuous law."""

    @property
    @abstractmethod
    def is_discrete(self) -> bool:
        """Whether the law has countably many possible values."""

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """The smallest and the largest possible value; infinite where unbounded."""

    @property
    @abstractmethod
    def mode(self) -> float:
        """The most likely value."""

    @overload
    def ppf(self, p: float) -> float: ...
    @overload
    def ppf(self, p: FloatArray) -> FloatArray: ...
    def ppf(self, p: float | FloatArray) -> float | FloatArray:
        """The inverse of ``cdf``: the smallest x with cdf(x) ≥ p; NaN for p outside [0, 1]."""
        return _elementwise(self.columns().draw, p)

    @overload
    def isf(self, q: float) -> float: ...
    @overload
    def isf(self, q: FloatArray) -> FloatArray: ...
    def isf(self, q: float | FloatArray) -> float | FloatArray:
        """The inverse of ``sf``, precise for small ``q``: the smallest x with sf(x) ≤ q; NaN for q outside [0, 1]."""
        columns = self.columns()
        return _elementwise(lambda share: np.where(_unit(share), columns.quantile(1.0 - share, share), np.nan), q)

    @overload
    def cdf(self, x: float) -> float: ...
    @overload
    def cdf(self, x: FloatArray) -> FloatArray: ...
    def cdf(self, x: float | FloatArray) -> float | FloatArray:
        """P(X ≤ x)."""
        return _elementwise(self.columns().probability, x)

    @overload
    def sf(self, x: float) -> float: ...
    @overload
    def sf(self, x: FloatArray) -> FloatArray: ...
    def sf(self, x: float | FloatArray) -> float | FloatArray:
        """P(X > x), precise where it is small."""
        return _elementwise(self.columns().excess, x)

    @overload
    def pdf(self, x: float) -> float: ...
    @overload
    def pdf(self, x: FloatArray) -> FloatArray: ...
    def pdf(self, x: float | FloatArray) -> float | FloatArray:
        """The density at ``x``; a discrete law has none and answers with ``pmf``."""
        return _elementwise(self.columns().density, x)

    @overload
    def pmf(self, x: float) -> float: ...
    @overload
    def pmf(self, x: FloatArray) -> FloatArray: ...
    def pmf(self, x: float | FloatArray) -> float | FloatArray:
        """P(X = x): 0 everywhere for a continuous law."""
        return _elementwise(self.columns().density if self.is_discrete else np.zeros_like, x)

    @property
    def mean(self) -> float:
        """The expectation; NaN where the law has none."""
        return self.moments().mean

    @property
    def variance(self) -> float:
        """The expected squared distance from the mean; NaN or inf where the law has none."""
        return self.moments().variance

    @property
    def standard_deviation(self) -> float:
        """The square root of the variance."""
        return math.sqrt(self.variance)

    @property
    def skewness(self) -> float:
        """The third standardised moment; NaN for a constant."""
        return self.moments().skewness

    @property
    def kurtosis(self) -> float:
        """The fourth standardised moment, Pearson's (normal = 3); NaN for a constant."""
        return self.moments().kurtosis

    @property
    def static_value(self) -> float:
        """The value shown when nothing is simulated: the mean, or the possible value nearest to it, as @RISK does.

        A law without a finite mean shows its median.
        """
        mean = self.mean
        if not math.isfinite(mean):
            return self.ppf(0.5)
        return self.nearest(mean) if self.is_discrete else mean

    def nearest(self, x: float) -> float:
        """The possible value of a discrete law nearest to ``x``; the smaller of two equally near."""
        below = self.lattice(self.ppf(0.0), x)[-1:]
        above = self.ppf(min(1.0, math.nextafter(self.cdf(x), 2.0)))
        candidates = np.append(below, above)
        return float(candidates[np.argmin(np.abs(candidates - x))])

    def truncate(self, low: float | None = None, high: float | None = None) -> Truncated:
        """This law given that low ≤ X ≤ high; raises InvalidDistribution where that has no probability."""
        from compute.distributions.transforms import Truncated

        return Truncated(self, -math.inf if low is None else low, math.inf if high is None else high)

    def shift(self, by: float) -> Shifted:
        """The law of X + by."""
        from compute.distributions.transforms import Shifted

        return Shifted(self, by)


def _unit(share: FloatArray) -> BoolArray:
    return (share >= 0) & (share <= 1)


def _elementwise(kernel: Callable[[FloatArray], FloatArray], x: float | FloatArray) -> float | FloatArray:
    """Runs scalars as arrays of one element, so that they meet the same instructions and give the same bits."""
    array = np.asarray(x, dtype=np.float64)
    flat = array.reshape(-1)
    with np.errstate(all="ignore"):
        result: FloatArray = np.where(np.isnan(flat), np.nan, kernel(flat))
    return float(result[0]) if array.ndim == 0 else result.reshape(array.shape)


class Law(Distribution):
    """A named law. Class attributes describe it; static kernels answer for arrays of parameters."""

    __slots__ = ()

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    parameters: ClassVar[tuple[ParameterInfo, ...]]
    orderings: ClassVar[tuple[Ordering, ...]] = ()
    discrete: ClassVar[bool] = False

    def __post_init__(self) -> None:
        for info in self.parameters:
            object.__setattr__(self, info.name, as_argument(self.title, info, getattr(self, info.name)))
        problem = self.problem(*self.arguments)
        if problem is not None:
            raise InvalidDistribution(problem, code=PARAMETER_CODE)

    # Kernels: arrays in, arrays out, nothing checked. Each law has its own parameters, hence Any.
    @staticmethod
    @abstractmethod
    def quantile_kernel(*arguments: Any, **unused: Any) -> FloatArray:
        """``(p, q, *parameters)`` → the smallest x with P(X ≤ x) ≥ p, where q = 1 − p."""

    @staticmethod
    @abstractmethod
    def probability_kernel(*arguments: Any, **unused: Any) -> FloatArray:
        """``(x, *parameters)`` → P(X ≤ x)."""

    @staticmethod
    @abstractmethod
    def excess_kernel(*arguments: Any, **unused: Any) -> FloatArray:
        """``(x, *parameters)`` → P(X > x)."""

    @staticmethod
    @abstractmethod
    def density_kernel(*arguments: Any, **unused: Any) -> FloatArray:
        """``(x, *parameters)`` → the density, or the probability of exactly x."""

    @classmethod
    def below_kernel(cls, x: FloatArray, *parameters: FloatArray) -> FloatArray:
        """``(x, *parameters)`` → P(X < x)."""
        return cls.probability_kernel(x, *parameters)

    @classmethod
    def valid(cls, *parameters: float | FloatArray) -> BoolArray:
        """For each column of parameters whether the law exists there; lists run along the first axis."""
        arrays = [np.asarray(value, dtype=np.float64) for value in parameters]
        by_name = dict(zip((info.name for info in cls.parameters), arrays, strict=True))
        with np.errstate(all="ignore"):
            checks = [info.domain.contains(by_name[info.name]) for info in cls.parameters]
            checks += [rule.holds(by_name[rule.low], by_name[rule.high]) for rule in cls.orderings]
            checks.append(np.asarray(cls.consistent(*arrays), dtype=np.bool_))
        answer = checks[0]
        for check in checks[1:]:
            answer = answer & check
        return answer

    @classmethod
    def consistent(cls, *parameters: FloatArray) -> BoolArray | bool:
        """Conditions between parameters that ``orderings`` cannot express, elementwise."""
        return True

    @classmethod
    def inconsistency(cls, *parameters: Argument) -> str:
        """The sentence for parameters that ``consistent`` refuses."""
        return f"{cls.title}: the parameters {parameters} do not go together."

    @classmethod
    def problem(cls, *parameters: Argument) -> str | None:
        """What is wrong with the parameters, naming law, parameter, value and what is allowed; None if nothing."""
        values = {
            info.name: np.asarray(value, np.float64) for info, value in zip(cls.parameters, parameters, strict=True)
        }
        for info in cls.parameters:
            if not bool(info.domain.contains(values[info.name])):
                return f"{cls.title}: {info.name} is {shown(values[info.name])}; it must be {info.domain.value}."
        for rule in cls.orderings:
            low, high = values[rule.low], values[rule.high]
            if not bool(rule.holds(low, high)):
                found = f"{cls.title}: {rule.low} is {shown(low)} and {rule.high} is {shown(high)}"
                return f"{found}; {rule.low} must be {'less than' if rule.strict else 'at most'} {rule.high}."
        return None if bool(np.all(cls.consistent(*values.values()))) else cls.inconsistency(*parameters)

    @classmethod
    def over(cls, *parameters: float | FloatArray) -> LawColumns:
        """The law over columns of its parameters, to be truncated, shifted and drawn from elementwise.

        Lists (as in ``Discrete``) are arrays (k, n), or (k,) where every column has the same list.
        """
        return LawColumns(
            cls, tuple(_column(info, value) for info, value in zip(cls.parameters, parameters, strict=True))
        )

    @classmethod
    def quantile(cls, p: float | FloatArray, *parameters: float | FloatArray) -> FloatArray:
        """Inverse CDF, elementwise with broadcasting: one value per column of ``p`` and the parameters.

        NaN where p is outside [0, 1] or the parameters are invalid.
        """
        return cls.over(*parameters).draw(p)

    @classmethod
    def from_percentiles(cls, *given: tuple[str | float, float], descending: bool = False) -> Distribution:
        """The law by any mix of (parameter's name, value) and (probability 0–1, value) pairs: @RISK's Alt forms.

        Raises InvalidDistribution naming the pair that cannot be met, or where the law has no such form.
        """
        from compute.distributions.percentiles import from_percentiles

        return from_percentiles(cls, given, descending)

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """The parameters in their order."""
        return tuple(getattr(self, info.name) for info in self.parameters)

    @property
    def is_discrete(self) -> bool:
        """Whether the law has countably many possible values."""
        return self.discrete

    def columns(self) -> LawColumns:
        """The law as a column of one, whose kernels answer for it."""
        return self.over(*(cast("FloatArray", np.asarray(value)) for value in self.arguments))

    def lattice(self, low: float, high: float) -> FloatArray:
        """The possible values of a discrete law in [low, high]; TypeError for a continuous law."""
        raise TypeError(f"{self.title} is continuous: it has no lattice of possible values.")


def _column(info: ParameterInfo, value: float | FloatArray) -> FloatArray:
    array = np.asarray(value, dtype=np.float64)
    if info.domain.is_list:
        return array.reshape(-1, 1) if array.ndim < 2 else array
    return np.atleast_1d(array)
