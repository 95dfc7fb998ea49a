"""Dates, times of day and elapsed times by a format section."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP
from functools import lru_cache

from compute.functions.number_format_locales import THAI_CALENDAR, Place
from compute.functions.number_format_numbers import decimal_of
from compute.functions.number_format_tokens import InvalidFormat, Part, Section, Token
from compute.records import dataclass
from compute.values.date_text import LAST_SERIAL, OFFSET_1904, date_of

_MOST_DECIMALS = 3
_BUDDHIST_ERA = 543


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time in whole units of the smallest one shown."""

    year: int
    month: int
    day: int
    weekday: int
    days: int
    seconds: int
    fraction: str
    twelve_hours: bool

    @property
    def hour(self) -> int:
        return self.seconds // 3600

    @property
    def minute(self) -> int:
        return self.seconds // 60 % 60


def formatted_date(section: Section, value: float, date_1904: bool) -> str:
    """A serial number by a section with date or time codes.

    Raises InvalidFormat for dates outside the calendar (negative ones too, but in the 1904 system) and for digit
    places that are no decimals of seconds.
    """
    if value < 0 and not date_1904:
        raise InvalidFormat("a negative date")
    tokens, decimals = _prepared(section)
    moment = _moment(abs(value), decimals, section, date_1904)
    place = Place.of(section)
    shown = [token.text if token.part is Part.LITERAL else _shown(token, moment, place) for token in tokens]
    return ("-" if value < 0 else "") + "".join(shown)


@lru_cache(maxsize=1024)
def _prepared(section: Section) -> tuple[list[Token], int]:
    """The section's tokens with minutes and decimals told apart, and how many decimals of a second it shows."""
    tokens = _with_decimals(section.tokens)
    decimals = max((len(t.text) - 1 for t in tokens if t.part is Part.POINT), default=0)
    return _with_minutes(tokens), decimals


def _with_decimals(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with the decimals of seconds as one: a point and its zeros."""
    out: list[Token] = []
    timed = False
    for token in tokens:
        if token.part is Part.DIGIT:
            if not out or out[-1].part is not Part.POINT or token.text != "0" or not timed:
                raise InvalidFormat("digit places beside date codes")
            out[-1] = Token(Part.POINT, out[-1].text + "0")
            if len(out[-1].text) > _MOST_DECIMALS + 1:
                raise InvalidFormat("more than three decimals of a second")
            continue
        out.append(token)
        if token.part in (Part.DATE, Part.ELAPSED):
            timed = token.text[0] == "s"
    return out


def _with_minutes(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with ``m`` made ``n`` where it means minutes: after hours or before seconds."""
    timed = [i for i, t in enumerate(tokens) if t.part in (Part.DATE, Part.ELAPSED)]
    out = list(tokens)
    for place, i in enumerate(timed):
        if tokens[i].part is not Part.DATE or tokens[i].text not in ("m", "mm"):
            continue
        before = tokens[timed[place - 1]].text[0] if place else ""
        after = tokens[timed[place + 1]].text[0] if place + 1 < len(timed) else ""
        if before == "h" or after == "s":
            out[i] = Token(Part.DATE, tokens[i].text.replace("m", "n"))
    return out


def _moment(value: float, decimals: int, section: Section, date_1904: bool) -> Moment:
    units = int((decimal_of(value) * 86_400).scaleb(decimals).to_integral_value(ROUND_HALF_UP))
    seconds, fraction = divmod(units, 10**decimals)
    days, seconds = divmod(seconds, 86_400)
    number = days + (OFFSET_1904 if date_1904 else 0)
    if number > LAST_SERIAL:
        raise InvalidFormat("a date after 9999")
    year, month, day = date_of(number)
    year += _BUDDHIST_ERA if section.calendar == THAI_CALENDAR else 0
    text = str(fraction).rjust(decimals, "0") if decimals else ""
    return Moment(year, month, day, (number - 1) % 7, days, seconds, text, section.has(Part.HALF_DAY))


def _shown(token: Token, moment: Moment, place: Place) -> str:
    if token.part is Part.DATE:
        return _date_part(token.text, moment, place)
    if token.part is Part.ELAPSED:
        total = moment.days * 86_400 + moment.seconds
        amount = {"h": total // 3600, "m": total // 60, "s": total}[token.text[0]]
        return str(amount).rjust(len(token.text), "0")
    if token.part is Part.HALF_DAY:
        if place.halves and len(token.text) > 3:
            return place.halves[moment.hour >= 12]
        first, _, second = token.text.partition("/")
        half = second if moment.hour >= 12 else first
        return half.upper() if len(half) > 1 else half
    if token.part is Part.POINT and len(token.text) > 1:
        return "." + moment.fraction[: len(token.text) - 1]
    return token.text


def _date_part(code: str, moment: Moment, place: Place) -> str:
    match code[0]:
        case "y":
            return f"{moment.year % 100:02d}" if len(code) < 3 else f"{moment.year:04d}"
        case "b":
            year = moment.year + _BUDDHIST_ERA
            return f"{year % 100:02d}" if len(code) < 3 else f"{year:04d}"
        case "e" | "g":
            return place.era(code, moment)
        case "m" if len(code) > 2:
            return place.month(len(code), moment.month)
        case "d" | "a" if len(code) > 2:
            return place.day(code, moment.weekday)
    hour = (moment.hour + 11) % 12 + 1 if moment.twelve_hours else moment.hour
    numbers = {"m": moment.month, "d": moment.day, "h": hour, "n": moment.minute, "s": moment.seconds % 60}
    return str(numbers[code[0]]).rjust(min(len(code), 2), "0")
