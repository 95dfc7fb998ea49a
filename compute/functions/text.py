"""Parts, cases and characters of texts (Excel's Text family).

Positions and lengths count UTF-16 units, as Excel's do. The functions that count bytes (LENB and its kin) do so only
where a double-byte language is Excel's default; in US settings they count as the others do.
"""

from __future__ import annotations

import re

from compute.errors import ErrorCode
from compute.functions.signature import CellFailure, any_value, elementwise, number, text, vectorised
from compute.values import Array, Booleans, Texts
from compute.values.units import text_units, unit_text

MOST_CHARACTERS = 32_767
"""The longest text a cell holds."""

_TEXT = text("text")
_CONTROLS = re.compile("[\x00-\x1f]")
_WORDS = re.compile(r"[^\W\d_]+")


def count(value: float, least: int = 0) -> int:
    """An argument that counts characters, without its decimals; #VALUE! below ``least``."""
    if value < least:
        raise CellFailure(ErrorCode.VALUE)
    return int(min(value, 2**31))


def bounded(result: str) -> str:
    """The text; #VALUE! where it is longer than a cell holds."""
    if len(result) > MOST_CHARACTERS:
        raise CellFailure(ErrorCode.VALUE)
    return result


@elementwise("LEFT LEFTB", _TEXT, number("count", 1))
def left(value: str, size: float) -> str:
    """The first characters."""
    return unit_text(text_units(value)[: count(size)])


@elementwise("RIGHT RIGHTB", _TEXT, number("count", 1))
def right(value: str, size: float) -> str:
    """The last characters."""
    units = text_units(value)
    return unit_text(units[max(0, len(units) - count(size)) :])


@elementwise("MID MIDB", _TEXT, number("start"), number("count"))
def middle(value: str, start: float, size: float) -> str:
    """The characters from a 1-based place on."""
    first, length = count(start, 1), count(size)
    return unit_text(text_units(value)[first - 1 : first - 1 + length])


@elementwise("REPLACE REPLACEB", _TEXT, number("start"), number("count"), text("new"))
def replace(value: str, start: float, size: float, new: str) -> str:
    """The text with the characters at a place exchanged for others."""
    units, first, length = text_units(value), count(start, 1), count(size)
    return bounded(unit_text(units[: first - 1] + text_units(new) + units[first - 1 + length :]))


@elementwise("LEN LENB", _TEXT)
def length(value: str) -> float:
    """The number of characters."""
    return float(len(text_units(value)))


@elementwise("TRIM", _TEXT)
def trim(value: str) -> str:
    """The text without spaces at its ends and with single spaces inside; other white space stays."""
    return " ".join(part for part in value.split(" ") if part)


@elementwise("CLEAN", _TEXT)
def clean(value: str) -> str:
    """The text without the control characters 0 to 31."""
    return _CONTROLS.sub("", value)


@elementwise("UPPER", _TEXT)
def upper(value: str) -> str:
    """Capitals; letters without a single capital (ß) stay."""
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in value)


@elementwise("LOWER", _TEXT)
def lower(value: str) -> str:
    """Small letters."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in value)


@elementwise("PROPER", _TEXT)
def proper(value: str) -> str:
    """A capital for each letter after something that is no letter, small letters for the others."""
    return _WORDS.sub(lambda word: upper(word.group()[0]) + lower(word.group()[1:]), value)


@vectorised("EXACT", text("text1"), text("text2"))
def exact(first: Texts, second: Texts) -> Booleans:
    """Whether two texts are the same, letter case included."""
    same: Booleans = (first == second).astype(bool)
    return same


@elementwise("REPT", _TEXT, number("times"))
def repeat(value: str, times: float) -> str:
    """The text several times over; #VALUE! beyond a cell's length."""
    size = count(times)
    if len(value) * size > MOST_CHARACTERS:
        raise CellFailure(ErrorCode.VALUE)
    return value * size


@vectorised("T", any_value("value"))
def only_text(value: Array) -> Texts:
    """The text, "" for anything that is none."""
    return value.text_array()


@elementwise("CHAR", number("code"))
def character(code: float) -> str:
    """The character 1 to 255 of Windows' Western code page."""
    if not 1 <= code < 256:
        raise CellFailure(ErrorCode.VALUE)
    try:
        return bytes([int(code)]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(int(code))


@elementwise("CODE", _TEXT)
def code_of(value: str) -> float:
    """The code of the first character in Windows' Western code page; characters outside it are question marks (63)."""
    if not value:
        raise CellFailure(ErrorCode.VALUE)
    first = ord(value[0])
    if 0x80 <= first < 0xA0:
        return float(first)
    return float(value[0].encode("cp1252", "replace")[0])


@elementwise("UNICHAR", number("code"))
def unicode_character(code: float) -> str:
    """The character of a Unicode number; surrogates and the last two of each plane are #N/A, as in Excel."""
    place = int(code)
    if not 1 <= place <= 0x10FFFF:
        raise CellFailure(ErrorCode.VALUE)
    if 0xD800 <= place <= 0xDFFF or place & 0xFFFE == 0xFFFE:
        raise CellFailure(ErrorCode.NA)
    return chr(place)


@elementwise("UNICODE", _TEXT)
def unicode_number(value: str) -> float:
    """The Unicode number of the first character."""
    if not value:
        raise CellFailure(ErrorCode.VALUE)
    return float(ord(value[0]))
