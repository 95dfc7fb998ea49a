"""Lines: runs of neighbouring cells that share one tree, and the places of all cells that vary."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from compute.dialects import Draw
from compute.formulas.ast import MAX_COLUMN, Node, Number
from compute.program import FormulaCell, Program

DRAWS, APART = "draws", "apart"
_ROW = 2 * MAX_COLUMN
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Formulas of one tree in neighbouring cells of one row (``along`` "columns") or column ("rows"), in that order.

    ``first`` is the column or row of the first of them; a single cell runs along nothing (""). Draws from one law with
    written parameters, wherever they are, make up a line of their own (``along`` is DRAWS), each with its own tree.
    Cells of one tree that have no neighbours, such as every second one of a column, make up a line too (APART).
    ``rows`` and ``columns`` are those of the cells.
    """

    number: int
    tree: Node
    formulas: tuple[FormulaCell, ...]
    along: str
    first: int
    rows: Ints
    columns: Ints

    @property
    def length(self) -> int:
        return len(self.formulas)

    @property
    def sheet(self) -> int:
        return self.formulas[0].sheet


def is_written(draw: Draw) -> bool:
    """Whether a draw is from a law whose parameters are written in the formula, and has no further properties."""
    further = draw.correlation or draw.seed or draw.locked or draw.percentiles or draw.adjustments
    return not further and all(isinstance(p, Number) for p in draw.parameters)


def lines_of(program: Program, alone: Container[int] = ()) -> list[Line]:
    """The varying formulas that are no array formulas, as lines; each formula is in one of them.

    Formulas whose numbers are in ``alone`` are not put together with others that are no neighbours.
    """
    groups: dict[tuple[int, int], list[FormulaCell]] = {}
    for step in program.varying:
        for formula in map(program.formulas.__getitem__, step.formulas):
            if not formula.is_array:
                groups.setdefault((formula.sheet, id(formula.tree)), []).append(formula)
    drawn: dict[tuple[str, int], list[FormulaCell]] = {}
    others: list[list[FormulaCell]] = []
    for cells in groups.values():
        tree = cells[0].tree
        if isinstance(tree, Draw) and is_written(tree):
            drawn.setdefault((tree.law, len(tree.parameters)), []).extend(cells)
        else:
            others.append(cells)
    lines: list[Line] = []
    for cells in drawn.values():
        cells.sort(key=lambda f: f.cell)
        lines.append(Line(len(lines), cells[0].tree, tuple(cells), DRAWS, 0, *_cells_of(cells)))
    for cells in others:
        runs = list(_runs(cells))
        single = [formulas[0] for along, formulas, _, _ in runs if not along and formulas[0].number not in alone]
        if len(single) > 1:
            runs = [run for run in runs if run[0] or run[1][0].number in alone]
            lines.append(Line(len(lines), single[0].tree, tuple(single), APART, 0, *_cells_of(single)))
        for along, formulas, rows, columns in runs:
            first = int(columns[0] if along == "columns" else rows[0])
            lines.append(Line(len(lines), formulas[0].tree, formulas, along, first, rows, columns))
    return lines


def _cells_of(formulas: Sequence[FormulaCell]) -> tuple[Ints, Ints]:
    return np.array([f.row for f in formulas], np.int64), np.array([f.column for f in formulas], np.int64)


def _runs(cells: list[FormulaCell]) -> Iterable[tuple[str, tuple[FormulaCell, ...], Ints, Ints]]:
    """The cells of one tree cut into runs along the direction in which more of them are neighbours."""
    rows, columns = _cells_of(cells)
    beside, below = (_neighbours(rows, columns, *step) for step in ((0, 1), (1, 0)))
    along = "columns" if beside >= below else "rows"
    order = np.lexsort((columns, rows) if along == "columns" else (rows, columns))
    rows, columns = rows[order], columns[order]
    step = (0, 1) if along == "columns" else (1, 0)
    cuts = np.flatnonzero((np.diff(rows) != step[0]) | (np.diff(columns) != step[1])) + 1
    ordered = [cells[i] for i in order.tolist()]
    for first, last in pairwise([0, *cuts.tolist(), len(ordered)]):
        run = tuple(ordered[first:last])
        yield (along if len(run) > 1 else ""), run, rows[first:last], columns[first:last]


def _neighbours(rows: Ints, columns: Ints, down: int, across: int) -> int:
    """How many of the cells have another of them beside or below."""
    places = rows * _ROW + columns
    return int(np.isin(places + (down * _ROW + across), places).sum())
