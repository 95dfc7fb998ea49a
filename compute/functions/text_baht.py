"""Amounts of Thai baht in words: BAHTTEXT (Excel's Text family)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from compute.functions.signature import elementwise, number

_DIGITS = (
    "\u0e28\u0e39\u0e19\u0e22\u0e4c",
    "\u0e2b\u0e19\u0e36\u0e48\u0e07",
    "\u0e2a\u0e2d\u0e07",
    "\u0e2a\u0e32\u0e21",
    "\u0e2a\u0e35\u0e48",
    "\u0e2b\u0e49\u0e32",
    "\u0e2b\u0e01",
    "\u0e40\u0e08\u0e47\u0e14",
    "\u0e41\u0e1b\u0e14",
    "\u0e40\u0e01\u0e49\u0e32",
)
_POWERS = (
    "",
    "\u0e2a\u0e34\u0e1a",
    "\u0e23\u0e49\u0e2d\u0e22",
    "\u0e1e\u0e31\u0e19",
    "\u0e2b\u0e21\u0e37\u0e48\u0e19",
    "\u0e41\u0e2a\u0e19",
)
_MILLION = "\u0e25\u0e49\u0e32\u0e19"
_ONE_AFTER_TENS = "\u0e40\u0e2d\u0e47\u0e14"
_TWO_TENS = "\u0e22\u0e35\u0e48"
_BAHT, _SATANG = "\u0e1a\u0e32\u0e17", "\u0e2a\u0e15\u0e32\u0e07\u0e04\u0e4c"
_EXACTLY, _MINUS = "\u0e16\u0e49\u0e27\u0e19", "\u0e25\u0e1a"


@elementwise("BAHTTEXT", number("number"))
def baht_text(value: float) -> str:
    """An amount in Thai words, in baht and satang, rounded half up to satang."""
    total = int(Decimal(f"{abs(value):.14e}").scaleb(2).to_integral_value(ROUND_HALF_UP))
    baht, satang = divmod(total, 100)
    words = _MINUS if value < 0 and total else ""
    if baht or not satang:
        words += (_words(baht) or _DIGITS[0]) + _BAHT
    return words + (_words(satang) + _SATANG if satang else _EXACTLY)


def _words(number: int) -> str:
    if number >= 1_000_000:
        return _words(number // 1_000_000) + _MILLION + _words(number % 1_000_000)
    out = []
    digits = str(number)
    for place, digit in zip(range(len(digits) - 1, -1, -1), map(int, digits), strict=True):
        if digit == 0:
            continue
        if place == 1 and digit <= 2:
            out.append((_TWO_TENS if digit == 2 else "") + _POWERS[1])
        elif place == 0 and digit == 1 and number > 10:
            out.append(_ONE_AFTER_TENS)
        else:
            out.append(_DIGITS[digit] + _POWERS[place])
    return "".join(out)
