"""Formulas by the tree that they share: what is true of a tree is asked once for all its copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from compute.program.facts import FactBook, TreeFacts
from compute.program.ir import FormulaCell


class Copies:
    """The formulas of each distinct tree; ``groups`` holds its facts and the numbers of its formulas in order."""

    def __init__(self, formulas: Iterable[FormulaCell], facts: FactBook) -> None:
        groups: dict[int, tuple[FormulaCell, list[int]]] = {}
        for formula in formulas:
            known = groups.get(id(formula.tree))
            if known is None:
                groups[id(formula.tree)] = (formula, [formula.number])
            else:
                known[1].append(formula.number)
        self.facts = facts
        self.groups = tuple((facts(first.tree), numbers) for first, numbers in groups.values())

    def where(self, test: Callable[[TreeFacts], object]) -> list[int]:
        """The numbers of the formulas whose facts pass a test, in order."""
        return sorted(n for facts, numbers in self.groups if test(facts) for n in numbers)


__all__ = ["Copies"]
