"""Numbers of twice the precision: unevaluated sums of two doubles, the second below half an ulp of the first.

The error-free sums and products are Knuth's, Dekker's and, with ``fma``, the usual one (Muller et al., Handbook of
Floating-Point Arithmetic, ch. 4 and 14). Quotients and products of pairs are right to about 2⁻¹⁰⁰ relative.
"""

from __future__ import annotations

from typing import NamedTuple

from compute.backends.native.mathematics.lanes import Mask, Real

__all__ = ["Pair", "ordered_sum", "pair_of", "product", "sum_of"]


class Pair(NamedTuple):
    """head + tail."""

    head: Real
    tail: Real

    def plus(self, other: Pair) -> Pair:
        """The sum; the heads may cancel."""
        high, low = sum_of(self.head, other.head), sum_of(self.tail, other.tail)
        first = ordered_sum(high.head, high.tail + low.head)
        return ordered_sum(first.head, first.tail + low.tail)

    def plus_real(self, other: Real | float) -> Pair:
        """The sum with one double."""
        high = sum_of(self.head, other)
        return ordered_sum(high.head, high.tail + self.tail)

    def minus(self, other: Pair) -> Pair:
        """The difference."""
        return self.plus(other.negated())

    def negated(self) -> Pair:
        return Pair(-self.head, -self.tail)

    def times(self, other: Pair) -> Pair:
        """The product."""
        lanes = self.head.lanes
        high = product(self.head, other.head)
        cross = lanes.fma(self.head, other.tail, lanes.fma(self.tail, other.head, high.tail))
        return ordered_sum(high.head, cross)

    def times_real(self, other: Real | float) -> Pair:
        """The product with one double."""
        high = product(self.head, other)
        return ordered_sum(high.head, self.head.lanes.fma(self.tail, other, high.tail))

    def scaled(self, power_of_two: Real | float) -> Pair:
        """The product with a power of two, exact unless it leaves the range."""
        return Pair(self.head * power_of_two, self.tail * power_of_two)

    def over(self, other: Pair) -> Pair:
        """The quotient."""
        lanes = self.head.lanes
        quotient = self.head / other.head
        rest = lanes.fma(-quotient, other.head, self.head)
        rest = lanes.fma(-quotient, other.tail, rest + self.tail)
        return ordered_sum(quotient, rest / other.head)

    def sqrt(self) -> Pair:
        """The square root of a positive pair."""
        root = self.head.sqrt()
        rest = self.head.lanes.fma(-root, root, self.head) + self.tail
        return ordered_sum(root, rest / (root + root))

    def total(self) -> Real:
        """The nearest double."""
        return self.head + self.tail

    def chosen(self, where: Mask, other: Pair) -> Pair:
        """This pair where true, the other elsewhere."""
        return Pair(where.select(self.head, other.head), where.select(self.tail, other.tail))


def pair_of(head: Real, tail: float = 0.0) -> Pair:
    """A double as a pair."""
    return Pair(head, head.lanes.real(tail))


def sum_of(a: Real | float, b: Real | float) -> Pair:
    """a + b without error, whatever their order of magnitude."""
    lanes = (a if isinstance(a, Real) else _real(b)).lanes
    first, second = lanes.real(a), lanes.real(b)
    total = first + second
    back = total - first
    return Pair(total, (first - (total - back)) + (second - back))


def ordered_sum(large: Real | float, small: Real | float) -> Pair:
    """large + small without error, if |large| ≥ |small| or large = 0."""
    lanes = (large if isinstance(large, Real) else _real(small)).lanes
    first, second = lanes.real(large), lanes.real(small)
    total = first + second
    return Pair(total, second - (total - first))


def product(a: Real, b: Real | float) -> Pair:
    """a · b without error, unless it leaves the range."""
    lanes = a.lanes
    high = a * b
    return Pair(high, lanes.fma(a, b, -high))


def _real(number: Real | float) -> Real:
    if not isinstance(number, Real):
        raise TypeError("a sum of two constants is no work for the lanes")
    return number
