"""GROUPBY and PIVOTBY: a table summed up by one or two sets of keys.

Source: Microsoft's pages of both; what they leave open follows results that Excel 365 stored (libraz/formulon,
tests/oracle/golden): a grand total alone where total_depth is left out, no totals at the side of several value columns.
Layouts that neither states are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from compute.errors import ErrorCode, UnsupportedFormula
from compute.functions.dynamic_arrays import Places, fixed_number, same_mask, taken
from compute.functions.signature import CallContext, CellFailure, Operand, array, callee, function, number
from compute.functions.summary_axes import Axis, Line, Measure, Order, has_headers
from compute.records import dataclass
from compute.values import Array, error, stack, text, to_booleans

NO_HEADERS, HIDDEN, GENERATED, SHOWN = range(4)
BY_COLUMN, BY_ROW, BY_ALL, BY_PARENT_COLUMN, BY_PARENT_ROW = range(5)
_EMPTY = text("")


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """The table without its header: ``members`` are the places of the rows that count."""

    fields: tuple[Array, ...]
    values: Array
    members: Places
    headers: tuple[Array, ...]
    """The header of each of ``fields`` and of ``values``, one row each; none where the table has no header."""
    shows_headers: bool


def _refuse(what: str) -> UnsupportedFormula:
    return UnsupportedFormula(f"{what} is not supported: Excel's layout of it is not known")


def _whole(context: CallContext, argument: Array | None, allowed: Sequence[int]) -> int | None:
    """A number from a list, None where it is left out; #VALUE! for any other."""
    if argument is None or context.constant(argument) is None:
        return None
    given = int(fixed_number(context, argument, 0.0))
    if given not in allowed:
        raise CellFailure(ErrorCode.VALUE)
    return given


def _source(
    context: CallContext, fields: Sequence[Array], values: Array, chosen: Operand | None, headers: Array | None
) -> _Source:
    mode = _whole(context, headers, (NO_HEADERS, HIDDEN, GENERATED, SHOWN))
    if any(f.rows != values.rows for f in fields):
        raise CellFailure(ErrorCode.VALUE)
    skips = has_headers(values) if mode is None else mode in (HIDDEN, SHOWN)
    shows = mode in (GENERATED, SHOWN)
    tables = (*fields, values)
    first = slice(1, None) if skips else slice(None)
    kept = np.ones(values.rows, np.bool_)
    if chosen is not None and not chosen.omitted:
        flags, codes = to_booleans(chosen.array)
        if codes is not None or flags.shape[:2] != (values.rows, 1):
            raise CellFailure(ErrorCode.VALUE)
        kept = same_mask(flags[:, 0])
    members = np.flatnonzero(kept[first])
    if len(members) == 0:
        raise CellFailure(ErrorCode.VALUE)
    rows = tuple(t.part(slice(0, 1), slice(None)) for t in tables) if skips else ()
    return _Source(
        tuple(f.part(first, slice(None)) for f in fields), values.part(first, slice(None)), members, rows, shows
    )


def _functions(given: Any) -> list[Any]:
    """The functions of a call: one, or those stacked."""
    return list(getattr(given, "functions", (given,)))


def _applied(function_value: Any, column: Array, members: Places, everything: Places) -> Array:
    """A function over some rows of a column; one of two arguments also gets the rows it relates them to."""
    arguments = [taken(column, members, slice(None))]
    if function_value.arity > 1:
        arguments.append(taken(column, everything, slice(None)))
    value = function_value(arguments)
    return value if value.is_single else error(ErrorCode.CALC)


def _measure(source: _Source, function_value: Any, order: Order) -> Measure:
    column = source.values.part(slice(None), slice(order.value - 1, order.value)) if order.value else source.values
    return lambda members: _applied(function_value, column, members, source.members)


def _order(context: CallContext, given: Operand | None, fields: int, values: int) -> Order:
    if given is None or given.omitted:
        return Order()
    elements = given.array.elements()
    return Order.of([int(fixed_number(context, e, 0.0)) for e in elements], fields, values)


def _total(depth: int) -> str:
    return "Grand Total" if abs(depth) > 1 else "Total"


def _depth(context: CallContext, given: Array | None) -> int:
    depth = _whole(context, given, range(-255, 256))
    return 1 if depth is None else depth


@function(
    "GROUPBY",
    array("row_fields"),
    array("values"),
    callee("function"),
    number("field_headers", optional=True),
    number("total_depth", optional=True),
    array("sort_order", optional=True),
    array("filter_array", optional=True),
    number("field_relationship", optional=True),
)
def grouped(
    context: CallContext,
    rows: Operand,
    values: Operand,
    given: Any,
    headers: Array | None = None,
    total_depth: Array | None = None,
    sort_order: Operand | None = None,
    chosen: Operand | None = None,
    relationship: Array | None = None,
) -> Array:
    """A table's values summed up by the distinct keys of ``row_fields``.

    Keys must be the same in every lane. #VALUE! for arguments out of their range, and where no row is chosen.
    Functions side by side (HSTACK) stand below a row of their names; other stacks are refused.
    """
    source = _source(context, [rows.array], values.array, chosen, headers)
    functions, axis = _functions(given), Axis(context, source.fields[0], source.members)
    depth, as_table = _depth(context, total_depth), _whole(context, relationship, (0, 1)) == 1
    order = _order(context, sort_order, axis.levels, source.values.columns * len(functions))
    if len(functions) > 1:
        _check_stack(given, source)
    key_function = functions[order.value - 1] if len(functions) > 1 and order.value else functions[0]
    by_value = Order(order.fields, min(order.value, source.values.columns), order.value_falls)
    lines = axis.lines(order, depth, _measure(source, key_function, by_value), as_table=as_table)
    grid = [_group_row(source, axis, line, functions, _total(depth)) for line in lines]
    return stack([*_group_header(source, axis, functions), *grid])


def _check_stack(given: Any, source: _Source) -> None:
    if not given.across:
        raise _refuse("a GROUPBY of functions below each other")
    if source.values.columns > 1 or source.shows_headers:
        raise _refuse("a GROUPBY of several functions over several values or with field headers")


def _group_row(source: _Source, axis: Axis, line: Line, functions: Sequence[Any], total: str) -> list[Array]:
    columns = [source.values.part(slice(None), slice(c, c + 1)) for c in range(source.values.columns)]
    cells = [_applied(f, c, line.members, source.members) for c in columns for f in functions]
    return [*axis.labels(line, total), *cells]


def _group_header(source: _Source, axis: Axis, functions: Sequence[Any]) -> list[list[Array]]:
    if len(functions) > 1:
        return [[*[_EMPTY] * axis.levels, *(text(f.label) for f in functions)]]
    if not source.shows_headers:
        return []
    rows, values = source.headers or _generated(("Row Field", "Value"), source)
    return [[*rows.elements(), *values.elements()]]


@function(
    "PIVOTBY",
    array("row_fields"),
    array("col_fields"),
    array("values"),
    callee("function"),
    number("field_headers", optional=True),
    number("row_total_depth", optional=True),
    array("row_sort_order", optional=True),
    number("col_total_depth", optional=True),
    array("col_sort_order", optional=True),
    array("filter_array", optional=True),
    number("relative_to", optional=True),
)
def pivoted(
    context: CallContext,
    rows: Operand,
    columns: Operand,
    values: Operand,
    given: Any,
    headers: Array | None = None,
    row_depth: Array | None = None,
    row_order: Operand | None = None,
    column_depth: Array | None = None,
    column_order: Operand | None = None,
    chosen: Operand | None = None,
    relative_to: Array | None = None,
) -> Array:
    """A table's values summed up by the keys of ``row_fields`` down and of ``col_fields`` across.

    Empty texts stand where no row has both keys. Keys and errors as GROUPBY's; layouts that nothing states are refused.
    """
    if rows.omitted or columns.omitted or len(_functions(given)) > 1:
        raise _refuse("a PIVOTBY without row or column fields or of several functions")
    source = _source(context, [rows.array, columns.array], values.array, chosen, headers)
    down, across = (Axis(context, f, source.members) for f in source.fields)
    if source.shows_headers and across.levels > 1:
        raise _refuse("a PIVOTBY that shows the headers of several column fields")
    relation = _whole(context, relative_to, range(5)) or BY_COLUMN
    if relation > BY_ALL and given.arity > 1:
        raise _refuse("a PIVOTBY relative to parent totals")
    depths = _depth(context, row_depth), _depth(context, column_depth)
    lines = []
    for axis, depth, order in ((down, depths[0], row_order), (across, depths[1], column_order)):
        asked = _order(context, order, axis.levels, source.values.columns)
        lines.append(axis.lines(asked, depth, _measure(source, given, asked)))
    table = _Pivot(source, given, relation, lines[1])
    body = [[*down.labels(line, _total(depths[0])), *table.cells(line)] for line in lines[0]]
    return stack([*_pivot_header(source, down.levels, across, table, _total(depths[1])), *body])


@dataclass(frozen=True, slots=True, eq=False)
class _Pivot:
    source: _Source
    function: Any
    relation: int
    columns: list[Line]

    @property
    def width(self) -> int:
        return self.source.values.columns

    def cells(self, row: Line) -> list[Array]:
        """The values of one row; totals at the side of several value columns stay empty, as Excel leaves them."""
        found: list[Array] = []
        for column in self.columns:
            both = np.intersect1d(row.members, column.members)
            if len(both) == 0 or (column.depth == 0 and self.width > 1):
                found += [_EMPTY] * self.width
                continue
            whole = (column.members, row.members, self.source.members)[self.relation if self.relation <= BY_ALL else 2]
            for c in range(self.width):
                values = self.source.values.part(slice(None), slice(c, c + 1))
                found.append(_applied(self.function, values, both, whole))
        return found


def _pivot_header(source: _Source, indent: int, across: Axis, table: _Pivot, total: str) -> list[list[Array]]:
    """The rows above the values: the column field's name, the column keys, and the names of row fields and values."""
    labels = [across.labels(line, total) for line in table.columns]
    wide = [label for label in labels for _ in range(table.width)]
    keys = [[*[_EMPTY] * indent, *(label[level] for label in wide)] for level in range(across.levels)]
    if not source.shows_headers:
        return keys
    rows, columns, values = source.headers or _generated(("Row Field", "Column Field", "Value"), source)
    name = [*[_EMPTY] * indent, columns.cell(0, 0), *[_EMPTY] * (len(wide) - 1)]
    below = [*rows.elements(), *(v for _ in labels for v in values.elements())]
    return [name, *keys, below]


def _generated(names: Sequence[str], source: _Source) -> tuple[Array, ...]:
    """Headers for fields and values that have none."""
    tables = (*source.fields, source.values)
    rows = [[text(f"{n} {i + 1}") for i in range(t.columns)] for n, t in zip(names, tables, strict=True)]
    return tuple(stack([row]) for row in rows)


__all__ = ["grouped", "pivoted"]
