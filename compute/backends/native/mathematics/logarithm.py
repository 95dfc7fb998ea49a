"""log and log1p, and the logarithm as a pair.

x = 2ᵏ m with m between √½ and √2; log m = 2 artanh s with s = f / (2 + f), f = m − 1, as s's odd series. The plain form
keeps f − f²/2 in front (as FreeBSD's msun does), whose rounding the small rest hides.
"""

from __future__ import annotations

from compute.backends.native.mathematics.coefficients.exponential import LN2_HEAD, LN2_TAIL
from compute.backends.native.mathematics.coefficients.logarithm import (
    LN2_LAST,
    LN2_MIDDLE,
    LOG_FINE,
    LOG_REST,
    TWO_THIRDS,
)
from compute.backends.native.mathematics.lanes import INFINITY, NAN, Bits, Real, bits_of
from compute.backends.native.mathematics.pairs import Pair, ordered_sum, pair_of, product, sum_of

__all__ = ["log", "log1p", "log_pair", "log_pair_of"]

_LEAST_NORMAL = 2.0**-1022
_ROOT_HALF = bits_of(0.5**0.5)
_SHIFT = 2.0**52
_SHIFT_BITS = bits_of(_SHIFT)


def _split(x: Real) -> tuple[Real, Real, Bits]:
    """(m, k, the bits to take from the exponent) of a positive, normal x."""
    bits = x.bits()
    exponent = (bits - _ROOT_HALF + (1024 << 52)) >> 52
    k = (exponent | _SHIFT_BITS).real() - (_SHIFT + 1024.0)
    taken = (exponent - 1024) << 52
    return (bits - taken).real(), k, taken


def _split_any(x: Real) -> tuple[Real, Real]:
    """(m, k), of subnormal numbers too."""
    small = x < _LEAST_NORMAL
    m, k, _ = _split(small.select(x * 2.0**54, x))
    return m, small.select(k - 54.0, k)


def _at_edges(x: Real, result: Real) -> Real:
    """The result; −∞ at 0, nan below, ∞ at ∞."""
    inside = (x < INFINITY).select(result, x)
    return (x > 0.0).select(inside, x.equals(0.0).select(-INFINITY, NAN))


def log(x: Real) -> Real:
    """The natural logarithm, to 1 ulp; −∞ at ±0, nan below 0."""
    m, k = _split_any(x)
    return _at_edges(x, _log_of(m - 1.0, k, None))


def _log_of(f: Real, k: Real, correction: Real | None) -> Real:
    """log(1 + f) + k ln 2 + correction."""
    lanes = f.lanes
    s = f / (f + 2.0)
    z = s * s
    half = 0.5 * f * f
    rest = z * lanes.polynomial(z, LOG_REST)
    low = k * LN2_TAIL if correction is None else lanes.fma(k, LN2_TAIL, correction)
    return lanes.fma(k, LN2_HEAD, f - (half - lanes.fma(s, half + rest, low)))


def log1p(x: Real) -> Real:
    """log(1 + x), to 1 ulp; −∞ at −1, nan below."""
    raised = sum_of(1.0, x)
    m, k, taken = _split(raised.head)
    # of a large x the 1 is nothing, and 2⁻ᵏ may not be a normal number
    tail = (x < 2.0**60).select(raised.tail, 0.0) * (x.lanes.word(1023 << 52) - taken).real()
    f = ordered_sum(m - 1.0, tail)
    result = _at_edges(raised.head, _log_of(f.head, k, f.tail / (f.head + 1.0)))
    return (abs(x) < 2.0**-54).select(x, result)


def log_pair(x: Real) -> Pair:
    """The logarithm of a positive, finite number, right to 2⁻⁶⁵ relative."""
    m, k = _split_any(x)
    return _fine_log_of(pair_of(m - 1.0), k)


def log_pair_of(x: Pair) -> Pair:
    """As ``log_pair``, of a pair whose head is a normal number below 2¹⁰²³."""
    m, k, taken = _split(x.head)
    tail = x.tail * (x.head.lanes.word(1023 << 52) - taken).real()
    return _fine_log_of(ordered_sum(m - 1.0, tail), k)


def _fine_log_of(f: Pair, k: Real) -> Pair:
    """log(1 + f) + k ln 2."""
    lanes = k.lanes
    below = ordered_sum(2.0, f.head)
    s = f.over(Pair(below.head, below.tail + f.tail))
    z = s.times(s)
    series = ordered_sum(TWO_THIRDS[0], z.head * lanes.polynomial(z.head, LOG_FINE))
    rest = s.times(z).times(Pair(series.head, series.tail + TWO_THIRDS[1]))
    mantissa = ordered_sum(s.head + s.head, rest.head)
    low = mantissa.tail + (rest.tail + (s.tail + s.tail))
    middle = product(k, LN2_MIDDLE)
    high = sum_of(k * LN2_HEAD, mantissa.head)
    whole = sum_of(high.head, middle.head)
    return ordered_sum(whole.head, whole.tail + (high.tail + (low + lanes.fma(k, LN2_LAST, middle.tail))))
