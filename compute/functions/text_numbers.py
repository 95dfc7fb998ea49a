"""Numbers read from texts and shown as texts: VALUE, NUMBERVALUE, TEXT, FIXED, DOLLAR (Excel's Text family)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from compute.errors import ErrorCode, Scalar
from compute.functions.dates import strict_numbers
from compute.functions.number_format import InvalidFormat, formatted, formatted_text
from compute.functions.number_format_numbers import rounded_digits
from compute.functions.signature import (
    CellFailure,
    Fallible,
    any_value,
    elementwise,
    logical,
    number,
    text,
    vectorised,
)
from compute.values import Array, parse_number


@vectorised("VALUE", any_value("text"), dated=True)
def value_of(values: Array, *, date_1904: bool) -> Fallible:
    """The number, date or time that a text stands for; booleans and other texts are #VALUE!."""
    return Fallible(*strict_numbers(values, date_1904))


@elementwise("NUMBERVALUE", text("text"), text("decimal_separator", "."), text("group_separator", optional=True))
def number_value(value: str, decimal: str, group: str | None) -> float:
    """The number that a text stands for with given separators; percent signs add up, an empty text is 0."""
    if group is None:
        group = "." if decimal[:1] == "," else ","
    if not decimal or not group or decimal[0] == group[0]:
        raise CellFailure(ErrorCode.VALUE)
    plain = "".join(value.split())
    whole, point, decimals = plain.partition(decimal[0])
    if group[0] in decimals:
        raise CellFailure(ErrorCode.VALUE)
    plain = whole.replace(group[0], "") + ("." if point else "") + decimals
    bare = plain.rstrip("%\uff05")
    found = 0.0 if not plain else parse_number(bare)
    if found is None:
        raise CellFailure(ErrorCode.VALUE)
    return found / 100.0 ** (len(plain) - len(bare))


@elementwise("TEXT", any_value("value"), text("format"), dated=True)
def formatted_value(value: Scalar, code: str, *, date_1904: bool) -> str:
    """A value by a number format code; codes and dates that Excel refuses are #VALUE!."""
    found = parse_number(value, date_1904) if isinstance(value, str) else value
    try:
        if isinstance(value, bool):
            return formatted_text("TRUE" if value else "FALSE", code)
        if found is None and value is not None:
            return formatted_text(str(value), code)
        return formatted(float(found or 0), code, date_1904=date_1904)  # type: ignore[arg-type]
    except InvalidFormat:
        raise CellFailure(ErrorCode.VALUE) from None


@elementwise("FIXED", number("number"), number("decimals", 2), logical("no_commas", False))
def fixed(value: float, decimals: float, plain: bool) -> str:
    """A number with a fixed count of decimals, rounded half up; thousands separated unless told otherwise."""
    return _grouped(value, decimals, "" if plain else ",")


@elementwise("DOLLAR USDOLLAR", number("number"), number("decimals", 2))
def dollar(value: float, decimals: float) -> str:
    """A number as US currency; negative ones in parentheses."""
    shown = _grouped(abs(value), decimals, ",")
    return f"(${shown})" if value < 0 else f"${shown}"


def _grouped(value: float, decimals: float, separator: str) -> str:
    places = int(decimals)
    if places > 127:
        raise CellFailure(ErrorCode.VALUE)
    exact = Decimal(f"{abs(value):.14e}")
    whole, part = rounded_digits(exact, places) if places >= 0 else (_rounded_whole(exact, places), "")
    shown = f"{int(whole or '0'):{separator}}" + ("." + part if part else "")
    return "-" + shown if value < 0 and shown.strip("0.,") else shown


def _rounded_whole(value: Decimal, places: int) -> str:
    if value.adjusted() + places < -1:
        return "0"
    return str(int(value.scaleb(places).to_integral_value(ROUND_HALF_UP)) * 10**-places)
