"""Numbers as a person reads them: enough digits to compare, no more."""

from __future__ import annotations

import math

ABSENT = "–"


def decimals_for(spread: float, magnitude: float) -> int:
    """Decimals that show three digits of the spread (of the value itself where nothing spreads)."""
    reference = spread if spread > 0 else abs(magnitude)
    if reference == 0 or not math.isfinite(reference):
        return 0
    return min(12, max(0, 2 - math.floor(math.log10(reference))))


def number(value: float | None, decimals: int = 2) -> str:
    """A number with thousands separators; powers of ten where it would be unreadable; a dash for none."""
    if value is None:
        return ABSENT
    if value != 0 and (abs(value) >= 1e15 or (decimals > 6 and abs(value) < 1e-4)):
        return f"{value:.4g}"
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text


def short(value: float) -> str:
    """A number for an axis: four digits, with K, M, B for thousands, millions, billions."""
    for limit, letter in ((1e9, "B"), (1e6, "M"), (1e4, "K")):
        if abs(value) >= limit and abs(value) < 1e13:
            scaled = value / (1e3 if letter == "K" else limit)
            return f"{scaled:.4g}{letter}"
    return f"{value:.4g}"


def duration(seconds: float) -> str:
    """A time for a person: 85 ms, 1.2 s, 3 min 20 s."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
