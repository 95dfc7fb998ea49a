"""Cells that hold nothing but a law, given by reference: ``RiskCompound(RiskPoisson(3),B5)``, ``VoseSimulate(B5)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from compute.dialects import Draw, InnerLaw, Quantile
from compute.dialects.combined import LAW, NOT_A_LAW, PLACES, SUM_INSIDE, combination_of, inner_problem
from compute.dialects.law_nodes import HELD
from compute.formulas.ast import CellReference, Node, RangeReference
from compute.graph import CellId, SheetIndex, areas_of
from compute.program.copies import Copies
from compute.program.ir import DrawSite, FormulaCell, Program

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
    return held if held is not None and isinstance(held.tree, Draw | InnerLaw) and not held.is_array else None


def law_of(program: Program, site: DrawSite) -> str:
    """The name of a draw's law, also where another cell holds it."""
    law: Draw | InnerLaw = site.draw
    formula = program.formulas[site.formula]

    def found(cell: CellId) -> FormulaCell | None:
        number = program.producers.get(cell)
        return None if number is None else program.formulas[number]

    while law.law == HELD:
        part = law.parameters[0]
        if isinstance(part, InnerLaw):
            law = part
            continue
        cell = law_cell(part, formula, program.sheets, found)
        if cell is None or not isinstance(cell.tree, Draw | InnerLaw) or cell.number == formula.number:
            break
        law, formula = cell.tree, cell
    return law.law


def law_problems(
    formulas: Sequence[FormulaCell],
    copies: Copies,
    sheets: SheetIndex,
    producers: Mapping[CellId, int],
) -> list[tuple[int, str, str]]:
    """What is wrong with laws inside laws, as (formula, law, reason)."""

    def found(cell: CellId) -> FormulaCell | None:
        number = producers.get(cell)
        return None if number is None else formulas[number]

    problems: list[tuple[int, str, str]] = []
    for number in copies.where(lambda facts: facts.combinations):
        formula = formulas[number]
        for law in copies.facts(formula.tree).combinations:
            shown = "A law in a cell" if law.law == HELD else law.law.capitalize()
            problems += [(formula.number, shown, reason) for reason in _of_law(law, formula, sheets, found)]
    return problems


def _of_law(law: Draw | InnerLaw | Quantile, formula: FormulaCell, sheets: SheetIndex, found: Found) -> list[str]:
    combination, reasons = combination_of(law.law), list[str]()
    assert combination is not None
    is_whole = law.law == HELD
    for role, name, node in zip(combination.roles, combination.names, law.parameters, strict=False):
        if isinstance(node, InnerLaw):
            inside = law_cell(node.parameters[0], formula, sheets, found) if node.law == HELD else None
            of = node.law if inside is None or not isinstance(inside.tree, Draw | InnerLaw) else inside.tree.law
            if of == "COMPOUND" and not is_whole:
                reasons.append(f"{name} is a sum: {SUM_INSIDE}")
            continue
        if role != LAW:
            continue
        held = law_cell(node, formula, sheets, found)
        if held is None or not isinstance(held.tree, Draw | InnerLaw):
            reasons.append(f"{name} is {'no such cell' if isinstance(node, PLACES) else 'no law'}: {NOT_A_LAW}")
        elif is_whole and held.tree.law == "COMPOUND":
            continue
        elif (problem := inner_problem(held.tree, name == "severity")) is not None:
            reasons.append(f"{name}, given by reference, {problem}")
    return reasons
