"""Securities with a single payment: DISC, INTRATE, RECEIVED, PRICEDISC, YIELDDISC, PRICEMAT, YIELDMAT, ACCRINTM,
treasury bills, and dollar prices in fractions. Source: Microsoft's pages of each function.
"""

from __future__ import annotations

import numpy as np

from compute.errors import ErrorCode
from compute.functions.bonds_coupons import num_where
from compute.functions.daycount import Days, civil_date, per_distinct, security, whole, year_fraction
from compute.functions.signature import Fallible, Parameter, number
from compute.values import Booleans, Floats


def fractions(first: Days, last: Days, basis: Floats) -> tuple[Floats, Booleans]:
    """The years between two dates, and where the basis is wrong or the dates do not rise (there it is 1)."""
    wrong = (basis < 0) | (np.trunc(basis) > 4) | (first >= last)
    (years,) = per_distinct(year_fraction, first, last, np.where(wrong, 0, whole(basis)))
    return np.where(wrong | (years == 0), 1.0, years), wrong


def _terms(*names: str) -> tuple[Parameter, ...]:
    return (number("settlement"), number("maturity"), *(number(n) for n in names), number("basis", 0.0))


@security("DISC", *_terms("pr", "redemption"), dates=(0, 1))
def discount_rate(settlement: Days, maturity: Days, pr: Floats, redemption: Floats, basis: Floats) -> Fallible:
    """The discount rate of a security."""
    years, wrong = fractions(settlement, maturity, basis)
    wrong = wrong | (pr <= 0) | (redemption <= 0)
    return num_where((1 - pr / np.where(wrong, 1.0, redemption)) / years, wrong)


@security("INTRATE", *_terms("investment", "redemption"), dates=(0, 1))
def interest_rate(settlement: Days, maturity: Days, investment: Floats, redemption: Floats, basis: Floats) -> Fallible:
    """The interest rate of a fully invested security."""
    years, wrong = fractions(settlement, maturity, basis)
    wrong = wrong | (investment <= 0) | (redemption <= 0)
    return num_where((redemption / np.where(wrong, 1.0, investment) - 1) / years, wrong)


@security("RECEIVED", *_terms("investment", "discount"), dates=(0, 1))
def amount_received(settlement: Days, maturity: Days, investment: Floats, discount: Floats, basis: Floats) -> Fallible:
    """What a fully invested security pays at maturity."""
    years, wrong = fractions(settlement, maturity, basis)
    kept = 1 - discount * years
    return num_where(
        investment / np.where(kept == 0, 1.0, kept), wrong | (investment <= 0) | (discount <= 0) | (kept <= 0)
    )


@security("PRICEDISC", *_terms("discount", "redemption"), dates=(0, 1))
def discounted_price(settlement: Days, maturity: Days, discount: Floats, redemption: Floats, basis: Floats) -> Fallible:
    """The price of a discounted security."""
    years, wrong = fractions(settlement, maturity, basis)
    return num_where(redemption * (1 - discount * years), wrong | (discount <= 0) | (redemption <= 0))


@security("YIELDDISC", *_terms("pr", "redemption"), dates=(0, 1))
def discounted_yield(settlement: Days, maturity: Days, pr: Floats, redemption: Floats, basis: Floats) -> Fallible:
    """The yearly yield of a discounted security."""
    years, wrong = fractions(settlement, maturity, basis)
    wrong = wrong | (pr <= 0) | (redemption <= 0)
    return num_where((redemption / np.where(wrong, 1.0, pr) - 1) / years, wrong)


_AT_MATURITY = (number("settlement"), number("maturity"), number("issue"), number("rate"))


def _three_spans(settlement: Days, maturity: Days, issue: Days, basis: Floats) -> tuple[list[Floats], Booleans]:
    """Years from issue to maturity, from issue to settlement and from settlement to maturity."""
    _, wrong = fractions(settlement, maturity, basis)
    wrong = wrong | (issue > settlement)
    kind = np.where(wrong, 0, whole(basis))
    spans = [(issue, maturity), (issue, settlement), (settlement, maturity)]
    return [per_distinct(year_fraction, a, b, kind)[0] for a, b in spans], wrong


@security("PRICEMAT", *_AT_MATURITY, number("yld"), number("basis", 0.0), dates=(0, 1, 2))
def price_at_maturity(
    settlement: Days, maturity: Days, issue: Days, rate: Floats, yld: Floats, basis: Floats
) -> Fallible:
    """The price of a security that pays its interest at maturity."""
    (life, accrued, left), wrong = _three_spans(settlement, maturity, issue, basis)
    clean = 100 * ((1 + life * rate) / (1 + left * yld) - accrued * rate)
    return num_where(clean, wrong | (rate < 0) | (yld < 0))


@security("YIELDMAT", *_AT_MATURITY, number("pr"), number("basis", 0.0), dates=(0, 1, 2))
def yield_at_maturity(
    settlement: Days, maturity: Days, issue: Days, rate: Floats, pr: Floats, basis: Floats
) -> Fallible:
    """The yearly yield of a security that pays its interest at maturity."""
    (life, accrued, left), wrong = _three_spans(settlement, maturity, issue, basis)
    wrong = wrong | (rate < 0) | (pr <= 0)
    paid = np.where(wrong, 1.0, pr / 100 + accrued * rate)
    return num_where(((1 + life * rate) / paid - 1) / np.where(wrong, 1.0, left), wrong)


@security(
    "ACCRINTM",
    number("issue"),
    number("settlement"),
    number("rate"),
    number("par", 1000.0),
    number("basis", 0.0),
    dates=(0, 1),
)
def interest_at_maturity(issue: Days, settlement: Days, rate: Floats, par: Floats, basis: Floats) -> Fallible:
    """The interest of a security that pays it at maturity."""
    years, wrong = fractions(issue, settlement, basis)
    return num_where(par * rate * years, wrong | (rate <= 0) | (par <= 0))


_BILL = (number("settlement"), number("maturity"))


def _bill_days(settlement: Days, maturity: Days) -> tuple[Floats, Booleans]:
    """The days of a treasury bill, and where it has none or runs for more than a year."""

    def within_a_year(first: int, last: int) -> float:
        year, month, day = civil_date(first)
        return float(civil_date(last) <= (year + 1, month, day))

    (within,) = per_distinct(within_a_year, settlement, maturity)
    return (maturity - settlement).astype(np.float64), (settlement >= maturity) | (within == 0)


@security("TBILLPRICE", *_BILL, number("discount"), dates=(0, 1))
def bill_price(settlement: Days, maturity: Days, discount: Floats) -> Fallible:
    """The price of a treasury bill of 100 face value."""
    days, wrong = _bill_days(settlement, maturity)
    value = 100 * (1 - discount * days / 360)
    return num_where(value, wrong | (discount <= 0) | (value < 0))


@security("TBILLYIELD", *_BILL, number("pr"), dates=(0, 1))
def bill_yield(settlement: Days, maturity: Days, pr: Floats) -> Fallible:
    """The yield of a treasury bill."""
    days, wrong = _bill_days(settlement, maturity)
    wrong = wrong | (pr <= 0)
    return num_where((100 / np.where(wrong, 1.0, pr) - 1) * 360 / np.where(wrong, 1.0, days), wrong)


@security("TBILLEQ", *_BILL, number("discount"), dates=(0, 1))
def bill_equivalent(settlement: Days, maturity: Days, discount: Floats) -> Fallible:
    """The bond-equivalent yield of a treasury bill, compounded twice a year beyond 182 days."""
    days, wrong = _bill_days(settlement, maturity)
    worth = 1 - discount * days / 360
    wrong = wrong | (discount <= 0) | (worth <= 0)
    simple = 365 * discount / (360 - discount * days)
    share = days / np.where(days == 366, 366.0, 365.0)
    root = np.sqrt(np.maximum(share * share - (2 * share - 1) * (1 - 1 / np.where(wrong, 1.0, worth)), 0.0))
    compound = 2 * (root - share) / np.where(share == 0.5, 1.0, 2 * share - 1)
    return num_where(np.where(days <= 182, simple, compound), wrong)


def _denominator(fraction: Floats) -> tuple[Floats, Floats]:
    """The whole denominator (1 where it is wrong), and the power of ten that its digits take."""
    base = np.trunc(fraction)
    safe = np.where(base < 1, 1.0, base)
    return safe, np.power(10.0, np.ceil(np.log10(safe)))


def _dollars(values: Floats, fraction: Floats) -> Fallible:
    codes = np.where(
        fraction < 0, np.uint8(ErrorCode.NUM), np.where(fraction < 1, np.uint8(ErrorCode.DIV0), np.uint8(0))
    )
    return Fallible(values, codes.astype(np.uint8))


@security("DOLLARDE", number("fractional_dollar"), number("fraction"), dates=())
def dollars_as_decimal(value: Floats, fraction: Floats) -> Fallible:
    """A price whose decimals are a numerator, as a decimal number: 1.02 in sixteenths is 1.125."""
    base, scale = _denominator(fraction)
    dollars = np.trunc(value)
    return _dollars(dollars + (value - dollars) * scale / base, fraction)


@security("DOLLARFR", number("decimal_dollar"), number("fraction"), dates=())
def dollars_as_fraction(value: Floats, fraction: Floats) -> Fallible:
    """A decimal price with a numerator as its decimals: 1.125 in sixteenths is 1.02."""
    base, scale = _denominator(fraction)
    dollars = np.trunc(value)
    return _dollars(dollars + (value - dollars) * base / scale, fraction)
