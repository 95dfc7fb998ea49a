"""Which draws a made input stands for: those that feed it, directly or through other cells.

A formula that counts as an input (``RiskMakeInput``) is ranked in place of the distributions behind it, of every
output, also where an output reads one of them by another way; a made input behind another one is left out as well.
Source: Palisade's knowledge base, Combining Inputs in a Sensitivity Tornado (id 1283).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from compute.dialects.law_nodes import FORMULA
from compute.formulas.ast import CellReference, RangeReference
from compute.program.facts import FactBook
from compute.program.ir import DrawSite, FormulaCell
from compute.program.trials import reached_from

References = Sequence[CellReference | RangeReference]


def draws_behind_made_inputs(
    sites: Iterable[DrawSite],
    formulas: Sequence[FormulaCell],
    facts: FactBook,
    read_by: Callable[[FormulaCell, References], list[int]],
    dependencies: Callable[[int], Sequence[int]],
) -> dict[int, tuple[int, ...]]:
    """For each made input, by the index of its site, the indices of the draws that feed it.

    ``read_by`` gives the nodes that references of a formula stand for, ``dependencies`` what hangs below a node. What
    INDIRECT, OFFSET and their kin read is known only while computing, and is not among them.
    """
    every = tuple(sites)
    found: dict[int, tuple[int, ...]] = {}
    for made in every:
        if made.draw.law != FORMULA:
            continue
        formula, inside = formulas[made.formula], facts(made.draw.parameters[0])
        nested = {id(draw) for draw in inside.draws}
        reached = reached_from(read_by(formula, inside.references), dependencies)
        found[made.index] = tuple(
            site.index
            for site in every
            if site.index != made.index
            and (site.formula in reached or (site.formula == made.formula and id(site.draw) in nested))
        )
    return found


__all__ = ["draws_behind_made_inputs"]
