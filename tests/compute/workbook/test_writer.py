"""A results sheet in the user's own package: what changes, what must not, and what happens the second time."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from compute.errors import DamagedWorkbook, NotAWorkbook, UnsafeWorkbook, WorkbookError
from compute.workbook import read_workbook, write_results
from tests.compute.workbook.package_builder import OFFICE, STRICT_MAIN, STRICT_OFFICE, PackageBuilder, zip_of
from tests.compute.workbook.results_builder import (
    PAIR,
    audit,
    contents,
    detail,
    driven,
    output,
    raw_member,
    report,
    results_sheets,
)

SHEET = "Montecell Results"
CONTENT_TYPES = "[Content_Types].xml"
TYPES_WITHOUT_RELS = PackageBuilder().members()[CONTENT_TYPES]
MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def saved(book: Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def plain() -> bytes:
    return PackageBuilder(rows='<row r="1"><c r="A1"><v>1</v></c></row>').build()


def reopened(data: bytes, **edits: bytes) -> bytes:
    return zip_of({**contents(data), **edits})


def test_only_the_parts_that_name_the_sheet_change() -> None:
    before = plain()
    result = write_results(before, report())
    audit(before, result.content)
    assert result.sheet_name == SHEET
    assert result.notices == ()


def test_members_that_stay_are_copied_as_they_lie_in_the_archive() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number, (name, data) in enumerate(contents(plain()).items()):
            info = zipfile.ZipInfo(name, (2001, 2, 3, 4, 5, 6))
            info.compress_type = zipfile.ZIP_STORED if number % 2 else zipfile.ZIP_DEFLATED
            info.external_attr = 0o640 << 16
            info.comment = b"kept"
            info.extra = b"\xfe\xca\x02\x00ok"
            archive.writestr(info, data, compresslevel=1)
        archive.comment = b"of the whole"
    before = target.getvalue()
    after = write_results(before, report()).content
    with zipfile.ZipFile(BytesIO(before)) as old, zipfile.ZipFile(BytesIO(after)) as new:
        assert new.comment == b"of the whole"
        assert new.testzip() is None
        for info in old.infolist():
            copy = new.getinfo(info.filename)
            for key in ("date_time", "compress_type", "external_attr", "comment", "extra", "create_system"):
                assert getattr(copy, key) == getattr(info, key), key
            if info.filename == "xl/worksheets/sheet1.xml":
                assert raw_member(after, copy) == raw_member(before, info)


class Unseekable(BytesIO):
    """A stream as web servers have it, for which zipfile writes sizes behind the data."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError("unseekable")


def test_streamed_archives_are_read_and_written_whole() -> None:
    target = Unseekable()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents(plain()).items():
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(data)
    before = target.getvalue()
    assert b"PK\x07\x08" in before
    after = write_results(before, report()).content
    audit(before, after)
    assert b"PK\x07\x08" not in after
    with zipfile.ZipFile(BytesIO(after)) as archive:
        assert archive.testzip() is None
        assert not [info.filename for info in archive.infolist() if info.flag_bits & 0x08 or info.extra]


def test_edits_are_insertions_into_the_original_text() -> None:
    before = plain()
    old, new = contents(before), contents(write_results(before, report()).content)
    for part in (CONTENT_TYPES, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        added = len(new[part]) - len(old[part])
        starts = range(len(old[part]) + 1)
        assert any(new[part][:at] + new[part][at + added :] == old[part] for at in starts), part


def test_the_new_sheet_comes_last_and_nothing_else_moves() -> None:
    book = Workbook()
    book.active.title = "Model"
    book.create_sheet("Other")
    book.active = 1
    book["Other"].print_area = "A1:B2"
    after = write_results(saved(book), report()).content
    again = load_workbook(BytesIO(after))
    assert again.sheetnames == ["Model", "Other", SHEET]
    assert again.active.title == "Other"
    assert again["Other"].print_area == "'Other'!$A$1:$B$2"
    sheet_xml = contents(after)["xl/worksheets/sheet3.xml"]
    assert b"tabSelected" not in re.sub(rb'tabSelected="(0|false)"', b"", sheet_xml)


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_parts_keep_their_encoding_and_byte_order_mark(encoding: str) -> None:
    parts = PackageBuilder(sheets='<sheet name="Préface" sheetId="7" r:id="rId1"/>').members()
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\r\n'
    for name in (CONTENT_TYPES, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        parts[name] = (head + parts[name].decode()).encode(encoding)
    before = zip_of(parts)
    after = write_results(before, report()).content
    audit(before, after)
    for name in (CONTENT_TYPES, "xl/workbook.xml"):
        assert contents(after)[name].startswith(parts[name][:40])
        assert head in contents(after)[name].decode(encoding)
    assert [sheet.name for sheet in read_workbook(after).sheets] == ["Préface", SHEET]


WORKBOOKS = {
    "prefixed": '<x:workbook xmlns:x="{main}" xmlns:r="{office}"><x:sheets>{sheet}</x:sheets></x:workbook>',
    "other prefix for relationships": '<x:workbook xmlns:x="{main}" xmlns:rel="{office}"><x:sheets>'
    '<x:sheet name="Model" sheetId="1" rel:id="rId1"/></x:sheets></x:workbook>',
    "prefix declared on each sheet": '<x:workbook xmlns:x="{main}"><x:sheets><x:sheet name="Model" sheetId="1" '
    'r:id="rId1" xmlns:r="{office}"/></x:sheets></x:workbook>',
    "comments and odd quotes": "<x:workbook xmlns:x='{main}' xmlns:r='{office}'><!-- <x:sheets> </x:sheets> -->"
    "<x:sheets\n><x:sheet name='a>b' sheetId='1' r:id='rId1'></x:sheet></x:sheets ></x:workbook>",
    "compatibility markup": '<x:workbook xmlns:x="{main}" xmlns:r="{office}" xmlns:mc="urn:mc" xmlns:x15="urn:15" '
    'mc:Ignorable="x15"><x15:sheets/><x:sheets>{sheet}</x:sheets><x:extLst><x15:sheets>1</x15:sheets></x:extLst></x:workbook>',
}


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_other_ways_to_write_the_workbook_part(kind: str) -> None:
    parts = PackageBuilder().members()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    text = WORKBOOKS[kind].replace("{sheet}", '<x:sheet name="Model" sheetId="1" r:id="rId1"/>')
    parts["xl/workbook.xml"] = text.replace("{main}", main).replace("{office}", OFFICE).encode()
    before = zip_of(parts)
    after = write_results(before, report()).content
    audit(before, after)
    assert read_workbook(after).sheets[-1].name == SHEET


def test_prefixed_package_parts() -> None:
    parts = PackageBuilder().members()
    for name in (CONTENT_TYPES, "xl/_rels/workbook.xml.rels"):
        text = re.sub(rb"<(/?)(\w)", rb"<\1p:\2", parts[name]).replace(b"xmlns=", b"xmlns:p=")
        parts[name] = text
    after = write_results(zip_of(parts), report()).content
    audit(zip_of(parts), after)
    assert b"<p:Override" in contents(after)[CONTENT_TYPES]


def test_strict_workbooks_get_a_strict_sheet() -> None:
    before = PackageBuilder(main=STRICT_MAIN, office=STRICT_OFFICE).build()
    after = write_results(before, report()).content
    audit(before, after)
    added = {name: data for name, data in contents(after).items() if name not in contents(before)}
    for name, data in added.items():
        assert b"schemas.openxmlformats.org/spreadsheetml" not in data, name
        assert b"schemas.openxmlformats.org/drawingml" not in data, name
        assert b"schemas.openxmlformats.org/officeDocument" not in data, name
    assert b'gapWidth val="0%"' in added["xl/charts/chart1.xml"]
    assert [sheet.name for sheet in read_workbook(after).sheets] == ["Model", SHEET]


def test_writing_twice_gives_the_same_bytes() -> None:
    once = write_results(plain(), report()).content
    twice = write_results(once, report())
    assert twice.content == once
    assert twice.sheet_name == SHEET


def test_an_earlier_results_sheet_is_replaced_with_all_that_belongs_to_it() -> None:
    before = plain()
    many = write_results(before, report(*(output(f"Output {number}") for number in range(5)))).content
    after = write_results(many, report(output("Only"))).content
    audit(before, after)
    assert after == write_results(before, report(output("Only"))).content
    assert sum(name.startswith("xl/charts/") for name in contents(after)) == 2
    assert contents(after)["xl/workbook.xml"] == contents(many)["xl/workbook.xml"]


def test_a_results_sheet_saved_by_another_program_is_still_known() -> None:
    resaved = saved(load_workbook(BytesIO(write_results(plain(), report()).content)))
    result = write_results(resaved, report())
    assert results_sheets(result.content) == [SHEET]
    assert load_workbook(BytesIO(result.content)).sheetnames == ["Model", SHEET]


def test_an_unrelated_sheet_of_that_name_is_left_alone() -> None:
    book = Workbook()
    book.active.title = "montecell RESULTS"
    before = saved(book)
    result = write_results(before, report())
    audit(before, result.content)
    assert result.sheet_name == "Montecell Results 2"
    assert "is in use" in result.notices[0]
    again = write_results(result.content, report())
    assert again.content == result.content
    assert load_workbook(BytesIO(again.content)).sheetnames == ["montecell RESULTS", "Montecell Results 2"]


def test_formulas_on_the_results_sheet_keep_it() -> None:
    book = load_workbook(BytesIO(write_results(plain(), report()).content))
    book[SHEET]["P1"] = "=MAX(J1:J20)"
    result = write_results(saved(book), report())
    assert results_sheets(result.content) == [SHEET, "Montecell Results 2"]
    assert "formulas have been added" in result.notices[0]
    tables = [name for sheet in load_workbook(BytesIO(result.content)) for name in sheet.tables]
    assert len(tables) == len({name.lower() for name in tables})


def test_comments_on_the_results_sheet_keep_it() -> None:
    book = load_workbook(BytesIO(write_results(plain(), report()).content))
    book[SHEET]["A1"].comment = Comment("looks wrong", "me")
    result = write_results(saved(book), report())
    assert result.sheet_name == "Montecell Results 2"
    assert "comments" in result.notices[0]


def test_a_renamed_results_sheet_is_kept_and_its_table_names_avoided() -> None:
    book = load_workbook(BytesIO(write_results(plain(), report()).content))
    book[SHEET].title = "Run of Monday"
    after = write_results(saved(book), report()).content
    again = load_workbook(BytesIO(after))
    assert again.sheetnames == ["Model", "Run of Monday", SHEET]
    assert "Montecell_Summary_2" in again[SHEET].tables
    identifiers = re.findall(rb'<table\s[^>]*?\bid="(\d+)"', b"".join(contents(after).values()))
    assert len(identifiers) == len(set(identifiers))


def test_a_defined_name_like_a_table_is_avoided() -> None:
    before = PackageBuilder(
        workbook='<definedNames><definedName name="MONTECELL_summary">1</definedName></definedNames>'
    ).build()
    result = write_results(before, report())
    tables = load_workbook(BytesIO(result.content))[SHEET].tables
    assert "Montecell_Summary_2" in tables


def test_signed_and_locked_workbooks_come_with_a_notice() -> None:
    before = PackageBuilder(
        workbook='<workbookProtection lockStructure="1"/>', parts={"_xmlsignatures/sig1.xml": "<s/>"}
    ).build()
    result = write_results(before, report())
    assert contents(result.content)["_xmlsignatures/sig1.xml"] == b"<s/>"
    assert [notice.split()[1] for notice in result.notices] == ["digital", "structure"]


def test_macros_stay(tmp_path: Path) -> None:
    before = PackageBuilder(content_type=MACRO_TYPE, parts={"xl/vbaProject.bin": b"\0macro"}).build()
    result = write_results(before, report(), tmp_path / "plan.xlsm")
    parts = contents(result.content)
    assert parts["xl/vbaProject.bin"] == b"\0macro"
    assert MACRO_TYPE.encode() in parts[CONTENT_TYPES]


@pytest.mark.parametrize(("content_type", "name"), [(MACRO_TYPE, "plan.xlsx"), (None, "plan.xlsm"), (None, "plan.xls")])
def test_a_target_of_another_kind_is_refused(tmp_path: Path, content_type: str | None, name: str) -> None:
    builder = PackageBuilder() if content_type is None else PackageBuilder(content_type=content_type)
    with pytest.raises(WorkbookError, match=r"should end in \.xls[xm]"):
        write_results(builder.build(), report(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_the_original_may_be_the_target(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(plain())
    result = write_results(path, report(), path)
    assert path.read_bytes() == result.content
    assert result.path == path
    assert [file.name for file in tmp_path.iterdir()] == ["plan.xlsx"]


def test_a_failed_write_leaves_the_target_and_no_debris(tmp_path: Path) -> None:
    target = tmp_path / "plan.xlsx"
    target.mkdir()
    with pytest.raises(OSError, match=r"plan\.xlsx"):
        write_results(plain(), report(), target)
    assert [file.name for file in tmp_path.iterdir()] == ["plan.xlsx"]


DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "b">]><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", DamagedWorkbook),
        (b"%PDF-1.7", NotAWorkbook),
        (zip_of({"word/document.xml": b"<x/>"}), NotAWorkbook),
        (PackageBuilder(content_type="application/vnd.ms-excel.sheet.binary.macroEnabled.main").build(), NotAWorkbook),
        (PackageBuilder(parts={"xl/workbook.xml": "<workbook>"}).build(), DamagedWorkbook),
        (PackageBuilder(parts={"xl/_rels/workbook.xml.rels": None}).build(), DamagedWorkbook),
        (PackageBuilder(parts={CONTENT_TYPES: DOCTYPE}).build(), UnsafeWorkbook),
    ],
)
def test_files_that_are_no_workbooks_are_refused(data: bytes, error: type[WorkbookError]) -> None:
    with pytest.raises(error):
        write_results(data, report())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4000), st.integers(0, 255))
def test_damaged_files_are_refused_or_written_whole(position: int, value: int) -> None:
    data = bytearray(plain())
    data[position % len(data)] = value
    try:
        result = write_results(bytes(data), report(output()))
    except WorkbookError:
        return
    with zipfile.ZipFile(BytesIO(result.content)) as archive:
        assert archive.testzip() is None


def test_libreoffice_opens_the_sheet(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is missing: install the package libreoffice-calc")
    shown = replace(report(driven(), output("Margin")), details=(detail(),), correlations=(PAIR,))
    write_results(plain(), shown, tmp_path / "plan.xlsx")
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
    filters = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
    subprocess.run([*command, filters, "--outdir", tmp_path, tmp_path / "plan.xlsx"], check=True, capture_output=True)
    lines = (tmp_path / f"plan-{SHEET}.csv").read_text(encoding="utf-8").splitlines()
    for start in (
        "Profit,Model!B2,Output,500,200,0,100,500,900,1000",
        "Profit,Model!B2,Output,0.25,0.5,0.75,4,8,",
        "Profit,Model!B2,Output,1,2,3,4,-∞,5",
        "Price,Volume,Model!H1:I2,0.6,0.5987",
        "x13,477,523,-23,23",
    ):
        assert any(line.startswith(start) for line in lines), start
