"""Which formulas a formula reads."""

from __future__ import annotations

from compute.graph import areas_of
from compute.program.facts import FactBook
from compute.program.ir import FormulaCell, Program


def precedents(program: Program, facts: FactBook, formula: FormulaCell) -> set[int]:
    """The numbers of the formulas that fill cells to which a formula refers by itself (not by OFFSET and its kin)."""
    areas = areas_of(facts.references(formula.tree), formula.sheet, formula.row, formula.column, program.sheets)
    return {number for area in areas for number in program.producer_index.inside(area)}


__all__ = ["precedents"]
