"""Goal seek on a statistic: which value of a cell brings a statistic of an output to a target.

The search asks for one run at a time, always with the same seed, so that the statistic is a function of the cell
alone; it runs nothing itself.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from compute.records import dataclass

Outcome = Literal["searching", "reached", "jump", "out_of_reach", "undetermined", "out_of_steps"]


@dataclass(frozen=True, slots=True)
class Tried:
    """A value of the cell and the statistic of the run with it."""

    value: float
    statistic: float


@dataclass(frozen=True, slots=True)
class GoalSeek:
    """A search between ``low`` and ``high`` for the value whose statistic is ``target`` ± ``tolerance``.

    ``next_value`` says what to run, ``told`` takes the statistic of that run and gives the search one step later.
    The outcome is ``reached``; ``jump`` where the statistic leaps over the target between neighbouring values (within
    ``resolution`` of high − low); ``out_of_reach`` where it lies on the same side of the target at both ends;
    ``undetermined`` where a run had no statistic; ``out_of_steps`` after ``most_steps`` runs. After both ends and a
    secant step, inverse quadratic interpolation where it is safe and bisection where not (T. R. Chandrupatla, Adv.
    Eng. Softw. 28 (1997) 145). Raises ValueError for numbers that make no sense.
    """

    target: float
    low: float
    high: float
    tolerance: float
    most_steps: int = 50
    resolution: float = 1e-12
    tried: tuple[Tried, ...] = ()
    outcome: Outcome = "searching"

    def __post_init__(self) -> None:
        if not (math.isfinite(self.target) and math.isfinite(self.low) and math.isfinite(self.high)):
            raise ValueError(f"target, low and high are {self.target}, {self.low}, {self.high}; they must be finite.")
        if not self.low < self.high:
            raise ValueError(f"low is {self.low} and high is {self.high}; low must be below high.")
        if not self.tolerance >= 0.0 or not self.resolution > 0.0 or self.most_steps < 2:
            raise ValueError("tolerance must be 0 or more, resolution above 0 and most_steps 2 or more.")

    @property
    def next_value(self) -> float | None:
        """What the cell must be in the next run; None when the search is over."""
        if self.outcome != "searching":
            return None
        if len(self.tried) < 2:
            return self.high if self.tried else self.low
        newest, opposite, previous = self._points()
        width = opposite.value - newest.value
        share = _share(newest, opposite, previous, self.target)
        least = min(0.5, self.resolution * (self.high - self.low) / abs(width))
        return newest.value + min(max(share, least), 1.0 - least) * width

    def told(self, statistic: float | None) -> GoalSeek:
        """The search after the run with ``next_value``. Raises ValueError when it is over."""
        value = self.next_value
        if value is None:
            raise ValueError(f"The search is over: {self.outcome}.")
        if statistic is None or not math.isfinite(statistic):
            return replace(self, outcome="undetermined")
        later = replace(self, tried=(*self.tried, Tried(value, statistic)))
        return replace(later, outcome=later._judged())

    @property
    def best(self) -> Tried | None:
        """The run that came nearest to the target, the first of equals."""
        return min(self.tried, key=lambda tried: abs(tried.statistic - self.target), default=None)

    def _judged(self) -> Outcome:
        if abs(self.tried[-1].statistic - self.target) <= self.tolerance:
            return "reached"
        if len(self.tried) < 2:
            return "searching"
        if (self.tried[0].statistic > self.target) == (self.tried[1].statistic > self.target):
            return "out_of_reach"
        newest, opposite, _ = self._points()
        middle = newest.value + (opposite.value - newest.value) / 2.0
        narrow = abs(opposite.value - newest.value) <= self.resolution * (self.high - self.low)
        if narrow or middle in (newest.value, opposite.value):
            return "jump"
        return "out_of_steps" if len(self.tried) >= self.most_steps else "searching"

    def _points(self) -> tuple[Tried, Tried, Tried | None]:
        """The newest run, the nearest one on the other side of the target, and the one that left the bracket last."""
        opposite, newest = self.tried[:2]
        previous: Tried | None = None
        for tried in self.tried[2:]:
            if (tried.statistic > self.target) == (newest.statistic > self.target):
                previous = newest
            else:
                previous, opposite = opposite, newest
            newest = tried
        return newest, opposite, previous


def _share(newest: Tried, opposite: Tried, previous: Tried | None, target: float) -> float:
    """How far to go from the newest run towards the opposite one, as a share of the way."""
    f1, f2 = newest.statistic - target, opposite.statistic - target
    if previous is None:
        return f1 / (f1 - f2)
    f3 = previous.statistic - target
    x1, x2, x3 = newest.value, opposite.value, previous.value
    if f3 in (f1, f2):
        return 0.5
    place, height = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
    if not (height**2 < place and (1.0 - height) ** 2 < 1.0 - place):
        return 0.5
    return f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
