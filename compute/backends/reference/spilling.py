"""Dynamic arrays: where their results may spill, and results whose size differs between iterations.

Beyond the size of an iteration the cells of a spill are blank; an empty element inside it shows 0, so that what is
still blank in a spilled value lies beyond. Source: Microsoft, "How to correct a #SPILL! error".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from compute.errors import ErrorCode, UnsupportedFormula
from compute.formulas import cell_key
from compute.formulas.ast import MAX_COLUMN, MAX_ROW
from compute.functions import LanesDiffer
from compute.functions.call import common_rectangle
from compute.program import FormulaCell, Program
from compute.values import Array, Kind, error, select

Sizes = npt.NDArray[np.intp]


def is_blocked(program: Program, formula: FormulaCell, rows: int, columns: int) -> bool:
    """Whether a result of that size cannot spill: a cell is occupied, the sheet ends, or a table or merged cells are
    in the way.
    """
    sheet = program.workbook.sheets[formula.sheet]
    bottom, right = formula.row + rows - 1, formula.column + columns - 1
    if bottom > MAX_ROW or right > MAX_COLUMN:
        return True
    if rows * columns == 1:
        return False
    for table in program.workbook.tables:
        top, left, last, end = table.range
        beside = table.sheet != sheet.name or top > bottom or formula.row > last
        if not beside and left <= right and formula.column <= end:
            return True
    if any(t <= bottom and formula.row <= b and le <= right and formula.column <= r for t, le, b, r in sheet.merged):
        return True
    own = program.filled(formula)
    cells = ((r, c) for r in range(formula.row, bottom + 1) for c in range(formula.column, right + 1))
    return any(
        not (own.top <= r <= own.bottom and own.left <= c <= own.right)
        and ((r, c) in sheet.values or (r, c) in sheet.formulas)
        for r, c in cells
    )


def widened(value: Array, rows: int, columns: int) -> Array:
    """The array with blanks below and to the right."""
    if (value.rows, value.columns) == (rows, columns):
        return value
    more = ((0, rows - value.rows), (0, columns - value.columns), (0, 0))
    return Array(
        np.pad(value.numbers, more),
        np.pad(value.kind_array(), more, constant_values=int(Kind.BLANK)),
        None if value.texts is None else np.pad(value.texts, more, constant_values=""),
    )


def same_size(values: Sequence[Array]) -> list[Array]:
    """Arrays made as large as the largest of them, blank beyond their own ends."""
    rows, columns = common_rectangle(values)
    return [widened(v, rows, columns) for v in values]


def sizes(value: Array) -> tuple[Sizes, Sizes]:
    """Rows and columns of a spilled value in each of its lanes."""
    if value.kinds is None:
        return np.full(value.lanes, value.rows), np.full(value.lanes, value.columns)
    filled = value.kinds != Kind.BLANK
    return filled[:, 0].sum(axis=0), filled[0].sum(axis=0)


def spill_size(value: Array) -> tuple[int, int]:
    """Rows and columns of a spilled value; raises LanesDiffer where they are not the same in every lane."""
    rows, columns = sizes(value)
    labels = np.unique(np.stack([rows, columns]), axis=1, return_inverse=True)[1].reshape(-1)
    if labels.max(initial=0) > 0:
        raise LanesDiffer(labels)
    return max(1, int(rows[0])), max(1, int(columns[0]))


def spilled(program: Program, formula: FormulaCell, value: Array) -> Array:
    """A result in the cells that the file's spill fills: blank beyond its size, #SPILL! where it is blocked.

    Raises UnsupportedFormula where an iteration needs more cells than the file's spill has: nothing that reads them
    could know of it.
    """
    area = program.filled(formula)
    rows, columns = sizes(value)
    beyond = (rows > area.rows) | (columns > area.columns)
    blocked = np.zeros(value.lanes, np.bool_)
    for height, width in {(int(r), int(c)) for r, c in zip(rows[beyond], columns[beyond], strict=True)}:
        if not is_blocked(program, formula, height, width):
            where = cell_key(program.sheets.names[formula.sheet], formula.row, formula.column)
            raise UnsupportedFormula(
                f"{where}: in some iterations the result fills {height} × {width} cells, and {area.rows} × "
                f"{area.columns} in the file; give it its largest size once in Excel, recalculate and save",
                cells=(where,),
            )
        blocked |= (rows == height) & (columns == width)
    cut = widened(value.part(slice(0, area.rows), slice(0, area.columns)), area.rows, area.columns)
    if not blocked.any():
        return cut
    return select(blocked[None, None, :], widened(error(ErrorCode.SPILL), area.rows, area.columns), cut)
