"""XLOOKUP and XMATCH. Source: Microsoft's pages of both functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from compute.errors import CellError, ErrorCode
from compute.functions.lookup_keys import keys_of_kind, locate, locate_matching
from compute.functions.lookup_results import (
    demand_same,
    located,
    picked_line,
    positions_found,
    refuse_error,
    same_everywhere,
    size_of,
    sub_reference,
)
from compute.functions.lookup_search import (
    Positions,
    Search,
    backwards,
    equal_first,
    largest_at_most,
    last_at_least,
    last_at_most,
    smallest_at_least,
)
from compute.functions.signature import (
    CallContext,
    CellFailure,
    CellsDiffer,
    Operand,
    any_value,
    array,
    function,
    number,
)
from compute.values import Array, Floats, Kind, error, select, with_errors

_MODES = (-1, 0, 1, 2)
_RISING = (Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN)
_ORDERS = (-2, -1, 1, 2)


def _whole(context: CallContext, argument: Array, allowed: tuple[int, ...]) -> int:
    value = context.constant(argument)
    if isinstance(value, CellError):
        raise CellFailure(ErrorCode(int(argument.numbers.flat[0])))
    if value is None:
        return 0 if 0 in allowed else 1
    if isinstance(value, str) or int(value) not in allowed:
        raise CellFailure(ErrorCode.VALUE)
    return int(value)


def _where_equal(search: Search) -> Search:
    """A search in sorted elements that counts only what equals the target."""

    def exact(keys: Floats, targets: Floats) -> Positions:
        place = search(keys, targets)
        at = np.maximum(place, 0)
        if keys.shape[0] == 0:
            return place
        found = keys[at, 0] if keys.shape[1] == 1 else np.take_along_axis(keys, at[None, :], axis=0)[0]
        return np.where((place >= 0) & (found == targets), place, -1)

    return exact


def _binary(mode: int, rising: bool) -> Search:
    """Binary search: of equal elements the first is found in rising order, the last in falling order."""

    def at_least(keys: Floats, targets: Floats) -> Positions:
        return backwards(last_at_least, keys, targets) if rising else last_at_least(keys, targets)

    def at_most(keys: Floats, targets: Floats) -> Positions:
        equal = _where_equal(at_least)(keys, targets)
        below = last_at_most(keys, targets) if rising else backwards(last_at_most, keys, targets)
        return np.where(equal >= 0, equal, below)

    return {0: _where_equal(at_least), 1: at_least, -1: at_most}[mode]


def _search(mode: int, order: int) -> Search:
    if abs(order) == 2:
        return _binary(mode, order > 0)
    search = {0: equal_first, -1: largest_at_most, 1: smallest_at_least}[mode]
    return (lambda keys, targets: backwards(search, keys, targets)) if order == -1 else search


def _position(target: Array, vector: Array, mode: int, order: int) -> Positions:
    if mode == 2:
        if abs(order) == 2:
            raise CellFailure(ErrorCode.VALUE)
        return locate_matching(vector, target, last=order < 0, blank_is_zero=False)
    found = locate(vector, target, _search(mode, order), blank_is_zero=False)
    if mode == 0 or (found >= 0).all():
        return found
    return np.where(found >= 0, found, _in_other_types(vector, target, mode, order))


def _in_other_types(vector: Array, target: Array, mode: int, order: int) -> Positions:
    """The nearest element of another type where none of the target's own is found: numbers, texts, booleans rise."""
    kinds = target.kind_array()[0, 0]
    rank = np.full(kinds.shape, -1)
    for place, kind in enumerate(_RISING):
        rank = np.where(kinds == kind, place, rank)
    found = np.full(max(vector.lanes, target.lanes), -1, np.intp)
    search = _search(mode, order)
    for place in range(len(_RISING)) if mode < 0 else reversed(range(len(_RISING))):
        here = search(keys_of_kind(vector, _RISING[place]), np.full(1, -mode * np.inf))
        beyond = (rank > place) if mode < 0 else (rank >= 0) & (rank < place)
        found = np.where(beyond & (here >= 0), here, found)
    return found


@function(
    "XMATCH",
    any_value("lookup_value"),
    array("lookup_array"),
    number("match_mode", 0.0),
    number("search_mode", 1.0),
)
def extended_match(context: CallContext, target: Array, vector: Operand, mode: Array, order: Array) -> Array:
    """The place of a value in a row or column, from 1; #N/A where it is not.

    ``match_mode`` 0: equal, -1: or the next smaller, 1: or the next larger, 2: wildcards. ``search_mode`` 1: from the
    first, -1: from the last, 2 and -2: by binary search in rising or falling order.
    """
    refuse_error(vector)
    mode_number, order_number = _whole(context, mode, _MODES), _whole(context, order, _ORDERS)
    if min(size_of(vector)) > 1:
        raise CellFailure(ErrorCode.VALUE)
    return positions_found(_position(target, vector.array, mode_number, order_number), target.errors())


@function(
    "XLOOKUP",
    any_value("lookup_value"),
    array("lookup_array"),
    array("return_array"),
    array("if_not_found", optional=True),
    number("match_mode", 0.0),
    number("search_mode", 1.0),
)
def extended_lookup(
    context: CallContext,
    target: Array,
    vector: Operand,
    result: Operand,
    absent: Operand | None,
    mode: Array,
    order: Array,
) -> Any:
    """The row (or column) of ``return_array`` beside the value found; modes as XMATCH's.

    A reference gives a reference. ``if_not_found``, else #N/A, where the value is not; #VALUE! where sizes differ.
    """
    refuse_error(vector)
    refuse_error(result)
    mode_number, order_number = _whole(context, mode, _MODES), _whole(context, order, _ORDERS)
    height, width = size_of(vector)
    result_height, result_width = size_of(result)
    if min(height, width) > 1:
        raise CellFailure(ErrorCode.VALUE)
    downwards = height > 1 or (width == 1 and result_height == 1)
    if (height != result_height) if downwards else (width != result_width):
        raise CellFailure(ErrorCode.VALUE)
    codes = target.errors()
    if codes is not None and (codes != 0).all():
        return target
    found = _position(target, vector.array, mode_number, order_number)
    if (found >= 0).all() and codes is None:
        return _found(context, result, found, downwards)
    missing = error(ErrorCode.NA) if absent is None or absent.omitted else absent.array
    if not (found >= 0).any() and codes is None:
        return missing
    line = picked_line(result.array, np.maximum(found, 0), downwards)
    if not (line.is_single and missing.is_single):
        demand_same((found >= 0).astype(np.intp))
        _refuse_batch(context, result)
    value = with_errors(select((found >= 0)[None, None, :], line, missing), codes)
    if result.reference is None or context.batched:
        return value
    return located(value, *(() if codes is None else (codes[0, 0].astype(np.intp),)), found)


def _found(context: CallContext, result: Operand, found: Positions, downwards: bool) -> Any:
    if result.reference is not None and not context.batched:
        if same_everywhere(found):
            height, width = size_of(result)
            at = slice(int(found[0]), int(found[0]) + 1)
            whole = (at, slice(0, width)) if downwards else (slice(0, height), at)
            return sub_reference(result.reference, *whole)
        return located(picked_line(result.array, found, downwards), found)
    line = picked_line(result.array, found, downwards)
    if not line.is_single:
        _refuse_batch(context, result)
    return line


def _refuse_batch(context: CallContext, result: Operand) -> None:
    """A row or column of a reference is a place, which the cells of a batch would each intersect with their own."""
    if result.reference is not None and context.batched:
        raise CellsDiffer
