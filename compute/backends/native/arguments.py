"""How arguments of functions are read: single numbers, and the numbers of ranges."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Expression, Fixed
from compute.backends.native.reading import Reading
from compute.formulas import ast
from compute.values import Kind

Reader = Callable[[Reading, tuple[ast.Node, ...]], Expression]
Ints = npt.NDArray[np.int64]


def elementwise(operation: str, *defaults: float, required: int = 1) -> Reader:
    """A function of numbers; ``defaults`` stand for the arguments after the required ones that are left out."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        if not required <= len(arguments) <= required + len(defaults):
            raise NotNative("it has a wrong number of arguments")
        parts = [reading.number(a) for a in arguments]
        for default in defaults[len(arguments) - required :]:
            parts.append(Fixed("number", np.full(reading.line.length, default)))
        if any(isinstance(a, ast.Omitted) for a in arguments):
            raise NotNative("an argument is left empty")
        return Apply("number", operation, tuple(parts))

    return read


_GIVE_RANGES = frozenset({"INDEX", "XLOOKUP", "OFFSET", "INDIRECT", "TAKE", "DROP", "TRIMRANGE"})
_GIVE_CELLS = frozenset({"IF", "IFS", "SWITCH", "CHOOSE"})


def value_among_ranges(reading: Reading, node: ast.Node) -> Expression:
    """An argument that is no reference where a reference could stand: a value, which counts as it is.

    Some functions give references there, of which text, blanks and truth values do not count. Raises NotNative where
    that would make a difference.
    """
    _demand_values(reading, node)
    return reading.number(node)


def _demand_values(reading: Reading, node: ast.Node) -> None:
    if not isinstance(node, ast.Call):
        return
    if node.name in _GIVE_RANGES:
        raise NotNative(f"it takes what {node.name} gives as a range")
    if node.name not in _GIVE_CELLS:
        return
    # The first argument is a condition or an index.
    for part in node.arguments[1:]:
        if isinstance(part, ast.CellReference) and not _is_number(reading, part):
            raise NotNative(f"a cell that {node.name} gives may hold no number")
        _demand_values(reading, part)


def _is_number(reading: Reading, node: ast.CellReference) -> bool:
    if reading.is_fixed(node):
        return not (reading.constant_array(node).kind_array() != Kind.NUMBER).any()
    return reading.value(node).type == "number"


def height_of(ranges: list[Ints]) -> int:
    return max(int(r.shape[0]) for r in ranges)


def numbers_of(reading: Reading, node: ast.RangeReference | ast.CellReference, skipped: float) -> Ints:
    """The places of the numbers in a reference; cells that never hold one stand as ``skipped``."""
    layout = reading.around.layout
    if isinstance(node, ast.RangeReference):
        places = reading.range_places(node, skipped)
    else:
        rows, columns = reading.cells_of(node)
        places = layout.settled(reading.sheet(node.sheets), rows, columns, skipped)[:, None]
    own = places < layout.cells
    lines = np.where(own, layout.line[np.where(own, places, 0)], -1) if layout.cells else np.full(places.shape, -1)
    others = [n for n in np.unique(lines[own]).tolist() if reading.around.type_of(n) != "number"]
    if others:
        places = np.where(np.isin(lines, others) & own, layout.constant(skipped), places)
    return places


def all_numbers(reading: Reading, node: ast.RangeReference) -> Ints:
    """The places of a range in which every cell is a number."""
    places = numbers_of(reading, node, np.nan)
    skipped = reading.around.layout.constant_place(np.nan)
    if skipped is not None and (places == skipped).any():
        raise NotNative("some cells of its range are no numbers")
    return places


def shape_of(reading: Reading, node: ast.RangeReference) -> tuple[int, int]:
    rows, columns = reading.corners_as_cells(node, reading.sheet(node.sheets))
    return rows.shape[1], columns.shape[2]


__all__ = ["Ints", "Reader", "all_numbers", "elementwise", "height_of", "numbers_of", "shape_of", "value_among_ranges"]
