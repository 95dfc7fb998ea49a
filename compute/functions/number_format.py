"""Values shown by a number format code, as TEXT and cells show them.

Source: ECMA-376 part 1, 18.8.30 and 18.8.31, and Microsoft's page on number format codes; what they leave open was
seen in workbooks that Excel computed.
"""

from __future__ import annotations

from compute.functions.number_format_dates import formatted_date
from compute.functions.number_format_fractions import formatted_fraction
from compute.functions.number_format_numbers import formatted_number
from compute.functions.number_format_tokens import InvalidFormat, Part, Section, sections_of
from compute.values import general_text
from compute.values.number_text import short_general_text

__all__ = ["InvalidFormat", "formatted", "formatted_text"]


def formatted(value: float, code: str, *, date_1904: bool = False) -> str:
    """A number by a format code. Raises InvalidFormat for a code or a date that Excel refuses."""
    sections = sections_of(code)
    section, shown = chosen_section(numeric_sections(sections), value)
    if section is None:
        return short_general_text(value)
    if section.is_date:
        result = formatted_date(section, shown, date_1904)
    else:
        sign = "-" if shown < 0 else ""
        result = sign + _unsigned(section, abs(shown))
    return result if section.digits.isascii() else result.translate(str.maketrans("0123456789", section.digits))


def formatted_text(value: str, code: str) -> str:
    """A text by a format code: its text section, if it has one. Raises InvalidFormat."""
    sections = sections_of(code)
    if len(sections) < 4 and not sections[-1].has(Part.TEXT):
        return value if code else ""
    return "".join(value if token.part is Part.TEXT else token.text for token in sections[-1].tokens)


def _unsigned(section: Section, value: float) -> str:
    if section.has(Part.GENERAL):
        return "".join(short_general_text(value) if t.part is Part.GENERAL else t.text for t in section.tokens)
    if section.has(Part.TEXT):
        return "".join(general_text(value) if t.part is Part.TEXT else t.text for t in section.tokens)
    if section.has(Part.SLASH):
        fraction = formatted_fraction(section.tokens, value)
        if fraction is not None:
            return fraction
    return formatted_number(section, value)


def numeric_sections(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections of a code that numbers use."""
    return sections[:-1] if len(sections) > 1 and sections[-1].has(Part.TEXT) else sections[:3]


def chosen_section(sections: tuple[Section, ...], value: float) -> tuple[Section | None, float]:
    """The section for a number and the number it shows: without its sign where the section is there for negatives.

    None stands for General.
    """
    first = sections[0]
    if len(sections) == 1:
        return (first if first.condition is None or first.meets(value) else None), value
    second = sections[1]
    if len(sections) == 2:
        if first.meets(value) or (first.condition is None and value >= 0):
            return first, value
        if second.condition is None or second.meets(value):
            return second, abs(value) if first.condition is None and second.condition is None else value
        raise InvalidFormat("no section for this number")
    if first.meets(value) or (first.condition is None and value > 0):
        return first, value
    if second.meets(value) or (second.condition is None and value < 0):
        return second, abs(value) if second.condition is None else value
    return sections[2], value
