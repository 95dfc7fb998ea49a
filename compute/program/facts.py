"""What a bound tree is known to be, found out once per tree: most formulas of a workbook are copies of few."""

from __future__ import annotations

from dataclasses import dataclass

from compute.dialects import Draw, OutputMark, Statistic, draws, nodes, not_understood, output_marks
from compute.formulas.ast import Call, CellReference, Node, RangeReference
from compute.functions import REGISTRY
from compute.functions.fallback import FALLBACK, refusal
from compute.graph import is_dynamic, static_references
from compute.program.batching import can_batch
from compute.program.special import SPECIAL_FORMS

RANDOM_ARRAYS = frozenset({"RANDARRAY"})
"""Functions that draw numbers without being a draw of the model."""


@dataclass(frozen=True, slots=True)
class TreeFacts:
    """Properties of one bound tree. ``problems`` are (feature, reason) pairs of what cannot be evaluated."""

    references: tuple[CellReference | RangeReference, ...]
    draws: tuple[Draw, ...]
    marks: tuple[OutputMark, ...]
    statistics: tuple[Statistic, ...]
    problems: tuple[tuple[str, str], ...]
    is_dynamic: bool
    is_random: bool
    can_batch: bool


class FactBook:
    """Facts by the identity of the tree: hashing a tree costs as much as walking it. Keeps the trees alive."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Node, TreeFacts]] = {}

    def __call__(self, tree: Node) -> TreeFacts:
        """The facts of a tree."""
        known = self._known.get(id(tree))
        if known is None:
            known = self._known[id(tree)] = (tree, _facts(tree))
        return known[1]


def _facts(tree: Node) -> TreeFacts:
    calls = [n for n in nodes(tree) if isinstance(n, Call)]
    problems = [(n.call, n.reason) for n in not_understood(tree)]
    problems += [
        (c.name, "Montecell does not know this function")
        for c in calls
        if c.name not in REGISTRY and c.name not in SPECIAL_FORMS
    ]
    if any(c.name in FALLBACK for c in calls) and (reason := refusal()) is not None:
        problems += [(c.name, reason) for c in calls if c.name in FALLBACK]
    return TreeFacts(
        references=static_references(tree),
        draws=tuple(draws(tree)),
        marks=tuple(output_marks(tree)),
        statistics=tuple(n for n in nodes(tree) if isinstance(n, Statistic)),
        problems=tuple(dict.fromkeys(problems)),
        is_dynamic=is_dynamic(tree),
        is_random=any(c.name in RANDOM_ARRAYS for c in calls),
        can_batch=can_batch(tree),
    )
