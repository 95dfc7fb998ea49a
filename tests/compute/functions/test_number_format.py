"""Number format codes."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compute.errors import UnsupportedFormula
from compute.functions.number_format import InvalidFormat, formatted, formatted_text
from compute.functions.number_format_names import LANGUAGES
from compute.workbook import read_workbook

NUMBERS = [
    (1234.567, "General", "1234.567"),
    (-5.0, 'General" kg"', "-5 kg"),
    (5.0, "000", "005"),
    (-5.0, "000", "-005"),
    (0.0, "#", ""),
    (0.5, "#.##", ".5"),
    (1.0, "#.##", "1."),
    (1.5, "0.0?", "1.5 "),
    (3.145, "0.00", "3.15"),
    (1.005, "0.00", "1.01"),
    (-0.001, "0.00", "-0.00"),
    (1234567.0, "#,##0", "1,234,567"),
    (12.0, "0,000", "0,012"),
    (12.0, "?,???", "   12"),
    (1234567890123456789.0, "0", "1234567890123460000"),
    (0.1, "0.00000000000000000000", "0.10000000000000000000"),
    (0.1234, "0.0%", "12.3%"),
    (0.5, "%0", "%50"),
    (0.5, "0%%", "5000%%"),
    (12345678.0, "0.0,,", "12.3"),
    (1200000.0, "#,##0,", "1,200"),
    (1500.0, '0.0,"K"', "1.5K"),
    (5551234567.0, "(###) ###-####", "(555) 123-4567"),
    (123456789.0, "000-00-0000", "123-45-6789"),
    (42.0, "_(#,##0_)", " 42 "),
    (42.0, "#,##0*-", "42"),
    (10.0, "\\$0", "$10"),
    (7.0, '"items: "0', "items: 7"),
    (1.5, "[Red]0.0;[Blue]-0.0", "1.5"),
    (-1.5, "[Color10]0.0", "-1.5"),
    (5.0, "[$-409]0.00", "5.00"),
    (5.0, "[$\u20ac-407] 0.00", "\u20ac 5.00"),
    (1234.0, "[DBNum3]0", "\uff11\uff12\uff13\uff14"),
]
SECTIONS = [
    (-5.0, "0.00;(0.00)", "(5.00)"),
    (0.0, '0.00;(0.00);"zero"', "zero"),
    (-5.0, "0.00;-0.00;;@", "-5.00"),
    (0.0, "0;-0;;@", ""),
    (3.0, ";;;", ""),
    (-3.0, "0;", ""),
    (5.0, "0;@", "5"),
    (-5.0, "0;@", "-5"),
    (5.0, "@", "5"),
    (1500.0, "[>1000]#,##0\\K;0", "1,500K"),
    (500.0, "[>1000]#,##0\\K;0", "500"),
    (-500.0, "[>1000]#,##0\\K;0", "-500"),
    (5.0, '[<1]"low";[<10]"mid";"high"', "mid"),
    (50.0, '[<1]"low";[<10]"mid";"high"', "high"),
    (1.0, '[=1]"one";[=2]"two";General', "one"),
    (3.0, '[=1]"one";[=2]"two";General', "3"),
    (50.0, "[>100]0.0", "50"),
]
FRACTIONS = [
    (0.5, "# ?/?", " 1/2"),
    (1.5, "# ?/?", "1 1/2"),
    (-1.5, "# ?/?", "-1 1/2"),
    (2.0, "# ?/?", "2    "),
    (0.0, "# ?/?", "0    "),
    (0.123, "# ??/??", "  8/65"),
    (3.14159265, "# ??/??", "3  1/7 "),
    (3.14159265, "# ???/???", "3  16/113"),
    (2.5, "# ?/8", "2 4/8"),
    (2.99, "# ?/8", "3    "),
    (1.25, "?/?", "5/4"),
    (0.3, "# ??/16", "  5/16"),
]
EXPONENTS = [
    (12345.0, "0.00E+00", "1.23E+04"),
    (0.0001234, "0.00E+00", "1.23E-04"),
    (0.0001234, "0.00E-00", "1.23E-04"),
    (12345.0, "0.00E-00", "1.23E04"),
    (0.0, "0.00E+00", "0.00E+00"),
    (-12345.0, "0.0e+0", "-1.2e+4"),
    (9.999e5, "0.0E+0", "1.0E+6"),
    (123456.789, "##0.0E+0", "123.5E+3"),
    (1.2345678e-142, "0.0E+0", "1.2E-142"),
]
DATES = [
    (45366.5625, "yyyy-mm-dd h:mm", "2024-03-15 13:30"),
    (45366.0, "d/m/yy", "15/3/24"),
    (45366.0, "ddd dddd mmm mmmm mmmmm", "Fri Friday Mar March M"),
    (45366.0, "[$-409]mmmm d, yyyy;@", "March 15, 2024"),
    (45366.0, "yyyy\\d\\d", "2024dd"),
    (45366.0, "[$-F800]dddd, mmmm dd, yyyy", "Friday, March 15, 2024"),
    (45366.0, "e", "2024"),
    (45366.0, "bbbb", "2567"),
    (45383.0, "ggge\u5e74 aaa aaaa", "2024\u5e74 Mon Monday"),
    (45383.0, "[$-411]ggge\u5e74m\u6708d\u65e5", "\u4ee4\u548c6\u5e744\u67081\u65e5"),
    (45383.0, "[$-411]gge.m.d ge ee", "\u4ee46.4.1 R6 06"),
    (43585.0, "[$-411]ggge", "\u5e73\u621031"),
    (43586.0, "[$-ja-JP]ggge", "\u4ee4\u548c1"),
    (43586.0, "[$-ja-JP-x-gannen]ggge", "\u4ee4\u548c\u5143"),
    (9856.0, "[$-411]ggge", "\u662d\u548c1"),
    (9855.0, "[$-411]ggge", "\u5927\u6b6315"),
    (4594.0, "[$-30411]ge", "M45"),
    (45383.0, "[$-411]aaa aaaa", "\u6708 \u6708\u66dc\u65e5"),
    (45383.0, "[DBNum1][$-411]ggge\u5e74m\u6708", "\u4ee4\u548c\u516d\u5e74\u56db\u6708"),
    (45383.0, "[$-404]e/m/d", "113/4/1"),
    (45383.75, "[$-804]aaa aaaa mmmm AM/PM h", "\u4e00 \u661f\u671f\u4e00 \u56db\u6708 \u4e0b\u5348 6"),
    (45383.25, "[$-412]yyyy aaa aaaa AM/PM h", "2024 \uc6d4 \uc6d4\uc694\uc77c \uc624\uc804 6"),
    (45383.75, "[$-411]AM/PM h:mm A/P", "\u5348\u5f8c 6:00 P"),
    (45366.0, "[$-407]ddd dddd, d. mmm mmmm mmmmm", "Fr Freitag, 15. Mrz M\u00e4rz M"),
    (45366.0, "[$-40C]dddd d mmmm", "vendredi 15 mars"),
    (45366.0, "[$-fr-FR]dddd d mmmm", "vendredi 15 mars"),
    (45366.0, "[$-C0A]dddd d mmmm", "viernes 15 marzo"),
    (45366.0, "[$-416]dddd, d mmm", "sexta-feira, 15 mar"),
    (45366.0, "[$-419]dd mmmm dddd", "15 \u041c\u0430\u0440\u0442 \u043f\u044f\u0442\u043d\u0438\u0446\u0430"),
    (45366.0, "[$-FC19]dd mmmm", "15 \u043c\u0430\u0440\u0442\u0430"),
    (45366.0, "[$-415]d mmmm", "15 marzec"),
    (45366.0, "[$-41F]dddd mmmm", "Cuma Mart"),
    (45366.0, "[$-107041E]d/m/yyyy", "15/3/2567"),
    (45366.0, "bb bbbb", "67 2567"),
    (0.0, "yyyy-mm-dd", "1900-01-00"),
    (60.0, "yyyy-mm-dd ddd", "1900-02-29 Wed"),
    (61.0, "d mmm yyyy ddd", "1 Mar 1900 Thu"),
    (2958465.0, "yyyy-mm-dd", "9999-12-31"),
    (0.854166666, "h:mm AM/PM", "8:30 PM"),
    (0.0, "h AM/PM", "12 AM"),
    (0.5, "h a/p", "12 p"),
    (0.5, "hh:mm:ss", "12:00:00"),
    (45366.9999999, "yyyy-mm-dd hh:mm:ss", "2024-03-16 00:00:00"),
    (0.123456789, "h:mm:ss.000", "2:57:46.667"),
    (0.123456789, "mm:ss.0", "57:46.7"),
    (0.75, "h:m:s", "18:0:0"),
    (1.5, "[h]:mm", "36:00"),
    (1.5, "[hh]:mm:ss", "36:00:00"),
    (0.5, "[mm]", "720"),
    (1 / 1440, "[s]", "60"),
    (0.01, "[hhh]", "000"),
]
REFUSED = [
    (-1.0, "yyyy"),
    (2958466.0, "yyyy"),
    (5.0, "0 s"),
    (5.0, "d 0"),
    (0.5, "ss.0000"),
    (5.0, "0;0;0;0;0"),
    (5.0, "[nonsense]0"),
    (5.0, "[$-!]0"),
    (5.0, "0@"),
    (5.0, "[>10]0;[<1]0"),
]


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    NUMBERS + SECTIONS + FRACTIONS + EXPONENTS + DATES,
    ids=lambda part: repr(part),
)
def test_a_code_shows_what_excel_shows(value: float, code: str, shown: str) -> None:
    assert formatted(value, code) == shown


@pytest.mark.parametrize(("value", "code"), REFUSED)
def test_codes_and_dates_that_excel_refuses(value: float, code: str) -> None:
    with pytest.raises(InvalidFormat):
        formatted(value, code)


def test_the_1904_system_shows_later_dates_and_negative_ones() -> None:
    assert formatted(0.0, "yyyy-mm-dd", date_1904=True) == "1904-01-01"
    assert formatted(-1.5, "[h]:mm", date_1904=True) == "-36:00"


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("abc", "0.00", "abc"),
        ("abc", '"<"@">"', "<abc>"),
        ("abc", "0;-0;0;@@", "abcabc"),
        ("abc", ";;;", ""),
        ("abc", "", ""),
        ("abc", "0;@", "abc"),
    ],
)
def test_texts_take_the_text_section(value: str, code: str, shown: str) -> None:
    assert formatted_text(value, code) == shown


@example(68719476736.375, 2)
@given(st.floats(min_value=0, max_value=1e12), st.integers(min_value=0, max_value=8))
def test_fixed_decimals_read_back(value: float, places: int) -> None:
    shown = formatted(value, "#,##0." + "0" * places)
    # In decimal, since reading the text back as a float moves it by up to half a unit in the last place.
    distance = abs(Decimal(shown.replace(",", "")) - Decimal(value))
    assert distance <= Decimal("0.5").scaleb(-places) + Decimal(value) * Decimal("1e-14")


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(alphabet='0#?.,%;/@[]>hmsydE+-_*"\\ ax9', max_size=12))
def test_any_code_shows_or_is_refused(value: float, code: str) -> None:
    with contextlib.suppress(InvalidFormat):
        assert isinstance(formatted(value, code), str)


@pytest.mark.parametrize("name", ["NumberFormatApproxTests", "GeneralFormatTests", "DateFormatTests"])
def test_workbooks_computed_by_excel(shared_folder: Path, name: str) -> None:
    path = shared_folder / "corpus/workbooks/apache+poi/test-data/spreadsheet" / f"{name}.xlsx"
    book = read_workbook(path)
    sheet = book.sheet("Tests")
    compared = 0
    for (row, column), formula in sheet.formulas.items():
        code, value = sheet.values.get((row, 2)), sheet.values.get((row, 3))
        if column == 1 and formula.text.startswith("TEXT") and isinstance(code, str) and isinstance(value, float):
            shown = formatted(value, code, date_1904=book.date_1904)
            assert shown == sheet.cached[row, 1], f"row {row}: {value!r} by {code}"
            compared += 1
    assert compared > 30


@pytest.mark.parametrize("code", ["[$-46E]mmmm", "[$-C0A]mmm", "[$-60401]yyyy", "[$-404]g"])
def test_names_and_calendars_that_are_not_known_are_refused(code: str) -> None:
    with pytest.raises(UnsupportedFormula):
        formatted(45366.0, code)


def test_every_language_has_its_twelve_months_and_seven_days() -> None:
    for names in LANGUAGES.values():
        assert len(names.months) == 12
        assert len(names.days) == 7
        assert {len(names.short_months), len(names.genitive)} <= {0, 12}
        assert len(names.short_days) in (0, 7)
