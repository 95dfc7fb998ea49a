"""INDEX: a cell, row, column or area by its place."""

from __future__ import annotations

from typing import Any

import numpy as np

from compute.errors import ErrorCode
from compute.functions.dynamic_arrays import fixed_number
from compute.functions.lookup_results import (
    demand_same,
    located,
    picked_or_blank,
    refuse_error,
    same_everywhere,
    size_of,
    sub_reference,
)
from compute.functions.lookup_search import Positions
from compute.functions.signature import CallContext, CellFailure, CellsDiffer, Operand, array, function, number
from compute.values import Array, Codes, Reference, error, first_error, to_numbers, with_errors


@function(
    "INDEX",
    array("array"),
    number("row_num", optional=True),
    number("column_num", optional=True),
    number("area_num", 1.0),
)
def index(context: CallContext, table: Operand, row: Array | None, column: Array | None, area: Array) -> Any:
    """The cell at a row and column of a table, a whole row or column where the other is 0 or left out.

    A reference gives a reference. In a single row or column one number counts along it; in a reference of several
    rows and columns one number is #REF!. #REF! outside the table, #VALUE! below 0. Source: Microsoft, INDEX function.
    """
    refuse_error(table)
    table = _area_of(context, table, area)
    height, width = size_of(table)
    rows, row_codes = _place(row)
    columns, column_codes = _place(column)
    if column is None and height == 1 and width > 1:
        rows, columns = np.zeros(1, np.intp) + 1, rows
    elif column is None and table.reference is not None and min(height, width) > 1:
        height = width = -1
    codes = first_error(row_codes, column_codes, _outside(rows, columns, height, width))
    if codes is not None and (codes != 0).all() and same_everywhere(codes.astype(np.intp)):
        return error(ErrorCode(int(codes[0])))
    rows = np.clip(rows, 0, height)
    columns = np.clip(columns, 0, width)
    whole_rows = demand_same((rows == 0).astype(np.intp)) and height > 1
    whole_columns = demand_same((columns == 0).astype(np.intp)) and width > 1
    if whole_rows or whole_columns:
        return _part(context, table, demand_same(rows), demand_same(columns), codes)
    rows, columns = np.maximum(rows, 1) - 1, np.maximum(columns, 1) - 1
    single = codes is None and same_everywhere(rows) and same_everywhere(columns)
    if table.reference is not None and single and not context.batched:
        r, c = int(rows[0]), int(columns[0])
        return sub_reference(table.reference, slice(r, r + 1), slice(c, c + 1))
    value = with_errors(picked_or_blank(table.array, rows, columns), codes)
    if table.reference is None or context.batched:
        return value
    return located(value, *(() if codes is None else (codes.astype(np.intp),)), rows, columns)


def _area_of(context: CallContext, table: Operand, area: Array) -> Operand:
    number_of_area = int(fixed_number(context, area, 0.0))
    areas = 1 if table.reference is None else len(table.reference.areas)
    if number_of_area < 1:
        raise CellFailure(ErrorCode.VALUE)
    if number_of_area > areas:
        raise CellFailure(ErrorCode.REF)
    if areas == 1 or table.reference is None:
        return table
    chosen = Reference((table.reference.areas[number_of_area - 1],))
    return Operand(context.dereference(chosen), chosen)


def _place(argument: Array | None) -> tuple[Positions, Codes | None]:
    if argument is None:
        return np.zeros(1, np.intp), None
    numbers, codes = to_numbers(argument)
    places = np.clip(np.trunc(numbers[0, 0]), -1, 2**24 - 1).astype(np.intp)
    return places, None if codes is None else codes[0, 0]


def _outside(rows: Positions, columns: Positions, height: int, width: int) -> Codes | None:
    below, beyond = (rows < 0) | (columns < 0), (rows > height) | (columns > width)
    if not (below | beyond).any():
        return None
    codes = np.where(beyond, np.uint8(ErrorCode.REF), np.uint8(0))
    return np.where(below, np.uint8(ErrorCode.VALUE), codes).astype(np.uint8)


def _part(context: CallContext, table: Operand, row: int, column: int, codes: Codes | None) -> Any:
    height, width = size_of(table)
    rows = slice(0, height) if row == 0 else slice(row - 1, row)
    columns = slice(0, width) if column == 0 else slice(column - 1, column)
    if table.reference is not None:
        if context.batched:
            raise CellsDiffer
        if codes is not None:
            demand_same(codes.astype(np.intp))
        return sub_reference(table.reference, rows, columns)
    return with_errors(table.array.part(rows, columns), codes)
