"""What a number becomes in a workbook that calculates with the numbers it displays.

Source: Microsoft, "Set rounding precision": stored values are changed to what their cells show, in any number format
but General. Dates and times are left as they are.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from compute.functions.number_format import chosen_section, numeric_sections
from compute.functions.number_format_fractions import shown_fraction
from compute.functions.number_format_numbers import decimal_of
from compute.functions.number_format_tokens import InvalidFormat, Part, Section, sections_of

MOST_DIGITS = 17
"""More digits than a number has: it is shown whole."""


@lru_cache(maxsize=4096)
def places_shown(code: str) -> int | None:
    """The decimals at which "precision as displayed" rounds any number: ``0.0%`` keeps 3, ``#,##0,`` keeps -3.

    None for codes that leave numbers as they are (General, dates, text) and for those of ``is_shown_apart``.
    """
    if is_shown_apart(code):
        return None
    sections = _sections(code)
    return _places(sections[0]) if sections else None


@lru_cache(maxsize=4096)
def is_shown_apart(code: str) -> bool:
    """Whether numbers must be rounded one by one (``shown_number``): exponents, fractions, sections that differ."""
    sections = _sections(code)
    loose = any(s.has(Part.EXPONENT, Part.SLASH) and not s.is_date for s in sections)
    return loose or any(s.condition is not None for s in sections) or len({_places(s) for s in sections}) > 1


def shown_number(code: str, value: float) -> float:
    """The number that a cell of this format shows: 1234.5 in ``0.0E+00`` is 1200, 0.34 in ``# ?/?`` is 1/3."""
    try:
        section, _ = chosen_section(numeric_sections(sections_of(code)), value)
    except (InvalidFormat, IndexError):
        return value
    if section is None or section.is_date or section.has(Part.GENERAL, Part.TEXT) or not section.has(Part.DIGIT):
        return value
    size = abs(value)
    if section.has(Part.SLASH):
        found = shown_fraction(section.tokens, size)
        return value if found is None else math.copysign(found, value) + 0.0
    places = _places(section)
    if section.has(Part.EXPONENT):
        places = _places_in_exponent(section, size)
    return value if places is None else math.copysign(_rounded(size, places), value) + 0.0


def _rounded(size: float, places: int) -> float:
    exact = decimal_of(size)
    if exact.adjusted() + places > MOST_DIGITS:
        return size
    return float(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def _places_in_exponent(section: Section, size: float) -> int | None:
    """The decimals that a mantissa keeps of a number; its exponent is a multiple of the whole places."""
    if size == 0:
        return None
    parts = [t.part for t in section.tokens]
    mantissa = parts[: parts.index(Part.EXPONENT)]
    point = mantissa.index(Part.POINT) if Part.POINT in mantissa else len(mantissa)
    step = max(1, mantissa[:point].count(Part.DIGIT))
    return mantissa[point:].count(Part.DIGIT) - decimal_of(size).adjusted() // step * step


def _sections(code: str) -> tuple[Section, ...]:
    """The sections that decide how numbers are rounded; the third of three only sees 0."""
    try:
        sections = numeric_sections(sections_of(code))
    except (InvalidFormat, IndexError):
        return ()
    return sections if any(s.condition is not None for s in sections) else sections[:2]


def _places(section: Section) -> int | None:
    loose = (Part.GENERAL, Part.EXPONENT, Part.SLASH, Part.TEXT)
    if section.is_date or section.has(*loose) or not section.has(Part.DIGIT):
        return None
    tokens = [t for t in section.tokens if t.part in (Part.DIGIT, Part.POINT, Part.COMMA, Part.PERCENT)]
    parts = [t.part for t in tokens]
    point = parts.index(Part.POINT) if Part.POINT in parts else len(parts)
    decimals = sum(len(t.text) for t in tokens[point:] if t.part is Part.DIGIT)
    last_digit = max(i for i, part in enumerate(parts) if part is Part.DIGIT)
    scaled = sum(len(t.text) for t in tokens[last_digit:] if t.part is Part.COMMA)
    if point < len(parts):
        digits_before = [i for i in range(point) if parts[i] is Part.DIGIT]
        start = digits_before[-1] if digits_before else point
        scaled += sum(len(t.text) for t in tokens[start:point] if t.part is Part.COMMA)
    percents = sum(len(t.text) for t in tokens if t.part is Part.PERCENT)
    return decimals + 2 * percents - 3 * scaled
