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
_LONGEST = 20
_SMALLEST_NORMAL = 2.2250738585072014e-308
_BLANKS = " \t\r\n"


def general_text(number: float) -> str:
    """The text of a number as ``&`` joins it: 15 significant digits, in E notation beyond 20 characters.

    The sign does not count; powers from 99 on leave room for 14 digits. Source: renderings observed in Excel, listed
    by Apache POI (NumberToTextConversionExamples).
    """
    if abs(number) < _SMALLEST_NORMAL:
        return "0"
    mantissa, exponent_text = f"{number:.14e}".split("e")
    exponent = int(exponent_text)
    sign, digits = ("-" if number < 0 else ""), mantissa.lstrip("-").replace(".", "").rstrip("0")
    if exponent < 0:
        shown, length = "0." + "0" * (-1 - exponent) + digits, 1 - exponent + len(digits)
    else:
        whole, decimals = digits[: exponent + 1].ljust(min(exponent, _LONGEST) + 1, "0"), digits[exponent + 1 :]
        shown, length = whole + ("." + decimals if decimals else ""), exponent + 1
    if length <= _LONGEST:
        return sign + shown
    return _scientific(number, 14 if abs(exponent) < 99 else 13)


def _scientific(number: float, decimals: int) -> str:
    mantissa, exponent = f"{number:.{decimals}e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}E{exponent}"


def short_general_text(number: float) -> str:
    """The text of a number as TEXT and a wide cell show it in General: eleven characters, the sign not counted."""
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
    step = Decimal(1).scaleb(exponent - 5)
    return sign + _scientific(float(size.quantize(step, ROUND_HALF_UP)), 5)


def parse_number(text: str, date_1904: bool = False) -> float | None:
    """The number a text stands for, as ``"12"+1`` reads it, or None.

    Accepts signs, thousands separators, percent, currency, parentheses for negatives, exponents, mixed fractions and
    (through ``compute.values.date_text``) dates and times in Excel's US forms, which count from 1904 where
    ``date_1904`` says so.
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
    if number is not None or (text[0] in _BLANKS and ":" not in plain):
        return number  # a blank before a date makes it plain text
    return parse_date_time(plain, date_1904)


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
