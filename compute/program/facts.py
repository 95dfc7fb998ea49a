"""What a bound tree is known to be, found out once per tree: most formulas of a workbook are copies of few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compute.dialects import (
    Draw,
    InnerLaw,
    NotUnderstood,
    OutputMark,
    Quantile,
    Statistic,
    nodes,
)
from compute.dialects.combined import combination_of
from compute.dialects.law_nodes import JointUniforms
from compute.formulas.ast import Call, CellReference, NameReference, Node, RangeReference
from compute.functions import REGISTRY
from compute.functions.fallback import FALLBACK, refusal
from compute.graph import NameKey, are_dynamic, static_references
from compute.program.batching import can_batch
from compute.program.special import SPECIAL_FORMS
from compute.records import dataclass

References = tuple[CellReference | RangeReference, ...]

RANDOM_ARRAYS = frozenset({"RANDARRAY"})
"""Functions that draw numbers without being a draw of the model."""


@dataclass(frozen=True, slots=True)
class TreeFacts:
    """Properties of one bound tree. ``problems`` are (feature, reason) pairs of what cannot be evaluated.

    ``is_fresh``: it draws by RAND or its kin, anew in each trial of a what-if data table.
    ``combinations`` are the laws in it that are made of laws; ``has_copulas``: some of them fill cells.
    """

    references: References
    draws: tuple[Draw, ...]
    combinations: tuple[Draw | InnerLaw | Quantile, ...]
    marks: tuple[OutputMark, ...]
    statistics: tuple[Statistic, ...]
    problems: tuple[tuple[str, str], ...]
    is_dynamic: bool
    is_random: bool
    is_fresh: bool
    can_batch: bool
    has_copulas: bool


class FactBook:
    """Facts by the identity of the tree: hashing a tree costs as much as walking it. Keeps the trees alive."""

    def __init__(self, lambdas: Mapping[NameKey, Node] | None = None) -> None:
        self._known: dict[int, tuple[Node, TreeFacts]] = {}
        self._references: dict[int, tuple[Node, References]] = {}
        self._lambdas = {} if lambdas is None else lambdas

    def __call__(self, tree: Node) -> TreeFacts:
        """The facts of a tree."""
        known = self._known.get(id(tree))
        if known is None:
            facts = _facts(tree)
            bodies = self._called(tree) if self._lambdas else []
            known = self._known[id(tree)] = (tree, _merged(facts, [_facts(b) for b in bodies]) if bodies else facts)
        return known[1]

    def references(self, tree: Node) -> References:
        """Those of the facts; where nothing else was asked of a tree, nothing else is found out."""
        if self._lambdas or id(tree) in self._known:
            return self(tree).references
        known = self._references.get(id(tree))
        if known is None:
            known = self._references[id(tree)] = (tree, static_references(tree))
        return known[1]

    def _called(self, tree: Node) -> list[Node]:
        """The LAMBDAs that a formula calls by their names, those that they call themselves included."""
        found: dict[NameKey, Node] = {}
        open_trees = [tree]
        while open_trees:
            for node in nodes(open_trees.pop()):
                if not isinstance(node, NameReference):
                    continue
                key = (node.name.casefold(), node.sheets.first if node.sheets else None)
                body = self._lambdas.get(key)
                if body is not None and key not in found:
                    found[key] = body
                    open_trees.append(body)
        return list(found.values())


def _merged(own: TreeFacts, bodies: Sequence[TreeFacts]) -> TreeFacts:
    """A formula's facts with those of the LAMBDAs that it calls: what their bodies read and draw, it does too."""
    every = (own, *bodies)
    return TreeFacts(
        references=tuple(r for f in every for r in f.references),
        draws=tuple(d for f in every for d in f.draws),
        combinations=tuple(c for f in every for c in f.combinations),
        marks=own.marks,
        statistics=tuple(s for f in every for s in f.statistics),
        problems=tuple(dict.fromkeys(p for f in every for p in f.problems)),
        is_dynamic=any(f.is_dynamic for f in every),
        is_random=any(f.is_random for f in every),
        is_fresh=any(f.is_fresh for f in every),
        can_batch=own.can_batch and not bodies,
        has_copulas=own.has_copulas,
    )


def _facts(tree: Node) -> TreeFacts:
    every = tuple(nodes(tree))
    calls = [n for n in every if isinstance(n, Call)]
    drawn = tuple(sorted((n for n in every if isinstance(n, Draw)), key=lambda draw: draw.ordinal))
    problems = [(n.call, n.reason) for n in every if isinstance(n, NotUnderstood)]
    problems += [
        (c.name, "Montecell does not know this function")
        for c in calls
        if c.name not in REGISTRY and c.name not in SPECIAL_FORMS
    ]
    if any(c.name in FALLBACK for c in calls) and (reason := refusal()) is not None:
        problems += [(c.name, reason) for c in calls if c.name in FALLBACK]
    return TreeFacts(
        references=static_references(tree),
        draws=drawn,
        combinations=tuple(
            n for n in every if isinstance(n, Draw | InnerLaw | Quantile) and combination_of(n.law) is not None
        ),
        marks=tuple(n for n in every if isinstance(n, OutputMark)),
        statistics=tuple(n for n in every if isinstance(n, Statistic)),
        problems=tuple(dict.fromkeys(problems)),
        is_dynamic=are_dynamic(every),
        is_random=any(c.name in RANDOM_ARRAYS for c in calls),
        is_fresh=any(d.fresh for d in drawn) or any(c.name in RANDOM_ARRAYS for c in calls),
        can_batch=can_batch(tree),
        has_copulas=any(isinstance(n, JointUniforms) for n in every),
    )
