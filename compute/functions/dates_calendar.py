"""Excel's calendar over arrays of serial numbers: years, months and days, 29 February 1900 included.

Serials here count from 1900 (1 is 1 January 1900, 60 the 29 February 1900 that never was); a workbook that counts
from 1904 is ``OFFSET_1904`` days behind. Source: Microsoft's page on the 1900 and 1904 date systems.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from compute.errors import ErrorCode
from compute.functions.signature import Fallible
from compute.values import Booleans, Floats
from compute.values.date_text import LAST_SERIAL, OFFSET_1904

Integers = npt.NDArray[np.int64]

_EPOCH = np.int64(25_569)
"""The serial of 1 January 1970."""


def day_number(serials: Floats, date_1904: bool) -> tuple[Integers, Booleans]:
    """The whole days of a workbook's serials, counted from 1900, and where they lie in the calendar (others are 1)."""
    days = np.floor(serials)
    inside: Booleans = (days >= 0) & (days + (OFFSET_1904 if date_1904 else 0) <= LAST_SERIAL)
    return np.where(inside, days, 1).astype(np.int64) + (OFFSET_1904 if date_1904 else 0), inside


def serials(days: Integers, date_1904: bool, valid: Booleans | None = None) -> Fallible:
    """Days counted from 1900 as a workbook's serials; #NUM! outside the calendar and where not ``valid``."""
    values = days - (OFFSET_1904 if date_1904 else 0)
    wrong = (values < 0) | (days > LAST_SERIAL)
    if valid is not None:
        wrong = wrong | ~valid
    return Fallible(np.where(wrong, 0.0, values), np.where(wrong, np.uint8(ErrorCode.NUM), np.uint8(0)))


def unless(valid: Booleans, values: npt.NDArray[np.generic]) -> Fallible:
    """Values where they are valid, #NUM! elsewhere."""
    codes = np.where(valid, np.uint8(0), np.uint8(ErrorCode.NUM))
    return Fallible(np.where(valid, values, 0).astype(np.float64), codes)


def civil(days: Integers) -> tuple[Integers, Integers, Integers]:
    """Year, month and day of days counted from 1900; day 0 is 0 January 1900."""
    stamps = (days - _EPOCH + (days < 60)).astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    month_index = months.astype(np.int64)
    day = (stamps - months.astype("datetime64[D]")).astype(np.int64) + 1
    year, month = month_index // 12 + 1970, month_index % 12 + 1
    ghost, zero = days == 60, days == 0
    year, month = np.where(ghost | zero, 1900, year), np.where(ghost, 2, np.where(zero, 1, month))
    return year, month, np.where(ghost, 29, np.where(zero, 0, day))


def first_of_month(year: Integers, month: Integers) -> Integers:
    """The days counted from 1900 of the first of a month; ``month`` may lie outside 1 to 12."""
    index = (year - 1970) * 12 + (month - 1)
    days = index.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + _EPOCH
    return np.asarray(days - (days < 61), np.int64)


def month_length(year: Integers, month: Integers) -> Integers:
    """The days of a month; February 1900 has 29."""
    return first_of_month(year, month + 1) - first_of_month(year, month)


def days_of(year: Integers, month: Integers, day: Integers) -> Integers:
    """The days counted from 1900 of a date whose month and day may run over."""
    return first_of_month(year, month) + day - 1
