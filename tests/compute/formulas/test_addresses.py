from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.errors import UnknownCell
from compute.formulas.addresses import (
    address,
    cell_key,
    column_letters,
    column_number,
    parse_address,
    parse_cell_key,
)
from compute.formulas.ast import MAX_COLUMN, MAX_ROW

rows = st.integers(1, MAX_ROW)
columns = st.integers(1, MAX_COLUMN)
sheet_names = st.text(
    st.characters(blacklist_characters="[]:*?/\\", blacklist_categories=("Cs", "Cc")), min_size=1, max_size=31
)


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")]
)
def test_columns_are_numbered_as_excel_numbers_them(number: int, letters: str) -> None:
    assert column_letters(number) == letters
    assert column_number(letters) == column_number(letters.lower()) == number


@pytest.mark.parametrize("letters", ["", "XFE", "AAAA", "1", "A1", "é", "A "])
def test_what_is_no_column_is_refused(letters: str) -> None:
    with pytest.raises(ValueError):
        column_number(letters)


@pytest.mark.parametrize("cell", [(0, 1), (MAX_ROW + 1, 1), (1, 0), (1, MAX_COLUMN + 1)])
def test_cells_outside_the_sheet_have_no_address(cell: tuple[int, int]) -> None:
    with pytest.raises(ValueError):
        address(*cell)


@given(rows, columns)
def test_an_address_reads_back(row: int, column: int) -> None:
    assert parse_address(address(row, column)) == (row, column)


@pytest.mark.parametrize("text", ["B3", "$B3", "B$3", "$B$3", "b3"])
def test_dollars_and_case_do_not_matter(text: str) -> None:
    assert parse_address(text) == (3, 2)


@pytest.mark.parametrize("text", ["", "B", "3", "B0", "B1048577", "XFE1", "B3 ", "Sheet1!B3", "B3:C4", "R1C1", "B٣"])
def test_bad_addresses_name_themselves(text: str) -> None:
    with pytest.raises(UnknownCell) as caught:
        parse_address(text)
    assert caught.value.cells == (text,)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("sheet", "key"),
    [
        ("Sheet1", "Sheet1!A1"),
        ("My sheet", "'My sheet'!A1"),
        ("O'Neil", "'O''Neil'!A1"),
        ("2024", "'2024'!A1"),
        ("2024x", "'2024x'!A1"),
        ("Q1", "'Q1'!A1"),
        ("ABCD1", "ABCD1!A1"),
        ("XFE1", "XFE1!A1"),
        ("R1C1", "'R1C1'!A1"),
        ("RC", "'RC'!A1"),
        ("R", "'R'!A1"),
        ("c3", "'c3'!A1"),
        ("TRUE", "'TRUE'!A1"),
        ("a.b", "a.b!A1"),
        (".a", "'.a'!A1"),
        ("a-b", "'a-b'!A1"),
        ("Überblick", "Überblick!A1"),
        ("a!b", "'a!b'!A1"),
        ("", "''!A1"),
    ],
)
def test_sheets_are_quoted_when_excel_quotes_them(sheet: str, key: str) -> None:
    assert cell_key(sheet, 1, 1) == key


@given(sheet_names, rows, columns)
def test_a_cell_key_reads_back(sheet: str, row: int, column: int) -> None:
    assert parse_cell_key(cell_key(sheet, row, column)) == (sheet, row, column)


def test_quotes_are_optional_when_reading() -> None:
    assert parse_cell_key("My sheet!$B$2") == parse_cell_key("'My sheet'!B2") == ("My sheet", 2, 2)


@pytest.mark.parametrize("text", ["B2", "!B2", "''!B2", "Sheet1!", "Sheet1!B", "Sheet1!B2:C3"])
def test_bad_cell_keys_are_refused(text: str) -> None:
    with pytest.raises(UnknownCell):
        parse_cell_key(text)
