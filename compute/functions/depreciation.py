"""Depreciation: SLN, SYD, DB, DDB, VDB. Source: Microsoft's pages of each function."""

from __future__ import annotations

import numpy as np

from compute.errors import ErrorCode
from compute.functions.financial import failing_where
from compute.functions.signature import Fallible, logical, number, vectorised
from compute.values import Booleans, Floats

LONGEST_LIFE = 100_000


@vectorised("SLN", number("cost"), number("salvage"), number("life"))
def straight_line(cost: Floats, salvage: Floats, life: Floats) -> Fallible:
    """The same amount in each period."""
    return failing_where((cost - salvage) / np.where(life == 0, 1.0, life), (life == 0, ErrorCode.DIV0))


@vectorised("SYD", number("cost"), number("salvage"), number("life"), number("per"))
def sum_of_years(cost: Floats, salvage: Floats, life: Floats, per: Floats) -> Fallible:
    """Falling in proportion to the periods left; #NUM! for a period outside the life."""
    wrong = (salvage < 0) | (life <= 0) | (per <= 0) | (per > life)
    amount = (cost - salvage) * (life - per + 1) * 2 / (life * (life + 1))
    return failing_where(amount, (wrong, ErrorCode.NUM))


@vectorised("DB", number("cost"), number("salvage"), number("life"), number("period"), number("month", 12.0))
def fixed_declining(cost: Floats, salvage: Floats, life: Floats, period: Floats, month: Floats) -> Fallible:
    """A fixed rate, rounded to three digits, of the book value; the first year has ``month`` months.

    #NUM! for arguments below their bounds or a period beyond the life (and the year after it, if the first is short).
    """
    period, month = np.trunc(period), np.trunc(month)
    wrong = (cost < 0) | (salvage < 0) | (life <= 0) | (period <= 0) | (month < 1) | (month > 12)
    wrong = wrong | (period > np.where(month < 12, life + 1, life))
    worthless = cost == 0
    rate = 1 - np.power(salvage / np.where(worthless, 1.0, cost), 1 / np.where(life <= 0, 1.0, life))
    rate = np.floor(rate * 1000 + 0.5) / 1000
    first = cost * rate * month / 12
    book = (cost - first) * np.power(1 - rate, np.maximum(period - 2, 0.0))
    share = np.where(period > life, (12 - month) / 12, 1.0)
    amount = np.where(period == 1, first, book * rate * share)
    return failing_where(np.where(worthless, 0.0, amount), (wrong, ErrorCode.NUM))


def declining(cost: Floats, salvage: Floats, life: Floats, period: Floats, factor: Floats) -> Floats:
    """The declining balance of one period, never below the salvage value."""
    rate = np.minimum(factor / life, 1.0)
    before = np.where(period == 1, cost, cost * np.power(1 - rate, period - 1))
    after = cost * np.power(1 - rate, period)
    return np.maximum(np.where(after < salvage, before - salvage, before - after), 0.0)


@vectorised("DDB", number("cost"), number("salvage"), number("life"), number("period"), number("factor", 2.0))
def double_declining(cost: Floats, salvage: Floats, life: Floats, period: Floats, factor: Floats) -> Fallible:
    """``factor / life`` of the book value in each period; #NUM! for a period outside the life."""
    wrong = (cost < 0) | (salvage < 0) | (life <= 0) | (period <= 0) | (period > life) | (factor <= 0)
    safe_life, safe_period = np.where(life <= 0, 1.0, life), np.where(period <= 0, 1.0, period)
    return failing_where(declining(cost, salvage, safe_life, safe_period, factor), (wrong, ErrorCode.NUM))


@vectorised(
    "VDB",
    number("cost"),
    number("salvage"),
    number("life"),
    number("start_period"),
    number("end_period"),
    number("factor", 2.0),
    logical("no_switch", False),
)
def variable_declining(
    cost: Floats, salvage: Floats, life: Floats, start: Floats, end: Floats, factor: Floats, no_switch: Booleans
) -> Fallible:
    """The declining balance between two moments, going over to the straight line where that takes more off.

    Periods are counted from ``start_period``: where it has a fraction, the first one is that much shorter. A part of a
    period takes its share. #NUM! for moments outside the life.
    """
    wrong = (cost < 0) | (salvage < 0) | (life <= 0) | (start < 0) | (end < start) | (end > life) | (factor < 0)
    wrong = wrong | (life > LONGEST_LIFE)
    cost, salvage, life, start, end, factor, no_switch, wrong = np.broadcast_arrays(
        cost, salvage, life, start, end, factor, no_switch, wrong
    )
    life, end = np.where(wrong, 1.0, life), np.where(wrong, 0.0, end)
    fraction = np.where(wrong, 0.0, start - np.floor(start))
    book, total = cost.astype(np.float64), np.zeros(cost.shape)
    straight = np.zeros(cost.shape, np.bool_)
    for step in range(int(np.ceil(end.max(initial=0.0))) + 1):
        begin = fraction + step - 1 if step else np.zeros(cost.shape)
        length = np.clip(end - begin, 0.0, np.where(step, 1.0, fraction))
        falling = np.minimum(book * np.minimum(factor / life, 1.0), book - salvage)
        evenly = (book - salvage) / np.maximum(life - begin, 1e-300)
        straight = straight | (~no_switch & (evenly > falling))
        amount = np.clip(np.where(straight, evenly, falling) * length, 0.0, np.maximum(book - salvage, 0.0))
        total = total + np.where(begin >= start, amount, 0.0)
        book = book - amount
    return failing_where(total, (wrong, ErrorCode.NUM))
