"""Reading SUMIFS, COUNTIFS and their kin.

What a fixed range and a fixed criterion decide is decided here: only the cells they let through are read. What remains
compares numbers that vary, with a number that may vary.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from compute.backends.native.arguments import Ints, Reader, has_mixed, height_of, maybe_numbers_of, shape_of, views_of
from compute.backends.native.conditions import bounds_of
from compute.backends.native.criteria_texts import Condition, text_condition
from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Expression, Fixed, Over, Test, View, Where
from compute.backends.native.reading import Reading
from compute.formulas import ast
from compute.formulas.ast import MAX_COLUMN, MAX_ROW
from compute.functions.criteria import Cells, matches, parse_criterion
from compute.values import Array, Kind, parse_number

Mask = npt.NDArray[np.bool_]
_WHOLE: View = ("whole", 0.0)
_EXTREMES = ("least", "greatest")
_TESTS: dict[str, Test] = {"<=": "at_most", ">=": "at_least", "<": "below", ">": "above", "=": "equal", "<>": "outside"}


def _fixed_mask(reading: Reading, tested: ast.RangeReference, criterion: ast.Node) -> Mask:
    """Which fixed cells meet a fixed criterion; (1, elements), or a row for each cell of the line."""
    sheet = reading.sheet(tested.sheets)
    rows, columns = reading.corners_as_cells(tested, sheet)
    wanted = reading.constant_array(criterion)
    masks = []
    for i in range(max(rows.shape[0], wanted.lanes)):
        at = min(i, rows.shape[0] - 1)
        values = reading.around.layout.fixed(sheet, rows[at], columns[at])
        cells = values if values.numbers.ndim == 3 else _as_column(values)
        masks.append(matches(Cells(cells, _has_1904_dates(reading)), _lane(wanted, i))[:, 0])
    return np.array(masks)


def _as_column(values: Array) -> Array:
    """The values of a block of cells as an Array of one lane."""
    shape = (*values.numbers.shape, 1)
    kinds = None if values.kinds is None else values.kinds.reshape(shape)
    texts = None if values.texts is None else values.texts.reshape(shape)
    return Array(values.numbers.reshape(shape), kinds, texts)


def _lane(array: Array, lane: int) -> Array:
    if array.lanes == 1:
        return array
    one = slice(lane, lane + 1)
    kinds = None if array.kinds is None else array.kinds[:, :, one]
    texts = None if array.texts is None else array.texts[:, :, one]
    return Array(array.numbers[:, :, one], kinds, texts)


def _has_1904_dates(reading: Reading) -> bool:
    return reading.around.evaluator.date_1904


def _criterion(reading: Reading, node: ast.Node) -> tuple[str, Expression]:
    """A comparison and the number that is compared with."""
    if reading.is_fixed(node):
        return _fixed_criterion(reading, node)
    if isinstance(node, ast.Binary) and node.operator == "&" and isinstance(node.left, ast.Text):
        if node.left.value not in _TESTS:
            raise NotNative("a criterion that is no comparison with a number is not compiled")
        bound = reading.value(node.right)
        if bound.type != "number":
            raise NotNative("it compares with a truth value or a text")
        return node.left.value, Apply("number", "as_written", (bound,))
    bound = reading.read(node)
    if bound.type != "number":
        raise NotNative("it compares with a truth value")
    return "=", Apply("number", "sound", (bound,))


def _fixed_criterion(reading: Reading, node: ast.Node) -> tuple[str, Expression]:
    wanted = reading.constant_array(node)
    operators, targets = set(), []
    for lane in range(wanted.lanes):
        single = _lane(wanted, lane)
        kind = int(single.kind_array()[0, 0, 0])
        operator = "="
        target: str | float | tuple[str, int] | None = float(single.numbers[0, 0, 0])
        if kind == Kind.TEXT:
            parsed = parse_criterion(str(single.text_array()[0, 0, 0]), _has_1904_dates(reading))
            operator, target = parsed.operator, parsed.target
        elif kind not in (Kind.NUMBER, Kind.BLANK):
            raise NotNative("a criterion that is no comparison with a number is not compiled")
        if operator not in _TESTS or isinstance(target, bool) or not isinstance(target, float):
            raise NotNative("a criterion that is no comparison with a number is not compiled")
        operators.add(operator)
        targets.append(target)
    if len(operators) > 1:
        raise NotNative("its criteria differ from cell to cell")
    values = np.array(np.broadcast_to(np.array(targets), (reading.line.length,)))
    return operators.pop(), Fixed("number", values)


def _keys(reading: Reading, tested: ast.RangeReference, operator: str) -> Ints:
    """The cells that are compared with a number: texts that read as one are equal to it, and never more or less."""
    if operator in ("=", "<>"):
        sheet = reading.sheet(tested.sheets)
        rows, columns = reading.corners_as_cells(tested, sheet)
        fixed = reading.around.layout.fixed(sheet, rows, columns)
        texts = set(fixed.text_array()[fixed.kind_array() == Kind.TEXT].tolist())
        places = reading.around.layout.varying(sheet, rows, columns)
        texts.update(reading.around.vocabulary.of(reading.text_words(places)))
        if any(parse_number(t, _has_1904_dates(reading)) is not None for t in texts):
            raise NotNative("a text among the cells may read as the number")
    return maybe_numbers_of(reading, tested, np.nan)


def _conditions(
    reading: Reading, pairs: list[tuple[ast.Node, ast.Node]], size: tuple[int, int]
) -> tuple[Mask, list[Condition]]:
    mask = np.ones((1, size[0] * size[1]), np.bool_)
    conditions = []
    for tested, criterion in pairs:
        if not isinstance(tested, ast.RangeReference) or isinstance(criterion, ast.RangeReference | ast.Omitted):
            raise NotNative("it is compiled for ranges and single criteria")
        if shape_of(reading, tested) != size:
            raise NotNative("its ranges differ in size")
        if reading.is_fixed(tested) and reading.is_fixed(criterion):
            mask = mask & _fixed_mask(reading, tested, criterion)
            continue
        conditions.append(text_condition(reading, tested, criterion) or _comparison(reading, tested, criterion))
    return mask, conditions


def _comparison(reading: Reading, tested: ast.RangeReference, criterion: ast.Node) -> Condition:
    operator, bound = _criterion(reading, criterion)
    is_written = isinstance(bound, Apply) and bound.operation == "as_written"
    bounds = (bound,) * bounds_of(_TESTS[operator])
    return Condition(_keys(reading, tested, operator), _TESTS[operator], bounds, is_written)


def _chosen(places: list[Ints], mask: Mask, fillers: list[int]) -> list[Ints]:
    """The places where the mask holds, those of each cell of the line side by side; ``fillers`` end shorter rows."""
    height = max(mask.shape[0], height_of(places))
    if mask.shape[0] == 1:
        return [np.ascontiguousarray(np.broadcast_to(p, (height, p.shape[1]))[:, mask[0]]) for p in places]
    width = int(mask.sum(axis=1).max())
    order = np.argsort(~mask, axis=1, kind="stable")[:, :width]
    kept = np.take_along_axis(mask, order, axis=1)
    found = []
    for place, filler in zip(places, fillers, strict=True):
        whole = np.broadcast_to(place, (height, place.shape[1]))
        found.append(np.where(kept, np.take_along_axis(whole, order, axis=1), filler))
    return found


def _is_endless(reading: Reading, node: ast.RangeReference) -> bool:
    rows, columns = (node.top, node.bottom), (node.left, node.right)
    whole = rows[0].value == 1 and rows[1].value == MAX_ROW
    return whole or (columns[0].value == 1 and columns[1].value == MAX_COLUMN)


def _total(
    reading: Reading, operation: str, values: ast.Node | None, pairs: list[tuple[ast.Node, ast.Node]]
) -> Expression:
    """``operation`` is count, total or mean; ``values`` None counts."""
    first = pairs[0][0] if values is None else values
    if not isinstance(first, ast.RangeReference):
        raise NotNative("it is compiled for ranges")
    mask, conditions = _conditions(reading, pairs, shape_of(reading, first))
    length, layout = reading.line.length, reading.around.layout
    nothing = layout.constant(np.nan)
    if values is None:
        if any(_is_endless(reading, p) for p, _ in pairs if isinstance(p, ast.RangeReference)):
            raise NotNative("a count over whole columns is not compiled")
        added, skipped = [], 0
    else:
        assert isinstance(values, ast.RangeReference)
        places = maybe_numbers_of(reading, values, np.nan)
        mask = mask & (places != nothing)
        added, skipped = [places], layout.constant(0.0)
    is_mixed = bool(added) and has_mixed(reading, added[0])
    if is_mixed and operation in _EXTREMES:
        raise NotNative("a cell of its range holds a number in some iterations alone")
    if operation in _EXTREMES:
        if conditions or mask.shape[0] > 1 or not mask.any():
            raise NotNative("it is compiled for criteria that let the same cells through in every iteration")
        return Over("number", operation, tuple(_chosen(added, mask, [skipped])))
    if not conditions:
        return _unconditional(reading, operation, added, mask)
    if not mask.any():
        raise NotNative("its fixed criteria let no cell through")
    if mask.shape[0] > 1 and all(c.test == "outside" for c in conditions):
        raise NotNative("its fixed criteria let other cells through in each cell")
    if is_mixed and operation == "mean":
        ends = tuple(Fixed("number", np.full(length, end)) for end in (-np.inf, np.inf))
        counted = [Condition(added[0], "between", ends), *conditions]
        parts = _where(reading, "total", added, conditions, mask), _where(reading, "count", [], counted, mask)
        return Apply("number", "divide", parts)
    return _where(reading, operation, added, conditions, mask)


def _unconditional(reading: Reading, operation: str, added: list[Ints], mask: Mask) -> Expression:
    """A count, total or mean of the cells that the mask lets through, which are the same in every iteration."""
    layout, length = reading.around.layout, reading.line.length
    counts = Fixed("number", np.array(np.broadcast_to(mask.sum(axis=1).astype(np.float64), (length,))))
    if not added:
        return counts
    total: Expression = Fixed("number", np.zeros(length))
    if mask.any():
        seen = _chosen(added, mask, [layout.constant(0.0)])
        total = Over("number", "sum", tuple(seen), views=views_of(reading, seen, 0.0))
    if operation == "total":
        return total
    if not has_mixed(reading, added[0]):
        return Apply("number", "divide", (total, counts))
    some = Over("number", "count", tuple(_chosen(added, mask, [layout.constant(np.nan)])))
    return Apply("number", "divide", (total, some))


def _where(reading: Reading, operation: str, added: list[Ints], conditions: list[Condition], mask: Mask) -> Where:
    """``operation`` over those cells that the mask lets through, where they meet conditions."""
    layout = reading.around.layout
    fillers = [*[layout.constant(0.0)] * len(added), *[layout.constant(np.nan)] * len(conditions)]
    chosen = tuple(_chosen([*added, *(c.keys for c in conditions)], mask, fillers))
    bounds = tuple(bound for c in conditions for bound in c.bounds)
    tests, written = tuple(c.test for c in conditions), tuple(c.is_written for c in conditions)
    views: list[View] = [("numbers", 0.0) if has_mixed(reading, a) else _WHOLE for a in added]
    views += [("texts", 0.0) if c.is_text and has_mixed(reading, c.keys) else _WHOLE for c in conditions]
    seen = () if set(views) == {_WHOLE} else tuple(views)
    return Where("number", operation, chosen, bounds, tests, written, views=seen)


def _one(operation: str) -> Reader:
    """COUNTIF, SUMIF and AVERAGEIF: a range, a criterion, and the range to add up."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        if not 2 <= len(arguments) <= (2 if operation == "count" else 3):
            raise NotNative("it has a wrong number of arguments")
        values = None if operation == "count" else arguments[-1] if len(arguments) == 3 else arguments[0]
        return _total(reading, operation, values, [(arguments[0], arguments[1])])

    return read


def _many(operation: str) -> Reader:
    """COUNTIFS, SUMIFS and AVERAGEIFS: pairs of a range and a criterion, after the range to add up."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        values = None if operation == "count" else arguments[0]
        tested = arguments if operation == "count" else arguments[1:]
        if not tested or len(tested) % 2:
            raise NotNative("it has a wrong number of arguments")
        return _total(reading, operation, values, list(zip(tested[::2], tested[1::2], strict=True)))

    return read


CRITERIA_CALLS: dict[str, Reader] = {
    "COUNTIF": _one("count"),
    "SUMIF": _one("total"),
    "AVERAGEIF": _one("mean"),
    "COUNTIFS": _many("count"),
    "SUMIFS": _many("total"),
    "AVERAGEIFS": _many("mean"),
    "MINIFS": _many("least"),
    "MAXIFS": _many("greatest"),
}

__all__ = ["CRITERIA_CALLS"]
