"""ISO 8601 dates in cells (``t="d"``, written by Strict workbooks) as Excel's serial numbers."""

from __future__ import annotations

import re
from datetime import date

_DAY = r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
_TIME = r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?"
_ISO = re.compile(rf"(?:{_DAY})?(?:T?{_TIME})?(?:Z|[+-]\d{{2}}:\d{{2}})?")

_EPOCH_1900 = date(1899, 12, 30).toordinal()
_EPOCH_1904 = date(1904, 1, 1).toordinal()
_FIRST_OF_MARCH_1900 = date(1900, 3, 1)


def serial_number(text: str, date_1904: bool) -> float:
    """Days since the workbook's epoch, times as fractions; ``text`` is a date, a time or both. Raises ValueError.

    In the 1900 system the days before 1 March 1900 count one less, because Excel has a 29 February 1900.
    A time zone is ignored: cells have none.
    """
    match = _ISO.fullmatch(text.strip())
    if match is None or not text.strip():
        raise ValueError(f"{text!r} is not an ISO 8601 date")
    return _days(match, date_1904) + _fraction(match)


def _days(match: re.Match[str], date_1904: bool) -> int:
    if match["year"] is None:
        return 0
    day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    if date_1904:
        return day.toordinal() - _EPOCH_1904
    return day.toordinal() - _EPOCH_1900 - (day < _FIRST_OF_MARCH_1900)


def _fraction(match: re.Match[str]) -> float:
    if match["hour"] is None:
        return 0.0
    seconds = int(match["hour"]) * 3600 + int(match["minute"]) * 60 + float(match["second"] or 0)
    return seconds / 86400
