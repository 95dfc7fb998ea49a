"""Which columns a file of trials has, and what it tells of the model that they come from."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from compute.engines.trials import TrialColumn, titles
from compute.errors import SpecificationError
from compute.graph import CellId
from compute.program import Program
from compute.program.law_cells import law_of
from compute.records import dataclass

if TYPE_CHECKING:
    from compute.runners.model import Model


@dataclass(frozen=True, slots=True)
class KeptColumn:
    """A variable of the run, and whether its samples go into the file."""

    column: TrialColumn
    is_kept: bool


def kept_columns(model: Model, inputs: tuple[str, ...] | None) -> tuple[KeptColumn, ...]:
    """Every output, then every input, in the program's order; ``inputs`` names those to keep, None keeps all.

    Raises SpecificationError for a name that no input has.
    """
    program = model.program
    wanted = _wanted(program, inputs)
    names = titles(
        [o.key for o in program.outputs]
        + [site.key for site in program.draws if site.index in wanted]
        + [site.key for site in program.draws if site.index not in wanted]
    )
    given = dict(zip(_order(program, wanted), names, strict=True))
    found = []
    for i, output in enumerate(program.outputs):
        title, errors = given["output", i]
        shown = _number_format(program, output.cell)
        column = TrialColumn("output", output.key, output.name, output.address, title, errors, None, shown)
        found.append(KeptColumn(column, True))
    for site in program.draws:
        title, errors = given["input", site.index]
        shown = _number_format(program, program.formulas[site.formula].cell)
        law = law_of(program, site)
        column = TrialColumn("input", site.key, site.name, site.address, title, errors, law, shown)
        found.append(KeptColumn(column, site.index in wanted))
    return tuple(found)


def _order(program: Program, wanted: set[int]) -> list[tuple[str, int]]:
    """Variables in the order in which names are given: those that are kept have the first choice."""
    draws = sorted((site.index for site in program.draws), key=lambda i: (i not in wanted, i))
    return [("output", i) for i in range(len(program.outputs))] + [("input", i) for i in draws]


def _wanted(program: Program, inputs: tuple[str, ...] | None) -> set[int]:
    if inputs is None:
        return {site.index for site in program.draws}
    found: set[int] = set()
    for name in inputs:
        texts = [
            (s.index, {s.key.casefold(), (s.name or s.key).casefold(), s.address.casefold()}) for s in program.draws
        ]
        same = {index for index, known in texts if name.casefold() in known}
        if not same:
            known = ", ".join(site.key for site in program.draws[:10])
            raise SpecificationError(f"there is no input {name!r}; the inputs are {known}", code="simulation.keep")
        found |= same
    return found


def _number_format(program: Program, cell: CellId) -> str | None:
    sheet, row, column = cell
    text = program.workbook.sheets[sheet].number_formats.get((row, column))
    return None if text in (None, "General") else text


def program_digest(model: Model) -> str:
    """SHA-256 of what was computed: the workbook, what was added to it from outside, what was varied."""
    given = sorted((cell, repr(law)) for cell, law in model.external_inputs.items())
    parts = (
        model.workbook.sha256, given, model.external_outputs, model.program.simulation, model.variation.texts(),
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()
