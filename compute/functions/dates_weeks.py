"""Days of the week and numbers of weeks (Excel's Date & Time family)."""

from __future__ import annotations

import numpy as np

from compute.functions.dates import strict_numbers
from compute.functions.dates_calendar import Integers, civil, day_number, first_of_month, unless
from compute.functions.signature import Fallible, any_value, number, vectorised
from compute.values import Array, Booleans, Floats

_ISO = 21
_MONDAY = 1


def weekday_index(days: Integers) -> Integers:
    """0 for Sunday to 6 for Saturday, of days counted from 1900; Excel's 1 January 1900 is a Sunday."""
    return np.asarray((days - 1) % 7, np.int64)


def _week_start(kind: Floats) -> tuple[Integers, Booleans]:
    """The weekday (0 is Sunday) that a week starts with, and where the type is one of 1, 2 and 11 to 17."""
    chosen = np.trunc(kind)
    known: Booleans = (chosen == 1) | (chosen == 2) | ((chosen >= 11) & (chosen <= 17))
    start = np.where(chosen >= 11, chosen - 10, chosen - 1)
    return np.where(known, start, 0).astype(np.int64) % 7, known


@vectorised("WEEKDAY", number("serial"), number("type", 1), dated=True)
def weekday(serial: Floats, kind: Floats, *, date_1904: bool) -> Fallible:
    """The day of the week as a number: 1 to 7 from Sunday (type 1), Monday (2) or another day (11 to 17), 0 to 6 from
    Monday (3)."""
    days, inside = day_number(serial, date_1904)
    start, known = _week_start(kind)
    from_zero = np.trunc(kind) == 3
    place = (weekday_index(days) - np.where(from_zero, _MONDAY, start)) % 7
    return unless(inside & (known | from_zero), np.where(from_zero, place, place + 1))


def _iso_week(days: Integers) -> Integers:
    """The week of a day by ISO 8601: the one of its Thursday."""
    thursday = days - (weekday_index(days) - _MONDAY) % 7 + 3
    year = civil(thursday)[0]
    return np.asarray((thursday - first_of_month(year, np.ones_like(year))) // 7 + 1, np.int64)


@vectorised("WEEKNUM", any_value("serial"), any_value("type", 1.0), dated=True)
def week_number(serial: Array, kind: Array, *, date_1904: bool) -> Fallible:
    """The week of the year; 1 January lies in week 1, or by ISO 8601 (type 21) the first Thursday does."""
    numbers, codes = strict_numbers(serial, date_1904)
    kinds, kind_codes = strict_numbers(kind, date_1904)
    days, inside = day_number(numbers, date_1904)
    start, known = _week_start(kinds)
    iso = np.trunc(kinds) == _ISO
    year = civil(days)[0]
    first = first_of_month(year, np.ones_like(year))
    week = (days - first + (weekday_index(first) - start) % 7) // 7 + 1
    found = unless(inside & (known | iso), np.where(iso, _iso_week(days), week))
    errors = np.where(codes != 0, codes, kind_codes)
    return Fallible(found.values, np.where(errors != 0, errors, found.codes).astype(np.uint8))


@vectorised("ISOWEEKNUM ISO.WEEKNUM", number("serial"), dated=True)
def iso_week_number(serial: Floats, *, date_1904: bool) -> Fallible:
    """The week of the year by ISO 8601."""
    days, inside = day_number(serial, date_1904)
    return unless(inside, _iso_week(days))
