"""Lookups whose keys are fixed numbers: one search, shared by all that look up the same key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Expression, Fixed, Over, Pick, Search, Type
from compute.backends.native.mixed_reading import (
    is_error_alone,
    mixed,
    mixed_places,
    of_several_types,
    packed_constants,
)
from compute.backends.native.reading import Reading
from compute.backends.native.text_operations import of_texts
from compute.formulas import ast
from compute.values import Floats, Kind

Ints = npt.NDArray[np.int64]
Strip = Callable[[Reading, ast.RangeReference, int], ast.RangeReference]


def read_match(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """MATCH in fixed keys: 1-based."""
    if not 2 <= len(arguments) <= 3:
        raise NotNative("it has a wrong number of arguments")
    mode = _fixed_number(reading, arguments[2]) if len(arguments) == 3 else 1.0
    if mode < 0:
        raise NotNative("MATCH in descending order is not compiled")
    return _plus(reading, _position(reading, arguments[0], arguments[1], mode == 0), 1.0)


def read_index(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """INDEX of one row or column at a position, or of a rectangle at a fixed row and column."""
    if not 2 <= len(arguments) <= 3 or not isinstance(arguments[0], ast.RangeReference):
        raise NotNative("INDEX is compiled for one range")
    rows, columns = reading.corners_as_cells(arguments[0], reading.sheet(arguments[0].sheets))
    height, width = rows.shape[1], columns.shape[2]
    if any(isinstance(a, ast.Omitted) for a in arguments):
        raise NotNative("an argument is left empty")
    if len(arguments) == 3 and width > 1 and height > 1:
        return _index_of_rectangle(reading, arguments, width, height)
    at = arguments[1]
    if len(arguments) == 3:
        at, other = (arguments[1], arguments[2]) if width == 1 else (arguments[2], arguments[1])
        if not reading.is_fixed(other) or _fixed_number(reading, other) != 1:
            raise NotNative("INDEX outside its row or column is not compiled")
    elif width > 1 and height > 1:
        raise NotNative("INDEX of a rectangle needs a row and a column")
    if reading.is_fixed(at):
        asked = np.trunc(reading.constant(at).values) - 1.0
        if (asked >= 0).all():
            return _picked(reading, arguments[0], Fixed("number", asked))
    return _picked(reading, arguments[0], _place_asked_for(reading.number(at)))


def _place_asked_for(asked: Expression) -> Expression:
    """The 0-based position that INDEX is asked for; one that MATCH found is there."""
    if isinstance(asked, Apply) and asked.operation == "add" and isinstance(asked.parts[0], Search):
        more = asked.parts[1]
        if isinstance(more, Fixed) and (more.values == 1.0).all():
            return asked.parts[0]
    return Apply("number", "position", (asked,))


def _index_of_rectangle(reading: Reading, arguments: tuple[ast.Node, ...], width: int, height: int) -> Expression:
    assert isinstance(arguments[0], ast.RangeReference)
    if not all(reading.is_fixed(a) for a in arguments[1:]):
        raise NotNative("INDEX of a rectangle at a place that varies is not compiled")
    row, column = (np.trunc(reading.constant(a).values).astype(np.int64) for a in arguments[1:])
    if (row < 1).any() or (column < 1).any() or (row > height).any() or (column > width).any():
        raise NotNative("INDEX gives a whole row or column, or lies outside its range")
    return _one_of_each(reading, arguments[0], (row - 1) * width + column - 1)


def read_vertical_lookup(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """VLOOKUP of a number in a fixed first column."""
    return _looked_up(reading, arguments, "VLOOKUP", _column)


def read_horizontal_lookup(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """HLOOKUP of a number in a fixed first row."""
    return _looked_up(reading, arguments, "HLOOKUP", _row)


def _looked_up(reading: Reading, arguments: tuple[ast.Node, ...], name: str, strip: Strip) -> Expression:
    """The ``index``-th ``strip`` of a table, a column or a row, where the first one holds the key."""
    if not 3 <= len(arguments) <= 4 or not isinstance(arguments[1], ast.RangeReference):
        raise NotNative(f"{name} is compiled for one range")
    table = arguments[1]
    index = int(_fixed_number(reading, arguments[2]))
    approximate = _fixed_number(reading, arguments[3]) != 0 if len(arguments) == 4 else True
    rows, columns = reading.corners_as_cells(table, reading.sheet(table.sheets))
    if not 1 <= index <= (columns.shape[2] if strip is _column else rows.shape[1]):
        raise NotNative(f"{name} asks for what lies outside its table")
    position = _position(reading, arguments[0], strip(reading, table, 0), not approximate)
    return _picked(reading, strip(reading, table, index - 1), position)


def read_exact_lookup(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """XLOOKUP of a number among fixed keys, in its plain form."""
    if len(arguments) != 3 or not isinstance(arguments[2], ast.RangeReference):
        raise NotNative("XLOOKUP is compiled with a key, keys and results")
    if not isinstance(arguments[1], ast.RangeReference):
        raise NotNative("XLOOKUP is compiled for a range of keys")
    rows, columns = reading.corners_as_cells(arguments[2], reading.sheet(arguments[2].sheets))
    tested = reading.corners_as_cells(arguments[1], reading.sheet(arguments[1].sheets))
    if (rows.shape[1], columns.shape[2]) != (tested[0].shape[1], tested[1].shape[2]):
        raise NotNative("its keys and results differ in shape")
    return _picked(reading, arguments[2], _position(reading, arguments[0], arguments[1], True, name="XMATCH"))


def read_lookup(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """LOOKUP with a vector of keys and one of results."""
    if len(arguments) != 3 or not isinstance(arguments[2], ast.RangeReference):
        raise NotNative("LOOKUP is compiled with a range of keys and one of results")
    return _picked(reading, arguments[2], _position(reading, arguments[0], arguments[1], False))


def read_choose(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """CHOOSE among values."""
    if len(arguments) < 2 or any(isinstance(a, ast.Omitted | ast.RangeReference) for a in arguments):
        raise NotNative("CHOOSE is compiled for single values")
    kind, parts = branches(reading, arguments[1:])
    return Apply(kind, "choose", (reading.number(arguments[0]), *parts))


def branches(reading: Reading, nodes: Sequence[ast.Node], never_lazy: int = 0) -> tuple[Type, Sequence[Expression]]:
    """The type of a result that is one of several, and each of them; the first ones are needed in any case."""
    parts = [reading.value(n) if i < never_lazy else reading.lazily(n) for i, n in enumerate(nodes)]
    if of_several_types(parts):
        return "mixed", [mixed(reading, n, p) for n, p in zip(nodes, parts, strict=True)]
    types = {p.type for p in parts if not is_error_alone(p)} or {parts[0].type}
    return types.pop(), parts


def _plus(reading: Reading, value: Expression, more: float) -> Expression:
    return Apply("number", "add", (value, Fixed("number", np.full(reading.line.length, more))))


def _fixed_number(reading: Reading, node: ast.Node) -> float:
    """An argument that is one and the same for all cells."""
    if isinstance(node, ast.Omitted):
        return 0.0
    if not reading.is_fixed(node):
        raise NotNative("the column or mode of a lookup varies")
    values = reading.constant(node).values
    if np.isnan(values).any() or np.ptp(values):
        raise NotNative("the column or mode of a lookup differs from cell to cell")
    return float(values[0])


def _position(reading: Reading, key: ast.Node, keys: ast.Node, exact: bool, *, name: str = "MATCH") -> Expression:
    """The 0-based position of a key; of a text, and of a key that never varies, as the reference backend finds it."""
    if reading.is_fixed(keys) and isinstance(keys, ast.RangeReference):
        call = ast.Call(name, (key, keys, ast.Number(0.0 if exact else 1.0)))
        reading.kept.append(call)
        found = reading.constant(call) if reading.is_fixed(key) else of_texts(reading, call, [0])
        if isinstance(found, Fixed):
            values = found.values
            return Fixed("number", np.where(np.isnan(values), values, values - 1.0))
        if found is not None:
            return _plus(reading, found, -1.0)
    return _search(reading, key, _vector(reading, keys), exact)


def _search(reading: Reading, key: ast.Node, keys: Floats, exact: bool) -> Search:
    if not exact and (np.isnan(keys).any() or (np.diff(keys) < 0).any()):
        raise NotNative("its keys do not ascend")
    wanted = reading.value(key)
    if wanted.type != "number":
        raise NotNative("it looks up a truth value or a text")
    return Search("number", wanted, keys, exact)


def _vector(reading: Reading, node: ast.Node) -> Floats:
    """The fixed numbers of one row or column, the same for all cells; NaN where a key is no number."""
    if not isinstance(node, ast.RangeReference) or not reading.is_fixed(node):
        raise NotNative("its keys vary between iterations")
    sheet = reading.sheet(node.sheets)
    rows, columns = reading.corners_as_cells(node, sheet)
    if rows.shape[0] != 1 or min(rows.shape[1], columns.shape[2]) != 1:
        raise NotNative("its keys differ from cell to cell")
    values = reading.around.layout.fixed(sheet, rows[0], columns[0])
    return np.where(values.kind_array() == Kind.NUMBER, values.numbers, np.nan).reshape(-1)


def _picked(reading: Reading, node: ast.RangeReference, position: Expression) -> Expression:
    """The element at a 0-based position of a row or column."""
    if reading.is_fixed(node):
        return _picked_constant(reading, node, position)
    if isinstance(position, Fixed) and not np.isnan(position.values).any():
        at = position.values.astype(np.int64)
        rows, columns = reading.corners_as_cells(node, reading.sheet(node.sheets))
        if (at < rows.shape[1] * columns.shape[2]).all():
            return _one_of_each(reading, node, at)
    sheet = reading.sheet(node.sheets)
    cells = reading.corners_as_cells(node, sheet)
    layout = reading.around.layout
    places = layout.varying(sheet, *cells)
    types = reading.types_at(places)
    if types == {"text"} and (places >= 0).all():
        return Over("text", "pick", (places.reshape(places.shape[0], -1),), (position,))
    kinds = {*layout.fixed(sheet, *cells).kind_array()[places < 0].tolist()}
    if types == {"number"} and kinds <= {Kind.NUMBER, Kind.BLANK, Kind.ERROR}:
        return Over("number", "pick", (reading.range_places(node, None),), (position,))
    found, sorts = mixed_places(reading, sheet, *cells)
    if sorts.any():
        raise NotNative("its results are texts and others")
    return Over("mixed", "pick", (found.reshape(found.shape[0], -1),), (position,))


def _one_of_each(reading: Reading, node: ast.RangeReference, at: Ints) -> Expression:
    """For each cell one element of a range; only those that are asked for need to be numbers."""
    sheet = reading.sheet(node.sheets)
    rows, columns = reading.corners_as_cells(node, sheet)
    height, width = rows.shape[1], columns.shape[2]
    each = np.arange(len(at)) if rows.shape[0] > 1 else np.zeros(len(at), np.int64)
    down, across = np.divmod(at, width)
    assert (down < height).all()
    return reading.cell_at(sheet, rows[each, down, 0], columns[each, 0, across])


def _picked_constant(reading: Reading, node: ast.RangeReference, position: Expression) -> Expression:
    sheet = reading.sheet(node.sheets)
    rows, columns = reading.corners_as_cells(node, sheet)
    if rows.shape[0] != 1:
        raise NotNative("its results differ from cell to cell")
    values = reading.around.layout.fixed(sheet, rows[0], columns[0])
    kinds = values.kind_array()
    if (kinds == Kind.TEXT).all():
        return Pick("text", position, reading.around.vocabulary.numbers(values.text_array().reshape(-1).tolist()))
    if ((kinds != Kind.NUMBER) & (kinds != Kind.BLANK)).any():
        return Pick("mixed", position, packed_constants(reading, values).reshape(-1))
    return Pick("number", position, values.numbers.reshape(-1).copy())


def _column(reading: Reading, table: ast.RangeReference, index: int) -> ast.RangeReference:
    """One column of a range, counted from its left."""
    _demand_order(table.left, table.right)
    left = ast.Coordinate(table.left.value + index, table.left.absolute)
    part = ast.RangeReference(table.top, left, table.bottom, left, table.sheets)
    reading.kept.append(part)
    return part


def _demand_order(first: ast.Coordinate, last: ast.Coordinate) -> None:
    if first.absolute != last.absolute or first.value > last.value:
        raise NotNative("the corners of its table are not the first and the last")


def _row(reading: Reading, table: ast.RangeReference, index: int) -> ast.RangeReference:
    """One row of a range, counted from its top."""
    _demand_order(table.top, table.bottom)
    top = ast.Coordinate(table.top.value + index, table.top.absolute)
    part = ast.RangeReference(top, table.left, top, table.right, table.sheets)
    reading.kept.append(part)
    return part
