"""Powers, roots, logarithms, remainders and signs (Excel's Math & Trig family)."""

from __future__ import annotations

import numpy as np

from compute.errors import ErrorCode
from compute.functions.reductions import failing
from compute.functions.signature import number, vectorised
from compute.functions.strict_numbers import strict
from compute.values import Array, Floats


@vectorised("ABS", number("number"))
def absolute(values: Floats) -> Floats:
    """The magnitude."""
    return np.abs(values)


@vectorised("SIGN", number("number"))
def sign(values: Floats) -> Floats:
    """1, 0 or -1."""
    return np.asarray(np.sign(values))


@vectorised("SQRT", number("number"))
def square_root(values: Floats) -> Floats:
    """The square root; a negative number is #NUM!."""
    return np.asarray(np.sqrt(values))


@strict("SQRTPI", number("number"))
def square_root_of_pi(values: Floats) -> Floats:
    """The square root of the number times π."""
    return np.asarray(np.sqrt(values * np.pi))


@vectorised("EXP", number("number"))
def exponential(values: Floats) -> Floats:
    """e to the number."""
    return np.asarray(np.exp(np.ascontiguousarray(values)))


@vectorised("LN", number("number"))
def natural_logarithm(values: Floats) -> Floats:
    """The logarithm to base e; numbers that are not positive are #NUM!."""
    return np.asarray(np.log(np.ascontiguousarray(values)))


@vectorised("LOG10", number("number"))
def decimal_logarithm(values: Floats) -> Floats:
    """The logarithm to base 10."""
    return np.asarray(np.log10(np.ascontiguousarray(values)))


@vectorised("LOG", number("number"), number("base", 10))
def logarithm(values: Floats, base: Floats) -> Array:
    """The logarithm to a base; base 1 is #DIV/0!, other numbers that are not positive are #NUM!."""
    values, base = np.broadcast_arrays(values, base)
    values, base = np.ascontiguousarray(values), np.ascontiguousarray(base)
    found = np.where(base == 10, np.log10(values), np.where(base == 2, np.log2(values), np.log(values) / np.log(base)))
    return failing(found, ((values <= 0) | (base <= 0), ErrorCode.NUM), (base == 1, ErrorCode.DIV0))


def raise_to(base: Floats, exponent: Floats) -> Array:
    """``base ^ exponent`` as Excel has it: 0^0 is #NUM!, 0 to a negative power #DIV/0!; odd roots of negative exist.

    A lane's bits do not depend on the other lanes: NumPy's short cut for a repeated exponent of 2 is taken always.
    """
    base, exponent = np.broadcast_arrays(base, exponent)
    base, exponent = np.ascontiguousarray(base), np.ascontiguousarray(exponent)
    found = np.where(exponent == 2, base * base, np.power(base, exponent))
    fractional = (base < 0) & (exponent != np.trunc(exponent))
    if fractional.any():
        root = np.round(1.0 / np.where(fractional, exponent, 1.0))
        is_odd_root = fractional & (1.0 / root == exponent) & (np.mod(root, 2) != 0)
        found = np.where(is_odd_root, -np.power(-base, exponent), found)
    zero = base == 0
    return failing(found, (zero & (exponent == 0), ErrorCode.NUM), (zero & (exponent < 0), ErrorCode.DIV0))


@vectorised("POWER", number("number"), number("power"))
def power(base: Floats, exponent: Floats) -> Array:
    """The number raised to a power, as the operator ``^`` does it."""
    return raise_to(base, exponent)


@vectorised("MOD", number("number"), number("divisor"))
def remainder(values: Floats, divisor: Floats) -> Array:
    """The remainder with the divisor's sign; divisor 0 is #DIV/0!, a quotient beyond 1.125E12 divisors is #NUM!."""
    safe = np.where(divisor == 0, 1.0, divisor)
    quotient = values / safe
    found = np.mod(values, safe)
    # A remainder that is all of the divisor but for the last digits is none: MOD(1.1, 0.1) seen with 15 digits.
    nearest = np.round(quotient)
    whole = np.abs(quotient - nearest) <= 0.5e-15 * np.maximum(np.abs(quotient), 1.0)
    found = np.where(whole, 0.0, found)
    return failing(found + 0.0, (divisor == 0, ErrorCode.DIV0), (np.abs(quotient) >= 1125900000000.0, ErrorCode.NUM))


@strict("QUOTIENT", number("numerator"), number("denominator"))
def quotient(numerator: Floats, denominator: Floats) -> Array:
    """The integer part of a division."""
    ratio = numerator / np.where(denominator == 0, 1.0, denominator)
    return failing(np.trunc(ratio) + 0.0, (denominator == 0, ErrorCode.DIV0))
