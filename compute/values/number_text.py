"""Numbers as text and text as numbers, where Excel converts without a format code."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-]?(\d+(,\d{3})*(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


def general_text(number: float) -> str:
    """The text of a number as ``&`` joins it: General format, 15 significant digits, ``1E+20`` beyond twenty digits."""
    if number == 0:
        return "0"
    mantissa, exponent_text = f"{number:.14e}".split("e")
    exponent = int(exponent_text)
    if -10 < exponent < 21:
        digits = f"{number:.{max(0, 14 - exponent)}f}" if exponent < 15 else _rounded_integer(mantissa, exponent)
        return digits.rstrip("0").rstrip(".") if "." in digits else digits
    mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}E{'+' if exponent > 0 else '-'}{abs(exponent):02d}"


def _rounded_integer(mantissa: str, exponent: int) -> str:
    sign = "-" if mantissa.startswith("-") else ""
    return sign + mantissa.lstrip("-").replace(".", "") + "0" * (exponent - 14)


def parse_number(text: str) -> float | None:
    """The number a text stands for, as ``"12"+1`` reads it, or None.

    Accepts signs, thousands separators, percent, currency, parentheses for negatives, exponents and (through
    ``compute.values.date_text``) dates and times in Excel's US forms.
    """
    plain = text.strip()
    if not plain:
        return None
    try:
        if (
            plain.isascii()
            and plain[-1].isdigit()
            and "," not in plain
            and "_" not in plain
            and plain[0] in "+-.0123456789"
        ):
            return float(plain)
    except ValueError:
        pass
    return _decorated(plain)


def _decorated(plain: str) -> float | None:
    factor = 1.0
    if plain.startswith("(") and plain.endswith(")"):
        plain, factor = plain[1:-1].strip(), -1.0
    if plain.endswith("%"):
        plain, factor = plain[:-1].strip(), factor / 100
    elif plain.startswith("%"):
        plain, factor = plain[1:].strip(), factor / 100
    sign = -1.0 if plain[:1] == "-" else 1.0
    body = plain[1:].strip() if plain[:1] in ("+", "-") and plain[1:].lstrip()[:1] == "$" else plain
    if body is not plain:
        factor *= sign
    body = body[1:].strip() if body[:1] == "$" else body
    return float(body.replace(",", "")) * factor if _NUMBER.fullmatch(body) else None
