"""What a loop hands from line to line without a trip through the workspace, and which lines must be stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from compute.backends.native.expressions import Cell, Expression, Over, walk
from compute.backends.native.layout import Layout
from compute.backends.native.lines import Line
from compute.backends.native.loops import Loop


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of a loop with the same bounds, one after the other; ``first`` and ``last`` columns or rows included."""

    first: int
    last: int
    lines: tuple[int, ...]


def sections_of(loop: Loop, lines: Sequence[Line]) -> list[Section]:
    """A loop's lines cut where their bounds change."""
    found: list[Section] = []
    for number in loop.lines:
        first, last = lines[number].first, lines[number].first + lines[number].length - 1
        if found and (found[-1].first, found[-1].last) == (first, last):
            found[-1] = Section(first, last, (*found[-1].lines, number))
        else:
            found.append(Section(first, last, (number,)))
    return found


class Forwarding:
    """For each reference to a cell whether its value is at hand, and the lines whose values others read from memory."""

    def __init__(
        self, loops: Iterable[Loop], lines: Sequence[Line], expressions: Mapping[int, Expression], layout: Layout
    ) -> None:
        self._lines, self._layout = lines, layout
        self._at_hand: dict[int, int] = {}
        self.stored: set[int] = set()
        for loop in loops:
            self._visit(loop, expressions)

    def source(self, cell: Cell) -> int | None:
        """The line that computed the cell in the same turn just before; None where it must be loaded."""
        return self._at_hand.get(id(cell))

    def _visit(self, loop: Loop, expressions: Mapping[int, Expression]) -> None:
        first, last = loop.bounds(self._lines)
        everywhere: set[int] = set()
        for section in sections_of(loop, self._lines):
            here: set[int] = set()
            for number in section.lines:
                self._line(number, expressions[number], everywhere | here if loop.along else set())
                here.add(number)
            if (section.first, section.last) == (first, last):
                everywhere |= here

    def _line(self, number: int, expression: Expression, at_hand: set[int]) -> None:
        for part in walk(expression):
            if isinstance(part, Cell):
                source = self._same_turn(number, part, at_hand)
                if source is not None:
                    self._at_hand[id(part)] = source
                    continue
                self._note(part.places)
            elif isinstance(part, Over):
                for places in part.ranges:
                    self._note(places)

    def _note(self, places: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> None:
        own = places[places < self._layout.cells]
        numbers = np.unique(self._layout.line[own])
        self.stored.update(numbers[numbers >= 0].tolist())

    def _same_turn(self, number: int, cell: Cell, at_hand: set[int]) -> int | None:
        place = int(cell.places[0])
        if place >= self._layout.cells:
            return None
        source = int(self._layout.line[place])
        if source not in at_hand:
            return None
        begin = self._layout.first_place[source] + self._lines[number].first - self._lines[source].first
        expected = begin + np.arange(self._lines[number].length)
        return source if np.array_equal(cell.places, expected) else None
