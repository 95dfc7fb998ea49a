"""Arrays cut, joined and reshaped: TAKE, DROP, CHOOSEROWS, HSTACK, TOCOL, WRAPROWS, EXPAND and their kin; SEQUENCE.

Source: Microsoft's pages of each function.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from compute.errors import CellError, ErrorCode
from compute.functions.lookup_results import size_of, sub_reference
from compute.functions.signature import (
    CallContext,
    CellFailure,
    CellsDiffer,
    LanesDiffer,
    Operand,
    array,
    cells,
    function,
    logical,
    number,
)
from compute.values import (
    Array,
    Booleans,
    Codes,
    Kind,
    error,
    first_error,
    numeric,
    stack,
    to_booleans,
    to_numbers,
    with_errors,
)

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
MOST_ELEMENTS = 2**24
"""Sixteen whole columns: beyond this an array is too large, which Excel shows as #NUM! (its page for EXPAND)."""
Places = npt.NDArray[np.intp]


def fixed_number(context: CallContext, argument: Array | None, default: float) -> float:
    """A number that must be the same in every lane; ``default`` where it is left out or empty."""
    if argument is None:
        return default
    value = context.constant(argument)
    if isinstance(value, CellError):
        raise CellFailure(ErrorCode(int(argument.numbers.flat[0])))
    if value is None:
        return default
    numbers, codes = to_numbers(argument.take_lanes(np.zeros(1, np.intp)))
    if codes is not None:
        raise CellFailure(ErrorCode.VALUE)
    return float(numbers.flat[0])


def fixed_flag(context: CallContext, argument: Array) -> bool:
    """A truth that must be the same in every lane."""
    context.constant(argument)
    flags, codes = to_booleans(argument.take_lanes(np.zeros(1, np.intp)))
    if codes is not None:
        raise CellFailure(ErrorCode(int(codes.flat[0])))
    return bool(flags.flat[0])


def taken(table: Array, rows: Places | slice, columns: Places | slice) -> Array:
    """The rows and columns at 0-based places."""
    return Array(
        table.numbers[rows][:, columns],
        None if table.kinds is None else table.kinds[rows][:, columns],
        None if table.texts is None else table.texts[rows][:, columns],
    )


def same_mask(mask: Booleans | Codes) -> npt.NDArray[np.bool_]:
    """A mask of shape (elements, lanes) as (elements,); asks the evaluator to split the lanes where it differs."""
    if mask.shape[1] > 1 and bool((mask != mask[:, :1]).any()):
        raise LanesDiffer(np.unique(mask, axis=1, return_inverse=True)[1].reshape(-1))
    return np.asarray(mask[:, 0], np.bool_)


@function(
    "SEQUENCE",
    number("rows", optional=True),
    number("columns", optional=True),
    number("start", optional=True),
    number("step", optional=True),
)
def sequence(
    context: CallContext, rows: Array | None, columns: Array | None, start: Array | None, step: Array | None
) -> Array:
    """Numbers that rise by ``step``, row by row. #CALC! for no rows or columns, #VALUE! for fewer than none."""
    height = int(np.floor(fixed_number(context, rows, 1.0)))
    width = int(np.floor(fixed_number(context, columns, 1.0)))
    if min(height, width) < 0 or height > MOST_ROWS or width > MOST_COLUMNS:
        return error(ErrorCode.VALUE)
    if min(height, width) == 0:
        return error(ErrorCode.CALC)
    if height * width > MOST_ELEMENTS:
        return error(ErrorCode.NUM)
    (first, first_codes), (by, by_codes) = (_number_or_one(a) for a in (start, step))
    order = np.arange(height * width, dtype=np.float64).reshape(height, width, 1)
    return with_errors(numeric(first + order * by), first_error(first_codes, by_codes))


def _number_or_one(argument: Array | None) -> tuple[Any, Any]:
    if argument is None or argument.item() is None:
        return np.ones((1, 1, 1)), None
    return to_numbers(argument)


def _cut(count: float | None, size: int, keep: bool) -> slice:
    """The part of ``size`` elements that TAKE keeps or DROP leaves; #CALC! when nothing is left."""
    if count is None:
        return slice(0, size)
    whole = int(np.trunc(np.clip(count, -size, size)))
    if keep:
        start, stop = (0, whole) if whole >= 0 else (size + whole, size)
    else:
        start, stop = (whole, size) if whole >= 0 else (0, size + whole)
    if start >= stop:
        raise CellFailure(ErrorCode.CALC)
    return slice(start, stop)


def _take_or_drop(context: CallContext, table: Operand, rows: Array | None, columns: Array | None, keep: bool) -> Any:
    height, width = size_of(table)
    counts = [None if a is None or a.item() is None else fixed_number(context, a, 0.0) for a in (rows, columns)]
    row_part, column_part = _cut(counts[0], height, keep), _cut(counts[1], width, keep)
    return part_of(context, table, row_part, column_part)


def part_of(context: CallContext, table: Operand, rows: slice, columns: slice) -> Any:
    """Rows and columns of a table; a place gives a place, so that each cell is then computed by itself."""
    if table.reference is None or len(table.reference.areas) > 1:
        return table.array.part(rows, columns)
    if context.batched:
        raise CellsDiffer
    return sub_reference(table.reference, rows, columns)


@function("TAKE", array("array"), number("rows", optional=True), number("columns", optional=True))
def take(context: CallContext, table: Operand, rows: Array | None, columns: Array | None) -> Any:
    """The first rows and columns, the last ones for negative numbers; a reference gives a reference."""
    return _take_or_drop(context, table, rows, columns, keep=True)


@function("DROP", array("array"), number("rows", optional=True), number("columns", optional=True))
def drop(context: CallContext, table: Operand, rows: Array | None, columns: Array | None) -> Any:
    """All but the first rows and columns, or but the last ones for negative numbers; a reference gives a reference."""
    return _take_or_drop(context, table, rows, columns, keep=False)


def _chosen(context: CallContext, numbers: Sequence[Operand], size: int) -> Places:
    places: list[int] = []
    for operand in numbers:
        for element in operand.array.elements():
            place = int(fixed_number(context, element, 0.0))
            if place == 0 or abs(place) > size:
                raise CellFailure(ErrorCode.VALUE)
            places.append(place - 1 if place > 0 else size + place)
    return np.array(places, np.intp)


@function("CHOOSEROWS", array("array"), array("row_num", repeating=True))
def choose_rows(context: CallContext, table: Operand, *numbers: Operand) -> Array:
    """Rows by number, from the end for negative ones; #VALUE! for 0 or beyond the array."""
    return taken(table.array, _chosen(context, numbers, table.array.rows), slice(None))


@function("CHOOSECOLS", array("array"), array("col_num", repeating=True))
def choose_columns(context: CallContext, table: Operand, *numbers: Operand) -> Array:
    """Columns by number, from the end for negative ones; #VALUE! for 0 or beyond the array."""
    return taken(table.array, slice(None), _chosen(context, numbers, table.array.columns))


def padded(table: Array, rows: int, columns: int, filler: Array) -> Array:
    """The array at the top left of a larger one; the 1 × 1 ``filler`` in the rest."""
    if (rows, columns) == (table.rows, table.columns):
        return table
    grid = [[table]]
    if columns > table.columns:
        grid[0].append(filler.broadcast(table.rows, columns - table.columns, filler.lanes))
    if rows > table.rows:
        grid.append([filler.broadcast(rows - table.rows, columns, filler.lanes)])
    return stack(grid)


@function("HSTACK", array("array", repeating=True))
def stack_across(context: CallContext, *tables: Operand) -> Array:
    """Arrays side by side; shorter ones are #N/A below their end."""
    height = max(t.array.rows for t in tables)
    return stack([[padded(t.array, height, t.array.columns, error(ErrorCode.NA)) for t in tables]])


@function("VSTACK", array("array", repeating=True))
def stack_down(context: CallContext, *tables: Operand) -> Array:
    """Arrays below each other; narrower ones are #N/A beyond their end."""
    width = max(t.array.columns for t in tables)
    return stack([[padded(t.array, t.array.rows, width, error(ErrorCode.NA))] for t in tables])


def _in_line(context: CallContext, table: Operand, ignore: Array, by_column: Array) -> Array:
    """All elements below each other, without blanks (1), errors (2) or both (3)."""
    kind = fixed_number(context, ignore, 0.0)
    if int(kind) not in (0, 1, 2, 3):
        raise CellFailure(ErrorCode.VALUE)
    values = table.array.transpose() if fixed_flag(context, by_column) else table.array
    line = values.reshape(values.rows * values.columns, 1)
    if not kind or line.kinds is None:
        return line
    dropped = np.zeros(line.shape, np.bool_)
    if int(kind) & 1:
        dropped |= line.kinds == Kind.BLANK
    if int(kind) & 2:
        dropped |= line.kinds == Kind.ERROR
    kept = np.flatnonzero(~same_mask(dropped[:, 0]))
    if len(kept) == 0:
        raise CellFailure(ErrorCode.CALC)
    return taken(line, kept, slice(None))


@function("TOCOL", array("array"), number("ignore", 0.0), logical("scan_by_column", False))
def to_column(context: CallContext, table: Operand, ignore: Array, by_column: Array) -> Array:
    """All elements in one column, row by row or column by column."""
    return _in_line(context, table, ignore, by_column)


@function("TOROW", array("array"), number("ignore", 0.0), logical("scan_by_column", False))
def to_row(context: CallContext, table: Operand, ignore: Array, by_column: Array) -> Array:
    """All elements in one row, row by row or column by column."""
    return _in_line(context, table, ignore, by_column).transpose()


def _wrapped(context: CallContext, vector: Operand, count: Array, filler: Operand | None) -> Array:
    """A vector in rows of ``count``."""
    width = int(np.trunc(fixed_number(context, count, 0.0)))
    values = vector.array
    if min(values.rows, values.columns) > 1:
        raise CellFailure(ErrorCode.VALUE)
    if width < 1:
        raise CellFailure(ErrorCode.NUM)
    size = values.rows * values.columns
    width, height = min(width, size), -(-size // width)
    line = values.reshape(1, size)
    return padded(line, 1, height * width, _filler(filler)).reshape(height, width)


def _filler(given: Operand | None) -> Array:
    return error(ErrorCode.NA) if given is None or given.omitted else given.array.cell(0, 0)


@function("WRAPROWS", array("vector"), number("wrap_count"), cells("pad_with", optional=True))
def wrap_rows(context: CallContext, vector: Operand, count: Array, filler: Operand | None) -> Array:
    """A row or column broken into rows of ``wrap_count``."""
    return _wrapped(context, vector, count, filler)


@function("WRAPCOLS", array("vector"), number("wrap_count"), cells("pad_with", optional=True))
def wrap_columns(context: CallContext, vector: Operand, count: Array, filler: Operand | None) -> Array:
    """A row or column broken into columns of ``wrap_count``."""
    return _wrapped(context, vector, count, filler).transpose()


@function(
    "EXPAND",
    array("array"),
    number("rows", optional=True),
    number("columns", optional=True),
    cells("pad_with", optional=True),
)
def expand(
    context: CallContext, table: Operand, rows: Array | None, columns: Array | None, filler: Operand | None
) -> Array:
    """The array made larger; #VALUE! for a size smaller than its own."""
    height = int(np.trunc(fixed_number(context, rows, float(table.array.rows))))
    width = int(np.trunc(fixed_number(context, columns, float(table.array.columns))))
    if height < table.array.rows or width < table.array.columns:
        raise CellFailure(ErrorCode.VALUE)
    if height > MOST_ROWS or width > MOST_COLUMNS or height * width > MOST_ELEMENTS:
        raise CellFailure(ErrorCode.NUM)
    return padded(table.array, height, width, _filler(filler))
