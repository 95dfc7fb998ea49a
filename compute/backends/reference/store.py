"""Where cell values live: a fixed sheet store shared by all blocks, and a block store of one row per varying cell.

A sheet with a modest used rectangle is held as dense arrays, so that a range is a slice; a sparse one as a dictionary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy

import numpy as np
import numpy.typing as npt

from compute.errors import CellError, ErrorCode, Scalar
from compute.formulas.ast import MAX_COLUMN, MAX_ROW
from compute.records import dataclass
from compute.values import Area, Array, Kind
from compute.values.array import describe

DENSE_CELLS = 4_000_000
Slots = npt.NDArray[np.int32]


class SheetStore:
    """The fixed values of one sheet, and which cells vary (their slot in the block store, else -1)."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns = max(rows, 1), max(columns, 1)
        self.dense = self.rows * self.columns <= DENSE_CELLS
        self._texts: npt.NDArray[np.object_] | None = None
        self._sparse: dict[tuple[int, int], tuple[int, float, str]] = {}
        self._sparse_slots: dict[tuple[int, int], int] = {}
        if self.dense:
            self._numbers = np.zeros((self.rows, self.columns))
            self._kinds = np.full((self.rows, self.columns), Kind.BLANK, np.uint8)
            self._slots = np.full((self.rows, self.columns), -1, np.int32)

    def put(self, row: int, column: int, value: Scalar) -> None:
        """Sets a fixed value; 1-based."""
        kind, number = describe(value)
        self._write(row, column, int(kind), number, value if isinstance(value, str) else "")

    def _write(self, row: int, column: int, kind: int, number: float, text: str) -> None:
        if not self.dense:
            self._sparse[row, column] = (kind, number, text)
            return
        if row > self.rows or column > self.columns:
            self._grow(row, column)
        self._numbers[row - 1, column - 1] = number
        self._kinds[row - 1, column - 1] = kind
        if kind == Kind.TEXT or self._texts is not None:
            if self._texts is None:
                self._texts = np.full((self.rows, self.columns), "", object)
            self._texts[row - 1, column - 1] = text

    def _grow(self, row: int, column: int) -> None:
        rows, columns = max(row, self.rows), max(column, self.columns)
        if rows * columns > DENSE_CELLS:
            self._become_sparse()
            return
        wide = ((0, rows - self.rows), (0, columns - self.columns))
        self._numbers = np.pad(self._numbers, wide)
        self._kinds = np.pad(self._kinds, wide, constant_values=int(Kind.BLANK))
        self._slots = np.pad(self._slots, wide, constant_values=-1)
        if self._texts is not None:
            texts = np.full((rows, columns), "", object)
            texts[: self.rows, : self.columns] = self._texts
            self._texts = texts
        self.rows, self.columns = rows, columns

    def _become_sparse(self) -> None:
        for r, c in zip(*np.nonzero(self._kinds != Kind.BLANK), strict=True):
            text = "" if self._texts is None else str(self._texts[r, c])
            self._sparse[int(r) + 1, int(c) + 1] = (int(self._kinds[r, c]), float(self._numbers[r, c]), text)
        for r, c in zip(*np.nonzero(self._slots >= 0), strict=True):
            self._sparse_slots[int(r) + 1, int(c) + 1] = int(self._slots[r, c])
        self.dense = False

    def put_array(self, row: int, column: int, array: Array) -> None:
        """Sets a rectangle of fixed values from its top left cell; the array has a single lane."""
        for r in range(array.rows):
            for c in range(array.columns):
                self.put(row + r, column + c, array.item(r, c))

    def set_slot(self, row: int, column: int, slot: int) -> None:
        """Declares that a cell varies between iterations."""
        if not self.dense:
            self._sparse_slots[row, column] = slot
            return
        if row > self.rows or column > self.columns:
            self._grow(row, column)
            self.set_slot(row, column, slot)
            return
        self._slots[row - 1, column - 1] = slot

    def set_slots(self, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], slots: Slots) -> None:
        """Declares that cells vary, each with its slot; of a cell named twice the last holds."""
        if self.dense and (rows.max() > self.rows or columns.max() > self.columns):
            self._grow(int(rows.max()), int(columns.max()))
        if self.dense:
            self._slots[rows - 1, columns - 1] = slots
        else:
            self._sparse_slots.update(
                zip(zip(rows.tolist(), columns.tolist(), strict=True), slots.tolist(), strict=True)
            )

    def with_slots(self, slots: Mapping[tuple[int, int], int]) -> SheetStore:
        """The same fixed values, with other cells that vary; neither store may get new fixed values meanwhile."""
        other = copy(self)
        if self.dense:
            other._slots = np.full((self.rows, self.columns), -1, np.int32)
            other._sparse = {}
        other._sparse_slots = {}
        for (row, column), slot in slots.items():
            other.set_slot(row, column, slot)
        return other

    def clip(self, area: Area) -> Area:
        """Whole columns and rows end at the last used cell; other areas stay as they are."""
        bottom = max(area.top, self.rows) if area.bottom == MAX_ROW else area.bottom
        right = max(area.left, self.columns) if area.right == MAX_COLUMN else area.right
        if bottom == area.bottom and right == area.right:
            return area
        return Area(area.sheet, area.top, area.left, min(bottom, area.bottom), min(right, area.right))

    def slots(self, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> Slots:
        """The slots of cells given by broadcasting 1-based index arrays; -1 where fixed."""
        rows, columns = np.broadcast_arrays(rows, columns)
        if not self.dense:
            pairs = zip(rows.ravel().tolist(), columns.ravel().tolist(), strict=True)
            return np.array([self._sparse_slots.get(p, -1) for p in pairs], np.int32).reshape(rows.shape)
        inside = (rows <= self.rows) & (columns <= self.columns)
        if inside.all():
            return np.asarray(self._slots[rows - 1, columns - 1])
        out = np.full(rows.shape, -1, np.int32)
        out[inside] = self._slots[rows[inside] - 1, columns[inside] - 1]
        return out

    def fixed(self, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> Array:
        """The fixed values of cells given by broadcasting 1-based index arrays, in the broadcast shape."""
        rows, columns = np.broadcast_arrays(rows, columns)
        if not self.dense:
            return self._fixed_sparse(rows, columns)
        inside = (rows <= self.rows) & (columns <= self.columns)
        if inside.all():
            where = (rows - 1, columns - 1)
            kinds = self._kinds[where]
            texts = None if self._texts is None or not (kinds == Kind.TEXT).any() else self._texts[where]
            return Array(self._numbers[where], kinds if kinds.any() else None, texts)
        numbers, kinds = np.zeros(rows.shape), np.full(rows.shape, Kind.BLANK, np.uint8)
        where = (rows[inside] - 1, columns[inside] - 1)
        numbers[inside], kinds[inside] = self._numbers[where], self._kinds[where]
        texts = None
        if self._texts is not None:
            texts = np.full(rows.shape, "", object)
            texts[inside] = self._texts[where]
        return Array(numbers, kinds, texts)

    def _fixed_sparse(self, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> Array:
        blank = (int(Kind.BLANK), 0.0, "")
        pairs = zip(rows.ravel().tolist(), columns.ravel().tolist(), strict=True)
        found = [self._sparse.get(p, blank) for p in pairs]
        kinds = np.array([f[0] for f in found], np.uint8).reshape(rows.shape)
        numbers = np.array([f[1] for f in found], np.float64).reshape(rows.shape)
        texts = np.empty(rows.shape, object)
        texts.ravel()[:] = [f[2] for f in found]
        return Array(numbers, kinds if kinds.any() else None, texts if (kinds == Kind.TEXT).any() else None)

    def items(self) -> Iterator[tuple[int, int, Scalar]]:
        """Every cell that is not blank: row, column, value."""
        if not self.dense:
            for (row, column), (kind, number, text) in self._sparse.items():
                if kind != Kind.BLANK:
                    yield row, column, plain_value(kind, number, text)
            return
        rows, columns = np.nonzero(self._kinds != Kind.BLANK)
        kinds, numbers = self._kinds[rows, columns].tolist(), self._numbers[rows, columns].tolist()
        texts = [""] * len(kinds) if self._texts is None else self._texts[rows, columns].tolist()
        for row, column, kind, number, text in zip(rows.tolist(), columns.tolist(), kinds, numbers, texts, strict=True):
            yield row + 1, column + 1, plain_value(kind, number, text)

    def is_blank(self, row: int, column: int) -> bool:
        """Whether a cell holds neither a value nor a formula's result."""
        at = (np.array([row]), np.array([column]))
        return bool(self.fixed(*at).kind_array()[0] == Kind.BLANK and self.slots(*at)[0] < 0)


def plain_value(kind: int, number: float, text: str) -> Scalar:
    """One cell's value as a plain Python value."""
    if kind == Kind.NUMBER:
        return number
    if kind == Kind.TEXT:
        return text
    if kind == Kind.BOOLEAN:
        return number != 0
    return CellError(ErrorCode(int(number)).text) if kind == Kind.ERROR else None


@dataclass(slots=True)
class BlockStore:
    """The values of the varying cells over one block of iterations: one row per slot. It may be used block after block.

    ``numeric`` tells the slots that hold numbers only, whose ``kinds`` are not kept.
    """

    numbers: npt.NDArray[np.float64]
    kinds: npt.NDArray[np.uint8]
    numeric: npt.NDArray[np.bool_]
    texts: dict[int, npt.NDArray[np.object_]]

    @classmethod
    def empty(cls, slots: int, lanes: int) -> BlockStore:
        """A store for that many varying cells and iterations, nothing computed yet."""
        return cls(
            np.zeros((slots, lanes)),
            np.zeros((slots, lanes), np.uint8),
            np.ones(slots, np.bool_),
            {},
        )

    @property
    def lanes(self) -> int:
        return int(self.numbers.shape[1])

    def write(self, slot: int, value: Array) -> None:
        """Sets one cell from a 1 × 1 array over the block's lanes (or one lane for all)."""
        self.numbers[slot] = value.numbers[0, 0]
        if value.kinds is None:
            self.numeric[slot] = True
        else:
            self.kinds[slot] = value.kinds[0, 0]
            self.numeric[slot] = False
            if value.texts is not None:
                self.texts[slot] = np.broadcast_to(value.texts[0, 0], (self.lanes,))

    def write_many(self, slots: Slots, value: Array) -> None:
        """Sets several cells from a 1 × 1 array whose lanes are cells × iterations (or one lane for all)."""
        count, lanes = len(slots), self.lanes
        spread = value.broadcast(1, 1, count * lanes)
        self.numbers[slots] = spread.numbers.reshape(count, lanes)
        if spread.kinds is not None:
            self.kinds[slots] = spread.kinds.reshape(count, lanes)
        self.numeric[slots] = spread.kinds is None
        if spread.texts is not None:
            rows = spread.texts.reshape(count, lanes)
            for i, slot in enumerate(slots.tolist()):
                self.texts[slot] = rows[i]

    def read(self, slot: int) -> Array:
        """One cell as a 1 × 1 array over the block's lanes, sharing its memory."""
        numbers = self.numbers[slot][None, None]
        if self.numeric[slot]:
            return Array(numbers)
        texts = self.texts.get(slot)
        return Array(numbers, self.kinds[slot][None, None], None if texts is None else texts[None, None])

    def gather(self, slots: Slots, fixed: Array | None) -> Array:
        """Cells of a rectangle (or of one cell for each of a batch) as an array of shape ``slots.shape + (lanes,)``.

        ``fixed`` gives the values where a slot is -1, in the shape of ``slots``; None when every cell varies.
        """
        if fixed is None:
            numbers = self.numbers[slots]
            kinds = None if self.numeric[slots].all() else self._kinds_of(slots)
            return Array(numbers, kinds, self._texts_of(slots, None))
        varies = slots >= 0
        shape = (*slots.shape, self.lanes)
        numbers = np.repeat(fixed.numbers[..., None], self.lanes, axis=-1)
        numbers[varies] = self.numbers[slots[varies]]
        kinds = None
        if fixed.kinds is not None or not self.numeric[slots[varies]].all():
            kinds = np.empty(shape, np.uint8)
            kinds[...] = fixed.kind_array()[..., None]
            kinds[varies] = self._kinds_of(slots[varies])
        return Array(numbers, kinds, self._texts_of(slots, fixed))

    def _kinds_of(self, slots: Slots) -> npt.NDArray[np.uint8]:
        """The kinds of cells; those of a purely numeric cell are not kept."""
        kinds = self.kinds[slots]
        kinds[self.numeric[slots]] = Kind.NUMBER
        return kinds

    def _texts_of(self, slots: Slots, fixed: Array | None) -> npt.NDArray[np.object_] | None:
        with_text = [s for s in set(slots.ravel().tolist()) & self.texts.keys() if not self.numeric[s]]
        if not with_text and (fixed is None or fixed.texts is None):
            return None
        texts = np.full((*slots.shape, self.lanes), "", object)
        if fixed is not None and fixed.texts is not None:
            texts[...] = fixed.texts[..., None]
        for slot in with_text:
            texts[slots == slot] = self.texts[slot]
        return texts


def build_sheets(
    extents: Iterable[tuple[int, int]], values: Iterable[Mapping[tuple[int, int], Scalar]]
) -> list[SheetStore]:
    """Stores of the given (last row, last column) filled with the sheets' constants."""
    stores: list[SheetStore] = []
    for (rows, columns), constants in zip(extents, values, strict=True):
        store = SheetStore(rows, columns)
        for (row, column), value in constants.items():
            store.put(row, column, value)
        stores.append(store)
    return stores
