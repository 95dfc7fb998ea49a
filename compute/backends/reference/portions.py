"""How many of a step's formulas are computed at once: as many as their ranges leave room for."""

from __future__ import annotations

from collections.abc import Sequence

from compute.backends.reference.store import SheetStore
from compute.graph import areas_of
from compute.program import FormulaCell, Program
from compute.program.facts import FactBook

MOST_VALUES = 2**21
"""Values of one range over all formulas and iterations that are computed together; a function makes several of the
size.
"""


class Portions:
    """Cuts batches of formulas that share a tree; the ranges that a tree reads are looked up once."""

    def __init__(self, program: Program, sheets: Sequence[SheetStore]) -> None:
        self._program, self._sheets = program, sheets
        self._facts, self._widest = FactBook(program.lambdas), dict[int, int]()

    def of(self, numbers: Sequence[int], lanes: int) -> list[tuple[FormulaCell, ...]]:
        """The formulas of a batch in portions of one or more, in their order."""
        formulas = [self._program.formulas[n] for n in numbers]
        size = max(1, MOST_VALUES // (self._widest_of(formulas[0]) * lanes))
        return [tuple(formulas[i : i + size]) for i in range(0, len(formulas), size)]

    def _widest_of(self, formula: FormulaCell) -> int:
        """The number of cells in the largest range that the formula's tree reads; at least 1."""
        known = self._widest.get(formula.number)
        if known is None:
            references = self._facts.references(formula.tree)
            areas = areas_of(references, formula.sheet, formula.row, formula.column, self._program.sheets)
            clipped = (self._sheets[a.sheet].clip(a) for a in areas)
            known = self._widest[formula.number] = max((a.rows * a.columns for a in clipped), default=1)
        return max(1, known)


__all__ = ["Portions"]
