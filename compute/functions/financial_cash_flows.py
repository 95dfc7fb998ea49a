"""Cash flows: NPV, IRR, MIRR, XNPV, XIRR, and RATE.

Source: Microsoft's pages of each function. Roots are computed to about 1e-14 where Excel stops at 1e-7 (RATE) or
1e-8 (XIRR).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compute.errors import ErrorCode
from compute.functions.financial_roots import Lanes, solve_rate
from compute.functions.reductions import ordered_sum, per_lane
from compute.functions.samples import Sample, blocks, lane_numbers, sample_of
from compute.functions.signature import (
    CallContext,
    CellFailure,
    Fallible,
    Operand,
    array,
    cells,
    function,
    number,
    vectorised,
)
from compute.values import Array, Codes, Floats, Kind, first_error

DAYS = 365.0


@function("NPV", number("rate"), cells("value", repeating=True))
def net_present_value(context: CallContext, rate: Array, *values: Operand) -> Array:
    """The value now of flows at the end of each period; cells without numbers take no period."""
    rates, rate_codes = lane_numbers(rate)
    factor, total, codes = np.ones(1), np.zeros(1), rate_codes
    for sample in blocks(context, values):
        codes = first_error(codes, sample.codes)
        mask = sample.counted
        for period, flow in enumerate(sample.values):
            grown = factor * (1 + rates)
            factor = grown if mask is None else np.where(mask[period], grown, factor)
            total = total + flow / factor
    return per_lane(total, (rates == -1, ErrorCode.DIV0), codes=codes)


def _packed(sample: Sample) -> Floats:
    """The numbers that count in the first rows of each lane, zeros after them."""
    if sample.counted is None:
        return sample.values
    order = np.argsort(~sample.counted, axis=0, kind="stable")
    return np.take_along_axis(sample.values, order, axis=0)


def _both_signs(flows: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.asarray((flows > 0).any(axis=0) & (flows < 0).any(axis=0))


@function("IRR", cells("values"), number("guess", 0.1))
def internal_rate(context: CallContext, values: Operand, guess: Array) -> Array:
    """The rate at which the net present value of flows is 0: of several, the one Newton's steps reach from the guess.

    #NUM! without both a positive and a negative flow, or where no rate is found; #VALUE! for a guess of -1 or less.
    """
    sample = sample_of(context, [values])
    guesses, guess_codes = lane_numbers(guess)
    codes = first_error(sample.codes, guess_codes)
    flows = _packed(sample)
    lanes = max(flows.shape[1], guesses.shape[0])
    flows = np.broadcast_to(flows, (flows.shape[0], lanes))
    solvable = np.flatnonzero(_both_signs(flows))
    chosen = np.ascontiguousarray(flows[:, solvable])

    def curve(rate: Floats, some: Lanes) -> tuple[Floats, Floats]:
        return _polynomial(chosen if len(some) == chosen.shape[1] else chosen[:, some], rate)

    rates = np.full(lanes, np.nan)
    rates[solvable] = solve_rate(curve, np.broadcast_to(guesses, (lanes,))[solvable])
    return per_lane(rates, (guesses <= -1, ErrorCode.VALUE), codes=codes)


def _polynomial(flows: Floats, rate: Floats) -> tuple[Floats, Floats]:
    """The net present value with the first flow now, and its slope in the rate (Horner's scheme)."""
    discount = 1 / (1 + rate)
    value, slope = flows[-1].copy(), np.zeros(rate.shape)
    for flow in flows[-2::-1]:
        slope *= discount
        slope += value
        value *= discount
        value += flow
    return value, -slope * discount * discount


@function("MIRR", cells("values"), number("finance_rate"), number("reinvest_rate"))
def modified_rate(context: CallContext, values: Operand, finance: Array, reinvest: Array) -> Array:
    """The return when borrowing costs one rate and returns earn another; #DIV/0! without negative flows."""
    sample = sample_of(context, [values])
    borrowed, borrowed_codes = lane_numbers(finance)
    earned, earned_codes = lane_numbers(reinvest)
    flows = _packed(sample)
    count = sample.count
    spent, received = np.zeros(1), np.zeros(1)
    for period, flow in enumerate(flows):
        spent = spent + np.where(flow < 0, flow / np.power(1 + borrowed, float(period)), 0.0)
        received = received + np.where(flow > 0, flow * np.power(1 + earned, count - 1 - period), 0.0)
    none = ~(flows < 0).any(axis=0)
    ratio = -received / np.where(none, 1.0, spent)
    result = np.power(ratio, 1 / np.maximum(count - 1, 1)) - 1
    failed = none | (count < 2), ErrorCode.DIV0
    return per_lane(result, failed, codes=first_error(sample.codes, borrowed_codes, earned_codes))


def _dated(
    values: Operand, dates: Operand, blank: ErrorCode | None, foreign: ErrorCode
) -> tuple[Floats, Floats, Codes | None]:
    """Flows and the years from the first date to theirs, both (elements, lanes), and each lane's error.

    ``blank`` and ``foreign`` are the errors that an empty flow and one that is a text or boolean give.
    """
    flows, flow_codes = _column_of_numbers(values, blank, foreign)
    days, day_codes = _column_of_numbers(dates, None, ErrorCode.VALUE)
    if flows.shape[0] != days.shape[0]:
        raise CellFailure(ErrorCode.NUM)
    days = np.trunc(days)
    early = (days < days[0]).any(axis=0) | (days < 0).any(axis=0)
    codes = first_error(flow_codes, day_codes, np.where(early, np.uint8(ErrorCode.NUM), np.uint8(0)))
    return flows, (days - days[0]) / DAYS, codes


def _column_of_numbers(operand: Operand, blank: ErrorCode | None, foreign: ErrorCode) -> tuple[Floats, Codes | None]:
    """Every element as a number, and the first error of each lane."""
    table = operand.array
    numbers = table.numbers.reshape(-1, table.lanes)
    if table.kinds is None:
        return numbers, None
    kinds = table.kinds.reshape(numbers.shape)
    is_foreign = (kinds == Kind.TEXT) | (kinds == Kind.BOOLEAN)
    found = np.where(kinds == Kind.ERROR, numbers, np.where(is_foreign, float(foreign), 0.0))
    if blank is not None:
        found = np.where(kinds == Kind.BLANK, float(blank), found)
    first = (found != 0).argmax(axis=0)
    codes: Codes = np.take_along_axis(found, first[None, :], axis=0)[0].astype(np.uint8)
    return np.where(found != 0, 0.0, numbers), codes if codes.any() else None


def _discounted(flows: Floats, years: Floats, rate: Floats) -> tuple[Floats, Floats]:
    base = 1 + rate
    terms = flows * np.power(base, -years)
    return ordered_sum(terms), ordered_sum(-years * terms) / base


@function("XNPV", number("rate"), array("values"), array("dates"))
def dated_present_value(context: CallContext, rate: Array, values: Operand, dates: Operand) -> Array:
    """The value, on the first date, of flows on dates, in years of 365 days.

    #NUM! for a rate of 0 or less, a date before the first and a flow that is no number.
    """
    rates, rate_codes = lane_numbers(rate)
    flows, years, codes = _dated(values, dates, ErrorCode.NUM, ErrorCode.NUM)
    value, _ = _discounted(flows, years, np.where(rates <= 0, 0.0, rates))
    return per_lane(value, (rates <= 0, ErrorCode.NUM), codes=first_error(rate_codes, codes))


@function("XIRR", array("values"), array("dates"), number("guess", 0.1))
def dated_internal_rate(context: CallContext, values: Operand, dates: Operand, guess: Array) -> Array:
    """The yearly rate at which flows on dates are worth nothing on the first date; errors as IRR's and XNPV's."""
    flows, years, codes = _dated(values, dates, None, ErrorCode.VALUE)
    guesses, guess_codes = lane_numbers(guess)
    lanes = max(flows.shape[1], years.shape[1], guesses.shape[0])
    shape = (flows.shape[0], lanes)
    flows, years = np.array(np.broadcast_to(flows, shape)), np.broadcast_to(years, shape)
    solvable = _both_signs(flows)

    def curve(rate: Floats, some: Lanes) -> tuple[Floats, Floats]:
        return _discounted(flows[:, some], years[:, some], rate)

    wrong = guesses <= -1
    rates = solve_rate(curve, np.array(np.broadcast_to(guesses, (lanes,))))
    failed = (~solvable | wrong, ErrorCode.NUM)
    return per_lane(np.where(solvable, rates, 0.0), failed, codes=first_error(codes, guess_codes))


@vectorised(
    "RATE",
    number("nper"),
    number("pmt"),
    number("pv"),
    number("fv", 0.0),
    number("type", 0.0),
    number("guess", 0.1),
)
def rate_of_annuity(nper: Floats, pmt: Floats, pv: Floats, fv: Floats, kind: Floats, guess: Floats) -> Fallible:
    """The rate of each period of level payments; #NUM! where none is found."""
    arguments: Sequence[Floats] = np.broadcast_arrays(nper, pmt, pv, fv, kind, guess)
    shape = arguments[0].shape
    flat = [np.ascontiguousarray(a).reshape(-1) for a in arguments]

    def curve(rate: Floats, some: Lanes) -> tuple[Floats, Floats]:
        return _annuity_value(rate, *(a[some] for a in flat[:5]))

    rates = solve_rate(curve, flat[5]).reshape(shape)
    codes = np.where((nper <= 0) | (guess <= -1) | np.isnan(rates), np.uint8(ErrorCode.NUM), np.uint8(0))
    return Fallible(rates, codes)


def _annuity_value(
    rate: Floats, nper: Floats, pmt: Floats, pv: Floats, fv: Floats, kind: Floats
) -> tuple[Floats, Floats]:
    """The present value of all payments, and its slope in the rate."""
    log = np.log1p(rate)
    discount = np.exp(-nper * log)
    near = np.abs(rate) < 1e-7
    safe = np.where(near, 1.0, rate)
    level = np.where(near, nper - nper * (nper + 1) / 2 * rate, -np.expm1(-nper * log) / safe)
    falling = -nper * discount / (1 + rate)
    level_slope = np.where(near, -nper * (nper + 1) / 2, (-falling - level) / safe)
    ahead = np.where(kind != 0, 1.0, 0.0)
    value = pv + pmt * (1 + rate * ahead) * level + fv * discount
    return value, pmt * (ahead * level + (1 + rate * ahead) * level_slope) + fv * falling
