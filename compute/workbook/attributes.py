"""How parts write truth and whole numbers in attributes (XML Schema's boolean and unsignedInt)."""

from __future__ import annotations

_LONGEST = 18


def is_true(text: str | None) -> bool:
    """Whether the attribute is there and true."""
    return text in ("1", "true", "on")


def whole_number(text: str | None) -> int | None:
    """The number that an attribute holds; None for an absent one and for anything but up to 18 digits."""
    if text is None or len(text) > _LONGEST or not text.isdecimal():
        return None
    return int(text)
