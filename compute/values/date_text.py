"""Dates and times written as text, in the forms that Excel's US settings read.

Source: Microsoft's pages for DATEVALUE, TIMEVALUE and two-digit years; which forms are refused was seen in workbooks
that Excel computed.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_NAME = r"(?P<name>[a-z]{3,9})\.?"
_DAY, _YEAR = r"(?P<day>\d{1,2})", r"(?P<year>\d{4}|\d{2})"
_TAIL = r"\d{1,4}"
_FORMS = (
    r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})",
    r"(?P<month>\d{1,2})[-/](?P<day>\d{1,2})[-/](?P<year>\d{4}|\d{1,2})",
    r"(?P<month>\d{1,2})[-/](?P<either>\d{4}|\d{1,2})",
    r"(?P<year>\d{4})[-/](?P<month>\d{1,2})",
    rf"{_DAY}(?:\s*[-/]\s*|\s*){_NAME}(?:(?:\s*[-/]\s*|\s*,?\s*){_YEAR})?",
    rf"{_NAME}(?:\s*[-/]\s*|\s*)(?P<day>\d{{1,2}})(?:\s*,\s*|\s*[-/]\s*|\s+)(?P<year>\d{{4}}|\d{{2}})",
    rf"{_NAME}(?:\s*[-/]\s*|\s*,?\s*)(?P<either>\d{{4}}|\d{{1,2}})",
    rf"(?P<year>\d{{4}})(?:\s*[-/]\s*|\s*){_NAME}(?:(?:\s*[-/]\s*|\s*){_DAY})?",
)
_TIME = re.compile(
    r"(?P<hour>\d{1,4})(?::(?P<minute>\d{1,4})?(?::(?P<second>\d{1,4})?(?P<fraction>\.\d*)?)?)?(?:\s*(?P<half>[ap]m?))?"
)
_CLOCK = re.compile(r"(?<![\d:.])\d{1,4}:[\d:.]*(?:\s*[ap]m?)?$|(?<![\d:.])\d{1,2}\s*[ap]m?$")
_LEADING_CLOCK = re.compile(r"\d{1,4}:[\d:.]*(?:\s*[ap]m?)?(?=\s)|\d{1,2}\s*[ap]m?(?=\s)")

LAST_SERIAL = 2_958_465
"""31 December 9999."""
OFFSET_1904 = 1_462
"""How many days later the 1904 date system starts."""


def serial_of(year: int, month: int, day: int) -> int | None:
    """The serial number (1900 system) of a date of Excel's calendar, 29 February 1900 included; else None."""
    if (year, month, day) == (1900, 2, 29):
        return 60
    try:
        ordinal = date(year, month, day).toordinal()
    except ValueError:
        return None
    serial = ordinal - 693_594
    serial -= serial < 61
    return serial if serial >= 0 and year >= 1900 else None


def date_of(serial: int) -> tuple[int, int, int]:
    """Year, month and day of a serial number (1900 system) up to ``LAST_SERIAL``; 0 is 0 January 1900."""
    if serial in (0, 60):
        return (1900, 1, 0) if serial == 0 else (1900, 2, 29)
    day = date.fromordinal(serial + 693_594 + (serial < 60))
    return day.year, day.month, day.day


def parse_date_time(text: str, date_1904: bool = False) -> float | None:
    """The serial number of a date, a time or both, as ``"1/2/2020 6:00"+0`` reads it; None for anything else.

    Days come without a year in the current year; years of two digits lie between 1930 and 2029.
    """
    plain = " ".join(text.lower().split())
    if not plain or not plain[0].isalnum():
        return None
    clock = _CLOCK.search(plain)
    if clock is not None:
        return _joined(plain[: clock.start()].rstrip(), clock.group(), date_1904)
    leading = _LEADING_CLOCK.match(plain)
    if leading is not None:
        return _joined(plain[leading.end() :].lstrip(), leading.group(), date_1904)
    return _date(plain, date_1904)


def _joined(day_text: str, clock_text: str, date_1904: bool) -> float | None:
    clock = _time(clock_text)
    if clock is None or not day_text:
        return clock
    day = _date(day_text.rstrip(","), date_1904)
    return None if day is None else day + clock


@cache
def _forms() -> tuple[re.Pattern[str], ...]:
    """The forms compiled, by the first text that asks for them: most workbooks have no dates in texts."""
    return tuple(re.compile(form) for form in _FORMS)


def _date(text: str, date_1904: bool) -> float | None:
    for form in _forms():
        match = form.fullmatch(text)
        if match is None:
            continue
        serial = _serial(match.groupdict())
        if serial is not None:
            serial -= OFFSET_1904 if date_1904 else 0
            return float(serial) if serial >= 0 else None
    return None


def _serial(parts: dict[str, str | None]) -> int | None:
    name = parts.get("name")
    month = _month(name) if name else int(parts.get("month") or 0)
    if month is None:
        return None
    either, year_text, day_text = parts.get("either"), parts.get("year"), parts.get("day")
    if either is not None:
        of_this_year = serial_of(date.today().year, month, int(either)) if len(either) < 3 else None  # noqa: DTZ011
        if of_this_year is not None:
            return of_this_year
        year_text = either
    year = _year(year_text) if year_text else date.today().year  # noqa: DTZ011  a date without a year means this year
    return serial_of(year, month, int(day_text or 1))


def _month(name: str) -> int | None:
    for number, month in enumerate(_MONTHS, start=1):
        if name in (month, month[:3]) or (name == "sept" and number == 9):
            return number
    return None


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year < 30 else 1900)


def _time(text: str) -> float | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    fraction, half = match["fraction"], match["half"]
    if half is not None:
        if not hour <= 12 or minute > 59 or second > 59:
            return None
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    if sum((hour > 23, minute > 59, second > 59)) > 1 or max(hour, minute, second) > 9999:
        return None
    return (hour * 3600 + minute * 60 + second + float("0" + (fraction or ".0"))) / 86_400
