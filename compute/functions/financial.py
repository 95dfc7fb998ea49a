"""Level payments: PMT, PV, FV, NPER, IPMT, PPMT, CUMIPMT, CUMPRINC, and conversions of rates.

Source: Microsoft's pages of each function; all follow from ``pv (1+r)^n + pmt (1 + r type) ((1+r)^n - 1)/r + fv = 0``.
"""

from __future__ import annotations

import numpy as np

from compute.errors import ErrorCode
from compute.functions.reductions import Failure, failure_codes
from compute.functions.signature import CallContext, Fallible, Operand, array, function, number, vectorised
from compute.values import Array, Floats, Kind, first_error, numeric, to_numbers, with_errors


def growth(rate: Floats, periods: Floats) -> Floats:
    """What 1 becomes in that many periods."""
    return np.power(1 + rate, periods)


def annuity(rate: Floats, periods: Floats) -> Floats:
    """What payments of 1 at the end of each period add up to."""
    flat = rate == 0
    return np.where(flat, periods, (growth(rate, periods) - 1) / np.where(flat, 1.0, rate))


def early(rate: Floats, kind: Floats) -> Floats:
    """The extra period of interest on payments at the beginning of each period."""
    return np.where(kind != 0, 1 + rate, 1.0)


def level_payment(rate: Floats, periods: Floats, pv: Floats, fv: Floats, kind: Floats) -> Floats:
    """The payment that turns ``pv`` into ``-fv``."""
    return -(pv * growth(rate, periods) + fv) / (early(rate, kind) * annuity(rate, periods))


def balance(rate: Floats, periods: Floats, payment: Floats, pv: Floats, kind: Floats) -> Floats:
    """What is owed right after that many payments."""
    first = np.where(kind != 0, payment, 0.0)
    grown = np.where(kind != 0, periods - 1, periods)
    owed = (pv + first) * growth(rate, grown) + payment * annuity(rate, grown)
    return np.where(periods <= 0, pv, owed)


def failing_where(values: Floats, *failures: Failure) -> Fallible:
    """Values with an error where a condition holds; the first one decides."""
    return Fallible(values, failure_codes(*failures))


@vectorised("PMT", number("rate"), number("nper"), number("pv"), number("fv", 0.0), number("type", 0.0))
def payment(rate: Floats, nper: Floats, pv: Floats, fv: Floats, kind: Floats) -> Fallible:
    """The payment of a loan in each period."""
    return failing_where(
        level_payment(rate, nper, pv, fv, kind), (nper == 0, ErrorCode.NUM), (rate <= -1, ErrorCode.NUM)
    )


@vectorised("PV", number("rate"), number("nper"), number("pmt"), number("fv", 0.0), number("type", 0.0))
def present_value(rate: Floats, nper: Floats, pmt: Floats, fv: Floats, kind: Floats) -> Fallible:
    """What a series of payments is worth now."""
    grown = growth(rate, nper)
    value = -(pmt * early(rate, kind) * annuity(rate, nper) + fv) / np.where(grown == 0, 1.0, grown)
    return failing_where(value, (grown == 0, ErrorCode.DIV0))


@vectorised("FV", number("rate"), number("nper"), number("pmt"), number("pv", 0.0), number("type", 0.0))
def future_value(rate: Floats, nper: Floats, pmt: Floats, pv: Floats, kind: Floats) -> Floats:
    """What payments and a present value grow to."""
    return -(pv * growth(rate, nper) + pmt * early(rate, kind) * annuity(rate, nper))


@vectorised("NPER", number("rate"), number("pmt"), number("pv"), number("fv", 0.0), number("type", 0.0))
def number_of_periods(rate: Floats, pmt: Floats, pv: Floats, fv: Floats, kind: Floats) -> Fallible:
    """How many payments bring ``pv`` to ``-fv``."""
    flat = rate == 0
    safe = np.where(flat, 1.0, rate)
    perpetuity = pmt * early(rate, kind) / safe
    curved = np.log((perpetuity - fv) / (perpetuity + pv)) / np.log1p(safe)
    periods = np.where(flat, -(pv + fv) / np.where(pmt == 0, 1.0, pmt), curved)
    return failing_where(periods, ((pmt == 0) & flat, ErrorCode.NUM), (rate <= -1, ErrorCode.NUM))


def _outside_term(per: Floats, nper: Floats) -> Failure:
    return (per < 1) | (per >= nper + 1), ErrorCode.NUM


_PERIOD = (
    number("rate"),
    number("per"),
    number("nper"),
    number("pv"),
    number("fv", 0.0),
    number("type", 0.0),
)


@vectorised("IPMT", *_PERIOD)
def interest_payment(rate: Floats, per: Floats, nper: Floats, pv: Floats, fv: Floats, kind: Floats) -> Fallible:
    """The interest in one payment of a loan; #NUM! for a period outside the loan's."""
    level = level_payment(rate, nper, pv, fv, kind)
    return failing_where(_interest(rate, per, level, pv, kind), _outside_term(per, nper))


@vectorised("PPMT", *_PERIOD)
def principal_payment(rate: Floats, per: Floats, nper: Floats, pv: Floats, fv: Floats, kind: Floats) -> Fallible:
    """The repayment in one payment of a loan; #NUM! for a period outside the loan's."""
    level = level_payment(rate, nper, pv, fv, kind)
    return failing_where(level - _interest(rate, per, level, pv, kind), _outside_term(per, nper))


def _interest(rate: Floats, per: Floats, level: Floats, pv: Floats, kind: Floats) -> Floats:
    owed = balance(rate, per - 1, level, pv, kind)
    return np.where((kind != 0) & (per <= 1), 0.0, -owed * rate)


_SPAN = (
    number("rate"),
    number("nper"),
    number("pv"),
    number("start_period"),
    number("end_period"),
    number("type"),
)


def _repaid(
    rate: Floats, nper: Floats, pv: Floats, start: Floats, end: Floats, kind: Floats
) -> tuple[Floats, Floats, Failure]:
    """Repaid and paid in all from ``start`` to ``end``, and where the arguments are out of bounds."""
    start, end = np.ceil(start), np.trunc(end)
    level = level_payment(rate, nper, pv, np.zeros(1), kind)
    repaid = balance(rate, end, level, pv, kind) - balance(rate, start - 1, level, pv, kind)
    wrong = (rate <= 0) | (nper <= 0) | (pv <= 0) | (start < 1) | (end < start) | (end > nper)
    wrong = wrong | ((kind != 0) & (kind != 1))
    return repaid, level * (end - start + 1), (wrong, ErrorCode.NUM)


@vectorised("CUMPRINC", *_SPAN)
def cumulative_principal(rate: Floats, nper: Floats, pv: Floats, start: Floats, end: Floats, kind: Floats) -> Fallible:
    """What is repaid from one period to another, both included; #NUM! for arguments out of bounds."""
    repaid, _, wrong = _repaid(rate, nper, pv, start, end, kind)
    return failing_where(repaid, wrong)


@vectorised("CUMIPMT", *_SPAN)
def cumulative_interest(rate: Floats, nper: Floats, pv: Floats, start: Floats, end: Floats, kind: Floats) -> Fallible:
    """The interest paid from one period to another, both included; #NUM! for arguments out of bounds."""
    repaid, paid, wrong = _repaid(rate, nper, pv, start, end, kind)
    return failing_where(paid - repaid, wrong)


@vectorised("ISPMT", number("rate"), number("per"), number("nper"), number("pv"))
def straight_interest(rate: Floats, per: Floats, nper: Floats, pv: Floats) -> Fallible:
    """The interest of a loan repaid in equal parts; periods count from 0."""
    return failing_where(pv * rate * (per / np.where(nper == 0, 1.0, nper) - 1), (nper == 0, ErrorCode.DIV0))


@vectorised("EFFECT", number("nominal_rate"), number("npery"))
def effective_rate(nominal: Floats, npery: Floats) -> Fallible:
    """The yearly rate that a nominal one compounded ``npery`` times a year comes to."""
    times = np.trunc(npery)
    safe = np.where(times < 1, 1.0, times)
    return failing_where(np.power(1 + nominal / safe, safe) - 1, ((nominal <= 0) | (times < 1), ErrorCode.NUM))


@vectorised("NOMINAL", number("effect_rate"), number("npery"))
def nominal_rate(effective: Floats, npery: Floats) -> Fallible:
    """The nominal yearly rate that, compounded ``npery`` times a year, comes to the effective one."""
    times = np.trunc(npery)
    safe = np.where(times < 1, 1.0, times)
    nominal = (np.power(1 + effective, 1 / safe) - 1) * safe
    return failing_where(nominal, ((effective <= 0) | (times < 1), ErrorCode.NUM))


@vectorised("RRI", number("nper"), number("pv"), number("fv"))
def equivalent_rate(nper: Floats, pv: Floats, fv: Floats) -> Fallible:
    """The rate at which ``pv`` grows to ``fv``."""
    wrong = (nper <= 0) | (pv == 0) | (fv / np.where(pv == 0, 1.0, pv) < 0)
    rate = np.power(fv / np.where(pv == 0, 1.0, pv), 1 / np.where(nper <= 0, 1.0, nper)) - 1
    return failing_where(np.where(wrong, 0.0, rate), (wrong, ErrorCode.NUM))


@vectorised("PDURATION", number("rate"), number("pv"), number("fv"))
def periods_to_grow(rate: Floats, pv: Floats, fv: Floats) -> Fallible:
    """How many periods ``pv`` takes to grow to ``fv``."""
    wrong = (rate <= 0) | (pv <= 0) | (fv <= 0)
    return failing_where((np.log(fv) - np.log(pv)) / np.log1p(rate), (wrong, ErrorCode.NUM))


@function("FVSCHEDULE", number("principal"), array("schedule"))
def future_value_of_schedule(context: CallContext, principal: Array, schedule: Operand) -> Array:
    """The principal compounded by each rate of the schedule in turn; blanks are 0, other non-numbers #VALUE!."""
    value, codes = to_numbers(principal)
    rates = schedule.array
    if rates.kinds is not None:
        foreign = (rates.kinds == Kind.TEXT) | (rates.kinds == Kind.BOOLEAN)
        for row, column in np.ndindex(rates.rows, rates.columns):
            here = rates.cell(row, column).errors()
            wrong = np.where(foreign[row, column], np.uint8(ErrorCode.VALUE), np.uint8(0))[None, None, :]
            codes = first_error(codes, here, wrong)
    for row, column in np.ndindex(rates.rows, rates.columns):
        value = value * (1 + rates.numbers[row, column][None, None, :])
    return with_errors(numeric(value), codes)
