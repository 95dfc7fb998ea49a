"""Cells changed in an existing package, and packages built from typed cells."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import compute
from compute.errors import FormulaSyntaxError, UnknownCell, WorkbookError
from compute.workbook import build_workbook, edit_cells, read_workbook
from compute.workbook.stored_formula import stored_formula


@dataclass
class Change:
    sheet: str
    cell: str
    input: Any


@dataclass
class Typed:
    cell: str
    input: Any
    format: str | None = None


@dataclass
class TypedSheet:
    name: str
    cells: list[Typed]


@dataclass
class TypedName:
    name: str
    refers_to: str


@dataclass
class Snapshot:
    sheets: list[TypedSheet]
    names: list[TypedName]


STORED = [
    ("=MC.NORMAL(100,10)", "_xldudf_MC_NORMAL(100,10)"),
    ('=mc.output("MC.NORMAL(1)")+A1', '_xldudf_MC_OUTPUT("MC.NORMAL(1)")+A1'),
    ("=XLOOKUP(A1,B:B,C:C)", "_xlfn.XLOOKUP(A1,B:B,C:C)"),
    ("=SUM(SORT(A1:A3))", "SUM(_xlfn._xlws.SORT(A1:A3))"),
    ("=LET(x,A1,x*2)", "_xlfn.LET(_xlpm.x,A1,_xlpm.x*2)"),
    ("=LAMBDA(x,[y],x+y)(5)+T[y]", "_xlfn.LAMBDA(_xlpm.x,_xlop.y,_xlpm.x+_xlpm.y)(5)+T[y]"),
    ("='MC.X('!A1+SUM(A1)", "'MC.X('!A1+SUM(A1)"),
    ("=STDEV.S(A1:A9)+STDEV(A1:A9)", "_xlfn.STDEV.S(A1:A9)+STDEV(A1:A9)"),
]


@pytest.mark.parametrize(("typed", "stored"), STORED)
def test_typed_formulas_are_stored_as_files_hold_them(typed: str, stored: str) -> None:
    assert stored_formula(typed) == stored


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_changes_of_every_kind_arrive_and_nothing_else_moves(book: Callable[..., Path]) -> None:
    path = book({"Data": {"A1": 1, "C1": 3, "B3": "old", "D5": "=A1*2"}, "Other sheet": {"A1": "kept"}})
    original = path.read_bytes()
    changes = [
        Change("Data", "A1", 10), Change("Data", "B1", "a < b & c"), Change("Data", "C1", None),
        Change("Data", "B3", True), Change("Data", "B2", 2.5), Change("Data", "Z9", "=MC.NORMAL(A1,2)"),
        Change("Data", "A2", "'=text"), Change("data", "AA1", "=A1&\"<\""), Change("Data", "A20", 1),
        Change("Data", "A19", 2), Change("Data", "D5", "=A1*3"),
    ]  # fmt: skip
    edited = edit_cells(original, changes)
    sheet = openpyxl.load_workbook(BytesIO(edited))["Data"]
    shown = {k: sheet[k].value for k in ("A1", "B1", "C1", "B3", "B2", "Z9", "A2", "AA1", "A20", "A19", "D5")}
    assert shown == {
        "A1": 10, "B1": "a < b & c", "C1": None, "B3": True, "B2": 2.5, "Z9": "=_xldudf_MC_NORMAL(A1,2)",
        "A2": "=text", "AA1": '=A1&"<"', "A20": 1, "A19": 2, "D5": "=A1*3",
    }  # fmt: skip
    before, after = parts(original), parts(edited)
    assert {name for name in before if before[name] != after.get(name)} <= {
        "xl/worksheets/sheet1.xml",
        "xl/workbook.xml",
    }
    values = compute.recalculate(_saved(path, edited))
    assert values["Data"]["D5"] == 30.0
    assert values["Data"]["Z9"] == 10.0
    assert values["Data"]["A2"] == "=text"


def _saved(path: Path, data: bytes) -> Path:
    target = path.with_name("edited.xlsx")
    target.write_bytes(data)
    return target


def test_a_sheet_without_cells_can_be_filled(book: Callable[..., Path]) -> None:
    edited = edit_cells(
        book({"Empty": {}}), [Change("Empty", "B2", 1), Change("Empty", "A1", 2), Change("Empty", "C9", 3)]
    )
    assert dict(read_workbook(edited).sheet("Empty").values) == {(1, 1): 2.0, (2, 2): 1.0, (9, 3): 3.0}


def test_a_new_sheet_is_added_and_filled(book: Callable[..., Path]) -> None:
    edited = edit_cells(book({"One": {"A1": 1}}), [Change("Two", "A1", "=One!A1+1")], ["Two"])
    workbook = read_workbook(edited)
    assert [s.name for s in workbook.sheets] == ["One", "Two"]
    assert workbook.sheet("Two").formulas[1, 1].text == "One!A1+1"


SHARED = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*2</f><v>2</v></c></row>
<row r="2"><c r="A2"><v>2</v></c><c r="B2"><f t="shared" si="0"/><v>4</v></c></row>
<row r="3"><c r="A3"><v>3</v></c><c r="B3"><f t="shared" si="0"/><v>6</v></c></row></sheetData></worksheet>"""


def test_cells_that_share_a_formula_keep_it_when_its_first_cell_changes(book: Callable[..., Path]) -> None:
    path = book({"S": {"A1": 1}})
    contents = parts(path.read_bytes())
    contents["xl/worksheets/sheet1.xml"] = SHARED.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    values = compute.recalculate(_saved(path, edit_cells(path, [Change("S", "B1", 7)])))["S"]
    assert [values["B1"], values["B2"], values["B3"]] == [7.0, 4.0, 6.0]


def test_the_inside_of_an_array_formula_is_refused(book: Callable[..., Path]) -> None:
    path = book({"S": {"A1": 1, "B1:B3": "=A1:A3*2"}})
    with pytest.raises(WorkbookError, match="array formula"):
        edit_cells(path, [Change("S", "B2", 1)])


def test_a_formula_that_cannot_be_read_is_refused_by_its_cell(book: Callable[..., Path]) -> None:
    with pytest.raises(FormulaSyntaxError, match="S!B2"):
        edit_cells(book({"S": {"A1": 1}}), [Change("S", "B2", "=SUM(")])
    with pytest.raises(FormulaSyntaxError, match="T!C3"):
        build_workbook(Snapshot([TypedSheet("T", [Typed("C3", "=1+")])], []))


def test_a_sheet_that_is_not_there_is_named(book: Callable[..., Path]) -> None:
    with pytest.raises(UnknownCell, match="Nope"):
        edit_cells(book({"S": {"A1": 1}}), [Change("Nope", "A1", 1)])


def test_a_workbook_is_built_from_typed_cells(tmp_path: Path) -> None:
    cells = [
        Typed("A1", 100, "0.00"),
        Typed("A2", "=A1*Rate"),
        Typed("A3", "'=x"),
        Typed("A4", True),
        Typed("A5", "#N/A"),
    ]
    snapshot = Snapshot([TypedSheet("My sheet", cells)], [TypedName("Rate", "'My sheet'!$A$1")])
    data = build_workbook(snapshot)
    sheet = read_workbook(data).sheet("My sheet")
    assert sheet.values == {(1, 1): 100.0, (3, 1): "=x", (4, 1): True, (5, 1): "#N/A"}
    assert sheet.number_formats[1, 1] == "0.00"
    path = tmp_path / "built.xlsx"
    path.write_bytes(data)
    assert compute.recalculate(path)["My sheet"]["A2"] == 10_000.0


@pytest.mark.parametrize("name", ["", "a/b", "x" * 32, "'q'"])
def test_a_sheet_name_that_excel_refuses_is_refused(name: str) -> None:
    with pytest.raises(WorkbookError, match="sheet name"):
        build_workbook(Snapshot([TypedSheet(name, [])], []))
