"""What-if data tables: the formulas between inputs and results computed again for each of the tables' cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compute.backends.reference.drawing import DrawSource
from compute.backends.reference.evaluator import Evaluator
from compute.backends.reference.reading import Reader
from compute.backends.reference.rings import Cells
from compute.backends.reference.store import SheetStore
from compute.backends.reference.trial_draws import trial_number
from compute.backends.reference.what_if_lanes import as_lanes, goes_in_lanes
from compute.dialects import Draw, nodes
from compute.errors import UnsupportedFormula
from compute.program import Program
from compute.program.what_if import WhatIf
from compute.values import Area, Array, stack


def what_if(cells: Cells, evaluator: Evaluator, sheets: Sequence[SheetStore], number: int, lanes: int) -> Array:
    """The interior of a data table over the block's ``lanes``. All cells show afterwards what they showed before."""
    program = evaluator.program
    if goes_in_lanes(program, program.tables[number]):
        try:
            return as_lanes(evaluator, sheets, number, lanes)
        except UnsupportedFormula:
            pass  # cell by cell it is known which formula that is
    return cell_by_cell(cells, evaluator.reader, evaluator.draws, program, number)


def cell_by_cell(cells: Cells, reader: Reader, draws: DrawSource, program: Program, number: int) -> Array:
    """The interior of a data table, its cells computed one after the other."""
    table, area = program.tables[number], program.filled(program.formulas[number])
    scenarios = list(_scenarios(reader, table, area))
    # What no formula between reads need not be put anywhere, and has no place in a simulation.
    inputs = [n for n in (table.row_input, table.column_input) if n is not None and n in program.needed]
    before = {n: cells.shown(n) for n in (*inputs, *table.affected)}
    found: dict[tuple[int, int], Array] = {}
    unsettled, reader.in_ring = reader.in_ring, True
    try:
        for values, places in scenarios:
            for given in inputs:
                cells.show(given, values[given])
            with draws.in_tables.trials(area, (trial_number(*next(iter(places))),)):
                for formula in table.affected:
                    cells.show(formula, cells.evaluate(formula))
            for place, result in places.items():
                found[place] = reader.area(result)
    finally:
        for formula, value in before.items():
            cells.show(formula, value)
        for formula in table.affected:
            if any(isinstance(n, Draw) for n in nodes(program.formulas[formula].tree)):
                cells.evaluate(formula)  # so that the samples kept of a draw are those of its own cell
        reader.in_ring = unsettled
    return stack([[found[r, c] for c in range(area.columns)] for r in range(area.rows)])


Scenario = tuple[dict[int, Array], dict[tuple[int, int], Area]]
"""What to put into which inputs, and which cells of the table then show which cell."""


def _scenarios(reader: Reader, table: WhatIf, area: Area) -> Iterator[Scenario]:
    def cell(row: int, column: int) -> Area:
        return Area(area.sheet, row, column, row, column)

    above, beside = area.top - 1, area.left - 1
    rows, columns = range(area.rows), range(area.columns)
    across, down = table.row_input, table.column_input
    if across is not None and down is not None:
        for r in rows:
            for c in columns:
                values = {
                    across: reader.area(cell(above, area.left + c)),
                    down: reader.area(cell(area.top + r, beside)),
                }
                yield values, {(r, c): cell(above, beside)}
    elif down is not None:
        for r in rows:
            value = reader.area(cell(area.top + r, beside))
            yield {down: value}, {(r, c): cell(above, area.left + c) for c in columns}
    elif across is not None:
        for c in columns:
            value = reader.area(cell(above, area.left + c))
            yield {across: value}, {(r, c): cell(area.top + r, beside) for r in rows}
