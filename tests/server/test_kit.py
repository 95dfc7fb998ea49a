"""The tools without a domain: names, ids, cells of a CSV, formats, cursors."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import Invalid, NotAcceptable
from server.gateway.workbooks import as_typed
from server.kit.file_names import MAX_BYTES, attachment, safe_file_name
from server.kit.ids import ID_PATTERN, new_id
from server.kit.pagination import decode_cursor, encode_cursor
from server.settings import Settings
from server.simulations.results import FORMULA_STARTS, number_text, safe_text, wanted_format


@given(st.text())
def test_a_safe_name_is_one_part_of_a_path_and_storable(name: str) -> None:
    safe = safe_file_name(name)
    assert safe
    assert Path(safe).name == safe
    assert safe not in (".", "..")
    assert len(safe.encode()) <= MAX_BYTES
    assert not set(safe) & set('\0\r\n/\\:"<>|?*')
    assert safe_file_name(safe) == safe


@given(st.text(min_size=1).map(safe_file_name))
def test_a_download_header_is_ascii_and_carries_the_whole_name(name: str) -> None:
    from email.message import Message

    header = attachment(name)
    assert header.isascii()
    assert "\n" not in header
    assert "\r" not in header
    message = Message()
    message["Content-Disposition"] = header.replace(header[header.index("filename=") : header.index("filename*")], "")
    assert message.get_filename() == name


def test_ids_sort_by_birth() -> None:
    made = [new_id("sim") for _ in range(2000)]
    assert made == sorted(set(made))
    assert all(ID_PATTERN.fullmatch(each) for each in made)


@given(st.text())
def test_no_cell_of_a_csv_header_is_a_formula(name: str) -> None:
    cell = safe_text(name)
    assert not cell.startswith(FORMULA_STARTS)
    assert cell.removeprefix("'").endswith(name.removeprefix("'"))
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow([cell])


@given(st.floats(allow_nan=False))
def test_numbers_of_a_csv_read_back_as_they_were(value: float) -> None:
    assert float(number_text(value)) == value


def test_an_iteration_that_ended_in_an_error_is_an_empty_cell() -> None:
    assert number_text(math.nan) == ""
    assert number_text(100.0) == "100"
    assert number_text(-0.5) == "-0.5"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (None, "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("text/csv", "csv"),
        ("text/html, text/csv;q=0.5, */*;q=0.1", "csv"),
        ("application/json;q=0.5, text/csv", "csv"),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        ("application/vnd.ms-excel.sheet.macroEnabled.12", "xlsx"),
        ("text/csv;q=nonsense, application/json;q=0.1", "json"),
    ],
)
def test_the_format_that_is_accepted(accept: str | None, wanted: str) -> None:
    assert wanted_format(None, accept) == wanted
    assert wanted_format("csv", accept) == "csv"


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "nonsense"])
def test_formats_that_do_not_exist(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        wanted_format(None, accept)


def test_a_cursor_reads_back() -> None:
    identifier = new_id("sim")
    assert decode_cursor(encode_cursor(identifier)) == identifier
    assert decode_cursor(None) is None


@given(st.text())
def test_no_foreign_cursor_gets_through(text: str) -> None:
    try:
        found = decode_cursor(text)
    except Invalid:
        return
    assert found is not None
    assert ID_PATTERN.fullmatch(found)


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("_xldudf_MC_NORMAL(100,10)", "MC.NORMAL(100,10)"),
        ("[2]!_xldudf_MC_NORMAL(A1,2)+1", "MC.NORMAL(A1,2)+1"),
        ("_xll.MC.NORMAL(1,2)", "MC.NORMAL(1,2)"),
        ("_xlfn.XLOOKUP(A1,B:B,C:C)", "XLOOKUP(A1,B:B,C:C)"),
        ("_xlfn._xlws.FILTER(A:A,B:B)", "FILTER(A:A,B:B)"),
        ("_xlfn.LET(_xlpm.x,1,_xlpm.x+1)", "LET(x,1,x+1)"),
        ('"_xlfn."&_xlfn.CONCAT("say ""_xldudf_MC_""")', '"_xlfn."&CONCAT("say ""_xldudf_MC_""")'),
        ("'_xlfn.Sheet'!A1", "'_xlfn.Sheet'!A1"),
        ('_xldudf_MC_OUTPUT("Profit")+B1', 'MC.OUTPUT("Profit")+B1'),
        ("SUM(A1:A2)", "SUM(A1:A2)"),
    ],
)
def test_formulas_as_typed(stored: str, typed: str) -> None:
    assert as_typed(stored) == typed


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MONTECELL_DATA_FOLDER", str(tmp_path))
    monkeypatch.setenv("MONTECELL_ALLOWED_ORIGINS", "https://a.example, https://b.example")
    monkeypatch.setenv("MONTECELL_MAX_UPLOAD_BYTES", str(500 * 1024 * 1024))
    settings = Settings()
    assert settings.allowed_origins == ("https://a.example", "https://b.example")
    assert settings.database == f"sqlite+aiosqlite:///{(tmp_path / 'montecell.sqlite3').as_posix()}"
    assert settings.host == "127.0.0.1"
    assert settings.embedded
    monkeypatch.setenv("MONTECELL_MAX_UPLOAD_BYTES", str(500 * 1024 * 1024 + 1))
    with pytest.raises(ValueError, match="max_upload_bytes"):
        Settings()
