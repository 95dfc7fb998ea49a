"""Securities: coupon dates, prices and yields, with values of Excel's documentation and of workbooks it computed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from compute.functions.bonds_coupons import coupon, coupons_left
from compute.functions.daycount import civil_date, days_at, year_fraction

# Dates are written as y-m-d in quotes and put in as serial numbers.
COUPONS = [
    ("COUPPCD('2011-1-25','2011-11-15',2,1)", 40497),
    ("COUPNCD('2011-1-25','2011-11-15',2,1)", 40678),
    ("COUPNUM('2007-1-25','2008-11-15',2,1)", 4),
    ("COUPDAYBS('2011-1-25','2011-11-15',2,1)", 71),
    ("COUPDAYSNC('2011-1-25','2011-11-15',2,1)", 110),
    ("COUPDAYS('2011-1-25','2011-11-15',2,1)", 181),
    ("COUPDAYS('2011-1-25','2011-11-15',2,3)", 182.5),
    ("COUPDAYSNC('2011-1-25','2011-11-15',2,2)", 110),
    ("COUPDAYSNC('2011-1-25','2011-11-15',2,3)", 110),
    ("COUPDAYBS('2011-1-25','2011-11-15',2,4)", 70),
    ("COUPPCD('2020-6-1','2020-8-31',4,1)", 43982),
    ("COUPPCD('2020-3-1','2020-8-31',4,1)", 43890),
    ("COUPPCD('2011-11-15','2011-1-25',2,1)", "#NUM!"),
    ("COUPPCD('2011-1-25','2011-11-15',3,1)", "#NUM!"),
    ("COUPNUM('2011-1-25','2011-11-15',2.7,1.9)", 2),
    ("COUPNUM('2011-1-25','2011-11-15',2,5)", "#NUM!"),
    ("COUPNUM('2011-1-25','2011-11-15',2,-0.5)", "#NUM!"),
    ("COUPNUM(-1,'2011-11-15',2,0)", "#NUM!"),
    ("COUPNUM(TRUE,'2011-11-15',2,0)", "#VALUE!"),
]
PRICES = [
    ("PRICE('2008-2-15','2017-11-15',0.0575,0.065,100,2,0)", 94.63436162132213),
    ("PRICE('2020-3-1','2030-3-1',0.04,0.05,155,1,2)", 126.04349401555694),
    ("PRICE('2020-3-1','2030-3-1',0.06,0.07,23,2,3)", 54.196225247785335),
    ("PRICE('2025-4-1','2028-3-13',0.22,0.12,15,1,2)", 62.736929069290866),
    ("PRICE('2020-3-1','2030-3-1',-0.04,0.05,155,1,2)", "#NUM!"),
    ("YIELD('2008-2-15','2016-11-15',0.0575,95.04287,100,2,0)", 0.0650000068807),
    ("YIELD('2008-9-1','2008-11-15',0.0575,98,100,2,0)", None),
    ("YIELD('2008-2-15','2016-11-15',0.0575,0,100,2,0)", "#NUM!"),
    ("DURATION('2018-7-1','2048-1-1',0.08,0.09,2,1)", 10.919145281591925),
    ("MDURATION('2008-1-1','2016-1-1',0.08,0.09,2,1)", 5.735669813918838),
    ("ODDFPRICE('2008-11-11','2021-3-1','2008-10-15','2009-3-1',0.0785,0.0625,100,2,1)", 113.5977174740792),
    ("ODDFPRICE('2020-3-1','2030-3-1','2020-1-15','2021-3-1',0.075,0.067,120,2,2)", 115.84574814124899),
    ("ODDFPRICE('2020-3-1','2030-3-1','2020-1-15','2021-3-1',0.08,0.06,120,2,3)", 125.74920319203889),
    ("ODDFYIELD('2008-11-11','2021-3-1','2008-10-15','2009-3-1',0.0575,84.5,100,2,0)", 0.0772455415972),
    ("ODDLPRICE('2008-2-7','2008-6-15','2007-10-15',0.0375,0.0405,100,2,0)", 99.87828601472134),
    ("ODDLYIELD('2008-4-20','2008-6-15','2007-12-24',0.0375,99.875,100,2,0)", 0.0451922356291692),
    ("ODDLPRICE('2020-3-1','2030-3-1','2020-1-15',0.075,0.06,120,2,1)", 121.51937811334447),
    ("ODDLPRICE('2020-3-1','2030-3-1','2020-1-15',0.075,0.0589,120,2,2)", 122.36705839417525),
    ("ODDLPRICE('2020-3-1','2030-3-1','2020-1-15',0.08,0.0711,120,2,3)", 116.47102012136368),
    ("ODDLPRICE('2020-3-1','2030-3-1','2020-1-15',0.075,0.0589,120,1,2)", 122.3689285685928),
    ("ODDLPRICE('2020-3-1','2030-3-1','2020-1-15',0.08,0.0711,120,1,3)", 116.47338382128387),
    ("ODDFPRICE('2008-11-11','2021-3-1','2008-10-15','2008-3-1',0.0785,0.0625,100,2,1)", "#NUM!"),
]
DISCOUNTED = [
    ("DISC('2018-7-1','2048-1-1',97.975,100,1)", 0.000686384169),
    ("INTRATE('2008-2-15','2008-5-15',1000000,1014420,2)", 0.05768),
    ("RECEIVED('2008-2-15','2008-5-15',1000000,0.0575,2)", 1014584.6544071021),
    ("PRICEDISC('2008-2-16','2008-3-1',0.0525,100,2)", 99.79583333333333),
    ("PRICEMAT('2008-2-15','2008-4-13','2007-11-11',0.061,0.061,0)", 99.98449887555694),
    ("YIELDDISC('2008-2-16','2008-3-1',99.795,100,2)", 0.05282257198685834),
    ("YIELDMAT('2008-3-15','2008-11-3','2007-11-8',0.0625,100.0123,0)", 0.060954333691538576),
    ("TBILLEQ('2008-3-31','2008-6-1',0.0914)", 0.09415149356594302),
    ("TBILLPRICE('2008-3-31','2008-6-1',0.09)", 98.45),
    ("TBILLYIELD('2008-3-31','2008-6-1',98.45)", 0.09141696292534264),
    ("TBILLPRICE('2008-3-31','2009-4-1',0.09)", "#NUM!"),
    ("ACCRINTM(39539,39614,0.1,1000,3)", 20.54794520547945),
    ("ACCRINTM(39614,39539,0.1,1000,3)", "#NUM!"),
    ("DOLLARDE(1.02,16)", 1.125),
    ("DOLLARDE(1.1,32)", 1.3125),
    ("DOLLARDE(1.1,-2)", "#NUM!"),
    ("DOLLARDE(1.1,0.5)", "#DIV/0!"),
    ("DOLLARFR(1.125,16)", 1.02),
    ("DOLLARFR(-1.125,32)", -1.04),
    ("AMORLINC(2400,39679,39813,300,1,0.15,1)", 360),
    ("AMORDEGRC(2400,39679,39813,300,1,0.15,1)", 776),
]
ACCRUED = [
    ("ACCRINT('2008-3-1','2008-8-31','2008-5-1',0.1,1000,2,0)", 16.666666666666664),
    ("ACCRINT('2008-3-5','2008-8-31','2008-5-1',0.1,1000,2,0,FALSE)", 15.555555555555555),
    ("ACCRINT('2007-3-1','2008-8-31','2008-5-1',0.1,1000,2,0,TRUE)", 116.94444444444446),
    ("ACCRINT('2007-3-1','2008-8-31','2008-5-1',0.1,1000,2,0,FALSE)", 66.94444444444446),
    ("ACCRINT('2017-1-1','2017-12-1','2017-4-1',0.33,3000,4,1)", 241.12362637362637),
    ("ACCRINT('2017-1-1','2017-12-1','2017-4-1',0.33,3000,4,1,FALSE)", -253.8763736263736),
    ("ACCRINT('2016-6-1','2017-12-1','2016-9-1',0.33,3000,2,2)", 239.25),
    ("ACCRINT('2020-1-1','2020-7-1','2021-4-1',0.075,100,2,1)", 9.354395604395604),
    ("ACCRINT('2022-8-31','2024-2-29','2023-5-1',0.075,100,2,0)", 5.020833333333334),
    ("ACCRINT('2008-9-1','2009-3-1','2008-5-1',0.1,1000,2,0)", "#NUM!"),
]
YEARS = [
    ("YEARFRAC('2012-1-1','2012-7-30')", 0.5805555555555556),
    ("YEARFRAC('2012-1-1','2012-7-30',1)", 0.5765027322404371),
    ("YEARFRAC('2012-1-1','2012-7-30',3)", 0.5780821917808219),
    ("YEARFRAC('2012-7-30','2012-1-1',2)", 211 / 360),
    ("YEARFRAC('2007-2-28','2008-2-29')", 1),
    ("YEARFRAC('2007-1-31','2007-3-31',4)", 60 / 360),
    ("YEARFRAC('2000-1-1','2004-1-1',1)", 1461 / (1827 / 5)),
    ("YEARFRAC('2012-1-1','2012-7-30',5)", "#NUM!"),
    ("YEARFRAC(TRUE,5)", "#VALUE!"),
    ("YEARFRAC(60,61,3)", 1 / 365),
]


def serials(formula: str) -> str:
    """A formula with its dates as serial numbers."""
    return re.sub(r"'(\d+)-(\d+)-(\d+)'", lambda m: str(days_at(int(m[1]), int(m[2]), int(m[3]))), formula)


@pytest.mark.parametrize(("formula", "expected"), COUPONS + PRICES + DISCOUNTED + ACCRUED + YEARS)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    found = excel(serials(formula))
    if expected is None:
        price = excel(serials(f"PRICE('2008-9-1','2008-11-15',0.0575,{found!r},100,2,0)"))
        assert excel.same(price, 98.0)
    else:
        assert excel.same(found, expected), found


PRICED = [
    ("PRICE", "YIELD", "'2020-3-17','2030-3-1',0.075,{},120,2,{}"),
    ("PRICE", "YIELD", "'2029-10-17','2030-3-1',0.075,{},120,2,{}"),
    ("ODDFPRICE", "ODDFYIELD", "'2020-3-17','2030-3-1','2020-1-15','2021-3-1',0.075,{},120,2,{}"),
    ("ODDLPRICE", "ODDLYIELD", "'2020-3-17','2030-3-1','2020-1-15',0.075,{},120,4,{}"),
    ("PRICEMAT", "YIELDMAT", "'2020-3-17','2030-3-1','2020-1-15',0.075,{},{}"),
]


@pytest.mark.parametrize("basis", range(5))
@pytest.mark.parametrize(("price", "yields", "terms"), PRICED)
def test_a_yield_gives_its_price_back(excel: Any, price: str, yields: str, terms: str, basis: int) -> None:
    worth = excel(serials(f"{price}({terms.format(0.0625, basis)})"))
    assert excel.same(excel(serials(f"{yields}({terms.format(repr(worth), basis)})")), 0.0625)


FORMULAS = [
    "PRICE(Y1,'2017-11-15',0.0575,Y2,100,2,0)",
    "YIELD('2008-2-15','2016-11-15',0.0575,Y3,100,2,1)",
    "YIELD('2016-8-15','2016-11-15',0.0575,Y3,100,2,1)",
    "MDURATION(Y1,'2016-1-1',0.08,Y2,2,1)",
    "ODDFYIELD('2008-11-11','2021-3-1','2008-10-15','2009-3-1',0.0575,Y3,100,2,0)",
    "ACCRINT('2007-3-1','2008-8-31',Y1,0.1,1000,2,Y4)",
    "COUPNCD(Y1,'2017-11-15',4,Y4)",
    "DISC(Y1,'2048-1-1',Y3,100,1)",
    "TBILLEQ('2008-3-31','2008-9-30',Y2)",
    "YEARFRAC(Y1,'2013-1-31',Y4)",
    "AMORDEGRC(2400,39679,39813,300,Y4,Y2,1)",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_lane_has_the_same_bits_alone(lanes_agree: Any, formula: str) -> None:
    lanes = {
        "Y1": np.array([39493.0, 39500, 39520, 39600, 41000]),
        "Y2": np.array([0.065, 0.03, 0.1, 0.2, 0.0625]),
        "Y3": np.array([95.04, 80.0, 110.0, 99.9, 101.0]),
        "Y4": np.array([0.0, 1, 2, 3, 4]),
    }
    lanes_agree(serials(formula), lanes)


@given(st.dates(date(1901, 1, 1), date(2150, 1, 1)), st.dates(date(1901, 1, 1), date(2150, 1, 1)))
def test_coupons_enclose_the_settlement(first: date, last: date) -> None:
    assume(first < last)
    settlement, maturity = days_at(first.year, first.month, first.day), days_at(last.year, last.month, last.day)
    assert civil_date(settlement) == (first.year, first.month, first.day)
    assert maturity - settlement == (last - first).days
    for frequency in (1, 2, 4):
        count = coupons_left(settlement, maturity, frequency)
        assert coupon(maturity, frequency, count) <= settlement < coupon(maturity, frequency, count - 1)
    for basis in range(5):
        assert year_fraction(settlement, maturity, basis) == year_fraction(maturity, settlement, basis) >= 0
