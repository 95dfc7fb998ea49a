"""Damaged bytes: whatever happens to a valid file, reading it gives a workbook or a WorkbookError."""

from __future__ import annotations

import random
from io import BytesIO

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from compute.errors import WorkbookError
from compute.workbook import Limits, Workbook, read_workbook
from tests.compute.workbook.package_builder import METADATA, PackageBuilder, zip_of

LIMITS = Limits(max_cells=100_000, max_array_cells=10_000, max_total_bytes=50_000_000)


def written_by_openpyxl() -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["Item", "Price", "Count"])
    for row in range(2, 12):
        sheet.append([f"item {row}", row * 1.5, f"=B{row}*2"])
    sheet["E1"] = ArrayFormula("E1:E3", "=B2:B4*2")
    sheet.add_table(Table(displayName="Items", ref="A1:C11"))
    target = BytesIO()
    workbook.save(target)
    return target.getvalue()


SHARED = '<c r="B1"><f t="shared" ref="B1:B2" si="0">A1*2</f><v>1</v></c>'
SPILL = '<c r="A3" cm="1"><f t="array" ref="A3:A5">B1:B3</f><v>1</v></c>'
CRITERIA = '<filterColumn colId="0"><filters><filter val="a"/></filters></filterColumn>'
NAME = '<definedName name="N" localSheetId="0">Model!$A$1</definedName>'
MEMBERS = PackageBuilder(
    before='<cols><col min="1" max="2" width="9"/></cols>',
    rows=f'<row r="1"><c r="A1" t="s" s="1"><v>0</v></c>{SHARED}</row>'
    '<row r="2" hidden="1"><c r="B2"><f t="shared" si="0"/><v>1</v></c><c r="C2" t="b"><v>1</v></c></row>'
    f'<row r="3">{SPILL}<c r="B3" t="d"><v>2020-01-01</v></c></row>',
    after=f'<autoFilter ref="A1:C5">{CRITERIA}</autoFilter>',
    strings="<si><r><t>a</t></r><rPh><t>b</t></rPh></si>",
    styles='<numFmts><numFmt numFmtId="164" formatCode="0.0"/></numFmts><cellXfs><xf/><xf numFmtId="164"/></cellXfs>',
    metadata=METADATA,
    workbook=f'<definedNames>{NAME}</definedNames><calcPr iterate="1"/>',
).members()
CHARACTERS = list(b'<>/&"= ;:!#0123456789-AZaz\0\xff')
FILES = [written_by_openpyxl(), zip_of(MEMBERS)]


def read_or_refuse(data: bytes) -> None:
    found = outcome(data)
    if isinstance(found, WorkbookError):
        assert found.code.startswith("workbook.")
        assert found.code != WorkbookError.code
        assert found.message
    else:
        assert found.sheets


def outcome(data: bytes) -> Workbook | WorkbookError:
    try:
        return read_workbook(data, limits=LIMITS)
    except WorkbookError as error:
        return error


@pytest.mark.parametrize("data", FILES, ids=["openpyxl", "by hand"])
def test_the_files_are_valid(data: bytes) -> None:
    assert read_workbook(data).sheets[0].formulas


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(FILES), st.lists(st.tuples(st.integers(0, 1 << 30), st.integers(1, 255)), min_size=1, max_size=8)
)
def test_flipped_bytes_of_the_zip(data: bytes, flips: list[tuple[int, int]]) -> None:
    damaged = bytearray(data)
    for position, mask in flips:
        damaged[position % len(damaged)] ^= mask
    read_or_refuse(bytes(damaged))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FILES), st.floats(0, 1), st.floats(0, 1))
def test_pieces_cut_out_of_the_zip(data: bytes, start: float, end: float) -> None:
    first, last = sorted((int(start * len(data)), int(end * len(data))))
    read_or_refuse(data[:first] + data[last:])


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(MEMBERS)),
    st.integers(0, 1 << 30),
    st.sampled_from(CHARACTERS),
)
def test_changed_characters_inside_the_parts(part: str, position: int, character: int) -> None:
    text = bytearray(MEMBERS[part])
    text[position % len(text)] = character
    read_or_refuse(zip_of({**MEMBERS, part: bytes(text)}))


ATTRIBUTES = [
    "r",
    "s",
    "t",
    "si",
    "ref",
    "cm",
    "r1",
    "min",
    "max",
    "width",
    "hidden",
    "numFmtId",
    "localSheetId",
    "Target",
    "Id",
]
NUMBERS = ["", "9" * 5000, "0", "-1", "1", "99999999999999999999", "1e400", "NaN"]
WORDS = ["x", "A1", "A1:XFD1048576", "../..", "n", "array", "shared", "dataTable"]


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(ATTRIBUTES), st.sampled_from(NUMBERS + WORDS), st.integers(0, 1 << 30))
def test_attributes_with_values_they_should_not_have(attribute: str, value: str, seed: int) -> None:
    chooser = random.Random(seed)
    members = dict(MEMBERS)
    for part, text in MEMBERS.items():
        pieces = text.decode().split(f' {attribute}="')
        for i in range(1, len(pieces)):
            if chooser.random() < 0.3:
                pieces[i] = value + pieces[i][pieces[i].index('"') :]
        members[part] = f' {attribute}="'.join(pieces).encode()
    read_or_refuse(zip_of(members))
