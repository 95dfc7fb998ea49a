"""Rounding as Excel does it: decimal, on the fifteen digits that a cell can show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.errors import ErrorCode
from compute.functions.reductions import failing
from compute.functions.signature import number, vectorised
from compute.functions.strict_numbers import strict
from compute.values import Array, Booleans, Floats

_DIGITS = 15


def slack(values: Floats) -> Floats:
    """Half a unit of the fifteenth significant digit of each (not negative) value."""
    with np.errstate(divide="ignore"):
        exponent = np.floor(np.log10(np.where(values > 0, values, 1.0)))
    return np.asarray(0.5 * np.power(10.0, np.maximum(exponent, -290.0) - (_DIGITS - 1)) * (values > 1e-290))


def floor15(values: Floats) -> Floats:
    """The integer at or below each (not negative) value seen with 15 digits: 7.999999999999999 is 8."""
    return np.asarray(np.where(values < 1e15, np.floor(values + slack(values)), values))


def ceiling15(values: Floats) -> Floats:
    """The integer at or above each (not negative) value seen with 15 digits."""
    return np.asarray(np.where(values < 1e15, np.ceil(values - slack(values)), values))


def half_up(values: Floats) -> Floats:
    """The integer nearest to each (not negative) value seen with 15 digits, halves up."""
    # From 1E14 on the fifteenth digit is the unit itself, so that nothing is left to bring a value up to a half.
    return np.asarray(np.floor(values + 0.5 + np.where(values < 1e14, slack(values), 0.0)))


def _decimal(values: Floats, digits: Floats, to_integer: Callable[[Floats], Floats]) -> Floats:
    """``values`` brought to an integer at ``digits`` decimals by ``to_integer``, which sees magnitudes only."""
    places = np.trunc(digits)
    values, places = np.broadcast_arrays(values, places)
    power = np.power(10.0, np.clip(np.abs(places), 0, 308))
    size = np.abs(values)
    scaled = np.where(places >= 0, size * power, size / power)
    whole = to_integer(scaled)
    rounded = np.where(places >= 0, whole / power, whole * power)
    exact = ~(scaled < 1e15)
    return np.asarray(np.copysign(np.where(exact, size, rounded), values) + 0.0)


@vectorised("ROUND", number("number"), number("num_digits"))
def round_half_away(values: Floats, digits: Floats) -> Floats:
    """The number at ``num_digits`` decimals, halves away from zero: ROUND(1.005,2) is 1.01."""
    return _decimal(values, digits, half_up)


@vectorised("ROUNDUP", number("number"), number("num_digits"))
def round_up(values: Floats, digits: Floats) -> Floats:
    """The number at ``num_digits`` decimals, away from zero."""
    return _decimal(values, digits, ceiling15)


@vectorised("ROUNDDOWN", number("number"), number("num_digits"))
@vectorised("TRUNC", number("number"), number("num_digits", 0))
def round_down(values: Floats, digits: Floats) -> Floats:
    """The number at ``num_digits`` decimals, towards zero."""
    return _decimal(values, digits, floor15)


@vectorised("INT", number("number"))
def integer(values: Floats) -> Floats:
    """The integer at or below the number."""
    size = np.abs(values)
    return np.asarray(np.where(values < 0, -ceiling15(size), floor15(size)) + 0.0)


def _multiples(values: Floats, steps: Floats, *, up: Booleans) -> Floats:
    """The multiple of ``steps`` next to the magnitude, above where ``up``; 0 where the step is 0."""
    step = np.abs(steps)
    ratio = np.abs(values) / np.where(step == 0, 1.0, step)
    whole = np.where(up, ceiling15(ratio), floor15(ratio))
    return np.asarray(np.where(step == 0, 0.0, whole * step))


@vectorised("CEILING", number("number"), number("significance"))
def ceiling(values: Floats, steps: Floats) -> Array:
    """The multiple of significance at or above; with both negative, away from zero. 2.5 by -2 is #NUM!."""
    found = _multiples(values, steps, up=(values > 0) | (steps < 0))
    signed = np.copysign(found, values) + 0.0
    return failing(signed, ((values > 0) & (steps < 0), ErrorCode.NUM))


@vectorised("FLOOR", number("number"), number("significance"))
def floor(values: Floats, steps: Floats) -> Array:
    """The multiple of significance at or below; with both negative, towards zero. A step of 0 is #DIV/0!."""
    found = _multiples(values, steps, up=(values < 0) & (steps > 0))
    signed = np.copysign(found, values) + 0.0
    return failing(signed, ((steps == 0) & (values != 0), ErrorCode.DIV0), ((values > 0) & (steps < 0), ErrorCode.NUM))


@vectorised("CEILING.PRECISE ISO.CEILING ECMA.CEILING", number("number"), number("significance", 1))
def ceiling_precise(values: Floats, steps: Floats) -> Floats:
    """The multiple of significance at or above, whatever the signs."""
    return np.asarray(np.copysign(_multiples(values, steps, up=values > 0), values) + 0.0)


@vectorised("FLOOR.PRECISE", number("number"), number("significance", 1))
def floor_precise(values: Floats, steps: Floats) -> Floats:
    """The multiple of significance at or below, whatever the signs."""
    return np.asarray(np.copysign(_multiples(values, steps, up=values < 0), values) + 0.0)


@vectorised("CEILING.MATH", number("number"), number("significance", 1), number("mode", 0))
def ceiling_math(values: Floats, steps: Floats, mode: Floats) -> Floats:
    """The multiple of significance at or above; with a mode, negative numbers go away from zero."""
    return np.asarray(np.copysign(_multiples(values, steps, up=(values > 0) | (mode != 0)), values) + 0.0)


@vectorised("FLOOR.MATH", number("number"), number("significance", 1), number("mode", 0))
def floor_math(values: Floats, steps: Floats, mode: Floats) -> Floats:
    """The multiple of significance at or below; with a mode, negative numbers go towards zero."""
    return np.asarray(np.copysign(_multiples(values, steps, up=(values < 0) & (mode == 0)), values) + 0.0)


@strict("MROUND", number("number"), number("multiple"), empty_is_missing=True)
def round_to_multiple(values: Floats, steps: Floats) -> Array:
    """The nearest multiple, halves away from zero; opposite signs are #NUM!."""
    step = np.abs(steps)
    ratio = np.abs(values) / np.where(step == 0, 1.0, step)
    found = np.where(step == 0, 0.0, half_up(ratio) * step)
    return failing(np.copysign(found, values) + 0.0, (values * steps < 0, ErrorCode.NUM))


@vectorised("EVEN", number("number"))
def even(values: Floats) -> Floats:
    """The even integer at or away from zero."""
    return np.asarray(np.copysign(2.0 * ceiling15(np.abs(values) / 2.0), values) + 0.0)


@vectorised("ODD", number("number"))
def odd(values: Floats) -> Floats:
    """The odd integer at or away from zero; 0 gives 1."""
    size = np.abs(values)
    return np.asarray(np.where(values < 0, -1.0, 1.0) * (2.0 * np.maximum(ceiling15((size - 1.0) / 2.0), 0.0) + 1.0))
