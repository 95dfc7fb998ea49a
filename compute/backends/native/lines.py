"""Lines: runs of neighbouring cells that share one tree, and the places of all cells that vary."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compute.dialects import Draw
from compute.formulas.ast import Node, Number
from compute.program import FormulaCell, Program

DRAWS, APART = "draws", "apart"
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Formulas of one tree in neighbouring cells of one row (``along`` "columns") or column ("rows"), in that order.

    ``first`` is the column or row of the first of them; a single cell runs along nothing (""). Draws from one law with
    written parameters, wherever they are, make up a line of their own (``along`` is DRAWS), each with its own tree.
    Cells of one tree that have no neighbours, such as every second one of a column, make up a line too (APART).
    """

    number: int
    tree: Node
    formulas: tuple[FormulaCell, ...]
    along: str
    first: int

    @property
    def length(self) -> int:
        return len(self.formulas)

    @property
    def sheet(self) -> int:
        return self.formulas[0].sheet

    @property
    def rows(self) -> Ints:
        return np.array([f.row for f in self.formulas], np.int64)

    @property
    def columns(self) -> Ints:
        return np.array([f.column for f in self.formulas], np.int64)


def is_written(draw: Draw) -> bool:
    """Whether a draw is from a law whose parameters are written in the formula, and has no further properties."""
    further = draw.correlation or draw.seed or draw.locked or draw.percentiles or draw.adjustments
    return not further and all(isinstance(p, Number) for p in draw.parameters)


def lines_of(program: Program, alone: Container[int] = ()) -> list[Line]:
    """The varying formulas that are no array formulas, as lines; each formula is in one of them.

    Formulas whose numbers are in ``alone`` are not put together with others that are no neighbours.
    """
    groups: dict[tuple[int, int], list[FormulaCell]] = {}
    drawn: dict[tuple[str, int], list[FormulaCell]] = {}
    for step in program.varying:
        for formula in map(program.formulas.__getitem__, step.formulas):
            if formula.is_array:
                continue
            tree = formula.tree
            if isinstance(tree, Draw) and is_written(tree):
                drawn.setdefault((tree.law, len(tree.parameters)), []).append(formula)
            else:
                groups.setdefault((formula.sheet, id(tree)), []).append(formula)
    lines: list[Line] = []
    for cells in drawn.values():
        cells.sort(key=lambda f: f.cell)
        lines.append(Line(len(lines), cells[0].tree, tuple(cells), DRAWS, 0))
    for cells in groups.values():
        runs = list(_runs(cells))
        single = [run[0] for along, run in runs if not along and run[0].number not in alone]
        if len(single) > 1:
            runs = [(along, run) for along, run in runs if along or run[0].number in alone]
            lines.append(Line(len(lines), single[0].tree, tuple(single), APART, 0))
        for along, run in runs:
            first = run[0].column if along == "columns" else run[0].row
            lines.append(Line(len(lines), run[0].tree, tuple(run), along, first))
    return lines


def _runs(cells: list[FormulaCell]) -> Iterable[tuple[str, list[FormulaCell]]]:
    """The cells of one tree cut into runs along the direction in which more of them are neighbours."""
    places = {(f.row, f.column) for f in cells}
    beside = sum((r, c + 1) in places for r, c in places)
    below = sum((r + 1, c) in places for r, c in places)
    along = "columns" if beside >= below else "rows"
    step = (0, 1) if along == "columns" else (1, 0)
    ordered = sorted(cells, key=lambda f: (f.row, f.column) if along == "columns" else (f.column, f.row))
    run: list[FormulaCell] = []
    for formula in ordered:
        if run and (formula.row, formula.column) != (run[-1].row + step[0], run[-1].column + step[1]):
            yield (along if len(run) > 1 else ""), run
            run = []
        run.append(formula)
    yield (along if len(run) > 1 else ""), run
