"""What a law is fitted to: observations, some perhaps censored, seen perhaps through a window; checked once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import field

import numpy as np

from compute.distributions.parameters import FloatArray
from compute.errors import SpecificationError
from compute.records import dataclass

FEWEST = 5
_CODE = "fitting.data"


class FittingError(SpecificationError):
    """Data that no law can be fitted to, or a request that fitting cannot answer."""

    code = _CODE


def numbers(values: Iterable[object], what: str = "The data") -> FloatArray:
    """The values as finite numbers; raises FittingError that names the first one that is none by its place from 1."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu":
        array = values.astype(np.float64).reshape(-1)
    else:
        array = np.array([_number(value, place, what) for place, value in enumerate(values, 1)], dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(array))
    if wrong.size:
        place = int(wrong[0])
        found = f"{what}: value {place + 1} is {array[place]}"
        raise FittingError(f"{found}; every value must be a finite number. Remove or correct it.")
    return array


def _number(value: object, place: int, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        shown = "empty" if value is None else repr(value)
        raise FittingError(f"{what}: value {place} is {shown}; every value must be a number. Remove or correct it.")
    return float(value)


@dataclass(frozen=True, slots=True)
class Sample:
    """Observations of one quantity.

    ``values`` are exact; of ``below`` and ``above`` it is known only that the quantity was at most or at least that
    much (left and right censoring), of ``between`` that it lay in an interval. ``window`` says that nothing outside it
    could have been observed (truncation). Raises FittingError for fewer than five observations, for values that are
    not finite numbers, and for values outside the window.
    """

    values: FloatArray
    below: FloatArray = field(default_factory=lambda: np.empty(0))
    above: FloatArray = field(default_factory=lambda: np.empty(0))
    between: tuple[tuple[float, float], ...] = ()
    window: tuple[float, float] = (-math.inf, math.inf)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", np.sort(numbers(self.values)))
        object.__setattr__(self, "below", numbers(self.below, "The data censored from below"))
        object.__setattr__(self, "above", numbers(self.above, "The data censored from above"))
        intervals = tuple((float(low), float(high)) for low, high in self.between)
        object.__setattr__(self, "between", intervals)
        self._check()

    def _check(self) -> None:
        if self.size < FEWEST:
            raise FittingError(f"The data: there are {self.size} values; fitting needs {FEWEST} or more.")
        for low, high in self.between:
            if not low < high:
                raise FittingError(f"The data: the interval from {low:g} to {high:g} is empty; its ends must rise.")
        low, high = self.window
        if not low < high:
            raise FittingError(f"The data: the window from {low:g} to {high:g} is empty; its ends must rise.")
        if self.values.size and not (low <= self.values[0] and self.values[-1] <= high):
            outside = self.values[0] if self.values[0] < low else self.values[-1]
            raise FittingError(f"The data: {outside:.15g} lies outside the window from {low:g} to {high:g}.")

    @property
    def size(self) -> int:
        """The number of observations, censored ones included."""
        return int(self.values.size + self.below.size + self.above.size + len(self.between))

    @property
    def is_plain(self) -> bool:
        """Whether every observation is exact and nothing was hidden."""
        return self.size == self.values.size and self.window == (-math.inf, math.inf)

    @property
    def pooled(self) -> FloatArray:
        """All observations as numbers, ascending, censored ones at their limits: where starting values come from."""
        middles = [(low + high) / 2 for low, high in self.between]
        return np.sort(np.concatenate((self.values, self.below, self.above, np.array(middles, dtype=np.float64))))

    @property
    def whole(self) -> bool:
        """Whether every exact observation is a whole number."""
        return bool(np.all(self.values == np.floor(self.values)))


def sample(data: Sample | Sequence[object] | FloatArray) -> Sample:
    """The data as a checked sample; text, blanks, NaN and too few values raise FittingError."""
    return data if isinstance(data, Sample) else Sample(numbers(data))
