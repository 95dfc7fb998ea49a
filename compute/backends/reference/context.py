"""What a worksheet function may ask of the formula it is in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from compute.backends.reference.frame import Frame
from compute.errors import FormulaSyntaxError, Scalar
from compute.formulas.shown import shown_text
from compute.functions import LanesDiffer, Operand
from compute.values import Area, Array, Floats, Reference
from compute.workbook.pivot_tables import shown_at

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator


class Context:
    """The call context of one frame; see ``compute.functions.signature.CallContext``."""

    __slots__ = ("_evaluator", "_frame", "_turn")

    def __init__(self, evaluator: Evaluator, frame: Frame, turn: int = 0) -> None:
        """``turn`` tells calls apart that draw numbers in one formula."""
        self._evaluator, self._frame, self._turn = evaluator, frame, turn

    @property
    def sheet(self) -> int:
        return self._frame.sheet

    @property
    def row(self) -> int:
        return self._frame.row

    @property
    def column(self) -> int:
        return self._frame.column

    @property
    def lanes(self) -> int:
        return self._frame.lanes

    @property
    def batched(self) -> bool:
        return self._frame.cells > 1

    @property
    def date_1904(self) -> bool:
        return self._evaluator.program.workbook.date_1904

    def dereference(self, reference: Reference) -> Array:
        return self._frame.pick(self._evaluator.reader.reference(reference))

    def used(self, area: Area) -> Area:
        return self._evaluator.reader.used(area)

    def constant(self, value: Array | Operand) -> Scalar:
        array = value.array if isinstance(value, Operand) else value
        return self.settled(array)[0][0]

    def settled(self, value: Array) -> list[list[Scalar]]:
        if value.lanes > 1:
            labels = _labels(value)
            if labels.max(initial=0) > 0:
                raise LanesDiffer(labels)
        return [[value.item(r, c) for c in range(value.columns)] for r in range(value.rows)]

    def resolve(self, text: str, a1: bool = True) -> Reference | None:
        try:
            return self._evaluator.place_of_text(text, a1, self._frame)
        except FormulaSyntaxError:
            return None

    def formula_at(self, sheet: int, row: int, column: int) -> str | None:
        formula = self._evaluator.program.workbook.sheets[sheet].formulas.get((row, column))
        return None if formula is None else shown_text(formula.text)

    def number_format(self, sheet: int, row: int, column: int) -> str | None:
        return self._evaluator.program.workbook.sheets[sheet].number_formats.get((row, column))

    def column_width(self, sheet: int, column: int) -> float | None:
        shown = self._evaluator.program.workbook.sheets[sheet]
        return 0.0 if column in shown.hidden_columns else shown.column_widths.get(column)

    def readings(self, area: Area) -> list[str]:
        sheet = self._evaluator.program.workbook.sheets[area.sheet]
        rows, columns = range(area.top, area.bottom + 1), range(area.left, area.right + 1)
        if area.rows * area.columns < len(sheet.values):
            cells = [(r, c) for r in rows for c in columns if (r, c) in sheet.values]
        else:
            cells = sorted((r, c) for r, c in sheet.values if r in rows and c in columns)
        typed = ((cell, sheet.values[cell]) for cell in cells)
        return [sheet.phonetics.get(cell, value) for cell, value in typed if isinstance(value, str)]

    def pivot_cell(self, place: Area, data_field: str, items: Mapping[str, tuple[Scalar, ...]]) -> Area | None:
        workbook = self._evaluator.program.workbook
        name = workbook.sheets[place.sheet].name
        for table in reversed(workbook.pivots):
            top, left, bottom, right = table.range
            if table.sheet == name and top <= place.top <= bottom and left <= place.left <= right:
                found = shown_at(table, data_field, items)
                return None if found is None else Area(place.sheet, *found, *found)
        return None

    def sheet_names(self) -> tuple[str, ...]:
        return self._evaluator.program.sheets.names

    def is_row_hidden(self, sheet: int, row: int, *, filtered_only: bool) -> bool:
        shown = self._evaluator.program.workbook.sheets[sheet]
        return row in shown.filtered_rows if filtered_only else row in shown.hidden_rows

    def uniforms(self, rows: int, columns: int) -> Floats:
        return self._evaluator.extra_uniforms(self._frame, rows, columns, self._turn)

    def now(self) -> float:
        return self._evaluator.now


def _labels(value: Array) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """For each lane a number that is equal where all elements are."""
    lanes = value.lanes
    columns = [value.numbers.reshape(-1, lanes), value.kind_array().reshape(-1, lanes).astype(np.float64)]
    if value.texts is not None:
        flat = value.texts.reshape(-1, lanes)
        _, numbered = np.unique(flat.astype(str), return_inverse=True)
        columns.append(numbered.reshape(flat.shape).astype(np.float64))
    _, labels = np.unique(np.concatenate(columns, axis=0), axis=1, return_inverse=True)
    return np.asarray(labels, np.intp).reshape(-1)
