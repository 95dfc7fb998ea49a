"""Tests of hypotheses: T.TEST, Z.TEST, F.TEST, CHISQ.TEST."""

from __future__ import annotations

import numpy as np

from compute import special
from compute.errors import ErrorCode
from compute.functions.reductions import ordered_sum, per_lane
from compute.functions.samples import Sample, lane_numbers, sample_of
from compute.functions.signature import CallContext, CellFailure, Operand, cells, function, number
from compute.functions.statistics_descriptive import variance
from compute.functions.statistics_pairs import pairs_of
from compute.values import Array, Booleans, Codes, Floats, first_error

_TWO = (cells("array1"), cells("array2"))


@function("T.TEST TTEST", *_TWO, number("tails"), number("type"))
def t_test(context: CallContext, first: Operand, second: Operand, tails: Array, kind: Array) -> Array:
    """The probability of Student's t: type 1 paired, 2 equal variances, 3 unequal variances; one or two tails."""
    sides, side_codes = lane_numbers(tails)
    chosen = context.constant(kind)
    if not isinstance(chosen, float) or int(chosen) not in (1, 2, 3):
        raise CellFailure(ErrorCode.NUM if isinstance(chosen, float) else ErrorCode.VALUE)
    if int(chosen) == 1:
        t, freedom, few, codes = _paired(first, second)
    else:
        a, b = sample_of(context, [first]), sample_of(context, [second])
        t, freedom, few = _pooled(a, b) if int(chosen) == 2 else _welch(a, b)
        codes = first_error(a.codes, b.codes)
    sides = np.trunc(sides)
    found = sides * special.stdtr(np.where(few, 1.0, freedom), -np.abs(t))
    wrong = (sides != 1) & (sides != 2)
    return per_lane(found, (wrong, ErrorCode.NUM), (few, ErrorCode.DIV0), codes=first_error(codes, side_codes))


def _paired(first: Operand, second: Operand) -> tuple[Floats, Floats, Booleans, Codes | None]:
    pairs = pairs_of(first, second)
    n = pairs.count
    differences = pairs.x - pairs.y
    mean = pairs.total(differences) / n
    spread = pairs.total(np.square(differences - mean)) / (n - 1)
    return mean / np.sqrt(spread / n), n - 1, np.asarray((n < 2) | (spread == 0)), pairs.codes


def _pooled(a: Sample, b: Sample) -> tuple[Floats, Floats, Booleans]:
    freedom = np.asarray(a.count + b.count - 2)
    spread = (a.squared_deviations + b.squared_deviations) / freedom
    few = (a.count < 1) | (b.count < 1) | (freedom < 1) | (spread == 0)
    return (a.mean - b.mean) / np.sqrt(spread * (1 / a.count + 1 / b.count)), freedom, np.asarray(few)


def _welch(a: Sample, b: Sample) -> tuple[Floats, Floats, Booleans]:
    (first, _), (second, _) = variance(a, 1), variance(b, 1)
    u, v = first / a.count, second / b.count
    freedom = np.square(u + v) / (np.square(u) / (a.count - 1) + np.square(v) / (b.count - 1))
    few = (a.count < 2) | (b.count < 2) | (u + v == 0)
    return (a.mean - b.mean) / np.sqrt(u + v), np.asarray(freedom), np.asarray(few)


@function("Z.TEST ZTEST", cells("array"), number("x"), number("sigma", optional=True))
def z_test(context: CallContext, operand: Operand, x: Array, sigma: Array | None = None) -> Array:
    """The probability that a sample's mean exceeds the one observed if the true mean is x."""
    sample = sample_of(context, [operand])
    at, codes = lane_numbers(x)
    found, failure = variance(sample, 1)
    deviation, sigma_codes = (np.sqrt(found), None) if sigma is None else lane_numbers(sigma)
    z = (sample.mean - at) / (deviation / np.sqrt(sample.count))
    failures = [(np.asarray(sample.count == 0), ErrorCode.NA)]
    if sigma is None:
        failures += [failure, (np.asarray(deviation == 0), ErrorCode.DIV0)]
    else:
        failures.append((np.asarray(deviation <= 0), ErrorCode.NUM))
    return per_lane(
        np.asarray(special.ndtr(-z), np.float64), *failures, codes=first_error(sample.codes, codes, sigma_codes)
    )


@function("F.TEST FTEST", *_TWO)
def f_test(context: CallContext, first: Operand, second: Operand) -> Array:
    """The two-tailed probability that two samples' variances do not differ."""
    a, b = sample_of(context, [first]), sample_of(context, [second])
    (u, few_u), (v, few_v) = variance(a, 1), variance(b, 1)
    m, n = np.maximum(a.count - 1, 1.0), np.maximum(b.count - 1, 1.0)
    above = special.betainc(n / 2, m / 2, n * v / (m * u + n * v))
    found = 2 * np.minimum(above, special.betainc(m / 2, n / 2, m * u / (m * u + n * v)))
    flat_sample = (np.asarray((u == 0) | (v == 0)), ErrorCode.DIV0)
    return per_lane(found, few_u, few_v, flat_sample, codes=first_error(a.codes, b.codes))


@function("CHISQ.TEST CHITEST", *_TWO)
def chi_squared_test(context: CallContext, actual: Operand, expected: Operand) -> Array:
    """The probability of frequencies at least so far from the expected ones; shapes must agree (#N/A)."""
    rows, columns = actual.array.rows, actual.array.columns
    if (rows, columns) != (expected.array.rows, expected.array.columns) or rows * columns == 1:
        raise CellFailure(ErrorCode.NA)
    pairs = pairs_of(actual, expected)
    freedom = (rows - 1) * (columns - 1) if rows > 1 and columns > 1 else rows * columns - 1
    zero = ((pairs.y == 0) & pairs.counted).any(axis=0)
    negative = ((pairs.y < 0) & pairs.counted).any(axis=0)
    safe = np.where(pairs.counted & (pairs.y != 0), pairs.y, 1.0)
    chi = ordered_sum(np.where(pairs.counted, np.square(pairs.x - pairs.y) / safe, 0.0))
    return per_lane(
        np.asarray(special.gammaincc(freedom / 2, np.maximum(chi, 0.0) / 2), np.float64),
        (np.asarray(zero), ErrorCode.DIV0),
        (np.asarray(negative), ErrorCode.NUM),
        codes=pairs.codes,
    )
