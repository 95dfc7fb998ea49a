"""What-if data tables: which formulas must be computed again for each of their cells.

A table's interior shows what a formula outside it would show if one or two input cells held the values at the table's
edges.
Source: Microsoft, "Calculate multiple results by using a data table"; ECMA-376 part 1, 18.3.1.40.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from compute.errors import CODES_BY_TEXT, CellError, ErrorCode, Scalar
from compute.formulas.ast import Binary, Boolean, Coordinate, ErrorValue, Node, Number, Omitted, RangeReference, Text
from compute.records import dataclass
from compute.workbook.model import Rectangle


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One data table: the formulas that stand in its input cells, and those to compute again, in order.

    The values put into ``row_input`` stand above the table, those for ``column_input`` on its left.
    """

    row_input: int | None
    column_input: int | None
    affected: tuple[int, ...]


def edges(rectangle: Rectangle) -> Node:
    """A table's references: its upper and its left edge, which hold the values and the formulas."""
    top, left, bottom, right = rectangle
    return Binary(",", _range(top - 1, left - 1, top - 1, right), _range(top, left - 1, bottom, left - 1))


def _range(*corners: int) -> RangeReference:
    top, left, bottom, right = (Coordinate(c, True) for c in corners)
    return RangeReference(top, left, bottom, right)


def constant(value: Scalar) -> Node:
    """A cell's constant as a formula."""
    if value is None:
        return Omitted()
    if isinstance(value, bool):
        return Boolean(value)
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, CellError):
        return ErrorValue(CODES_BY_TEXT.get(value.code, ErrorCode.VALUE))
    return Number(float(value))


def result_cells(rectangle: Rectangle, by_row: bool, by_column: bool) -> list[tuple[int, int]]:
    """The cells (row, column) whose formulas the table shows."""
    top, left, bottom, right = rectangle
    if by_row and by_column:
        return [(top - 1, left - 1)]
    if by_column:
        return [(top - 1, column) for column in range(left, right + 1)]
    return [(row, left - 1) for row in range(top, bottom + 1)]


def affected(
    results: Iterable[int],
    inputs: Iterable[int],
    dependencies: Callable[[int], Sequence[int]],
    order: Mapping[int, int],
    is_dynamic: Callable[[int], bool],
    drawing: Container[int] = (),
) -> list[int]:
    """The nodes between the inputs and the results, by level; one whose references move may need an input unseen.

    Those of ``drawing``, which draw RAND anew for the table, are among them, and so is what hangs on them.
    """
    needed: set[int] = set()
    open_nodes = list(results)
    while open_nodes:
        node = open_nodes.pop()
        if node not in needed:
            needed.add(node)
            open_nodes += dependencies(node)
    own = set(inputs)
    reached = set(own)
    for node in sorted(needed, key=lambda n: (order[n], n)):
        if node in drawing or is_dynamic(node) or any(d in reached for d in dependencies(node)):
            reached.add(node)
    return sorted(reached & needed - own, key=lambda n: (order[n], n))
