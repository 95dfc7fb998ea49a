"""A builder of small workbooks for the tests of the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

Build = Callable[..., Path]


@pytest.fixture
def book(tmp_path: Path) -> Build:
    """``book({"Sheet1": {"A1": 1, "B1": "=A1*2", "C1:C3": "=ROW(A1:A3)"}}, names={"Rate": "Sheet1!$A$1"})`` → path.

    A key that is a range makes a Ctrl-Shift-Enter array formula.
    """

    def build(
        sheets: Mapping[str, Mapping[str, Any]], names: Mapping[str, str] | None = None, file: str = "book.xlsx"
    ) -> Path:
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, cells in sheets.items():
            sheet = workbook.create_sheet(title)
            for place, value in cells.items():
                if ":" in place:
                    sheet[place.split(":")[0]] = ArrayFormula(place, value)
                else:
                    sheet[place] = value
        for name, text in (names or {}).items():
            workbook.defined_names[name] = openpyxl.workbook.defined_name.DefinedName(name, attr_text=text)
        path = tmp_path / file
        workbook.save(path)
        return path

    return build
