"""The error function, its complement and the normal law's probability.

Near 0 an odd polynomial. In the tails exp(−a²) times a polynomial in (a − 4) / (a + 4) over 1 + 2a, which holds from
0.6 to where the result is 0; the squares are pairs, so that the exponential keeps its last bits.
"""

from __future__ import annotations

from compute.backends.native.mathematics.coefficients.error_function import (
    ERF_CENTRE_TO,
    ERF_MIDDLE,
    ERF_SLOPE,
    ERF_TAIL,
    ROOT_HALF,
)
from compute.backends.native.mathematics.exponential import exp_pair
from compute.backends.native.mathematics.lanes import NAN, Real
from compute.backends.native.mathematics.pairs import Pair, ordered_sum, product

__all__ = ["erf", "erfc", "normal_probability"]

_TAIL_FROM, _TAIL_TO = 0.6, 28.0


def _middle(x: Real) -> Pair:
    """The error function of a number up to 0.9 in size."""
    lanes = x.lanes
    z = x * x
    straight = product(x, ERF_SLOPE[0])
    bent = lanes.fma(z, lanes.polynomial(z, ERF_MIDDLE), ERF_SLOPE[1])
    return ordered_sum(straight.head, lanes.fma(x, bent, straight.tail))


def _tail(a: Real, squared: Pair) -> Real:
    """exp(−squared) · exp(a²) erfc a."""
    bounded = (a < _TAIL_TO).select(a, _TAIL_TO)
    t = (bounded - 4.0) / (bounded + 4.0)
    rest = product(t, t.lanes.polynomial(t, ERF_TAIL[1:]))
    above = ordered_sum(ERF_TAIL[0], rest.head)
    ratio = Pair(above.head, above.tail + rest.tail).over(ordered_sum(bounded + bounded, 1.0))
    falling = exp_pair(Pair(-squared.head, -squared.tail))
    return t.lanes.fma(falling, ratio.head, falling * ratio.tail)


def erf(x: Real) -> Real:
    """The error function, to 1 ulp."""
    size = abs(x)
    outer = 1.0 - _tail(size, product(size, size))
    found = (size < ERF_CENTRE_TO).select(_middle(size).total(), outer).with_sign_of(x)
    return x.is_nan().select(NAN, found)


def erfc(x: Real) -> Real:
    """1 less the error function, to 2 ulp."""
    size = abs(x)
    tail = _tail(size, product(size, size))
    outer = (x < 0.0).select(2.0 - tail, tail)
    middle = _middle(x)
    less = ordered_sum(1.0, -middle.head)
    found = (size < _TAIL_FROM).select(less.head + (less.tail - middle.tail), outer)
    return x.is_nan().select(NAN, found)


def normal_probability(z: Real) -> Real:
    """Φ(z), to 2 ulp."""
    size = abs(z)
    scaled = product(size, ROOT_HALF[0])
    a = scaled.head
    tail = 0.5 * _tail(a, product(size, size).scaled(0.5))
    outer = (z < 0.0).select(tail, 1.0 - tail)
    # The error function's slope at a, over 2, as near as its argument's lost bits need it.
    lanes, square = z.lanes, a * a
    slope = 0.5 * ERF_SLOPE[0] * lanes.fma(square, lanes.fma(square, 0.5, -1.0), 1.0)
    middle = _middle(a).scaled(0.5)
    share = Pair(middle.head, lanes.fma(slope, lanes.fma(size, ROOT_HALF[1], scaled.tail), middle.tail))
    signed = share.chosen(z > 0.0, Pair(-share.head, -share.tail))
    total = ordered_sum(0.5, signed.head)
    found = (a < _TAIL_FROM).select(total.head + (total.tail + signed.tail), outer)
    return z.is_nan().select(NAN, found)
