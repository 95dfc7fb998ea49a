"""Finding a key among fixed keys: by arithmetic where they are evenly spaced, else by halving.

A *row* is what MATCH gives, 1 for the first key, and 0 where none is found.
"""

from __future__ import annotations

import numpy as np

from compute.backends.native.emission import NAN, Emission, IrValue
from compute.values import Floats

FEW = 8
"""Keys that are compared one by one."""
_BELOW = 2.0**-8
"""How far below the quotient the guess is aimed, in steps."""
_ROUNDING = 2.0**-50
"""By what part of itself a quotient may be off, with room to spare: three roundings of keys and three of its own."""


def row_of(emit: Emission, key: IrValue, keys: Floats, *, exact: bool) -> IrValue:
    """The row, as a double: of the first equal key, else of the last not greater; 0 where none is."""
    order = np.arange(1, len(keys) + 1)
    if exact:
        ordered, first = np.unique(keys[~np.isnan(keys)], return_index=True)
        order, keys = order[~np.isnan(keys)][first], ordered
    if len(keys) == 0:
        return emit.number(0.0)
    row = _last_at_most(emit, key, keys)
    if not exact:
        return row
    here = _looked_up(emit, row, np.concatenate([[NAN], keys]))
    row = emit.select(emit.builder.fcmp_ordered("oeq", here, key), row, emit.number(0.0))
    if np.array_equal(order, np.arange(1, len(keys) + 1)):
        return row
    return _looked_up(emit, row, np.concatenate([[0.0], order]))


def position_of(emit: Emission, row: IrValue) -> IrValue:
    """The 0-based position of a row; NaN where there is none."""
    found = emit.builder.fcmp_ordered("ogt", row, emit.number(0.0))
    return emit.select(found, emit.builder.fsub(row, emit.number(1.0)), emit.number(NAN))


def _looked_up(emit: Emission, row: IrValue, values: Floats) -> IrValue:
    table = emit.table(values)
    return emit.gather(emit.index_of(row), lambda position, lane: emit.element(table, position))


def _last_at_most(emit: Emission, key: IrValue, keys: Floats) -> IrValue:
    """The row of the last of ascending keys that is not greater."""
    if len(keys) <= FEW:
        return _counted(emit, key, keys)
    first, step = float(keys[0]), float(keys[1] - keys[0])
    even = np.array_equal(first + step * np.arange(len(keys)), keys)
    if step > 0 and even and (abs(first) / step + len(keys)) * _ROUNDING < _BELOW / 4:
        return _spaced(emit, key, first, step, len(keys))
    return _halved(emit, key, keys)


def _counted(emit: Emission, key: IrValue, keys: Floats) -> IrValue:
    total = emit.number(0.0)
    for value in keys.tolist():
        passed = emit.builder.fcmp_ordered("oge", key, emit.number(value))
        total = emit.builder.fadd(total, emit.select(passed, emit.number(1.0), emit.number(0.0)))
    return total


def _spaced(emit: Emission, key: IrValue, first: float, step: float, count: int) -> IrValue:
    """A guess by division, which is right or one too low: it is aimed lower than the quotient may be off.

    The key of the guess's row, if it were one too low, is made by the arithmetic that was found to give all keys.
    """
    builder = emit.builder
    inverse = 1.0 / step
    guess = emit.fma(key, emit.number(inverse), emit.number(1.0 - _BELOW - first * inverse))
    # Half a row is as good as none, and spares the processor an instruction for zero.
    low, high = emit.number(0.5), emit.number(count - 0.5)
    guess = emit.select(builder.fcmp_ordered("ogt", guess, low), guess, low)
    guess = emit.select(builder.fcmp_ordered("olt", guess, high), guess, high)
    guess = emit.call("llvm.floor", guess)
    there = builder.fmul(guess, emit.number(step))
    if first != 0.0:
        there = builder.fadd(there, emit.number(first))
    more = emit.select(builder.fcmp_ordered("ole", there, key), emit.number(1.0), emit.number(0.0))
    return builder.fadd(guess, more)


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
    row = builder.sitofp(builder.add(position, emit.integer(1)), emit.vector)
    return emit.select(builder.fcmp_ordered("oge", key, emit.number(float(keys[0]))), row, emit.number(0.0))


__all__ = ["FEW", "position_of", "row_of"]
