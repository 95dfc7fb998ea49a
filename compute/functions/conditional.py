"""Totals and counts over the cells that meet criteria (COUNTIF, SUMIFS, AVERAGEIF, MAXIFS and their kin)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from compute.errors import ErrorCode
from compute.functions.aggregates import greatest, least, mean_of
from compute.functions.call import fit_to
from compute.functions.criteria import Cells, matches
from compute.functions.reductions import first_code, flat, ordered_sum, per_lane
from compute.functions.samples import Sample, compact
from compute.functions.signature import CallContext, CellFailure, CellsDiffer, Operand, any_value, cells, function
from compute.values import Area, Array, Booleans, Codes, Kind, Reference, blank, stack

Selected = Callable[[Sample], Array]


def _sum(sample: Sample) -> Array:
    return per_lane(ordered_sum(sample.values), codes=sample.codes)


def selected(values: Array, met: Booleans) -> Sample:
    """The numbers among ``values`` where ``met`` (elements, lanes); errors only where met."""
    numbers = flat(values.numbers)
    kinds = None if values.kinds is None else values.kinds.reshape(numbers.shape)
    shape = np.broadcast_shapes(numbers.shape, met.shape)
    numbers = np.broadcast_to(numbers, shape)
    codes: Codes | None = None
    if kinds is not None:
        kinds = np.where(met, kinds, np.uint8(Kind.BLANK))
        codes = first_code(numbers, kinds)
        met = kinds == Kind.NUMBER
    met = np.broadcast_to(met, shape)
    return compact(np.where(met, numbers, 0.0), met, codes)


def _same_size(context: CallContext, arrays: Sequence[Operand]) -> list[Array]:
    """The ranges' values, brought to one size where whole columns end at different last rows; else #VALUE!."""
    sizes = [_size(o) for o in arrays]
    if any(size != sizes[0] for size in sizes):
        raise CellFailure(ErrorCode.VALUE)
    rows = max(o.array.rows for o in arrays)
    columns = max(o.array.columns for o in arrays)
    return [extended(o.array, rows, columns) for o in arrays]


def _size(operand: Operand) -> tuple[int, int]:
    if operand.reference is None:
        return operand.array.rows, operand.array.columns
    return operand.reference.area.rows, operand.reference.area.columns


def extended(array: Array, rows: int, columns: int) -> Array:
    """The array with blanks below and to the right up to that size."""
    if array.columns < columns:
        empty = blank().broadcast(array.rows, columns - array.columns, 1)
        array = stack([[array, empty]])
    if array.rows < rows:
        array = stack([[array], [blank().broadcast(rows - array.rows, columns, 1)]])
    return array


def _each_criterion(criteria: Sequence[Array]) -> Iterator[list[Array]]:
    """The single criteria for each element of the result; criteria arrays of several elements give an array."""
    rows = max(c.rows for c in criteria)
    columns = max(c.columns for c in criteria)
    fitted = [c if c.is_single else fit_to(c, rows, columns) for c in criteria]
    for row in range(rows):
        for column in range(columns):
            yield [c if c.is_single else c.cell(row, column) for c in fitted]


def _grid(criteria: Sequence[Array], found: list[Array]) -> Array:
    columns = max(c.columns for c in criteria)
    if len(found) == 1:
        return found[0]
    return stack([found[i : i + columns] for i in range(0, len(found), columns)])


def where_all(ranges: Sequence[Cells], criteria: Sequence[Array]) -> Booleans:
    """Where every range meets its criterion, shape (elements, lanes)."""
    met = matches(ranges[0], criteria[0])
    for part, criterion in zip(ranges[1:], criteria[1:], strict=True):
        met = met & matches(part, criterion)
    return met


def _over(
    context: CallContext, values: Array, ranges: Sequence[Array], criteria: Sequence[Array], pick: Selected
) -> Array:
    tested = [Cells(r, context.date_1904) for r in ranges]
    return _grid(criteria, [pick(selected(values, where_all(tested, c))) for c in _each_criterion(criteria)])


def _pairs(arguments: Sequence[Operand | Array | None]) -> tuple[list[Operand], list[Array]]:
    ranges = [a for a in arguments[::2] if isinstance(a, Operand)]
    criteria = [_criterion(a) for a in arguments[1::2]]
    if len(ranges) != len(criteria):
        raise CellFailure(ErrorCode.VALUE)
    return ranges, criteria


def _criterion(argument: Operand | Array | None) -> Array:
    if argument is None:
        return blank()
    return argument.array if isinstance(argument, Operand) else argument


_IFS = (
    cells("criteria_range"),
    any_value("criteria"),
    cells("more_range", optional=True, repeating=True),
    any_value("more_criteria", optional=True, repeating=True),
)


@function("COUNTIFS", *_IFS, group=2)
@function("COUNTIF", cells("range"), any_value("criteria"))
def count_if(context: CallContext, *arguments: Operand | Array | None) -> Array:
    """How many cells meet all criteria."""
    ranges, criteria = _pairs(arguments)
    padding = _cells_beyond(ranges)
    tested = [Cells(r, context.date_1904) for r in _same_size(context, ranges)]
    found = []
    for single in _each_criterion(criteria):
        counts = where_all(tested, single).sum(axis=0).astype(np.float64)
        if padding:
            beyond = [Cells(blank(), context.date_1904) for _ in tested]
            counts = counts + padding * where_all(beyond, single)[0]
        found.append(per_lane(counts))
    return _grid(criteria, found)


def _cells_beyond(ranges: Sequence[Operand]) -> int:
    """How many cells of a whole column or row lie beyond the used ones, and so are blank in every range."""
    rows, columns = _size(ranges[0])
    used = max(o.array.rows for o in ranges) * max(o.array.columns for o in ranges)
    return max(0, rows * columns - used)


def _register_many(name: str, pick: Selected) -> None:
    def implementation(context: CallContext, values: Operand, *arguments: Operand | Array | None) -> Array:
        ranges, criteria = _pairs(arguments)
        sized = _same_size(context, [values, *ranges])
        return _over(context, sized[0], sized[1:], criteria, pick)

    function(name, cells("values"), *_IFS, group=2)(implementation)


def _register_one(name: str, pick: Selected) -> None:
    def implementation(
        context: CallContext, tested: Operand, criterion: Array | None, values: Operand | None = None
    ) -> Array:
        added = tested.array if values is None else _anchored(context, values, tested.array)
        return _over(context, added, [tested.array], [_criterion(criterion)], pick)

    function(name, cells("range"), any_value("criteria"), cells("values", optional=True))(implementation)


def _anchored(context: CallContext, values: Operand, tested: Array) -> Array:
    """The cells to add: as many as are tested, from the first cell of ``values`` on, as Excel does for SUMIF."""
    size = (tested.rows, tested.columns)
    if values.array.rows >= size[0] and values.array.columns >= size[1]:
        return values.array.part(slice(0, size[0]), slice(0, size[1]))
    if values.reference is not None:
        if context.batched:
            raise CellsDiffer
        area = values.reference.area
        wanted = Area(area.sheet, area.top, area.left, area.top + size[0] - 1, area.left + size[1] - 1)
        return extended(context.dereference(Reference((wanted,))), *size)
    return extended(values.array.part(slice(0, size[0]), slice(0, size[1])), *size)


for _name, _pick in (("SUM", _sum), ("AVERAGE", mean_of)):
    _register_one(_name + "IF", _pick)
    _register_many(_name + "IFS", _pick)
_register_many("MINIFS", least)
_register_many("MAXIFS", greatest)
