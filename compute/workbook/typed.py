"""Cells as a person types them, and workbooks built from nothing else."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from compute.errors import FormulaSyntaxError, WorkbookError
from compute.formulas import parse, parse_address
from compute.workbook.stored_formula import stored_formula

Typed = bool | int | float | str
LONGEST_TEXT = 32_767
_FORBIDDEN = set("[]:*?/\\")


class TypedCell(Protocol):
    """A cell's address and what was typed; ``format`` is a number format code or None."""

    @property
    def cell(self) -> str: ...
    @property
    def input(self) -> Typed: ...
    @property
    def format(self) -> str | None: ...


class TypedSheet(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def cells(self) -> Iterable[TypedCell]: ...


class TypedName(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def refers_to(self) -> str: ...


class TypedWorkbook(Protocol):
    """What ``build_workbook`` needs of a snapshot."""

    @property
    def sheets(self) -> Sequence[TypedSheet]: ...
    @property
    def names(self) -> Iterable[TypedName]: ...


def is_formula(typed: Typed) -> bool:
    """Whether what was typed is a formula: it begins with ``=`` and goes on."""
    return isinstance(typed, str) and typed.startswith("=") and len(typed) > 1


def plain_text(typed: str, where: str) -> str:
    """Typed text, ``'=…`` without its apostrophe; raises WorkbookError beyond Excel's 32,767 characters."""
    text = typed[1:] if typed.startswith("'=") else typed
    if len(text) > LONGEST_TEXT:
        raise WorkbookError(
            f"{where}: the text has {len(text):,} characters; a cell holds at most {LONGEST_TEXT:,}",
            code="workbook.text_too_long",
            cells=(where,),
        )
    return "".join(c for c in text if c in "\t\n\r" or ord(c) >= 32)


def check_sheet_name(name: str, taken: Iterable[str]) -> None:
    """Raises WorkbookError for a sheet name that Excel would refuse."""
    problem = None
    if not name.strip() or len(name) > 31:
        problem = "it must have 1 to 31 characters"
    elif set(name) & _FORBIDDEN or name[0] == "'" or name[-1] == "'":
        problem = "it must not hold [ ] : * ? / \\ nor begin or end with an apostrophe"
    elif name.casefold() in {t.casefold() for t in taken}:
        problem = "another sheet has it already"
    if problem:
        raise WorkbookError(f"the sheet name {name!r} cannot be used: {problem}", code="workbook.bad_sheet_name")


def build_workbook(snapshot: TypedWorkbook) -> bytes:
    """An .xlsx package with the sheets, cells and names of a snapshot, nothing computed.

    Raises WorkbookError for a name or a text that Excel would refuse, UnknownCell for an address that is none.
    """
    import openpyxl
    from openpyxl.workbook.defined_name import DefinedName

    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.created = book.properties.modified = datetime(2000, 1, 1)  # noqa: DTZ001  same cells, same bytes
    for sheet in snapshot.sheets:
        check_sheet_name(sheet.name, book.sheetnames)
        target = book.create_sheet(sheet.name)
        for typed in sheet.cells:
            row, column = parse_address(typed.cell)
            fill(target.cell(row, column), typed.input, f"{sheet.name}!{typed.cell}")
            if typed.format:
                target.cell(row, column).number_format = typed.format
    for name in snapshot.names:
        book.defined_names[name.name] = DefinedName(name.name, attr_text=stored_formula(name.refers_to))
    if not book.sheetnames:
        raise WorkbookError("the workbook has no sheet; a workbook needs at least one", code="workbook.no_worksheets")
    # Nothing is computed yet: Excel is asked to do it when it opens the file.
    book.calculation.fullCalcOnLoad = True
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def checked_formula(typed: str, row: int, column: int, where: str) -> str:
    """The stored form of a typed formula; raises FormulaSyntaxError, naming the cell, for one that cannot be read."""
    try:
        parse(typed, row, column)
    except FormulaSyntaxError as problem:
        raise FormulaSyntaxError(f"{where}: {problem.message}", code=problem.code, cells=(where,)) from None
    return stored_formula(typed)


def fill(cell: Any, typed: Typed, where: str) -> None:
    """Puts what was typed into an openpyxl cell; only what begins with ``=`` becomes a formula."""
    if is_formula(typed):
        cell.value = "=" + checked_formula(str(typed), cell.row, cell.column, where)
        cell.data_type = "f"
    elif isinstance(typed, str):
        cell.value = plain_text(typed, where)
        cell.data_type = "s"
    else:
        cell.value = typed
