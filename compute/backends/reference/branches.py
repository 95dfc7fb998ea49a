"""IF, IFS, CHOOSE and SWITCH: only what is asked for is computed, and a branch that is a place is handed on as one.

Where iterations take different branches, each keeps the place of its own: SUM leaves out a text that comes from a
cell and counts one that stands in the formula. Lanes whose branches differ in size are computed apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from compute.backends.reference import operators
from compute.backends.reference.context import Context
from compute.backends.reference.frame import Frame, Indices
from compute.errors import ErrorCode
from compute.formulas import ast
from compute.functions import LanesDiffer
from compute.functions.call import common_rectangle, fit_to
from compute.values import (
    Array,
    Booleans,
    Codes,
    Kind,
    Located,
    Reference,
    boolean,
    error,
    numeric,
    select,
    to_booleans,
    to_numbers,
    with_errors,
)

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator

Value = Any
Branch = ast.Node | Array
Choices = npt.NDArray[np.intp]
"""For each lane the number of the branch that it takes."""
MOST_BRANCHES = 256
"""More than a call has arguments."""


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


def hands_on_place(node: ast.Node) -> bool:
    """Whether a call may give one of the cells that it is given, and not only what is in it."""
    if not isinstance(node, ast.Call):
        return isinstance(node, ast.CellReference | ast.RangeReference)
    arguments = node.arguments
    if node.name in ("IF", "CHOOSE"):
        results = arguments[1:]
    elif node.name == "IFS":
        results = arguments[1::2]
    elif node.name == "SWITCH":
        results = (*arguments[2::2], *arguments[-1:])
    else:
        return False
    return any(hands_on_place(r) for r in results)


def has_more_than_numbers(value: Value) -> bool:
    """Whether an array holds what counts in a cell otherwise than in a formula: texts, booleans, blanks."""
    if not isinstance(value, Array) or value.kinds is None:
        return False
    return not np.isin(value.kinds, (Kind.NUMBER, Kind.ERROR)).all()


def elements(evaluator: Evaluator, branch: Branch, frame: Frame) -> Array:
    """A branch's elements, where no place is wanted."""
    if isinstance(branch, Array):
        return branch
    return numeric(0.0) if isinstance(branch, ast.Omitted) else evaluator.scalar(branch, frame)


def whole(evaluator: Evaluator, branch: Branch, frame: Frame) -> Value:
    """A branch's value, a place where it is one and places are wanted."""
    if isinstance(branch, Array):
        return branch
    return numeric(0.0) if isinstance(branch, ast.Omitted) else evaluator.evaluate(branch, frame)


def pick(evaluator: Evaluator, frame: Frame, taken: Choices, branches: Sequence[Branch], codes: Codes | None) -> Value:
    """The branch that each lane takes; ``codes`` are errors that come instead."""
    used = sorted(set(taken.tolist()))
    if len(used) == 1 and codes is None:
        return whole(evaluator, branches[used[0]], frame)
    labels = taken if codes is None else taken + len(branches) * codes[0, 0].astype(np.intp)
    values: dict[int, Value] = {}
    for branch in used:
        own = frame
        if evaluator.depth:  # recursion ends only where each branch sees its own lanes
            own = frame.narrowed(np.flatnonzero(np.broadcast_to(taken == branch, (frame.lanes,))))
        seen = whole if frame.places else elements
        try:
            values[branch] = seen(evaluator, branches[branch], own)
        except LanesDiffer:
            if own is frame:
                raise
            raise LanesDiffer(_numbered(labels, frame.lanes)) from None
    sizes = {_size(evaluator, v, frame) for v in values.values()}
    if len(sizes) > 1 or (frame.places and sizes != {(1, 1)}):
        raise LanesDiffer(_numbered(labels, frame.lanes))
    value = _merged(evaluator, frame, taken, values)
    failed = with_errors(value, codes)
    if not isinstance(value, Located) or codes is None:
        return failed
    return Located(failed.numbers, failed.kinds, failed.texts, np.broadcast_to(labels, (failed.lanes,)))


def _numbered(labels: Choices, lanes: int) -> Choices:
    return np.unique(np.broadcast_to(labels, (lanes,)), return_inverse=True)[1].reshape(-1)


def _size(evaluator: Evaluator, value: Value, frame: Frame) -> tuple[int, int]:
    if isinstance(value, Reference):
        return (value.area.rows, value.area.columns) if len(value.areas) == 1 else (0, 0)
    array = evaluator.dereferenced(value, frame)
    return array.rows, array.columns


def _merged(evaluator: Evaluator, frame: Frame, taken: Choices, values: dict[int, Value]) -> Array:
    arrays = {k: evaluator.dereferenced(v, frame) for k, v in values.items()}
    lanes = frame.lanes if evaluator.depth else max(len(taken), *(a.lanes for a in arrays.values()))
    spread = np.broadcast_to(taken, (lanes,))
    parts: list[tuple[Indices, Array]] = []
    places = spread.astype(np.int64)
    for branch, array in arrays.items():
        here = np.flatnonzero(spread == branch)
        own = array if array.lanes in (1, len(here)) and evaluator.depth else array.take_lanes(here)
        parts.append((here, own))
        if isinstance(own, Located):
            places[here] += MOST_BRANCHES * (own.labels + 1)
    value = merge_lanes(parts, lanes)
    if not any(isinstance(v, Reference | Located) for v in values.values()):
        return value
    return Located(value.numbers, value.kinds, value.texts, places)


def branch_if(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    """IF: a condition over several elements chooses element by element."""
    if not 2 <= len(node.arguments) <= 3:
        return error(ErrorCode.VALUE)
    condition = evaluator.scalar(node.arguments[0], frame)
    flags, codes = to_booleans(condition)
    if codes is not None and bool((codes != 0).all()):
        return with_errors(condition, codes)
    no: Branch = node.arguments[2] if len(node.arguments) == 3 else boolean(False)
    if condition.is_single:
        taken = np.where(flags[0, 0], 0, 1)
        return pick(evaluator, frame, taken, (node.arguments[1], no), codes)
    yes = elements(evaluator, node.arguments[1], frame)
    return _with_failed(choose(flags, yes, elements(evaluator, no, frame)), codes)


def branch_choose(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    """CHOOSE: the value of that number, #VALUE! where there is none."""
    if len(node.arguments) < 2:
        return error(ErrorCode.VALUE)
    index = evaluator.scalar(node.arguments[0], frame)
    numbers, codes = to_numbers(index, evaluator.date_1904)
    positions = np.trunc(numbers)
    outside = (positions < 1) | (positions >= len(node.arguments))
    if index.is_single:
        branches: list[Branch] = [error(ErrorCode.VALUE), *node.arguments[1:]]
        taken = np.where(outside, 0, positions)[0, 0].astype(np.intp)
        return with_errors(index, codes) if _all_failed(codes) else pick(evaluator, frame, taken, branches, codes)
    value = error(ErrorCode.VALUE)
    for position in np.unique(positions[~outside]).tolist():
        value = choose(positions == position, elements(evaluator, node.arguments[int(position)], frame), value)
    return _with_failed(value, codes)


def _all_failed(codes: Codes | None) -> bool:
    return codes is not None and bool((codes != 0).all())


def branch_ifs(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    """IFS: the first true condition decides, none at all is #N/A."""
    if len(node.arguments) % 2 or not node.arguments:
        return error(ErrorCode.VALUE)

    def condition(place: int) -> tuple[Booleans, Codes | None]:
        return to_booleans(evaluator.scalar(node.arguments[2 * place], frame))

    results = node.arguments[1::2]
    return _first_true(evaluator, frame, condition, results, error(ErrorCode.NA))


def branch_switch(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    """SWITCH: the result beside the first case that equals the subject, else the default, else #N/A."""
    if len(node.arguments) < 3:
        return error(ErrorCode.VALUE)
    subject = evaluator.scalar(node.arguments[0], frame)
    failed = subject.errors()
    if failed is not None and (failed != 0).all():
        return subject
    rest = node.arguments[1:]
    default: Branch = rest[-1] if len(rest) % 2 else error(ErrorCode.NA)

    def condition(place: int) -> tuple[Booleans, Codes | None]:
        case = evaluator.scalar(rest[2 * place], frame)
        flags, _ = to_booleans(operators.apply("=", subject, case, Context(evaluator, frame)))
        return flags, failed

    return _first_true(evaluator, frame, condition, rest[1::2], default)


def _first_true(
    evaluator: Evaluator,
    frame: Frame,
    condition: Callable[[int], tuple[Booleans, Codes | None]],
    results: Sequence[ast.Node],
    otherwise: Branch,
) -> Value:
    """The result of the first condition that is true; conditions are computed as long as a lane is undecided."""
    count = len(results)
    taken, codes = np.full(1, count, np.intp), np.zeros((1, 1, 1), np.uint8)
    for place in range(count):
        flags, failed = condition(place)
        if flags.shape[:2] != (1, 1):
            return _element_by_element(evaluator, frame, condition, results, otherwise)
        is_open = (taken == count) & (codes[0, 0] == 0)
        if failed is not None:
            codes = np.where(is_open & (failed != 0), failed, codes).astype(np.uint8)
        taken = np.where(is_open & flags[0, 0] & (codes[0, 0] == 0), place, taken)
        if ((taken < count) | (codes[0, 0] != 0)).all():
            break
    if (codes != 0).all():
        return with_errors(numeric(np.zeros(codes.shape)), codes)
    return pick(evaluator, frame, taken, (*results, otherwise), codes if codes.any() else None)


def _element_by_element(
    evaluator: Evaluator,
    frame: Frame,
    condition: Callable[[int], tuple[Booleans, Codes | None]],
    results: Sequence[ast.Node],
    otherwise: Branch,
) -> Array:
    value = elements(evaluator, otherwise, frame)
    for place in reversed(range(len(results))):
        flags, codes = condition(place)
        chosen = elements(evaluator, results[place], frame) if flags.any() else value
        value = _with_failed(choose(flags, chosen, value), codes)
    return value


def _with_failed(value: Array, codes: Codes | None) -> Array:
    """The errors of a condition over what it chose; the two need not have the same rectangle."""
    if codes is None or not codes.any():
        return value
    return choose(codes != 0, with_errors(numeric(np.zeros(codes.shape)), codes), value)


def replace_errors(evaluator: Evaluator, node: ast.Call, frame: Frame, only: ErrorCode | None) -> Value:
    """IFERROR (``only`` is None) and IFNA: the second argument where the first is an error."""
    if len(node.arguments) != 2:
        return error(ErrorCode.VALUE)
    value = evaluator.scalar(node.arguments[0], frame.as_places(False))
    codes = value.errors()
    if codes is None:
        return value
    failed = codes != 0 if only is None else codes == only
    if not failed.any():
        return value
    other = elements(evaluator, node.arguments[1], frame.as_places(False))
    if value.is_single and not other.is_single and not failed.all():
        raise LanesDiffer(np.broadcast_to(failed[0, 0], (frame.lanes,)).astype(np.intp))
    return choose(failed, other, value)


def branch_if_error(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    """IFERROR."""
    return replace_errors(evaluator, node, frame, None)


def branch_if_na(evaluator: Evaluator, node: ast.Call, frame: Frame) -> Value:
    """IFNA."""
    return replace_errors(evaluator, node, frame, ErrorCode.NA)
