"""Dates and times in text, in US forms."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.values.date_text import LAST_SERIAL, date_of, parse_date_time, serial_of

THIS_YEAR = date.today().year  # noqa: DTZ011

READ = [
    ("8/22/2011", 40777),
    ("22-MAY-2011", 40685),
    ("2011/02/23", 40597),
    ("2011-2-23", 40597),
    ("1-2-2020", 43832),
    ("1/2/29", 47120),
    ("1/2/30", 10960),
    ("January 5, 2020", 43835),
    ("Jan 5 2020", 43835),
    ("5 January 2020", 43835),
    ("5-Jan-20", 43835),
    ("5jan2020", 43835),
    ("Sept 5, 2020", 44079),
    ("Jan 2020", 43831),
    ("Jan-32", 11689),
    ("1/2020", 43831),
    ("2020/3", 43891),
    ("29-Feb-1900", 60),
    ("1-Mar-1900", 61),
    ("1/1/1900", 1),
    ("12/31/9999", LAST_SERIAL),
    ("2/30/2020", None),
    ("13/1/2020", None),
    ("2/29/2021", None),
    ("12/31/1899", None),
    ("1/2/123", None),
    ("Janu 5, 2020", None),
    ("12:30", 0.5208333333333334),
    ("2:24 AM", 0.1),
    ("6:35 PM", 0.7743055555555556),
    ("6 pm", 0.75),
    ("12 am", 0.0),
    ("12:00 p", 0.5),
    ("13:00 PM", None),
    ("24:00", 1.0),
    ("25:61", None),
    ("10:75", 0.46875),
    ("1:30:15.5", 0.06267939814814815),
    ("2/23/2011 6:00", 40597.25),
    ("22-Aug-2008 6:35 AM", 39682 + 395 / 1440),
    ("6:00 2/23/2011", 40597.25),
    ("2/23/2011 x", None),
    ("5", None),
    ("hello", None),
    ("", None),
]


@pytest.mark.parametrize(("words", "serial"), READ, ids=[words or "empty" for words, _ in READ])
def test_dates_and_times(words: str, serial: float | None) -> None:
    assert parse_date_time(words) == (None if serial is None else pytest.approx(serial, abs=1e-9))


@pytest.mark.parametrize("words", ["8/22", "22-Aug", "Aug 22", "August 22"])
def test_a_date_without_a_year_is_this_years(words: str) -> None:
    assert parse_date_time(words) == serial_of(THIS_YEAR, 8, 22)


@given(st.dates(min_value=date(1900, 3, 1)))
def test_every_date_reads_back(day: date) -> None:
    serial = serial_of(day.year, day.month, day.day)
    assert serial == day.toordinal() - 693594
    for words in (f"{day.month}/{day.day}/{day.year}", day.isoformat(), f"{day.day} {day:%B} {day.year}"):
        assert parse_date_time(words) == serial


def test_the_1904_system_counts_later() -> None:
    assert parse_date_time("1/2/1904", date_1904=True) == 1
    assert parse_date_time("12/31/1903", date_1904=True) is None
    assert parse_date_time("6:00", date_1904=True) == 0.25


def test_every_serial_is_one_date() -> None:
    assert [date_of(serial) for serial in (0, 1, 59, 60, 61)] == [
        (1900, 1, 0),
        (1900, 1, 1),
        (1900, 2, 28),
        (1900, 2, 29),
        (1900, 3, 1),
    ]
    assert all(serial_of(*date_of(serial)) == serial for serial in (*range(1, 800), LAST_SERIAL))
