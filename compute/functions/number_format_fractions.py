"""Numbers as fractions by a format section: ``# ?/?``, ``# ??/16``."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from compute.functions.number_format_numbers import decimal_of, whole_digits
from compute.functions.number_format_tokens import Part, Token


def formatted_fraction(tokens: Sequence[Token], value: float) -> str | None:
    """A number that is not negative as a fraction; None where the section's slash is not between digit places."""
    slash = next(i for i, t in enumerate(tokens) if t.part is Part.SLASH)
    before, after = tokens[:slash], tokens[slash + 1 :]
    fixed = int(tokens[slash].text[1:]) if len(tokens[slash].text) > 1 else None
    start, end = _last_run(before)
    size = _first_run(after) if fixed is None else 0
    if start == end or (fixed is None and size == 0):
        return None
    whole_tokens, numerator_tokens, lead = before[:start], before[start:end], _texts(before[end:])
    mixed = any(t.part is Part.DIGIT for t in whole_tokens)
    whole, top, bottom = _mixed_parts(value, mixed, fixed, size)
    below = str(bottom).ljust(size)
    whole_text = whole_digits(whole_tokens, str(whole) if whole or (mixed and top == 0) else "")
    if mixed and top == 0:
        return whole_text + " " * (end - start + 1 + len(below)) + lead + _texts(after[size:])
    return whole_text + whole_digits(numerator_tokens, str(top)) + lead + "/" + below + _texts(after[size:])


def shown_fraction(tokens: Sequence[Token], value: float) -> float | None:
    """The number that ``formatted_fraction`` shows."""
    slash = next(i for i, t in enumerate(tokens) if t.part is Part.SLASH)
    before, after = tokens[:slash], tokens[slash + 1 :]
    fixed = int(tokens[slash].text[1:]) if len(tokens[slash].text) > 1 else None
    start, end = _last_run(before)
    size = _first_run(after) if fixed is None else 0
    if start == end or (fixed is None and size == 0):
        return None
    mixed = any(t.part is Part.DIGIT for t in before[:start])
    whole, top, bottom = _mixed_parts(value, mixed, fixed, size)
    return float(whole + Fraction(top, bottom))


def _mixed_parts(value: float, mixed: bool, fixed: int | None, size: int) -> tuple[int, int, int]:
    """The whole number (where the section has places for one), the numerator and the denominator."""
    exact = decimal_of(value)
    whole = int(exact) if mixed else 0
    top, bottom = _parts(exact - whole, fixed, 10**size - 1)
    return (whole + 1, 0, bottom) if mixed and top == bottom else (whole, top, bottom)


def _texts(tokens: Sequence[Token]) -> str:
    return "".join(t.text for t in tokens)


def _last_run(tokens: Sequence[Token]) -> tuple[int, int]:
    """Where the last digit places in a row start and end."""
    end = next((i + 1 for i in reversed(range(len(tokens))) if tokens[i].part is Part.DIGIT), 0)
    start = end
    while start and tokens[start - 1].part is Part.DIGIT:
        start -= 1
    return start, end


def _first_run(tokens: Sequence[Token]) -> int:
    """How many digit places the tokens start with."""
    return next((i for i, t in enumerate(tokens) if t.part is not Part.DIGIT), len(tokens))


def _parts(value: Decimal, fixed: int | None, largest: int) -> tuple[int, int]:
    """Numerator and denominator: the last convergent of the continued fraction whose denominator fits its places."""
    if fixed is not None:
        return int((value * fixed).to_integral_value(ROUND_HALF_UP)), fixed
    rest = Fraction(value)
    (top, bottom), (next_top, next_bottom) = (0, 1), (1, 0)
    while True:
        whole = rest.numerator // rest.denominator
        top, bottom, next_top, next_bottom = next_top, next_bottom, whole * next_top + top, whole * next_bottom + bottom
        if next_bottom > largest:
            return top, bottom
        if rest == whole:
            return next_top, next_bottom
        rest = 1 / (rest - whole)
