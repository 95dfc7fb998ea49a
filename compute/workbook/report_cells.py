"""Cells of the results sheet: texts that can never be formulas, numbers that are always valid XML."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import field
from typing import Any

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table, TableStyleInfo

from compute.records import dataclass
from compute.workbook.graft_styles import BorrowedStyles, NumberKind

LONGEST_TEXT = 32_767
"""Characters that a cell can hold (Excel specifications and limits)."""

NUMBER_FORMATS: dict[NumberKind, str] = {"percent": "0.00%", "integer": "#,##0", "decimal": "#,##0.00"}
"""Formats of the scratch workbook; the sheet's cells get the host's own format of that kind instead."""

LINK_COLOR = Color(theme=10)
MUTED_COLOR = Color(rgb="FF595959")

_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

ROWS_PER_PAGE = 66
"""Rows that fit on a landscape page when the sheet is fitted to its width."""


def safe_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """``text`` as XML can hold it: no control characters or lone surrogates, at most ``longest`` characters."""
    text = _INVALID.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if _length(text) > longest:
        text = text.encode("utf-16-le")[: 2 * (longest - 1)].decode("utf-16-le", "ignore") + "…"
    return text


def cell_text(text: str) -> str:
    """``safe_text`` with ``_x0041_`` escaped, which Excel would read as ``A`` (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPE_LIKE.sub("_x005F_", safe_text(text))


def number_text(value: float) -> str | float | None:
    """A finite number as it is, an infinite one as text, NaN as nothing: cells hold finite numbers only."""
    if math.isnan(value):
        return None
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return value


def kind_for(values: Sequence[float]) -> NumberKind | None:
    """Two decimals where they tell the values apart, General where they would round them away."""
    largest = max((abs(value) for value in values if value - value == 0), default=0.0)
    return "decimal" if 10 <= largest < 1e11 else None


@dataclass(slots=True)
class Canvas:
    """An openpyxl worksheet that is written from top to bottom; ``row`` is the next free row (1-based)."""

    sheet: Any
    styles: BorrowedStyles
    row: int = 1
    page_start: int = 1
    style_indexes: dict[int, int] = field(default_factory=lambda: {0: 0})
    exact_values: dict[str, str] = field(default_factory=dict)

    def text(self, column: int, text: str) -> None:
        """Plain text in the current row."""
        cell = self.sheet.cell(self.row, column)
        cell.value = cell_text(text)
        # openpyxl takes "=1+1" for a formula and "#N/A" for an error; names are neither.
        cell.data_type = "s"

    def rich(self, column: int, text: str, **font: Any) -> None:
        """Text in a font of its own (``b=True``, ``sz=16``, ``color=…``), which needs no cell format."""
        inline = InlineFont(rFont=self.styles.font_name, **{"sz": self.styles.font_size, **font})
        self.sheet.cell(self.row, column).value = CellRichText(TextBlock(inline, cell_text(text)))

    def link(self, column: int, text: str, row: int) -> None:
        """A link to column A of another row of this sheet."""
        self.rich(column, text, u="single", color=LINK_COLOR)
        title = self.sheet.title.replace("'", "''")
        cell = self.sheet.cell(self.row, column)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!A{row}", display=text)

    def number(self, column: int, value: float, kind: NumberKind | None = None) -> None:
        """A number in the host's format of that kind where it has one; infinite values become text, NaN a blank."""
        shown = number_text(value)
        if shown is None or isinstance(shown, str):
            return self.text(column, shown) if shown else None
        cell = self.sheet.cell(self.row, column)
        cell.value = shown
        # openpyxl writes 16 digits, and some doubles need 17.
        if isinstance(shown, float) and float(f"{shown:.16g}") != shown:
            self.exact_values[cell.coordinate] = repr(shown)
        if kind is not None and kind in self.styles.indexes:
            cell.number_format = NUMBER_FORMATS[kind]
            self.style_indexes[cell.style_id] = self.styles.indexes[kind]
        return None

    def estimate(self, column: int, value: float, kind: NumberKind | None = None) -> None:
        """A number that is no more than an estimate: to seven digits where the host has no format for its kind."""
        bare = kind is None or kind not in self.styles.indexes
        self.number(column, float(f"{value:.7g}") if bare else value, kind)

    def area(self, column: int, header_row: int, count: int) -> str:
        """The cells below a header, as charts name them."""
        letter = get_column_letter(column)
        title = quote_sheetname(self.sheet.title)
        return f"{title}!${letter}${header_row + 1}:${letter}${header_row + count}"

    def heading(self, title: str, remark: str = "") -> int:
        """A section's title in the current row, which is returned; the row below is then the current one."""
        row = self.row
        self.rich(1, title, b=True, sz=14.0)
        if remark:
            self.rich(2, remark, color=MUTED_COLOR)
        self.row += 1
        return row

    def keep_together(self, rows: int) -> None:
        """On paper, begin a page above the current row if this many rows would not fit on the one begun."""
        passed = (self.row - self.page_start) // ROWS_PER_PAGE * ROWS_PER_PAGE
        self.page_start += passed
        at_top = self.row <= self.page_start + 1
        # Programs differ by some rows in what a page holds: where one should begin here, it is told to.
        if passed if at_top else self.row + rows - self.page_start > ROWS_PER_PAGE:
            # The row above is blank; with it on the new page, borders at the very top are not cut.
            self.page_start = self.row - 1
            self.sheet.row_breaks.append(Break(id=self.row - 2))

    def table(self, name: str, column: int, headers: Sequence[str], rows: int, *, filters: bool = False) -> None:
        """Make the current row, which holds the headers, and the ``rows`` below it a table of that name.

        ``filters`` shows buttons for sorting, which charts that draw on the rows would not survive.
        """
        last = column + len(headers) - 1
        area = f"{get_column_letter(column)}{self.row}:{get_column_letter(last)}{self.row + rows}"
        table = Table(displayName=name, name=name, ref=area)
        table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
        table._initialise_columns()
        for offset, header in enumerate(headers):
            table.tableColumns[offset].id = offset + 1
            table.tableColumns[offset].name = header
            self.text(column + offset, header)
        if not filters:
            table.autoFilter = None
        self.sheet.add_table(table)


def _length(text: str) -> int:
    # Excel counts UTF-16 code units.
    return len(text) + sum(character > "\uffff" for character in text)
