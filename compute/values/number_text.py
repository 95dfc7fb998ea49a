"""Numbers as text and text as numbers, where Excel converts without a format code."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from compute.values.date_text import parse_date_time

_NUMBER = re.compile(r"(?:\d+(?:,\d{3,})*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_FRACTION = re.compile(r"(?:(\d+) +)?(\d+)/(\d+)")
_CURRENCY = frozenset("$\u00a5\u20ac\u00a3")
_WIDTH = 11
_BLANKS = " \t\r\n"


def general_text(number: float) -> str:
    """The text of a number as ``&`` joins it: General format, 15 significant digits, ``1E+21`` beyond 21 digits."""
    if number == 0:
        return "0"
    mantissa, exponent_text = f"{number:.14e}".split("e")
    exponent = int(exponent_text)
    digits = mantissa.rstrip("0").rstrip(".")
    if -5 < exponent < 21 or (exponent < 0 and len(digits.lstrip("-").replace(".", "")) - exponent <= 10):
        return _positional(mantissa, exponent)
    return f"{digits}E{'+' if exponent > 0 else '-'}{abs(exponent):02d}"


def short_general_text(number: float) -> str:
    """The text of a number as TEXT and a wide enough cell show it in General: eleven characters, the sign not counted."""
    if number == 0:
        return "0"
    sign, size = "-" if number < 0 else "", Decimal(f"{abs(number):.14e}")
    exponent = size.adjusted()
    if -5 < exponent < 11:
        places = min(_WIDTH - 2 - max(exponent, 0), _WIDTH - 2) if exponent < 10 else 0
        rounded = f"{size.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
        shown = rounded.rstrip("0").rstrip(".") if "." in rounded else rounded
        if len(shown) <= _WIDTH:
            return sign + shown
    elif exponent < 0 and len(f"{size.normalize():f}") <= _WIDTH:
        return sign + f"{size.normalize():f}"
    mantissa, power = f"{_significant(size, 6):e}".lower().split("e")
    power_sign, power_digits = power[0], power.lstrip("+-")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{sign}{mantissa}E{power_sign}{power_digits.rjust(2, '0')}"


def _significant(number: Decimal, digits: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(number.adjusted() - digits + 1), ROUND_HALF_UP)


def _positional(mantissa: str, exponent: int) -> str:
    sign = "-" if mantissa.startswith("-") else ""
    digits = mantissa.lstrip("-").replace(".", "")
    if exponent >= 14:
        return sign + digits + "0" * (exponent - 14)
    whole, decimals = (
        (digits[: exponent + 1], digits[exponent + 1 :]) if exponent >= 0 else ("0", "0" * (-1 - exponent) + digits)
    )
    return (sign + whole + "." + decimals).rstrip("0").rstrip(".")


def parse_number(text: str, date_1904: bool = False) -> float | None:
    """The number a text stands for, as ``"12"+1`` reads it, or None.

    Accepts signs, thousands separators, percent, currency, parentheses for negatives, exponents, mixed fractions and (through
    ``compute.values.date_text``) dates and times in Excel's US forms, which count from 1904 where ``date_1904`` says so.
    """
    plain = text.strip(_BLANKS)
    if not plain:
        return None
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain).replace("\u2212", "?")
    if _PLAIN.fullmatch(plain):
        return _finite(plain)
    number = _decorated(plain)
    if number is None:
        number = _mixed_fraction(plain)
    return parse_date_time(plain, date_1904) if number is None else number


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _decorated(plain: str) -> float | None:
    """A number with at most one sign or pair of parentheses, one currency and one percent sign around it."""
    sign = percent = currency = 0
    negative, body = False, plain
    if body.startswith("(") and body.endswith(")"):
        negative, sign, body = True, 1, body[1:-1].strip()
    while body and (body[0] in "+-%" or body[0] in _CURRENCY):
        if body[0] in "+-":
            negative, sign = negative or body[0] == "-", sign + 1
        elif body[0] == "%":
            percent += 1
        else:
            currency += 1
        body = body[1:].lstrip()
    while body and (body[-1] == "%" or body[-1] in _CURRENCY):
        percent, currency = (percent + 1, currency) if body[-1] == "%" else (percent, currency + 1)
        body = body[:-1].rstrip()
    if max(sign, percent, currency) > 1 or not _NUMBER.fullmatch(body):
        return None
    number = _finite(body.replace(",", ""))
    if number is None:
        return None
    return (-number if negative else number) / (100 if percent else 1)


def _mixed_fraction(plain: str) -> float | None:
    negative, body = plain[0] == "-", plain.lstrip("+-") if plain[0] in "+-" else plain
    match = _FRACTION.fullmatch(body)
    if match is None or match[1] is None or int(match[3]) == 0:
        return None
    number = int(match[1]) + int(match[2]) / int(match[3])
    return -number if negative else number
