"""Totals, counts and extremes over ranges (SUM, AVERAGE, COUNT, MAX and their kin)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.errors import ErrorCode
from compute.functions.reductions import failing, flat, ordered_product, ordered_sum, per_lane
from compute.functions.samples import Sample, areas, blocks, is_direct, sample_of
from compute.functions.signature import CallContext, CellFailure, Operand, array, cells, function
from compute.values import Array, Codes, Floats, Kind, first_error, numeric, to_numbers

_ANY = cells("value", repeating=True)
_FIRST = cells("number")
_MORE = cells("more", optional=True, repeating=True)


@function("SUM", _FIRST, _MORE)
def total(context: CallContext, *operands: Operand) -> Array:
    """The sum of all numbers, added in order."""
    running: Floats | None = None
    codes: Codes | None = None
    for block in blocks(context, operands):
        running = ordered_sum(block.values, running)
        codes = first_error(codes, block.codes)
    return per_lane(np.zeros(1) if running is None else running, codes=codes)


@function("PERCENTOF", cells("data_subset"), cells("data_all"))
def share_of_total(context: CallContext, subset: Operand, whole: Operand) -> Array:
    """The sum of some numbers over the sum of all; #DIV/0! where that is 0."""
    some, everything = sample_of(context, [subset]), sample_of(context, [whole])
    below = ordered_sum(everything.values)
    found = ordered_sum(some.values) / below
    return per_lane(found, (below == 0, ErrorCode.DIV0), codes=first_error(some.codes, everything.codes))


@function("SUMSQ", _FIRST, _MORE)
def sum_of_squares(context: CallContext, *operands: Operand) -> Array:
    """The sum of the squares of all numbers."""
    sample = sample_of(context, operands)
    return per_lane(ordered_sum(np.square(sample.values)), codes=sample.codes)


@function("PRODUCT", _FIRST, _MORE)
def product(context: CallContext, *operands: Operand) -> Array:
    """The product of all numbers; 0 where there is none."""
    return product_of(sample_of(context, operands))


@function("AVERAGE", _FIRST, _MORE)
def average(context: CallContext, *operands: Operand) -> Array:
    """The arithmetic mean of all numbers; #DIV/0! where there is none."""
    return mean_of(sample_of(context, operands))


@function("AVERAGEA", _FIRST, _MORE)
def average_all(context: CallContext, *operands: Operand) -> Array:
    """AVERAGE, with text in ranges as 0 and booleans as 0 and 1."""
    return mean_of(sample_of(context, operands, texts_count=True))


def mean_of(sample: Sample) -> Array:
    """The mean of a sample as a cell."""
    return per_lane(sample.mean, (sample.count == 0, ErrorCode.DIV0), codes=sample.codes)


def least(sample: Sample) -> Array:
    """The smallest number of a sample, 0 where there is none."""
    return _extreme(sample, np.minimum, np.inf)


def greatest(sample: Sample) -> Array:
    """The largest number of a sample, 0 where there is none."""
    return _extreme(sample, np.maximum, -np.inf)


def _extreme(sample: Sample, pick: np.ufunc, neutral: float) -> Array:
    values = sample.values if sample.counted is None else np.where(sample.counted, sample.values, neutral)
    found = pick.reduce(values, axis=0, initial=neutral)
    return per_lane(np.where(sample.count == 0, 0.0, found), codes=sample.codes)


def product_of(sample: Sample) -> Array:
    """The product of a sample as a cell, 0 where it is empty."""
    factors = sample.values if sample.counted is None else np.where(sample.counted, sample.values, 1.0)
    return per_lane(np.where(sample.count == 0, 0.0, ordered_product(factors)), codes=sample.codes)


def _register_extreme(name: str, pick: Callable[[Sample], Array], texts_count: bool) -> None:
    def extreme(context: CallContext, *operands: Operand) -> Array:
        return pick(sample_of(context, operands, texts_count=texts_count))

    function(name, _FIRST, _MORE)(extreme)


_register_extreme("MIN", least, False)
_register_extreme("MAX", greatest, False)
_register_extreme("MINA", least, True)
_register_extreme("MAXA", greatest, True)


def _counted(context: CallContext, operands: tuple[Operand, ...], kinds: tuple[Kind, ...]) -> Array:
    counts: Floats = np.zeros((1, 1, 1))
    for operand in operands:
        for values in areas(context, operand):
            counts = counts + count_kinds(values, kinds)
    return numeric(counts)


def count_kinds(values: Array, kinds: tuple[Kind, ...]) -> Floats:
    """How many elements are of one of the kinds, shape (1, 1, lanes)."""
    if values.kinds is None:
        return np.full((1, 1, 1), float(values.rows * values.columns if Kind.NUMBER in kinds else 0))
    counts = np.isin(values.kinds, [int(k) for k in kinds]).sum(axis=(0, 1))
    return np.asarray(counts, np.float64).reshape(1, 1, -1)


@function("COUNT", _FIRST, _MORE)
def count(context: CallContext, *operands: Operand) -> Array:
    """How many numbers there are; a value written into the call counts if it can be read as a number."""
    counts: Floats = np.zeros((1, 1, 1))
    for operand in operands:
        if is_direct(operand):
            _, codes = to_numbers(operand.array, context.date_1904)
            counts = counts + (1.0 if codes is None else (codes == 0).astype(np.float64))
            continue
        for values in areas(context, operand):
            counts = counts + count_kinds(values, (Kind.NUMBER,))
    return numeric(counts)


@function("COUNTA", _FIRST, _MORE)
def count_all(context: CallContext, *operands: Operand) -> Array:
    """How many values there are, errors and empty texts included; an argument left empty counts too."""
    filled = (Kind.NUMBER, Kind.BOOLEAN, Kind.TEXT, Kind.ERROR)
    direct = [o for o in operands if is_direct(o)]
    counted = _counted(context, tuple(o for o in operands if not is_direct(o)), filled)
    return numeric(counted.numbers + len(direct))


@function("COUNTBLANK", cells("range"))
def count_blank(context: CallContext, operand: Operand) -> Array:
    """How many cells are empty or hold an empty text; cells of a whole column beyond the used rows are empty too."""
    counts: Floats = np.zeros((1, 1, 1))
    for values in areas(context, operand):
        counts = counts + count_kinds(values, (Kind.BLANK,))
        if values.texts is not None:
            empty = (values.kind_array() == Kind.TEXT) & (values.texts == "")
            counts = counts + empty.sum(axis=(0, 1)).reshape(1, 1, -1)
    if operand.reference is not None:
        held = sum(a.rows * a.columns for a in operand.reference.areas)
        seen = sum(a.rows * a.columns for a in areas(context, operand))
        counts = counts + max(0, held - seen)
    return numeric(counts)


@function("SUMPRODUCT", array("array"), array("more", optional=True, repeating=True))
def sum_product(context: CallContext, *operands: Operand) -> Array:
    """The sum of products of elements in the same place; text and booleans in arrays are 0, shapes must agree."""
    arrays = [o.array for o in operands]
    if any((a.rows, a.columns) != (arrays[0].rows, arrays[0].columns) for a in arrays):
        arrays = _padded(operands)
    codes: Codes | None = None
    products: Floats | None = None
    for values in arrays:
        numbers = flat(values.numbers)
        if values.kinds is not None:
            kinds = values.kinds.reshape(numbers.shape)
            errors = np.where(kinds == Kind.ERROR, numbers, 0).astype(np.uint8)
            codes = first_error(codes, errors) if errors.any() else codes
            numbers = np.where(kinds == Kind.NUMBER, numbers, 0.0)
        products = numbers if products is None else products * numbers
    assert products is not None  # the signature asks for one array at least
    if codes is not None:
        codes = np.broadcast_to(codes, np.broadcast_shapes(codes.shape, products.shape))
        places = (codes != 0).argmax(axis=0)[None, :]
        codes = np.take_along_axis(codes, places, axis=0)[0]
    return failing(ordered_sum(products).reshape(1, 1, -1), codes=codes)


def _padded(operands: tuple[Operand, ...]) -> list[Array]:
    """Whole columns of several sheets end at different last rows: the shorter ones go on with blanks. Else #VALUE!."""
    sizes = {
        (o.array.rows, o.array.columns) if o.reference is None else (o.reference.area.rows, o.reference.area.columns)
        for o in operands
    }
    if len(sizes) > 1:
        raise CellFailure(ErrorCode.VALUE)
    rows = min(o.array.rows for o in operands)
    columns = min(o.array.columns for o in operands)
    return [o.array.part(slice(0, rows), slice(0, columns)) for o in operands]
