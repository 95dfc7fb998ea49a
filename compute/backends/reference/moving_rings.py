"""Circles that close only through references that move: OFFSET, INDIRECT, INDEX:INDEX.

The dependency graph cannot know them before the formulas are computed. Once one was met while computing, every formula
is computed again in the order of what it read in fact, rings together, until what was read agrees with that order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from compute.backends.reference.reading import Reader
from compute.backends.reference.rings import Cells
from compute.graph import ringed_levels
from compute.values import Array

MOST_ROUNDS = 50
"""Orders tried before references that move with every order are taken for what they showed last."""


class Traced:
    """Formulas computed one by one, noting what each of them reads (``reads``)."""

    def __init__(self, cells: Cells, reader: Reader) -> None:
        self._cells, self._reader = cells, reader
        self.reads: dict[int, set[int]] = {}

    def evaluate(self, number: int) -> Array:
        """As ``Cells.evaluate``."""
        self._reader.reads = self.reads.setdefault(number, set())
        try:
            return self._cells.evaluate(number)
        finally:
            self._reader.reads = None

    def show(self, number: int, value: Array) -> None:
        """As ``Cells.show``."""
        self._cells.show(number, value)

    def shown(self, number: int) -> Array:
        """As ``Cells.shown``."""
        return self._cells.shown(number)

    def begin(self, number: int) -> None:
        """As ``Cells.begin``."""
        self._cells.begin(number)


def settle(
    cells: Cells,
    reader: Reader,
    members: Iterable[int],
    by_place: Callable[[Iterable[int]], Sequence[int]],
    close: Callable[[Cells, Sequence[int]], None],
) -> set[int]:
    """Computes all ``members`` in the order of what they read. Returns those in a circle.

    ``by_place`` sorts the formulas of a ring as Excel iterates them; ``close`` computes such a ring.
    """
    reader.pending, reader.in_ring = set(), True
    own = list(members)
    traced = Traced(cells, reader)
    for number in own:
        traced.begin(number)
    for number in own:
        traced.show(number, traced.evaluate(number))
    circles: set[int] = set()
    for _ in range(MOST_ROUNDS):
        below = {n: sorted(traced.reads[n].intersection(traced.reads)) for n in own}
        level, rings = ringed_levels(own, below.__getitem__)
        traced = Traced(cells, reader)
        circles = {n for ring in rings for n in ring}
        ring_of = {ring[0]: ring for ring in rings}
        for number in sorted(level, key=lambda n: (level[n], n)):
            if number in ring_of:
                close(traced, by_place(ring_of[number]))
            elif number not in circles:
                traced.show(number, traced.evaluate(number))
        if all(traced.reads[n].intersection(level) <= set(below[n]) for n in own):
            break
    reader.in_ring = False
    reader.begin(reader.block)
    return circles
