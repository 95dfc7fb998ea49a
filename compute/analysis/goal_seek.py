"""Goal seek on a statistic: which value of a cell brings a statistic of an output to a target.

The search asks for one run at a time, always with the same seed, so that the statistic is a function of the cell
alone; it runs nothing itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

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
    ``undetermined`` where a run had no statistic; ``out_of_steps`` after ``most_steps`` runs. Steps are those of regula
    falsi with Illinois weights, with a bisection wherever two of them did not halve the bracket (M. Dowell, P.
    Jarratt, BIT 11 (1971) 168). Raises ValueError for numbers that make no sense.
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
        below, above, repeats, widths = self._bracket()
        middle = below.value + (above.value - below.value) / 2.0
        if len(widths) > 2 and widths[-1] > widths[-3] / 2.0:
            return middle
        first, second = below.statistic - self.target, above.statistic - self.target
        # An end that stays loses weight, so that it will move.
        first, second = first * 0.5 ** max(repeats, 0), second * 0.5 ** max(-repeats, 0)
        step = below.value - first * ((above.value - below.value) / (second - first))
        return step if below.value < step < above.value else middle

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
        below, above, _, _ = self._bracket()
        middle = below.value + (above.value - below.value) / 2.0
        narrow = above.value - below.value <= self.resolution * (self.high - self.low)
        if narrow or not below.value < middle < above.value:
            return "jump"
        return "out_of_steps" if len(self.tried) >= self.most_steps else "searching"

    def _bracket(self) -> tuple[Tried, Tried, int, list[float]]:
        """The ends, how often the left (above 0) or the right one stayed in a row beyond once, and all widths."""
        below, above = self.tried[:2]
        rising, stayed, widths = above.statistic > self.target, 0, [above.value - below.value]
        for tried in self.tried[2:]:
            if (tried.statistic > self.target) == rising:
                above, stayed = tried, max(stayed, 0) + 1
            else:
                below, stayed = tried, min(stayed, 0) - 1
            widths.append(above.value - below.value)
        repeats = stayed - 1 if stayed > 1 else stayed + 1 if stayed < -1 else 0
        return below, above, repeats, widths
