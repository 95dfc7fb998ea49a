"""Numbers read from texts: VALUE, NUMBERVALUE (Excel's Text family)."""

from __future__ import annotations

from compute.errors import ErrorCode
from compute.functions.dates import strict_numbers
from compute.functions.signature import CellFailure, Fallible, any_value, elementwise, text, vectorised
from compute.values import Array, parse_number


@vectorised("VALUE", any_value("text"), dated=True)
def value_of(values: Array, *, date_1904: bool) -> Fallible:
    """The number, date or time that a text stands for; booleans and other texts are #VALUE!."""
    return Fallible(*strict_numbers(values, date_1904))


@elementwise("NUMBERVALUE", text("text"), text("decimal_separator", "."), text("group_separator", ","))
def number_value(value: str, decimal: str, group: str) -> float:
    """The number that a text stands for with given separators; percent signs add up, an empty text is 0."""
    if not decimal or not group or decimal[0] == group[0]:
        raise CellFailure(ErrorCode.VALUE)
    plain = "".join(value.split())
    whole, point, decimals = plain.partition(decimal[0])
    if group[0] in decimals:
        raise CellFailure(ErrorCode.VALUE)
    plain = whole.replace(group[0], "") + ("." if point else "") + decimals
    bare = plain.rstrip("%\uff05")
    number = 0.0 if not plain else parse_number(bare)
    if number is None:
        raise CellFailure(ErrorCode.VALUE)
    return number / 100.0 ** (len(plain) - len(bare))
