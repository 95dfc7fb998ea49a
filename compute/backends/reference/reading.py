"""Reading cells and ranges for a frame, from the fixed stores and the block store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from compute.backends.reference.frame import Frame, Indices
from compute.backends.reference.store import BlockStore, SheetStore
from compute.formulas.ast import MAX_COLUMN, MAX_ROW, CellReference, Coordinate, RangeReference
from compute.graph import CellId, ProducerIndex, rectangle
from compute.program import Program
from compute.values import Area, Array, Reference, stack

CACHE_BYTES = 64 * 2**20


class Unready(Exception):  # noqa: N818  a request to whoever orders the formulas
    """A place is read whose formulas (``numbers``) are not computed yet."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        super().__init__(f"{len(numbers)} formulas come first")
        self.numbers = numbers


class Reader:
    """Values of places. Reading a ``pending`` formula raises Unready; while ``in_ring`` nothing read is kept.

    ``reads``, where it is not None, collects the formulas whose cells are read.
    """

    def __init__(
        self,
        program: Program,
        sheets: list[SheetStore],
        fixed_areas: dict[Area, Array] | None = None,
        cell_slots: Mapping[CellId, int] | None = None,
    ) -> None:
        self._program, self._sheets = program, sheets
        self._index: ProducerIndex = program.producer_index
        # Where every formula comes after what it reads, a value once read never changes.
        self._cacheable = not program.has_dynamic
        self._cell_slots: Mapping[CellId, int] = {} if cell_slots is None else cell_slots
        self.block: BlockStore | None = None
        self.pending: set[int] = set()
        self.in_ring = False
        self.reads: set[int] | None = None
        self._fixed_areas: dict[Area, Array] = {} if fixed_areas is None else fixed_areas
        self._areas: dict[Area, Array] = {}
        self._area_bytes = 0

    def begin(self, block: BlockStore | None) -> None:
        """Starts a block of iterations: nothing that varies is known."""
        self.block = block
        self._areas.clear()
        self._area_bytes = 0

    @contextmanager
    def all_ready(self, numbers: Iterable[int]) -> Iterator[None]:
        """For formulas whose references are all written in them, computed in the order of the levels: what they read is
        ready. They are afterwards.
        """
        pending, self.pending = self.pending, set()
        yield
        pending.difference_update(numbers)
        self.pending = pending

    def used(self, area: Area) -> Area:
        """The area, a whole column or row as far as its sheet is used."""
        return self._sheets[area.sheet].clip(area)

    def area(self, area: Area) -> Array:
        """A rectangle's values over the block's lanes, or one lane when none of them varies."""
        area = self.used(area)
        if self.pending:
            self._settle(area)
        if self.reads is not None:
            self.reads.update(self._index.inside(area))
        known = None if self.in_ring else self._fixed_areas.get(area) or self._areas.get(area)
        if known is not None:
            return known
        store = self._sheets[area.sheet]
        rows = np.arange(area.top, area.bottom + 1)[:, None]
        columns = np.arange(area.left, area.right + 1)[None, :]
        slots = store.slots(rows, columns)
        varies = slots >= 0
        if self.block is None or not varies.any():
            fixed = store.fixed(rows, columns)
            value = Array(
                fixed.numbers[..., None],
                None if fixed.kinds is None else fixed.kinds[..., None],
                None if fixed.texts is None else fixed.texts[..., None],
            )
            if self._cacheable and not self.in_ring and not varies.any():
                self._fixed_areas[area] = value
            return value
        value = self.block.gather(slots, None if varies.all() else store.fixed(rows, columns))
        self._remember(area, value)
        return value

    def _remember(self, area: Area, value: Array) -> None:
        if value.is_single or self.pending or self.in_ring:
            return
        self._area_bytes += value.numbers.nbytes
        if self._area_bytes > CACHE_BYTES:
            self._areas.clear()
            self._area_bytes = value.numbers.nbytes
        self._areas[area] = value

    def _settle(self, area: Area) -> None:
        numbers = tuple(n for n in self._index.inside(area) if n in self.pending)
        if numbers:
            raise Unready(numbers)

    def varies(self, cell: CellId) -> bool:
        """Whether a cell's value lies in the block's store."""
        return self.block is not None and cell in self._cell_slots

    def reference(self, reference: Reference) -> Array:
        """A reference's values: one area as it is; several below each other, each flattened to a column."""
        if len(reference.areas) == 1:
            return self.area(reference.areas[0])
        parts = [self.area(a) for a in reference.areas]
        return stack([[p.reshape(p.rows * p.columns, 1)] for p in parts])

    def cell(self, node: CellReference, sheet: int, frame: Frame) -> Array:
        """One cell for each cell of the frame: its lanes are the frame's, or one when the value is the same for all."""
        if frame.cells == 1 or (node.row.absolute and node.column.absolute):
            top, left, _, _ = rectangle(node, frame.row, frame.column)
            return self._spread(self._single(sheet, top, left), frame)
        rows = _resolved(node.row, frame.rows, MAX_ROW)
        columns = _resolved(node.column, frame.columns, MAX_COLUMN)
        return self._gathered(sheet, rows, columns, frame, (1, 1))

    def _single(self, sheet: int, row: int, column: int) -> Array:
        if self.block is not None and not self.pending and self.reads is None:
            slot = self._cell_slots.get((sheet, row, column))
            if slot is not None:
                return self.block.read(slot)
        return self.area(Area(sheet, row, column, row, column))

    def range(self, node: RangeReference, sheet: int, frame: Frame) -> Array:
        """A range for each cell of the frame, all of one size."""
        top, left, bottom, right = rectangle(node, frame.row, frame.column)
        fixed_place = node.top.absolute and node.left.absolute
        if frame.cells == 1 or fixed_place:
            return self._spread(self.area(Area(sheet, top, left, bottom, right)), frame)
        if (top, bottom) == (1, MAX_ROW) or (left, right) == (1, MAX_COLUMN):
            shown = self._sheets[sheet].clip(Area(sheet, top, left, bottom, right))
            bottom, right = shown.bottom, shown.right
        height, width = bottom - top + 1, right - left + 1
        tops = np.minimum(_resolved(node.top, frame.rows, MAX_ROW), _resolved(node.bottom, frame.rows, MAX_ROW))
        lefts = np.minimum(
            _resolved(node.left, frame.columns, MAX_COLUMN), _resolved(node.right, frame.columns, MAX_COLUMN)
        )
        rows = tops[:, None, None] + np.arange(height)[None, :, None]
        columns = lefts[:, None, None] + np.arange(width)[None, None, :]
        return self._gathered(sheet, rows, columns, frame, (height, width))

    def _spread(self, value: Array, frame: Frame) -> Array:
        """A value over the block's lanes repeated for every cell of the frame."""
        if value.lanes == 1:
            return value
        if frame.cells > 1:
            times = (1, 1, frame.cells)
            value = Array(
                np.tile(value.numbers, times),
                None if value.kinds is None else np.tile(value.kinds, times),
                None if value.texts is None else np.tile(value.texts, times),
            )
        return frame.pick(value)

    def _gathered(self, sheet: int, rows: Indices, columns: Indices, frame: Frame, shape: tuple[int, int]) -> Array:
        """Cells given for each cell of the frame along the first axis, brought to (rows, columns, cells × lanes)."""
        store = self._sheets[sheet]
        if self.pending:
            self._settle_many(sheet, rows, columns)
        slots = store.slots(rows, columns)
        varies = slots >= 0
        if self.block is None or not varies.any():
            value = store.fixed(rows, columns)
            value = Array(
                value.numbers[..., None],
                None if value.kinds is None else value.kinds[..., None],
                None if value.texts is None else value.texts[..., None],
            )
            if frame.block_lanes > 1:
                value = _repeated(value, frame.block_lanes)
        else:
            value = self.block.gather(slots, None if varies.all() else store.fixed(rows, columns))
        return frame.pick(_lanes_last(value, shape, frame.cells))

    def _settle_many(self, sheet: int, rows: Indices, columns: Indices) -> None:
        for row, column in zip(*(a.ravel().tolist() for a in np.broadcast_arrays(rows, columns)), strict=True):
            self._settle(Area(sheet, row, column, row, column))


def _resolved(coordinate: Coordinate, origins: Indices, limit: int) -> Indices:
    if coordinate.absolute:
        return np.full(origins.shape, coordinate.value, np.intp)
    return np.asarray((origins + coordinate.value - 1) % limit + 1, np.intp)


def _repeated(value: Array, lanes: int) -> Array:
    return Array(
        np.repeat(value.numbers, lanes, axis=-1),
        None if value.kinds is None else np.repeat(value.kinds, lanes, axis=-1),
        None if value.texts is None else np.repeat(value.texts, lanes, axis=-1),
    )


def _lanes_last(value: Array, shape: tuple[int, int], cells: int) -> Array:
    """(cells, rows, columns, lanes) or (cells, lanes) made into (rows, columns, cells × lanes)."""

    def moved(part: npt.NDArray[Any]) -> npt.NDArray[Any]:
        lanes = part.shape[-1]
        full = part.reshape(cells, *shape, lanes)
        return np.ascontiguousarray(np.moveaxis(full, 0, 2)).reshape(*shape, cells * lanes)

    return Array(
        moved(value.numbers),
        None if value.kinds is None else moved(value.kinds),
        None if value.texts is None else moved(value.texts),
    )
