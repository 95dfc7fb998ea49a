"""Coupon dates: COUPPCD, COUPNCD, COUPNUM, COUPDAYBS, COUPDAYS, COUPDAYSNC.

Coupons fall on the maturity's day of the month, or on month ends when the maturity is one. Source: Microsoft's pages of
each function.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from compute.errors import ErrorCode
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
from compute.functions.signature import Fallible, number
from compute.values import Booleans, Floats

PREVIOUS, NEXT, COUNT, ACCRUED, LENGTH, AHEAD = range(6)
"""The rows of a schedule."""
PARAMETERS = (number("settlement"), number("maturity"), number("frequency"), number("basis", 0.0))


@lru_cache(maxsize=65_536)
def coupon(maturity: int, frequency: int, back: int) -> int:
    """The coupon date that lies ``back`` coupons before the maturity."""
    return moved_by_months(maturity, -back * 12 // frequency, to_end=is_month_end(maturity))


@lru_cache(maxsize=65_536)
def coupons_left(settlement: int, maturity: int, frequency: int) -> int:
    """How many coupons are still to be paid after the settlement."""
    (year1, month1, _), (year2, month2, _) = civil_date(settlement), civil_date(maturity)
    back = max(((year2 - year1) * 12 + month2 - month1) * frequency // 12, 0)
    return back if coupon(maturity, frequency, back) <= settlement else back + 1


@lru_cache(maxsize=65_536)
def schedule(settlement: int, maturity: int, frequency: int, basis: int) -> tuple[float, ...]:
    """The coupon dates around the settlement, the coupons left, and days accrued, in the period and ahead."""
    count = coupons_left(settlement, maturity, frequency)
    before, after = coupon(maturity, frequency, count), coupon(maturity, frequency, count - 1)
    length = period_length(before, after, frequency, basis)
    accrued = days_between(before, settlement, basis)
    ahead = length - accrued if basis in (0, 4) else float(after - settlement)
    return float(before), float(after), float(count), float(accrued), length, ahead


def period_length(before: int, after: int, frequency: int, basis: int) -> float:
    """The days of a coupon period: real ones on basis 1, else the basis's year over the frequency."""
    if basis == 1:
        return float(after - before)
    return (365.0 if basis == 3 else 360.0) / frequency


def wrong_terms(frequency: Floats, basis: Floats) -> Booleans:
    """Where a frequency is not 1, 2 or 4 or a basis is unknown."""
    often, kind = np.trunc(frequency), np.trunc(basis)
    return np.asarray(~np.isin(often, (1, 2, 4)) | (basis < 0) | (kind > 4))


def schedules(settlement: Days, maturity: Days, frequency: Floats, basis: Floats) -> tuple[Floats, Booleans]:
    """Schedules of shape (6, …), rows as PREVIOUS … AHEAD, and where the terms are wrong (there any numbers stand)."""
    wrong = wrong_terms(frequency, basis) | (settlement >= maturity)
    often = np.where(wrong, 1, whole(frequency))
    found = per_distinct(
        schedule,
        np.where(wrong, 1, settlement),
        np.where(wrong, 400, maturity),
        often,
        np.where(wrong, 0, whole(basis)),
        width=6,
    )
    return found, wrong


def num_where(values: Floats, wrong: Booleans) -> Fallible:
    """Values with #NUM! where something is wrong."""
    return Fallible(values, np.where(wrong, np.uint8(ErrorCode.NUM), np.uint8(0)))


def _row(row: int, settlement: Days, maturity: Days, frequency: Floats, basis: Floats) -> Fallible:
    found, wrong = schedules(settlement, maturity, frequency, basis)
    return num_where(found[row], wrong | ((found[row] < 0) if row == PREVIOUS else False))


@security("COUPPCD", *PARAMETERS, dates=(0, 1), gives_date=True)
def previous_coupon(settlement: Days, maturity: Days, frequency: Floats, basis: Floats) -> Fallible:
    """The coupon date on or before the settlement."""
    return _row(PREVIOUS, settlement, maturity, frequency, basis)


@security("COUPNCD", *PARAMETERS, dates=(0, 1), gives_date=True)
def next_coupon(settlement: Days, maturity: Days, frequency: Floats, basis: Floats) -> Fallible:
    """The coupon date after the settlement."""
    return _row(NEXT, settlement, maturity, frequency, basis)


@security("COUPNUM", *PARAMETERS, dates=(0, 1))
def number_of_coupons(settlement: Days, maturity: Days, frequency: Floats, basis: Floats) -> Fallible:
    """The coupons from the settlement to the maturity."""
    return _row(COUNT, settlement, maturity, frequency, basis)


@security("COUPDAYBS", *PARAMETERS, dates=(0, 1))
def days_accrued(settlement: Days, maturity: Days, frequency: Floats, basis: Floats) -> Fallible:
    """The days from the last coupon date to the settlement."""
    return _row(ACCRUED, settlement, maturity, frequency, basis)


@security("COUPDAYS", *PARAMETERS, dates=(0, 1))
def days_in_period(settlement: Days, maturity: Days, frequency: Floats, basis: Floats) -> Fallible:
    """The days of the coupon period that the settlement lies in."""
    return _row(LENGTH, settlement, maturity, frequency, basis)


@security("COUPDAYSNC", *PARAMETERS, dates=(0, 1))
def days_ahead(settlement: Days, maturity: Days, frequency: Floats, basis: Floats) -> Fallible:
    """The days from the settlement to the next coupon date."""
    return _row(AHEAD, settlement, maturity, frequency, basis)
