"""Where the cells of an expression lie: by arithmetic where they are evenly spaced, else by a table; or at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from compute.backends.native.emission import DOUBLE, I64, Emission, IrValue
from compute.backends.native.iterating import Cells

Ints = npt.NDArray[np.int64]


def entry(emit: Emission, values: Ints, turn: IrValue) -> IrValue:
    """The entry of one turn, as a 64-bit integer."""
    builder = emit.builder
    if len(values) == 1:
        return I64(int(values[0]))
    step = int(values[1] - values[0])
    if (np.diff(values) == step).all():
        return builder.add(builder.mul(turn, I64(step)), I64(int(values[0])))
    return emit.element(emit.table(values), turn)


def places_of(emit: Emission, places: Ints, turn: IrValue) -> Callable[[IrValue], IrValue]:
    """The place of the j-th cell of a range in one turn."""
    builder, count = emit.builder, places.shape[1]
    origin = int(places[0, 0])
    down = int(places[1, 0]) - origin if places.shape[0] > 1 else 0
    across = int(places[0, 1]) - origin if count > 1 else 0
    regular = origin + down * np.arange(places.shape[0])[:, None] + across * np.arange(count)[None, :]
    if np.array_equal(places, regular):
        base = builder.add(builder.mul(turn, I64(down)), I64(origin))
        return lambda j: builder.add(builder.mul(j, I64(across)), base)
    table = emit.table(places.ravel())
    begin = builder.mul(turn, I64(count)) if places.shape[0] > 1 else I64(0)
    return lambda j: emit.element(table, builder.add(begin, j))


def cells_at_hand(emit: Emission, values: Sequence[IrValue]) -> Cells:
    """A range whose values were made just now, in memory too for those asked for by a position that varies."""
    builder = emit.builder
    with builder.goto_entry_block():
        pointer = builder.alloca(emit.vector, len(values))
    for j, value in enumerate(values):
        builder.store(value, builder.gep(pointer, [I64(j)]))
    numbers = pointer if emit.width == 1 else builder.bitcast(pointer, DOUBLE.as_pointer())

    def load(j: IrValue) -> IrValue:
        if isinstance(j, ir.Constant):
            return values[int(j.constant)]
        return builder.load(builder.gep(pointer, [j]))

    def lane(j: IrValue, iteration: int) -> IrValue:
        at = builder.add(builder.mul(j, I64(emit.width)), I64(iteration))
        return builder.load(builder.gep(numbers, [at]))

    return Cells(len(values), load, lane)


__all__ = ["cells_at_hand", "entry", "places_of"]
