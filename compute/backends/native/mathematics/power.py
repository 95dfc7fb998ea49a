"""xʸ as e to the power of y log x, the logarithm and the product being pairs."""

from __future__ import annotations

from compute.backends.native.mathematics.exponential import ORDINARY, exp_pair, normal_exp_pair
from compute.backends.native.mathematics.lanes import INFINITY, NAN, Mask, Real
from compute.backends.native.mathematics.logarithm import log_pair
from compute.backends.native.mathematics.pairs import Pair

__all__ = [
    "ORDINARY",
    "base_logarithm",
    "is_integer",
    "is_odd",
    "ordinary_power",
    "positive_power",
    "power",
    "power_of_logarithm",
]


def is_integer(x: Real) -> Mask:
    """Where x is whole; ±∞ is, nan isn't."""
    size = abs(x)
    return (size >= 2.0**52) | ((size + 2.0**52) - 2.0**52).equals(size)


def is_odd(x: Real) -> Mask:
    """Where x is an odd integer."""
    return is_integer(x) & ~is_integer(x * 0.5)


def power(x: Real, y: Real) -> Real:
    """xʸ to 1 ulp; the special cases are IEEE 754's ``pow``: 1 for y = 0 and for x = 1, nan below 0 but for whole y."""
    return power_of_logarithm(x, base_logarithm(x), y)


def base_logarithm(x: Real) -> Pair:
    """The logarithm of a base's magnitude, for all its powers; 0 where that is not finite."""
    base = abs(x)
    return log_pair(((base > 0.0) & (base < INFINITY)).select(base, 1.0))


def ordinary_power(logarithm: Pair, y: Real) -> Real:
    """``power_of_logarithm``, bit for bit, of a positive base while |y · logarithm| stays within ``ORDINARY``."""
    return normal_exp_pair(logarithm.times_real(y))


def positive_power(logarithm: Pair, y: Real) -> Real:
    """``power_of_logarithm`` of a positive base that is finite, while |y| stays within 2⁸⁰; a nan y stays."""
    exponent = logarithm.times_real(y)
    within = abs(exponent.head) <= 800.0
    return exp_pair(Pair(exponent.head, within.select(exponent.tail, 0.0)))


def power_of_logarithm(x: Real, logarithm: Pair, y: Real) -> Real:
    """``power``, given the base's logarithm."""
    lanes, base = x.lanes, abs(x)
    # beyond these the result is 0, 1 or ∞, and products of pairs would leave the range
    bounded = (abs(y) < 2.0**80).select(y, lanes.real(2.0**80).with_sign_of(y))
    size = positive_power(logarithm, bounded)
    # 0 and ∞ to a power: by the sign of y alone
    grows = (y > 0.0) ^ base.equals(0.0)
    at_edge = grows.select(INFINITY, 0.0)
    size = (base.equals(0.0) | base.equals(INFINITY)).select(at_edge, size)
    size = (base.equals(1.0) & ~x.is_nan()).select(1.0, size)
    signed = is_odd(y).select(size.with_sign_of(x), size)
    wrong = (x < 0.0) & (base < INFINITY) & ~is_integer(y)
    result = (wrong | x.is_nan() | y.is_nan()).select(NAN, signed)
    return (y.equals(0.0) | x.equals(1.0)).select(1.0, result)
