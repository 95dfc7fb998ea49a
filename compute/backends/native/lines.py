"""Lines: runs of neighbouring cells that share one tree, and the places of all cells that vary."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from compute.dialects import Draw
from compute.formulas.ast import MAX_COLUMN, Node, Number
from compute.program import FormulaCell, Program
from compute.records import dataclass

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
    groups: dict[tuple[int, int], list[int]] = {}
    for step in program.varying:
        # All formulas of a step share one tree and one sheet.
        first = program.formulas[step.formulas[0]]
        if not first.is_array:
            groups.setdefault((first.sheet, id(first.tree)), []).extend(step.formulas)
    drawn: dict[tuple[str, int], list[int]] = {}
    others: list[list[int]] = []
    for numbers in groups.values():
        tree = program.formulas[numbers[0]].tree
        if isinstance(tree, Draw) and is_written(tree):
            drawn.setdefault((tree.law, len(tree.parameters)), []).extend(numbers)
        else:
            others.append(numbers)
    rows, columns = (_ints(program.formulas, name) for name in ("row", "column"))
    lines: list[Line] = []
    for numbers in drawn.values():
        cells = sorted((program.formulas[n] for n in numbers), key=attrgetter("sheet", "row", "column"))
        own = np.array([f.number for f in cells], np.int64)
        lines.append(Line(len(lines), cells[0].tree, tuple(cells), DRAWS, 0, rows[own], columns[own]))
    for numbers in others:
        for along, run in _together(list(_runs(np.array(numbers, np.int64), rows, columns)), alone):
            cells = [program.formulas[n] for n in run.tolist()]
            first_of_run = {"columns": int(columns[run[0]]), APART: 0}.get(along, int(rows[run[0]]))
            lines.append(Line(len(lines), cells[0].tree, tuple(cells), along, first_of_run, rows[run], columns[run]))
    return lines


def _together(runs: list[tuple[str, Ints]], alone: Container[int]) -> list[tuple[str, Ints]]:
    """Runs, those of one cell in one line of cells apart, which comes first."""
    single = [run for along, run in runs if not along and int(run[0]) not in alone]
    if len(single) < 2:
        return runs
    others = [(along, run) for along, run in runs if along or int(run[0]) in alone]
    return [(APART, np.concatenate(single)), *others]


def _ints(formulas: Sequence[FormulaCell], name: str) -> Ints:
    return np.fromiter(map(attrgetter(name), formulas), np.int64, len(formulas))


def _runs(numbers: Ints, rows: Ints, columns: Ints) -> Iterable[tuple[str, Ints]]:
    """The formulas of one tree cut into runs along the direction in which more of their cells are neighbours."""
    if len(numbers) == 1:
        yield "", numbers
        return
    own_rows, own_columns = rows[numbers], columns[numbers]
    beside, below = (_neighbours(own_rows, own_columns, *step) for step in ((0, 1), (1, 0)))
    along = "columns" if beside >= below else "rows"
    order = np.lexsort((own_columns, own_rows) if along == "columns" else (own_rows, own_columns))
    step = (0, 1) if along == "columns" else (1, 0)
    cuts = np.flatnonzero((np.diff(own_rows[order]) != step[0]) | (np.diff(own_columns[order]) != step[1])) + 1
    for run in np.split(numbers[order], cuts):
        yield (along if len(run) > 1 else ""), run


def _neighbours(rows: Ints, columns: Ints, down: int, across: int) -> int:
    """How many of the cells have another of them beside or below."""
    places = np.sort(rows * _ROW + columns)
    wanted = places + (down * _ROW + across)
    # The last place has no neighbour beyond it: what is wanted there is found nowhere.
    found = places[np.minimum(np.searchsorted(places, wanted), len(places) - 1)]
    return int(np.count_nonzero(found == wanted))
