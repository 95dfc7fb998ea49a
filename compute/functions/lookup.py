"""MATCH, VLOOKUP, HLOOKUP and LOOKUP."""

from __future__ import annotations

import numpy as np

from compute.errors import ErrorCode
from compute.functions.lookup_keys import locate, locate_matching
from compute.functions.lookup_results import picked_or_blank, positions_found, refuse_error, size_of
from compute.functions.lookup_search import Positions, last_at_most, scan_descending
from compute.functions.signature import (
    CallContext,
    CellFailure,
    Operand,
    any_value,
    array,
    cells,
    function,
    logical,
    number,
)
from compute.values import Array, Booleans, Codes, first_error, to_booleans, to_numbers, with_errors

LONGEST_PATTERN = 255


def _target_codes(target: Array) -> Codes | None:
    """Errors of a value sought: its own, #VALUE! for a text over 255 characters."""
    codes = target.errors()
    if target.texts is not None and any(len(t) > LONGEST_PATTERN for t in target.texts.ravel().tolist()):
        long = np.array([len(t) > LONGEST_PATTERN for t in target.texts.ravel().tolist()]).reshape(target.shape)
        codes = first_error(codes, np.where(long, np.uint8(ErrorCode.VALUE), np.uint8(0)))
    return codes


@function("MATCH", any_value("lookup_value"), cells("lookup_array"), number("match_type", 1.0))
def match(context: CallContext, target: Array, vector: Operand, kind: Array) -> Array:
    """The place of a value in a row or column, from 1; #N/A where it is not, or for a rectangle.

    ``match_type`` 1: the last element not above, by binary search; 0: the first equal one, texts with wildcards;
    -1: the last element not below, in descending order. Source: Microsoft, MATCH function.
    """
    refuse_error(vector)
    types, type_codes = to_numbers(kind)
    codes = first_error(_target_codes(target), type_codes)
    if min(size_of(vector)) > 1:
        raise CellFailure(ErrorCode.NA)
    found = np.full(1, -1, np.intp)
    for sign in np.unique(np.sign(types)).tolist():
        if sign == 0:
            here = locate_matching(vector.array, target)
        else:
            here = locate(vector.array, target, last_at_most if sign > 0 else scan_descending)
        found = np.where(np.sign(types[0, 0]) == sign, here, found)
    return positions_found(found, codes)


def _in_first(vector: Array, target: Array, approximate: Booleans) -> Positions:
    if approximate.all():
        return locate(vector, target, last_at_most)
    if not approximate.any():
        return locate_matching(vector, target)
    return np.where(approximate[0, 0], locate(vector, target, last_at_most), locate_matching(vector, target))


def _table_lookup(target: Array, table: Operand, index: Array, approximate: Array, downwards: bool) -> Array:
    refuse_error(table)
    values = table.array if downwards else table.array.transpose()
    width = size_of(table)[1 if downwards else 0]
    indices, index_codes = to_numbers(index)
    flags, flag_codes = to_booleans(approximate)
    place = np.floor(indices[0, 0])
    small = np.where(place < 1, np.uint8(ErrorCode.VALUE), np.uint8(0))
    large = np.where(place > width, np.uint8(ErrorCode.REF), np.uint8(0))
    found = _in_first(values.part(slice(None), slice(0, 1)), target, flags)
    missing = np.where(found < 0, np.uint8(ErrorCode.NA), np.uint8(0))
    column = np.clip(place, 1, width).astype(np.intp) - 1
    value = picked_or_blank(values, np.maximum(found, 0), column)
    return with_errors(value, first_error(_target_codes(target), index_codes, flag_codes, missing, small, large))


@function(
    "VLOOKUP",
    any_value("lookup_value"),
    cells("table_array"),
    number("col_index_num"),
    logical("range_lookup", True),
)
def look_up_down(context: CallContext, target: Array, table: Operand, index: Array, approximate: Array) -> Array:
    """The cell in a column of the table, in the row whose first cell matches.

    #VALUE! for a column below 1, #REF! beyond the table, #N/A where nothing matches.
    Source: Microsoft, VLOOKUP function.
    """
    return _table_lookup(target, table, index, approximate, downwards=True)


@function(
    "HLOOKUP",
    any_value("lookup_value"),
    cells("table_array"),
    number("row_index_num"),
    logical("range_lookup", True),
)
def look_up_across(context: CallContext, target: Array, table: Operand, index: Array, approximate: Array) -> Array:
    """The cell in a row of the table, in the column whose first cell matches; errors as VLOOKUP's."""
    return _table_lookup(target, table, index, approximate, downwards=False)


@function("LOOKUP", any_value("lookup_value"), array("lookup_vector"), array("result_vector", optional=True))
def look_up(context: CallContext, target: Array, vector: Operand, result: Operand | None) -> Array:
    """The element of the result vector beside the last element not above the value, found by binary search.

    Without a result vector the first row or column (whichever is longer) is searched and the last one gives the result.
    Source: Microsoft, LOOKUP function.
    """
    refuse_error(vector)
    values = vector.array
    height, width = size_of(vector)
    if width > height:
        values = values.transpose()
    keys = values.part(slice(None), slice(0, 1))
    outcome = values.part(slice(None), slice(values.columns - 1, None)) if result is None else result.array
    if result is not None:
        outcome = outcome.reshape(outcome.rows * outcome.columns, 1) if outcome.rows == 1 else outcome
        if outcome.columns > 1:
            raise CellFailure(ErrorCode.NA)
    found = locate(keys, target, last_at_most)
    longest = max(size_of(result)) if result is not None else outcome.rows
    missing = np.where((found < 0) | (found >= longest), np.uint8(ErrorCode.NA), np.uint8(0))
    value = picked_or_blank(outcome, np.clip(found, 0, longest - 1), np.zeros(1, np.intp))
    return with_errors(value, first_error(_target_codes(target), missing))
