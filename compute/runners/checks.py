"""Whether a model can be simulated, and what to say of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import astuple

from compute.backends.reference.machine import circular
from compute.dialects import Draw, modeler_tools, nodes
from compute.dialects.rand_idioms import idiom
from compute.dialects.settings import settings
from compute.distributions import Law, Shifted, Truncated
from compute.errors import (
    CellError,
    InvalidDistribution,
    NoInputs,
    NoOutputs,
    TextOutput,
    UnsupportedFormula,
)
from compute.formulas.ast import Node
from compute.formulas.shown import shown_text
from compute.formulas.writer import unparse
from compute.program import Program, Unsupported
from compute.program.law_cells import law_of
from compute.program.slow import fallback_paths, slow_paths
from compute.protocol import (
    InputDescription,
    LawParameter,
    ModelDescription,
    OutputDescription,
    SheetDescription,
    UnsupportedDescription,
)
from compute.runners.cell_statistics import check_statistics
from compute.runners.correlations import described_correlations as correlations_of
from compute.runners.foundations import is_plain, shows_no_text
from compute.runners.own_settings import convergence_notes
from compute.runners.statics import Statics

SHOWN_CELLS = 10


def check(program: Program, statics: Callable[[], Statics], foundations: Callable[[], Statics] | None = None) -> None:
    """Raises the first ModelError that keeps the program from being simulated.

    Before a run there are ``foundations``, what draws hang on: where outputs cannot be texts they are enough, and the
    run finds the rest by itself.
    """
    drawn = {site.address for site in program.draws}
    # A law given from outside stands in for what could not be read.
    stored = [p for p in program.stored.problems if p.blocking and not (p.cells and drawn.issuperset(p.cells))]
    if stored:
        raise UnsupportedFormula(
            "; ".join(f"{_listed(p.cells)}: {p.reason}" if p.cells else p.reason for p in stored[:SHOWN_CELLS]),
            cells=tuple(cell for p in stored for cell in p.cells),
        )
    if (program.has_rings or program.has_dynamic) and statics().circle:
        raise circular(program, statics().circle)
    blocking = [u for u in program.unsupported if u.formulas & program.needed]
    if blocking:
        raise UnsupportedFormula(_reasons(blocking), cells=tuple(c for u in blocking for c in u.cells))
    check_statistics(program)
    if not program.draws:
        raise NoInputs(
            "the workbook has no uncertain cell; give one a distribution, for example =MC.NORMAL(100,10), "
            "or name inputs from outside"
        )
    if not program.outputs:
        raise NoOutputs(
            'no cell is marked as an output; add MC.OUTPUT("name")+ in front of its formula, '
            "or name outputs from outside"
        )
    if foundations and is_plain(program) and all(shows_no_text(program, o.cell) for o in program.outputs):
        _check_draws(program, foundations())
    else:
        _check_statics(program, statics())


def _check_statics(program: Program, statics: Statics) -> None:
    _check_draws(program, statics)
    for output in program.outputs:
        value = statics.value(output.cell)
        if isinstance(value, str):
            raise TextOutput(
                f"the output {output.address} shows the text {value[:40]!r}; an output must be a number",
                cells=(output.address,),
            )


def _check_draws(program: Program, statics: Statics) -> None:
    failed = next(iter(statics.failed.values()), None)
    if failed is not None:
        raise failed
    varying = {n for s in program.varying for n in s.formulas}
    for site in program.draws:
        problem = statics.problems.get(site.index)
        if problem and site.formula in varying:
            label = site.address if site.name is None else f"{site.address} ({site.name})"
            raise InvalidDistribution(f"{label}: {problem}", cells=(site.address,), code="model.invalid_distribution")


def _listed(cells: tuple[str, ...], separator: str = ", ") -> str:
    shown = separator.join(cells[:SHOWN_CELLS])
    return shown if len(cells) <= SHOWN_CELLS else f"{shown} and {len(cells) - SHOWN_CELLS} more"


def _reasons(problems: list[Unsupported]) -> str:
    return "; ".join(f"{_listed(u.cells)}: {u.feature}: {u.reason}" for u in problems)


def unsupported_of(program: Program) -> tuple[UnsupportedDescription, ...]:
    """Everything in the workbook that cannot be evaluated, with its cells."""
    found = [UnsupportedDescription(feature=u.feature, reason=u.reason, cells=u.cells) for u in program.unsupported]
    stored = (
        UnsupportedDescription(feature=p.feature, reason=p.reason, cells=p.cells) for p in program.stored.problems
    )
    return (*stored, *found)


def describe(program: Program, statics: Statics) -> ModelDescription:
    """What ``inspect`` tells of a workbook."""
    book = program.workbook
    return ModelDescription(
        file_name=book.file_name,
        sha256=book.sha256,
        product=program.product,
        sheets=tuple(
            SheetDescription(
                name=s.name, state=s.state, rows=s.last_row, columns=s.last_column, formulas=len(s.formulas)
            )
            for s in book.sheets
        ),
        inputs=tuple(_input(program, statics, i) for i in range(len(program.draws))),
        outputs=tuple(
            OutputDescription(key=o.key, name=o.name, cell=o.address, value=_shown(statics.value(o.cell)))
            for o in program.outputs
        ),
        correlations=correlations_of(program, statics),
        unsupported=unsupported_of(program),
        notes=_static_notes(program, statics),
        settings=settings(book).shown(),
    )


def _input(program: Program, statics: Statics, index: int) -> InputDescription:
    site = program.draws[index]
    law = statics.laws.get(index)
    arguments: tuple[LawParameter, ...] = ()
    inner = law
    while isinstance(inner, Truncated | Shifted):
        inner = inner.base
    if isinstance(inner, Law):
        arguments = inner.arguments
    if index in statics.processes:
        arguments = astuple(statics.processes[index])  # type: ignore[call-overload]
    value = statics.static_values.get(index)
    sheet, row, column = program.formulas[site.formula].cell
    source = program.workbook.sheets[sheet].formulas.get((row, column))
    return InputDescription(
        key=site.key,
        name=site.name,
        cell=site.address,
        law=law_of(program, site),
        formula="" if source is None else f"={source.text}",
        parameters=tuple(arguments),
        static_value=value if value is not None and math.isfinite(value) else None,
    )


def _shown(value: object) -> float | str | bool | None:
    if isinstance(value, CellError):
        return value.code
    return value if isinstance(value, float | str | bool) else None


def _static_notes(program: Program, statics: Statics) -> tuple[str, ...]:
    notes = [*program.stored.notes, *index_notes(program), *trial_notes(program), *idiom_notes(program)]
    notes += structure_notes(program)
    notes += made_input_notes(program)
    notes += convergence_notes(program)
    for site in program.draws:
        problem = statics.problems.get(site.index)
        if problem:
            notes.append(f"{site.address}: {problem}")
        process = statics.processes.get(site.index)
        if process is not None and process.instability and site.period == 0:
            notes.append(f"{site.address}: {process.name} is not stationary: {process.instability}")
    for output in program.outputs:
        value = statics.value(output.cell)
        if isinstance(value, str):
            notes.append(f"the output {output.address} shows the text {value[:40]!r}; an output must be a number")
        elif isinstance(value, CellError):
            notes.append(f"the output {output.address} shows {value.code} now")
    if statics.circle:
        notes.append(circular(program, statics.circle).message)
    return (*notes, *map(str, slow_paths(program)))


def idiom_notes(program: Program) -> tuple[str, ...]:
    """The laws that formulas over RAND stand for."""
    notes = []
    for site in program.draws:
        formula = program.formulas[site.formula]
        source = program.workbook.sheets[formula.sheet].formulas.get((formula.row, formula.column))

        def write(node: Node, row: int = formula.row, column: int = formula.column) -> str:
            return "…" if any(isinstance(n, Draw) for n in nodes(node)) else unparse(node, row, column)

        law = idiom(formula.tree, site.draw, write) if site.draw.fresh and source is not None else None
        if law is not None and source is not None:
            notes.append(f"{site.key} is {law}, written ={shown_text(source.text)}")
    return tuple(notes)


def index_notes(program: Program, iterations: int | None = None) -> tuple[str, ...]:
    """What a SIPmath workbook's index does."""
    index = modeler_tools.trial_index(program.workbook)
    has_count = any(site.draw.counts for site in program.draws)
    return (index.note(iterations),) if index is not None and has_count else ()


def trial_notes(program: Program) -> tuple[str, ...]:
    """The what-if data tables through which the workbook simulates by itself."""
    return tuple(table.text(program.sheets.names) for table in program.trial_tables)


def structure_notes(program: Program) -> tuple[str, ...]:
    """What the shape of the model gives cause to say: inputs without effect, outputs without uncertainty."""
    notes = (
        [f"the input {program.draws[i].key} feeds no output" for i in program.unused_draws] if program.outputs else []
    )
    varying = {n for s in program.varying for n in s.formulas}
    for output in program.outputs:
        number = program.producers.get(output.cell)
        if program.draws and (number is None or number not in varying):
            notes.append(f"the output {output.key} depends on no uncertain cell: it is the same in every iteration")
    return tuple(notes)


def made_input_notes(program: Program) -> tuple[str, ...]:
    """Which inputs are ranked as one, because a formula over them counts as an input."""
    unknown = ", those apart that it may read by INDIRECT, OFFSET or their kin" if program.has_dynamic else ""
    notes = []
    for made, behind in program.made_inputs.items():
        if behind:
            keys = ", ".join(program.draws[i].key for i in behind[:SHOWN_CELLS])
            more = f" and {len(behind) - SHOWN_CELLS:,} more" if len(behind) > SHOWN_CELLS else ""
            own = program.draws[made].key
            notes.append(f"sensitivity ranks {own} in place of the inputs that feed it: {keys}{more}{unknown}")
    return tuple(notes)


def notes_of(program: Program, iterations: int, errors: Mapping[str, int]) -> tuple[str, ...]:
    """What a reader of the results should know; ``errors`` counts those of each output by its key."""
    notes = [*program.stored.notes, *index_notes(program, iterations), *trial_notes(program), *structure_notes(program)]
    notes += made_input_notes(program)
    for key, count in errors.items():
        if count:
            notes.append(
                f"the output {key} ended in an error in {count:,} of {iterations:,} iterations; they are left out"
            )
    return (*notes, *map(str, fallback_paths(program)))


__all__ = ["check", "describe", "notes_of", "structure_notes", "unsupported_of"]
