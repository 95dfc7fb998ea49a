"""Taking cells, rows and columns out of a table at places found lane by lane."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from compute.errors import ErrorCode
from compute.functions.lookup_search import Positions
from compute.functions.signature import CellFailure, LanesDiffer, Operand
from compute.values import Area, Array, Codes, Kind, Located, Reference, first_error, numeric, with_errors


def picked(table: Array, rows: Positions, columns: Positions) -> Array:
    """One element for each lane, 1 × 1; places must lie inside the table. A single lane stands for all."""
    lanes = max(table.lanes, rows.shape[0], columns.shape[0])
    where: tuple[npt.NDArray[np.intp] | int, ...]
    where = (rows, columns, 0) if table.lanes == 1 else (rows, columns, np.arange(lanes))
    return Array(
        np.asarray(table.numbers[where]).reshape(1, 1, -1),
        None if table.kinds is None else table.kinds[where].reshape(1, 1, -1),
        None if table.texts is None else table.texts[where].reshape(1, 1, -1),
    )


def picked_or_blank(table: Array, rows: Positions, columns: Positions) -> Array:
    """As ``picked``; beyond the table (a whole column read to its last used cell) elements are blank."""
    beyond = (rows >= table.rows) | (columns >= table.columns)
    if not beyond.any():
        return picked(table, rows, columns)
    return picked(_with_margin(table), np.minimum(rows, table.rows), np.minimum(columns, table.columns))


def _with_margin(table: Array) -> Array:
    """The table with a row and a column of blanks added."""
    wide = ((0, 1), (0, 1), (0, 0))
    texts = None
    if table.texts is not None:
        texts = np.pad(table.texts, wide, constant_values="")
    return Array(np.pad(table.numbers, wide), np.pad(table.kind_array(), wide, constant_values=int(Kind.BLANK)), texts)


def refuse_error(operand: Operand) -> None:
    """An error written where a table is wanted (a deleted reference) is the result."""
    if operand.reference is None and operand.array.is_single:
        codes = operand.array.errors()
        if codes is not None and same_everywhere(codes[0, 0].astype(np.intp)):
            raise CellFailure(ErrorCode(int(codes.flat[0])))


def size_of(operand: Operand) -> tuple[int, int]:
    """Rows and columns of a table as written: a whole column has all its rows."""
    if operand.reference is not None and len(operand.reference.areas) == 1:
        area = operand.reference.area
        return area.rows, area.columns
    return operand.array.rows, operand.array.columns


def positions_found(found: Positions, passed: Codes | None = None) -> Array:
    """Places as Excel counts them, from 1; #N/A where there is none."""
    missing = np.where(found < 0, np.uint8(ErrorCode.NA), np.uint8(0))
    codes = first_error(None if passed is None else passed.reshape(-1), missing)
    assert codes is not None
    return with_errors(numeric(found.astype(np.float64).reshape(1, 1, -1) + 1), codes.reshape(1, 1, -1))


def same_everywhere(places: npt.NDArray[np.intp]) -> bool:
    """Whether all lanes have the same place."""
    return bool((places == places[0]).all())


def demand_same(places: npt.NDArray[np.intp]) -> int:
    """The place common to all lanes; asks the evaluator to split the lanes where it differs."""
    if not same_everywhere(places):
        raise LanesDiffer(np.unique(places, return_inverse=True)[1].reshape(-1))
    return int(places[0])


def located(array: Array, *places: Positions) -> Array:
    """A 1 × 1 value over lanes that remembers where each lane took it."""
    code = np.zeros(1, np.int64)
    for place in places:
        code = code * 2**24 + place
    return Located(array.numbers, array.kinds, array.texts, np.broadcast_to(code, (array.lanes,)))


def sub_reference(reference: Reference, rows: slice, columns: slice) -> Reference:
    """A rectangle within a reference's first area, by 0-based slices with both ends given."""
    area = reference.area
    top, left = area.top + rows.start, area.left + columns.start
    return Reference((Area(area.sheet, top, left, area.top + rows.stop - 1, area.left + columns.stop - 1),))


def picked_line(table: Array, places: Positions, downwards: bool) -> Array:
    """One row (or column) for each lane; beyond the table (a whole column read to its last used cell) it is blank."""
    size = table.rows if downwards else table.columns
    if (places >= size).any():
        table, places = _with_margin(table), np.minimum(places, size)
        table = table.part(slice(None), slice(0, -1)) if downwards else table.part(slice(0, -1), slice(None))
    if not downwards:
        return picked_line(table.transpose(), places, downwards=True).transpose()
    if same_everywhere(places):
        return table.part(slice(int(places[0]), int(places[0]) + 1), slice(None))

    def taken(part: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if part.shape[2] == 1:
            return np.asarray(np.moveaxis(part[places, :, 0], 0, 1)[None])
        return np.asarray(np.moveaxis(part[places, :, np.arange(part.shape[2])], 0, 1)[None])

    return Array(
        taken(table.numbers),
        None if table.kinds is None else taken(table.kinds),
        None if table.texts is None else taken(table.texts),
    )
