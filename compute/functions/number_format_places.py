"""How many decimals a number format code shows, for workbooks that calculate with what they display."""

from __future__ import annotations

from functools import lru_cache

from compute.functions.number_format_tokens import InvalidFormat, Part, sections_of


@lru_cache(maxsize=4096)
def places_shown(code: str) -> int | None:
    """The decimals at which "precision as displayed" rounds a number: ``0.0%`` keeps 3, ``#,##0,`` keeps -3.

    None for codes that do not fix the decimals of a number: General, dates, fractions, exponents, text.
    Source: Microsoft, "Set rounding precision".
    """
    try:
        section = sections_of(code)[0]
    except (InvalidFormat, IndexError):
        return None
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
