"""Places: ROW, COLUMN, ROWS, COLUMNS, AREAS, OFFSET, INDIRECT, ADDRESS, FORMULATEXT, HYPERLINK, TRANSPOSE."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from compute.errors import CellError, ErrorCode, Scalar
from compute.functions.lookup_results import located, same_everywhere, size_of
from compute.functions.lookup_search import Positions
from compute.functions.signature import (
    CallContext,
    CellFailure,
    LanesDiffer,
    Operand,
    any_value,
    array,
    elementwise,
    function,
    logical,
    number,
    reference,
    text,
)
from compute.values import (
    Area,
    Array,
    Reference,
    error,
    from_scalar,
    general_text,
    numeric,
    select,
    to_booleans,
    to_numbers,
)
from compute.values import text as as_text

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_PLAIN_SHEET = re.compile(r"[^\W\d][\w.]*")


def _numbers_of(first: int, count: int, across: bool) -> Array:
    values = np.arange(first, first + count, dtype=np.float64)
    return numeric(values[None, :, None] if across else values[:, None, None])


@function("ROW", reference("reference", optional=True))
def row(context: CallContext, place: Reference | None) -> Array:
    """The row number of a reference, all of them down a column for several rows; the formula's own without one."""
    if place is None:
        return numeric(float(context.row))
    return _numbers_of(place.area.top, place.area.rows, across=False)


@function("COLUMN", reference("reference", optional=True))
def column(context: CallContext, place: Reference | None) -> Array:
    """The column number of a reference, all of them along a row for several columns; the formula's own without one."""
    if place is None:
        return numeric(float(context.column))
    return _numbers_of(place.area.left, place.area.columns, across=True)


@function("ROWS", array("array"))
def rows(context: CallContext, table: Operand) -> Array:
    """How many rows a reference or array has."""
    return _size(table, 0)


@function("COLUMNS", array("array"))
def columns(context: CallContext, table: Operand) -> Array:
    """How many columns a reference or array has."""
    return _size(table, 1)


def _size(table: Operand, axis: int) -> Array:
    if table.reference is not None:
        # Its cells are not looked at: some may hang on this very formula.
        single = len(table.reference.areas) == 1
        return numeric(float(size_of(table)[axis])) if single else error(ErrorCode.REF)
    if table.array.is_single and table.array.errors() is not None:
        return table.array
    return numeric(float(size_of(table)[axis]))


@function("AREAS", reference("reference"))
def areas(context: CallContext, place: Reference) -> Array:
    """How many areas a reference has."""
    return numeric(float(len(place.areas)))


@function("TRANSPOSE", array("array"))
def transpose(context: CallContext, table: Operand) -> Array:
    """Rows as columns."""
    return table.array.transpose()


def _whole_number(argument: Array | int, rounds_up: bool) -> Positions:
    """Numbers without their fractions; a size between 0 and 1 is 1."""
    if isinstance(argument, int):
        return np.full(1, argument, np.intp)
    numbers, codes = to_numbers(argument)
    if codes is not None:
        raise CellFailure(ErrorCode(int(codes[codes != 0].flat[0])))
    whole = np.trunc(numbers[0, 0])
    if rounds_up:
        whole = np.where((numbers[0, 0] > 0) & (whole == 0), 1.0, whole)
    return np.asarray(np.clip(whole, -(2.0**22), 2.0**22), np.intp)


@function(
    "OFFSET",
    reference("reference"),
    number("rows"),
    number("cols"),
    number("height", optional=True),
    number("width", optional=True),
    volatile=True,
)
def offset(
    context: CallContext, place: Reference, down: Array, right: Array, height: Array | None, width: Array | None
) -> Any:
    """The reference moved by rows and columns and made ``height`` × ``width`` (its own size where left out or empty).

    A negative size reaches up or left. #REF! off the sheet or for a size of 0. Source: Microsoft, OFFSET function.
    """
    if len(place.areas) > 1:
        return error(ErrorCode.VALUE)
    area = place.area
    arguments = (down, right, _size_given(height, area.rows), _size_given(width, area.columns))
    failed = [a for a in arguments if isinstance(a, Array) and to_numbers(a)[1] is not None]
    for argument in failed:
        context.settled(argument)
    moved = [_whole_number(a, rounds_up=i >= 2) for i, a in enumerate(arguments)]
    if all(same_everywhere(m) for m in moved):
        found = _moved(area, *(int(m[0]) for m in moved))
        return error(ErrorCode.REF) if found is None else Reference((found,))
    lanes = np.broadcast_shapes(*(m.shape for m in moved))
    spread = np.stack([np.broadcast_to(m, lanes) for m in moved])
    distinct, labels = np.unique(spread, axis=1, return_inverse=True)
    return _lane_by_lane(context, area, distinct, labels.reshape(-1))


def _size_given(argument: Array | None, own: int) -> Array | int:
    return own if argument is None or argument.item() is None else argument


def _moved(area: Area, down: int, right: int, height: int, width: int) -> Area | None:
    top, left = area.top + down, area.left + right
    if height == 0 or width == 0:
        return None
    if height < 0:
        top, height = top + height + 1, -height
    if width < 0:
        left, width = left + width + 1, -width
    bottom, last = top + height - 1, left + width - 1
    if top < 1 or left < 1 or bottom > MAX_ROW or last > MAX_COLUMN:
        return None
    return Area(area.sheet, top, left, bottom, last)


def _lane_by_lane(context: CallContext, area: Area, moves: np.ndarray[Any, Any], labels: Positions) -> Array:
    """Single cells at places that differ between lanes; larger areas are left to the evaluator, group by group."""

    places = [_moved(area, *(int(m) for m in moves[:, i])) for i in range(moves.shape[1])]
    if any(p is not None and not p.is_single for p in places):
        raise LanesDiffer(labels)
    value = error(ErrorCode.REF)
    if all(p is None for p in places):
        return value
    for label, place in enumerate(places):
        if place is not None:
            value = select((labels == label)[None, None, :], context.dereference(Reference((place,))), value)
    return located(value, labels)


@function("INDIRECT", text("ref_text"), logical("a1", True), volatile=True)
def indirect(context: CallContext, words: Array, a1: Array) -> Any:
    """The reference that a text stands for, an address (A1 or, with FALSE, R1C1) or a name; #REF! if it is none.

    Source: Microsoft, INDIRECT function.
    """

    word, style = context.constant(words), context.constant(a1)
    for given in (word, style):
        if isinstance(given, CellError):
            return given
    if isinstance(word, float):
        word = general_text(word)
    found = context.resolve(str(word), bool(style)) if isinstance(word, str) and word.strip() else None
    return error(ErrorCode.REF) if found is None else found


@elementwise(
    "ADDRESS",
    number("row_num"),
    number("column_num"),
    any_value("abs_num", optional=True),
    any_value("a1", optional=True),
    text("sheet_text", optional=True),
)
def address(row: float, column: float, kind: Scalar, style: Scalar, sheet: str | None) -> str | ErrorCode:
    """An address as text. ``abs_num`` 1 (also where empty): both fixed, 2: row, 3: column, 4: neither."""
    number_given, truth_given = (
        from_scalar(1.0 if kind is None else kind),
        from_scalar(True if style is None else style),
    )
    (numbers, wrong), (flags, wrong_style) = to_numbers(number_given), to_booleans(truth_given)
    if wrong is not None or wrong_style is not None:
        return ErrorCode.VALUE
    r, c, fixed, a1 = int(row), int(column), int(numbers.item()), bool(flags.item())
    if not (1 <= r <= MAX_ROW and 1 <= c <= MAX_COLUMN and 1 <= fixed <= 4):
        return ErrorCode.VALUE
    row_fixed, column_fixed = fixed in (1, 2), fixed in (1, 3)
    if a1:
        plain = f"{'$' * column_fixed}{letters(c)}{'$' * row_fixed}{r}"
    else:
        plain = f"R{r if row_fixed else f'[{r}]'}C{c if column_fixed else f'[{c}]'}"
    return plain if sheet is None else f"{quoted(sheet)}!{plain}"


def letters(column: int) -> str:
    """A column's letters."""
    out = ""
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


def quoted(sheet: str) -> str:
    """A sheet's name as it stands before ``!``."""
    return sheet if not sheet or _PLAIN_SHEET.fullmatch(sheet) else "'" + sheet.replace("'", "''") + "'"


@function("FORMULATEXT", reference("reference"))
def formula_text(context: CallContext, place: Reference) -> Array:
    """The formula of a reference's first cell as text, with ``=``; #N/A where it has none."""
    area = place.area
    words = context.formula_at(area.sheet, area.top, area.left)
    return error(ErrorCode.NA) if words is None else as_text("=" + words)


@function("HYPERLINK", any_value("link_location"), any_value("friendly_name", optional=True))
def hyperlink(context: CallContext, link: Array, shown: Array | None) -> Array:
    """What the link shows: its friendly name, or the location itself."""
    return link if shown is None else shown
