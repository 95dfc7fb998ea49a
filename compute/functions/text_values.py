"""Values and arrays written out as text: VALUETOTEXT, ARRAYTOTEXT (Excel's Text family)."""

from __future__ import annotations

import numpy as np

from compute.errors import ERROR_TEXTS, CellError, ErrorCode, Scalar
from compute.functions.signature import (
    CallContext,
    CellFailure,
    Operand,
    any_value,
    cells,
    elementwise,
    function,
    number,
)
from compute.functions.text import MOST_CHARACTERS
from compute.values import Array, Kind, Texts, error, general_text, text, to_texts

_FORMAT = number("format", 0)


@elementwise("VALUETOTEXT", any_value("value"), _FORMAT, accepts_errors=True)
def value_to_text(value: Scalar, style: float) -> str:
    """A value as text; in the strict format (1) texts stand in quotation marks. Errors become their names."""
    if int(style) not in (0, 1):
        raise CellFailure(ErrorCode.VALUE)
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, str):
        return _quoted(value) if int(style) else value
    if value is None or isinstance(value, bool):
        return "" if value is None else "TRUE" if value else "FALSE"
    return general_text(value)


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


@function("ARRAYTOTEXT", cells("array"), _FORMAT)
def array_to_text(context: CallContext, operand: Operand, style: Array) -> Array:
    """All values of a range row by row: with commas between, or in the strict format (1) as an array constant."""
    chosen = context.constant(style)
    if isinstance(chosen, (str, CellError)) or int(chosen or 0) not in (0, 1):
        return error(ErrorCode.VALUE)
    strict = bool(chosen)
    texts = _written(operand.array, strict)
    rows = [_joined(list(row), "," if strict else ", ") for row in texts]
    whole = _joined(rows, ";" if strict else ", ")
    whole = np.asarray("{" + whole + "}", object) if strict else whole
    if max(map(len, whole.tolist())) > MOST_CHARACTERS:
        return error(ErrorCode.VALUE)
    return text(whole.reshape(1, 1, -1))


def _written(array: Array, strict: bool) -> Texts:
    texts, codes = to_texts(array)
    if codes is not None:
        names = np.array(["", *(ERROR_TEXTS[code] for code in ErrorCode)], object)
        texts = np.where(codes != 0, names[codes], texts)
    if strict and array.kinds is not None:
        quote = np.frompyfunc(_quoted, 1, 1)
        texts = np.where(array.kinds == Kind.TEXT, quote(texts), texts)
    return texts


def _joined(parts: list[Texts], between: str) -> Texts:
    whole = parts[0]
    for part in parts[1:]:
        whole = np.asarray(whole + between + part, object)
    return whole
