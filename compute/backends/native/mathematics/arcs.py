"""The inverse circular functions.

atan t = atan c + atan ((t − c) / (1 + t c)) with c one of 0, ½, 1, 1½ and ∞, so that an odd polynomial of a number
below 7/16 is left. asin beyond ½ is π/2 − 2 asin √((1 − x) / 2).
"""

from __future__ import annotations

from compute.backends.native.mathematics.coefficients.arcs import (
    ARC_CENTRES,
    ARC_SINE_REST,
    ARC_TANGENT_REST,
    HALF_PI,
    PI,
)
from compute.backends.native.mathematics.lanes import NAN, Real
from compute.backends.native.mathematics.pairs import Pair, ordered_sum, pair_of, product, sum_of

__all__ = ["acos", "asin", "atan", "atan2"]

_BOUNDS = (7 / 16, 11 / 16, 19 / 16, 39 / 16)
_SMALL = 2.0**-27
_HUGE, _TINY = 2.0**500, 2.0**-500


def _arc_of(a: Pair) -> Pair:
    """The inverse tangent of a number that is not negative."""
    lanes = a.head.lanes
    centre, high, low = lanes.real(0.0), lanes.real(0.0), lanes.real(0.0)
    for bound, (c, arc, lost) in zip(_BOUNDS[:3], ARC_CENTRES, strict=True):
        beyond = a.head >= bound
        centre, high, low = beyond.select(c, centre), beyond.select(arc, high), beyond.select(lost, low)
    far = a.head >= _BOUNDS[3]
    high, low = far.select(HALF_PI[0], high), far.select(HALF_PI[1], low)
    less = sum_of(a.head, -centre)
    scaled = product(a.head, centre)
    more = sum_of(1.0, scaled.head)
    above = pair_of(lanes.real(-1.0)).chosen(far, Pair(less.head, less.tail + a.tail))
    below = a.chosen(far, Pair(more.head, more.tail + lanes.fma(centre, a.tail, scaled.tail)))
    t = above.over(below)
    z = t.head * t.head
    rest = lanes.fma(z * t.head, lanes.polynomial(z, ARC_TANGENT_REST), t.tail)
    whole = sum_of(high, t.head)
    return ordered_sum(whole.head, whole.tail + (low + rest))


def atan(x: Real) -> Real:
    """The inverse tangent, to 1 ulp."""
    size = abs(x)
    found = _arc_of(pair_of(size)).total()
    found = (size > _HUGE).select(HALF_PI[0], found).with_sign_of(x)
    return (size < _SMALL).select(x, x.is_nan().select(NAN, found))


def atan2(y: Real, x: Real) -> Real:
    """The angle of the point (x, y), to 1 ulp; nan for the origin."""
    across, up = abs(x), abs(y)
    steep = up > across
    large, small = steep.select(up, across), steep.select(across, up)
    factor = (large > _HUGE).select(_TINY, (large < _TINY).select(_HUGE, 1.0))
    arc = _arc_of(pair_of(small * factor).over(pair_of(large * factor)))
    turned = sum_of(HALF_PI[0], -arc.head)
    arc = Pair(turned.head, turned.tail + (HALF_PI[1] - arc.tail)).chosen(steep, arc)
    back = sum_of(PI[0], -arc.head)
    arc = Pair(back.head, back.tail + (PI[1] - arc.tail)).chosen(x < 0.0, arc)
    return arc.total().with_sign_of(y)


def _arc_sine(x: Real) -> Pair:
    """The inverse sine of |x| up to ½, beyond it of √((1 − |x|) / 2)."""
    lanes, size = x.lanes, abs(x)
    outer = size > 0.5
    z = outer.select(0.5 - 0.5 * size, size * size)
    some = z > 0.0
    root = pair_of(some.select(z, 1.0)).sqrt()
    nothing = pair_of(x.lanes.real(0.0))
    s = root.chosen(some, nothing).chosen(outer, pair_of(size))
    return ordered_sum(s.head, lanes.fma(z * s.head, lanes.polynomial(z, ARC_SINE_REST), s.tail))


def _less(whole: tuple[float, float], arc: Pair) -> Pair:
    rest = sum_of(whole[0], -arc.head)
    return Pair(rest.head, rest.tail + (whole[1] - arc.tail))


def asin(x: Real) -> Real:
    """The inverse sine, to 1 ulp; nan outside −1 … 1."""
    size = abs(x)
    arc = _arc_sine(x)
    found = _less(HALF_PI, arc.scaled(2.0)).chosen(size > 0.5, arc).total()
    found = (size < _SMALL).select(x, found.with_sign_of(x))
    return (size <= 1.0).select(found, NAN)


def acos(x: Real) -> Real:
    """The inverse cosine, to 1 ulp; nan outside −1 … 1."""
    size = abs(x)
    arc = _arc_sine(x)
    twice = arc.scaled(2.0)
    outer = _less(PI, twice).chosen(x < 0.0, twice)
    added = sum_of(HALF_PI[0], arc.head)
    inner = Pair(added.head, added.tail + (HALF_PI[1] + arc.tail)).chosen(x < 0.0, _less(HALF_PI, arc))
    found = outer.chosen(size > 0.5, inner).total()
    return (size <= 1.0).select(found, NAN)
