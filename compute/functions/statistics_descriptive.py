"""Spread, shape and typical values of a sample (Excel's Statistical family)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.errors import ErrorCode
from compute.functions.reductions import Failure, ordered_sum, per_lane
from compute.functions.samples import Sample, demand_same_counted, lane_numbers, sample_of
from compute.functions.signature import CallContext, Operand, cells, function, number, vectorised
from compute.values import Array, Floats, error, first_error, from_rows, stack

_FIRST = cells("number")
_MORE = cells("more", optional=True, repeating=True)
Statistic = Callable[[Sample], Array]


def register(names: str, statistic: Statistic, *, texts_count: bool = False) -> None:
    """Registers a function of one sample."""

    def implementation(context: CallContext, *operands: Operand) -> Array:
        return statistic(sample_of(context, operands, texts_count=texts_count))

    function(names, _FIRST, _MORE)(implementation)


def variance(sample: Sample, lost: int) -> tuple[Floats, Failure]:
    """The mean squared deviation with ``lost`` degrees of freedom fewer than numbers, and where there are too few."""
    freedom = sample.count - lost
    return sample.squared_deviations / np.where(freedom > 0, freedom, 1.0), (freedom <= 0, ErrorCode.DIV0)


def variance_cell(sample: Sample, lost: int) -> Array:
    """The variance as a cell, #DIV/0! with too few numbers."""
    found, failure = variance(sample, lost)
    return per_lane(found, failure, codes=sample.codes)


def deviation_cell(sample: Sample, lost: int) -> Array:
    """The standard deviation as a cell, #DIV/0! with too few numbers."""
    found, failure = variance(sample, lost)
    return per_lane(np.sqrt(found), failure, codes=sample.codes)


register("VAR.S VAR", lambda s: variance_cell(s, 1))
register("VAR.P VARP", lambda s: variance_cell(s, 0))
register("STDEV.S STDEV", lambda s: deviation_cell(s, 1))
register("STDEV.P STDEVP", lambda s: deviation_cell(s, 0))
register("VARA", lambda s: variance_cell(s, 1), texts_count=True)
register("VARPA", lambda s: variance_cell(s, 0), texts_count=True)
register("STDEVA", lambda s: deviation_cell(s, 1), texts_count=True)
register("STDEVPA", lambda s: deviation_cell(s, 0), texts_count=True)


def _empty(sample: Sample, code: ErrorCode = ErrorCode.NUM) -> Failure:
    return np.asarray(sample.count == 0), code


def _sum_of_squared_deviations(sample: Sample) -> Array:
    return per_lane(sample.squared_deviations, _empty(sample), codes=sample.codes)


def _mean_deviation(sample: Sample) -> Array:
    found = sample.sum_of(np.abs(sample.values - sample.mean)) / sample.count
    return per_lane(found, _empty(sample), codes=sample.codes)


def _not_positive(sample: Sample) -> Failure:
    return np.asarray(((sample.values <= 0) & sample.mask()).any(axis=0)), ErrorCode.NUM


def _geometric_mean(sample: Sample) -> Array:
    logarithms = np.log(np.ascontiguousarray(np.where(sample.mask() & (sample.values > 0), sample.values, 1.0)))
    found = np.exp(sample.sum_of(logarithms) / sample.count)
    return per_lane(found, _not_positive(sample), _empty(sample), codes=sample.codes)


def _harmonic_mean(sample: Sample) -> Array:
    found = sample.count / sample.sum_of(1.0 / np.where(sample.mask(), sample.values, 1.0))
    return per_lane(found, _not_positive(sample), _empty(sample), codes=sample.codes)


register("DEVSQ", _sum_of_squared_deviations)
register("AVEDEV", _mean_deviation)
register("GEOMEAN", _geometric_mean)
register("HARMEAN", _harmonic_mean)


def _standardised_power_sum(sample: Sample, power: int, lost: int) -> Floats:
    deviations = sample.values - sample.mean
    spread = np.sqrt(sample.squared_deviations / (sample.count - lost))
    scaled = deviations / spread
    raised = scaled * scaled * scaled if power == 3 else (scaled * scaled) * (scaled * scaled)
    return sample.sum_of(raised)


def _flat_or_few(sample: Sample, fewest: int) -> Failure:
    return (sample.count < fewest) | (sample.squared_deviations == 0), ErrorCode.DIV0


def _skewness(sample: Sample) -> Array:
    n = sample.count
    found = n / ((n - 1) * (n - 2)) * _standardised_power_sum(sample, 3, 1)
    return per_lane(found, _flat_or_few(sample, 3), codes=sample.codes)


def _population_skewness(sample: Sample) -> Array:
    found = _standardised_power_sum(sample, 3, 0) / sample.count
    return per_lane(found, _flat_or_few(sample, 3), codes=sample.codes)


def _excess_kurtosis(sample: Sample) -> Array:
    n = sample.count
    tails = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * _standardised_power_sum(sample, 4, 1)
    found = tails - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))
    return per_lane(found, _flat_or_few(sample, 4), codes=sample.codes)


register("SKEW", _skewness)
register("SKEW.P", _population_skewness)
register("KURT", _excess_kurtosis)


def element_at(ordered: Floats, places: Floats) -> Floats:
    """The 0-based ``places`` (lanes,) of values in rising order (elements, lanes); places are clipped to the column."""
    lanes = max(ordered.shape[1], places.shape[0])
    ordered = np.broadcast_to(ordered, (ordered.shape[0], lanes))
    index = np.clip(np.nan_to_num(places), 0, ordered.shape[0] - 1).astype(np.intp)
    return np.asarray(np.take_along_axis(ordered, np.broadcast_to(index, (1, lanes)), axis=0)[0])


def middle(sample: Sample) -> Array:
    """The median as a cell, #NUM! without numbers."""
    if sample.values.shape[0] == 0:
        return (
            error(ErrorCode.NUM) if sample.codes is None else per_lane(np.zeros(1), _empty(sample), codes=sample.codes)
        )
    ordered = sample.ascending()
    half = (sample.count - 1) / 2
    low, high = element_at(ordered, np.floor(half)), element_at(ordered, np.ceil(half))
    # Halves first would lose the last bit of subnormal numbers; the sum of two equal numbers halves exactly.
    return per_lane(np.where(low == high, low, (low + high) / 2), _empty(sample), codes=sample.codes)


register("MEDIAN", middle)


def _occurrences(sample: Sample) -> Floats:
    """How often each number occurs, 0 for what does not count; shape (elements, lanes)."""
    values = np.where(sample.mask(), sample.values, np.nan)
    order = np.argsort(values, axis=0, kind="stable")
    ordered = np.take_along_axis(values, order, axis=0)
    size = ordered.shape[0]
    index = np.arange(size)[:, None]
    fresh = np.ones(ordered.shape, np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    first = np.maximum.accumulate(np.where(fresh, index, 0), axis=0)
    ends = np.ones(ordered.shape, np.bool_)
    ends[:-1] = fresh[1:]
    last = np.minimum.accumulate(np.where(ends, index, size)[::-1], axis=0)[::-1]
    counts = np.empty(ordered.shape)
    np.put_along_axis(counts, order, np.where(np.isnan(ordered), 0.0, last - first + 1.0), axis=0)
    return counts


def mode(sample: Sample) -> Array:
    """The number that occurs most often, the first one met among equals; #N/A where none occurs twice."""
    if sample.values.shape[0] == 0:
        return per_lane(np.zeros(1), (np.ones(1, np.bool_), ErrorCode.NA), codes=sample.codes)
    counts = _occurrences(sample)
    place = counts.argmax(axis=0)[None, :]
    found = np.take_along_axis(sample.values, place, axis=0)[0]
    most = np.take_along_axis(counts, place, axis=0)[0]
    return per_lane(found, (most < 2, ErrorCode.NA), codes=sample.codes)


register("MODE.SNGL MODE", mode)


@function("MODE.MULT", _FIRST, _MORE)
def modes(context: CallContext, *operands: Operand) -> Array:
    """All numbers that occur most often, in the order met, down a column; #N/A where none occurs twice."""
    rows = _settled_numbers(context, operands)
    if isinstance(rows, Array):
        return rows
    counts = {v: rows.count(v) for v in dict.fromkeys(rows)}
    most = max(counts.values(), default=0)
    if most < 2:
        return error(ErrorCode.NA)
    return from_rows([[v] for v, n in counts.items() if n == most])


def _settled_numbers(context: CallContext, operands: tuple[Operand, ...]) -> list[float] | Array:
    """The numbers of a sample that decides the size of a result, so that it must be the same in every lane."""
    sample = sample_of(context, operands)
    settled = context.settled(Array(sample.values[:, None, :]))
    counted = context.settled(Array(sample.mask()[:, None, :].astype(np.float64)))
    if sample.codes is not None:
        code = context.constant(Array(sample.codes.reshape(1, 1, -1).astype(np.float64)))
        if code:
            return error(ErrorCode(int(float(str(code)))))
    return [float(str(v[0])) for v, c in zip(settled, counted, strict=True) if c[0]]


@function("TRIMMEAN", cells("array"), number("percent"))
def trimmed_mean(context: CallContext, operand: Operand, percent: Array) -> Array:
    """The mean without a share of the smallest and largest numbers, as many at each end."""
    sample = sample_of(context, [operand])
    share, codes = lane_numbers(percent)
    n = sample.count
    cut = np.floor(np.floor(n * share + 1e-9) / 2)
    ordered = sample.ascending()
    lanes = max(ordered.shape[1], share.shape[0])
    place = np.arange(ordered.shape[0])[:, None]
    kept = np.broadcast_to((place >= cut) & (place < n - cut), (ordered.shape[0], lanes))
    found = ordered_sum(np.where(kept, ordered, 0.0)) / (n - 2 * cut)
    wrong = (share < 0) | (share >= 1)
    return per_lane(found, (wrong, ErrorCode.NUM), _empty(sample), codes=first_error(sample.codes, codes))


@vectorised("STANDARDIZE", number("x"), number("mean"), number("standard_dev"))
def standardize(x: Floats, mean: Floats, deviation: Floats) -> Floats:
    """The distance from the mean in standard deviations; a deviation that is not positive is #NUM!."""
    return np.asarray(np.where(deviation > 0, (x - mean) / np.where(deviation > 0, deviation, 1.0), np.nan))


@function("FREQUENCY", cells("data"), cells("bins"))
def frequency(context: CallContext, data: Operand, bins: Operand) -> Array:
    """How many numbers fall up to each bin's bound (and above the one below), and how many above all; down a column."""
    sample, bounds = sample_of(context, [data]), sample_of(context, [bins])
    codes = first_error(sample.codes, bounds.codes)
    count = bounds.values.shape[0]
    demand_same_counted(bounds)
    if count == 0:
        return per_lane(sample.count, codes=codes)
    values = sample.ascending()
    lanes = max(values.shape[1], bounds.lanes)
    edges = np.broadcast_to(bounds.values, (count, lanes))
    order = np.argsort(edges, axis=0, kind="stable")
    below = np.stack(
        [(values <= np.take_along_axis(edges, order[i : i + 1], axis=0)).sum(axis=0) for i in range(count)]
    )
    counts = np.diff(below.astype(np.float64), axis=0, prepend=0.0)
    placed = np.empty((count, lanes))
    np.put_along_axis(placed, order, np.broadcast_to(counts, (count, lanes)), axis=0)
    above = sample.count - below[-1]
    rows = [*placed, np.broadcast_to(above, (lanes,))]
    return stack([[per_lane(row, codes=codes)] for row in rows])
