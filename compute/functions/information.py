"""What a value is (Excel's Information family)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.errors import ErrorCode
from compute.functions.signature import CallContext, CellFailure, Operand, any_value, cells, function, vectorised
from compute.values import (
    Area,
    Array,
    Booleans,
    Kind,
    boolean,
    error,
    numeric,
    to_numbers,
    with_errors,
)

_VALUE = any_value("value")


def _register_test(name: str, test: Callable[[Array], Booleans]) -> None:
    def implementation(value: Array) -> Booleans:
        return test(value)

    vectorised(name, _VALUE, accepts_errors=True)(implementation)


def _is_error_but(value: Array) -> Booleans:
    return np.asarray(value.is_kind(Kind.ERROR) & (value.numbers != float(ErrorCode.NA)))


_register_test("ISBLANK", lambda value: value.is_kind(Kind.BLANK))
_register_test("ISERROR", lambda value: value.is_kind(Kind.ERROR))
_register_test("ISERR", _is_error_but)
_register_test("ISNA", lambda value: value.is_kind(Kind.ERROR) & (value.numbers == float(ErrorCode.NA)))
_register_test("ISNUMBER", lambda value: value.is_kind(Kind.NUMBER))
_register_test("ISTEXT", lambda value: value.is_kind(Kind.TEXT))
_register_test("ISNONTEXT", lambda value: ~value.is_kind(Kind.TEXT))
_register_test("ISLOGICAL", lambda value: value.is_kind(Kind.BOOLEAN))


def _parity(value: Array, odd: bool) -> Array:
    numbers, codes = to_numbers(value)
    truths = value.is_kind(Kind.BOOLEAN)
    found = boolean((np.mod(np.trunc(np.abs(numbers)), 2) == 1) == odd)
    found = with_errors(found, np.where(truths, np.uint8(ErrorCode.VALUE), np.uint8(0)))
    return with_errors(found, codes)


@vectorised("ISEVEN", _VALUE)
def is_even(value: Array) -> Array:
    """Whether the number without its decimals is even; booleans and texts that are no numbers are #VALUE!."""
    return _parity(value, False)


@vectorised("ISODD", _VALUE)
def is_odd(value: Array) -> Array:
    """Whether the number without its decimals is odd."""
    return _parity(value, True)


@vectorised("N", _VALUE)
def as_number(value: Array) -> Array:
    """Numbers as they are, TRUE as 1, anything else as 0."""
    return numeric(np.where(value.is_kind(Kind.NUMBER) | value.is_kind(Kind.BOOLEAN), value.numbers, 0.0))


@function("NA")
def not_available(context: CallContext) -> Array:
    """#N/A."""
    return error(ErrorCode.NA)


@vectorised("ERROR.TYPE", _VALUE, accepts_errors=True)
def error_type(value: Array) -> Array:
    """The number of an error; #N/A for anything else."""
    is_error = value.is_kind(Kind.ERROR)
    return with_errors(numeric(value.numbers), np.where(is_error, np.uint8(0), np.uint8(ErrorCode.NA)))


_TYPE_NUMBERS = np.array([1.0, 4.0, 2.0, 16.0, 1.0])  # by Kind: number, boolean, text, error, blank


@function("TYPE", cells("value"))
def type_number(context: CallContext, operand: Operand) -> Array:
    """1 number or blank, 2 text, 4 boolean, 16 error, 64 several values."""
    if not operand.array.is_single:
        return numeric(64.0)
    return numeric(_TYPE_NUMBERS[operand.array.kind_array()])


@function("ISREF", cells("value"))
def is_reference(context: CallContext, operand: Operand) -> Array:
    """Whether the argument is a reference."""
    return boolean(operand.reference is not None)


@function("ISFORMULA", cells("reference"))
def is_formula(context: CallContext, operand: Operand) -> Array:
    """Whether the cells of a reference hold formulas; #VALUE! for anything else."""
    area = context.used(_first_area(operand))
    found = [
        [context.formula_at(area.sheet, area.top + r, area.left + c) is not None for c in range(area.columns)]
        for r in range(area.rows)
    ]
    return boolean(np.array(found, np.bool_)[:, :, None])


def _first_area(operand: Operand) -> Area:
    if operand.reference is None:
        raise CellFailure(ErrorCode.VALUE)
    return operand.reference.area


@function("SHEET", cells("value", optional=True))
def sheet_number(context: CallContext, operand: Operand | None = None) -> Array:
    """The position of the formula's sheet, of a reference's, or of the one a text names; #N/A for an unknown name."""
    if operand is None:
        return numeric(float(context.sheet + 1))
    if operand.reference is not None:
        return numeric(float(operand.reference.area.sheet + 1))
    name = context.constant(operand.array)
    names = [n.casefold() for n in context.sheet_names()]
    if isinstance(name, str) and name.casefold() in names:
        return numeric(float(names.index(name.casefold()) + 1))
    raise CellFailure(ErrorCode.NA if isinstance(name, str) else ErrorCode.VALUE)


@function("SHEETS", cells("reference", optional=True))
def sheet_count(context: CallContext, operand: Operand | None = None) -> Array:
    """How many sheets the workbook, or a reference, has."""
    if operand is None:
        return numeric(float(len(context.sheet_names())))
    if operand.reference is None:
        raise CellFailure(ErrorCode.NA)
    return numeric(float(len({a.sheet for a in operand.reference.areas})))
