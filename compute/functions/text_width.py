"""Half-width and full-width characters: ASC, DBCS (Excel's Text family).

Japanese Excel shows DBCS as JIS; files hold DBCS, and JIS in one is #NAME?.
"""

from __future__ import annotations

import unicodedata

from compute.functions.signature import elementwise, text

_MARKS = {"\u3099": "\uff9e", "\u309a": "\uff9f"}
_TO_FULL = {chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)} | {" ": "\u3000"}
_TO_FULL |= {chr(c): unicodedata.normalize("NFKC", chr(c)) for c in range(0xFF61, 0xFF9E)}
_TO_HALF = {full: half for half, full in _TO_FULL.items()}
_VOICED = {"\uff9e": "\u3099", "\uff9f": "\u309a"}


@elementwise("ASC", text("text"))
def half_width(value: str) -> str:
    """Full-width Latin letters, digits, signs and katakana as half-width ones."""
    return "".join(_half(c) for c in value)


def _half(character: str) -> str:
    if character in _TO_HALF:
        return _TO_HALF[character]
    parts = unicodedata.normalize("NFD", character)
    if len(parts) == 2 and parts[0] in _TO_HALF and parts[1] in _MARKS:
        return _TO_HALF[parts[0]] + _MARKS[parts[1]]
    return character


@elementwise("DBCS", text("text"))
def full_width(value: str) -> str:
    """Half-width Latin letters, digits, signs and katakana as full-width ones."""
    out: list[str] = []
    for character in value:
        joined = unicodedata.normalize("NFC", out[-1] + _VOICED[character]) if out and character in _VOICED else ""
        if len(joined) == 1:
            out[-1] = joined
        else:
            out.append(_TO_FULL.get(character) or {"\uff9e": "\u309b", "\uff9f": "\u309c"}.get(character, character))
    return "".join(out)
