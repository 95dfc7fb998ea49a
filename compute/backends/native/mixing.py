"""Cells that hold a number in some iterations and a text or truth value in others: how one double tells which.

A mixed value is a number as it is, an error as everywhere (a NaN that may hold its code), or a NaN whose high half says
that the low half is a text's number in the vocabulary, a truth value, or a blank. No arithmetic is done with such a
NaN: what reads a mixed value takes it apart first, so that processors never carry one along.
"""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

from compute.values import Array, Floats, Kind

PACKED = 0x7FFD
"""The first 16 bits of every value that is neither number nor error; processors make no such NaN themselves."""
TEXT, TRUTH, BLANK = (PACKED << 16 | sort for sort in (0, 1, 2))
"""The high halves."""
_LOW_HALF = np.uint64(0xFFFF_FFFF)


def packed(sort: int, number: int) -> float:
    """A text (by its number), a truth value (0 or 1) or a blank (0) as a mixed value."""
    return float(struct.unpack("<d", struct.pack("<Q", sort << 32 | number))[0])


def are_packed(values: Floats) -> npt.NDArray[np.bool_]:
    """Which values are texts, truth values or blanks."""
    high = np.ascontiguousarray(values).view(np.uint64) >> np.uint64(48)
    return np.asarray(high == PACKED, np.bool_)


def are_errors(values: Floats) -> npt.NDArray[np.bool_]:
    """Which values are errors, whether or not they hold a code."""
    found = np.isnan(values)
    return found & ~are_packed(values) if found.any() else found


def kinds_and_numbers(values: Floats) -> tuple[npt.NDArray[np.uint8], Floats]:
    """Mixed values taken apart: which ``Kind`` each is, and its number, text number or truth value."""
    bits = np.ascontiguousarray(values).view(np.uint64)
    high = bits >> np.uint64(32)
    kinds = np.where(np.isnan(values), np.uint8(Kind.ERROR), np.uint8(Kind.NUMBER))
    for sort, kind in ((TEXT, Kind.TEXT), (TRUTH, Kind.BOOLEAN), (BLANK, Kind.BLANK)):
        kinds[high == sort] = kind
    return kinds, np.where(high >> np.uint64(16) == PACKED, (bits & _LOW_HALF).astype(np.float64), values)


def packed_texts(values: Floats) -> npt.NDArray[np.int64]:
    """The numbers of the texts among mixed values, each once, ascending."""
    kinds, numbers = kinds_and_numbers(values)
    return np.unique(numbers[kinds == Kind.TEXT]).astype(np.int64)


def packed_values(value: Array, numbers_of_texts: Floats, errors: Floats) -> Floats:
    """Values of any kind as mixed ones; texts are given by their numbers, errors as NaN with their codes."""
    kinds = value.kind_array()
    bits = np.array(value.numbers, np.float64).view(np.uint64)
    low = np.where(kinds == Kind.TEXT, numbers_of_texts, np.where(kinds == Kind.BOOLEAN, value.numbers, 0.0))
    for sort, kind in ((TEXT, Kind.TEXT), (TRUTH, Kind.BOOLEAN), (BLANK, Kind.BLANK)):
        bits = np.where(kinds == kind, np.uint64(sort << 32) | low.astype(np.uint64), bits)
    return np.where(kinds == Kind.ERROR, errors.view(np.uint64), bits).view(np.float64)


__all__ = [
    "BLANK", "PACKED", "TEXT", "TRUTH", "are_errors", "are_packed", "kinds_and_numbers", "packed",
    "packed_texts", "packed_values",
]  # fmt: skip
