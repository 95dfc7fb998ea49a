"""Real workbooks: the reader against two others, cell by cell."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from compute.errors import CellError
from compute.formulas import is_cell_address
from compute.workbook import Cell, Sheet, Workbook, read_workbook
from compute.workbook.address_names import with_names
from compute.workbook.rich_errors import ERROR_TYPES

SAMPLE = (
    "SimpleStrict.xlsx",
    "LoanAmortization_TP10073881.xltx",
    "rangearrayformulaesa.xlsx",
    "tdf111974.xlsm",
    "14330-1.xls.xlsx",
    "StructuredRefs-lots-with-lookups.xlsx",
    "multi-table.xlsx",
    "MMULT.xlsx",
    "spill_operator.xlsx",
    "FILTER_ERRORS.xlsx",
    "external_name.xls.xlsx",
    "47813.xlsx",
    "reader.xlsm",
    "ARABIC_ROMAN.xlsx",
    "57181.xlsm",
    "issue.2301.xlsx",
    "formula_stress_test.xlsx",
    "offsets.xlsx",
    "florida_data.ashx.xls.xlsx",
    "CampagnaTemplate.xlsx",
    "DrawingSizeInPx.xlsx",
    "GBP_Market_And_Trades.xlsx",
    "12843-1.xls.xlsx",
    "CellsWithTimeSpanDataTypeOrFormatting.xlsx",
    "inputfile.xlsx",
    "PerformanceEng.xlsx",
)
NEWER_ERRORS = {error.code for error in ERROR_TYPES.values()}
KINDS = {"n": "normal", "s": "normal", "nd": "normal", "a": "array", "ad": "dynamic", "t": "data_table"}
SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm")


def corpus(folder: Path) -> Iterator[Path]:
    files = (folder / "corpus" / "workbooks").rglob("*")
    return (path for path in sorted(files) if path.suffix.lower() in SUFFIXES)


@pytest.fixture(scope="module")
def loader(shared_folder: Path) -> Iterator[ModuleType]:
    """The corpus's own reader, built on lxml."""
    folder = str(shared_folder / "corpus")
    sys.path.insert(0, folder)
    try:
        yield import_module("cached_workbook")
    finally:
        sys.path.remove(folder)


def shown(value: object) -> object:
    return value.code if isinstance(value, CellError) else value


def stored(sheet: Sheet, cell: Cell) -> object:
    return shown(sheet.cached.get(cell, sheet.values.get(cell)))


def same_value(ours: object, theirs: object, kind: str) -> bool:
    if isinstance(ours, str) and isinstance(theirs, str) and "_x" in theirs:
        return True  # the loader leaves escapes as they are
    if isinstance(ours, float) and isinstance(theirs, str) and theirs[4:5] == "-":
        return True  # and ISO dates
    if theirs == "#VALUE!" and ours in NEWER_ERRORS:
        return True  # and looks for no rich value behind an error
    return ours == theirs or (ours is None and theirs == "" and kind == "")


def differences(workbook: Workbook, theirs: Any) -> Iterator[str]:
    conflicts = {name.name[1:].casefold(): name.name for name in workbook.names if is_cell_address(name.name[1:])}
    for sheet in workbook.sheets:
        formulas, values = theirs.cells[sheet.name], theirs.values[sheet.name]
        for cell, (text, kind, _, _) in formulas.items():
            yield from formula_differences(sheet, cell, with_names(text, conflicts), kind)
        for cell in sheet.formulas.keys() - formulas.keys():
            yield f"{sheet.name} {cell}: a formula only here"
        for cell, value in values.items():
            kind = formulas[cell][1] if cell in formulas else ""
            if not same_value(stored(sheet, cell), value, kind):
                yield f"{sheet.name} {cell}: {stored(sheet, cell)!r} is {value!r}"
        for cell in (sheet.values.keys() | sheet.cached.keys()) - values.keys():
            yield f"{sheet.name} {cell}: a value only here"


def formula_differences(sheet: Sheet, cell: Cell, text: str, kind: str) -> Iterator[str]:
    """``kind`` is the loader's: n, s, a, t; with a leading c for a child, c? for an empty formula outside arrays."""
    formula = sheet.formulas.get(cell)
    if kind.startswith("c"):
        if formula is not None or (kind != "c?" and cell not in sheet.spilled):
            yield f"{sheet.name} {cell}: no child of an array"
    elif formula is None:
        yield f"{sheet.name} {cell}: no formula, where {text!r} is"
    elif not kind.startswith("t") and formula.text != text.removeprefix("="):
        yield f"{sheet.name} {cell}: {formula.text!r} is {text!r}"
    elif formula.kind != KINDS[kind]:
        yield f"{sheet.name} {cell}: {formula.kind} is {kind}"


def check_file(path: Path, loader: ModuleType) -> None:
    workbook = read_workbook(path)
    assert not list(differences(workbook, loader.load(str(path))))[:5]
    for sheet in workbook.sheets:
        check_invariants(sheet)


def check_invariants(sheet: Sheet) -> None:
    assert not sheet.values.keys() & sheet.formulas.keys()
    assert not sheet.values.keys() & sheet.cached.keys()
    assert not sheet.values.keys() & sheet.spilled.keys()
    assert not sheet.spilled.keys() & sheet.formulas.keys()
    assert sheet.cached.keys() <= sheet.formulas.keys() | sheet.spilled.keys()
    assert sheet.filtered_rows <= sheet.hidden_rows
    assert set(sheet.spilled.values()) <= sheet.formulas.keys()


@pytest.mark.parametrize("name", SAMPLE)
def test_sample_agrees_with_the_loader(name: str, shared_folder: Path, loader: ModuleType) -> None:
    found = [path for path in corpus(shared_folder) if path.name == name]
    assert found
    for path in found:
        check_file(path, loader)


@pytest.mark.sweep
@pytest.mark.timeout(900)
def test_whole_corpus_agrees_with_the_loader(shared_folder: Path, loader: ModuleType) -> None:
    files = list(corpus(shared_folder))
    assert len(files) > 400
    for path in files:
        check_file(path, loader)


@pytest.mark.parametrize("model", ["A", "B", "D"])
def test_models_agree_with_openpyxl(model: str, shared_folder: Path) -> None:
    path = shared_folder / "bench" / "models" / f"{model}.xlsx"
    workbook = read_workbook(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    for sheet in workbook.sheets:
        compare_with_openpyxl(sheet, formulas[sheet.name], values[sheet.name], workbook.date_1904)


def compare_with_openpyxl(sheet: Sheet, formulas: Any, values: Any, date_1904: bool) -> None:
    seen = set()
    for row in formulas.iter_rows():
        for theirs in row:
            if theirs.value is None:
                continue
            cell = (theirs.row, theirs.column)
            if theirs.data_type == "f":
                seen.add(cell)
                assert sheet.formulas[cell].text == openpyxl_text(theirs.value)
            cached = serial(values.cell(*cell).value, date_1904)
            assert stored(sheet, cell) == (pytest.approx(cached) if isinstance(cached, float) else cached)
    assert seen == set(sheet.formulas)


def openpyxl_text(value: object) -> str:
    if isinstance(value, ArrayFormula):
        return str(value.text).removeprefix("=")
    if isinstance(value, DataTableFormula):
        return ""
    return str(value).removeprefix("=")


def serial(value: object, date_1904: bool) -> object:
    if isinstance(value, datetime | date | time | timedelta):
        return float(to_excel(value, CALENDAR_MAC_1904) if date_1904 else to_excel(value))
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
