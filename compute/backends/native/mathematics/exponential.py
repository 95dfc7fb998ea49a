"""exp and expm1, and the exponential of a pair that powers and tails of distributions are made of.

x = k ln 2 + r with |r| ≤ ln 2 / 2; eʳ by a polynomial; 2ᵏ by the exponent's bits, in two halves so that results below
the normal range are rounded once. No tables, no branches.
"""

from __future__ import annotations

from typing import NamedTuple

from compute.backends.native.mathematics.coefficients.exponential import (
    EXP_REST,
    EXPM1_REST,
    LN2_HEAD,
    LN2_TAIL,
    PER_LN2,
)
from compute.backends.native.mathematics.lanes import INTEGER_SHIFT, Bits, Real
from compute.backends.native.mathematics.pairs import Pair, ordered_sum, sum_of

__all__ = ["ORDINARY", "exp", "exp_pair", "expm1", "expm1_pair", "normal_exp_pair", "power_of_two", "scale"]

# beyond these, exp is infinite and 0, with room for the reduction's k
_GREATEST, _LEAST = 710.0, -746.0
ORDINARY = 700.0
"""e to a power of no greater magnitude is a normal number, and so is 2 to the multiple of ln 2 taken out of it."""
# from here on expm1 is −1 to the last bit
_EXPM1_LEAST = -40.0


class _Reduced(NamedTuple):
    """r = head + tail, and k as a number and in the lowest bits of ``whole``."""

    head: Real
    tail: Real
    k: Real
    whole: Bits


def _reduce(x: Real) -> _Reduced:
    lanes = x.lanes
    shifted = lanes.fma(x, PER_LN2, INTEGER_SHIFT)
    k = shifted - INTEGER_SHIFT
    close = lanes.fma(-k, LN2_HEAD, x)
    head, tail = ordered_sum(close, -(k * LN2_TAIL))
    return _Reduced(head, tail, k, shifted.bits())


def power_of_two(count: Bits) -> Real:
    """2 to the integer in the lowest bits, if it is a normal number."""
    return ((count + 1023) << 52).real()


def scale(x: Real, count: Bits) -> Real:
    """x · 2ᵏ, where k, in the lowest bits of an ``INTEGER_SHIFT`` sum, lies within ±2000; rounded once."""
    half = _half(count)
    return x * power_of_two(half) * power_of_two(count - half)


def _half(count: Bits) -> Bits:
    """⌊k / 2⌋ of the signed k in the lowest 12 bits, its lowest 12 bits right."""
    return (((count + 2048) & 0xFFF) >> 1) - 1024


def _within(x: Real, least: float) -> Real:
    """x between bounds; a nan stays."""
    low = (x < least).select(least, x)
    return (low > _GREATEST).select(_GREATEST, low)


def exp(x: Real) -> Real:
    """eˣ, to 0.8 ulp."""
    reduced = _reduce(_within(x, _LEAST))
    return scale(_exp_of(reduced, reduced.tail), reduced.whole)


def exp_pair(x: Pair, halvings: int = 0) -> Real:
    """e to the power of a pair, to 0.8 ulp, over 2 to the power of ``halvings``."""
    reduced = _reduce(_within(x.head, _LEAST))
    bounded = (abs(x.head) <= 800.0).select(x.tail, 0.0)
    return scale(_exp_of(reduced, reduced.tail + bounded), reduced.whole - halvings)


def normal_exp_pair(x: Pair) -> Real:
    """``exp_pair``, bit for bit, while the head stays within ``ORDINARY``: the result is a normal number then."""
    reduced = _reduce(x.head)
    return _exp_of(reduced, reduced.tail + x.tail) * power_of_two(reduced.whole)


def _exp_of(reduced: _Reduced, tail: Real) -> Real:
    lanes = tail.lanes
    r = reduced.head + tail
    rest = lanes.polynomial(r, EXP_REST)
    one = ordered_sum(1.0, reduced.head)
    return one.head + lanes.fma(r * r, rest, tail + one.tail)


def expm1(x: Real) -> Real:
    """eˣ − 1, to 1 ulp."""
    result = expm1_pair(x)
    # where x is as good as its own result, also the sign of 0 stays
    return (abs(x) < 2.0**-54).select(x, result.total())


def expm1_pair(x: Real) -> Pair:
    """eˣ − 1, its tail good to 10 bits."""
    lanes = x.lanes
    reduced = _reduce(_within(x, _EXPM1_LEAST))
    r = reduced.head
    rest = lanes.fma(r * r, lanes.polynomial(r, EXPM1_REST), lanes.fma(reduced.tail, r, reduced.tail))
    small = ordered_sum(r, rest)
    count = reduced.whole
    inverse = power_of_two(_bounded_negative(reduced.k))
    joined = sum_of(1.0 - inverse, small.head)
    result = ordered_sum(joined.head, joined.tail + small.tail)
    return Pair(scale(result.head, count), scale(result.tail, count))


def _bounded_negative(k: Real) -> Bits:
    """−k in the lowest bits, not below −1000: 2⁻ᵏ is nothing beside 1 there."""
    negative = -k
    return ((negative < -1000.0).select(-1000.0, negative) + INTEGER_SHIFT).bits()
