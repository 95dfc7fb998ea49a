"""Bonds with regular coupons: PRICE, YIELD, DURATION, MDURATION.

Source: Microsoft's pages of each function.
"""

from __future__ import annotations

import numpy as np

from compute.functions.bonds_coupons import ACCRUED, COUNT, LENGTH, num_where, schedules
from compute.functions.daycount import Days, security
from compute.functions.financial_roots import Lanes, solve_rate
from compute.functions.signature import Fallible, number
from compute.values import Floats


def coupons_value(rate: Floats, count: Floats, first: Floats) -> tuple[Floats, Floats]:
    """The values, at a rate a period, of ``count`` payments of 1 and of a single 1 at the last of them.

    The first payment comes after ``first`` periods.
    """
    return _payments(rate, count, first)[:2]


def coupons_slope(rate: Floats, count: Floats, first: Floats) -> tuple[Floats, Floats]:
    """The slopes of ``coupons_value`` in the rate."""
    return _payments(rate, count, first)[2:]


def _payments(rate: Floats, count: Floats, first: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    rate, count, first = np.broadcast_arrays(rate, count, first)
    discount = 1 / (1 + rate)
    level, rising = np.zeros(rate.shape), np.zeros(rate.shape)
    for payment in range(int(count.max(initial=0.0)), 0, -1):
        counts = payment <= count
        rising = np.where(counts, rising * discount + level, rising)
        level = np.where(counts, level * discount + 1, level)
    start, last = np.power(discount, first), np.power(discount, first + count - 1)
    payments_slope = -(first * level + rising * discount) * start * discount
    return start * level, last, payments_slope, -(first + count - 1) * last * discount


def time_to_coupon(found: Floats) -> Floats:
    """From a schedule, the part of the period that is not accrued; COUPDAYSNC may count otherwise."""
    return np.asarray(1 - found[ACCRUED] / found[LENGTH])


def dirty_price(rate: Floats, redemption: Floats, count: Floats, first: Floats, coupon: Floats) -> Floats:
    """Coupons and redemption at a rate a period; with a single coupon left the rate is simple."""
    payments, last = coupons_value(rate, count, first)
    return np.where(count <= 1, (coupon + redemption) / (1 + first * rate), coupon * payments + redemption * last)


@security(
    "PRICE",
    number("settlement"),
    number("maturity"),
    number("rate"),
    number("yld"),
    number("redemption"),
    number("frequency"),
    number("basis", 0.0),
    dates=(0, 1),
)
def price(
    settlement: Days,
    maturity: Days,
    rate: Floats,
    yld: Floats,
    redemption: Floats,
    frequency: Floats,
    basis: Floats,
) -> Fallible:
    """The clean price of 100 face value; #NUM! for negative rates or yields and a redemption of 0 or less."""
    found, wrong = schedules(settlement, maturity, frequency, basis)
    often = np.where(wrong, 1.0, np.trunc(frequency))
    coupon = 100 * rate / often
    dirty = dirty_price(yld / often, redemption, found[COUNT], time_to_coupon(found), coupon)
    clean = dirty - coupon * found[ACCRUED] / found[LENGTH]
    return num_where(clean, wrong | (rate < 0) | (yld < 0) | (redemption <= 0))


@security(
    "YIELD",
    number("settlement"),
    number("maturity"),
    number("rate"),
    number("pr"),
    number("redemption"),
    number("frequency"),
    number("basis", 0.0),
    dates=(0, 1),
)
def bond_yield(
    settlement: Days,
    maturity: Days,
    rate: Floats,
    pr: Floats,
    redemption: Floats,
    frequency: Floats,
    basis: Floats,
) -> Fallible:
    """The yield at which PRICE gives a price; #NUM! for a negative rate and a price or redemption of 0 or less."""
    found, wrong = schedules(settlement, maturity, frequency, basis)
    wrong = wrong | (rate < 0) | (pr <= 0) | (redemption <= 0)
    often = np.where(wrong, 1.0, np.trunc(frequency))
    coupon = 100 * rate / often
    first = time_to_coupon(found)
    dirty = pr + coupon * found[ACCRUED] / found[LENGTH]
    spread = np.broadcast_arrays(dirty, redemption, found[COUNT], first, coupon, wrong)
    shape = spread[0].shape
    target, paid, count, start, level, skipped = (np.ascontiguousarray(a).reshape(-1) for a in spread)
    simple = ((paid + level) / np.where(skipped, 1.0, target) - 1) / np.where(start == 0, 1.0, start)
    several = np.flatnonzero((count > 1) & ~skipped)

    def curve(per_period: Floats, some: Lanes) -> tuple[Floats, Floats]:
        these = several[some]
        payments, last = coupons_value(per_period, count[these], start[these])
        payments_slope, last_slope = coupons_slope(per_period, count[these], start[these])
        value = level[these] * payments + paid[these] * last - target[these]
        return value, level[these] * payments_slope + paid[these] * last_slope

    result = np.array(simple)
    result[several] = solve_rate(curve, np.clip(level[several] / target[several], 1e-6, 1.0))
    return num_where(result.reshape(shape) * often, wrong)


def _duration(
    settlement: Days, maturity: Days, coupon: Floats, yld: Floats, frequency: Floats, basis: Floats
) -> tuple[Floats, Floats, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    """The Macaulay duration in years, the yield of a period, and where the terms are wrong."""
    found, wrong = schedules(settlement, maturity, frequency, basis)
    wrong = wrong | (coupon < 0) | (yld < 0)
    often = np.where(wrong, 1.0, np.trunc(frequency))
    rate = yld / often
    first = time_to_coupon(found)
    level = 100 * coupon / often
    payments, last = coupons_value(rate, found[COUNT], first)
    payments_slope, last_slope = coupons_slope(rate, found[COUNT], first)
    weighted = -(level * payments_slope + 100 * last_slope) * (1 + rate)
    return weighted / (level * payments + 100 * last) / often, rate, wrong


_TERMS = (
    number("settlement"),
    number("maturity"),
    number("coupon"),
    number("yld"),
    number("frequency"),
    number("basis", 0.0),
)


@security("DURATION", *_TERMS, dates=(0, 1))
def duration(
    settlement: Days, maturity: Days, coupon: Floats, yld: Floats, frequency: Floats, basis: Floats
) -> Fallible:
    """The Macaulay duration of 100 face value, in years."""
    years, _, wrong = _duration(settlement, maturity, coupon, yld, frequency, basis)
    return num_where(years, wrong)


@security("MDURATION", *_TERMS, dates=(0, 1))
def modified_duration(
    settlement: Days, maturity: Days, coupon: Floats, yld: Floats, frequency: Floats, basis: Floats
) -> Fallible:
    """The modified duration of 100 face value."""
    years, rate, wrong = _duration(settlement, maturity, coupon, yld, frequency, basis)
    return num_where(years / (1 + rate), wrong)
