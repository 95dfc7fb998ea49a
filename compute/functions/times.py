"""Times of day and their parts (Excel's Date & Time family)."""

from __future__ import annotations

import numpy as np

from compute.functions.dates import text_serials
from compute.functions.dates_calendar import Integers, unless
from compute.functions.signature import Fallible, any_value, number, vectorised
from compute.values import Array, Booleans, Floats
from compute.values.date_text import LAST_SERIAL, parse_date_time

_SERIAL = number("serial")
_DAY = 86_400
_MOST = 32_767


@vectorised("TIME", number("hour"), number("minute"), number("second"))
def time(hour: Floats, minute: Floats, second: Floats) -> Fallible:
    """A time of day as part of a day; what exceeds 24 hours is dropped, each argument is at most 32767."""
    parts = [np.trunc(part) for part in (hour, minute, second)]
    total = (parts[0] * 3600 + parts[1] * 60 + parts[2]) / _DAY
    valid: Booleans = (total >= 0) & (np.maximum(np.maximum(parts[0], parts[1]), parts[2]) <= _MOST)
    return unless(valid, total - np.floor(total))


def _seconds(serial: Floats) -> tuple[Integers, Booleans]:
    """The seconds passed in the day, rounded to whole ones, and where the serial is a date."""
    inside: Booleans = (serial >= 0) & (serial < LAST_SERIAL + 1)
    moments = np.where(inside, serial, 0.0)
    # Excel rounds on 15 digits: a time stored a hair under half a second still rounds up.
    passed = np.floor((moments - np.floor(moments)) * _DAY + 0.5 + 1e-6)
    return passed.astype(np.int64) % _DAY, inside


@vectorised("HOUR", _SERIAL)
def hour_of(serial: Floats) -> Fallible:
    """The hour of a time, 0 to 23."""
    seconds, inside = _seconds(serial)
    return unless(inside, seconds // 3600)


@vectorised("MINUTE", _SERIAL)
def minute_of(serial: Floats) -> Fallible:
    """The minute of a time."""
    seconds, inside = _seconds(serial)
    return unless(inside, seconds // 60 % 60)


@vectorised("SECOND", _SERIAL)
def second_of(serial: Floats) -> Fallible:
    """The second of a time, rounded."""
    seconds, inside = _seconds(serial)
    return unless(inside, seconds % 60)


@vectorised("TIMEVALUE", any_value("time"))
def time_value(value: Array) -> Fallible:
    """The time of day that a text stands for, without its date; numbers and texts without either are #VALUE!."""
    return text_serials(value, _time_in)


def _time_in(words: str) -> float | None:
    serial = parse_date_time(words)
    return None if serial is None else serial % 1
