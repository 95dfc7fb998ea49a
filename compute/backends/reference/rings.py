"""Formulas whose order shows only while they are computed, and rings of formulas.

Excel computes a formula until it meets a cell that is not computed yet, puts it aside, computes that cell and starts
the formula again. So a ring is a circle only where it closes in fact: ``=IF(first, 0, left+1)`` beside
``=IF(last, 0, right-1)`` is none. Circles are iterated if the workbook says so: sheets by name, rows left to right,
starting with the values in the file.
Source: Microsoft, "Excel Recalculation"; C. Williams, "Excel Circular References: Calculation and Iteration".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from compute.backends.reference.reading import Reader, Unready
from compute.program import Step
from compute.values import Array, Booleans, Floats, Kind, select

FINEST_CHANGE = 1e-12
"""Iteration goes on to this relative change where the workbook would stop earlier: Excel's 0.001 leaves results that
depend on what was in the cells before."""


class Cells(Protocol):
    """Formulas that can be computed one by one."""

    def evaluate(self, number: int) -> Array:
        """The formula's value over the lanes, in the rectangle that it fills. Raises Unready."""
        ...

    def show(self, number: int, value: Array) -> None:
        """Makes the cells of the formula show the value."""
        ...

    def shown(self, number: int) -> Array:
        """What the cells of the formula show."""
        ...

    def begin(self, number: int) -> None:
        """Makes the cells of the formula show what the file holds."""
        ...


class Demand:
    """Computes formulas in the order in which they turn out to be needed; ``circles`` need themselves."""

    def __init__(self, cells: Cells, reader: Reader) -> None:
        self._cells, self._reader = cells, reader
        self.circles: set[int] = set()

    def compute(self, number: int) -> None:
        """Computes a formula and whatever it needs first; within a circle a cell shows what it showed before."""
        pending = self._reader.pending
        waiting: list[int] = [number]
        askers: dict[int, int | None] = {number: None}
        while waiting:
            top = waiting[-1]
            if top not in askers:
                waiting.pop()
                continue
            try:
                value = self._cells.evaluate(top)
            except Unready as unready:
                path = _path(askers, top) if any(n in askers for n in unready.numbers) else ()
                # What waits without having asked for ``top`` is only due later: it comes first instead.
                first = [n for n in unready.numbers if n not in path]
                if first:
                    askers.update(dict.fromkeys(first, top))
                    waiting += first
                else:
                    self.circles.update(path[: max(map(path.index, unready.numbers)) + 1])
                    pending.difference_update(unready.numbers)
                continue
            pending.discard(top)
            self._cells.show(top, value)
            waiting.pop()
            del askers[top]

    def ring(self, members: Sequence[int]) -> bool:
        """Computes the formulas of a ring; whether it closes to a circle."""
        pending = self._reader.pending
        pending.update(members)
        for number in members:
            if number in pending:
                self.compute(number)
        return not self.circles.isdisjoint(members)


def met_moving_circle(demand: Demand, steps: Sequence[Step]) -> bool:
    """Whether a circle was met that the graph did not know: it closes through references that move."""
    return not demand.circles <= {n for s in steps if s.is_ring for n in s.formulas}


def _path(askers: Mapping[int, int | None], number: int) -> tuple[int, ...]:
    """The formula, the one that asked for it, and so on."""
    path: list[int] = []
    current: int | None = number
    while current is not None:
        path.append(current)
        current = askers[current]
    return tuple(path)


def iterate(cells: Cells, members: Sequence[int], lanes: int, count: int, change: float) -> Booleans:
    """Computes the formulas over and over, at most ``count`` times, until none changes by more than ``change``.

    Each lane stops by itself, so that it never knows of the others. Returns which lanes still changed, shape (lanes,).
    """
    is_open = np.ones(lanes, np.bool_)
    for _ in range(count):
        largest = np.zeros(lanes)
        for number in members:
            before = cells.shown(number)
            value = cells.evaluate(number)
            if not is_open.all():
                value = select(is_open, value, before)
            cells.show(number, value)
            largest = np.maximum(largest, _change(before, value))
        is_open &= largest > change
        if not is_open.any():
            break
    return is_open


def _change(before: Array, after: Array) -> Floats:
    """The largest change of any element, lane by lane, relative above 1; infinite where the kind or a text changed."""
    with np.errstate(invalid="ignore"):
        size = np.maximum(1.0, np.maximum(np.abs(before.numbers), np.abs(after.numbers)))
        change = np.abs(after.numbers - before.numbers) / size
    if before.kinds is not None or after.kinds is not None:
        kinds, old = after.kind_array(), before.kind_array()
        other = (kinds != old) & ~((old == Kind.BLANK) & (kinds == Kind.NUMBER) & (after.numbers == 0))
        other |= (kinds == Kind.TEXT) & (after.text_array() != before.text_array())
        change = np.where(other, np.inf, change)
    return np.asarray(change.max(axis=(0, 1)))
