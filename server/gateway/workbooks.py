"""Workbooks through ``compute.workbook``: checked, built, edited, shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from compute.errors import CellError, Scalar
from server.gateway.messages import CellEdit, CellView, NamedFormula, SheetView, Snapshot, WorkbookView

if TYPE_CHECKING:
    from compute.workbook import Sheet

# Quoted text and quoted sheet names stay as they are; the other groups are what Excel stores and nobody types.
_STORED = re.compile(
    r"""(?P<quoted>"(?:[^"]|"")*"|'(?:[^']|'')*')"""
    r"|(?P<ours>(?:\[\d+\]!)?_xldudf_MC_|_xll\.MC\.)"
    r"|(?P<prefix>(?:_xlfn\.|_xlws\.|_xlpm\.|_xleta\.)+)",
    re.IGNORECASE,
)


def check(path: Path) -> Literal["xlsx", "xlsm"]:
    """Raises WorkbookError unless the file is a whole and harmless package with a workbook in it."""
    from compute.workbook import Package
    from compute.workbook.document_type import workbook_part

    package = Package(path.read_bytes())
    media_type = package.content_type(workbook_part(package))
    return "xlsm" if "macroenabled" in media_type.casefold() else "xlsx"


def build(snapshot: Snapshot) -> bytes:
    """The cells as an .xlsx package."""
    from compute.workbook import build_workbook

    return build_workbook(snapshot)


def edit(original: Path, edits: Sequence[CellEdit], new_sheets: Sequence[str]) -> bytes:
    """The package with these cells changed and every other part as it is."""
    from compute.workbook import edit_cells

    return edit_cells(original, edits, new_sheets)


def view(path: Path) -> WorkbookView:
    """All cells of all sheets."""
    from compute.workbook import read_workbook

    workbook = read_workbook(path)
    names = tuple(
        NamedFormula(name=name.name, refers_to=as_typed(name.text)) for name in workbook.names if not name.hidden
    )
    return WorkbookView(file_name=path.name, sheets=tuple(_sheet(sheet) for sheet in workbook.sheets), names=names)


def _sheet(sheet: Sheet) -> SheetView:
    return SheetView(
        name=sheet.name,
        state=sheet.state,
        last_row=sheet.last_row,
        last_column=sheet.last_column,
        column_widths={str(column): width for column, width in sorted(sheet.column_widths.items())},
        cells=tuple(_cells(sheet)),
    )


def _cells(sheet: Sheet) -> Iterator[CellView]:
    from compute.formulas.addresses import address

    for cell in sorted({*sheet.values, *sheet.formulas, *sheet.cached}):
        formula = sheet.formulas.get(cell)
        shown = _plain(sheet.cached.get(cell, sheet.values.get(cell)))
        yield CellView(
            cell=address(*cell),
            input=f"={as_typed(formula.text)}" if formula and formula.text else _typed_text(shown),
            value=shown,
            format=_format(sheet.number_formats, cell),
        )


def _typed_text(value: bool | float | str | None) -> bool | float | str | None:
    """A constant as typed: text that begins like a formula has an apostrophe in front, which tells the two apart."""
    return f"'{value}" if isinstance(value, str) and value.startswith("=") else value


def _format(formats: Mapping[tuple[int, int], str], cell: tuple[int, int]) -> str | None:
    found = formats.get(cell)
    return None if found in (None, "", "General") else found


def _plain(value: Scalar) -> bool | float | str | None:
    return value.code if isinstance(value, CellError) else value


def as_typed(formula: str) -> str:
    """A stored formula as a person types it: ``_xldudf_MC_NORMAL(1,2)`` is ``MC.NORMAL(1,2)``, ``_xlfn.`` goes."""

    def replaced(match: re.Match[str]) -> str:
        if match["quoted"]:
            return match["quoted"]
        return "MC." if match["ours"] else ""

    return _STORED.sub(replaced, formula)
