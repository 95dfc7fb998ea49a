"""Depreciation by the French accounting rules: AMORLINC and AMORDEGRC. Source: Microsoft's pages of both functions."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from compute.functions.bonds_coupons import num_where
from compute.functions.daycount import Days, per_distinct, security, whole, year_fraction
from compute.functions.signature import Fallible, number
from compute.values import Booleans, Floats

_TERMS = (
    number("cost"),
    number("date_purchased"),
    number("first_period"),
    number("salvage"),
    number("period"),
    number("rate"),
    number("basis", 0.0),
)


def _wrong(
    cost: Floats, bought: Days, first: Days, salvage: Floats, period: Floats, rate: Floats, basis: Floats
) -> Booleans:
    kind = np.trunc(basis)
    wrong = (kind < 0) | (kind > 4) | (kind == 2) | (bought > first) | (period < 0)
    return np.asarray(wrong | (cost <= 0) | (salvage < 0) | (salvage > cost) | (rate <= 0))


@security("AMORLINC", *_TERMS, dates=(1, 2))
def linear(
    cost: Floats, bought: Days, first: Days, salvage: Floats, period: Floats, rate: Floats, basis: Floats
) -> Fallible:
    """The same amount a period, in proportion in the first one, until the salvage value is reached."""
    wrong = _wrong(cost, bought, first, salvage, period, rate, basis)
    (share,) = per_distinct(year_fraction, bought, first, np.where(wrong, 0, whole(basis)))
    yearly, opening, place = cost * rate, cost * rate * share, np.trunc(period)
    full = np.trunc((cost - salvage - opening) / np.where(yearly == 0, 1.0, yearly))
    rest = np.where(place == full + 1, cost - salvage - yearly * full - opening, 0.0)
    amount = np.where(place == 0, opening, np.where(place <= full, yearly, rest))
    return num_where(np.maximum(amount, 0.0), wrong)


def _coefficient(rate: float) -> float:
    life = 1 / rate
    if life < 3:
        return 1.0
    return 1.5 if life < 5 else 2.0 if life <= 6 else 2.5


@lru_cache(maxsize=4096)
def degressive_amount(cost: float, share: float, salvage: float, period: int, rate: float) -> float:
    """The depreciation of one period, to whole units; half of what is left, twice, at the end of the life."""
    rate *= _coefficient(rate)
    amount = np.floor(share * rate * cost + 0.5)
    cost -= amount
    rest = cost - salvage
    for place in range(period):
        amount = np.floor(rate * cost + 0.5)
        rest -= amount
        if rest < 0:
            return float(np.floor(cost * 0.5 + 0.5)) if period - place <= 1 else 0.0
        cost -= amount
    return float(amount)


@security("AMORDEGRC", *_TERMS, dates=(1, 2))
def degressive(
    cost: Floats, bought: Days, first: Days, salvage: Floats, period: Floats, rate: Floats, basis: Floats
) -> Fallible:
    """A falling amount a period, by a coefficient that the asset's life sets; #NUM! for lives under 3 and of 4 to 5."""
    wrong = _wrong(cost, bought, first, salvage, period, rate, basis)
    life = 1 / np.where(rate <= 0, 1.0, rate)
    wrong = wrong | (life < 3) | ((life > 4) & (life < 5))
    (share,) = per_distinct(year_fraction, bought, first, np.where(wrong, 0, whole(basis)))
    spread = np.broadcast_arrays(cost, share, salvage, np.trunc(period), rate, wrong)
    found = [
        0.0 if skipped else degressive_amount(c, s, v, int(p), r)
        for c, s, v, p, r, skipped in zip(*(a.ravel().tolist() for a in spread), strict=True)
    ]
    return num_where(np.array(found).reshape(spread[0].shape), wrong)
