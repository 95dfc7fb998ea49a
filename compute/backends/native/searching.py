"""Finding a key among fixed keys: by arithmetic where they are evenly spaced, else by halving."""

from __future__ import annotations

import math

import numpy as np

from compute.backends.native.emission import NAN, Emission, IrValue
from compute.values import Floats

FEW = 8
"""Keys that are compared one by one."""


def position_of(emit: Emission, key: IrValue, keys: Floats, *, exact: bool) -> IrValue:
    """The 0-based position, as a double: of the first equal key, else of the last not greater; NaN where none is."""
    order = np.arange(len(keys))
    if exact:
        ordered, first = np.unique(keys[~np.isnan(keys)], return_index=True)
        order = order[~np.isnan(keys)][first]
        keys = ordered
    if len(keys) == 0:
        return emit.number(NAN)
    at = _last_at_most(emit, key, keys)
    builder = emit.builder
    found = builder.fcmp_ordered("oge", key, emit.number(float(keys[0])))
    if exact:
        index = builder.fptosi(emit.select(found, at, emit.number(0.0)), emit.integers)
        table = emit.table(keys)
        here = emit.gather(index, lambda position, lane: emit.element(table, position))
        found = builder.and_(found, builder.fcmp_ordered("oeq", here, key))
        if not np.array_equal(order, np.arange(len(keys))):
            places = emit.table(order.astype(np.float64))
            at = emit.gather(index, lambda position, lane: emit.element(places, position))
    return emit.select(found, at, emit.number(NAN))


def _last_at_most(emit: Emission, key: IrValue, keys: Floats) -> IrValue:
    """The position of the last of ascending keys that is not greater; 0 where all are."""
    if len(keys) <= FEW:
        return _counted(emit, key, keys)
    step = float(keys[1] - keys[0])
    even = keys[0] + step * np.arange(len(keys))
    if step > 0 and np.array_equal(even, keys):
        return _spaced(emit, key, float(keys[0]), step, len(keys))
    return _halved(emit, key, keys)


def _counted(emit: Emission, key: IrValue, keys: Floats) -> IrValue:
    total = emit.number(0.0)
    for value in keys[1:].tolist():
        passed = emit.builder.fcmp_ordered("oge", key, emit.number(value))
        total = emit.builder.fadd(total, emit.select(passed, emit.number(1.0), emit.number(0.0)))
    return total


def _spaced(emit: Emission, key: IrValue, first: float, step: float, count: int) -> IrValue:
    """A guess by division, corrected by one where the quotient rounds across a key.

    Where the first key is 0 the guess is never too high: it is made with less than the inverse of the step.
    """
    builder, one = emit.builder, emit.number(1.0)
    low, high = emit.number(0.0), emit.number(float(count - 2))
    inverse = math.nextafter(math.nextafter(1.0 / step, 0.0), 0.0)

    def at(position: IrValue) -> IrValue:
        place = builder.fmul(position, emit.number(step))
        return place if first == 0.0 else builder.fadd(place, emit.number(first))

    guess = builder.fmul(key if first == 0.0 else builder.fsub(key, emit.number(first)), emit.number(inverse))
    guess = emit.select(builder.fcmp_ordered("ogt", guess, low), guess, low)
    guess = emit.select(builder.fcmp_ordered("olt", guess, high), guess, high)
    guess = emit.call("llvm.floor", guess)
    if first != 0.0:
        too_far = builder.and_(builder.fcmp_ordered("ogt", at(guess), key), builder.fcmp_ordered("ogt", guess, low))
        guess = emit.select(too_far, builder.fsub(guess, one), guess)
    more = builder.fadd(guess, one)
    return emit.select(builder.fcmp_ordered("ole", at(more), key), more, guess)


def _halved(emit: Emission, key: IrValue, keys: Floats) -> IrValue:
    """Halving without branches, the same number of steps for every key."""
    builder, table = emit.builder, emit.table(keys)
    position, left = emit.integer(0), len(keys)
    while left > 1:
        half = left // 2
        middle = builder.add(position, emit.integer(half))
        there = emit.gather(middle, lambda at, lane: emit.element(table, at))
        position = builder.select(builder.fcmp_ordered("ole", there, key), middle, position)
        left -= half
    return builder.sitofp(position, emit.vector)
