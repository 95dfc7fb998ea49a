"""Statistics that cells of a workbook ask for: one name each, whatever a product calls it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import numpy as np
import scipy

from compute.analysis.conventions import Convention, complement
from compute.analysis.describe import Measure, MeasureName
from compute.analysis.intervals import (
    iterations_for_mean,
    mean_interval,
    percentile_interval,
    probability_interval,
    standard_deviation_interval,
)
from compute.analysis.leaves import FloatArray
from compute.analysis.percentiles import probability_at_most, without_errors
from compute.analysis.risk import expected_gain, expected_loss, partial_moment, semi_deviation, semi_variance

Compute = Callable[[FloatArray, Sequence[float]], float | None]


def _measure(name: MeasureName) -> Compute:
    return lambda samples, _: Measure(name).of(samples)


def _with_level(name: MeasureName, turned: bool = False) -> Compute:
    def compute(samples: FloatArray, arguments: Sequence[float]) -> float | None:
        level = complement(arguments[0]) if turned else arguments[0]
        return Measure(name, level).of(samples) if 0.0 <= level <= 1.0 else None

    return compute


def _at_most(samples: FloatArray, arguments: Sequence[float]) -> float | None:
    return probability_at_most(samples, arguments[0]) if without_errors(samples).size else None


def _above(samples: FloatArray, arguments: Sequence[float]) -> float | None:
    share = _at_most(samples, arguments)
    return None if share is None else 1.0 - share


def _trial(samples: FloatArray, arguments: Sequence[float]) -> float | None:
    """The value of one iteration, counted from 1."""
    number = int(arguments[0])
    found = float(samples[number - 1]) if 1 <= number <= samples.size else math.nan
    return None if math.isnan(found) else found


def _half_width(find: Callable[..., object]) -> Compute:
    def compute(samples: FloatArray, arguments: Sequence[float]) -> float | None:
        *given, level = arguments
        interval = find(samples, *given, level)
        return None if interval is None else float(getattr(interval, "half_width"))  # noqa: B009

    return compute


def _trials_needed(samples: FloatArray, arguments: Sequence[float]) -> float | None:
    level, tolerance = arguments
    deviation = Measure("standard_deviation").of(samples)
    return None if deviation is None else float(iterations_for_mean(deviation, tolerance, level))


def _frequency(samples: FloatArray, arguments: Sequence[float]) -> float | None:
    low, high = arguments
    valid = without_errors(samples)
    return float(np.mean((valid > low) & (valid <= high))) if valid.size else None


STATISTICS: Mapping[str, tuple[int, Compute]] = MappingProxyType(
    {
        "mean": (0, _measure("mean")),
        "standard_deviation": (0, _measure("standard_deviation")),
        "variance": (0, _measure("variance")),
        "skewness": (0, _measure("skewness")),
        "kurtosis": (0, _measure("kurtosis")),
        "minimum": (0, _measure("minimum")),
        "maximum": (0, _measure("maximum")),
        "range": (0, _measure("range")),
        "median": (0, _measure("median")),
        "mode": (0, _measure("mode")),
        "coefficient_of_variation": (0, _measure("coefficient_of_variation")),
        "standard_error": (0, _measure("standard_error")),
        "mean_absolute_deviation": (0, _measure("mean_absolute_deviation")),
        "semi_deviation": (0, lambda samples, _: semi_deviation(samples)),
        "semi_variance": (0, lambda samples, _: semi_variance(samples)),
        "lower_partial_deviation": (
            2,
            lambda samples, a: _root(partial_moment(samples, a[0], a[1]), a[0]) if a[0] > 0 else None,
        ),
        "lower_partial_moment": (2, lambda samples, a: partial_moment(samples, a[0], a[1]) if a[0] > 0 else None),
        "percentile": (1, _with_level("percentile")),
        "percentile_descending": (1, _with_level("percentile", turned=True)),
        "probability": (1, _at_most),
        "probability_above": (1, _above),
        "value_at_risk": (1, _with_level("value_at_risk")),
        "conditional_value_at_risk": (1, _with_level("conditional_value_at_risk")),
        "expected_gain": (1, lambda samples, a: expected_gain(samples, a[0])),
        "expected_loss": (1, lambda samples, a: expected_loss(samples, a[0])),
        "frequency": (2, _frequency),
        "count": (0, lambda samples, _: float(without_errors(samples).size)),
        "errors": (0, lambda samples, _: float(samples.size - without_errors(samples).size)),
        "trial": (1, _trial),
        "mean_half_width": (1, _half_width(mean_interval)),
        "standard_deviation_half_width": (1, _half_width(standard_deviation_interval)),
        "percentile_half_width": (2, _half_width(percentile_interval)),
        "probability_half_width": (2, _half_width(probability_interval)),
        "trials_needed": (2, _trials_needed),
    }
)
"""By name: how many numbers it takes after the variable, and how it is computed; None is #N/A in the cell."""


def _root(value: float | None, order: float) -> float | None:
    return None if value is None else float(value ** (1.0 / order))


def _of_pairs(measure: Callable[[FloatArray, FloatArray], float]) -> Callable[[FloatArray, FloatArray], float | None]:
    def compute(first: FloatArray, second: FloatArray) -> float | None:
        kept = ~(np.isnan(first) | np.isnan(second))
        one, other = first[kept], second[kept]
        if one.size < 2 or one.min() == one.max() or other.min() == other.max():
            return None
        return measure(one, other)

    return compute


PAIR_STATISTICS: Mapping[str, Callable[[FloatArray, FloatArray], float | None]] = MappingProxyType(
    {
        "correlation": _of_pairs(lambda x, y: float(np.corrcoef(x, y)[0, 1])),
        "spearman": _of_pairs(lambda x, y: float(scipy.stats.spearmanr(x, y).statistic)),
        "kendall": _of_pairs(lambda x, y: float(scipy.stats.kendalltau(x, y).statistic)),
    }
)
"""Statistics of two variables."""


class TheoreticalLaw(Protocol):
    """What a law says of itself."""

    @property
    def mean(self) -> float: ...
    @property
    def variance(self) -> float: ...
    @property
    def skewness(self) -> float: ...
    @property
    def kurtosis(self) -> float: ...
    @property
    def mode(self) -> float: ...
    @property
    def support(self) -> tuple[float, float]: ...
    def ppf(self, p: float) -> float: ...
    def cdf(self, x: float) -> float: ...


_THEORY: Mapping[str, Callable[[TheoreticalLaw, Sequence[float]], float]] = MappingProxyType(
    {
        "mean": lambda law, _: law.mean,
        "variance": lambda law, _: law.variance,
        "standard_deviation": lambda law, _: math.sqrt(law.variance),
        "skewness": lambda law, _: law.skewness,
        "kurtosis": lambda law, _: law.kurtosis,
        "mode": lambda law, _: law.mode,
        "median": lambda law, _: law.ppf(0.5),
        "minimum": lambda law, _: law.support[0],
        "maximum": lambda law, _: law.support[1],
        "range": lambda law, _: law.support[1] - law.support[0],
        "percentile": lambda law, a: law.ppf(a[0]),
        "percentile_descending": lambda law, a: law.ppf(complement(a[0])),
        "probability": lambda law, a: law.cdf(a[0]),
        "probability_above": lambda law, a: 1.0 - law.cdf(a[0]),
    }
)
THEORETICAL = frozenset(_THEORY)
"""The statistics that a law itself has."""


def theoretical(law: TheoreticalLaw, name: str, arguments: Sequence[float]) -> float | None:
    """A law's own statistic; None where it has none (the mean of a Cauchy law) or it is infinite."""
    value = _THEORY[name](law, arguments)
    return value if math.isfinite(value) else None


def filtered(samples: FloatArray, low: float, high: float) -> FloatArray:
    """The samples within limits, the others left out as errors are: what RiskTruncate means in a statistic."""
    with np.errstate(invalid="ignore"):
        return np.where((samples >= low) & (samples <= high), samples, np.nan)


__all__ = ["PAIR_STATISTICS", "STATISTICS", "THEORETICAL", "Convention", "filtered", "theoretical"]
