"""The formulas of one sheet: shared texts written out, arrays and data tables with the cells they cover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from compute.errors import DamagedWorkbook, FormulaSyntaxError
from compute.formulas.addresses import address
from compute.formulas.relative import shift
from compute.workbook.address_names import with_names
from compute.workbook.attributes import is_true
from compute.workbook.markup import Attributes
from compute.workbook.model import Cell, DataTable, Formula, Rectangle
from compute.workbook.rectangles import area, parse_rectangle
from compute.workbook.safety import REPAIR, Budget
from compute.workbook.sheet_content import SheetContent
from compute.workbook.strings import unescape

MAX_FORMULA_LENGTH = 65_536
"""Excel allows 8,192 characters; prefixes such as ``_xlfn.`` make the stored text longer."""


class _Shared(NamedTuple):
    """A formula that other cells of its group repeat, moved from ``cell``."""

    text: str
    cell: Cell


class FormulaCollector:
    """Takes the ``<f>`` elements of a sheet in document order and puts Formulas into its content.

    ``dynamic`` are the ``cm`` indices that mark an array formula as one that may spill; ``conflicts`` the names that
    read as cells.
    """

    def __init__(self, sheet: str, dynamic: frozenset[str], conflicts: Mapping[str, str]) -> None:
        self.sheet = sheet
        self.dynamic = dynamic
        self.conflicts = conflicts
        self.shared: dict[str, _Shared] = {}
        self.waiting: list[tuple[Cell, str]] = []
        self.empty: list[Cell] = []

    def add(self, content: SheetContent, cell: Cell, attributes: Attributes, text: str, cm: str | None) -> None:
        """Take one ``<f>`` with its attributes and text. Raises DamagedWorkbook."""
        if len(text) > MAX_FORMULA_LENGTH:
            raise self._damaged(cell, f"a formula of {len(text):,} characters")
        text = with_names(unescape(text).removeprefix("="), self.conflicts)
        kind = attributes.get("t", "normal")
        if kind == "shared":
            self._add_shared(content, cell, attributes, text)
        elif kind == "array" and text:
            rectangle = self._range(cell, attributes)
            content.formulas[cell] = Formula(text, "dynamic" if cm in self.dynamic else "array", rectangle)
        elif kind == "dataTable":
            rectangle = self._range(cell, attributes)
            content.formulas[cell] = Formula("", "data_table", rectangle, _data_table(attributes))
        elif text:
            content.formulas[cell] = Formula(text)
        else:
            # Excel writes <f ca="1"/> into the children of a volatile array.
            self.empty.append(cell)

    def finish(self, content: SheetContent, budget: Budget) -> None:
        """Resolve what needed the whole sheet: shared cells before their first, cells covered by arrays."""
        for cell, index in self.waiting:
            group = self.shared.get(index)
            if group is None:
                raise self._damaged(cell, f"a formula shared with group {index}, which the sheet does not define")
            content.formulas[cell] = Formula(self._moved(group, cell))
        for anchor, formula in content.formulas.items():
            if formula.range is None:
                continue
            budget.spend_array(area(formula.range), f"{self.sheet}!{address(*anchor)}")
            _cover(content, anchor, formula.range)
        for cell in self.empty:
            if cell not in content.spilled and cell in content.cached:
                content.values[cell] = content.cached.pop(cell)
        for cell in content.values.keys() & content.formulas.keys():
            raise self._damaged(cell, "two contents, a value and a formula")

    def _add_shared(self, content: SheetContent, cell: Cell, attributes: Attributes, text: str) -> None:
        index = attributes.get("si", "")
        group = self.shared.get(index)
        if text:
            if group is None or "ref" in attributes:
                self.shared[index] = _Shared(text, cell)
            content.formulas[cell] = Formula(text)
        elif group is not None:
            content.formulas[cell] = Formula(self._moved(group, cell))
        else:
            self.waiting.append((cell, index))

    def _moved(self, group: _Shared, cell: Cell) -> str:
        try:
            return shift(group.text, group.cell, cell)
        except FormulaSyntaxError as error:
            raise self._damaged(cell, f"a shared formula that cannot be read ({error})") from error

    def _range(self, cell: Cell, attributes: Attributes) -> Rectangle:
        reference = attributes.get("ref")
        if not reference:
            return (*cell, *cell)
        return parse_rectangle(reference, f"The array formula in {self.sheet}!{address(*cell)}")

    def _damaged(self, cell: Cell, found: str) -> DamagedWorkbook:
        where = f"{self.sheet}!{address(*cell)}"
        message = f"Cell {where} holds {found}. {REPAIR}"
        return DamagedWorkbook(message, code="workbook.bad_formula", cells=(where,))


def _cover(content: SheetContent, anchor: Cell, rectangle: Rectangle) -> None:
    top, left, bottom, right = rectangle
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            cell = (row, column)
            if cell == anchor or cell in content.formulas or cell in content.spilled:
                continue
            content.spilled[cell] = anchor
            if cell in content.values:
                content.cached[cell] = content.values.pop(cell)


def _data_table(attributes: Attributes) -> DataTable:
    """The input cells by ECMA-376 part 1, 18.3.1.40: two for ``dt2D``, else ``dtr`` says which one ``r1`` is."""
    first = "#REF!" if is_true(attributes.get("del1")) else attributes.get("r1")
    second = "#REF!" if is_true(attributes.get("del2")) else attributes.get("r2")
    if is_true(attributes.get("dt2D")):
        return DataTable(first, second)
    if is_true(attributes.get("dtr")):
        return DataTable(first, None)
    return DataTable(None, first)
