"""Numbers to text in General and texts to numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.errors import ErrorCode
from compute.values import from_rows, general_text, parse_number, to_numbers
from compute.values.number_text import short_general_text

JOINED = [
    (0.0, "0"),
    (-0.0, "0"),
    (1.0, "1"),
    (-756.0, "-756"),
    (1 / 3, "0.333333333333333"),
    (123.45678901234568, "123.456789012346"),
    (1234567.8901234567, "1234567.89012346"),
    (0.1 + 0.2, "0.3"),
    (1e-05, "0.00001"),
    (1.23456789e-05, "0.0000123456789"),
    (1.2345678901234568e-05, "1.23456789012346E-05"),
    (1.2345678901234567e-04, "0.000123456789012346"),
    (5.6789012345e-08, "0.000000056789012345"),
    (5.67890123456e-08, "5.67890123456E-08"),
    (9.999999999999999e-19, "0.000000000000000001"),
    (9.999999999999999e-20, "1E-19"),
    (1.2345678901234568e13, "12345678901234.6"),
    (1.2345678901234568e15, "1234567890123460"),
    (1.2345678901234567e19, "12345678901234600000"),
    (-1.2345678901234567e19, "-12345678901234600000"),
    (1.2345678901234568e20, "1.23456789012346E+20"),
    (9.999999999999999e20, "1E+21"),
    (123499.9999999999, "123500"),
    (2e50, "2E+50"),
    (1.2345678901234577e99, "1.2345678901235E+99"),
    (1.7976931348623157e308, "1.7976931348623E+308"),
    (4.9e-324, "0"),
]
"""What Excel joins to a text, as observed by Apache POI (NumberToTextConversionExamples)."""


@pytest.mark.parametrize(("number", "shown"), JOINED, ids=[shown for _, shown in JOINED])
def test_joined_text_is_excels(number: float, shown: str) -> None:
    assert general_text(number) == shown


@given(st.floats(min_value=1e-290, max_value=1e290))
def test_joined_text_reads_back_to_fourteen_digits(number: float) -> None:
    assert float(general_text(number)) == pytest.approx(number, rel=1e-13)
    assert general_text(-number) == "-" + general_text(number)


SHOWN = [
    (1.23456789123, "1.234567891"),
    (12345678901.0, "12345678901"),
    (123456789012.0, "1.23457E+11"),
    (99999999999.5, "1E+11"),
    (0.000000001, "0.000000001"),
    (1e-10, "1E-10"),
    (1 / 3, "0.333333333"),
    (1 / 30000, "3.33333E-05"),
    (-1234.5, "-1234.5"),
]


@pytest.mark.parametrize(("number", "shown"), SHOWN, ids=[shown for _, shown in SHOWN])
def test_general_in_a_cell_is_eleven_characters_wide(number: float, shown: str) -> None:
    assert short_general_text(number) == shown


READ = [
    ("123", 123),
    (" 42 ", 42),
    ("+42", 42),
    ("-.5", -0.5),
    ("5.", 5),
    ("1.5e2", 150),
    ("2.5E-3", 0.0025),
    ("1,234,567.5", 1234567.5),
    ("1,2", None),
    (",,,", None),
    ("1234,567", 1234567),
    ("50%", 0.5),
    ("12.5 %", 0.125),
    ("50%%", None),
    ("$1,234.56", 1234.56),
    ("-$5", -5),
    ("$-5", -5),
    ("($5)", -5),
    ("(1234)", -1234),
    ("(-5)", None),
    ("\u00a51,234", 1234),
    ("5 $", 5),
    ("--5", None),
    ("1 1/2", 1.5),
    ("-2 3/4", -2.75),
    ("0 1/0", None),
    ("\uff12\uff10\uff12\uff14", 2024),
    ("\uff12\uff15\uff05", 0.25),
    ("\u22121234", None),
    ("1.2.3", None),
    ("1.5E", None),
    ("1e999", None),
    ("1_000", None),
    ("0x10", None),
    ("nan", None),
    ("inf", None),
    ("abc", None),
    ("", None),
    ("TRUE", None),
    ("2024-03-15 13:30", 45366.5625),
    ("2024-01-10", 45301),
    (" 2024-01-10 ", None),
]


@pytest.mark.parametrize(("words", "number"), READ, ids=[words for words, _ in READ])
def test_text_reads_as_excel_reads_it(words: str, number: float | None) -> None:
    assert parse_number(words) == (None if number is None else pytest.approx(number))


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(words: str) -> None:
    number = parse_number(words)
    assert number is None or abs(number) < float("inf")


def test_operands_take_dates_of_the_workbooks_system() -> None:
    texts = from_rows([["1/1/2020", "x"]])
    since_1900, codes = to_numbers(texts)
    since_1904, _ = to_numbers(texts, date_1904=True)
    assert since_1900[0, 0, 0] - since_1904[0, 0, 0] == 1462
    assert codes is not None
    assert codes[0, :, 0].tolist() == [0, ErrorCode.VALUE]
