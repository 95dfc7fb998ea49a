"""Texts as UTF-16 units, in which Excel counts characters: one outside the first plane counts twice."""

from __future__ import annotations


def text_units(text: str) -> str:
    """The text with one character for each UTF-16 unit (surrogates for those outside the first plane)."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    encoded = text.encode("utf-16-be", "surrogatepass")
    return "".join(chr(encoded[i] << 8 | encoded[i + 1]) for i in range(0, len(encoded), 2))


def unit_text(units: str) -> str:
    """The text that units stand for; a lone surrogate stays as it is."""
    if units.isascii() or max(units) < "\ud800":
        return units
    return units.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")
