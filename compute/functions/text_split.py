"""Texts cut at delimiters: TEXTBEFORE, TEXTAFTER, TEXTSPLIT (Excel's Text family)."""

from __future__ import annotations

import re
from functools import partial

from compute.errors import CODES_BY_TEXT, CellError, ErrorCode, Scalar
from compute.functions.call import call
from compute.functions.dynamic_arrays import fixed_flag, fixed_number
from compute.functions.signature import (
    CallContext,
    CellFailure,
    Function,
    Operand,
    Style,
    any_value,
    cells,
    function,
    logical,
    number,
    text,
)
from compute.values import Array, from_rows, to_texts

_TEXT = text("text")
_OPTIONS = (
    number("instance", 1),
    number("match_mode", 0),
    number("match_end", 0),
    any_value("if_not_found", optional=True),
)


@function("TEXTBEFORE", _TEXT, cells("delimiter"), *_OPTIONS)
def text_before(context: CallContext, value: Array, delimiter: Operand, *options: Array | None) -> Array:
    """The text before a delimiter, the n-th from the start or (negative) from the end; #N/A where there is none."""
    return _cut(context, value, delimiter, options, before=True)


@function("TEXTAFTER", _TEXT, cells("delimiter"), *_OPTIONS)
def text_after(context: CallContext, value: Array, delimiter: Operand, *options: Array | None) -> Array:
    """The text after a delimiter, the n-th from the start or (negative) from the end; #N/A where there is none."""
    return _cut(context, value, delimiter, options, before=False)


def _cut(
    context: CallContext, value: Array, delimiter: Operand, options: tuple[Array | None, ...], *, before: bool
) -> Array:
    implementation = partial(_part, _delimiters(context, delimiter), before)
    cutting = Function("TEXTBEFORE", (_TEXT, *_OPTIONS), Style.ELEMENTWISE, implementation, accepts_errors=True)
    result = call(cutting, context, (value, *options))
    assert isinstance(result, Array)
    return result


def _delimiters(context: CallContext, operand: Operand | None) -> list[str]:
    """The delimiters of an argument, the longest first, so that it wins where several fit."""
    if operand is None or operand.omitted:
        return []
    settled = [v for row in context.settled(operand.array) for v in row]
    for failed in settled:
        if isinstance(failed, CellError):
            raise CellFailure(CODES_BY_TEXT.get(failed.code, ErrorCode.VALUE))
    texts, _ = to_texts(from_rows([settled]))
    return sorted((str(t) for t in texts.ravel()), key=len, reverse=True)


def _pattern(delimiters: list[str], match_mode: float) -> re.Pattern[str]:
    if match_mode not in (0, 1):
        raise CellFailure(ErrorCode.VALUE)
    return re.compile("|".join(map(re.escape, delimiters)), re.IGNORECASE if match_mode else 0)


def _part(
    delimiters: list[str],
    before: bool,
    value: str,
    instance: float,
    match_mode: float,
    match_end: float,
    missing: Scalar,
) -> Scalar | ErrorCode:
    place = int(instance)
    if place == 0 or (value and abs(place) > len(value) and not match_end):
        return ErrorCode.VALUE
    if "" in delimiters:
        return value if before == (place < 0) else ""
    spans = [m.span() for m in _pattern(delimiters, match_mode).finditer(value)]
    if match_end:
        spans = [*spans, (len(value), len(value))] if place > 0 else [(0, 0), *spans]
    index = place - 1 if place > 0 else len(spans) + place
    if not 0 <= index < len(spans):
        return ErrorCode.NA if missing is None else missing
    start, end = spans[index]
    return value[:start] if before else value[end:]


@function(
    "TEXTSPLIT",
    _TEXT,
    cells("column_delimiter", optional=True),
    cells("row_delimiter", optional=True),
    logical("ignore_empty", False),
    number("match_mode", 0),
    any_value("pad_with", optional=True),
)
def text_split(
    context: CallContext,
    value: Array,
    columns: Operand | None,
    rows: Operand | None,
    ignore_empty: Array,
    match_mode: Array,
    pad_with: Array | None,
) -> Array:
    """The text cut into columns and rows; shorter rows are filled with #N/A or ``pad_with``."""
    first = value.cell(0, 0)
    plain = context.constant(first)
    if isinstance(plain, CellError):
        raise CellFailure(CODES_BY_TEXT.get(plain.code, ErrorCode.VALUE))
    texts, _ = to_texts(from_rows([[plain]]))
    across, down = _delimiters(context, columns), _delimiters(context, rows)
    if not (across or down) or "" in across or "" in down:
        raise CellFailure(ErrorCode.VALUE)
    skip, mode = fixed_flag(context, ignore_empty), fixed_number(context, match_mode, 0.0)
    lines = [_pieces(line, across, mode, skip) for line in _pieces(str(texts[0, 0, 0]), down, mode, skip)]
    lines = [line for line in lines if line]
    if not lines:
        raise CellFailure(ErrorCode.CALC)
    pad: Scalar | ErrorCode = ErrorCode.NA if pad_with is None else context.constant(pad_with)
    width = max(map(len, lines))
    return from_rows([[*line, *[pad] * (width - len(line))] for line in lines])


def _pieces(value: str, delimiters: list[str], match_mode: float, ignore_empty: bool) -> list[str]:
    pieces = _pattern(delimiters, match_mode).split(value) if delimiters else [value]
    return [piece for piece in pieces if piece] if ignore_empty else pieces
