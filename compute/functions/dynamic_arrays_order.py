"""FILTER, SORT, SORTBY, UNIQUE, TRIMRANGE. Source: Microsoft's pages of each function.

Each lane is sorted on its own. Where the number of rows would differ between lanes, these are computed group by group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from compute.errors import CellError, ErrorCode, Scalar
from compute.functions.dynamic_arrays import Places, fixed_flag, fixed_number, part_of, same_mask, taken
from compute.functions.lookup_search import text_ranks
from compute.functions.signature import CallContext, CellFailure, Operand, array, function, logical, number
from compute.values import Array, Booleans, Floats, Kind, error, to_booleans

_CLASS = np.zeros(5)
_CLASS[Kind.TEXT] = 1
_CLASS[Kind.BOOLEAN] = 2
_CLASS[Kind.ERROR] = 3
_LAST = 9.0


@function("FILTER", array("array"), array("include"), array("if_empty", optional=True))
def filtered(context: CallContext, table: Operand, include: Operand, empty: Operand | None) -> Array:
    """The rows (or columns) where ``include`` is true; ``if_empty``, else #CALC!, when there are none.

    #VALUE! where ``include`` fits neither side or has a text; an error in it is the result.
    """
    values, mask = table.array, include.array
    flags, codes = to_booleans(mask)
    if codes is not None:
        same_mask(codes.reshape(-1, codes.shape[2]))
        first = codes[codes != 0].flat[0]
        return error(ErrorCode(int(first)))
    by_row = mask.columns == 1 and mask.rows == values.rows
    if not by_row and not (mask.rows == 1 and mask.columns == values.columns):
        return error(ErrorCode.VALUE)
    kept = np.flatnonzero(same_mask(flags[:, 0] if by_row else flags[0]))
    if len(kept) == 0:
        return error(ErrorCode.CALC) if empty is None or empty.omitted else empty.array
    return taken(values, kept, slice(None)) if by_row else taken(values, slice(None), kept)


def sort_keys(column: Array, descending: bool) -> list[Floats]:
    """The keys of a column (elements × 1) for ``np.lexsort``, the weakest first; each (elements, lanes)."""
    numbers = column.numbers[:, 0]
    if column.kinds is None:
        return [-numbers if descending else numbers]
    kinds = column.kinds[:, 0]
    values = np.where(kinds == Kind.ERROR, 0.0, numbers)
    if column.texts is not None:
        values = np.where(kinds == Kind.TEXT, text_ranks(column.texts[:, 0])[0], values)
    classes = _CLASS[kinds]
    if descending:
        values, classes = -values, -classes
    return [values, np.where(kinds == Kind.BLANK, _LAST, classes)]


def _ordered(values: Array, keys: Sequence[tuple[Array, bool]]) -> Array:
    """Rows in the order of keys, the strongest first; equal ones keep their order."""
    weakest_first = [k for column, descending in reversed(keys) for k in sort_keys(column, descending)]
    lanes = max(k.shape[1] for k in weakest_first)
    spread = [np.broadcast_to(k, (k.shape[0], lanes)) for k in weakest_first]
    order = np.lexsort(np.stack(spread), axis=0)
    if lanes == 1:
        return taken(values, order[:, 0], slice(None))
    wide = values.broadcast(values.rows, values.columns, lanes)
    places = order[:, None, :]
    return Array(
        np.take_along_axis(wide.numbers, places, axis=0),
        None if wide.kinds is None else np.take_along_axis(wide.kinds, places, axis=0),
        None if wide.texts is None else np.take_along_axis(wide.texts, places, axis=0),
    )


def _directions(context: CallContext, orders: Operand | None, count: int) -> list[bool]:
    """Whether each key descends; one order stands for all."""
    given = [1.0] if orders is None else [fixed_number(context, e, 1.0) for e in orders.array.elements()]
    if any(g not in (1.0, -1.0) for g in given) or len(given) not in (1, count):
        raise CellFailure(ErrorCode.VALUE)
    given = given * count if len(given) == 1 else given
    return [g < 0 for g in given]


@function(
    "SORT",
    array("array"),
    array("sort_index", optional=True),
    array("sort_order", optional=True),
    logical("by_col", False),
)
def sorted_array(
    context: CallContext, table: Operand, index: Operand | None, orders: Operand | None, by_column: Array
) -> Array:
    """Rows (or columns) in the order of one or more of their columns: numbers, texts, booleans, errors, blanks last."""
    across = fixed_flag(context, by_column)
    values = table.array.transpose() if across else table.array
    chosen = [1.0] if index is None else [fixed_number(context, e, 1.0) for e in index.array.elements()]
    if any(not 1 <= c <= values.columns for c in chosen):
        raise CellFailure(ErrorCode.VALUE)
    directions = _directions(context, orders, len(chosen))
    columns = [values.part(slice(None), slice(int(c) - 1, int(c))) for c in chosen]
    result = _ordered(values, list(zip(columns, directions, strict=True)))
    return result.transpose() if across else result


@function("SORTBY", array("array"), array("by_array"), array("sort_order", optional=True, repeating=True))
def sorted_by(context: CallContext, table: Operand, *keys_and_orders: Operand) -> Array:
    """Rows (or columns) in the order of other arrays, each followed by 1 for rising or -1 for falling."""
    keys = [k.array for k in keys_and_orders[0::2]]
    orders = [*keys_and_orders[1::2], None][: len(keys)]
    values = table.array
    across = keys[0].columns > 1 and keys[0].rows == 1
    if across:
        values, keys = values.transpose(), [k.transpose() for k in keys]
    if any(k.columns != 1 or k.rows != values.rows for k in keys):
        raise CellFailure(ErrorCode.VALUE)
    directions = [_directions(context, o, 1)[0] for o in orders]
    result = _ordered(values, list(zip(keys, directions, strict=True)))
    return result.transpose() if across else result


def _key(value: Scalar) -> tuple[Any, ...]:
    if isinstance(value, str):
        return ("text", value.casefold())
    return (type(value).__name__, value.code if isinstance(value, CellError) else value)


@function("UNIQUE", array("array"), logical("by_col", False), logical("exactly_once", False))
def unique(context: CallContext, table: Operand, by_column: Array, once: Array) -> Array:
    """The distinct rows (or columns) in their first order, or those that occur once; #CALC! when there are none."""
    across, only_once = fixed_flag(context, by_column), fixed_flag(context, once)
    values = table.array.transpose() if across else table.array
    keys = [tuple(_key(v) for v in row) for row in context.settled(values)]
    counts = Counter(keys)
    first = {key: place for place, key in reversed(list(enumerate(keys)))}
    kept = sorted(place for key, place in first.items() if not only_once or counts[key] == 1)
    if not kept:
        return error(ErrorCode.CALC)
    result = taken(values, np.array(kept, np.intp), slice(None))
    return result.transpose() if across else result


def _span(used: Booleans, mode: int) -> slice:
    """The elements left when unused ones are cut off the start (1), the end (2) or both (3)."""
    places: Places = np.flatnonzero(used)
    if len(places) == 0:
        raise CellFailure(ErrorCode.REF)
    return slice(int(places[0]) if mode & 1 else 0, int(places[-1]) + 1 if mode & 2 else len(used))


@function("TRIMRANGE", array("range"), number("trim_rows", 3.0), number("trim_cols", 3.0))
def trimmed(context: CallContext, table: Operand, rows: Array, columns: Array) -> Any:
    """A range without the blank rows and columns at its edges: 0 none, 1 leading, 2 trailing, 3 both."""
    modes = [int(fixed_number(context, a, 3.0)) for a in (rows, columns)]
    if any(m not in (0, 1, 2, 3) for m in modes):
        return error(ErrorCode.VALUE)
    values = table.array
    used = values.kind_array() != Kind.BLANK
    row_part = _span(same_mask(used.any(axis=1)), modes[0])
    column_part = _span(same_mask(used.any(axis=0)), modes[1])
    return part_of(context, table, row_part, column_part)
