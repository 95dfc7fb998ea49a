"""Dates, times, weeks and working days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.functions.dates_calendar import civil, days_of, month_length

DATES = [
    ("DATE(2024,4,22)", 45404),
    ("DATE(108,1,2)", 39449),
    ("DATE(2008,14,2)", 39846),
    ("DATE(2008,-3,2)", 39327),
    ("DATE(2008,1,35)", 39482),
    ("DATE(2008,1,-15)", 39432),
    ("DATE(2008.9,1.9,1.9)", 39448),
    ("DATE(1900,1,1)", 1),
    ("DATE(1900,2,29)", 60),
    ("DATE(1900,3,1)", 61),
    ("DATE(1900,1,0)", 0),
    ("DATE(1900,1,-1)", "#NUM!"),
    ("DATE(0,1,1)", 1),
    ("DATE(1899,12,31)", 693962),
    ("DATE(-1,1,1)", "#NUM!"),
    ("DATE(9999,12,31)", 2958465),
    ("DATE(9999,12,32)", "#NUM!"),
    ("DATE(10000,1,1)", "#NUM!"),
    ('DATE("2024",TRUE,1)', 45292),
    ("YEAR(39448)", 2008),
    ("YEAR(0)", 1900),
    ("YEAR(-5)", "#NUM!"),
    ("YEAR(2958466)", "#NUM!"),
    ('YEAR("7/5/2008")', 2008),
    ('YEAR("qwerty")', "#VALUE!"),
    ("MONTH(0)", 1),
    ("DAY(0)", 0),
    ("DAY(60)", 29),
    ("MONTH(60)", 2),
    ("DAY(61)", 1),
    ("DAY(32112.999)", 1),
    ("DAYS(40617,40603)", 14),
    ("DAYS(45404,45413)", -9),
    ('DAYS("15-MAR-2021","1-FEB-2021")', 42),
    ("DAYS(1,-1)", "#NUM!"),
    ("EDATE(40558,1)", 40589),
    ("EDATE(40574,1)", 40602),
    ("EDATE(32112,-235.5)", 24959),
    ("EDATE(1,-1)", "#NUM!"),
    ("EDATE(1,TRUE)", "#VALUE!"),
    ('EDATE("1/31/2020","1")', 43890),
    ("EOMONTH(40544,1)", 40602),
    ("EOMONTH(40544,-3)", 40482),
    ("EOMONTH(44987,-4.7)", 44895),
    ("EOMONTH(0,0)", 31),
    ("EOMONTH(44987,FALSE)", "#VALUE!"),
    ("EOMONTH(-1,0)", "#NUM!"),
    ("DAYS360(40573,40574)", 0),
    ("DAYS360(40544,40908)", 360),
    ("DAYS360(40544,40575)", 30),
    ("DAYS360(40602,40967)", 358),
    ("DAYS360(40602,40967,TRUE)", 360),
    ("DAYS360(40574,40633,TRUE)", 60),
    ("DAYS360(40908,40544)", -359),
    ('DATEVALUE("8/22/2011")', 40777),
    ('DATEVALUE("22-MAY-2011")', 40685),
    ('DATEVALUE("2011/02/23")', 40597),
    ('DATEVALUE("2024-02-29 06:00")', 45351),
    ("DATEVALUE(45351)", "#VALUE!"),
    ('DATEVALUE("45351")', "#VALUE!"),
    ('DATEVALUE("x")', "#VALUE!"),
    ('DATEDIF("1/1/2001","1/1/2003","Y")', 2),
    ('DATEDIF("6/1/2001","8/15/2002","D")', 440),
    ('DATEDIF("6/1/2001","8/15/2002","YD")', 75),
    ('DATEDIF("1/15/2024","7/1/2024","M")', 5),
    ('DATEDIF("3/15/2020","7/1/2024","ym")', 3),
    ('DATEDIF("1/31/2011","3/1/2011","MD")', -2),
    ('DATEDIF("1/15/2024","7/20/2024","MD")', 5),
    ('DATEDIF("3/15/2020","3/15/2024","YD")', 0),
    ('DATEDIF("12/31/2023","1/1/2024","YD")', 1),
    ('DATEDIF("2/1/2024","1/1/2024","D")', "#NUM!"),
    ('DATEDIF("1/1/2024","2/1/2024","X")', "#NUM!"),
]
TIMES = [
    ("TIME(12,0,0)", 0.5),
    ("TIME(16,48,10)", 0.7001157407407407),
    ("TIME(25,0,0)", 0.04166666666666674),
    ("TIME(0,750,0)", 0.5208333333333334),
    ("TIME(12,-2,10)", 0.49872685185185184),
    ("TIME(3.1,20.7,0.9)", 0.1388888888888889),
    ("TIME(0,0,-1)", "#NUM!"),
    ("TIME(32768,0,0)", "#NUM!"),
    ("TIME(32767,0,0)", 0.29166666666674246),
    ("HOUR(0.75)", 18),
    ("HOUR(45366.5625)", 13),
    ('HOUR("3:30:30 PM")', 15),
    ("HOUR(-1)", "#NUM!"),
    ("HOUR(0.999999)", 0),
    ("MINUTE(0.7)", 48),
    ("SECOND(0.70020833)", 18),
    ("SECOND(0.5)", 0),
    ('TIMEVALUE("2:24 AM")', 0.1),
    ('TIMEVALUE("22-Aug-2011 6:35 AM")', 0.2743055555555556),
    ('TIMEVALUE("24:00")', 0),
    ("TIMEVALUE(0.5)", "#VALUE!"),
]
WEEKS = [
    ("WEEKDAY(39492)", 5),
    ("WEEKDAY(39492,2)", 4),
    ("WEEKDAY(39492,3)", 3),
    ("WEEKDAY(39492,11)", 4),
    ("WEEKDAY(39492,17)", 5),
    ("WEEKDAY(1)", 1),
    ("WEEKDAY(0)", 7),
    ("WEEKDAY(39492,4)", "#NUM!"),
    ("WEEKDAY(-1)", "#NUM!"),
    ("WEEKNUM(40977)", 10),
    ("WEEKNUM(40977,2)", 11),
    ("WEEKNUM(40977,21)", 10),
    ("WEEKNUM(44927,21)", 52),
    ("WEEKNUM(0)", 0),
    ("WEEKNUM(40977,99)", "#NUM!"),
    ("WEEKNUM(TRUE)", "#VALUE!"),
    ("ISOWEEKNUM(40977)", 10),
    ("ISOWEEKNUM(45657)", 1),
]
WORK = [
    ("NETWORKDAYS(41183,41334)", 110),
    ("NETWORKDAYS(41183,41334,41235)", 109),
    ("NETWORKDAYS(41183,41334,{41235,41247,41295})", 107),
    ("NETWORKDAYS(45296,45292)", -5),
    ("NETWORKDAYS(45297,45297)", 0),
    ("NETWORKDAYS(45292,45296,{45292,45292})", 4),
    ("NETWORKDAYS(-1,5)", "#NUM!"),
    ("NETWORKDAYS(TRUE,5)", "#VALUE!"),
    ('NETWORKDAYS(1,5,"x")', "#VALUE!"),
    ("NETWORKDAYS.INTL(38718,38748)", 22),
    ("NETWORKDAYS.INTL(38776,38748)", -21),
    ("NETWORKDAYS.INTL(38718,38749,7,{38719,38733})", 22),
    ('NETWORKDAYS.INTL(38718,38749,"0010001",{38719,38733})', 20),
    ('NETWORKDAYS.INTL(38718,38749,"1111111")', 0),
    ("NETWORKDAYS.INTL(38718,38749,8)", "#NUM!"),
    ('NETWORKDAYS.INTL(38718,38749,"001")', "#VALUE!"),
    ("WORKDAY(39722,151)", 39933),
    ("WORKDAY(39722,151,{39778,39786,39834})", 39938),
    ("WORKDAY(45306,-5)", 45299),
    ("WORKDAY(45297,0)", 45297),
    ("WORKDAY(45297,1)", 45299),
    ("WORKDAY(45297,-1)", 45296),
    ("WORKDAY(1,-5)", "#NUM!"),
    ("WORKDAY.INTL(40909,90,11)", 41013),
    ("WORKDAY.INTL(40909,30,17)", 40944),
    ('WORKDAY.INTL(40909,5,"1111111")', "#VALUE!"),
    ("WORKDAY.INTL(40909,30,0)", "#NUM!"),
]


@pytest.mark.parametrize(("formula", "expected"), DATES + TIMES + WEEKS + WORK)
def test_date_functions(excel: Any, formula: str, expected: Any) -> None:
    found = excel(formula)
    assert excel.same(found, expected, 1e-15), found


def test_the_clock_is_the_runs(excel: Any) -> None:
    assert excel("TODAY()") == 45000
    assert excel("NOW()") == 45000.5


@given(st.dates(min_value=date(1900, 3, 1)))
def test_the_calendar_is_gregorian_after_february_1900(day: date) -> None:
    serial = np.array(day.toordinal() - 693594)
    year, month, number = civil(serial)
    assert (int(year), int(month), int(number)) == (day.year, day.month, day.day)
    assert int(days_of(year, month, number)) == int(serial)
    assert 28 <= int(month_length(year, month)) <= 31


@given(
    st.integers(1, 60000),
    st.integers(-400, 400),
    st.sets(st.integers(1, 60000), max_size=30),
    st.sampled_from(["0000011", "0100001", "1011111", "0000000"]),
)
def test_working_days_are_those_counted_one_by_one(
    excel: Any, start: int, steps: int, far: set[int], weekend: str
) -> None:
    holidays = sorted({start + day % 700 - 350 for day in far} - {0})
    free = [h for h in holidays if h > 0]
    listed = "{" + ",".join(map(str, free)) + "}" if free else "{0}"

    def works(day: int) -> bool:
        return weekend[(day - 2) % 7] == "0" and day not in free

    day, left = start, abs(steps)
    while left and day > 0:
        day += 1 if steps > 0 else -1
        left -= works(day)
    found = excel(f'WORKDAY.INTL({start},{steps},"{weekend}",{listed})')
    assert excel.same(found, "#NUM!" if left or day < 0 else day), found
    end = start + abs(steps)
    counted = sum(works(d) for d in range(start, end + 1))
    assert excel(f'NETWORKDAYS.INTL({start},{end},"{weekend}",{listed})') == counted


@pytest.mark.parametrize(
    "formula",
    [
        "DATE(B1,C1,A1)",
        "EDATE(A1,C1)",
        "EOMONTH(A1,C1)",
        "YEAR(A1)",
        "DAYS360(A1,D1)",
        "WEEKNUM(A1,21)",
        "WEEKDAY(A1,C1)",
        "SECOND(A1)",
        "NETWORKDAYS(A1,D1,{40010,40011})",
        "WORKDAY(A1,C1,{40010,40011})",
        'DATEDIF(A1,D1,"MD")',
        "TIME(C1,C1,C1)",
    ],
)
def test_a_lane_alone_has_the_same_date(lanes_agree: Callable[..., None], formula: str) -> None:
    cells = {
        "A1": np.array([40000.25, 1, 60, 40009.999, -3]),
        "B1": np.array([2020.0, 1900, 99, 2024, 9999]),
        "C1": np.array([1.0, 2, 3, -13, 40]),
        "D1": np.array([40100.0, 100, 60, 41000, 5]),
    }
    lanes_agree(formula, cells)
