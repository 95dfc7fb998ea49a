"""Factorials, combinations, divisors, random numbers and numerals of other systems (Excel's Math & Trig family)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from compute import special
from compute.errors import ErrorCode
from compute.functions.call import call
from compute.functions.dynamic_arrays import MOST_ELEMENTS
from compute.functions.reductions import failing, ordered_sum, per_lane
from compute.functions.samples import areas, lane_numbers
from compute.functions.signature import (
    CallContext,
    CellFailure,
    Function,
    Operand,
    Style,
    any_value,
    cells,
    elementwise,
    function,
    number,
    text,
    vectorised,
)
from compute.functions.strict_numbers import strict, strict_to_numbers
from compute.values import Array, Booleans, Codes, Floats, Kind, first_error, numeric, to_numbers, with_errors

_FACTORIALS = np.array([float(math.factorial(n)) for n in range(171)])
_DOUBLE_FACTORIALS = np.array([float(math.prod(range(n, 0, -2))) for n in range(301)])
_LARGEST = 2.0**53


def factorial(values: Floats) -> Floats:
    """The factorials of whole numbers from 0 to 170, NaN outside."""
    whole = np.trunc(values)
    inside = (values >= 0) & (whole <= 170)
    return np.where(inside, _FACTORIALS[np.where(inside, whole, 0).astype(np.intp)], np.nan)


@vectorised("FACT", number("number"))
def fact(values: Floats) -> Floats:
    """The factorial of the number without its decimals; #NUM! below 0 and above 170."""
    return factorial(values)


@strict("FACTDOUBLE", number("number"))
def double_factorial(values: Floats) -> Floats:
    """n (n-2) (n-4) …; 1 for 0 and -1, #NUM! below and above 300."""
    whole = np.trunc(values)
    inside = (whole >= -1) & (whole <= 300)
    return np.where(inside, _DOUBLE_FACTORIALS[np.where(inside & (whole > 0), whole, 0).astype(np.intp)], np.nan)


@elementwise("COMBIN", number("number"), number("number_chosen"))
def combinations(total: float, chosen: float) -> float | ErrorCode:
    """How many ways to choose some of a number of things."""
    n, k = int(total), int(chosen)
    if n < 0 or k < 0 or k > n or total < 0 or chosen < 0:
        return ErrorCode.NUM
    return _binomial(n, k)


def _binomial(n: int, k: int) -> float:
    k = min(k, n - k)
    if k <= 1000:
        return float(math.comb(n, k))
    return float(special.binom(n, k))


@elementwise("COMBINA", number("number"), number("number_chosen"))
def combinations_with_repetition(total: float, chosen: float) -> float | ErrorCode:
    """How many ways to choose with repetition."""
    n, k = int(total), int(chosen)
    if total < 0 or chosen < 0 or (n == 0 and k > 0):
        return ErrorCode.NUM
    return 1.0 if k == 0 else _binomial(n + k - 1, k)


@elementwise("PERMUT", number("number"), number("number_chosen"))
def permutations(total: float, chosen: float) -> float | ErrorCode:
    """How many ordered choices there are."""
    n, k = int(total), int(chosen)
    if n <= 0 or k < 0 or k > n:
        return ErrorCode.NUM
    return float(math.perm(n, k)) if k <= 2000 else ErrorCode.NUM


@vectorised("PERMUTATIONA", number("number"), number("number_chosen"))
def permutations_with_repetition(total: Floats, chosen: Floats) -> Floats:
    """n to the k-th."""
    n, k = np.trunc(total), np.trunc(chosen)
    return np.asarray(np.where((n < 0) | (k < 0) | ((n == 0) & (k > 0)), np.nan, np.power(n, k)))


@function("MULTINOMIAL", cells("number"), cells("more", optional=True, repeating=True))
def multinomial(context: CallContext, *operands: Operand) -> Array:
    """The factorial of the sum over the product of the factorials."""
    values, codes = _whole_numbers(context, operands)
    found = np.ones(values.shape[1])
    running = np.zeros(values.shape[1])
    for row in values:
        running = running + row
        found = np.round(found * np.asarray(special.binom(running, row)))
    return per_lane(found, (np.asarray((values < 0).any(axis=0)), ErrorCode.NUM), codes=codes)


def _whole_numbers(
    context: CallContext, operands: tuple[Operand, ...], blank: float = 0.0
) -> tuple[Floats, Codes | None]:
    """All arguments, ranges included, without decimals, (elements, lanes); text that is no number is #VALUE!.

    A single blank cell does not count (``blank`` stands for it); where nothing is left the call is #VALUE!.
    """
    rows: list[Floats] = []
    codes: Codes | None = None
    counted: Booleans = np.zeros(1, np.bool_)
    for operand in operands:
        if operand.omitted:
            raise CellFailure(ErrorCode.NA)
        for array in areas(context, operand):
            values, failed = strict_to_numbers(array)
            if operand.reference is not None and array.is_single:
                empty = array.is_kind(Kind.BLANK)
                values = np.where(empty, blank, values)
                counted = counted | ~empty[0, 0]
            else:
                counted = counted | True
            rows += list(np.trunc(values).reshape(-1, values.shape[2]))
            if failed is not None:
                codes = first_error(codes, *failed.reshape(-1, failed.shape[2]))
    lanes = max(len(r) for r in rows)
    nothing = None if counted.all() else np.where(counted, np.uint8(0), np.uint8(ErrorCode.VALUE))
    return np.stack([np.broadcast_to(r, (lanes,)) for r in rows]), first_error(codes, nothing)


def _register_divisor(name: str, combine: Callable[[Floats, Floats], Floats], blank: float) -> None:
    def implementation(context: CallContext, *operands: Operand) -> Array:
        values, codes = _whole_numbers(context, operands, blank)
        wrong = ((values < 0) | (values >= _LARGEST)).any(axis=0)
        found = np.where(wrong, 0.0, values[0])
        for row in values[1:]:
            found = combine(found, np.where(wrong, 0.0, row))
        return per_lane(found, (wrong | (found >= _LARGEST), ErrorCode.NUM), codes=codes)

    function(name, cells("number"), cells("more", optional=True, repeating=True))(implementation)


def _greatest_divisor(a: Floats, b: Floats) -> Floats:
    a, b = np.broadcast_arrays(a, b)
    while (b != 0).any():
        a, b = np.where(b == 0, a, b), np.where(b == 0, 0.0, np.mod(a, np.where(b == 0, 1.0, b)))
    return np.asarray(a)


def _least_multiple(a: Floats, b: Floats) -> Floats:
    divisor = _greatest_divisor(a, b)
    return np.asarray(a / np.where(divisor == 0, 1.0, divisor) * b)


_register_divisor("GCD", _greatest_divisor, 0.0)
_register_divisor("LCM", _least_multiple, 1.0)


@function("RAND", volatile=True)
def rand(context: CallContext) -> Array:
    """A draw from (0, 1)."""
    return numeric(context.uniforms(1, 1))


@function("RANDBETWEEN", number("bottom"), number("top"), volatile=True)
def random_between(context: CallContext, bottom: Array, top: Array) -> Array:
    """A whole number from bottom to top, all equally likely; #NUM! where top is below bottom."""
    low, low_codes = lane_numbers(bottom)
    high, high_codes = lane_numbers(top)
    first, last = np.ceil(low), np.floor(high)
    draws = context.uniforms(1, 1).reshape(-1)
    found = np.minimum(first + np.floor(draws * (last - first + 1)), last)
    return per_lane(found, (last < first, ErrorCode.NUM), codes=first_error(low_codes, high_codes))


_BOUNDS = (number("min", 0), number("max", 1), number("whole", 0))


@function("RANDARRAY", number("rows", 1), number("columns", 1), *_BOUNDS, volatile=True)
def random_array(context: CallContext, rows: Array, columns: Array, low: Array, high: Array, whole: Array) -> Array:
    """A rectangle of draws between two bounds, whole numbers if asked."""
    height, width = _extent(context, rows), _extent(context, columns)
    if height * width > MOST_ELEMENTS:
        raise CellFailure(ErrorCode.NUM)
    (least, low_codes), (most, high_codes), (integers, _) = (lane_numbers(a) for a in (low, high, whole))
    draws = context.uniforms(height, width)
    discrete = np.ceil(least) + np.floor(draws * (np.floor(most) - np.ceil(least) + 1))
    found = np.where(integers != 0, discrete, least + draws * (most - least))
    codes = first_error(low_codes, high_codes)
    return failing(
        found, (np.asarray(most < least), ErrorCode.VALUE), codes=None if codes is None else codes.reshape(1, 1, -1)
    )


def _extent(context: CallContext, size: Array) -> int:
    values, codes = to_numbers(size)
    found = context.constant(numeric(values))
    if codes is not None or not isinstance(found, float) or found < 1:
        raise CellFailure(ErrorCode.VALUE)
    return int(found)


@function("SERIESSUM", number("x"), number("n"), number("m"), cells("coefficients"))
def series_sum(context: CallContext, x: Array, n: Array, m: Array, coefficients: Operand) -> Array:
    """The power series a1 x^n + a2 x^(n+m) + …"""
    (base, a), (start, b), (step, c) = (lane_numbers(v) for v in (x, n, m))
    values, codes = to_numbers(coefficients.array)
    factors = values.reshape(-1, values.shape[2])
    powers = np.arange(factors.shape[0])[:, None] * step + start
    lanes = max(factors.shape[1], powers.shape[1], base.shape[0])
    terms = factors * np.power(np.broadcast_to(base, (1, lanes)), np.broadcast_to(powers, (len(powers), lanes)))
    coded = None if codes is None else first_error(*codes.reshape(-1, codes.shape[2]))
    return per_lane(ordered_sum(terms), codes=first_error(a, b, c, coded))


_ROMAN = ((1000, "M"), (500, "D"), (100, "C"), (50, "L"), (10, "X"), (5, "V"), (1, "I"))


@function("ROMAN", number("number"), any_value("form", 0))
def roman_numeral(context: CallContext, value: Array, form: Array) -> Array:
    """A Roman numeral; the form TRUE is the classic one, FALSE the shortest."""
    truth = form.is_kind(Kind.BOOLEAN)
    numbers, form_codes = to_numbers(form)
    forms = with_errors(numeric(np.where(truth, 4 - 4 * numbers, numbers)), form_codes)
    found = call(_ROMAN_OF_NUMBERS, context, [value, forms])
    assert isinstance(found, Array)  # an elementwise function gives values, never a place
    return found


def roman(value: float, form: float) -> str | ErrorCode:
    """A Roman numeral, more concise for larger forms (0 classic to 4 shortest); #VALUE! outside 0 to 3999.

    Form n takes signs from up to n places beyond the classic ones: 499 is CDXCIX, LDVLIV, XDIX, VDIV, ID.
    """
    left, reach = int(value), int(form)
    if not (0 <= left <= 3999 and 0 <= reach <= 4):
        return ErrorCode.VALUE
    numeral = ""
    for place in range(0, 7, 2):
        left, part = _roman_digit(left, place, reach)
        numeral += part
    return numeral


def _roman_digit(left: int, place: int, reach: int) -> tuple[int, str]:
    """One decimal place of a numeral: the signs at ``place`` (1000, 100, 10, 1) and the one and two before it."""
    unit, sign = _ROMAN[place]
    digit = left // unit
    if digit % 5 == 4 and place > 0:
        upper = place - 1 if digit == 4 else place - 2
        return _roman_subtraction(left, upper, place, reach)
    part = ""
    if digit > 4:
        part, left, digit = _ROMAN[place - 1][1], left - _ROMAN[place - 1][0], digit - 5
    return left - digit * unit, part + sign * digit


def _roman_subtraction(left: int, upper: int, lower: int, reach: int) -> tuple[int, str]:
    """A sign before a larger one; larger forms reach further down for the smaller one."""
    while reach > 0 and lower < 6 and left >= _ROMAN[upper][0] - _ROMAN[lower + 1][0]:
        lower, reach = lower + 1, reach - 1
    return left - _ROMAN[upper][0] + _ROMAN[lower][0], _ROMAN[lower][1] + _ROMAN[upper][1]


_ROMAN_OF_NUMBERS = Function("ROMAN", (number("number"), number("form", 0)), Style.ELEMENTWISE, roman)


@elementwise("ARABIC", text("text"))
def arabic(numeral: str) -> float | ErrorCode:
    """The value of a Roman numeral, a minus sign allowed; an empty text is 0, anything else #VALUE!."""
    body = numeral.strip().upper()
    negative = body.startswith("-")
    signs = {sign: value for value, sign in _ROMAN}
    total, before = 0, 0
    if len(numeral) > 255 or any(s not in signs for s in body[negative:]):
        return ErrorCode.VALUE
    for sign in reversed(body[negative:]):
        total += signs[sign] if signs[sign] >= before else -signs[sign]
        before = max(before, signs[sign])
    return float(-total if negative else total)


_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@elementwise("BASE", number("number"), number("radix"), number("min_length", 0))
def in_base(value: float, radix: float, length: float) -> str | ErrorCode:
    """A whole number's digits in base 2 to 36, with leading zeros up to a length."""
    left, base = int(value), int(radix)
    if not (0 <= value < _LARGEST and 2 <= base <= 36 and 0 <= length <= 255):
        return ErrorCode.NUM
    digits = ""
    while left:
        left, digit = divmod(left, base)
        digits = _DIGITS[digit] + digits
    return (digits or "0").rjust(int(length), "0")


@elementwise("DECIMAL", text("text"), number("radix"))
def from_base(digits: str, radix: float) -> float | ErrorCode:
    """The number that digits in base 2 to 36 stand for."""
    base, body = int(radix), digits.strip().upper()
    if not 2 <= base <= 36 or len(digits) > 255:
        return ErrorCode.NUM
    if base == 16 and body.startswith("0X"):
        body = body[2:]
    if any(d not in _DIGITS[:base] for d in body):
        return ErrorCode.NUM
    return float(int(body, base)) if body else 0.0
