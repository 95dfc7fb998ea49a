"""``Array``: the value of any expression, for all lanes at once.

A lane is one independent computation: an iteration of the simulation, or an iteration of one of several cells that
share a formula. Every expression has a rectangle of elements (1 × 1 for a single cell) and, as last axis, its lanes. An
array whose lane axis has length 1 is the same in every lane and broadcasts.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from compute.errors import CODES_BY_TEXT, CellError, ErrorCode, Scalar
from compute.records import dataclass

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint8]
Texts = npt.NDArray[np.object_]


class Kind(IntEnum):
    """What an element is. Errors keep their ErrorCode, booleans 0 or 1, in ``numbers``; blanks and texts keep 0."""

    NUMBER = 0
    BOOLEAN = 1
    TEXT = 2
    ERROR = 3
    BLANK = 4


@dataclass(frozen=True, slots=True, eq=False)
class Array:
    """Elements of shape (rows, columns, lanes).

    ``kinds`` is None when every element is a number; ``texts`` is None when no element is text, and holds ``""`` where
    an element is not text. The ndarrays are never written to after construction: they may be shared and read-only.
    """

    numbers: Floats
    kinds: Codes | None = None
    texts: Texts | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        rows, columns, lanes = self.numbers.shape
        return rows, columns, lanes

    @property
    def rows(self) -> int:
        return int(self.numbers.shape[0])

    @property
    def columns(self) -> int:
        return int(self.numbers.shape[1])

    @property
    def lanes(self) -> int:
        return int(self.numbers.shape[2])

    @property
    def is_single(self) -> bool:
        """One row and one column."""
        return bool(self.numbers.shape[0] == 1 and self.numbers.shape[1] == 1)

    @property
    def is_numeric(self) -> bool:
        """Every element is a number (no blanks, no booleans)."""
        return self.kinds is None

    def kind_array(self) -> Codes:
        """The kinds as an ndarray of the full shape."""
        return np.zeros(self.numbers.shape, np.uint8) if self.kinds is None else self.kinds

    def text_array(self) -> Texts:
        """The texts as an ndarray of the full shape, ``""`` where an element is not text."""
        if self.texts is not None:
            return self.texts
        out = np.empty(self.numbers.shape, object)
        out[...] = ""
        return out

    def is_kind(self, kind: Kind) -> Booleans:
        """Where an element is of that kind; shape as the array's."""
        if self.kinds is None:
            return np.full(self.numbers.shape, kind == Kind.NUMBER)
        return np.asarray(self.kinds == kind)

    def errors(self) -> Codes | None:
        """The error code of each element, 0 where there is none; None when there is no error at all."""
        if self.kinds is None:
            return None
        mask = self.kinds == Kind.ERROR
        return np.where(mask, self.numbers, 0).astype(np.uint8) if mask.any() else None

    def item(self, row: int = 0, column: int = 0, lane: int = 0) -> Scalar:
        """One element as a plain Python value; indices are 0-based, a single lane stands for all."""
        lane = 0 if self.lanes == 1 else lane
        kind = Kind.NUMBER if self.kinds is None else int(self.kinds[row, column, lane])
        number = float(self.numbers[row, column, lane])
        if kind == Kind.NUMBER:
            return number
        if kind == Kind.BOOLEAN:
            return number != 0
        if kind == Kind.TEXT:
            return "" if self.texts is None else str(self.texts[row, column, lane])
        return CellError(ErrorCode(int(number)).text) if kind == Kind.ERROR else None

    def part(self, rows: slice, columns: slice) -> Array:
        """A rectangle of the array, sharing its memory."""
        return Array(
            self.numbers[rows, columns],
            None if self.kinds is None else self.kinds[rows, columns],
            None if self.texts is None else self.texts[rows, columns],
        )

    def cell(self, row: int, column: int) -> Array:
        """The element at 0-based (row, column), as a 1 × 1 array over the same lanes."""
        return self.part(slice(row, row + 1), slice(column, column + 1))

    def take_lanes(self, indices: npt.NDArray[np.intp]) -> Array:
        """The same elements for some lanes only; an array with a single lane stays as it is."""
        if self.lanes == 1:
            return self
        return Array(
            self.numbers[..., indices],
            None if self.kinds is None else self.kinds[..., indices],
            None if self.texts is None else self.texts[..., indices],
        )

    def broadcast(self, rows: int, columns: int, lanes: int) -> Array:
        """The array seen in a larger shape (read-only view); axes must be 1 or equal."""
        shape = (rows, columns, lanes)
        if self.numbers.shape == shape:
            return self
        return Array(
            np.broadcast_to(self.numbers, shape),
            None if self.kinds is None else np.broadcast_to(self.kinds, shape),
            None if self.texts is None else np.broadcast_to(self.texts, shape),
        )

    def transpose(self) -> Array:
        """Rows and columns exchanged."""
        axes = (1, 0, 2)
        return Array(
            self.numbers.transpose(axes),
            None if self.kinds is None else self.kinds.transpose(axes),
            None if self.texts is None else self.texts.transpose(axes),
        )

    def reshape(self, rows: int, columns: int) -> Array:
        """The elements in row order in another rectangle of the same size."""
        shape = (rows, columns, self.lanes)
        return Array(
            self.numbers.reshape(shape),
            None if self.kinds is None else self.kinds.reshape(shape),
            None if self.texts is None else self.texts.reshape(shape),
        )

    def elements(self) -> list[Array]:
        """All elements in row order, each 1 × 1."""
        return [self.cell(r, c) for r in range(self.rows) for c in range(self.columns)]


def numeric(numbers: npt.ArrayLike) -> Array:
    """Numbers of shape (rows, columns, lanes); a plain number becomes 1 × 1 × 1. NaN and infinities become #NUM!."""
    values = np.asarray(numbers, np.float64)
    if values.ndim == 0:
        values = values.reshape(1, 1, 1)
    finite = np.isfinite(values)
    if finite.all():
        return Array(values)
    kinds = np.where(finite, np.uint8(Kind.NUMBER), np.uint8(Kind.ERROR))
    return Array(np.where(finite, values, float(ErrorCode.NUM)), kinds)


def boolean(values: npt.ArrayLike) -> Array:
    """Booleans of shape (rows, columns, lanes); a plain bool becomes 1 × 1 × 1."""
    flags = np.asarray(values, np.bool_)
    if flags.ndim == 0:
        flags = flags.reshape(1, 1, 1)
    return Array(flags.astype(np.float64), np.full(flags.shape, Kind.BOOLEAN, np.uint8))


def text(values: str | Texts) -> Array:
    """Texts as an object ndarray of shape (rows, columns, lanes), or one text as 1 × 1 × 1."""
    if isinstance(values, str):
        texts = np.empty((1, 1, 1), object)
        texts[0, 0, 0] = values
    else:
        texts = values
    return Array(np.zeros(texts.shape), np.full(texts.shape, Kind.TEXT, np.uint8), texts)


def error(code: ErrorCode) -> Array:
    """One error, 1 × 1 × 1."""
    return Array(np.full((1, 1, 1), float(code)), np.full((1, 1, 1), Kind.ERROR, np.uint8))


def blank() -> Array:
    """One blank, 1 × 1 × 1."""
    return Array(np.zeros((1, 1, 1)), np.full((1, 1, 1), Kind.BLANK, np.uint8))


def from_scalar(value: Scalar) -> Array:
    """A plain Python value as 1 × 1 × 1."""
    return from_rows(((value,),))


def from_rows(rows: Sequence[Sequence[Scalar | ErrorCode]]) -> Array:
    """Plain Python values, row by row, with a single lane; all rows must have the same length."""
    shape = (len(rows), len(rows[0]) if rows else 0, 1)
    numbers, kinds, texts = np.zeros(shape), np.zeros(shape, np.uint8), None
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            kind, number = describe(value)
            numbers[r, c, 0], kinds[r, c, 0] = number, kind
            if kind == Kind.TEXT:
                if texts is None:
                    texts = np.empty(shape, object)
                    texts[...] = ""
                texts[r, c, 0] = value
    return Array(numbers, kinds if kinds.any() else None, texts)


def describe(value: Scalar | ErrorCode) -> tuple[Kind, float]:
    """The kind of a plain value and the number that stands for it."""
    if value is None:
        return Kind.BLANK, 0.0
    if isinstance(value, (bool, np.bool_)):
        return Kind.BOOLEAN, float(value)
    if isinstance(value, ErrorCode):
        return Kind.ERROR, float(value)
    if isinstance(value, str):
        return Kind.TEXT, 0.0
    if isinstance(value, CellError):
        return Kind.ERROR, float(CODES_BY_TEXT.get(value.code, ErrorCode.VALUE))
    number = float(value)
    return (Kind.NUMBER, number) if np.isfinite(number) else (Kind.ERROR, float(ErrorCode.NUM))


def with_errors(array: Array, codes: Codes | None) -> Array:
    """The array with errors put where ``codes`` (broadcastable) is not 0; other elements stay."""
    if codes is None or not codes.any():
        return array
    shape = np.broadcast_shapes(array.numbers.shape, codes.shape)
    mask = np.broadcast_to(codes != 0, shape)
    numbers = np.where(mask, codes, array.numbers)
    kinds = np.where(mask, np.uint8(Kind.ERROR), array.kind_array())
    texts = None if array.texts is None else np.where(mask, "", array.texts)
    return Array(numbers, kinds, texts)


def select(condition: Booleans, yes: Array, no: Array) -> Array:
    """Elementwise choice; all three broadcast against each other."""
    numbers = np.where(condition, yes.numbers, no.numbers)
    kinds = None
    if yes.kinds is not None or no.kinds is not None:
        kinds = np.where(condition, yes.kind_array(), no.kind_array())
        kinds = kinds if kinds.any() else None
    texts = None
    if yes.texts is not None or no.texts is not None:
        texts = np.where(condition, yes.text_array(), no.text_array())
    return Array(numbers, kinds, texts)


def stack(grid: Sequence[Sequence[Array]]) -> Array:
    """A block matrix of arrays: each row's blocks side by side, rows below each other; lanes broadcast."""
    lanes = max(block.lanes for row in grid for block in row)
    blocks = [[b.broadcast(b.rows, b.columns, lanes) for b in row] for row in grid]
    flat = [b for row in blocks for b in row]
    numbers = np.concatenate([np.concatenate([b.numbers for b in row], axis=1) for row in blocks], axis=0)
    kinds = texts = None
    if any(b.kinds is not None for b in flat):
        kinds = np.concatenate([np.concatenate([b.kind_array() for b in row], axis=1) for row in blocks], axis=0)
    if any(b.texts is not None for b in flat):
        texts = np.concatenate([np.concatenate([b.text_array() for b in row], axis=1) for row in blocks], axis=0)
    return Array(numbers, kinds, texts)
