"""Filling the cells that ask for statistics, once a run has its samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from compute.backends.reference import Recalculation
from compute.backends.reference.run_statistics import RunStatistics, SimulationSamples
from compute.dialects import Draw, SeriesDraw
from compute.errors import CellError, ModelError, Scalar
from compute.formulas import cell_key
from compute.graph import CellId
from compute.program import Program, assemble
from compute.program.series import period_cell
from compute.runners.loading import LoadedSamples
from compute.runners.result import Result
from compute.values import Floats

if TYPE_CHECKING:
    from compute.runners.model import Model

SHOWN_CELLS = 10


def filled_cells(model: Model, results: Sequence[Result]) -> Mapping[str, Scalar]:
    """The cells whose values follow from a run's statistics, by key (``Model!B7``), those that hang on them included.

    ``results`` are the simulations in their order; empty without a cell that asks for statistics.
    """
    if not model.program.statistics:
        return MappingProxyType({})
    program = assemble(model.workbook, model.external_inputs, model.external_outputs, everything=True)
    before, after = Recalculation(program), Recalculation(program)
    before.draws.in_tables.seed = after.draws.in_tables.seed = results[0].certificate.seed
    before.run()
    after.evaluator.run_statistics = run_statistics(model, results)
    after.run()
    found: dict[str, Scalar] = {}
    for formula in program.formulas:
        value = after.value(formula.cell)
        if formula.number in program.statistics or value != before.value(formula.cell):
            sheet, row, column = formula.cell
            found[cell_key(program.sheets.names[sheet], row, column)] = value
    return MappingProxyType(found)


def run_statistics(model: Model, results: Sequence[Result]) -> RunStatistics:
    """What cells can ask of these simulations."""
    program = model.program
    laws = {s.index: law for s in program.draws if (law := model.statics.laws.get(s.index)) is not None}
    cells = {program.formulas[s.formula].cell: laws[s.index] for s in reversed(program.draws) if s.index in laws}
    names = {
        key.casefold(): laws[s.index] for s in program.draws if s.index in laws for key in (s.key, s.name or s.key)
    }
    return RunStatistics(tuple(_samples(program, r) for r in results), cells, names)


def _samples(program: Program, result: Result) -> SimulationSamples:
    cells: dict[CellId, Callable[[], Floats]] = {}
    names: dict[str, Callable[[], Floats]] = {}
    for site in program.draws:
        samples = partial(getattr, result.inputs[site.key], "samples")
        formula = program.formulas[site.formula]
        if isinstance(formula.tree, Draw) and site.draw is formula.tree:
            own = period_cell(site.draw, formula, site.period) if isinstance(site.draw, SeriesDraw) else formula.cell
            if own is not None:
                cells[own] = samples
        names.setdefault((site.name or site.key).casefold(), samples)
    for output in program.outputs:
        samples = partial(getattr, result.outputs[output.key], "samples")
        cells[output.cell] = names[(output.name or output.key).casefold()] = samples
    return SimulationSamples(LoadedSamples(cells), LoadedSamples(names))


def check_statistics(program: Program) -> None:
    """Raises ModelError where an output or input hangs on a statistic of the very run that it is part of."""
    caught = sorted(program.statistics & program.needed)
    if not caught or program.has_dynamic:
        return
    places = [program.formulas[n].cell for n in caught]
    keys = tuple(cell_key(program.sheets.names[s], r, c) for s, r, c in places)
    raise ModelError(
        f"{', '.join(keys[:SHOWN_CELLS])}: these statistics of the run feed an output or an input of the same run; "
        "take them out of the formulas that are simulated",
        code="model.statistic_in_model",
        cells=keys,
    )


def shown(value: Scalar) -> float | str | bool | None:
    """A filled cell's value as a message holds it."""
    return value.code if isinstance(value, CellError) else value
