"""Day counts and year fractions by Excel's five bases, and YEARFRAC.

Bases: 0 US (NASD) 30/360, 1 actual/actual, 2 actual/360, 3 actual/365, 4 European 30/360. Days count from 1900 (1 is
1 January 1900; the 29 February 1900 exists). Source: Microsoft, YEARFRAC function; D. A. Wheeler, "YEARFRAC
Incompatibilities" (2008), which worked out the rules of basis 0 and 1 from Excel's results.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from compute.errors import ErrorCode
from compute.functions.call import as_array
from compute.functions.dates import strict_numbers
from compute.functions.dates_calendar import day_number
from compute.functions.signature import Fallible, Parameter, any_value, number, vectorised
from compute.values import Array, Codes, Floats, Kind, first_error, to_numbers, with_errors
from compute.values.date_text import OFFSET_1904

Days = npt.NDArray[np.int64]
_ORDINAL = 693_594
"""What turns days after February 1900 into Python's ordinals."""


@lru_cache(maxsize=65_536)
def civil_date(days: int) -> tuple[int, int, int]:
    """Year, month and day."""
    if days == 60:
        return 1900, 2, 29
    if days < 1:
        return 1900, 1, days
    date = datetime.date.fromordinal(_ORDINAL + days + (days < 60))
    return date.year, date.month, date.day


def is_leap(year: int) -> bool:
    """Whether a year has a 29 February in Excel's calendar."""
    return (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 or year == 1900


def month_days(year: int, month: int) -> int:
    """The days of a month."""
    return (31, 29 if is_leap(year) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def days_at(year: int, month: int, day: int) -> int:
    """The days of a date; ``month`` may run over, ``day`` is cut to the month's last."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    day = min(day, month_days(year, month))
    if (year, month) <= (1900, 2):
        return (month - 1) * 31 + day if year == 1900 else datetime.date(year, month, day).toordinal() - _ORDINAL - 1
    # 0 January 1900 is a day of Excel's: some months later it is the day before the first.
    return datetime.date(year, month, 1).toordinal() - 1 + day - _ORDINAL


def moved_by_months(days: int, months: int, *, to_end: bool = False) -> int:
    """The same day some months away, or the month's last."""
    year, month, day = civil_date(days)
    return days_at(year, month + months, 31 if to_end else day)


def is_month_end(days: int) -> bool:
    """Whether a date is the last of its month."""
    year, month, day = civil_date(days)
    return day == month_days(year, month)


def days_us(first: int, last: int) -> int:
    """Days between two dates in rising order by the US 30/360 rule, ends of February counting as the 30th."""
    (year1, month1, day1), (year2, month2, day2) = civil_date(first), civil_date(last)
    if month1 == 2 and is_month_end(first):
        if month2 == 2 and is_month_end(last):
            day2 = 30
        day1 = 30
    if day2 == 31 and day1 >= 30:
        day2 = 30
    return (year2 - year1) * 360 + (month2 - month1) * 30 + day2 - min(day1, 30)


def days_european(first: int, last: int) -> int:
    """Days between two dates by the European 30/360 rule."""
    (year1, month1, day1), (year2, month2, day2) = civil_date(first), civil_date(last)
    return (year2 - year1) * 360 + (month2 - month1) * 30 + min(day2, 30) - min(day1, 30)


def days_between(first: int, last: int, basis: int) -> int:
    """Days between two dates as a basis counts them."""
    if basis == 0:
        return days_us(first, last)
    return days_european(first, last) if basis == 4 else last - first


def _average_year(first: int, last: int) -> float:
    """The length of the year that actual/actual divides by."""
    (year1, month1, day1), (year2, month2, day2) = civil_date(first), civil_date(last)
    if year1 == year2:
        return 366.0 if is_leap(year1) else 365.0
    if year2 == year1 + 1 and (month1, day1) >= (month2, day2):
        spans = any(is_leap(y) and first < days_at(y, 3, 1) <= last for y in (year1, year2))
        return 366.0 if spans or (month2, day2) == (2, 29) else 365.0
    return (days_at(year2 + 1, 1, 1) - days_at(year1, 1, 1)) / (year2 - year1 + 1)


@lru_cache(maxsize=65_536)
def year_fraction(first: int, last: int, basis: int) -> float:
    """The part of a year between two dates, in any order."""
    first, last = min(first, last), max(first, last)
    if first == last:
        return 0.0
    days = days_between(first, last, basis)
    return days / (_average_year(first, last) if basis == 1 else 365.0 if basis == 3 else 360.0)


def per_distinct(rule: Callable[..., float | tuple[float, ...]], *arguments: Days, width: int = 1) -> Floats:
    """A rule in plain Python over whole numbers, called once for each distinct combination; shape (width, …)."""
    spread = np.broadcast_arrays(*arguments)
    shape = spread[0].shape
    combinations = np.stack([a.reshape(-1) for a in spread])
    if (combinations == combinations[:, :1]).all():
        distinct, inverse = combinations[:, :1], np.zeros(combinations.shape[1], np.intp)
    else:
        distinct, inverse = np.unique(combinations, axis=1, return_inverse=True)
    results = np.array([rule(*c) for c in distinct.T.tolist()], np.float64).reshape(-1, width)
    return np.asarray(results[inverse.reshape(-1)].T.reshape(width, *shape))


def whole(values: Floats, largest: float = 1e9) -> Days:
    """Numbers without their fractions."""
    return np.asarray(np.clip(np.trunc(values), -largest, largest), np.int64)


def security(
    names: str, *parameters: Parameter, dates: Sequence[int] = (), flag: int | None = None, gives_date: bool = False
) -> Callable[..., Any]:
    """Registers a function of the former Analysis ToolPak: booleans are #VALUE!.

    The arguments at ``dates`` are dates: the implementation gets them as whole days counted from 1900; #NUM! for those
    outside the calendar. ``gives_date``: so is the result. ``flag`` is the place of an argument that may be a boolean.
    """
    taken = [any_value(p.name, p.default, optional=p.optional) for p in parameters]

    def decorate(implementation: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*arguments: Array | None, date_1904: bool) -> Array:
            values: list[Any] = []
            codes: Codes | None = None
            outside: Codes | None = None
            for place, argument in enumerate(arguments):
                if argument is None:
                    values.append(None)
                    continue
                reading = to_numbers if place == flag else strict_numbers
                numbers, failed = reading(argument, date_1904)
                codes = first_error(codes, failed)
                if place in dates:
                    numbers, inside = day_number(numbers, date_1904)  # type: ignore[assignment]
                    outside = first_error(outside, np.where(inside, np.uint8(0), np.uint8(ErrorCode.NUM)))
                values.append(numbers)
            result = as_array(implementation(*values))
            if gives_date and date_1904:
                shown = np.where(result.is_kind(Kind.NUMBER), result.numbers - OFFSET_1904, result.numbers)
                result = Array(shown, result.kinds)
            return with_errors(result, first_error(codes, outside))

        vectorised(names, *taken, dated=True)(checked)
        return implementation

    return decorate


@security("YEARFRAC", number("start_date"), number("end_date"), number("basis", 0.0), dates=(0, 1))
def fraction_of_year(start: Days, end: Days, basis: Floats) -> Fallible:
    """The part of a year between two dates, in any order; #NUM! for an unknown basis."""
    kind = whole(basis)
    wrong = (kind < 0) | (kind > 4)
    (fraction,) = per_distinct(year_fraction, start, end, np.where(wrong, 0, kind))
    return Fallible(fraction, np.where(wrong, np.uint8(ErrorCode.NUM), np.uint8(0)))
