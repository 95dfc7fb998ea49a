"""Calling a registered function: arguments coerced and broadcast, errors passed on, results made into an Array."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from compute.errors import CODES_BY_TEXT, CellError, ErrorCode, Scalar
from compute.functions.signature import CallContext, CellFailure, Fallible, Function, Operand, Parameter, Style
from compute.values import (
    Array,
    Codes,
    Kind,
    Reference,
    boolean,
    error,
    first_error,
    from_scalar,
    numeric,
    text,
    to_booleans,
    to_numbers,
    to_texts,
    with_errors,
)
from compute.values.array import describe

Argument = Any
"""An Array, Operand, Reference, Callee, or None for an argument left out."""


def call(function: Function, context: CallContext, arguments: Sequence[Argument]) -> Array | Reference:
    """The function's value. Arguments come as their parameter types say; None stands for one left out.

    A wrong number of arguments gives #VALUE!, as a file that Excel would refuse has no better answer.
    """
    if len(arguments) < function.minimum or (function.maximum is not None and len(arguments) > function.maximum):
        return error(ErrorCode.VALUE)
    filled = [_fill(function.parameter(i), a) for i, a in enumerate(arguments)]
    filled += [_fill(p, None) for p in function.parameters[len(arguments) :] if not p.repeating]
    try:
        with np.errstate(all="ignore"):
            if function.style is Style.GENERAL:
                result = function.implementation(context, *filled)
                return result if isinstance(result, Array | Reference) else from_scalar(result)
            return _broadcast_call(function, context, filled)
    except CellFailure as failure:
        return error(failure.code)


def _fill(parameter: Parameter, argument: Argument) -> Argument:
    if argument is None and parameter.default is not None:
        return from_scalar(parameter.default)
    return argument


def _broadcast_call(function: Function, context: CallContext, arguments: list[Argument]) -> Array:
    rows, columns = common_rectangle([a for a in arguments if isinstance(a, Array)])
    padding: Codes | None = None
    coerced: list[Any] = []
    codes: list[Codes | None] = []
    date_1904 = context.date_1904
    system = {"date_1904": date_1904} if function.dated else {}
    for index, argument in enumerate(arguments):
        if not isinstance(argument, Array):
            coerced.append(argument)
            continue
        fitted, outside = _fit(argument, rows, columns)
        padding = first_error(padding, outside)
        values, errors = _coerce(function.parameter(index), fitted, function.accepts_errors, date_1904)
        coerced.append(values)
        codes.append(errors)
    passed = first_error(*codes, padding)
    lanes = np.broadcast_shapes(*((1,), *((_lanes(v),) for v in coerced if v is not None)))[0]
    if function.style is Style.ELEMENTWISE:
        result = _each(function, coerced, passed, (rows, columns, lanes), system)
    else:
        result = as_array(function.implementation(*coerced, **system))
    result = (
        result.broadcast(rows, columns, max(lanes, result.lanes)) if result.shape != (rows, columns, lanes) else result
    )
    return with_errors(result, passed)


def common_rectangle(arrays: Sequence[Array]) -> tuple[int, int]:
    """Rows and columns of the result when arrays meet elementwise: the largest of each."""
    return max((a.rows for a in arrays), default=1), max((a.columns for a in arrays), default=1)


def _fit(array: Array, rows: int, columns: int) -> tuple[Array, Codes | None]:
    """The array in the common rectangle: one row or column repeats, a shorter one is #N/A beyond its end."""
    if array.rows in (1, rows) and array.columns in (1, columns):
        return array, None
    height = rows if array.rows == 1 else array.rows
    width = columns if array.columns == 1 else array.columns
    spread = array.broadcast(height, width, array.lanes)
    row = np.minimum(np.arange(rows), height - 1)[:, None]
    column = np.minimum(np.arange(columns), width - 1)[None, :]
    outside = (np.arange(rows)[:, None] >= height) | (np.arange(columns)[None, :] >= width)
    fitted = Array(
        spread.numbers[row, column],
        None if spread.kinds is None else spread.kinds[row, column],
        None if spread.texts is None else spread.texts[row, column],
    )
    return fitted, np.where(outside, np.uint8(ErrorCode.NA), np.uint8(0))[:, :, None]


def fit_to(array: Array, rows: int, columns: int) -> Array:
    """The array as an array formula shows it in a range of another size: repeated or padded with #N/A, cut where
    larger.
    """
    cut = array.part(slice(0, rows), slice(0, columns))
    fitted, outside = _fit(cut, rows, columns)
    return with_errors(fitted.broadcast(rows, columns, fitted.lanes), outside)


def _coerce(parameter: Parameter, array: Array, accepts_errors: bool, date_1904: bool) -> tuple[Any, Codes | None]:
    if parameter.type == "number":
        return to_numbers(array, date_1904)
    if parameter.type == "text":
        return to_texts(array)
    if parameter.type == "logical":
        return to_booleans(array)
    return array, None if accepts_errors else array.errors()


def _lanes(value: Any) -> int:
    return int(value.lanes if isinstance(value, Array) else value.shape[2])


def as_array(result: Any) -> Array:
    """What an implementation returned, as an Array."""
    if isinstance(result, Array):
        return result
    if isinstance(result, Fallible):
        values = result.values
        if not isinstance(values, Array) and getattr(values, "dtype", None) == np.float64:
            values = np.where(
                np.broadcast_to(result.codes != 0, np.broadcast_shapes(values.shape, result.codes.shape)), 0.0, values
            )
        return with_errors(as_array(values), result.codes)
    values = np.asarray(result)
    if values.dtype == np.bool_:
        return boolean(values)
    return text(values) if values.dtype == object else numeric(values)


def _each(
    function: Function,
    values: list[Any],
    passed: Codes | None,
    shape: tuple[int, int, int],
    system: Mapping[str, bool],
) -> Array:
    """The plain Python implementation over all elements, once for each distinct combination of arguments."""
    columns = [_plain(v, shape) for v in values]
    skip = None if passed is None else np.broadcast_to(passed != 0, shape).ravel()
    known: dict[tuple[Any, ...], Scalar | ErrorCode] = {}
    numbers, kinds = np.zeros(shape), np.zeros(shape, np.uint8)
    texts = np.empty(shape, object)
    texts[...] = ""
    flat_numbers, flat_kinds, flat_texts = numbers.reshape(-1), kinds.reshape(-1), texts.reshape(-1)
    size = shape[0] * shape[1] * shape[2]
    for i, combination in enumerate(zip(*columns, strict=True) if columns else itertools.repeat((), size)):
        if skip is not None and skip[i]:
            continue
        key = tuple((type(v), v) for v in combination)
        if key not in known:
            known[key] = _guarded(function, combination, system)
        result = known[key]
        kind, number = describe(result)
        flat_kinds[i], flat_numbers[i] = kind, number
        if kind == Kind.TEXT:
            flat_texts[i] = result
    has_text = bool((kinds == Kind.TEXT).any())
    return Array(numbers, kinds if kinds.any() else None, texts if has_text else None)


def _guarded(function: Function, arguments: tuple[Any, ...], system: Mapping[str, bool]) -> Scalar | ErrorCode:
    try:
        result: Scalar | ErrorCode = function.implementation(*arguments, **system)
    except CellFailure as failure:
        return failure.code
    except OverflowError:
        return ErrorCode.NUM
    return CODES_BY_TEXT.get(result.code, ErrorCode.VALUE) if isinstance(result, CellError) else result


def _plain(value: Any, shape: tuple[int, int, int]) -> Any:
    """One argument's elements in order, as plain Python values."""
    size = shape[0] * shape[1] * shape[2]
    if value is None:
        return itertools.repeat(None, size)
    if isinstance(value, Array):
        spread = value.broadcast(*shape)
        if spread.kinds is None:
            return spread.numbers.ravel().tolist()
        return [spread.item(r, c, n) for r, c, n in np.ndindex(*shape)]
    return np.broadcast_to(value, shape).ravel().tolist()


def operand_of(argument: Operand | Array) -> Array:
    """The values of a whole-range argument."""
    return argument.array if isinstance(argument, Operand) else argument
