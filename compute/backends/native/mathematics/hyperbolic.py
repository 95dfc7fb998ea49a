"""The hyperbolic functions and their inverses, by pairs of exponentials and logarithms."""

from __future__ import annotations

import math

from compute.backends.native.mathematics.coefficients.exponential import LN2_HEAD, LN2_TAIL
from compute.backends.native.mathematics.exponential import exp_pair, expm1_pair
from compute.backends.native.mathematics.lanes import INFINITY, NAN, Real
from compute.backends.native.mathematics.logarithm import log, log1p
from compute.backends.native.mathematics.pairs import Pair, ordered_sum, pair_of, product, sum_of

__all__ = ["acosh", "asinh", "atanh", "cosh", "sinh", "tanh"]

_SMALL, _LARGE = 2.0**-27, 2.0**27
# from here on the falling exponential is nothing beside the rising one
_FAR = 20.0
_LN2 = math.log(2.0)


def _risen(size: Real) -> tuple[Pair, Pair]:
    """eˣ − 1 and eˣ, for sizes that are near enough."""
    less = expm1_pair((size < _FAR).select(size, _FAR))
    whole = sum_of(1.0, less.head)
    return less, Pair(whole.head, whole.tail + less.tail)


def _half_risen(size: Real) -> Real:
    """eˣ / 2, where eˣ may already be infinite."""
    less = sum_of(size, -LN2_HEAD)
    return exp_pair(Pair(less.head, less.tail - LN2_TAIL))


def _added(a: Pair, b: Pair) -> Pair:
    head = sum_of(a.head, b.head)
    return ordered_sum(head.head, head.tail + (a.tail + b.tail))


def sinh(x: Real) -> Real:
    """The hyperbolic sine, to 1.5 ulp."""
    size = abs(x)
    less, whole = _risen(size)
    near = _added(less, less.over(whole)).total() * 0.5
    found = (size < _FAR).select(near, _half_risen(size)).with_sign_of(x)
    return (size < _SMALL).select(x, x.is_nan().select(NAN, found))


def cosh(x: Real) -> Real:
    """The hyperbolic cosine, to 1.5 ulp."""
    size = abs(x)
    _, whole = _risen(size)
    near = _added(whole, pair_of(x.lanes.real(1.0)).over(whole)).total() * 0.5
    found = (size < _FAR).select(near, _half_risen(size))
    return x.is_nan().select(NAN, found)


def tanh(x: Real) -> Real:
    """The hyperbolic tangent, to 1.5 ulp."""
    size = abs(x)
    less, _ = _risen(size + size)
    more = sum_of(2.0, less.head)
    near = less.over(Pair(more.head, more.tail + less.tail)).total()
    found = (size < 0.5 * _FAR).select(near, 1.0 - 2.0 * exp_pair(pair_of(size * -2.0))).with_sign_of(x)
    return (size < _SMALL).select(x, x.is_nan().select(NAN, found))


def _log1p_of(u: Pair) -> Real:
    """log(1 + u)."""
    return log1p(u.head) + u.tail / (1.0 + u.head)


def asinh(x: Real) -> Real:
    """The inverse hyperbolic sine, to 2 ulp."""
    size = abs(x)
    near = (size < _LARGE).select(size, 1.0)
    square = product(near, near)
    more = sum_of(1.0, square.head)
    root = Pair(more.head, more.tail + square.tail).sqrt()
    below = sum_of(1.0, root.head)
    bent = square.over(Pair(below.head, below.tail + root.tail))
    u = sum_of(near, bent.head)
    found = _log1p_of(Pair(u.head, u.tail + bent.tail))
    found = (size < _LARGE).select(found, log(size) + _LN2).with_sign_of(x)
    return (size < _SMALL).select(x, x.is_nan().select(NAN, found))


def acosh(x: Real) -> Real:
    """The inverse hyperbolic cosine, to 2 ulp; nan below 1."""
    near = (x < _LARGE).select(x, 2.0)
    t = sum_of(near, -1.0)
    more = sum_of(near, 1.0)
    root = t.times(more).sqrt()
    u = sum_of(t.head, root.head)
    found = _log1p_of(Pair(u.head, u.tail + (t.tail + root.tail)))
    found = (x < _LARGE).select(found, log(x) + _LN2)
    # At 1 itself the root of 0 is 0 / 0 in its tail.
    return x.equals(1.0).select(0.0, (x > 1.0).select(found, NAN))


def atanh(x: Real) -> Real:
    """The inverse hyperbolic tangent, to 2 ulp; ±∞ at ±1, nan beyond."""
    size = abs(x)
    near = (size < 1.0).select(size, 0.5)
    found = _log1p_of(pair_of(near + near).over(sum_of(1.0, -near))) * 0.5
    found = (size < 1.0).select(found, size.equals(1.0).select(INFINITY, NAN)).with_sign_of(x)
    return (size < _SMALL).select(x, found)
