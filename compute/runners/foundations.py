"""What must be computed of a model before it is simulated: what its laws hang on, and outputs that might be texts."""

from __future__ import annotations

from compute.formulas.ast import Binary, Boolean, Call, CellReference, ErrorValue, Node, Number, Unary
from compute.graph import CellId, areas_of
from compute.program import Program, Step
from compute.program.facts import FactBook
from compute.program.precedents import precedents

_CALCULATIONS = frozenset(("+", "-", "*", "/", "^", "=", "<>", "<", ">", "<=", ">="))
_NUMERIC = frozenset(
    (
        "ABS", "AND", "AVERAGE", "AVERAGEIF", "AVERAGEIFS", "COUNT", "COUNTA", "COUNTIF", "COUNTIFS", "EXP",
        "INT", "IRR", "LARGE", "LN", "LOG", "LOG10", "MAX", "MEDIAN", "MIN", "MOD", "NOT", "NPV", "OR",
        "PERCENTILE", "PERCENTILE.INC", "PMT", "PRODUCT", "PV", "ROUND", "ROUNDDOWN", "ROUNDUP", "SMALL",
        "SQRT", "STDEV", "STDEV.S", "SUM", "SUMIF", "SUMIFS", "SUMPRODUCT", "SUMSQ", "VAR", "VAR.S", "XIRR",
        "XNPV",
    )
)  # fmt: skip
_CHOOSING = {"IF": 1, "IFERROR": 0, "IFNA": 0, "CHOOSE": 1}
"""Functions that show one of their arguments, by the first that may be shown."""
_DEEPEST = 100
"""How many cells are followed from an output to what it shows."""


def is_plain(program: Program) -> bool:
    """Whether what a cell hangs on can be told from its formula."""
    return not (program.has_rings or program.has_dynamic or program.tables or program.trial_tables)


def steps_of_draws(program: Program) -> tuple[Step, ...]:
    """The steps that make the formulas with draws and all that these read, in order; of a plain program."""
    facts = FactBook(program.lambdas)
    wanted: set[int] = set()
    waiting = [site.formula for site in program.draws]
    while waiting:
        number = waiting.pop()
        if number in wanted:
            continue
        wanted.add(number)
        waiting.extend(precedents(program, facts, program.formulas[number]))
    steps = sorted((*program.fixed, *program.varying), key=lambda step: step.level)
    kept = ((tuple(n for n in step.formulas if n in wanted), step) for step in steps)
    return tuple(Step(formulas, step.level, step.is_ring) for formulas, step in kept if formulas)


def shows_no_text(program: Program, cell: CellId) -> bool:
    """Whether the formula in a cell cannot give a text, whatever it is computed from; False where that is not plain."""
    for _ in range(_DEEPEST):
        number = program.producers.get(cell)
        if number is None or program.formulas[number].is_array:
            return False
        formula = program.formulas[number]
        if not isinstance(formula.tree, CellReference):
            return _is_numeric(formula.tree)
        areas = list(areas_of((formula.tree,), formula.sheet, formula.row, formula.column, program.sheets))
        if len(areas) != 1:
            return False
        cell = areas[0].sheet, areas[0].top, areas[0].left
    return False


def _is_numeric(tree: Node) -> bool:
    if isinstance(tree, Binary):
        return tree.operator in _CALCULATIONS
    if isinstance(tree, Unary):
        return tree.operator in ("-", "%")
    if isinstance(tree, Call):
        first = _CHOOSING.get(tree.name)
        return tree.name in _NUMERIC if first is None else all(map(_is_numeric, tree.arguments[first:]))
    return isinstance(tree, Number | Boolean | ErrorValue)


__all__ = ["is_plain", "shows_no_text", "steps_of_draws"]
