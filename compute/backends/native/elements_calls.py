"""Reading what works element by element: SUMPRODUCT of array expressions, AND and OR of ranges; IFS and SWITCH.

A formula over a few elements is written out: the tree is read once for each of them, its ranges replaced by the cells
at that place.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from compute.backends.native.arguments import Reader, shape_of
from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Cell, Expression
from compute.backends.native.reading import Reading
from compute.errors import ErrorCode
from compute.formulas import ast
from compute.values import Kind

MOST_ELEMENTS = 64
"""Arrays of at most so many elements are written out."""
_ELEMENTWISE = frozenset(
    {
        "ABS",
        "SQRT",
        "EXP",
        "LN",
        "LOG10",
        "LOG",
        "SIGN",
        "POWER",
        "INT",
        "ROUND",
        "ROUNDUP",
        "ROUNDDOWN",
        "TRUNC",
        "MOD",
    }
)


def _ranges(node: ast.Node) -> list[ast.RangeReference]:
    """The ranges that stand for arrays in an expression; raises NotNative for those that are something else's."""
    if isinstance(node, ast.RangeReference):
        return [node]
    if isinstance(node, ast.Unary):
        return _ranges(node.operand)
    if isinstance(node, ast.Binary):
        found = []
        inner: ast.Node = node
        while isinstance(inner, ast.Binary):
            found += _ranges(inner.right)
            inner = inner.left
        return found + _ranges(inner)
    if isinstance(node, ast.Call):
        found = [r for a in node.arguments for r in _ranges(a)]
        if found and node.name not in _ELEMENTWISE:
            raise NotNative(f"{node.name} of an array is not compiled")
        return found
    if isinstance(node, ast.Number | ast.Text | ast.Boolean | ast.CellReference):
        return []
    raise NotNative(f"{type(node).__name__} among arrays is not compiled")


def _at(node: ast.Node, down: int, across: int) -> ast.Node:
    """The expression with the cell at one place instead of each range."""
    if isinstance(node, ast.RangeReference):
        row = ast.Coordinate(node.top.value + down, node.top.absolute)
        column = ast.Coordinate(node.left.value + across, node.left.absolute)
        return ast.CellReference(row, column, node.sheets)
    if isinstance(node, ast.Unary):
        return replace(node, operand=_at(node.operand, down, across))
    if isinstance(node, ast.Binary):
        links: list[ast.Binary] = []
        inner: ast.Node = node
        while isinstance(inner, ast.Binary):
            links.append(inner)
            inner = inner.left
        moved = _at(inner, down, across)
        for link in reversed(links):
            moved = ast.Binary(link.operator, moved, _at(link.right, down, across))
        return moved
    if isinstance(node, ast.Call):
        return replace(node, arguments=tuple(_at(a, down, across) for a in node.arguments))
    return node


def _size(reading: Reading, ranges: list[ast.RangeReference]) -> tuple[int, int]:
    sizes = {shape_of(reading, r) for r in ranges}
    if len(sizes) != 1:
        raise NotNative("its arrays differ in size")
    for node in ranges:
        same_sort = node.top.absolute == node.bottom.absolute and node.left.absolute == node.right.absolute
        if not same_sort or node.top.value > node.bottom.value or node.left.value > node.right.value:
            raise NotNative("the corners of an array are not in order")
    height, width = sizes.pop()
    if height * width > MOST_ELEMENTS:
        raise NotNative("its arrays are too large to be written out")
    return height, width


def sum_of_expressions(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """SUMPRODUCT of expressions in ranges of one size."""
    ranges = [_ranges(a) for a in arguments]
    if not all(ranges):
        raise NotNative("SUMPRODUCT is compiled for arrays alone")
    height, width = _size(reading, [r for some in ranges for r in some])
    terms: list[Expression] = []
    for place in range(height * width):
        trees = [_at(a, *divmod(place, width)) for a in arguments]
        reading.kept += trees
        parts = tuple(reading.read(t) for t in trees)
        if any(p.type != "number" for p in parts):
            raise NotNative("SUMPRODUCT counts truth values as 0")
        terms.append(parts[0] if len(parts) == 1 else Apply("number", "product_of", parts))
    return terms[0] if len(terms) == 1 else Apply("number", "sum_of", tuple(terms))


def truths(reading: Reading, node: ast.RangeReference) -> list[Expression]:
    """The cells of a range that AND and OR look at."""
    sheet = reading.sheet(node.sheets)
    rows, columns = reading.corners_as_cells(node, sheet)
    if (reading.around.layout.fixed(sheet, rows, columns).kind_array() == Kind.BOOLEAN).any():
        raise NotNative("a truth value is fixed in its range")
    places = reading.range_places(node, np.nan)
    skipped = reading.around.layout.constant_place(np.nan)
    if skipped is not None:
        places = places[:, ~(places == skipped).all(axis=0)]
        if (places == skipped).any():
            raise NotNative("its ranges hold numbers in different places for different cells")
    if not 0 < places.shape[1] <= MOST_ELEMENTS:
        raise NotNative("its ranges are too large to be written out, or empty")
    found: list[Expression] = []
    for j in range(places.shape[1]):
        cells = np.array(np.broadcast_to(places[:, j], (reading.line.length,)))
        types = reading.types_at(cells)
        if len(types) > 1 or not types <= {"number", "boolean"}:
            raise NotNative("it reads a text, or truth values in some cells and numbers in others")
        found.append(Cell(types.pop() if types else "number", cells))
    return found


def _read_branches(reading: Reading, pairs: list[tuple[ast.Node, ast.Node]], otherwise: ast.Node) -> Expression:
    tree = otherwise
    for condition, result in reversed(pairs):
        tree = ast.Call("IF", (condition, result, tree))
    reading.kept.append(tree)
    return reading.value(tree)


def _ifs(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if not arguments or len(arguments) % 2 or any(isinstance(a, ast.Omitted | ast.RangeReference) for a in arguments):
        raise NotNative("an argument is left empty or a range, or there is a wrong number of them")
    pairs = list(zip(arguments[::2], arguments[1::2], strict=True))
    return _read_branches(reading, pairs, ast.ErrorValue(ErrorCode.NA))


def _switch(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """SWITCH among fixed numbers and texts: an error among the cases would not be passed on."""
    if len(arguments) < 3 or any(isinstance(a, ast.Omitted | ast.RangeReference) for a in arguments):
        raise NotNative("an argument is left empty or a range, or there is a wrong number of them")
    rest = arguments[1:]
    otherwise = rest[-1] if len(rest) % 2 else ast.ErrorValue(ErrorCode.NA)
    cases = list(zip(rest[::2], rest[1::2], strict=False))
    if not all(isinstance(case, ast.Number | ast.Boolean | ast.Text) for case, _ in cases):
        raise NotNative("SWITCH is compiled for cases written as numbers or texts")
    return _read_branches(reading, [(ast.Binary("=", arguments[0], c), r) for c, r in cases], otherwise)


ELEMENTS_CALLS: dict[str, Reader] = {"IFS": _ifs, "SWITCH": _switch}

__all__ = ["ELEMENTS_CALLS", "sum_of_expressions", "truths"]
