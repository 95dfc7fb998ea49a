"""One worksheet part, read in a single pass: cells, formulas, hidden rows and columns, filters, merged cells.

The pass keeps nothing but the cells themselves: memory follows the number of filled cells, not the size of the XML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from math import isfinite
from xml.parsers.expat import XMLParserType

from compute.errors import CellError, DamagedWorkbook, Scalar
from compute.formulas.addresses import address, column_number
from compute.formulas.ast import MAX_COLUMN, MAX_ROW
from compute.records import dataclass
from compute.workbook.attributes import is_true
from compute.workbook.cell_formulas import FormulaCollector
from compute.workbook.dates import serial_number
from compute.workbook.markup import SPREADSHEET_NAMESPACES, Attributes, feed, new_parser
from compute.workbook.model import Cell
from compute.workbook.phonetic_runs import PhoneticRuns
from compute.workbook.rectangles import parse_rectangle
from compute.workbook.safety import REPAIR, Budget
from compute.workbook.sheet_content import SheetContent
from compute.workbook.strings import SharedStrings, unescape

CRITERIA = frozenset({"filters", "customFilters", "dynamicFilter", "top10", "colorFilter", "iconFilter"})
DIGITS = "0123456789"
_NAMES = (
    *("c", "v", "f", "is", "t", "rPh", "phoneticPr", "row", "sheetData"),
    *("col", "autoFilter", "filterColumn", "customSheetViews", "mergeCell", *CRITERIA),
)
TAGS = {f"{uri} {tag}": tag for uri in SPREADSHEET_NAMESPACES for tag in _NAMES}


@dataclass(frozen=True, slots=True)
class Context:
    """What cells refer to; ``formats``, ``dynamic``, ``errors`` are keyed by the text of ``s=``, ``cm=``, ``vm=``;
    ``conflicts`` are names that read as cells."""

    strings: SharedStrings = field(default_factory=SharedStrings)
    formats: dict[str, str] = field(default_factory=dict)
    dynamic: frozenset[str] = frozenset()
    errors: Mapping[str, CellError] = field(default_factory=dict)
    conflicts: Mapping[str, str] = field(default_factory=dict)
    date_1904: bool = False


def read_worksheet(chunks: Iterable[bytes], part: str, sheet: str, context: Context, budget: Budget) -> SheetContent:
    """Everything of a worksheet part that a calculation may ask for.

    Raises DamagedWorkbook naming the cell, or UnsafeWorkbook when ``budget`` runs out.
    """
    reader = _WorksheetReader(part, sheet, context, budget)
    feed(reader.parser, chunks, part)
    reader.collector.finish(reader.content, budget)
    return reader.content


class _WorksheetReader:
    def __init__(self, part: str, sheet: str, context: Context, budget: Budget) -> None:
        self.sheet = sheet
        self.context = context
        self.budget = budget
        self.content = SheetContent()
        self.collector = FormulaCollector(sheet, context.dynamic, context.conflicts)
        self.columns: dict[str, int] = {}
        self.pieces: list[str] = []
        self.row = 0
        self.column = 0
        self.cell: Attributes = {}
        self.formula: Attributes | None = None
        self.formula_text = ""
        self.value: str | None = None
        self.inline: list[str] = []
        self.phonetics = PhoneticRuns()
        self.filter_range: str | None = None
        self.filter_active = False
        self.custom_views = False
        self.columns_left = 4 * MAX_COLUMN
        self.parser: XMLParserType = new_parser(part)
        self.parser.CharacterDataHandler = self.pieces.append
        self._read_frame()

    # Two pairs of handlers: inside <sheetData> only what can stand there is compared, in order of frequency.

    def _read_frame(self) -> None:
        self.parser.StartElementHandler = self.start_frame
        self.parser.EndElementHandler = self.end_frame

    def _read_cells(self) -> None:
        self.parser.StartElementHandler = self.start_cell
        self.parser.EndElementHandler = self.end_cell

    def start_frame(self, name: str, attributes: Attributes) -> None:
        tag = TAGS.get(name)
        if tag == "sheetData":
            self._read_cells()
        elif tag == "col":
            self._add_columns(attributes)
        elif tag == "customSheetViews":
            self.custom_views = True
        elif tag == "autoFilter":
            self.filter_range = attributes.get("ref")
            self.filter_active = False
        elif tag in CRITERIA:
            self.filter_active = True
        elif tag == "mergeCell" and "ref" in attributes:
            where = f"A merged cell of sheet {self.sheet}"
            self.content.merged.append(parse_rectangle(attributes["ref"], where))

    def end_frame(self, name: str) -> None:
        tag = TAGS.get(name)
        if tag == "customSheetViews":
            self.custom_views = False
        elif tag == "autoFilter" and not self.custom_views:
            if self.filter_active and self.filter_range:
                self.content.filters.append(parse_rectangle(self.filter_range, f"The filter of sheet {self.sheet}"))
            self.filter_active = False
        self.pieces.clear()

    def start_cell(self, name: str, attributes: Attributes) -> None:
        tag = TAGS.get(name)
        if tag == "c":
            self.cell = attributes
            self.formula = None
            self.value = None
            self.inline.clear()
        elif tag == "f":
            self.formula = attributes
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "is":
            self.phonetics.clear()
        elif tag == "rPh":
            self.phonetics.open(attributes)
        elif tag == "phoneticPr":
            self.phonetics.script = attributes.get("type", "fullwidthKatakana")
        self.pieces.clear()

    def end_cell(self, name: str) -> None:
        tag = TAGS.get(name)
        if tag == "v":
            self.value = "".join(self.pieces)
        elif tag == "c":
            self._finish_cell()
        elif tag == "f":
            self.formula_text = "".join(self.pieces)
        elif tag == "t":
            if self.phonetics.is_open:
                self.phonetics.add("".join(self.pieces))
            else:
                self.inline.append("".join(self.pieces))
        elif tag == "rPh":
            self.phonetics.is_open = False
        elif tag == "sheetData":
            self._read_frame()

    def _start_row(self, attributes: Attributes) -> None:
        number = attributes.get("r")
        try:
            self.row = int(number) if number else self.row + 1
        except ValueError:
            raise self._damaged(f"a row numbered {number!r}") from None
        if not 0 < self.row <= MAX_ROW:
            raise self._damaged(f"a row numbered {self.row}")
        self.column = 0
        if is_true(attributes.get("hidden")):
            self.content.hidden_rows.add(self.row)

    def _finish_cell(self) -> None:
        attributes = self.cell
        reference = attributes.get("r")
        if reference:
            cell = self._locate(reference)
        else:
            cell = (self.row, self.column + 1)
            if not (cell[0] and cell[1] <= MAX_COLUMN):
                raise self._damaged("a cell beyond the edge of the sheet")
        self.row, self.column = cell
        value = self._value(cell)
        if self.formula is not None:
            cm = attributes.get("cm")
            self.collector.add(self.content, cell, self.formula, self.formula_text, cm)
            self.formula_text = ""
            if value is not None:
                self.content.cached[cell] = value
        elif value is not None:
            self.content.values[cell] = value
            if self.context.strings.readings or self.phonetics.runs:
                self._keep_reading(cell, value)
        else:
            return
        code = self.context.formats.get(attributes.get("s", "0"))
        if code is not None:
            self.content.number_formats[cell] = code
        self.budget.spend_cell(self.sheet)

    def _keep_reading(self, cell: Cell, value: Scalar) -> None:
        kind, reading = self.cell.get("t"), None
        if kind == "s":
            reading = self.context.strings.readings.get(_index(self.value or "0"))
        elif kind == "inlineStr" and isinstance(value, str):
            reading = self.phonetics.reading(value)
        if reading is not None:
            self.content.phonetics[cell] = reading

    def _locate(self, reference: str) -> Cell:
        letters = reference.rstrip(DIGITS)
        column = self.columns.get(letters)
        try:
            if column is None:
                column = self.columns[letters] = column_number(letters)
            row = int(reference[len(letters) :])
        except ValueError:
            raise self._damaged(f"a cell named {reference!r}") from None
        if not 0 < row <= MAX_ROW:
            raise self._damaged(f"a cell named {reference!r}")
        return row, column

    def _value(self, cell: Cell) -> Scalar:
        """The stored value by ECMA-376 part 1, 18.18.11 ST_CellType."""
        text = self.value
        kind = self.cell.get("t", "n")
        if text is None:
            return unescape("".join(self.inline)) if kind == "inlineStr" else None
        try:
            if kind == "n":
                return _number(text)
            if kind == "s":
                return self.context.strings[_index(text)] if text else None
            return self._typed(kind, text)
        except (ValueError, IndexError):
            where = address(*cell)
            raise self._damaged(f"{text[:40]!r} in {where}, which is no value of type {kind!r}", where) from None

    def _typed(self, kind: str, text: str) -> Scalar:
        if kind in ("str", "inlineStr"):
            return unescape(text)
        if kind == "b":
            return is_true(text.strip())
        if kind == "e":
            return self.context.errors.get(self.cell.get("vm", "")) or CellError(text.strip())
        if kind == "d":
            return serial_number(text, self.context.date_1904) if text else None
        raise ValueError(kind)

    def _add_columns(self, attributes: Attributes) -> None:
        try:
            first, last = int(attributes["min"]), min(int(attributes["max"]), MAX_COLUMN)
            width = float(attributes["width"]) if "width" in attributes else None
        except (KeyError, ValueError):
            raise self._damaged("column settings that name no columns") from None
        columns = range(max(first, 1), last + 1)
        self.columns_left -= len(columns)
        if self.columns_left < 0:
            raise self._damaged("the same columns over and over")
        if width is not None and isfinite(width):
            self.content.column_widths.update(dict.fromkeys(columns, width))
        if is_true(attributes.get("hidden")):
            self.content.hidden_columns.update(columns)

    def _damaged(self, found: str, where: str | None = None) -> DamagedWorkbook:
        message = f"Sheet {self.sheet} holds {found}. {REPAIR}"
        return DamagedWorkbook(message, code="workbook.bad_cell", cells=(f"{self.sheet}!{where}",) if where else ())


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        if not text.strip():
            return None
        raise
    if not isfinite(number):
        raise ValueError(text)
    return number


def _index(text: str) -> int:
    index = int(text)
    if index < 0:
        raise ValueError(text)
    return index
