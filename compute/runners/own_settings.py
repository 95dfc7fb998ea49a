"""What a run takes from its workbook where its caller says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from compute.dialects.convergence import NOT_UNDERSTOOD, rule_text
from compute.dialects.named_cells import cell_named
from compute.dialects.settings import settings
from compute.errors import SpecificationError
from compute.formulas import address, cell_key
from compute.program import Program
from compute.protocol import DEFAULT_ITERATIONS, DEFAULT_SEED, SamplingMethod
from compute.records import dataclass
from compute.stopping import ConvergenceRule
from compute.workbook import Workbook, read_workbook

Iterations = int | Literal["auto"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The length, seed and sampling of a run; ``note`` tells what of it the workbook said, empty if nothing."""

    iterations: Iterations
    seed: int
    sampling: SamplingMethod
    note: str = ""


def chosen(
    workbook: Workbook,
    iterations: Iterations | None,
    seed: int | None,
    sampling: SamplingMethod | None,
    *,
    ends_itself: bool = False,
) -> Chosen:
    """The caller's figures, else the workbook's own settings, else Montecell's defaults.

    A run that ``ends_itself`` asks the workbook for no number of iterations.
    """
    own = settings(workbook)
    told: dict[str, object] = {}
    if iterations is None and own.iterations is not None and not ends_itself:
        iterations = told["iterations"] = own.iterations
    if seed is None and own.seed is not None:
        seed = told["seed"] = own.seed
    if sampling is None and own.sampling is not None:
        sampling = told["sampling"] = own.sampling
    listed = ", ".join(f"{name} {value}" for name, value in told.items())
    return Chosen(
        DEFAULT_ITERATIONS if iterations is None else iterations,
        DEFAULT_SEED if seed is None else seed,
        sampling or "latin_hypercube",
        f"taken from the workbook's settings of {own.product}: {listed}" if told else "",
    )


def workbook_rules(program: Program) -> tuple[ConvergenceRule, ...]:
    """The workbook's rules of convergence: those of its outputs, and for all others those of its settings."""
    found = [r.model_copy(update={"outputs": (o.key,)}) for o in program.outputs for r in o.rules or ()]
    ruled = {rule.outputs[0] for rule in found}
    others = tuple(o.key for o in program.outputs if o.key not in ruled)
    for rule in settings(program.workbook).convergence:
        if others:
            found.append(rule.model_copy(update={"outputs": others if ruled else ()}))
    return tuple(found)


def convergence_notes(program: Program) -> tuple[str, ...]:
    """What single outputs ask for, and how a run is made to follow it."""
    follow = "a run ends by it with the rule workbook (--until-converged workbook)"
    notes = []
    for output in program.outputs:
        if output.rules is None:
            notes.append(f"{output.address}: its RiskConvergence is not understood: {NOT_UNDERSTOOD}")
        elif output.rules:
            asked = ", ".join(map(rule_text, output.rules))
            notes.append(f"{output.address}: its RiskConvergence asks for {asked}; {follow}")
    return tuple(notes)


@dataclass(frozen=True, slots=True)
class _SettingCell:
    sheet: str
    cell: str
    input: float | str


def with_settings(original: bytes, settings: Mapping[str, int | str]) -> bytes:
    """The workbook with Montecell's own settings: ``{"iterations": 5000, "sampling": "latin_hypercube"}``.

    Each is a name of the workbook, ``Montecell.Iterations``; one that stands for a cell changes that cell. Nothing else
    does. Raises SpecificationError where that cell holds a formula.
    """
    workbook = read_workbook(original)
    own = {n.name.casefold(): n for n in workbook.names if n.sheet is None}
    names, cells = dict[str, str](), list[_SettingCell]()
    for setting, value in settings.items():
        name = f"Montecell.{setting.capitalize()}"
        shown = value.replace("_", " ") if isinstance(value, str) else float(value)
        known = own.get(name.casefold())
        place = None if known is None else cell_named(workbook, known.text)
        if place is None:
            names[name] = f'"{shown}"' if isinstance(shown, str) else str(value)
            continue
        sheet = workbook.sheets[place[0]]
        where = cell_key(sheet.name, *place[1:])
        if place[1:] in sheet.formulas:
            raise SpecificationError(
                f"{where}, which {name} stands for, holds a formula; write the setting there by hand",
                code="settings.formula",
            )
        cells.append(_SettingCell(sheet.name, address(*place[1:]), shown))
    from compute.workbook import edit_cells
    from compute.workbook.defined_names import with_names

    data = edit_cells(original, cells) if cells else original
    return with_names(data, names) if names else data


__all__ = ["Chosen", "chosen", "convergence_notes", "with_settings", "workbook_rules"]
