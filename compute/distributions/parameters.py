"""What a law's parameters are called and which values they may take, as data for dialects, panes and checks."""

from __future__ import annotations

from enum import Enum
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from compute.errors import InvalidDistribution
from compute.records import dataclass

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Argument = float | tuple[float, ...]


class Domain(Enum):
    """The values that one parameter may take by itself; the text completes "must be …"."""

    REAL = "a finite number"
    POSITIVE = "a number greater than 0"
    NOT_NEGATIVE = "a number of 0 or more"
    PROBABILITY = "a number between 0 and 1"
    POSITIVE_PROBABILITY = "a number greater than 0 and at most 1"
    OPEN_PROBABILITY = "a number greater than 0 and less than 1"
    COUNT = "a whole number of 0 or more"
    POSITIVE_COUNT = "a whole number of 1 or more"
    INTEGER = "a whole number"
    VALUES = "a list of one or more finite numbers"
    WEIGHTS = "a list of numbers of 0 or more, not all 0"
    PROBABILITIES = "a list of numbers between 0 and 1"

    @property
    def is_list(self) -> bool:
        """Whether the parameter is a list of numbers rather than one number."""
        return self in (Domain.VALUES, Domain.WEIGHTS, Domain.PROBABILITIES)

    def contains(self, values: FloatArray) -> BoolArray:
        """For each value whether it is allowed; lists (first axis) give one answer per column."""
        answers: BoolArray = np.asarray(_CHECKS[self](values), dtype=np.bool_) & np.isfinite(values)
        if not self.is_list:
            return answers
        whole: BoolArray = np.all(answers, axis=0)
        if self is Domain.WEIGHTS:
            whole = whole & np.any(values > 0, axis=0)
        return whole if values.shape[0] else np.zeros(values.shape[1:], dtype=np.bool_)


def _whole(values: FloatArray) -> Any:
    return np.floor(values) == values


_CHECKS: dict[Domain, Any] = {
    Domain.REAL: np.isfinite,
    Domain.POSITIVE: lambda x: x > 0,
    Domain.NOT_NEGATIVE: lambda x: x >= 0,
    Domain.PROBABILITY: lambda x: (x >= 0) & (x <= 1),
    Domain.POSITIVE_PROBABILITY: lambda x: (x > 0) & (x <= 1),
    Domain.OPEN_PROBABILITY: lambda x: (x > 0) & (x < 1),
    Domain.COUNT: lambda x: (x >= 0) & _whole(x),
    Domain.POSITIVE_COUNT: lambda x: (x >= 1) & _whole(x),
    Domain.INTEGER: _whole,
    Domain.VALUES: np.isfinite,
    Domain.WEIGHTS: lambda x: x >= 0,
    Domain.PROBABILITIES: lambda x: (x >= 0) & (x <= 1),
}


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """One parameter of a law: its name, what it means to the person, its domain, and its default if it has one."""

    name: str
    description: str
    domain: Domain
    default: float | None = None


@dataclass(frozen=True, slots=True)
class Ordering:
    """A promise between two parameters: ``low <= high``, or ``low < high`` when strict."""

    low: str
    high: str
    strict: bool = False

    def holds(self, low: FloatArray, high: FloatArray) -> BoolArray:
        """Where the promise is kept, elementwise."""
        return low < high if self.strict else low <= high


def as_argument(title: str, info: ParameterInfo, value: object) -> Argument:
    """The value as a number or tuple of numbers; raises InvalidDistribution where it is neither."""
    try:
        if info.domain.is_list:
            return tuple(float(item) for item in np.ravel(np.asarray(value, dtype=np.float64)))
        return float(cast("float", value))
    except (TypeError, ValueError):
        message = f"{title}: {info.name} is {value!r}; it must be {info.domain.value}."
        raise InvalidDistribution(message, code="distribution.parameter") from None


def shown(value: FloatArray) -> str:
    """A parameter's value as a message shows it, long lists shortened."""
    if value.ndim == 0:
        return f"{float(value):.15g}"
    items = ", ".join(f"{float(item):.15g}" for item in value[:8])
    return f"{{{items}{', …' if value.size > 8 else ''}}}"
