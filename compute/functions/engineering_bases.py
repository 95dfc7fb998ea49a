"""Numbers in binary, octal, decimal and hexadecimal digits, and operations on bits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.errors import ErrorCode
from compute.functions.reductions import failing
from compute.functions.signature import any_value, elementwise, number, vectorised
from compute.values import Array, Floats, general_text, parse_number

_DIGITS = "0123456789ABCDEF"
_LENGTH = 10  # digits a numeral may have; the first of ten is the sign, in two's complement
_NAMES = {"BIN": 2, "OCT": 8, "HEX": 16}


def _limit(base: int) -> int:
    """Half the numbers that ten digits can write."""
    return int(base**_LENGTH // 2)


def _read(value: object, base: int) -> int | None:
    """The number that a numeral of up to ten digits stands for; None when it is none."""
    if isinstance(value, bool):
        return None
    written = general_text(value) if isinstance(value, float) else str(value or "")
    digits = written.upper()
    if len(digits) > _LENGTH or any(d not in _DIGITS[:base] for d in digits):
        return None
    found = int(digits or "0", base)
    return found - 2 * _limit(base) if found >= _limit(base) else found


def _written(value: int, base: int, places: float | None) -> str | ErrorCode:
    if not -_limit(base) <= value < _limit(base):
        return ErrorCode.NUM
    left = value + 2 * _limit(base) if value < 0 else value
    digits = ""
    while left:
        left, digit = divmod(left, base)
        digits = _DIGITS[digit] + digits
    digits = digits or "0"
    if places is None:
        return digits
    width = int(places)
    if not 1 <= width <= _LENGTH:
        return ErrorCode.NUM
    if value < 0:
        return digits
    return ErrorCode.NUM if width < len(digits) else digits.rjust(width, "0")


def _places(value: object) -> float | ErrorCode | None:
    if value == "":  # stands for an argument left out; a blank cell counts as 0
        return None
    if value is None or isinstance(value, float):
        return value or 0.0
    found = None if isinstance(value, bool) else parse_number(str(value))
    return ErrorCode.VALUE if found is None else found


def _register_to_decimal(source: str, base: int) -> None:
    def implementation(value: object) -> float | ErrorCode:
        if isinstance(value, bool):
            return ErrorCode.VALUE
        found = _read(value, base)
        return ErrorCode.NUM if found is None else float(found)

    elementwise(f"{source}2DEC", any_value("number"))(implementation)


def _register_from_decimal(target: str, base: int) -> None:
    def implementation(value: object, places: object = "") -> str | ErrorCode:
        if isinstance(value, bool):
            return ErrorCode.VALUE
        found = parse_number(value) if isinstance(value, str) else float(value or 0.0)  # type: ignore[arg-type]
        width = _places(places)
        if isinstance(width, float) and not 1 <= int(width) <= _LENGTH:
            return ErrorCode.NUM
        if found is None or isinstance(width, ErrorCode):
            return ErrorCode.VALUE
        return _written(int(np.trunc(found)), base, width)

    elementwise(f"DEC2{target}", any_value("number"), any_value("places", ""))(implementation)


def _register_between(source: str, target: str) -> None:
    def implementation(value: object, places: object = "") -> str | ErrorCode:
        if isinstance(value, bool):
            return ErrorCode.VALUE
        found, width = _read(value, _NAMES[source]), _places(places)
        if isinstance(width, ErrorCode):
            return width
        return ErrorCode.NUM if found is None else _written(found, _NAMES[target], width)

    elementwise(f"{source}2{target}", any_value("number"), any_value("places", ""))(implementation)


for _source, _base in _NAMES.items():
    _register_to_decimal(_source, _base)
    _register_from_decimal(_source, _base)
    for _target in _NAMES:
        if _target != _source:
            _register_between(_source, _target)

_LARGEST = 2.0**48


def _register_bits(name: str, operation: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> None:
    def implementation(first: Floats, second: Floats) -> Array:
        wrong = np.zeros(1, np.bool_)
        for values in (first, second):
            wrong = wrong | (values < 0) | (values >= _LARGEST) | (values != np.trunc(values))
        a, b = (np.where(wrong, 0.0, v).astype(np.int64) for v in (first, second))
        return failing(operation(a, b).astype(np.float64), (wrong, ErrorCode.NUM))

    vectorised(name, number("number1"), number("number2"))(implementation)


_register_bits("BITAND", np.bitwise_and)
_register_bits("BITOR", np.bitwise_or)
_register_bits("BITXOR", np.bitwise_xor)


def _shifted(values: Floats, places: Floats) -> Array:
    places = np.trunc(places)
    wrong = (values < 0) | (values >= _LARGEST) | (values != np.trunc(values)) | (np.abs(places) > 53)
    moved = np.floor(np.where(wrong, 0.0, values) * np.power(2.0, np.where(wrong, 0.0, places)))
    return failing(moved, (wrong | (moved >= _LARGEST), ErrorCode.NUM))


@vectorised("BITLSHIFT", number("number"), number("shift_amount"))
def shift_left(values: Floats, places: Floats) -> Array:
    """The number with its bits moved left; to the right by a negative amount."""
    return _shifted(values, places)


@vectorised("BITRSHIFT", number("number"), number("shift_amount"))
def shift_right(values: Floats, places: Floats) -> Array:
    """The number with its bits moved right; to the left by a negative amount."""
    return _shifted(values, -places)
