"""The value of formulas that share a tree, their lanes computed in groups where a function asks for it."""

from __future__ import annotations

import numpy as np

from compute.backends.reference.branches import merge_lanes
from compute.backends.reference.displayed import as_displayed
from compute.backends.reference.evaluator import Evaluator, settled_cell
from compute.backends.reference.frame import Frame, Indices
from compute.backends.reference.spilling import same_size
from compute.errors import ErrorCode, UnsupportedFormula
from compute.formulas import cell_key
from compute.functions import CellsDiffer, LanesDiffer
from compute.functions.call import fit_to
from compute.program import FormulaCell
from compute.values import Array, Kind, error


def settled_blanks(value: Array) -> Array:
    """Blank elements shown as 0."""
    if value.kinds is None or not (value.kinds == Kind.BLANK).any():
        return value
    return Array(value.numbers, np.where(value.kinds == Kind.BLANK, np.uint8(Kind.NUMBER), value.kinds), value.texts)


def evaluate_formulas(evaluator: Evaluator, formulas: tuple[FormulaCell, ...], block_lanes: int) -> Array:
    """The value of formulas that share a tree; lanes are computed in groups where a function asks for it.

    Raises UnsupportedFormula naming the cell, also where the function that refuses does not know it.
    """
    try:
        return _evaluate(evaluator, formulas[0], Frame.of(formulas, block_lanes))
    except CellsDiffer:
        return _one_by_one(evaluator, formulas, block_lanes)
    except UnsupportedFormula as problem:
        if len(formulas) > 1:
            return _one_by_one(evaluator, formulas, block_lanes)
        if problem.cells:
            raise
        formula = formulas[0]
        where = cell_key(evaluator.program.sheets.names[formula.sheet], formula.row, formula.column)
        raise UnsupportedFormula(f"{where}: {problem.message}", code=problem.code, cells=(where,)) from None


def _one_by_one(evaluator: Evaluator, formulas: tuple[FormulaCell, ...], block_lanes: int) -> Array:
    cells = np.arange(len(formulas) * block_lanes).reshape(len(formulas), block_lanes)
    alone = (evaluate_formulas(evaluator, (formula,), block_lanes) for formula in formulas)
    return merge_lanes(list(zip(cells, alone, strict=True)), cells.size)


def _evaluate(evaluator: Evaluator, formula: FormulaCell, frame: Frame) -> Array:
    try:
        value = evaluator.formula(formula.tree, frame)
    except LanesDiffer as differ:
        labels = differ.labels
        groups: list[Indices] = [np.flatnonzero(labels == label) for label in range(int(labels.max()) + 1)]
        parts = [(lanes, _evaluate(evaluator, formula, frame.narrowed(lanes))) for lanes in groups]
        if formula.is_dynamic_array:
            sized = same_size([part for _, part in parts])
            return merge_lanes([(lanes, p) for (lanes, _), p in zip(parts, sized, strict=True)], len(labels))
        if formula.is_array:
            filled = evaluator.program.filled(formula)
            parts = [(lanes, fit_to(part, filled.rows, filled.columns)) for lanes, part in parts]
        return merge_lanes(parts, len(labels))
    except RecursionError:
        return error(ErrorCode.NUM)
    if formula.is_dynamic_array:
        value = settled_blanks(value)
    if not formula.is_array and not formula.is_input:
        value = settled_cell(value)
    return as_displayed(evaluator.program, value, frame)
