"""Ranks, percentiles and places in order (LARGE, PERCENTILE, RANK and their kin)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.errors import ErrorCode
from compute.functions.reductions import Failure, ordered_sum, per_lane
from compute.functions.rounding import floor15
from compute.functions.samples import Sample, demand_same_counted, lane_numbers, sample_of
from compute.functions.signature import CallContext, CellFailure, Operand, any_value, cells, function, number
from compute.functions.statistics_descriptive import element_at
from compute.values import Array, Codes, Floats, Kind, first_error, from_scalar

Pick = Callable[[Sample, Floats, Codes | None], Array]


def _register(names: str, pick: Pick, argument: str) -> None:
    def implementation(context: CallContext, operand: Operand, at: Array) -> Array:
        values, codes = lane_numbers(at)
        return pick(sample_of(context, [operand]), values, codes)

    function(names, cells("array"), number(argument))(implementation)


def _taken(sample: Sample, places: Floats, codes: Codes | None, *failures: Failure) -> Array:
    """The element at 0-based places in rising order, between two elements by interpolation."""
    codes = first_error(sample.codes, codes)
    if sample.values.shape[0] == 0:
        return per_lane(np.zeros(1), (np.ones(1, np.bool_), ErrorCode.NUM), codes=codes)
    ordered = sample.ascending()
    below = np.floor(places)
    low, high = element_at(ordered, below), element_at(ordered, np.minimum(below + 1, sample.count - 1))
    part = places - below
    found = np.where(part == 0, low, low + part * (high - low))
    return per_lane(found, (sample.count == 0, ErrorCode.NUM), *failures, codes=codes)


def smallest(sample: Sample, rank: Floats, codes: Codes | None = None) -> Array:
    """The number at a 1-based place in rising order; #NUM! outside."""
    place = np.trunc(rank)
    return _taken(sample, place - 1, codes, ((rank < 1) | (rank > sample.count), ErrorCode.NUM))


def largest(sample: Sample, rank: Floats, codes: Codes | None = None) -> Array:
    """The number at a 1-based place in falling order; #NUM! outside."""
    place = np.ceil(rank)
    return _taken(sample, sample.count - place, codes, ((rank < 1) | (rank > sample.count), ErrorCode.NUM))


def percentile_inclusive(sample: Sample, share: Floats, codes: Codes | None = None) -> Array:
    """The value below which a share lies, 0 and 1 being the extremes; #NUM! outside [0, 1]."""
    return _taken(sample, _snapped(share * (sample.count - 1)), codes, ((share < 0) | (share > 1), ErrorCode.NUM))


def percentile_exclusive(sample: Sample, share: Floats, codes: Codes | None = None) -> Array:
    """The value below which a share lies, of n + 1 intervals; #NUM! outside 1/(n+1) to n/(n+1)."""
    place = _snapped(share * (sample.count + 1))
    return _taken(sample, place - 1, codes, ((place < 1) | (place > sample.count), ErrorCode.NUM))


def _snapped(places: Floats) -> Floats:
    """Places that are whole but for the last bits, made whole."""
    nearest = np.round(places)
    return np.asarray(np.where(np.abs(places - nearest) <= 1e-14 * np.maximum(np.abs(places), 1.0), nearest, places))


def quartile_inclusive(sample: Sample, quarter: Floats, codes: Codes | None = None) -> Array:
    """PERCENTILE.INC at whole quarters."""
    return percentile_inclusive(sample, np.trunc(quarter) / 4, codes)


def quartile_exclusive(sample: Sample, quarter: Floats, codes: Codes | None = None) -> Array:
    """PERCENTILE.EXC at whole quarters, 1 to 3."""
    return percentile_exclusive(sample, np.trunc(quarter) / 4, codes)


_register("SMALL", smallest, "k")
_register("LARGE", largest, "k")
_register("PERCENTILE.INC PERCENTILE", percentile_inclusive, "k")
_register("PERCENTILE.EXC", percentile_exclusive, "k")
_register("QUARTILE.INC QUARTILE", quartile_inclusive, "quart")
_register("QUARTILE.EXC", quartile_exclusive, "quart")


def _register_rank(names: str, share: Callable[[Floats, Floats, Floats], Floats]) -> None:
    def implementation(context: CallContext, operand: Operand, x: Array, digits: Array) -> Array:
        return _percent_rank(sample_of(context, [operand]), x, digits, share)

    function(names, cells("array"), number("x"), number("significance", 3))(implementation)


def _percent_rank(sample: Sample, x: Array, digits: Array, share: Callable[[Floats, Floats, Floats], Floats]) -> Array:
    """A place among the numbers as a share, between two numbers by interpolation, cut to some digits."""
    at, x_codes = lane_numbers(x)
    figures, digit_codes = lane_numbers(digits)
    codes = first_error(sample.codes, x_codes, digit_codes)
    if sample.values.shape[0] == 0:
        return per_lane(np.zeros(1), (np.ones(1, np.bool_), ErrorCode.NUM), codes=codes)
    ordered = sample.ascending()
    below = (ordered < at).sum(axis=0).astype(np.float64)
    present = (ordered == at).any(axis=0)
    high, low = element_at(ordered, below), element_at(ordered, below - 1)
    between = below - 1 + (at - low) / np.where(high == low, 1.0, high - low)
    place = np.where(present, below, between)
    found = share(place, sample.count, present)
    scale = np.power(10.0, np.trunc(figures))
    outside = (at < ordered[0]) | (~present & (below >= sample.count))
    refused = (figures < 1) | (sample.count == 0)
    return per_lane(floor15(found * scale) / scale, (refused, ErrorCode.NUM), (outside, ErrorCode.NA), codes=codes)


_register_rank(
    "PERCENTRANK.INC PERCENTRANK", lambda place, n, present: np.where(n == 1, 1.0, place / np.maximum(n - 1, 1.0))
)
_register_rank("PERCENTRANK.EXC", lambda place, n, present: (place + 1) / (n + 1))


def _rank(context: CallContext, value: Array, among: Operand, order: Array, share_ties: bool) -> Array:
    texts = np.where(order.is_kind(Kind.TEXT), np.uint8(ErrorCode.VALUE), np.uint8(0)).reshape(-1)
    at, value_codes = lane_numbers(value)
    rising, order_codes = lane_numbers(order)
    sample = sample_of(context, [among])
    mask = sample.mask()
    greater = ((sample.values > at) & mask).sum(axis=0)
    lesser = ((sample.values < at) & mask).sum(axis=0)
    equal = ((sample.values == at) & mask).sum(axis=0)
    place = np.where(rising != 0, lesser, greater) + 1.0
    if share_ties:
        place = place + (equal - 1) / 2
    codes = first_error(texts, value_codes, sample.codes, order_codes)
    return per_lane(place, (equal == 0, ErrorCode.NA), codes=codes)


@function("RANK.EQ RANK", number("number"), cells("ref"), any_value("order", optional=True))
def rank(context: CallContext, value: Array, among: Operand, order: Array | None = None) -> Array:
    """The place of a number among others, falling unless ``order`` is not 0; equals share the first place."""
    return _rank(context, value, among, from_scalar(0.0) if order is None else order, False)


@function("RANK.AVG", number("number"), cells("ref"), any_value("order", optional=True))
def average_rank(context: CallContext, value: Array, among: Operand, order: Array | None = None) -> Array:
    """RANK with the mean place for equals."""
    return _rank(context, value, among, from_scalar(0.0) if order is None else order, True)


@function("PROB", cells("x_range"), cells("prob_range"), number("lower"), number("upper", optional=True))
def probability_between(
    context: CallContext, x_range: Operand, probabilities: Operand, lower: Array, upper: Array | None = None
) -> Array:
    """The probability of values from ``lower`` to ``upper``; #NUM! unless probabilities lie in (0, 1] and sum to 1."""
    x, p = sample_of(context, [x_range]), sample_of(context, [probabilities])
    demand_same_counted(x, p)
    if x.values.shape[0] != p.values.shape[0]:
        raise CellFailure(ErrorCode.NA)
    low, low_codes = lane_numbers(lower)
    high, high_codes = (low, None) if upper is None else lane_numbers(upper)
    inside = (x.values >= low) & (x.values <= high)
    found = ordered_sum(np.where(inside, p.values, 0.0))
    wrong = ((p.values <= 0) | (p.values > 1)).any(axis=0) | (np.abs(p.sum_of(p.values) - 1) > 1e-9)
    nothing = (np.asarray(x.count == 0), ErrorCode.DIV0)
    return per_lane(found, nothing, (wrong, ErrorCode.NUM), codes=first_error(x.codes, p.codes, low_codes, high_codes))
