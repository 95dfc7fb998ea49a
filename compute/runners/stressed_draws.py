"""Which draws a person means by an input's name, and which can be stressed."""

from __future__ import annotations

from collections.abc import Sequence

from compute.dialects import SeriesDraw, nodes
from compute.dialects.law_nodes import FORMULA
from compute.errors import SpecificationError
from compute.formulas.ast import Call, Invocation
from compute.program import DrawSite, Program
from compute.program.law_cells import law_of
from compute.runners.variation import StressRange

_NAMED = 10


def draw_of(program: Program, name: str) -> DrawSite:
    """The draw with that key, name or cell. Raises SpecificationError where there is none, or there are several."""
    wanted = name.casefold()
    for same in (
        [d for d in program.draws if d.key == name],
        [d for d in program.draws if wanted in (d.key.casefold(), (d.name or d.key).casefold(), d.address.casefold())],
    ):
        if len(same) == 1:
            return same[0]
        if same:
            found = f"{name!r} could be any of the inputs {', '.join(d.key for d in same[:_NAMED])}; name one of them"
            raise SpecificationError(found, code="simulation.ambiguous_input")
    known = ", ".join(d.key for d in program.draws[:_NAMED])
    raise SpecificationError(f"there is no input {name!r}; the inputs are {known}", code="simulation.unknown_input")


def stressed_draws(program: Program, stresses: Sequence[StressRange]) -> dict[int, tuple[float, float]]:
    """The range of uniforms of each stressed draw, by its index.

    Raises SpecificationError for ranges that do not rise, and for draws that have no single place in their law: locked
    ones, the index of SIPmath trials, and those that a formula makes several times in an iteration.
    """
    found: dict[int, tuple[float, float]] = {}
    for stress in stresses:
        site = draw_of(program, stress.input)
        if not stress.low < stress.high:
            raise SpecificationError(
                f"{stress.input} is stressed from {stress.low:g} to {stress.high:g}; these are percentiles of its law "
                "and must rise between 0 and 1",
                code="stress.range",
            )
        if site.draw.locked:
            raise SpecificationError(
                f"{site.key} is locked to its static value; it cannot be stressed", code="stress.locked"
            )
        if site.draw.counts:
            raise SpecificationError(
                f"{site.key} counts the trials of a SIPmath library; it cannot be stressed", code="stress.counted"
            )
        if law_of(program, site) in ("COMPOUND", FORMULA) or _is_repeated(program, site):
            raise SpecificationError(
                f"{site.key} is drawn several times in an iteration (an array formula, a LAMBDA or a compound law), or "
                "is a formula; it cannot be stressed",
                code="stress.repeated",
            )
        found[site.index] = (stress.low, stress.high)
    return found


def _is_repeated(program: Program, site: DrawSite) -> bool:
    formula = program.formulas[site.formula]
    # A path is an array formula as well, but every period is drawn once.
    if (formula.is_array or formula.is_dynamic_array) and not isinstance(site.draw, SeriesDraw):
        return True
    lambdas = {part.casefold() for key in program.lambdas for part in key if part}
    return any(
        isinstance(n, Invocation) or (isinstance(n, Call) and (n.name == "LAMBDA" or n.name.casefold() in lambdas))
        for n in nodes(formula.tree)
    )
