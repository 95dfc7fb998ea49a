"""A time series as Excel's forecasts read it: sorted, points of one moment put together, on an even grid.

Source: Microsoft, "Forecasting functions (reference)" and the page of FORECAST.ETS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from compute.errors import ErrorCode
from compute.functions.dates_calendar import civil, day_number, month_length
from compute.functions.signature import CellFailure
from compute.records import dataclass
from compute.values import Booleans, Floats

LARGEST_GAP_SHARE = 0.3
"""The share of points that may be missing."""
_AGGREGATIONS: dict[int, Callable[[Floats], float]] = {
    1: lambda points: float(np.mean(points)),
    2: lambda points: float(points.size),
    3: lambda points: float(points.size),
    4: lambda points: float(np.max(points)),
    5: lambda points: float(np.median(points)),
    6: lambda points: float(np.min(points)),
    7: lambda points: float(np.sum(points)),
}
"""AVERAGE, COUNT, COUNTA, MAX, MEDIAN, MIN, SUM."""


@dataclass(frozen=True, slots=True)
class Series:
    """Values at whole steps from 0, rising, some of which may be missing; ``target`` in steps, if there is one."""

    values: tuple[float, ...]
    steps: tuple[float, ...]
    step: float
    target: float | None

    @property
    def at_target(self) -> tuple[float, tuple[float, ...], tuple[float, ...]]:
        """Target, values and steps, as a forecast takes them."""
        assert self.target is not None
        return self.target, self.values, self.steps


def series_of(
    history: Sequence[Floats], aggregation: float, target: float | None = None, date_1904: bool = False
) -> Series:
    """The series of one iteration.

    ``history``: values and timeline, each of shape (points,). Raises CellFailure: #N/A for sizes that differ, #NUM!
    for an unknown aggregation, for a timeline without an even step and for a target before its end.
    """
    values, timeline = history
    if values.size != timeline.size:
        raise CellFailure(ErrorCode.NA)
    together = _AGGREGATIONS.get(int(aggregation))
    if together is None or values.size < 2:
        raise CellFailure(ErrorCode.NUM)
    moments, belongs = np.unique(timeline, return_inverse=True)
    joined = [together(values[belongs == i]) for i in range(moments.size)]
    if target is not None and target < moments[-1]:
        raise CellFailure(ErrorCode.NUM)
    grid = _even(moments, moments if target is None else np.append(moments, target))
    grid = grid if grid is not None else _monthly(moments, target, date_1904)
    if grid is None:
        raise CellFailure(ErrorCode.NUM)
    steps, step = grid
    ahead = None if target is None else float(steps[-1])
    return Series(tuple(joined), tuple(steps[: moments.size].tolist()), step, ahead)


def _even(moments: Floats, asked: Floats) -> tuple[Floats, float] | None:
    """The moments in whole steps from the first one, and the step; None where there is no such step."""
    if moments.size < 2:
        return None
    step = float(np.diff(moments).min())
    steps = (asked - moments[0]) / step
    places = steps[: moments.size]
    near: Booleans = np.abs(places - np.rint(places)) < 1e-6
    enough = moments.size >= (1 - LARGEST_GAP_SHARE) * (np.rint(places[-1]) + 1)
    if not near.all() or not enough:
        return None
    return np.where(np.abs(steps - np.rint(steps)) < 1e-6, np.rint(steps), steps), step


def _monthly(moments: Floats, target: float | None, date_1904: bool) -> tuple[Floats, float] | None:
    """The same for dates on one day of the month, or at the ends of months: months, quarters and years are even."""
    asked = moments if target is None else np.append(moments, target)
    days, inside = day_number(asked, date_1904)
    if not inside.all() or (asked != np.floor(asked)).any():
        return None
    year, month, day = civil(days)
    if not ((day == day[0]).all() or (day == month_length(year, month)).all()):
        return None
    months = (year * 12 + month).astype(np.float64)
    return _even(months[: moments.size], months)
