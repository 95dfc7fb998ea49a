"""The workspace of a kernel: one place for every cell that varies, and for constants that lie among them in ranges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from compute.backends.native.errors import NotNative
from compute.backends.native.failures import encoded
from compute.backends.native.lines import Line
from compute.backends.reference import Machine
from compute.values import Array, Floats, Kind

Ints = npt.NDArray[np.int64]
MOST_CONSTANTS = 200_000


class Layout:
    """Places by slot of the reference's store: the cells of a line one after the other, then other cells, then
    constants.

    ``line`` and ``turn`` give, for each place, the line it belongs to (-1 for none) and which of its cells it is.
    """

    def __init__(self, machine: Machine, lines: Sequence[Line]) -> None:
        self._machine = machine
        first_slots = machine.first_slots
        total = machine.slot_count
        self.place_of_slot: Ints = np.full(total, -1, np.int64)
        self.first_place: list[int] = []
        self.line: Ints = np.full(total, -1, np.int64)
        self.turn: Ints = np.zeros(total, np.int64)
        count = 0
        for line in lines:
            own = first_slots[[f.number for f in line.formulas]]
            self.place_of_slot[own] = np.arange(count, count + len(own))
            self.line[count : count + len(own)] = line.number
            self.turn[count : count + len(own)] = np.arange(len(own))
            self.first_place.append(count)
            count += len(own)
        others = np.flatnonzero(self.place_of_slot < 0)
        self.place_of_slot[others] = np.arange(count, total)
        self.slot_of_place: Ints = np.argsort(self.place_of_slot)
        self.cells = total
        self._constants: dict[bytes, int] = {}

    @property
    def size(self) -> int:
        """How many places the workspace has."""
        return self.cells + len(self._constants)

    @property
    def constants(self) -> Floats:
        """The values of the places after those of cells."""
        return np.frombuffer(b"".join(self._constants), np.float64)

    def constant(self, value: float) -> int:
        """The place of a constant; raises NotNative where there are too many of them."""
        if len(self._constants) >= MOST_CONSTANTS:
            raise NotNative("ranges hold more constants than a kernel takes")
        return self._constants.setdefault(np.float64(value).tobytes(), self.cells + len(self._constants))

    def constant_place(self, value: float) -> int | None:
        """The place of a constant that is there already."""
        return self._constants.get(np.float64(value).tobytes())

    def varying(self, sheet: int, rows: Ints, columns: Ints) -> Ints:
        """The places of cells given by broadcasting 1-based index arrays; -1 where a cell is fixed."""
        slots = self._machine.sheets[sheet].slots(rows, columns)
        if self.cells == 0:
            return np.full(slots.shape, -1, np.int64)
        return np.where(slots >= 0, self.place_of_slot[np.maximum(slots, 0)], -1)

    def fixed(self, sheet: int, rows: Ints, columns: Ints) -> Array:
        """The fixed values of cells, in the broadcast shape."""
        return self._machine.sheets[sheet].fixed(rows, columns)

    def lines_at(self, places: Ints) -> list[int]:
        """The lines to which any of the places belong, ascending, -1 first for cells of none.

        Constants belong to none and are left out, as are places of -1, which stand for fixed cells.
        """
        counts = np.bincount(self.line[places[(places >= 0) & (places < self.cells)]] + 1)
        return [n - 1 for n in np.flatnonzero(counts).tolist()]

    def settled(self, sheet: int, rows: Ints, columns: Ints, skipped: float | None) -> Ints:
        """Places of all the cells, constants included.

        Blank, text and boolean constants stand as ``skipped``; without it a blank is 0 and the others raise NotNative.
        An error is the NaN that holds its code.
        """
        places = self.varying(sheet, rows, columns)
        missing = places < 0
        if not missing.any():
            return places
        values = self.fixed(sheet, rows, columns)
        kinds, numbers = values.kind_array(), values.numbers
        failed = kinds == Kind.ERROR
        odd = missing & (kinds != Kind.NUMBER) & ~failed
        if skipped is None and (odd & (kinds != Kind.BLANK)).any():
            raise NotNative("it reads a text or a truth value among numbers")
        numbers = encoded(np.where(odd, 0.0 if skipped is None else skipped, numbers), failed)
        # By their bits: errors of different codes are all NaN.
        distinct, where = np.unique(numbers[missing].view(np.uint64), return_inverse=True)
        found = np.array([self.constant(v) for v in distinct.view(np.float64).tolist()], np.int64)
        places = places.copy()
        places[missing] = found[where]
        return places
