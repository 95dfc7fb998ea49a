"""Days at work: NETWORKDAYS and WORKDAY with weekends and holidays (Excel's Date & Time family)."""

from __future__ import annotations

import math
import re

import numpy as np
import numpy.typing as npt

from compute.errors import CODES_BY_TEXT, CellError, ErrorCode, Scalar
from compute.functions.call import as_array
from compute.functions.dates import strict_numbers
from compute.functions.dates_calendar import Integers, day_number, serials
from compute.functions.dates_weeks import weekday_index
from compute.functions.signature import CallContext, CellFailure, Operand, any_value, cells, function
from compute.records import dataclass
from compute.values import Array, Codes, error, first_error, numeric, parse_number, with_errors
from compute.values.date_text import LAST_SERIAL, OFFSET_1904

Workweek = npt.NDArray[np.bool_]

_DATES = (any_value("start"), any_value("end"))
_STEPS = (any_value("start"), any_value("days"))
_HOLIDAYS = cells("holidays", optional=True)
_WEEKEND = any_value("weekend", optional=True)
_PATTERN = re.compile("[01]{7}")


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """A working week and holidays.

    ``working``: shape (7,), true for each weekday from Sunday that is worked. ``holidays``: distinct working days
    that are free, counted from 1900, in rising order.
    """

    working: Workweek
    holidays: Integers

    @property
    def per_week(self) -> int:
        return int(self.working.sum())

    def weekly(self, days: Integers) -> Integers:
        """The working days up to and with each day, holidays not looked at, from a fixed start."""
        weeks, place = np.divmod(days - 1, 7)
        return np.asarray(weeks * self.per_week + np.cumsum(self.working)[place], np.int64)

    def worked(self, days: Integers) -> Integers:
        """The working days up to and with each day."""
        return np.asarray(self.weekly(days) - np.searchsorted(self.holidays, days, side="right"), np.int64)

    def day_of_rank(self, ranks: Integers) -> Integers:
        """The day that ``worked`` first counts to each rank: its inverse."""
        before = self.weekly(self.holidays) - 1 - np.arange(self.holidays.size)
        weekly = ranks + np.searchsorted(before, ranks, side="left")
        weeks, place = np.divmod(weekly - 1, self.per_week)
        return np.asarray(weeks * 7 + np.flatnonzero(self.working)[place] + 1, np.int64)


def _calendar(context: CallContext, weekend: Array | None, holidays: Operand | None) -> Calendar:
    working = _working_days(1.0 if weekend is None else context.constant(weekend))
    free: Integers = np.zeros(0, np.int64)
    if holidays is not None and not holidays.omitted:
        settled = context.settled(holidays.array)
        free = np.array(
            sorted({_holiday(v, context.date_1904) for row in settled for v in row if v is not None}), np.int64
        )
    return Calendar(working, free[working[weekday_index(free)]])


def _holiday(value: Scalar, date_1904: bool) -> int:
    if isinstance(value, CellError):
        raise CellFailure(CODES_BY_TEXT.get(value.code, ErrorCode.VALUE))
    serial = parse_number(value, date_1904) if isinstance(value, str) else value
    if serial is None or isinstance(serial, (bool, CellError)):
        raise CellFailure(ErrorCode.VALUE)
    if serial < 0:
        raise CellFailure(ErrorCode.NUM)
    return math.floor(serial) + (OFFSET_1904 if date_1904 else 0)


def _working_days(weekend: Scalar) -> Workweek:
    """The weekdays worked from Sunday on, by a weekend number or seven digits from Monday (1 is free)."""
    if isinstance(weekend, CellError):
        raise CellFailure(CODES_BY_TEXT.get(weekend.code, ErrorCode.VALUE))
    if isinstance(weekend, str):
        if not _PATTERN.fullmatch(weekend):
            raise CellFailure(ErrorCode.VALUE)
        return np.array([weekend[(day - 1) % 7] == "0" for day in range(7)], np.bool_)
    number = int(weekend or 0)
    working = np.ones(7, np.bool_)
    if 1 <= number <= 7:
        working[[(number - 2) % 7, (number - 1) % 7]] = False
    elif 11 <= number <= 17:
        working[number - 11] = False
    else:
        raise CellFailure(ErrorCode.NUM)
    return working


@function("NETWORKDAYS", *_DATES, _HOLIDAYS)
def network_days(context: CallContext, start: Array, end: Array, holidays: Operand | None) -> Array:
    """The working days from one date to another, both counted, Saturdays and Sundays free."""
    return _between(context, start, end, _calendar(context, None, holidays))


@function("NETWORKDAYS.INTL", *_DATES, _WEEKEND, _HOLIDAYS)
def network_days_international(
    context: CallContext, start: Array, end: Array, weekend: Array | None, holidays: Operand | None
) -> Array:
    """The working days from one date to another, both counted, with other weekends."""
    return _between(context, start, end, _calendar(context, weekend, holidays))


def _between(context: CallContext, start: Array, end: Array, calendar: Calendar) -> Array:
    first, first_codes = _days(start, context.date_1904)
    last, last_codes = _days(end, context.date_1904)
    forward = calendar.worked(last) - calendar.worked(first - 1)
    backward = calendar.worked(last - 1) - calendar.worked(first)
    codes = first_error(first_codes, last_codes)
    return with_errors(numeric(np.where(first <= last, forward, backward).astype(np.float64)), codes)


@function("WORKDAY", *_STEPS, _HOLIDAYS)
def workday(context: CallContext, start: Array, days: Array, holidays: Operand | None) -> Array:
    """The working day so many working days after a date, or before it, Saturdays and Sundays free."""
    return _moved(context, start, days, _calendar(context, None, holidays))


@function("WORKDAY.INTL", *_STEPS, _WEEKEND, _HOLIDAYS)
def workday_international(
    context: CallContext, start: Array, days: Array, weekend: Array | None, holidays: Operand | None
) -> Array:
    """The working day so many working days after a date, or before it, with other weekends."""
    calendar = _calendar(context, weekend, holidays)
    if not calendar.per_week:
        return error(ErrorCode.VALUE)
    return _moved(context, start, days, calendar)


def _moved(context: CallContext, start: Array, days: Array, calendar: Calendar) -> Array:
    first, codes = _days(start, context.date_1904)
    numbers, step_codes = strict_numbers(days, context.date_1904)
    steps = np.trunc(numbers)
    near = np.abs(steps) <= LAST_SERIAL
    step = np.where(near, steps, 0).astype(np.int64)
    after = calendar.day_of_rank(calendar.worked(first) + step)
    before = calendar.day_of_rank(calendar.worked(first - 1) + step + 1)
    found = serials(np.where(step > 0, after, np.where(step < 0, before, first)), context.date_1904, near)
    return with_errors(as_array(found), first_error(codes, step_codes))


def _days(values: Array, date_1904: bool) -> tuple[Integers, Codes]:
    numbers, codes = strict_numbers(values, date_1904)
    days, inside = day_number(numbers, date_1904)
    return days, np.where(codes != 0, codes, np.where(inside, np.uint8(0), np.uint8(ErrorCode.NUM))).astype(np.uint8)
