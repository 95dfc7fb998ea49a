"""The values of what-if data tables over RAND, and of what hangs on them, for the copy of a workbook with results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from compute.backends.reference import Recalculation
from compute.errors import Scalar
from compute.formulas import cell_key
from compute.graph import areas_of, static_references
from compute.program import Program, assemble

if TYPE_CHECKING:
    from compute.runners.model import Model


def trial_values(model: Model, seed: int) -> Mapping[str, Scalar]:
    """What those cells show when the tables' trials are drawn with ``seed``, by key (``Model!B7``).

    Outside of tables uncertain cells keep their static values; empty without such a table.
    """
    if not model.program.trial_tables:
        return MappingProxyType({})
    program = assemble(model.workbook, model.external_inputs, model.external_outputs, everything=True)
    program = replace(program, simulation=model.program.simulation)
    run = Recalculation(program)
    run.draws.in_tables.seed = seed
    run.run()
    found: dict[str, Scalar] = {}
    for number in sorted(hanging_on(program, (t.formula for t in program.trial_tables))):
        area = program.filled(program.formulas[number])
        for row in range(area.top, area.bottom + 1):
            for column in range(area.left, area.right + 1):
                key = cell_key(program.sheets.names[area.sheet], row, column)
                found[key] = run.value((area.sheet, row, column))
    return MappingProxyType(found)


def hanging_on(program: Program, start: Iterable[int]) -> set[int]:
    """The formulas that need one of ``start``, by the references in their texts, and those themselves."""
    reached = set(start)
    for step in sorted((*program.fixed, *program.varying), key=lambda s: s.level):
        for number in step.formulas:
            formula = program.formulas[number]
            areas = areas_of(static_references(formula.tree), *formula.cell, program.sheets)
            if any(reached.intersection(program.producer_index.inside(area)) for area in areas):
                reached.add(number)
    return reached
