"""What a loop hands from line to line without a trip through the workspace, and which lines must be stored."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from compute.backends.native.expressions import Cell, Expression, Over, walk
from compute.backends.native.layout import Layout
from compute.backends.native.lines import Line
from compute.backends.native.loops import Loop
from compute.records import dataclass

Ints = npt.NDArray[np.int64]
MOST_AT_HAND = 64
"""Longer ranges are read from memory, whatever is at hand."""


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


@dataclass(frozen=True, slots=True)
class Carried:
    """What a line made in the turn before; in the first turn, where it is read, the value of the place ``initial``."""

    line: int
    initial: int | None


class Forwarding:
    """For each reference to a cell whether its value is at hand, and the lines whose values others read from memory."""

    def __init__(
        self, loops: Iterable[Loop], lines: Sequence[Line], expressions: Mapping[int, Expression], layout: Layout
    ) -> None:
        self._lines, self._layout = lines, layout
        self._at_hand: dict[int, int] = {}
        self._carried: dict[int, Carried] = {}
        self._ranges: dict[tuple[int, int], tuple[int, ...]] = {}
        self._sameness: dict[int, Hashable] = {}
        self.stored: set[int] = set()
        for loop in loops:
            self._visit(loop, expressions)

    def source(self, cell: Cell) -> int | None:
        """The line that computed the cell in the same turn just before; None where it must be loaded."""
        return self._at_hand.get(id(cell))

    def carried(self, cell: Cell) -> Carried | None:
        """What holds the cell's value from the turn before; None where it must be loaded."""
        return self._carried.get(id(cell))

    def sameness(self, expression: Expression) -> Hashable:
        """Equal for two references of a loop that have one value in each turn."""
        return self._sameness.get(id(expression), id(expression))

    def carries(self, expressions: Iterable[Expression]) -> list[Carried]:
        """All that a loop of these expressions carries from turn to turn."""
        found = (self._carried.get(id(p)) for e in expressions for p in walk(e))
        return list(dict.fromkeys(c for c in found if c is not None))

    def sources(self, over: Over, index: int) -> tuple[int, ...] | None:
        """The lines that computed all cells of one of its ranges in the same turn; None where they must be loaded."""
        return self._ranges.get((id(over), index))

    def _visit(self, loop: Loop, expressions: Mapping[int, Expression]) -> None:
        whole = loop.bounds(self._lines)
        sections = sections_of(loop, self._lines)
        always = {n for s in sections if (s.first, s.last) == whole for n in s.lines} if loop.along else set()
        everywhere: set[int] = set()
        for section in sections:
            here: set[int] = set()
            for number in section.lines:
                at_hand = everywhere | here if loop.along else set()
                for part in walk(expressions[number]):
                    if isinstance(part, Cell):
                        self._cell(number, part, at_hand, loop)
                    elif isinstance(part, Over):
                        for index in range(len(part.ranges)):
                            self._range(number, part, index, at_hand)
                here.add(number)
            everywhere |= here & always

    def _cell(self, number: int, cell: Cell, at_hand: set[int], loop: Loop) -> None:
        source = self._same_turn(number, cell.places, at_hand)
        if source is not None:
            self._at_hand[id(cell)] = source
            self._sameness[id(cell)] = "made", source
            return
        carried = self._turn_before(number, cell.places, loop) if loop.along else None
        if carried is None:
            self._sameness[id(cell)] = self._lines[number].first if loop.along else 0, cell.places.tobytes()
            self._note(cell.places)
            return
        self._sameness[id(cell)] = carried
        self._carried[id(cell)] = carried
        if carried.initial is not None:
            self._note(np.array([carried.initial], np.int64))

    def _range(self, number: int, over: Over, index: int, at_hand: set[int]) -> None:
        places = over.ranges[index]
        if places.shape[0] == self._lines[number].length and places.shape[1] <= MOST_AT_HAND:
            sources = [self._same_turn(number, column, at_hand) for column in places.T]
            if None not in sources:
                self._ranges[id(over), index] = tuple(s for s in sources if s is not None)
                return
        self._note(places)

    def _note(self, places: Ints) -> None:
        own = places[places < self._layout.cells]
        numbers = np.unique(self._layout.line[own])
        self.stored.update(numbers[numbers >= 0].tolist())

    def _line_of(self, place: int) -> int | None:
        return None if place >= self._layout.cells else int(self._layout.line[place])

    def _same_turn(self, number: int, places: Ints, at_hand: set[int]) -> int | None:
        source = self._line_of(int(places[0]))
        if source is None or source not in at_hand:
            return None
        return source if np.array_equal(places, self._made(number, source)) else None

    def _turn_before(self, number: int, places: Ints, loop: Loop) -> Carried | None:
        """What to carry for cells that a line of the loop made in the turn before; the first turn may read others."""
        begins = loop.bounds(self._lines)[loop.direction < 0]
        later = self._lines[number].first + np.arange(self._lines[number].length) != begins
        source = self._line_of(int(places[later][0])) if later.any() else None
        if source is None or source not in loop.lines or (places[later] >= self._layout.cells).any():
            return None
        expected = self._made(number, source) - loop.direction
        is_own = self._layout.line[places[later]] == source
        if not is_own.all() or not np.array_equal(places[later], expected[later]):
            return None
        if later.all():
            return Carried(source, None)
        initial = int(places[~later][0])
        return None if self._line_of(initial) in loop.lines else Carried(source, initial)

    def _made(self, number: int, source: int) -> Ints:
        """The places that a line makes in the turns of another."""
        begin = self._layout.first_place[source] + self._lines[number].first - self._lines[source].first
        return np.asarray(begin + np.arange(self._lines[number].length), np.int64)
