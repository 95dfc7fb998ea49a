"""Rates that bring a value to 0: Newton's steps, else the bracket nearest to the guess; the internal rate of return.

The same method as ``compute.functions.financial_roots``, so that the root found is the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from compute.backends.native.emission import I64, NAN, Emission, IrValue
from compute.backends.native.iterating import UNROLLED, Cells, each
from compute.functions.financial_roots import BISECTIONS, CLOSE, GRID, NEWTON_STEPS

INFINITE = float("inf")


class Curve(NamedTuple):
    """A value in dependence on a rate above -1: the value at a rate, and the value over its slope at 1 + rate."""

    value: Callable[[IrValue], IrValue]
    step: Callable[[IrValue], IrValue]


def internal_rate(emit: Emission, flows: Cells, guess: IrValue) -> IrValue:
    """The rate; NaN (#NUM!) where flows have one sign only, or no rate is found."""
    curve = Curve(lambda rate: _value(emit, flows, rate), lambda growth: _step(emit, flows, growth))
    allowed = emit.builder.fcmp_ordered("ogt", guess, emit.number(-1.0))
    return solved_rate(emit, curve, guess, emit.builder.and_(has_both_signs(emit, flows), allowed))


def has_both_signs(emit: Emission, flows: Cells) -> IrValue:
    """Where some flow is positive and some flow is negative."""
    return emit.builder.and_(_any(emit, flows, "ogt"), _any(emit, flows, "olt"))


def solved_rate(emit: Emission, curve: Curve, guess: IrValue, solvable: IrValue) -> IrValue:
    """The rate that brings a curve to 0; NaN where that is not solvable, or none is found."""
    builder = emit.builder
    rate, done = _newton(emit, curve, guess, builder.not_(solvable))
    with builder.goto_entry_block():
        slot = builder.alloca(emit.vector)
    builder.store(rate, slot)
    left = builder.not_(done)
    with builder.if_then(emit.any(left), likely=False):
        builder.store(emit.select(left, _bracketed(emit, curve, guess), rate), slot)
    return emit.select(solvable, builder.load(slot), emit.number(NAN))


def _any(emit: Emission, cells: Cells, condition: str) -> IrValue:
    """Where any of the cells stands so against 0."""
    nowhere = emit.nowhere()

    def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        return [emit.builder.or_(held[0], emit.builder.fcmp_ordered(condition, cells.load(j), emit.number(0.0)))]

    return each(emit, cells.count, [nowhere], step)[0]


def _newton(emit: Emission, curve: Curve, guess: IrValue, excused: IrValue) -> tuple[IrValue, IrValue]:
    """The rates, and where they are found or excused from being looked for."""
    builder, one = emit.builder, emit.number(1.0)

    def step(held: Sequence[IrValue]) -> tuple[Sequence[IrValue], IrValue]:
        rate, done, count = held
        growth = builder.fadd(rate, one)
        moved = curve.step(growth)
        new = builder.fsub(rate, moved)
        # A step that is no number is kept, so that the search ends.
        inside = builder.fcmp_unordered("ugt", new, emit.number(-1.0))
        new = emit.select(inside, new, builder.fmul(builder.fsub(rate, one), emit.number(0.5)))
        close = builder.fcmp_ordered("ole", emit.absolute(moved), builder.fmul(growth, emit.number(CLOSE)))
        finite = builder.fcmp_ordered("olt", new, emit.number(INFINITE))
        arrived = builder.and_(builder.and_(close, inside), finite)
        found = emit.select(done, rate, new)
        done = builder.or_(done, arrived)
        count = builder.add(count, I64(1))
        # A rate that ran off to infinity never comes back.
        lost = builder.not_(builder.fcmp_ordered("olt", emit.absolute(found), emit.number(INFINITE)))
        searching = emit.any(builder.not_(builder.or_(done, lost)))
        return (found, done, count), builder.and_(searching, builder.icmp_signed("<", count, I64(NEWTON_STEPS)))

    rate, done, _ = emit.repeat_while((guess, excused, I64(0)), step)
    return rate, done


def _step(emit: Emission, flows: Cells, growth: IrValue) -> IrValue:
    """Value over slope of the net present value with the first flow now."""
    builder = emit.builder
    discount = builder.fdiv(emit.number(1.0), growth)
    value, slope = (_halves if flows.count <= 2 * UNROLLED else _horner)(emit, flows, discount)
    down = builder.fneg(builder.fmul(builder.fmul(slope, discount), discount))
    return builder.fdiv(value, down)


def _horner(emit: Emission, flows: Cells, discount: IrValue) -> tuple[IrValue, IrValue]:
    """The polynomial of the flows and its slope, by Horner's scheme."""

    def horner(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        value, slope = held
        slope = emit.fma(slope, discount, value)
        return [emit.fma(value, discount, flows.load(j)), slope]

    value, slope = each(emit, flows.count, [emit.number(0.0)] * 2, horner, backwards=True)
    return value, slope


def _halves(emit: Emission, flows: Cells, discount: IrValue) -> tuple[IrValue, IrValue]:
    """The same from the even and the odd flows apart: half as long a way from the last flow to the value.

    E(d²) + d O(d²), of which the slope is 2d (E' + d O') + O.
    """
    builder, square = emit.builder, emit.builder.fmul(discount, discount)
    (even, even_slope), (odd, odd_slope) = (_parity(emit, flows, first, square) for first in range(2))
    twice = builder.fadd(discount, discount)
    slope = emit.fma(twice, emit.fma(odd_slope, discount, even_slope), odd)
    return emit.fma(odd, discount, even), slope


def _parity(emit: Emission, flows: Cells, first: int, square: IrValue) -> tuple[IrValue, IrValue]:
    """The polynomial of every other flow in the square of the discount, and its slope in that."""
    places = range(first, flows.count, 2)
    if not places:
        return emit.number(0.0), emit.number(0.0)
    value, slope = flows.load(I64(places[-1])), emit.number(0.0)
    for turn, place in enumerate(reversed(places[:-1])):
        slope = value if turn == 0 else emit.fma(slope, square, value)
        value = emit.fma(value, square, flows.load(I64(place)))
    return value, slope


def _value(emit: Emission, flows: Cells, rate: IrValue) -> IrValue:
    discount = emit.builder.fdiv(emit.number(1.0), emit.builder.fadd(rate, emit.number(1.0)))

    def horner(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        return [emit.fma(held[0], discount, flows.load(j))]

    return each(emit, flows.count, [emit.number(0.0)], horner, backwards=True)[0]


def _bracketed(emit: Emission, curve: Curve, guess: IrValue) -> IrValue:
    """The root in the bracket of the fixed grid that lies nearest to the guess; NaN without one."""
    builder = emit.builder
    table = emit.table(np.asarray(GRID, np.float64))
    first = emit.number(float(GRID[0]))

    def look(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        before, value_before, nearest, low, high = held
        here = emit.splat(emit.element(table, j))
        value = curve.value(here)
        changes = _changes(emit, value_before, value)
        middle = builder.fmul(builder.fadd(before, here), emit.number(0.5))
        distance = emit.absolute(builder.fsub(middle, guess))
        better = builder.and_(changes, builder.fcmp_ordered("olt", distance, nearest))
        return [
            here,
            value,
            emit.select(better, distance, nearest),
            emit.select(better, before, low),
            emit.select(better, here, high),
        ]

    start = [first, curve.value(first), emit.number(INFINITE), emit.number(NAN), emit.number(NAN)]
    _, _, _, low, high = emit.loop(I64(1), I64(len(GRID)), 1, start, look)
    below = builder.fcmp_ordered("olt", curve.value(low), emit.number(0.0))

    def halve(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        low, high = held
        centre = builder.fmul(builder.fadd(low, high), emit.number(0.5))
        same = builder.not_(builder.xor(builder.fcmp_ordered("olt", curve.value(centre), emit.number(0.0)), below))
        return [emit.select(same, centre, low), emit.select(same, high, centre)]

    low, high = emit.loop(I64(0), I64(BISECTIONS), 1, [low, high], halve)
    return builder.fmul(builder.fadd(low, high), emit.number(0.5))


def _changes(emit: Emission, a: IrValue, b: IrValue) -> IrValue:
    """Where two finite values differ in sign, one of them 0 included."""
    builder, zero = emit.builder, emit.number(0.0)
    infinite = emit.number(INFINITE)
    finite = builder.and_(
        builder.fcmp_ordered("olt", emit.absolute(a), infinite), builder.fcmp_ordered("olt", emit.absolute(b), infinite)
    )
    falls = builder.and_(builder.fcmp_ordered("oge", a, zero), builder.fcmp_ordered("ole", b, zero))
    rises = builder.and_(builder.fcmp_ordered("ole", a, zero), builder.fcmp_ordered("oge", b, zero))
    moved = builder.or_(builder.fcmp_ordered("one", a, zero), builder.fcmp_ordered("one", b, zero))
    return builder.and_(builder.and_(finite, moved), builder.or_(falls, rises))


__all__ = ["Curve", "has_both_signs", "internal_rate", "solved_rate"]
