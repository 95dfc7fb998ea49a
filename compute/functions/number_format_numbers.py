"""Plain, percent, scaled and scientific numbers by a format section's digit places."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from compute.functions.number_format_tokens import Part, Section, Token
from compute.records import dataclass

_EMPTY = {"0": "0", "#": "", "?": " "}


def decimal_of(value: float) -> Decimal:
    """The 15 significant digits that Excel shows of a number."""
    return Decimal(f"{value:.14e}")


def rounded_digits(value: Decimal, places: int) -> tuple[str, str]:
    """The whole digits ("" for 0) and ``places`` decimals of a number rounded half up."""
    scaled = int(value.scaleb(places).to_integral_value(ROUND_HALF_UP))
    digits = str(scaled).rjust(places + 1, "0")
    return digits[: len(digits) - places].lstrip("0"), digits[len(digits) - places :]


@dataclass(frozen=True, slots=True)
class Layout:
    """A numeric section in its parts; commas that group or scale are taken out of the tokens."""

    whole: tuple[Token, ...]
    decimals: tuple[Token, ...]
    exponent: tuple[Token, ...]
    exponent_code: str
    has_point: bool
    groups: bool
    thousands: int
    percents: int

    @property
    def places(self) -> int:
        return sum(t.part is Part.DIGIT for t in self.decimals)


def formatted_number(section: Section, value: float) -> str:
    """A number that is not negative, by the digit places of a section; its literals stay where they are."""
    layout = _layout(section)
    exact = decimal_of(value)
    if layout.exponent_code:
        return _scientific(layout, exact)
    exact = exact.scaleb(2 * layout.percents - 3 * layout.thousands)
    whole, decimals = rounded_digits(exact, layout.places)
    return _mantissa(layout, whole, decimals)


def _mantissa(layout: Layout, whole: str, decimals: str) -> str:
    return whole_digits(layout.whole, whole, layout.groups) + (
        "." + _decimal_digits(layout.decimals, decimals) if layout.has_point else ""
    )


@lru_cache(maxsize=1024)
def _layout(section: Section) -> Layout:
    tokens = section.tokens
    exponent = next((i for i, t in enumerate(tokens) if t.part is Part.EXPONENT), len(tokens))
    mantissa = list(tokens[:exponent])
    rest = tuple(t for t in tokens[exponent + 1 :] if t.part is not Part.COMMA)
    point = next((i for i, t in enumerate(mantissa) if t.part is Part.POINT), len(mantissa))
    whole, groups, scale = _without_commas(mantissa[:point])
    decimals, _, decimal_scale = _without_commas(mantissa[point + 1 :])
    code = tokens[exponent].text if exponent < len(tokens) else ""
    return Layout(
        whole,
        decimals,
        rest,
        code,
        point < len(mantissa),
        groups or bool(code and scale),
        scale + decimal_scale,
        sum(t.part is Part.PERCENT for t in tokens),
    )


def _without_commas(tokens: Sequence[Token]) -> tuple[tuple[Token, ...], bool, int]:
    """The tokens left, whether commas between digit places group, and how many behind them scale by a thousand."""
    places = [i for i, t in enumerate(tokens) if t.part is Part.DIGIT]
    if not places:
        return tuple(tokens), False, 0
    kept, groups, scale = [], False, 0
    for i, token in enumerate(tokens):
        if token.part is Part.COMMA and i > places[0]:
            groups, scale = groups or i < places[-1], scale + (i > places[-1])
        else:
            kept.append(token)
    return tuple(kept), groups, scale


def whole_digits(tokens: Sequence[Token], digits: str, groups: bool = False) -> str:
    """Whole digits in their places from the right; those that find no place stand before the first one."""
    out: list[str] = []
    left, places = len(digits), sum(t.part is Part.DIGIT for t in tokens)
    position = 0
    for token in reversed(tokens):
        if token.part is not Part.DIGIT:
            out.append(token.text)
            continue
        places -= 1
        take = 1 if places else max(1, left)
        for _ in range(take):
            empty = left <= 0
            mark = _EMPTY[token.text] if empty else digits[left - 1]
            if groups and position and position % 3 == 0 and mark:
                out.append("," if mark != " " else " ")
            out.append(mark)
            left, position = left - 1, position + 1
    return "".join(reversed(out))


def _decimal_digits(tokens: Sequence[Token], digits: str) -> str:
    significant = len(digits.rstrip("0"))
    out, position = [], 0
    for token in tokens:
        if token.part is not Part.DIGIT:
            out.append(token.text)
            continue
        out.append(digits[position] if position < significant else _EMPTY[token.text])
        position += 1
    return "".join(out)


def _scientific(layout: Layout, value: Decimal) -> str:
    """The exponent is a multiple of the number of whole places, as in engineering notation."""
    step = max(1, sum(t.part is Part.DIGIT for t in layout.whole))
    exponent = 0 if value == 0 else value.adjusted() // step * step
    whole, decimals = rounded_digits(value.scaleb(-exponent), layout.places)
    if len(whole) > step:
        exponent += step
        whole, decimals = rounded_digits(value.scaleb(-exponent), layout.places)
    mantissa = _mantissa(layout, whole or "0" * step, decimals)
    sign = "-" if exponent < 0 else "+" if layout.exponent_code[1] == "+" else ""
    first = next((i for i, t in enumerate(layout.exponent) if t.part is Part.DIGIT), 0)
    before = "".join(t.text for t in layout.exponent[:first])
    return (
        mantissa + layout.exponent_code[0] + before + sign + whole_digits(layout.exponent[first:], str(abs(exponent)))
    )
