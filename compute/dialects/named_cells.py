"""The cells and constants that a workbook's names stand for."""

from __future__ import annotations

from compute.errors import FormulaSyntaxError, Scalar
from compute.formulas import parse
from compute.formulas.ast import MAX_COLUMN, MAX_ROW, Boolean, CellReference, Node, Number, Text
from compute.workbook.model import DefinedName, Workbook


def cell_named(workbook: Workbook, text: str) -> tuple[int, int, int] | None:
    """The cell (sheet's position, row, column) of this workbook that a name's text is; None for anything else."""
    tree = _parsed(text)
    if not isinstance(tree, CellReference) or tree.sheets is None or tree.sheets.last or tree.sheets.workbook:
        return None
    wanted = tree.sheets.first.casefold()
    for position, sheet in enumerate(workbook.sheets):
        if sheet.name.casefold() == wanted:
            return position, tree.row.resolve(1, MAX_ROW), tree.column.resolve(1, MAX_COLUMN)
    return None


def value_named(workbook: Workbook, name: DefinedName) -> Scalar:
    """The constant that a name is, or that the cell it names holds or last showed; None for anything else."""
    tree = _parsed(name.text)
    if isinstance(tree, Number | Boolean | Text):
        return tree.value
    cell = cell_named(workbook, name.text)
    if cell is None:
        return None
    sheet = workbook.sheets[cell[0]]
    return sheet.values.get(cell[1:], sheet.cached.get(cell[1:]))


def _parsed(text: str) -> Node | None:
    try:
        return parse(text, 1, 1)
    except FormulaSyntaxError:
        return None
