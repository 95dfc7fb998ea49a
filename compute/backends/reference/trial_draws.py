"""The worksheet's own random numbers within what-if data tables, where RAND differs from cell to cell.

A row of a table (a column, where its values stand above; a cell, where it has two inputs) is a trial. In it a RAND has
a further stream, keyed by the draw's own, the table's first cell and the trial's row and column in the table: the same
for any block of iterations and any order of computation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from compute.backends.reference.draw_streams import FIRST, CallPlaces, further_stream
from compute.backends.reference.frame import Frame
from compute.dialects import Draw
from compute.formulas import cell_key
from compute.formulas.ast import MAX_COLUMN
from compute.program import Program
from compute.sampling import element_stream, stream_key
from compute.sampling.streams import to_unit, word_table
from compute.values import Area, Array, Floats, numeric

StreamOf = Callable[[int, int, int], int]
"""(formula among those of a frame, row, column) → the stream outside of any table."""


def trial_number(row: int, column: int) -> int:
    """A trial's number by its place in the table, from 0: the same in a table of any size."""
    return row * MAX_COLUMN + column


class TrialDraws:
    """Random numbers of the trials that are computed at the moment, for the iterations ``[start, stop)``."""

    def __init__(self, program: Program, seed: int | Callable[[], int], start: int, stop: int) -> None:
        """``seed`` may be asked for when it is needed: a designed run has none, and no table to need it."""
        self._seed, self._start, self._stop = seed, start, stop
        self._program, self._places = program, CallPlaces(program)
        self._streams = {(s.formula, id(s.draw)): s.stream for s in program.draws}
        self._tables: list[tuple[str, tuple[int, ...]]] = []

    @property
    def seed(self) -> int:
        """The seed of the run."""
        return self._seed() if callable(self._seed) else self._seed

    @seed.setter
    def seed(self, seed: int) -> None:
        self._seed = seed

    @property
    def is_open(self) -> bool:
        """Whether cells of a table are computed."""
        return bool(self._tables)

    @contextmanager
    def trials(self, table: Area, numbers: Sequence[int]) -> Iterator[None]:
        """While this is open, lanes are the iterations once for each trial; tables nest one trial at a time."""
        assert all(len(around) == 1 for _, around in self._tables)
        key = cell_key(self._program.sheets.names[table.sheet], table.top, table.left)
        self._tables.append((key, tuple(numbers)))
        try:
            yield
        finally:
            self._tables.pop()

    def value(self, draw: Draw, frame: Frame) -> Array:
        """What RAND gives over the frame's lanes."""
        path = self._places.path(frame)

        def stream(formula: int, row: int, column: int) -> int:
            own = self._streams[frame.formulas[formula].number, id(draw)]
            return further_stream(own, path, FIRST) if path else own

        return numeric(self._drawn(frame, 1, 1, stream))

    def further(self, frame: Frame, rows: int, columns: int, stream_of: StreamOf) -> Floats:
        """Numbers of shape (rows, columns, lanes) for functions that draw arrays."""
        return self._drawn(frame, rows, columns, stream_of)

    def _drawn(self, frame: Frame, rows: int, columns: int, stream_of: StreamOf) -> Floats:
        lanes = (self._stop - self._start) * len(self._tables[-1][1])
        out = np.empty((rows, columns, frame.cells * lanes))
        for formula in range(frame.cells):
            for row in range(rows):
                for column in range(columns):
                    streams = self._of_trials(stream_of(formula, row, column))
                    bits = word_table(self.seed, streams, self._start, self._stop)
                    out[row, column, formula * lanes : (formula + 1) * lanes] = to_unit(bits.reshape(-1))
        return out if frame.subset is None else out[..., frame.subset]

    def _of_trials(self, stream: int) -> list[int]:
        found = [stream]
        for table, numbers in self._tables:
            key = stream_key(f"{found[0]:016x}", f"TABLE {table}", 0)
            found = [element_stream(key, number) for number in numbers]
        return found
