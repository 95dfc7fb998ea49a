"""LINEST, LOGEST, TREND and GROWTH: planes and exponential surfaces by least squares."""

from __future__ import annotations

import numpy as np

from compute.errors import ErrorCode
from compute.functions.dynamic_arrays import fixed_flag
from compute.functions.least_squares import Fit, fit_plane
from compute.functions.reductions import first_code, flat
from compute.functions.signature import CallContext, CellFailure, Operand, any_value, array, function
from compute.records import dataclass
from compute.values import Array, Codes, Floats, Kind, error, first_error, numeric, stack, with_errors


@dataclass(frozen=True, slots=True, eq=False)
class _Observations:
    """y and the variables x, each (observations, lanes); ``down`` when observations lie below each other."""

    y: Floats
    x: list[Floats]
    codes: Codes | None
    down: bool


def _matrix(operand: Operand) -> tuple[Floats, Codes | None]:
    """Numbers of shape (rows, columns, lanes); anything else is #VALUE!."""
    values = operand.array
    if values.kinds is None:
        return values.numbers, None
    codes = first_code(flat(values.numbers), values.kinds.reshape(-1, values.lanes))
    foreign = (values.kinds != Kind.NUMBER).any(axis=(0, 1))
    numbers = np.where(values.kinds == Kind.NUMBER, values.numbers, 0.0)
    return numbers, first_error(codes, np.where(foreign, np.uint8(ErrorCode.VALUE), np.uint8(0)))


def _given(operand: Operand | None) -> Operand | None:
    return None if operand is None or operand.omitted else operand


def _observations(known_y: Operand, known_x: Operand | None) -> _Observations:
    y, codes = _matrix(known_y)
    rows, columns = y.shape[:2]
    if known_x is None:
        return _Observations(flat(y), [_counting(rows * columns)], codes, columns == 1)
    x, x_codes = _matrix(known_x)
    codes = first_error(codes, x_codes)
    if x.shape[:2] == (rows, columns):
        return _Observations(flat(y), [flat(x)], codes, columns == 1 and rows > 1)
    if columns == 1 and x.shape[0] == rows:
        return _Observations(flat(y), [x[:, j] for j in range(x.shape[1])], codes, True)
    if rows == 1 and x.shape[1] == columns:
        return _Observations(flat(y), [x[i] for i in range(x.shape[0])], codes, False)
    raise CellFailure(ErrorCode.REF)


def _counting(count: int) -> Floats:
    return np.arange(1.0, count + 1)[:, None]


def _switch(context: CallContext, value: Array | None, otherwise: bool) -> bool:
    """A structural TRUE or FALSE; left out or left empty it is ``otherwise``."""
    if value is None or value.is_kind(Kind.BLANK).all():
        return otherwise
    return fixed_flag(context, value)


def _cell(values: Floats) -> Array:
    return numeric(np.asarray(values, np.float64).reshape(1, 1, -1))


def _logarithms(y: Floats, codes: Codes | None) -> tuple[Floats, Codes | None]:
    wrong = (y <= 0).any(axis=0)
    codes = first_error(codes, np.where(wrong, np.uint8(ErrorCode.NUM), np.uint8(0)) if wrong.any() else None)
    return np.log(np.ascontiguousarray(np.where(y > 0, y, 1.0))), codes


_ARGUMENTS = (
    array("known_y"),
    array("known_x", optional=True),
    any_value("const", optional=True),
    any_value("stats", optional=True),
)


@function("LINEST", *_ARGUMENTS)
def linear_estimate(
    context: CallContext,
    known_y: Operand,
    known_x: Operand | None = None,
    const: Array | None = None,
    stats: Array | None = None,
) -> Array:
    """The coefficients of the plane through the observations, last variable first, then the intercept.

    With ``stats`` four rows follow: standard errors; R² and the error of y; F and degrees of freedom; sums of squares
    explained and left.
    """
    seen = _observations(known_y, _given(known_x))
    fit = fit_plane(seen.x, seen.y, _switch(context, const, True))
    return _table(fit, fit.coefficients, fit.intercept, _switch(context, stats, False), seen.codes)


@function("LOGEST", *_ARGUMENTS)
def exponential_estimate(
    context: CallContext,
    known_y: Operand,
    known_x: Operand | None = None,
    const: Array | None = None,
    stats: Array | None = None,
) -> Array:
    """LINEST for y = b m1^x1 m2^x2 …: the bases, last variable first, then b; statistics are those of ln y."""
    seen = _observations(known_y, _given(known_x))
    y, codes = _logarithms(seen.y, seen.codes)
    fit = fit_plane(seen.x, y, _switch(context, const, True))
    return _table(fit, np.exp(fit.coefficients), np.exp(fit.intercept), _switch(context, stats, False), codes)


def _table(fit: Fit, coefficients: Floats, intercept: Floats, stats: bool, codes: Codes | None) -> Array:
    last_first = range(len(coefficients) - 1, -1, -1)
    rows = [[*(_cell(coefficients[j]) for j in last_first), _cell(intercept)]]
    if stats:
        rest = [error(ErrorCode.NA)] * (len(coefficients) - 1)
        slopes = [_cell(fit.coefficient_errors[j]) for j in last_first]
        at_zero = error(ErrorCode.NA) if np.isnan(fit.intercept_error).all() else _cell(fit.intercept_error)
        rows.append([*slopes, at_zero])
        rows.append([_cell(fit.determination), _cell(fit.standard_error), *rest])
        rows.append([_cell(fit.f_ratio), _cell(fit.freedom), *rest])
        rows.append([_cell(fit.explained), _cell(fit.residual), *rest])
    return with_errors(stack(rows), None if codes is None else codes.reshape(1, 1, -1))


_PREDICTION = (
    array("known_y"),
    array("known_x", optional=True),
    array("new_x", optional=True),
    any_value("const", optional=True),
)


def _predicted(seen: _Observations, y: Floats, new: Operand | None, constant: bool, codes: Codes | None) -> Array:
    fit = fit_plane(seen.x, y, constant)
    at, new_codes, shape = _points(seen, new)
    found = fit.intercept + sum(c * v for c, v in zip(fit.coefficients, at, strict=True))
    values = np.asarray(found, np.float64).reshape(*shape, -1)
    codes = first_error(codes, new_codes)
    return with_errors(numeric(values), None if codes is None else codes.reshape(1, 1, -1))


def _points(seen: _Observations, new: Operand | None) -> tuple[list[Floats], Codes | None, tuple[int, int]]:
    """The variables at the places asked for, each (places, lanes), and the shape of the result."""
    if new is None:
        count = seen.y.shape[0]
        return seen.x, None, (count, 1) if seen.down else (1, count)
    x, codes = _matrix(new)
    if len(seen.x) == 1:
        return [flat(x)], codes, (x.shape[0], x.shape[1])
    if seen.down and x.shape[1] == len(seen.x):
        return [x[:, j] for j in range(x.shape[1])], codes, (x.shape[0], 1)
    if not seen.down and x.shape[0] == len(seen.x):
        return [x[i] for i in range(x.shape[0])], codes, (1, x.shape[1])
    raise CellFailure(ErrorCode.REF)


@function("TREND", *_PREDICTION)
def trend(
    context: CallContext,
    known_y: Operand,
    known_x: Operand | None = None,
    new_x: Operand | None = None,
    const: Array | None = None,
) -> Array:
    """The plane through the observations, at new places (or at the known ones)."""
    seen = _observations(known_y, _given(known_x))
    return _predicted(seen, seen.y, _given(new_x), _switch(context, const, True), seen.codes)


@function("GROWTH", *_PREDICTION)
def growth(
    context: CallContext,
    known_y: Operand,
    known_x: Operand | None = None,
    new_x: Operand | None = None,
    const: Array | None = None,
) -> Array:
    """The exponential surface through the observations, at new places (or at the known ones)."""
    seen = _observations(known_y, _given(known_x))
    y, codes = _logarithms(seen.y, seen.codes)
    found = _predicted(seen, y, _given(new_x), _switch(context, const, True), codes)
    raised = numeric(np.where(found.is_kind(Kind.NUMBER), np.exp(found.numbers), 0.0))
    return with_errors(raised, found.errors())
