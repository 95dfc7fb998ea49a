"""Reading what is of one type in some cells or iterations and of another in others; see ``mixing`` and record 0023."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Cell, Expression, Fixed, Type, walk
from compute.backends.native.failures import coded, encoded
from compute.backends.native.mixing import BLANK, kinds_and_numbers, packed_values
from compute.backends.native.texts import Words, translated
from compute.errors import ErrorCode
from compute.formulas import ast
from compute.values import Array, Floats, Kind, parse_number

if TYPE_CHECKING:
    from compute.backends.native.reading import Reading

Ints = npt.NDArray[np.int64]
_OF: dict[Type, str] = {"number": "mixed_of_number", "text": "mixed_of_text", "boolean": "mixed_of_truth"}
_SORTS: dict[Type, float] = {"number": 0.0, "mixed": 0.0, "text": 1.0, "boolean": 2.0}
_TRUTHS = frozenset({"true", "false"})


def packed_constants(reading: Reading, value: Array) -> Floats:
    """Fixed values of any kind as mixed ones, in their shape."""
    kinds = value.kind_array()
    numbers = np.zeros(kinds.shape)
    is_text = kinds == Kind.TEXT
    numbers[is_text] = reading.around.vocabulary.numbers(str(t) for t in value.text_array()[is_text].tolist())
    return packed_values(value, numbers, encoded(value.numbers, kinds == Kind.ERROR))


def fixed_mixed(reading: Reading, node: ast.Node) -> Fixed:
    """A fixed node for each cell, blanks as blanks."""
    values = packed_constants(reading, reading.constant_array(node))[0, 0]
    return Fixed("mixed", np.array(np.broadcast_to(values, (reading.line.length,))))


def packed(made: Expression) -> Expression:
    """A value of a known type as a mixed one."""
    return made if made.type == "mixed" else Apply("mixed", _OF[made.type], (made,))


def mixed(reading: Reading, node: ast.Node, made: Expression) -> Expression:
    """A node as a mixed value; ``made`` is how it was read, in which blanks may have become zeros."""
    if reading.is_fixed(node):
        return fixed_mixed(reading, node)
    if isinstance(node, ast.CellReference):
        return mixed_cells(reading, reading.sheet(node.sheets), *reading.cells_of(node))
    return packed(made)


def mixed_places(reading: Reading, sheet: int, rows: Ints, columns: Ints) -> tuple[Ints, Floats]:
    """The places of cells of any kind, fixed ones as mixed values, and which hold texts (1) or truth values (2) that
    are not packed.
    """
    layout = reading.around.layout
    places = layout.varying(sheet, rows, columns)
    missing = places < 0
    lines = np.where(missing, -1, layout.line[np.where(missing, 0, places)]) if layout.cells else places
    sorts = np.zeros(places.shape)
    for line in np.unique(lines[~missing]).tolist():
        sorts[lines == line] = np.where(missing, 0.0, _SORTS[reading.around.type_of(line)])[lines == line]
    if missing.any():
        values = np.broadcast_to(packed_constants(reading, layout.fixed(sheet, rows, columns)), places.shape)[missing]
        distinct, where = np.unique(values.view(np.uint64), return_inverse=True)
        found = np.array([layout.constant(v) for v in distinct.view(np.float64).tolist()], np.int64)
        places = places.copy()
        places[missing] = found[where]
    return places, sorts


def mixed_cells(reading: Reading, sheet: int, rows: Ints, columns: Ints) -> Expression:
    """What other cells show, whatever it is."""
    places, sorts = mixed_places(reading, sheet, rows, columns)
    cell = Cell("mixed", places)
    return cell if not sorts.any() else Apply("mixed", "mixed_sorted", (cell, Fixed("number", sorts)))


def shown(reading: Reading, made: Expression) -> Expression:
    """What a formula shows that ends with a mixed value: a blank is 0."""
    layout = reading.around.layout
    blank = np.uint64(BLANK << 32)
    for part in walk(made):
        if isinstance(part, Cell):
            own = part.places[part.places >= layout.cells] - layout.cells
            values = layout.constants[own] if len(own) else np.zeros(0)
        elif isinstance(part, Fixed):
            values = part.values
        else:
            continue
        if (values.view(np.uint64) == blank).any():
            return Apply("mixed", "mixed_shown", (made,))
    return made


def number_of(reading: Reading, made: Expression) -> Expression:
    """A mixed value where a number is wanted."""
    words = reading.around.words_of(made)
    has_1904_dates = reading.around.evaluator.date_1904
    found = [parse_number(t, has_1904_dates) for t in reading.around.vocabulary.of(words)]
    if all(n is None for n in found):
        return Apply("number", "mixed_number", (made,))
    answers = np.array([coded(ErrorCode.VALUE) if n is None else n for n in found], np.float64)
    of_text = translated("number", text_of(made), words, answers)
    return Apply("number", "mixed_number", (made, of_text))


def text_of(made: Expression) -> Expression:
    """The text that a mixed value is, an error where it is something else."""
    return Apply("text", "mixed_text", (made,))


def truth_of(reading: Reading, made: Expression) -> Expression:
    """A mixed value as a condition."""
    for text in reading.around.vocabulary.of(reading.around.words_of(made)):
        is_number = parse_number(text, reading.around.evaluator.date_1904) is not None
        if is_number or text.strip().casefold() in _TRUTHS:
            raise NotNative("its condition is a text in some iterations")
    return Apply("boolean", "mixed_truth", (made,))


def compared_mixed(reading: Reading, operation: str, left: Expression, right: Expression) -> Expression:
    """Two mixed values compared: numbers before texts before truth values."""
    around = reading.around
    words = [around.words_of(side) for side in (left, right)]
    folded = [t.casefold() for t in around.vocabulary.of(np.union1d(*words))]
    order = {t: i for i, t in enumerate(sorted({*folded, ""}))}

    def within(side: Expression, own: Words) -> Expression:
        answers = np.array([order[t.casefold()] for t in around.vocabulary.of(own)], np.float64)
        if isinstance(side, Fixed):
            kinds, numbers = kinds_and_numbers(side.values)
            at = np.searchsorted(own, np.where(kinds == Kind.TEXT, numbers, 0.0))
            return Fixed("number", np.where(kinds == Kind.TEXT, np.append(answers, 0.0)[at], 0.0))
        return translated("number", text_of(side), own, answers)

    ranks = [within(side, own) for side, own in zip((left, right), words, strict=True)]
    empty = Fixed("number", np.zeros(reading.line.length))
    return Apply("boolean", f"mixed_{operation}", (left, right, *ranks, empty))


def of_several_types(parts: Sequence[Expression]) -> bool:
    """Whether a result that is one of these is mixed; errors are of any type."""
    types = {p.type for p in parts if not is_error_alone(p)}
    return len(types) > 1 or "mixed" in types


def is_error_alone(part: Expression) -> bool:
    """Whether it is an error in all cells, which is of any type."""
    return isinstance(part, Fixed) and part.type != "mixed" and bool(np.isnan(part.values).all())


__all__ = [
    "compared_mixed", "fixed_mixed", "is_error_alone", "mixed", "mixed_cells", "mixed_places", "number_of",
    "of_several_types", "packed", "packed_constants", "shown", "text_of", "truth_of",
]  # fmt: skip
