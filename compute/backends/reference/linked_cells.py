"""Cells of other workbooks, by the values that this one stored of them."""

from __future__ import annotations

import numpy as np

from compute.backends.reference.frame import Frame
from compute.errors import ErrorCode
from compute.formulas.ast import MAX_COLUMN, MAX_ROW, CellReference, RangeReference
from compute.graph import rectangle
from compute.program import Program
from compute.values import Array, Kind, error, from_scalar


def linked_cells(program: Program, node: CellReference | RangeReference, frame: Frame) -> Array:
    """The values of a reference to another workbook, of its own size; #REF! where nothing is stored of the sheet.

    Cells of which nothing is stored are blank. A whole column or row goes as far as values are stored.
    """
    assert node.sheets is not None
    book = program.workbook.external.get(f"[{(node.sheets.workbook or '').strip('[]')}]", {})
    cells = next((c for n, c in book.items() if n.casefold() == node.sheets.first.casefold()), None)
    if cells is None:
        return error(ErrorCode.REF)
    top, left, bottom, right = rectangle(node, frame.row, frame.column)
    if bottom == MAX_ROW:
        bottom = max(top, max((r for r, _ in cells), default=top))
    if right == MAX_COLUMN:
        right = max(left, max((c for _, c in cells), default=left))
    shape = (bottom - top + 1, right - left + 1, 1)
    numbers, kinds = np.zeros(shape), np.full(shape, Kind.BLANK, np.uint8)
    texts: np.ndarray[tuple[int, ...], np.dtype[np.object_]] | None = None
    for (row, column), stored in cells.items():
        if not (top <= row <= bottom and left <= column <= right):
            continue
        place, value = (row - top, column - left, 0), from_scalar(stored)
        numbers[place], kinds[place] = value.numbers[0, 0, 0], value.kind_array()[0, 0, 0]
        if value.texts is not None:
            texts = np.full(shape, "", object) if texts is None else texts
            texts[place] = value.texts[0, 0, 0]
    return Array(numbers, kinds, texts)


def unread_size(node: CellReference | RangeReference, frame: Frame) -> Array:
    """Nothing but the size of a reference to another workbook, whole columns and rows included."""
    top, left, bottom, right = rectangle(node, frame.row, frame.column)
    return Array(np.broadcast_to(np.zeros((1, 1, 1)), (bottom - top + 1, right - left + 1, 1)), None, None)
