"""Sine, cosine and tangent as Excel has them.

Excel takes a quarter turn to 64 bits, which shows where an angle is near a multiple of it: its COS(PI()/2) is
6.1257E-17. With that quarter turn the angle is reduced without any error, to a pair of doubles; from 2²⁷ on there is no
result.
"""

from __future__ import annotations

from typing import NamedTuple

from compute.backends.native.mathematics.coefficients.circular import (
    COSINE_REST,
    PER_QUARTER,
    QUARTER,
    QUARTER_REST,
    SINE_REST,
)
from compute.backends.native.mathematics.lanes import INTEGER_SHIFT, NAN, Bits, Mask, Real
from compute.backends.native.mathematics.pairs import Pair, ordered_sum, product, sum_of

__all__ = ["cos", "sin", "tan"]

_LARGEST = 2.0**27
# below, the sine is the angle to the last bit
_SMALL = 2.0**-27


class _Reduced(NamedTuple):
    """The rest of the angle beside a multiple of a quarter turn, and its number in the lowest bits."""

    rest: Pair
    quarters: Bits


def _reduce(x: Real) -> _Reduced:
    lanes = x.lanes
    inside = (abs(x) < _LARGEST).select(x, NAN)
    shifted = lanes.fma(inside, PER_QUARTER, INTEGER_SHIFT)
    count = shifted - INTEGER_SHIFT
    close = lanes.fma(-count, QUARTER, inside)
    return _Reduced(sum_of(close, -(count * QUARTER_REST)), shifted.bits())


def _sine(r: Pair) -> Pair:
    lanes = r.head.lanes
    z = r.head * r.head
    moved = r.tail * lanes.fma(z, -0.5, 1.0)
    return ordered_sum(r.head, lanes.fma(z * r.head, lanes.polynomial(z, SINE_REST), moved))


def _cosine(r: Pair) -> Pair:
    lanes = r.head.lanes
    square = product(r.head, r.head)
    z = square.head
    bent = ordered_sum(1.0, z * -0.5)
    moved = lanes.fma(-r.head, r.tail, square.tail * -0.5)
    return ordered_sum(bent.head, bent.tail + lanes.fma(z * z, lanes.polynomial(z, COSINE_REST), moved))


def _is_odd(count: Bits) -> Mask:
    return (count & 1).equals(1)


def _signed(value: Real, quarters: Bits) -> Real:
    """The value, negative in the second half turn."""
    return (value.bits() ^ ((quarters & 2) << 62)).real()


def sin(x: Real) -> Real:
    """The sine, to 1 ulp; nan from 2²⁷ on."""
    reduced = _reduce(x)
    value = _is_odd(reduced.quarters).select(_cosine(reduced.rest).total(), _sine(reduced.rest).total())
    return (abs(x) < _SMALL).select(x, _signed(value, reduced.quarters))


def cos(x: Real) -> Real:
    """The cosine, to 1 ulp; nan from 2²⁷ on."""
    reduced = _reduce(x)
    value = _is_odd(reduced.quarters).select(_sine(reduced.rest).total(), _cosine(reduced.rest).total())
    return _signed(value, reduced.quarters + 1)


def tan(x: Real) -> Real:
    """The tangent, to 1 ulp; nan from 2²⁷ on."""
    reduced = _reduce(x)
    sine, cosine, odd = _sine(reduced.rest), _cosine(reduced.rest), _is_odd(reduced.quarters)
    above = cosine.chosen(odd, sine)
    below = Pair(-sine.head, -sine.tail).chosen(odd, cosine)
    return (abs(x) < _SMALL).select(x, above.over(below).total())
