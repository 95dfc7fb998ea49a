"""What-if data tables: the formulas between inputs and results computed again for each of the tables' cells."""

from __future__ import annotations

from collections.abc import Iterator

from compute.backends.reference.reading import Reader
from compute.backends.reference.rings import Cells
from compute.program import Program
from compute.program.what_if import WhatIf
from compute.values import Area, Array, stack


def what_if(cells: Cells, reader: Reader, program: Program, number: int) -> Array:
    """The interior of a data table. Afterwards all cells show again what they showed before."""
    table, area = program.tables[number], program.filled(program.formulas[number])
    scenarios = list(_scenarios(reader, table, area))
    inputs = [n for n in (table.row_input, table.column_input) if n is not None]
    before = {n: cells.shown(n) for n in (*inputs, *table.affected)}
    found: dict[tuple[int, int], Array] = {}
    unsettled, reader.in_ring = reader.in_ring, True
    try:
        for values, places in scenarios:
            for given, value in values.items():
                cells.show(given, value)
            for formula in table.affected:
                cells.show(formula, cells.evaluate(formula))
            for place, result in places.items():
                found[place] = reader.area(result)
    finally:
        for formula, value in before.items():
            cells.show(formula, value)
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
