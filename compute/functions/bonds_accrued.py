"""ACCRINT: interest accrued on a security that pays it periodically.

Source: Microsoft, ACCRINT function; how time is measured in quasi-coupon periods, and what ``calc_method`` FALSE
leaves out, was worked out from about 400 results of Excel.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from compute.functions.bonds_coupons import coupon, coupons_left, num_where, period_length, wrong_terms
from compute.functions.daycount import Days, days_between, per_distinct, security, whole
from compute.functions.signature import Fallible, number
from compute.values import Floats


@lru_cache(maxsize=4096)
def accrued_periods(issue: int, first: int, settlement: int, frequency: int, basis: int, from_issue: int) -> float:
    """The coupon periods accrued at the settlement.

    They count from the issue, or without the whole ones before the period that the first interest date ends.
    """
    last_start = coupon(first, frequency, 1)
    length = period_length(last_start, first, frequency, basis)
    count = coupons_left(issue, first, frequency)
    before, after = coupon(first, frequency, count), coupon(first, frequency, count - 1)
    opening, between = 0.0, count
    if issue != before:
        opening = days_between(issue, after, basis) / period_length(before, after, frequency, basis)
        between = count - 1
    if between == 0 and settlement <= first:
        return days_between(issue, settlement, basis) / length
    since = days_between(last_start, settlement, basis) / length
    if not from_issue:
        return opening + since - (between == 0)
    if settlement <= first:
        return opening + between - 1 + since
    whole_after = 0
    while coupon(first, frequency, -whole_after - 1) < settlement:
        whole_after += 1
    beyond = days_between(coupon(first, frequency, -whole_after), settlement, basis)
    return opening + between + whole_after + beyond / length


@security(
    "ACCRINT",
    number("issue"),
    number("first_interest"),
    number("settlement"),
    number("rate"),
    number("par", 1000.0),
    number("frequency"),
    number("basis", 0.0),
    number("calc_method", 1.0),
    dates=(0, 1, 2),
    flag=7,
)
def accrued_interest(
    issue: Days,
    first: Days,
    settlement: Days,
    rate: Floats,
    par: Floats,
    frequency: Floats,
    basis: Floats,
    from_issue: Floats,
) -> Fallible:
    """The interest accrued from the issue to the settlement; #NUM! unless the issue comes before both dates."""
    wrong = wrong_terms(frequency, basis) | (issue >= settlement) | (issue >= first) | (rate <= 0) | (par <= 0)
    often = np.where(wrong, 1, whole(frequency))
    dates = [np.where(wrong, v, d) for v, d in ((400, issue), (500, first), (450, settlement))]
    kind = np.where(wrong, 0, whole(basis))
    (periods,) = per_distinct(accrued_periods, *dates, often, kind, (from_issue != 0).astype(np.int64))
    return num_where(par * rate / often * periods, wrong)
