"""Everything that is said of one variable in numbers, and single statistics named as data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np

from compute.analysis import risk
from compute.analysis.conventions import Convention, cumulative_probability, mode, quantile
from compute.analysis.leaves import CentralMoments, FloatArray, central_moments
from compute.analysis.percentiles import without_errors
from compute.analysis.summary import PERCENTILES, kurtosis, skewness
from compute.records import dataclass

MeasureName = Literal[
    "mean",
    "median",
    "mode",
    "standard_deviation",
    "variance",
    "skewness",
    "kurtosis",
    "minimum",
    "maximum",
    "range",
    "coefficient_of_variation",
    "standard_error",
    "semi_deviation",
    "mean_absolute_deviation",
    "percentile",
    "probability_at_most",
    "value_at_risk",
    "conditional_value_at_risk",
]
_WITH_LEVEL = ("percentile", "probability_at_most", "value_at_risk", "conditional_value_at_risk")
_OF_MOMENTS = (
    "mean",
    "standard_deviation",
    "variance",
    "skewness",
    "kurtosis",
    "minimum",
    "maximum",
    "range",
    "coefficient_of_variation",
    "standard_error",
)


@dataclass(frozen=True, slots=True)
class Description:
    """The statistics of one variable; None where the samples do not determine one.

    ``count`` iterations gave a number, ``errors`` ended in an error and are left out of everything else. Variance and
    standard deviation divide by n − 1; skewness and kurtosis are bias-corrected; the standard error is that of the
    mean for independent draws; ``percentiles`` maps percents to values.
    """

    convention: Convention
    count: int
    errors: int
    mean: float | None
    median: float | None
    mode: float | None
    standard_deviation: float | None
    variance: float | None
    skewness: float | None
    kurtosis: float | None
    minimum: float | None
    maximum: float | None
    range: float | None
    coefficient_of_variation: float | None
    standard_error: float | None
    semi_deviation: float | None
    mean_absolute_deviation: float | None
    percentiles: Mapping[float, float]


def describe(
    samples: FloatArray,
    convention: Convention = Convention.ATRISK,
    percents: Iterable[float] = PERCENTILES,
    errors: int | None = None,
) -> Description:
    """The statistics of a run's samples in the order of iterations, NaN where an iteration ended in an error.

    ``percents`` lie between 0 and 100; ``errors`` is the number of errors, counted if not given. The same samples give
    the same bits, however computed. Raises ValueError for a percent outside its range.
    """
    valid = without_errors(samples)
    ascending = np.sort(valid)
    of_moments = _moment_measures(central_moments(samples), convention)
    levels = [(percent, float(Fraction(repr(float(percent))) / 100)) for percent in percents]
    return Description(
        convention=convention,
        count=valid.size,
        errors=samples.size - valid.size if errors is None else errors,
        median=quantile(ascending, 0.5, convention) if valid.size else None,
        mode=mode(valid, convention),
        semi_deviation=risk.semi_deviation(samples),
        mean_absolute_deviation=risk.mean_absolute_deviation(samples),
        percentiles=MappingProxyType(
            {percent: quantile(ascending, level, convention) for percent, level in levels} if valid.size else {}
        ),
        **of_moments,
    )


@dataclass(frozen=True, slots=True)
class Measure:
    """One statistic, named as data: ``Measure("mean")``, ``Measure("percentile", 0.95)``.

    ``level`` is the p of a percentile, the share of the tail of a (low-tail) value at risk, and the x of P(X ≤ x).
    Raises ValueError for names not in ``MeasureName``, a level that is missing, not wanted or out of range.
    """

    name: MeasureName
    level: float | None = None

    def __post_init__(self) -> None:
        if self.name not in get_args(MeasureName):
            raise ValueError(f"{self.name!r} is no statistic; known are {', '.join(get_args(MeasureName))}.")
        wanted = self.name in _WITH_LEVEL
        if wanted != (self.level is not None) or (self.level is not None and math.isnan(self.level)):
            raise ValueError(f"{self.name} takes {'a number as its' if wanted else 'no'} level, not {self.level}.")
        if wanted and self.name != "probability_at_most" and not 0.0 <= (self.level or 0.0) <= 1.0:
            raise ValueError(f"the level of {self.name} is {self.level}; it must lie between 0 and 1.")

    def of(self, samples: FloatArray, convention: Convention = Convention.ATRISK) -> float | None:
        """The statistic of samples (NaN: error, left out); None where they do not determine it."""
        if self.name in _OF_MOMENTS:
            return _moment_measures(central_moments(samples), convention)[self.name]
        if self.name == "semi_deviation":
            return risk.semi_deviation(samples)
        if self.name == "mean_absolute_deviation":
            return risk.mean_absolute_deviation(samples)
        if self.name == "conditional_value_at_risk":
            return risk.conditional_value_at_risk(samples, self.level or 0.0, convention=convention)
        return self._of_order(without_errors(samples), convention)

    def _of_order(self, valid: FloatArray, convention: Convention) -> float | None:
        if valid.size == 0 or self.name == "mode":
            return mode(valid, convention)
        ascending = np.sort(valid)
        if self.name == "probability_at_most":
            return cumulative_probability(ascending, self.level or 0.0, convention)
        return quantile(ascending, 0.5 if self.name == "median" else self.level or 0.0, convention)


def _moment_measures(moments: CentralMoments, convention: Convention) -> dict[str, float | None]:
    """Whatever follows from the central moments, by the names in ``Description``."""
    n = moments.count
    if n == 0:
        return dict.fromkeys(_OF_MOMENTS)
    mean = _finite(moments.mean)
    variance = _finite(moments.m2 / (n - 1)) if n > 1 else None
    deviation = None if variance is None else math.sqrt(variance)
    peak = kurtosis(moments)
    return {
        "mean": mean,
        "standard_deviation": deviation,
        "variance": variance,
        "skewness": skewness(moments),
        "kurtosis": peak if peak is None or convention is Convention.ATRISK else peak - 3.0,
        "minimum": moments.minimum,
        "maximum": moments.maximum,
        "range": _finite(moments.maximum - moments.minimum),
        "coefficient_of_variation": None if deviation is None or not mean else _finite(deviation / mean),
        "standard_error": None if deviation is None else deviation / math.sqrt(n),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
