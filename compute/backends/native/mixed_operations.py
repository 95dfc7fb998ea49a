"""What operations on mixed values become: taking them apart, putting them together, comparing them."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence

from compute.backends.native.alike import doubt_alike
from compute.backends.native.emission import Emission, IrValue, Truth, Value
from compute.backends.native.expressions import View
from compute.backends.native.failures import failure
from compute.backends.native.iterating import Cells
from compute.backends.native.mathematics import Mathematics
from compute.backends.native.mixing import BLANK, PACKED, TEXT, TRUTH
from compute.errors import ErrorCode
from compute.records import dataclass

Operation = Callable[[Emission, Mathematics, tuple[Value, ...]], Value]
_TWO_TO_52 = 2.0**52
_BITS_OF_TWO_TO_52 = 0x433 << 52
_LOW_HALF, _LOW_BYTE = 0xFFFF_FFFF, 0xFF


def _bits(emit: Emission, value: IrValue) -> IrValue:
    return emit.builder.bitcast(value, emit.integers)


def _is(emit: Emission, value: IrValue, sort: int) -> IrValue:
    """Where a mixed value is of a sort."""
    high = emit.builder.lshr(_bits(emit, value), emit.integer(32))
    return emit.builder.icmp_unsigned("==", high, emit.integer(sort))


def is_packed(emit: Emission, value: IrValue) -> IrValue:
    """Where a mixed value is neither number nor error."""
    high = emit.builder.lshr(_bits(emit, value), emit.integer(48))
    return emit.builder.icmp_unsigned("==", high, emit.integer(PACKED))


def _is_failed(emit: Emission, value: IrValue) -> IrValue:
    return emit.builder.and_(emit.is_nan(value), emit.builder.not_(is_packed(emit, value)))


def _held(emit: Emission, value: IrValue) -> IrValue:
    """The low half as a double: below 2^52 the bits of a whole number are the last ones of 2^52 and itself."""
    low = emit.builder.and_(_bits(emit, value), emit.integer(_LOW_HALF))
    whole = emit.builder.or_(low, emit.integer(_BITS_OF_TWO_TO_52))
    return emit.builder.fsub(emit.builder.bitcast(whole, emit.vector), emit.number(_TWO_TO_52))


def _packed(sort: int) -> Operation:
    """A text's number or a truth value as a mixed value."""

    def emitted(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
        value = emit.as_number(parts[0])
        failed = emit.is_nan(value)
        whole = emit.builder.fadd(emit.select(failed, emit.number(0.0), value), emit.number(_TWO_TO_52))
        low = emit.builder.and_(_bits(emit, whole), emit.integer(_LOW_HALF))
        made = emit.builder.bitcast(emit.builder.or_(low, emit.integer(sort << 32)), emit.vector)
        return emit.select(failed, value, made)

    return emitted


def _plain(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """A number as a mixed value."""
    return emit.as_number(parts[0])


def _sorted(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """A mixed value, or where the second part is 1 or 2 a text's number or a truth value that is not packed yet."""
    value, sort = (emit.as_number(p) for p in parts)
    found = value
    for number, of_sort in ((1.0, TEXT), (2.0, TRUTH)):
        made = _packed(of_sort)(emit, maths, (value,))
        found = emit.select(emit.builder.fcmp_ordered("oeq", sort, emit.number(number)), made, found)
    return found


def _finite(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """The least or greatest of some numbers: 0 where there is none."""
    value = emit.as_number(parts[0])
    none = emit.builder.fcmp_ordered("oeq", emit.absolute(value), emit.number(float("inf")))
    return emit.select(none, emit.number(0.0), value)


def _number(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """A mixed value as a number: a truth value 0 or 1, a blank 0, a text what the second part says, or #VALUE!."""
    value = emit.as_number(parts[0])
    of_text = emit.as_number(parts[1]) if len(parts) > 1 else failure(emit, ErrorCode.VALUE)
    counted = emit.select(is_packed(emit, value), _held(emit, value), value)
    return emit.select(_is(emit, value, TEXT), of_text, counted)


def _text(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """The number of the text that a mixed value is; #N/A where it is something else, an error where it is one."""
    value = emit.as_number(parts[0])
    other = emit.select(_is_failed(emit, value), value, failure(emit, ErrorCode.NA))
    return emit.select(_is(emit, value, TEXT), _held(emit, value), other)


def _text_or_empty(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """The number of the text that a mixed value is; the second part where it is something else."""
    value = emit.as_number(parts[0])
    other = emit.select(_is_failed(emit, value), value, emit.as_number(parts[1]))
    return emit.select(_is(emit, value, TEXT), _held(emit, value), other)


def _shown(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """What a formula that ends with a mixed value shows: a blank is 0."""
    value = emit.as_number(parts[0])
    return emit.select(_is(emit, value, BLANK), emit.number(0.0), value)


def _truth(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """A mixed value as a condition: #VALUE! where it is a text."""
    return emit.as_truth(_number(emit, maths, parts))


def _is_sort(*sorts: int) -> Operation:
    """Whether a mixed value is of one of the sorts; an error is of none."""

    def emitted(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
        value = emit.as_number(parts[0])
        found = emit.nowhere()
        for sort in sorts:
            found = emit.builder.or_(found, _is(emit, value, sort))
        return Truth(found)

    return emitted


def _is_number(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    return Truth(emit.builder.not_(emit.is_nan(emit.as_number(parts[0]))))


def _is_error(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    return Truth(_is_failed(emit, emit.as_number(parts[0])))


def _if_error(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    value, instead = (emit.as_number(p) for p in parts)
    return emit.select(_is_failed(emit, value), instead, value)


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a comparison: its rank (numbers before texts before truth values) and what counts within it."""

    value: IrValue
    is_text: IrValue
    is_truth: IrValue
    is_blank: IrValue
    within_texts: IrValue
    """Its place among the texts, where it is one."""

    def rank(self, emit: Emission) -> IrValue:
        of_text = emit.select(self.is_text, emit.number(1.0), emit.number(0.0))
        return emit.select(self.is_truth, emit.number(2.0), of_text)


def _side(emit: Emission, value: Value, within_texts: Value) -> _Side:
    number = emit.as_number(value)
    is_text, is_truth, is_blank = (_is(emit, number, sort) for sort in (TEXT, TRUTH, BLANK))
    return _Side(number, is_text, is_truth, is_blank, emit.as_number(within_texts))


def _compare(condition: str) -> Operation:
    """Two mixed values; the third and fourth part order their texts, the fifth is the place of the empty text.

    A blank is the other side's zero: 0, the empty text, or false.
    """

    def emitted(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
        a, b = _side(emit, parts[0], parts[2]), _side(emit, parts[1], parts[3])
        empty = emit.as_number(parts[4])
        ranks = a.rank(emit), b.rank(emit)
        rank_a = emit.select(a.is_blank, ranks[1], ranks[0])
        rank_b = emit.select(b.is_blank, ranks[0], ranks[1])
        within = []
        for side, other in ((a, b), (b, a)):
            zero = emit.select(other.is_text, empty, emit.number(0.0))
            held = emit.select(side.is_truth, _held(emit, side.value), side.value)
            within.append(emit.select(side.is_blank, zero, emit.select(side.is_text, side.within_texts, held)))
        builder = emit.builder
        same = builder.fcmp_ordered("oeq", rank_a, rank_b)
        failed = builder.or_(_is_failed(emit, a.value), _is_failed(emit, b.value))
        are_numbers = builder.fcmp_ordered("oeq", rank_a, emit.number(0.0))
        doubt_alike(emit, within[0], within[1], builder.and_(same, are_numbers))
        left = emit.select(same, within[0], rank_a)
        right = emit.select(same, within[1], rank_b)
        error = None
        if emit.is_exact:
            error = emit.select(_is_failed(emit, a.value), a.value, b.value)
        return Truth(builder.fcmp_ordered(condition, left, right), failed, error)

    return emitted


def constant(emit: Emission, value: float) -> IrValue:
    """A number, error or mixed value that never varies."""
    if not math.isnan(value):
        return emit.number(value)
    (bits,) = struct.unpack("<Q", struct.pack("<d", value))
    if bits >> 48 == PACKED:
        return emit.builder.bitcast(emit.integer(bits), emit.vector)
    return failure(emit, bits & _LOW_BYTE)


def seen(emit: Emission, views: Sequence[View], ranges: Sequence[Cells]) -> Sequence[Cells]:
    """The cells of ranges as their function sees them; a single iteration's cells stay as they are."""
    if not views:
        return ranges
    return [_viewed(emit, cells, *view) for cells, view in zip(ranges, views, strict=True)]


def _viewed(emit: Emission, cells: Cells, what: str, instead: float) -> Cells:
    if what == "whole":
        return cells

    def load(j: IrValue) -> IrValue:
        value = cells.load(j)
        if what == "numbers":
            return emit.select(is_packed(emit, value), emit.number(instead), value)
        return emit.select(_is(emit, value, TEXT), _held(emit, value), emit.number(float("nan")))

    return Cells(cells.count, load, cells.lane)


MIXED_OPERATIONS: dict[str, Operation] = {
    "mixed_of_number": _plain,
    "mixed_of_text": _packed(TEXT),
    "mixed_of_truth": _packed(TRUTH),
    "mixed_sorted": _sorted,
    "mixed_finite": _finite,
    "mixed_number": _number,
    "mixed_text": _text,
    "mixed_text_or": _text_or_empty,
    "mixed_shown": _shown,
    "mixed_truth": _truth,
    "mixed_is_number": _is_number,
    "mixed_is_text": _is_sort(TEXT),
    "mixed_is_boolean": _is_sort(TRUTH),
    "mixed_is_blank": _is_sort(BLANK),
    "mixed_is_error": _is_error,
    "mixed_if_error": _if_error,
    "mixed_equal": _compare("oeq"),
    "mixed_unequal": _compare("one"),
    "mixed_less": _compare("olt"),
    "mixed_at_most": _compare("ole"),
    "mixed_greater": _compare("ogt"),
    "mixed_at_least": _compare("oge"),
}

__all__ = ["MIXED_OPERATIONS", "constant", "is_packed", "seen"]
