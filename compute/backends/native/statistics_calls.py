"""Reading averages, counts, spreads and places in order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compute.backends.native.arguments import (
    Ints,
    Reader,
    has_mixed,
    height_of,
    maybe_numbers_of,
    numbers_of,
    value_among_ranges,
    views_of,
)
from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Expression, Fixed, Over
from compute.backends.native.reading import Reading
from compute.formulas import ast
from compute.values import Kind


def counted(reading: Reading, arguments: tuple[ast.Node, ...]) -> Ints:
    """The places of all numbers in references, the same number of them for all cells of the line."""
    if not arguments or not all(isinstance(a, ast.RangeReference | ast.CellReference) for a in arguments):
        raise NotNative("it is compiled for references alone")
    found = [numbers_of(reading, a, np.nan) for a in arguments if isinstance(a, ast.RangeReference | ast.CellReference)]
    height = height_of(found)
    places = np.concatenate([np.broadcast_to(f, (height, f.shape[1])) for f in found], axis=1)
    skipped = reading.around.layout.constant_place(np.nan)
    if skipped is None:
        return places
    places = places[:, ~(places == skipped).all(axis=0)]
    if (places == skipped).any():
        raise NotNative("its ranges hold numbers in different places for different cells")
    if places.shape[1] == 0:
        raise NotNative("there is no number in its ranges")
    return places


def _average(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """References first, then single values: so the first error met is the reference backend's."""
    references = [a for a in arguments if isinstance(a, ast.RangeReference | ast.CellReference)]
    alone = arguments[len(references) :]
    if any(isinstance(a, ast.RangeReference | ast.CellReference | ast.Omitted) for a in alone):
        raise NotNative("AVERAGE is compiled with its ranges before its single values")
    parts: list[Expression] = [value_among_ranges(reading, a) for a in alone]
    count = len(parts)
    if any(has_mixed(reading, maybe_numbers_of(reading, r, np.nan)) for r in references):
        return _average_of_some(reading, references, parts)
    if references:
        places = counted(reading, tuple(references))
        parts.insert(0, Over("number", "sum", (places,)))
        count += places.shape[1]
    if not parts:
        raise NotNative("it has no argument")
    total = parts[0] if len(parts) == 1 else Apply("number", "sum_of", tuple(parts))
    return Apply("number", "divide", (total, Fixed("number", np.full(reading.line.length, float(count)))))


def _all_places(reading: Reading, references: Sequence[ast.Node], skipped: float) -> Ints:
    """The places of the cells of references, mixed ones included; what is never a number stands as ``skipped``."""
    given = [r for r in references if isinstance(r, ast.RangeReference | ast.CellReference)]
    if len(given) != len(references) or not given:
        raise NotNative("it is compiled for references alone")
    found = [maybe_numbers_of(reading, r, skipped) for r in given]
    height = height_of(found)
    return np.concatenate([np.broadcast_to(f, (height, f.shape[1])) for f in found], axis=1)


def _average_of_some(reading: Reading, references: Sequence[ast.Node], alone: list[Expression]) -> Expression:
    """The mean of cells of which some hold a number in some iterations alone."""
    added = _all_places(reading, references, 0.0)
    total: Expression = Over("number", "sum", (added,), views=views_of(reading, [added], 0.0))
    count: Expression = Over("number", "count", (_all_places(reading, references, np.nan),))
    if alone:
        total = Apply("number", "sum_of", (total, *alone))
        more = Fixed("number", np.full(reading.line.length, float(len(alone))))
        count = Apply("number", "sum_of", (count, more))
    return Apply("number", "divide", (total, count))


def _of_all(operation: str) -> Reader:
    """A function of all numbers in its ranges."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        return Over("number", operation, (counted(reading, arguments),))

    return read


def _count(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    return Over("number", "count", (_all_places(reading, arguments, np.nan),))


def _count_all(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """COUNTA of references: which cells are blank does not vary."""
    total = np.zeros(reading.line.length)
    for argument in arguments:
        if isinstance(argument, ast.RangeReference):
            sheet = reading.sheet(argument.sheets)
            rows, columns = reading.corners_as_cells(argument, sheet)
        elif isinstance(argument, ast.CellReference):
            sheet = reading.sheet(argument.sheets)
            rows, columns = (part[:, None, None] for part in reading.cells_of(argument))
        else:
            raise NotNative("COUNTA is compiled for references")
        layout = reading.around.layout
        filled = layout.varying(sheet, rows, columns) >= 0
        filled = filled | (layout.fixed(sheet, rows, columns).kind_array() != Kind.BLANK)
        total = total + filled.reshape(filled.shape[0], -1).sum(axis=1)
    if not arguments:
        raise NotNative("it has no argument")
    return Fixed("number", total)


def _at(operation: str) -> Reader:
    """A function of a range and a place in it."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        if len(arguments) != 2 or isinstance(arguments[1], ast.Omitted | ast.RangeReference):
            raise NotNative("it is compiled for one range and one place in it")
        return Over("number", operation, (counted(reading, arguments[:1]),), (reading.number(arguments[1]),))

    return read


STATISTICS_CALLS: dict[str, Reader] = {
    "AVERAGE": _average,
    "COUNT": _count,
    "COUNTA": _count_all,
    "SUMSQ": _of_all("squares"),
    "MEDIAN": _of_all("median"),
    "LARGE": _at("largest"),
    "SMALL": _at("smallest"),
    **dict.fromkeys(("VAR", "VAR.S"), _of_all("variance")),
    **dict.fromkeys(("VARP", "VAR.P"), _of_all("variance_of_all")),
    **dict.fromkeys(("STDEV", "STDEV.S"), _of_all("deviation")),
    **dict.fromkeys(("STDEVP", "STDEV.P"), _of_all("deviation_of_all")),
    **dict.fromkeys(("PERCENTILE", "PERCENTILE.INC"), _at("percentile")),
    **dict.fromkeys(("QUARTILE", "QUARTILE.INC"), _at("quartile")),
    "PERCENTILE.EXC": _at("percentile_exclusive"),
    "QUARTILE.EXC": _at("quartile_exclusive"),
}

__all__ = ["STATISTICS_CALLS", "counted"]
