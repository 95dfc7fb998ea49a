"""A small workbook of every kind of value, in which random formulas are computed in three ways that must agree.

``together``: all lanes at once and cells that share a formula in one go, as a simulation does it. ``alone``: one lane
and one cell at a time, as a recalculation of a workbook with nothing uncertain does it. Cell Z1 of the first sheet is
the number of the lane; the cells E1:F8 choose their value by it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from compute.backends.reference.machine import Block, Machine, Recalculation
from compute.distributions import LAWS
from compute.errors import CODES_BY_TEXT, CellError, Scalar
from compute.formulas import parse, unparse
from compute.program import Step, assemble
from compute.values import Area, Floats
from compute.workbook.model import DefinedName, Formula, Sheet, Table, Workbook

LANES = 4
LANE_CELL = (0, 1, 26)
FIRST_COLUMN, ARRAY_COLUMN = 28, 30
CELLS_OF_ONE = 3
LONGEST_TEXT = 32_767

CONSTANTS: tuple[tuple[Scalar, ...], ...] = (
    (1.0, "apple", True, 40000.0),
    (2.5, "Pear", False, 43890.0),
    (-3.0, "12", None, 45000.25),
    (None, "", CellError("#N/A"), 0.0),
    (1e300, "1+2i", CellError("#DIV/0!"), 1.0),
    (0.05, "<3", True, 2.0),
    (7.0, "a*", None, 3.0),
    (4.0, None, "x", 4.0),
)
CHOICES = (
    ("1,2,3,4", "10,-20,0.5,7"),
    ("5,5,5,5", "1,1,2,2"),
    ('3,"text",TRUE,#N/A', '-1,0,"7",1E+200'),
    ('"a","b","a","apple"', '"12","x","","1/2/2020"'),
    ("40000,42000,43890,45000", "0.1,0.5,0.9,0.25"),
    ("TRUE,FALSE,TRUE,FALSE", "2,2,3,#DIV/0!"),
    ("1,2,1,0", "100,1000,-5,0"),
    ("0.3,0.3,0.7,1", "3,1,4,1"),
)
TABLE_ROWS: tuple[tuple[Scalar, ...], ...] = (
    ("Region", "Amount", "Note"),
    ("North", 10.0, "a"),
    ("South", 20.0, None),
    ("North", -5.5, True),
    ("East", 0.0, "b"),
)


def _cells(rows: Sequence[Sequence[Scalar]]) -> dict[tuple[int, int], Scalar]:
    placed = {(r, c): v for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1)}
    return {place: value for place, value in placed.items() if value is not None}


@dataclass(frozen=True)
class Placed:
    """One formula of the laboratory and the cells that show it."""

    text: str
    areas: tuple[Area, ...]


def workbook(formulas: Sequence[str], lane: int | None = None, *, date_1904: bool = False) -> Workbook:
    """The workbook with every formula in three cells of one column, and once more as an array formula of 2 × 3 cells.

    ``lane`` (from 1) makes the choices those of one lane.
    """
    texts: dict[tuple[int, int], Formula] = {}
    for i, text in enumerate(formulas):
        top = i * CELLS_OF_ONE + 1
        for r in range(CELLS_OF_ONE):
            texts[top + r, FIRST_COLUMN] = Formula(unparse(parse(text, 1, FIRST_COLUMN), 1 + r, FIRST_COLUMN))
        texts[top, ARRAY_COLUMN] = Formula(text, "array", (top, ARRAY_COLUMN, top + 1, ARRAY_COLUMN + 2))
    for r, pair in enumerate(CHOICES, 1):
        for c, choices in enumerate(pair, 5):
            texts[r, c] = Formula(f"CHOOSE($Z$1,{choices})")
    values = _cells(CONSTANTS)
    if lane is not None:
        values[LANE_CELL[1:]] = float(lane)
    last = (len(formulas) * CELLS_OF_ONE + 8, ARRAY_COLUMN + 3)
    data = Sheet("Data", values=values, formulas=texts, last_row=last[0], last_column=last[1])
    other = Sheet("Other", values=_cells(TABLE_ROWS), last_row=5, last_column=3)
    more = Sheet("More", values=_cells([row[:3] for row in CONSTANTS]), last_row=8, last_column=3)
    return Workbook(
        (data, other, more),
        names=(DefinedName("Rate", "Data!$A$6"), DefinedName("Block", "Data!$A$1:$C$4"),
               DefinedName("Twice", "LAMBDA(x,x*2)"), DefinedName("Chosen", "Data!$E$1:$E$8")),
        tables=(Table("Sales", "Other", (1, 1, 5, 3), ("Region", "Amount", "Note")),),
        date_1904=date_1904,
    )  # fmt: skip


class Lanes:
    """Uniform numbers in the middle of each lane's share."""

    seed = 1

    def uniforms(self, stream: int, start: int, stop: int) -> Floats:
        return (np.arange(start, stop) + 0.5) / LANES


def areas(index: int) -> list[Area]:
    """The cells of a formula of that place in the list."""
    top = index * CELLS_OF_ONE + 1
    cells = [(top + r, FIRST_COLUMN) for r in range(CELLS_OF_ONE)]
    cells += [(top + r, ARRAY_COLUMN + c) for r in range(2) for c in range(3)]
    return [Area(0, r, c, r, c) for r, c in cells]


def together(formulas: Sequence[str], **options: Any) -> list[list[list[Scalar]]]:
    """What the cells of each formula show: formula → cell → lane."""
    law = LAWS["DUNIFORM"](tuple(float(i) for i in range(1, LANES + 1)))
    program = assemble(workbook(formulas, **options), {LANE_CELL: law}, everything=True)
    machine = Machine(program)
    block = Block(machine, _draws(machine), LANES)
    block.run()
    read = block._evaluator.reader.area
    found = []
    for i in range(len(formulas)):
        shown = [read(area) for area in areas(i)]
        found.append([[array.item(0, 0, lane) for lane in range(LANES)] for array in shown])
    return found


def _draws(machine: Machine) -> Any:
    from compute.backends.reference.drawing import SampledDraws

    return SampledDraws(machine.program, Lanes(), 0, LANES)  # type: ignore[arg-type]


def alone(formulas: Sequence[str], lane: int, **options: Any) -> list[list[Scalar]]:
    """What the cells of each formula show in one lane (from 0), each cell computed by itself: formula → cell."""
    program = assemble(workbook(formulas, lane + 1, **options), everything=True)
    steps = sorted((*program.fixed, *program.varying), key=lambda s: s.level)
    single = [replace(s, formulas=(n,)) for s in steps if not s.is_ring for n in s.formulas]
    rings: list[Step] = [s for s in steps if s.is_ring]
    run = Recalculation(program, now=45_000.5)
    run.run([*single, *rings])
    return [[run.value((a.sheet, a.top, a.left)) for a in areas(i)] for i in range(len(formulas))]


def is_excel_value(value: Scalar) -> bool:
    """A finite number, a boolean, a text that a cell can hold, one of Excel's errors, or nothing."""
    if isinstance(value, CellError):
        return value.code in CODES_BY_TEXT
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT
    return value is None or (isinstance(value, bool | float) and math.isfinite(value))


def disagreements(formulas: Sequence[str], **options: Any) -> list[str]:
    """Every cell that shows no value of Excel's, or another value together than alone."""
    many = together(formulas, **options)
    problems = []
    for lane in range(LANES):
        for i, cells in enumerate(alone(formulas, lane, **options)):
            for cell, (value, lanes) in enumerate(zip(cells, many[i], strict=True)):
                if not is_excel_value(value):
                    problems.append(f"{formulas[i]} shows {str(value)[:60]!r}")
                elif not same(value, lanes[lane]):
                    problems.append(
                        f"{formulas[i]} cell {cell} lane {lane}: {value!r} alone, {lanes[lane]!r} together"[:600]
                    )
    return problems


def same(one: Scalar, other: Scalar) -> bool:
    """Equal in type and value, numbers bit by bit but for the sign of zero."""
    return type(one) is type(other) and one == other
