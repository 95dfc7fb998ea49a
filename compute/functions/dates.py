"""Dates: parts, sums and differences (Excel's Date & Time family).

Source: Microsoft's pages for DATE, EDATE, EOMONTH, DAYS360, DATEDIF and the others; their limits were seen in
workbooks that Excel computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from compute.errors import ErrorCode
from compute.functions.dates_calendar import Integers, civil, day_number, days_of, month_length, serials, unless
from compute.functions.signature import (
    CallContext,
    CellFailure,
    Fallible,
    any_value,
    elementwise,
    function,
    logical,
    number,
    text,
    vectorised,
)
from compute.values import Array, Booleans, Codes, Floats, Kind, numeric, to_numbers
from compute.values.date_text import parse_date_time

_SERIAL = number("serial")
_MOST = 32_767.0 * 12


@vectorised("DATE", number("year"), number("month"), number("day"), dated=True)
def date(year: Floats, month: Floats, day: Floats, *, date_1904: bool) -> Fallible:
    """The serial number of a date; years before 1900 count from 1900, months and days may run over."""
    years, months, dates = (np.floor(v) for v in (year, month, day))
    years = np.where((years >= 0) & (years < 1900), years + 1900, years)
    valid: Booleans = (years >= 1900) & (years < 10_000) & (np.abs(months) < _MOST) & (np.abs(dates) < 4e6)
    whole = [np.where(valid, v, 1900).astype(np.int64) for v in (years, months, dates)]
    return serials(days_of(*whole), date_1904, valid)


def _parts(serial: Floats, date_1904: bool) -> tuple[tuple[Integers, Integers, Integers], Booleans]:
    days, inside = day_number(serial, date_1904)
    return civil(days), inside


@vectorised("YEAR", _SERIAL, dated=True)
def year_of(serial: Floats, *, date_1904: bool) -> Fallible:
    """The year of a date, 1900 to 9999."""
    (year, _, _), inside = _parts(serial, date_1904)
    return unless(inside, year)


@vectorised("MONTH", _SERIAL, dated=True)
def month_of(serial: Floats, *, date_1904: bool) -> Fallible:
    """The month of a date."""
    (_, month, _), inside = _parts(serial, date_1904)
    return unless(inside, month)


@vectorised("DAY", _SERIAL, dated=True)
def day_of(serial: Floats, *, date_1904: bool) -> Fallible:
    """The day in its month; 0 for serial 0."""
    (_, _, day), inside = _parts(serial, date_1904)
    return unless(inside, day)


def strict_numbers(values: Array, date_1904: bool) -> tuple[Floats, Codes]:
    """Numbers as the functions of the former Analysis ToolPak take them: booleans are #VALUE!."""
    numbers, codes = to_numbers(values, date_1904)
    truths = np.where(values.is_kind(Kind.BOOLEAN), np.uint8(ErrorCode.VALUE), np.uint8(0))
    return numbers, truths if codes is None else np.maximum(codes, truths)


def _moved(serial: Array, months: Array, date_1904: bool) -> tuple[Integers, Integers, Integers, Booleans, Codes]:
    """Year, month (which may run over) and day of a date some months away; where it is valid; errors."""
    numbers, codes = strict_numbers(serial, date_1904)
    steps, step_codes = strict_numbers(months, date_1904)
    days, inside = day_number(numbers, date_1904)
    year, month, day = civil(days)
    steps = np.trunc(steps)
    valid = inside & (np.abs(steps) < _MOST)
    moved = month + np.where(valid, steps, 0).astype(np.int64)
    return year, moved, day, valid, np.where(codes != 0, codes, step_codes).astype(np.uint8)


def _unless_error(result: Fallible, codes: Codes) -> Fallible:
    return Fallible(result.values, np.where(codes != 0, codes, result.codes).astype(np.uint8))


@vectorised("EDATE", any_value("start"), any_value("months"), dated=True)
def edate(start: Array, months: Array, *, date_1904: bool) -> Fallible:
    """The same day some months away, the month's last day where it has no such day."""
    year, month, day, valid, codes = _moved(start, months, date_1904)
    found = days_of(year, month, np.minimum(day, month_length(year, month)))
    return _unless_error(serials(found, date_1904, valid), codes)


@vectorised("EOMONTH", any_value("start"), any_value("months"), dated=True)
def end_of_month(start: Array, months: Array, *, date_1904: bool) -> Fallible:
    """The last day of the month some months away."""
    year, month, _, valid, codes = _moved(start, months, date_1904)
    found = days_of(year, month + 1, np.zeros_like(month))
    return _unless_error(serials(found, date_1904, valid), codes)


@vectorised("DAYS", number("end"), number("start"), dated=True)
def days_between(end: Floats, start: Floats, *, date_1904: bool) -> Fallible:
    """The days from one date to another."""
    last, last_inside = day_number(end, date_1904)
    first, first_inside = day_number(start, date_1904)
    return unless(last_inside & first_inside, last - first)


@vectorised("DAYS360", number("start"), number("end"), logical("european", False), dated=True)
def days_360(start: Floats, end: Floats, european: Booleans, *, date_1904: bool) -> Fallible:
    """The days between two dates in a year of twelve months of 30 days, by the US (NASD) or the European rule."""
    (year1, month1, day1), inside1 = _parts(start, date_1904)
    (year2, month2, day2), inside2 = _parts(end, date_1904)
    first = np.where(day1 == month_length(year1, month1), 30, day1)
    last = np.where((day2 == 31) & (first >= 30), 30, day2)
    last = np.where((day2 == 31) & (first < 30), 31, last)
    first = np.where(european, np.minimum(day1, 30), first)
    last = np.where(european, np.minimum(day2, 30), last)
    total = (year2 - year1) * 360 + (month2 - month1) * 30 + last - first
    return unless(inside1 & inside2, total)


@vectorised("DATEVALUE", any_value("date"), dated=True)
def date_value(value: Array, *, date_1904: bool) -> Fallible:
    """The day that a text stands for, without its time; numbers and texts without a date are #VALUE!."""
    return text_serials(value, lambda words: _day_in(words, date_1904))


def text_serials(values: Array, reading: Callable[[str], float | None]) -> Fallible:
    """What a reading finds in each text; #VALUE! where it finds nothing and for anything but text."""
    texts = np.where(values.is_kind(Kind.TEXT), values.text_array(), "")
    known = {words: reading(words) for words in set(texts.ravel().tolist())}
    found = np.array([np.nan if known[words] is None else known[words] for words in texts.ravel().tolist()], np.float64)
    found = found.reshape(texts.shape)
    missing = np.isnan(found)
    return Fallible(np.where(missing, 0.0, found), np.where(missing, np.uint8(ErrorCode.VALUE), np.uint8(0)))


def _day_in(words: str, date_1904: bool) -> float | None:
    serial = parse_date_time(words, date_1904)
    return None if serial is None else math.floor(serial)


@elementwise("DATEDIF", number("start"), number("end"), text("unit"), dated=True)
def date_difference(start: float, end: float, unit: str, *, date_1904: bool) -> float:
    """Whole years (Y), months (M) or days (D) between two dates, or the days over months (MD), months over years (YM),
    days over years (YD)."""
    (first, last), inside = day_number(np.array([start, end]), date_1904)
    if first > last or not inside.all():
        raise CellFailure(ErrorCode.NUM)
    years, months, days = (v.tolist() for v in civil(np.array([first, last])))
    whole_months = (years[1] - years[0]) * 12 + months[1] - months[0] - (days[1] < days[0])
    match unit.upper():
        case "D":
            return float(last - first)
        case "M":
            return float(whole_months)
        case "Y":
            return float(whole_months // 12)
        case "YM":
            return float(whole_months % 12)
        case "MD":
            return float(last - _day(years[1], months[1] - (days[1] < days[0]), days[0]))
        case "YD":
            later = (months[1], days[1]) < (months[0], days[0])
            return float(_day(years[0] + later, months[1], days[1]) - first)
    raise CellFailure(ErrorCode.NUM)


def _day(year: int, month: int, day: int) -> int:
    return int(days_of(np.array(year), np.array(month), np.array(day)))


@function("TODAY", volatile=True)
def today(context: CallContext) -> Array:
    """The day of the calculation."""
    return numeric(np.floor(context.now()))


@function("NOW", volatile=True)
def now(context: CallContext) -> Array:
    """The moment of the calculation."""
    return numeric(context.now())
