"""Texts put together: CONCATENATE, CONCAT, TEXTJOIN (Excel's Text family)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compute.errors import ErrorCode
from compute.functions.samples import areas
from compute.functions.signature import CallContext, Operand, cells, function, logical, text, vectorised
from compute.functions.text import MOST_CHARACTERS
from compute.values import Array, Booleans, Codes, Texts, first_error, to_booleans, to_texts, with_errors
from compute.values import text as text_array

_MORE = cells("more", optional=True, repeating=True)


@vectorised("CONCATENATE", text("text"), text("more", optional=True, repeating=True))
def concatenate(*values: Texts) -> Array:
    """The texts one after the other."""
    joined = values[0]
    for value in values[1:]:
        joined = np.asarray(joined + value, object)
    return _bounded(joined, None)


@function("CONCAT", cells("text"), _MORE)
def concat(context: CallContext, *operands: Operand) -> Array:
    """All texts of ranges and values, row by row, one after the other."""
    texts, codes = _elements(context, operands)
    joined = texts[0]
    for value in texts[1:]:
        joined = np.asarray(joined + value, object)
    return _bounded(joined.reshape(1, 1, -1), codes)


@function("TEXTJOIN", cells("delimiter"), logical("ignore_empty"), cells("text"), _MORE)
def text_join(context: CallContext, delimiter: Operand, ignore_empty: Array, *operands: Operand) -> Array:
    """All texts of ranges and values, row by row, with a delimiter between (several delimiters take turns)."""
    delimiters, delimiter_codes = _elements(context, [delimiter])
    ignoring, ignore_codes = to_booleans(ignore_empty)
    texts, codes = _elements(context, operands)
    codes = first_error(delimiter_codes, ignore_codes, codes)
    lanes = np.broadcast_shapes(texts.shape[1:], delimiters.shape[1:], ignoring.shape[2:])[0]
    joined, used = np.full(lanes, "", object), np.zeros(lanes, np.intp)
    for value in texts:
        kept: Booleans = np.broadcast_to(np.asarray(value != "", np.bool_) | ~ignoring.reshape(-1), (lanes,))
        turn = (used - 1) % delimiters.shape[0]
        between = delimiters[turn, np.arange(lanes) if delimiters.shape[1] > 1 else 0]
        longer = np.where(used > 0, joined + between + value, joined + value)
        joined, used = np.where(kept, longer, joined), used + kept
    return _bounded(joined.reshape(1, 1, -1), codes)


def _elements(context: CallContext, operands: Sequence[Operand]) -> tuple[Texts, Codes | None]:
    """All elements as texts of shape (elements, lanes), and the first error of each lane."""
    parts: list[Texts] = []
    codes: Codes | None = None
    for operand in operands:
        for array in areas(context, operand):
            texts, found = to_texts(array)
            parts.append(texts.reshape(-1, texts.shape[2]))
            if found is not None:
                rows = found.reshape(-1, found.shape[2])
                first = np.take_along_axis(rows, (rows != 0).argmax(axis=0)[None, :], axis=0)
                codes = first_error(codes, first.reshape(1, 1, -1))
    lanes = max(part.shape[1] for part in parts)
    return np.concatenate([np.broadcast_to(p, (p.shape[0], lanes)) for p in parts]), codes


def _bounded(texts: Texts, codes: Codes | None) -> Array:
    lengths = np.asarray(np.frompyfunc(len, 1, 1)(texts), np.int64)
    too_long = np.where(lengths > MOST_CHARACTERS, np.uint8(ErrorCode.VALUE), np.uint8(0))
    return with_errors(text_array(texts), first_error(codes, too_long))
