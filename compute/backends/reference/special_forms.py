"""Forms with rules of their own: conditionals that compute only what is asked for, names, and functions as values."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from compute.backends.reference.arguments import refused
from compute.backends.reference.branches import (
    branch_choose,
    branch_if,
    branch_if_error,
    branch_if_na,
    branch_ifs,
    branch_switch,
    elements,
)
from compute.backends.reference.context import Context
from compute.backends.reference.frame import Frame
from compute.backends.reference.lambdas import Lambda, Missing
from compute.errors import ErrorCode, UnsupportedFormula
from compute.formulas import ast
from compute.functions.call import common_rectangle, fit_to
from compute.program.special import SPECIAL_FORMS
from compute.values import (
    Array,
    boolean,
    error,
    numeric,
    stack,
    to_numbers,
)

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator

Value = Any
MOST_MADE = 2**18
"""Elements that MAKEARRAY makes: each is a call of its LAMBDA."""


def _let(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    if len(node.arguments) < 3 or len(node.arguments) % 2 == 0:
        return error(ErrorCode.VALUE)
    for name, value in zip(node.arguments[:-1:2], node.arguments[1:-1:2], strict=True):
        key = variable_name(name)
        if key is None:
            return error(ErrorCode.NAME)
        frame = frame.with_variables({key: evaluator.place(value, frame.as_places(False))})
    return evaluator.evaluate(node.arguments[-1], frame)


def variable_name(node: ast.Node) -> str | None:
    """The name a LET or LAMBDA introduces; ``[x]`` marks an optional parameter."""
    if isinstance(node, ast.NameReference):
        return node.name.casefold()
    if isinstance(node, ast.StructuredReference) and node.table is None and node.first:
        return node.first.casefold()
    return None


def _lambda(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    names = [variable_name(a) for a in node.arguments[:-1]]
    if not node.arguments or any(n is None for n in names):
        return error(ErrorCode.VALUE)
    return Lambda(evaluator, tuple(n for n in names if n is not None), node.arguments[-1], frame)


def _is_omitted(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    if len(node.arguments) != 1:
        return error(ErrorCode.VALUE)
    return boolean(isinstance(evaluator.evaluate(node.arguments[0], frame), Missing))


def _callee(evaluator: Evaluator, node: ast.Call, frame: Frame, minimum: int, maximum: int | None) -> Lambda | Array:
    """The function that a call of so many arguments ends with; the call's error where it is none."""
    if len(node.arguments) < minimum or (maximum is not None and len(node.arguments) > maximum):
        return error(ErrorCode.VALUE)
    value = evaluator.evaluate(node.arguments[-1], frame)
    return value if isinstance(value, Lambda) else refused(value)


def _one(value: Array) -> Array:
    """A lambda's result where one element is wanted."""
    return value if value.is_single else error(ErrorCode.CALC)


def _map(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    function = _callee(evaluator, node, frame, 2, None)
    if isinstance(function, Array):
        return function
    arrays = [evaluator.array(a, frame.as_array()) for a in node.arguments[:-1]]
    rows, columns = common_rectangle(arrays)
    arrays = [a if (a.rows, a.columns) == (rows, columns) else fit_to(a, rows, columns) for a in arrays]

    def made(r: int, c: int) -> Array:
        return _one(function([a.cell(r, c) for a in arrays], frame.called(node, r * columns + c)))

    return stack([[made(r, c) for c in range(columns)] for r in range(rows)])


def _reduce(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    parts = _fold(evaluator, node, frame)
    return parts if isinstance(parts, Array) else parts[0][-1]


def _scan(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    parts = _fold(evaluator, node, frame)
    if isinstance(parts, Array):
        return parts
    steps, shape = parts
    cells = iter(_one(s) for s in steps[1:])
    return stack([[next(cells) for _ in range(shape[1])] for _ in range(shape[0])])


def _fold(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Array | tuple[list[Array], tuple[int, int]]:
    """The accumulator after each element, the start first, and the array's rectangle."""
    function = _callee(evaluator, node, frame, 2, None)
    if isinstance(function, Array):
        return function
    array = evaluator.array(node.arguments[-2], frame.as_array())
    start = numeric(0.0) if len(node.arguments) == 2 else elements(evaluator, node.arguments[0], frame)
    steps = [start]
    for turn, element in enumerate(array.elements()):
        steps.append(function([steps[-1], element], frame.called(node, turn)))
    return steps, (array.rows, array.columns)


def _by_row(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    return _by(evaluator, node, frame, lambda a: [[a.part(slice(r, r + 1), slice(None))] for r in range(a.rows)])


def _by_column(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    return _by(evaluator, node, frame, lambda a: [[a.part(slice(None), slice(c, c + 1)) for c in range(a.columns)]])


def _by(evaluator: Evaluator, node: ast.Call, frame: Frame, cut: Callable[[Array], list[list[Array]]]) -> Value:
    function = _callee(evaluator, node, frame, 2, 2)
    if isinstance(function, Array):
        return function
    array = evaluator.array(node.arguments[0], frame.as_array())
    turns = itertools.count()
    return stack([[_one(function([part], frame.called(node, next(turns)))) for part in row] for row in cut(array)])


def _make_array(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    function = _callee(evaluator, node, frame, 3, 3)
    if isinstance(function, Array):
        return function
    context_sizes: list[int] = []
    for argument in node.arguments[:2]:
        size = evaluator.scalar(argument, frame)
        Context(evaluator, frame).settled(size)
        numbers, codes = to_numbers(size, evaluator.date_1904)
        if codes is not None or numbers.min() != numbers.max() or numbers.flat[0] < 1:
            return error(ErrorCode.VALUE)
        context_sizes.append(int(numbers.flat[0]))
    rows, columns = context_sizes
    if rows > ast.MAX_ROW or columns > ast.MAX_COLUMN:
        return error(ErrorCode.VALUE)
    if rows * columns > MOST_MADE:
        raise UnsupportedFormula(f"MAKEARRAY of {rows:,} × {columns:,} elements; {MOST_MADE:,} at most are made")

    def made(r: int, c: int) -> Array:
        return _one(function([numeric(r + 1.0), numeric(c + 1.0)], frame.called(node, r * columns + c)))

    return stack([[made(r, c) for c in range(columns)] for r in range(rows)])


SPECIAL: dict[str, Callable[[Evaluator, ast.Call, Frame], Value]] = {
    "IF": branch_if,
    "IFS": branch_ifs,
    "IFERROR": branch_if_error,
    "IFNA": branch_if_na,
    "CHOOSE": branch_choose,
    "SWITCH": branch_switch,
    "LET": _let,
    "LAMBDA": _lambda,
    "ISOMITTED": _is_omitted,
    "MAP": _map,
    "REDUCE": _reduce,
    "SCAN": _scan,
    "BYROW": _by_row,
    "BYCOL": _by_column,
    "MAKEARRAY": _make_array,
}
assert set(SPECIAL) == SPECIAL_FORMS, "every special form has its rule"

__all__ = ["SPECIAL", "variable_name"]
