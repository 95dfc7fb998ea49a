"""Bonds with an odd first or last period: ODDFPRICE, ODDFYIELD, ODDLPRICE, ODDLYIELD.

An odd period is measured in quasi-coupon periods of regular length. Source: Microsoft's pages of each function.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from compute.functions.bonds import coupons_slope, coupons_value
from compute.functions.bonds_coupons import num_where, period_length, wrong_terms
from compute.functions.daycount import (
    Days,
    civil_date,
    days_between,
    is_month_end,
    moved_by_months,
    per_distinct,
    security,
    whole,
)
from compute.functions.financial_roots import Lanes, solve_rate
from compute.functions.signature import Fallible, number
from compute.values import Booleans, Floats


def _share(first: int, last: int, start: int, end: int, frequency: int, basis: int) -> float:
    """The part of the quasi-coupon period from ``start`` to ``end`` that lies between two dates."""
    first, last = max(first, start), min(last, end)
    if first >= last:
        return 0.0
    if first == start and last == end:
        return 1.0
    return days_between(first, last, basis) / period_length(start, end, frequency, basis)


def _ahead(settlement: int, start: int, end: int, frequency: int, basis: int) -> float:
    """The part of a quasi-coupon period after the settlement, counted as COUPDAYSNC does."""
    length = period_length(start, end, frequency, basis)
    if basis in (0, 4):
        return 1 - days_between(start, settlement, basis) / length
    return (end - settlement) / length


@lru_cache(maxsize=4096)
def odd_first(settlement: int, maturity: int, issue: int, first: int, frequency: int, basis: int) -> tuple[float, ...]:
    """In periods: the first coupon, what of it is accrued, the time to it; and the coupons after it."""
    months, to_end = 12 // frequency, is_month_end(first) and is_month_end(maturity)
    coupon = accrued = ahead = 0.0
    end, back = first, 0
    while end > issue:
        back += 1
        start = moved_by_months(first, -back * months, to_end=to_end)
        coupon += _share(issue, end, start, end, frequency, basis)
        accrued += _share(issue, settlement, start, end, frequency, basis)
        if settlement < start:
            ahead += 1
        elif settlement < end:
            ahead += _ahead(settlement, start, end, frequency, basis)
        end = start
    (year1, month1, _), (year2, month2, _) = civil_date(first), civil_date(maturity)
    return coupon, accrued, ahead, float(((year2 - year1) * 12 + month2 - month1) // months)


@lru_cache(maxsize=4096)
def odd_last(settlement: int, maturity: int, last: int, frequency: int, basis: int) -> tuple[float, ...]:
    """In periods from the last coupon date: to the maturity, to the settlement; and between these.

    Real days are set against the real days of their own quasi-coupon period (``NLi``), also on basis 2 and 3.
    """
    months, to_end = 12 // frequency, is_month_end(last)
    counted = 1 if basis in (2, 3) else basis
    coupon = accrued = ahead = 0.0
    start, step = last, 0
    while start < maturity:
        step += 1
        end = moved_by_months(last, step * months, to_end=to_end)
        coupon += _share(last, maturity, start, end, frequency, counted)
        accrued += _share(last, settlement, start, end, frequency, counted)
        ahead += _share(settlement, maturity, start, end, frequency, counted)
        start = end
    return coupon, accrued, ahead


_ODD_FIRST = (number("settlement"), number("maturity"), number("issue"), number("first_coupon"), number("rate"))
_REST = (number("redemption"), number("frequency"), number("basis", 0.0))
_ODD_LAST = (number("settlement"), number("maturity"), number("last_interest"), number("rate"))


def _first_terms(
    settlement: Days, maturity: Days, issue: Days, first: Days, frequency: Floats, basis: Floats
) -> tuple[Floats, Floats, Booleans]:
    wrong = wrong_terms(frequency, basis) | (maturity <= first) | (first <= settlement) | (settlement <= issue)
    often, kind = np.where(wrong, 1, whole(frequency)), np.where(wrong, 0, whole(basis))
    dates = [np.where(wrong, v, d) for v, d in ((400, settlement), (2000, maturity), (399, issue), (500, first))]
    return per_distinct(odd_first, *dates, often, kind, width=4), often.astype(np.float64), wrong


def _first_price(rate: Floats, redemption: Floats, coupon: Floats, found: Floats) -> tuple[Floats, Floats]:
    """The clean price at a rate a period, and its slope."""
    first, accrued, ahead, count = found
    payments, last = coupons_value(rate, count, ahead + 1)
    payments_slope, last_slope = coupons_slope(rate, count, ahead + 1)
    discount = np.power(1 + rate, -ahead)
    value = redemption * last + coupon * (first * discount + payments - accrued)
    slope = redemption * last_slope + coupon * (payments_slope - first * ahead * discount / (1 + rate))
    return value, slope


@security("ODDFPRICE", *_ODD_FIRST, number("yld"), *_REST, dates=(0, 1, 2, 3))
def odd_first_price(
    settlement: Days,
    maturity: Days,
    issue: Days,
    first: Days,
    rate: Floats,
    yld: Floats,
    redemption: Floats,
    frequency: Floats,
    basis: Floats,
) -> Fallible:
    """The clean price of 100 face value of a bond with an odd first period."""
    found, often, wrong = _first_terms(settlement, maturity, issue, first, frequency, basis)
    value, _ = _first_price(yld / often, redemption, 100 * rate / often, found)
    return num_where(value, wrong | (rate < 0) | (yld < 0) | (redemption <= 0))


@security("ODDFYIELD", *_ODD_FIRST, number("pr"), *_REST, dates=(0, 1, 2, 3))
def odd_first_yield(
    settlement: Days,
    maturity: Days,
    issue: Days,
    first: Days,
    rate: Floats,
    pr: Floats,
    redemption: Floats,
    frequency: Floats,
    basis: Floats,
) -> Fallible:
    """The yield at which ODDFPRICE gives a price."""
    found, often, wrong = _first_terms(settlement, maturity, issue, first, frequency, basis)
    wrong = wrong | (rate < 0) | (pr <= 0) | (redemption <= 0)
    spread = np.broadcast_arrays(*found, 100 * rate / often, redemption, pr, often, wrong)
    shape = spread[0].shape
    flat = [np.ascontiguousarray(a).reshape(-1) for a in spread]
    usable = np.flatnonzero(~flat[8].astype(np.bool_))
    terms, coupon, paid, target = np.stack(flat[:4]), flat[4], flat[5], flat[6]

    def curve(per_period: Floats, some: Lanes) -> tuple[Floats, Floats]:
        these = usable[some]
        value, slope = _first_price(per_period, paid[these], coupon[these], terms[:, these])
        return value - target[these], slope

    result = np.zeros(flat[0].shape)
    result[usable] = solve_rate(curve, np.clip(coupon[usable] / target[usable], 1e-6, 1.0))
    return num_where((result * flat[7]).reshape(shape), wrong)


def _last_terms(
    settlement: Days, maturity: Days, last: Days, frequency: Floats, basis: Floats
) -> tuple[Floats, Floats, Booleans]:
    wrong = wrong_terms(frequency, basis) | (maturity <= settlement) | (settlement <= last)
    often, kind = np.where(wrong, 1, whole(frequency)), np.where(wrong, 0, whole(basis))
    dates = [np.where(wrong, v, d) for v, d in ((400, settlement), (500, maturity), (399, last))]
    return per_distinct(odd_last, *dates, often, kind, width=3), often.astype(np.float64), wrong


@security("ODDLPRICE", *_ODD_LAST, number("yld"), *_REST, dates=(0, 1, 2))
def odd_last_price(
    settlement: Days,
    maturity: Days,
    last: Days,
    rate: Floats,
    yld: Floats,
    redemption: Floats,
    frequency: Floats,
    basis: Floats,
) -> Fallible:
    """The clean price of 100 face value of a bond with an odd last period."""
    (total, accrued, ahead), often, wrong = _last_terms(settlement, maturity, last, frequency, basis)
    coupon = 100 * rate / often
    value = (redemption + total * coupon) / (1 + ahead * yld / often) - accrued * coupon
    return num_where(value, wrong | (rate < 0) | (yld < 0) | (redemption <= 0))


@security("ODDLYIELD", *_ODD_LAST, number("pr"), *_REST, dates=(0, 1, 2))
def odd_last_yield(
    settlement: Days,
    maturity: Days,
    last: Days,
    rate: Floats,
    pr: Floats,
    redemption: Floats,
    frequency: Floats,
    basis: Floats,
) -> Fallible:
    """The yield at which ODDLPRICE gives a price."""
    (total, accrued, ahead), often, wrong = _last_terms(settlement, maturity, last, frequency, basis)
    wrong = wrong | (rate < 0) | (pr <= 0) | (redemption <= 0)
    coupon = 100 * rate / often
    paid = np.where(wrong, 1.0, pr + accrued * coupon)
    value = ((redemption + total * coupon) / paid - 1) * often / np.where(ahead == 0, 1.0, ahead)
    return num_where(value, wrong)
