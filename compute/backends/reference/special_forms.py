"""Forms with rules of their own: conditionals that compute only what is asked for, names, and functions as values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from compute.backends.reference import operators
from compute.backends.reference.context import Context
from compute.backends.reference.frame import Frame, Indices
from compute.backends.reference.lambdas import Lambda, Missing
from compute.errors import ErrorCode
from compute.formulas import ast
from compute.functions.call import common_rectangle, fit_to
from compute.program.special import SPECIAL_FORMS
from compute.values import (
    Array,
    Booleans,
    Codes,
    blank,
    boolean,
    error,
    numeric,
    select,
    stack,
    to_booleans,
    to_numbers,
    with_errors,
)

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator

Value = Any


def choose(condition: Booleans, yes: Array, no: Array) -> Array:
    """Elementwise choice between arrays of different rectangles, as an array formula shows it."""
    shapes = [condition.shape[:2], (yes.rows, yes.columns), (no.rows, no.columns)]
    rows, columns = max(s[0] for s in shapes), max(s[1] for s in shapes)
    outside: Codes | None = None
    if condition.shape[:2] != (rows, columns):
        flag = fit_to(boolean(condition), rows, columns)
        condition, outside = flag.numbers != 0, flag.errors()
    fitted = [a if (a.rows, a.columns) in ((1, 1), (rows, columns)) else fit_to(a, rows, columns) for a in (yes, no)]
    return with_errors(select(condition, *fitted), outside)


def _branch(evaluator: Evaluator, node: ast.Node | None, frame: Frame, absent: Array) -> Value:
    if node is None:
        return absent
    return numeric(0.0) if isinstance(node, ast.Omitted) else evaluator.evaluate(node, frame)


def _if(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    if not 2 <= len(node.arguments) <= 3:
        return error(ErrorCode.VALUE)
    condition = evaluator.scalar(node.arguments[0], frame)
    flags, codes = to_booleans(condition)
    yes_node, no_node = node.arguments[1], node.arguments[2] if len(node.arguments) == 3 else None
    no_absent = boolean(False)
    if codes is None and flags.size and (flags.all() or not flags.any()) and condition.is_single:
        return _branch(evaluator, yes_node if flags.all() else no_node, frame, no_absent)
    if codes is not None and bool((codes != 0).all()):
        return with_errors(condition, codes)
    value = _split(evaluator, flags, yes_node, no_node, frame)
    return with_errors(value, codes)


def _split(
    evaluator: Evaluator, flags: Booleans, yes: ast.Node, no: ast.Node | None, frame: Frame, absent: Array | None = None
) -> Array:
    """Both branches and the choice between them; inside a LAMBDA each branch sees its own lanes only, so that recursion
    ends.
    """
    absent = boolean(False) if absent is None else absent
    if evaluator.depth and flags.shape[:2] == (1, 1) and flags.shape[2] > 1:
        return _by_lanes(
            [(np.flatnonzero(mask), branch) for mask, branch in ((flags[0, 0], yes), (~flags[0, 0], no))],
            lambda branch, own: _elements(evaluator, branch, own, absent),
            frame,
        )
    return choose(flags, _elements(evaluator, yes, frame, absent), _elements(evaluator, no, frame, absent))


def _elements(evaluator: Evaluator, node: ast.Node | None, frame: Frame, absent: Array) -> Array:
    if node is None:
        return absent
    return numeric(0.0) if isinstance(node, ast.Omitted) else evaluator.scalar(node, frame)


def _by_lanes(groups: Sequence[tuple[Indices, Any]], compute: Callable[[Any, Frame], Array], frame: Frame) -> Array:
    """A value computed group by group of lanes and put together again."""
    parts = [(lanes, compute(what, frame.narrowed(lanes))) for lanes, what in groups if len(lanes)]
    return merge_lanes(parts, sum(len(lanes) for lanes, _ in parts))


def merge_lanes(parts: Sequence[tuple[Indices, Array]], lanes: int) -> Array:
    """Arrays of disjoint lanes as one; smaller rectangles are padded with #N/A."""
    rows, columns = common_rectangle([a for _, a in parts])
    fitted = [(i, a if (a.rows, a.columns) == (rows, columns) else fit_to(a, rows, columns)) for i, a in parts]
    numbers = np.zeros((rows, columns, lanes))
    kinds = np.zeros((rows, columns, lanes), np.uint8) if any(a.kinds is not None for _, a in fitted) else None
    texts = np.full((rows, columns, lanes), "", object) if any(a.texts is not None for _, a in fitted) else None
    for indices, part in fitted:
        numbers[..., indices] = part.numbers
        if kinds is not None:
            kinds[..., indices] = part.kind_array()
        if texts is not None:
            texts[..., indices] = part.text_array()
    return Array(numbers, kinds, texts)


def _if_error(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    return _replace_errors(evaluator, node, frame, None)


def _if_na(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    return _replace_errors(evaluator, node, frame, ErrorCode.NA)


def _replace_errors(evaluator: Evaluator, node: ast.Call, frame: Frame, only: ErrorCode | None) -> Value:
    if len(node.arguments) != 2:
        return error(ErrorCode.VALUE)
    value = evaluator.scalar(node.arguments[0], frame)
    codes = value.errors()
    if codes is None:
        return value
    failed = codes != 0 if only is None else codes == only
    if not failed.any():
        return value
    other = _elements(evaluator, node.arguments[1], frame, blank())
    return choose(failed, other, value)


def _choose(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    if len(node.arguments) < 2:
        return error(ErrorCode.VALUE)
    index = evaluator.scalar(node.arguments[0], frame)
    numbers, codes = to_numbers(index, evaluator.date_1904)
    positions = np.trunc(numbers)
    distinct = np.unique(positions)
    if codes is None and len(distinct) == 1 and index.is_single:
        position = int(distinct[0])
        if not 1 <= position < len(node.arguments):
            return error(ErrorCode.VALUE)
        return _branch(evaluator, node.arguments[position], frame, blank())
    value = error(ErrorCode.VALUE)
    for position in distinct.tolist():
        if 1 <= position < len(node.arguments):
            branch = _elements(evaluator, node.arguments[int(position)], frame, blank())
            value = choose(positions == position, branch, value)
    return with_errors(value, codes)


def _ifs(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    if len(node.arguments) % 2 or not node.arguments:
        return error(ErrorCode.VALUE)
    return _chain(evaluator, node.arguments, frame)


def _chain(evaluator: Evaluator, arguments: tuple[ast.Node, ...], frame: Frame) -> Value:
    """IFS as nested IFs: the first true condition decides, none at all is #N/A."""
    if not arguments:
        return error(ErrorCode.NA)
    flags, codes = to_booleans(evaluator.scalar(arguments[0], frame))
    single = flags.shape[:2] == (1, 1)
    if single and codes is None and flags.all():
        return _branch(evaluator, arguments[1], frame, blank())
    if single and codes is None and not flags.any():
        return _chain(evaluator, arguments[2:], frame)
    rest = evaluator.dereferenced(_chain(evaluator, arguments[2:], frame), frame)
    return with_errors(choose(flags, _elements(evaluator, arguments[1], frame, blank()), rest), codes)


def _switch(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    if len(node.arguments) < 3:
        return error(ErrorCode.VALUE)
    subject = evaluator.scalar(node.arguments[0], frame)
    rest = node.arguments[1:]
    default = rest[-1] if len(rest) % 2 else None
    pairs = list(zip(rest[0::2], rest[1::2], strict=False))
    value = error(ErrorCode.NA) if default is None else _elements(evaluator, default, frame, blank())
    for case, result in reversed(pairs):
        equal = operators.apply("=", subject, evaluator.scalar(case, frame), Context(evaluator, frame))
        flags, _ = to_booleans(equal)
        if flags.any():
            value = choose(flags, _elements(evaluator, result, frame, blank()), value)
    return with_errors(value, subject.errors())


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


def _callee(evaluator: Evaluator, node: ast.Node, frame: Frame) -> Lambda | None:
    value = evaluator.evaluate(node, frame)
    return value if isinstance(value, Lambda) else None


def _one(value: Array) -> Array:
    """A lambda's result where one element is wanted."""
    return value if value.is_single else error(ErrorCode.CALC)


def _map(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    function = _callee(evaluator, node.arguments[-1], frame) if len(node.arguments) > 1 else None
    if function is None:
        return error(ErrorCode.VALUE)
    arrays = [evaluator.array(a, frame.as_array()) for a in node.arguments[:-1]]
    rows, columns = common_rectangle(arrays)
    arrays = [a if (a.rows, a.columns) == (rows, columns) else fit_to(a, rows, columns) for a in arrays]
    return stack([[_one(function([a.cell(r, c) for a in arrays])) for c in range(columns)] for r in range(rows)])


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
    function = _callee(evaluator, node.arguments[-1], frame) if len(node.arguments) >= 2 else None
    if function is None:
        return error(ErrorCode.VALUE)
    array = evaluator.array(node.arguments[-2], frame.as_array())
    start = numeric(0.0) if len(node.arguments) == 2 else _elements(evaluator, node.arguments[0], frame, blank())
    steps = [start]
    for element in array.elements():
        steps.append(function([steps[-1], element]))
    return steps, (array.rows, array.columns)


def _by_row(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    return _by(evaluator, node, frame, lambda a: [[a.part(slice(r, r + 1), slice(None))] for r in range(a.rows)])


def _by_column(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    return _by(evaluator, node, frame, lambda a: [[a.part(slice(None), slice(c, c + 1)) for c in range(a.columns)]])


def _by(evaluator: Evaluator, node: ast.Call, frame: Frame, cut: Callable[[Array], list[list[Array]]]) -> Value:
    function = _callee(evaluator, node.arguments[1], frame) if len(node.arguments) == 2 else None
    if function is None:
        return error(ErrorCode.VALUE)
    array = evaluator.array(node.arguments[0], frame.as_array())
    return stack([[_one(function([part])) for part in row] for row in cut(array)])


def _make_array(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    function = _callee(evaluator, node.arguments[2], frame) if len(node.arguments) == 3 else None
    if function is None:
        return error(ErrorCode.VALUE)
    context_sizes: list[int] = []
    for argument in node.arguments[:2]:
        numbers, codes = to_numbers(evaluator.scalar(argument, frame), evaluator.date_1904)
        if codes is not None or numbers.min() != numbers.max() or numbers.flat[0] < 1:
            return error(ErrorCode.VALUE)
        context_sizes.append(int(numbers.flat[0]))
    rows, columns = context_sizes
    return stack([[_one(function([numeric(r + 1.0), numeric(c + 1.0)])) for c in range(columns)] for r in range(rows)])


SPECIAL: dict[str, Callable[[Evaluator, ast.Call, Frame], Value]] = {
    "IF": _if,
    "IFS": _ifs,
    "IFERROR": _if_error,
    "IFNA": _if_na,
    "CHOOSE": _choose,
    "SWITCH": _switch,
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

__all__ = ["SPECIAL", "choose", "merge_lanes", "variable_name"]
