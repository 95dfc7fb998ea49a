"""A workbook written by openpyxl, with the values that Excel would show beside its formulas; the same bytes each time.

openpyxl writes formulas without results, so a viewer that does not calculate would show empty cells. Every formula here
is given its value, and the saved XML gets it as ``<v>``.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.worksheet import Worksheet

MADE = datetime.datetime(2026, 1, 1)  # noqa: DTZ001 (openpyxl takes naive times as UTC)
ZIP_DATE = (2026, 1, 1, 0, 0, 0)
FONT = "Calibri"
INK, FAINT = "1F2937", "6B7280"
HEADER = PatternFill("solid", fgColor="1F4E79")
BAND = PatternFill("solid", fgColor="F3F6FA")
UNCERTAIN = PatternFill("solid", fgColor="E2F0D9")
OUTPUT = PatternFill("solid", fgColor="FFF2CC")
GIVEN = Font(name=FONT, color="1D4ED8")
HAIR = Side(style="thin", color="D5DBE3")
MONEY = "#,##0"
PERCENT = "0.0%"

Value = float | str | bool


@dataclass(slots=True)
class Page:
    """A sheet being written: constants, formulas with their values, and the looks that the examples share."""

    sheet: Worksheet
    values: dict[str, Value] = field(default_factory=dict)

    def title(self, text: str, below: str) -> None:
        """The sheet's title in A1 and a line about it in A2."""
        self.sheet["A1"] = text
        self.sheet["A1"].font = Font(name=FONT, size=18, bold=True, color=INK)
        self.sheet["A2"] = below
        self.sheet["A2"].font = Font(name=FONT, size=10, italic=True, color=FAINT)
        self.sheet.row_dimensions[1].height = 28
        self.sheet.sheet_view.showGridLines = False

    def widths(self, **columns: float) -> None:
        """Column widths by letter."""
        for letter, width in columns.items():
            self.sheet.column_dimensions[letter].width = width

    def headings(self, row: int, *texts: str, left: int = 2) -> None:
        """A heading row from column A on; the first ``left`` stand over text."""
        for number, text in enumerate(texts, start=1):
            cell = self.sheet.cell(row, number, text)
            cell.font = Font(name=FONT, bold=True, color="FFFFFF")
            cell.fill = HEADER
            cell.alignment = Alignment(
                horizontal="left" if number <= left else "right", vertical="center", wrap_text=True
            )
        self.sheet.row_dimensions[row].height = 32

    def label(self, cell: str, text: str, *, bold: bool = False) -> None:
        """A text for the reader."""
        self.sheet[cell] = text
        self.sheet[cell].font = Font(name=FONT, bold=bold, color=INK)

    def note(self, cell: str, text: str) -> None:
        """A remark that steps back."""
        self.sheet[cell] = text
        self.sheet[cell].font = Font(name=FONT, italic=True, color=FAINT)
        self.sheet[cell].alignment = Alignment(indent=1)

    def given(self, cell: str, value: Value, format: str = MONEY) -> None:
        """A constant that a person may change: blue, as financial modellers have it."""
        self.sheet[cell] = value
        self.sheet[cell].font = GIVEN
        self.sheet[cell].number_format = format
        self.sheet[cell].border = Border(bottom=HAIR)

    def formula(self, cell: str, text: str, value: Value, format: str = MONEY) -> None:
        """A formula without its equals sign, and what Excel shows for it."""
        self.sheet[cell] = f"={text}"
        self.values[cell] = value
        self.sheet[cell].font = Font(name=FONT, color=INK)
        self.sheet[cell].number_format = format
        self.sheet[cell].border = Border(bottom=HAIR)

    def path(self, cells: Sequence[str], text: str, values: Sequence[float], format: str = MONEY) -> None:
        """One array formula that draws all of these adjacent cells: on green."""
        for cell, value in zip(cells, values, strict=True):
            self.uncertain(cell, text, value, format)
            self.sheet[cell] = value
        self.sheet[cells[0]] = ArrayFormula(f"{cells[0]}:{cells[-1]}", f"={text}")

    def trials(self, cells: Sequence[str], input: str, values: Sequence[float], format: str = MONEY) -> None:
        """A data table down these cells: the formula above them for each value on the left, put into a cell."""
        for cell, value in zip(cells, values, strict=True):
            self.formula(cell, "0", value, format)
            self.sheet[cell] = value
        self.sheet[cells[0]] = DataTableFormula(ref=f"{cells[0]}:{cells[-1]}", r1=input)

    def uncertain(self, cell: str, text: str, value: Value, format: str = MONEY) -> None:
        """A formula that draws from a distribution: on green."""
        self.formula(cell, text, value, format)
        self.sheet[cell].fill = UNCERTAIN

    def output(self, cell: str, text: str, value: Value, format: str = MONEY) -> None:
        """A formula whose results are collected: bold on yellow."""
        self.formula(cell, text, value, format)
        self.sheet[cell].fill = OUTPUT
        self.sheet[cell].font = Font(name=FONT, bold=True, color=INK)

    def total_line(self, row: int, first: str, last: str) -> None:
        """A line above a total."""
        for cell in self.sheet[f"{first}{row}:{last}{row}"][0]:
            cell.border = Border(top=Side(style="medium", color=INK))


class Book:
    """A workbook of pages that is saved with its values."""

    def __init__(self, title: str) -> None:
        self.workbook = Workbook()
        self.workbook.remove(self.workbook.active)
        self.pages: list[Page] = []
        properties = self.workbook.properties
        properties.title, properties.creator = title, "Montecell"
        properties.created = properties.modified = MADE

    def page(self, name: str) -> Page:
        """A new sheet, set up for printing on one page across."""
        sheet = self.workbook.create_sheet(name)
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        self.pages.append(Page(sheet))
        return self.pages[-1]

    def save(self, target: Path) -> None:
        """Write the file; the same content gives the same members."""
        raw = io.BytesIO()
        self.workbook.save(raw)
        with zipfile.ZipFile(raw) as source, zipfile.ZipFile(target, "w") as result:
            for name in source.namelist():
                content = self._with_values(name, source.read(name))
                member = zipfile.ZipInfo(name, ZIP_DATE)
                member.compress_type = zipfile.ZIP_DEFLATED
                result.writestr(member, content)

    def _with_values(self, name: str, content: bytes) -> bytes:
        if name == "docProps/core.xml":
            stamp = MADE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
            return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
        match = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
        return inject(content.decode(), self.pages[int(match[1]) - 1].values).encode() if match else content


def inject(xml: str, values: dict[str, Value]) -> str:
    """A sheet's XML with a result beside every formula. Raises ValueError when a formula has none."""

    def filled(match: re.Match[str]) -> str:
        cell, attributes, formula = match[1], match[2], match[3]
        if cell not in values:
            raise ValueError(f"the formula in {cell} was written without its value")
        value = values[cell]
        if isinstance(value, bool):
            kind, text = ' t="b"', str(int(value))
        elif isinstance(value, str):
            kind, text = ' t="e"' if value.startswith("#") else ' t="str"', escape(value)
        else:
            kind, text = "", repr(float(value))
        return f'<c r="{cell}"{attributes}{kind}>{formula}<v>{text}</v></c>'

    return re.sub(
        r'<c r="([A-Z]+\d+)"((?: s="\d+")?)>(<f(?: [^>]*)?(?: ?/>|>[^<]*</f>))<v ?/?>(?:</v>)?</c>', filled, xml
    )
