"""Cells that hold nothing but a law, given by reference to a law made of laws: ``RiskCompound(RiskPoisson(3),B5)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from compute.dialects import Draw, InnerLaw, nodes
from compute.dialects.combined import COMBINED, LAW, NOT_A_LAW, PLACES, SUM_INSIDE, inner_problem
from compute.formulas.ast import CellReference, Node, RangeReference
from compute.graph import CellId, SheetIndex, areas_of
from compute.program.facts import FactBook
from compute.program.ir import FormulaCell

Found = Callable[[CellId], FormulaCell | None]


def law_cell(node: Node, formula: FormulaCell, sheets: SheetIndex, found: Found) -> FormulaCell | None:
    """The formula that holds the law which a reference of that formula means; None where it is no such cell.

    ``found`` gives the formula that fills a cell.
    """
    if not isinstance(node, CellReference | RangeReference):
        return None
    areas = areas_of((node,), formula.sheet, formula.row, formula.column, sheets)
    if len(areas) != 1 or not areas[0].is_single:
        return None
    held = found((areas[0].sheet, areas[0].top, areas[0].left))
    return held if held is not None and isinstance(held.tree, Draw) and not held.is_array else None


def law_problems(
    formulas: Sequence[FormulaCell],
    facts: FactBook,
    sheets: SheetIndex,
    producers: Mapping[CellId, int],
) -> list[tuple[int, str, str]]:
    """What is wrong with laws inside laws, as (formula, law, reason)."""

    def found(cell: CellId) -> FormulaCell | None:
        number = producers.get(cell)
        return None if number is None else formulas[number]

    problems: list[tuple[int, str, str]] = []
    for formula in formulas:
        for draw in facts(formula.tree).draws:
            if draw.law not in COMBINED:
                continue
            laws: list[Draw | InnerLaw] = [draw, *(n for n in nodes(draw) if isinstance(n, InnerLaw))]
            for law in laws:
                reasons = _of_law(law, formula, sheets, found) if law.law in COMBINED else []
                problems += [(formula.number, draw.law.capitalize(), reason) for reason in reasons]
    return problems


def _of_law(law: Draw | InnerLaw, formula: FormulaCell, sheets: SheetIndex, found: Found) -> list[str]:
    combination, reasons = COMBINED[law.law], list[str]()
    for role, name, node in zip(combination.roles, combination.names, law.parameters, strict=False):
        if isinstance(node, InnerLaw):
            if node.law == "COMPOUND":
                reasons.append(f"{name} is a sum: {SUM_INSIDE}")
            continue
        if role != LAW:
            continue
        held = law_cell(node, formula, sheets, found)
        if held is None or not isinstance(held.tree, Draw):
            reasons.append(f"{name} is {'no such cell' if isinstance(node, PLACES) else 'no law'}: {NOT_A_LAW}")
        elif (problem := inner_problem(held.tree, name == "severity")) is not None:
            reasons.append(f"{name}, given by reference, {problem}")
    return reasons
