"""The cells of a range, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compute.backends.native.emission import I64, Emission, IrValue
from compute.records import dataclass

UNROLLED = 12
"""Ranges of at most so many cells are written out."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a range in one turn: ``load(j)`` reads the j-th in all iterations of the vector, ``lane(j, i)`` in
    the i-th of them; j is a 64-bit integer.
    """

    count: int
    load: Callable[[IrValue], IrValue]
    lane: Callable[[IrValue, int], IrValue]


Step = Callable[[IrValue, Sequence[IrValue]], Sequence[IrValue]]


def each(
    emit: Emission, count: int, carried: Sequence[IrValue], step: Step, *, backwards: bool = False
) -> list[IrValue]:
    """Runs ``step(j, carried)`` for each cell, first to last or last to first."""
    if count <= UNROLLED:
        held = list(carried)
        for j in reversed(range(count)) if backwards else range(count):
            held = list(step(I64(j), held))
        return held
    if backwards:
        return emit.loop(I64(count - 1), I64(-1), -1, carried, step)
    return emit.loop(I64(0), I64(count), 1, carried, step)
