"""How arguments of functions are read: single numbers, and the numbers of ranges."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Expression, Fixed, View
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
    """The places of the numbers in a reference; cells that never hold one stand as ``skipped``.

    Raises NotNative where a cell holds a number in some iterations alone.
    """
    places = maybe_numbers_of(reading, node, skipped)
    if has_mixed(reading, places):
        raise NotNative("a cell of its range holds a number in some iterations alone")
    return places


def maybe_numbers_of(reading: Reading, node: ast.RangeReference | ast.CellReference, skipped: float) -> Ints:
    """As ``numbers_of``, with the places of mixed cells too."""
    layout = reading.around.layout
    if isinstance(node, ast.RangeReference):
        places = reading.range_places(node, skipped)
    else:
        rows, columns = reading.cells_of(node)
        places = layout.settled(reading.sheet(node.sheets), rows, columns, skipped)[:, None]
    own = places < layout.cells
    lines = np.where(own, layout.line[np.where(own, places, 0)], -1) if layout.cells else np.full(places.shape, -1)
    types = {n: reading.around.type_of(n) for n in np.unique(lines[own]).tolist()}
    others = [n for n, kind in types.items() if kind not in ("number", "mixed")]
    if others:
        places = np.where(np.isin(lines, others) & own, layout.constant(skipped), places)
    return places


def all_numbers_of(reading: Reading, node: ast.RangeReference) -> Ints:
    """The places of a range of which each cell is a number in every iteration."""
    places = numbers_of(reading, node, np.nan)
    skipped = reading.around.layout.constant_place(np.nan)
    if skipped is not None and (places == skipped).any():
        raise NotNative("some cells of its range are no numbers")
    return places


def of_equal_height(ranges: Sequence[Ints]) -> tuple[Ints, ...]:
    """Ranges in which one that is the same for all cells of a line stands for each of them."""
    height = height_of(list(ranges))
    return tuple(np.ascontiguousarray(np.broadcast_to(r, (height, r.shape[1]))) for r in ranges)


def has_mixed(reading: Reading, places: Ints) -> bool:
    """Whether any of the cells at places is mixed."""
    return "mixed" in reading.types_at(places)


def views_of(reading: Reading, ranges: Sequence[Ints], instead: float) -> tuple[View, ...]:
    """How a function of numbers sees ranges: texts and truth values of mixed cells as ``instead``."""
    found = [has_mixed(reading, r) for r in ranges]
    seen: dict[bool, View] = {False: ("whole", 0.0), True: ("numbers", instead)}
    return tuple(seen[f] for f in found) if any(found) else ()


def flows_of(reading: Reading, node: ast.RangeReference) -> Ints:
    """The places of the numbers of a range, mixed cells included; those that never hold one take no place."""
    places = maybe_numbers_of(reading, node, np.nan)
    skipped = reading.around.layout.constant_place(np.nan)
    if skipped is None:
        return places
    places = places[:, ~(places == skipped).all(axis=0)]
    if (places == skipped).any() or places.shape[1] == 0:
        raise NotNative("its range holds no number, or numbers in different places for different cells")
    return places


def shape_of(reading: Reading, node: ast.RangeReference) -> tuple[int, int]:
    rows, columns = reading.corners_as_cells(node, reading.sheet(node.sheets))
    return rows.shape[1], columns.shape[2]


__all__ = [
    "Ints",
    "Reader",
    "all_numbers_of",
    "elementwise",
    "flows_of",
    "has_mixed",
    "height_of",
    "maybe_numbers_of",
    "numbers_of",
    "of_equal_height",
    "shape_of",
    "value_among_ranges",
    "views_of",
]
