"""How Excel turns a value of one type into another when an operator or a direct argument asks for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.errors import ErrorCode
from compute.values.array import Array, Booleans, Codes, Floats, Kind, Texts
from compute.values.number_text import general_text, parse_number


def to_numbers(array: Array, date_1904: bool = False) -> tuple[Floats, Codes | None]:
    """Numbers and the errors met: TRUE is 1, a blank is 0, text counts if it reads as a number, else #VALUE!.

    Dates in text count from 1900, or from 1904 where ``date_1904`` says so.
    Source: Excel's rules for operands of arithmetic operators and for direct number arguments.
    """
    if array.kinds is None:
        return array.numbers, None
    errors = array.errors()
    is_text = array.kinds == Kind.TEXT
    if not is_text.any():
        return array.numbers if errors is None else np.where(errors != 0, 0.0, array.numbers), errors
    numbers = np.array(array.numbers) if errors is None else np.where(errors != 0, 0.0, array.numbers)
    codes = np.zeros(array.shape, np.uint8) if errors is None else errors.copy()
    texts = array.text_array()[is_text]
    known: dict[str, float | None] = {t: parse_number(t, date_1904) for t in set(texts.tolist())}
    parsed = [known[t] for t in texts.tolist()]
    numbers[is_text] = [0.0 if p is None else p for p in parsed]
    codes[is_text] = [ErrorCode.VALUE if p is None else 0 for p in parsed]
    return numbers, codes if codes.any() else None


def to_booleans(array: Array) -> tuple[Booleans, Codes | None]:
    """Truth and the errors met: a number is true unless 0, a blank is false, text must be TRUE or FALSE (#VALUE!)."""
    if array.kinds is None:
        return array.numbers != 0, None
    errors = array.errors()
    flags = (array.numbers != 0) & (array.kinds != Kind.ERROR)
    is_text = array.kinds == Kind.TEXT
    if not is_text.any():
        return flags, errors
    codes = np.zeros(array.shape, np.uint8) if errors is None else errors.copy()
    words = [str(t).upper() for t in array.text_array()[is_text].tolist()]
    flags[is_text] = [w == "TRUE" for w in words]
    codes[is_text] = [0 if w in ("TRUE", "FALSE") else ErrorCode.VALUE for w in words]
    return flags, codes if codes.any() else None


def to_texts(array: Array) -> tuple[Texts, Codes | None]:
    """Texts and the errors met: numbers in General to 15 digits, booleans as TRUE and FALSE, blanks as ""."""
    out = np.empty(array.shape, object)
    if array.kinds is None:
        out[...] = _map(general_text, array.numbers)
        return out, None
    out[...] = array.text_array()
    is_number, is_boolean = array.kinds == Kind.NUMBER, array.kinds == Kind.BOOLEAN
    if is_number.any():
        out[is_number] = _map(general_text, array.numbers[is_number])
    if is_boolean.any():
        out[is_boolean] = np.where(array.numbers[is_boolean] != 0, "TRUE", "FALSE")
    return out, array.errors()


def _map(function: Callable[[float], str], numbers: Floats) -> Texts:
    """``function`` over every element, called once for each distinct number."""
    distinct, inverse = np.unique(numbers, return_inverse=True)
    words = np.empty(distinct.shape, object)
    words[...] = [function(float(n)) for n in distinct]
    return np.asarray(words[inverse.reshape(numbers.shape)], object)


def first_error(*codes: Codes | None) -> Codes | None:
    """Error codes merged elementwise (broadcasting): the first argument with an error wins, as in Excel."""
    merged: Codes | None = None
    for code in codes:
        if code is None:
            continue
        merged = code if merged is None else np.where(merged != 0, merged, code).astype(np.uint8)
    return merged
