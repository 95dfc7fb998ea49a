"""Criteria about texts: which texts meet them is decided here, so that numbers of texts are compared at run time.

The texts that meet a criterion must have neighbouring numbers among those that the tested cells may hold; where the
vocabulary is in order, those that begin alike or lie on one side of another do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Expression, Fixed, Test
from compute.backends.native.mixing import TEXT, packed
from compute.backends.native.texts import Words, translated
from compute.formulas import ast
from compute.functions.criteria import Cells, Criterion, parse_criterion
from compute.records import dataclass
from compute.values import Array, Floats, Kind

if TYPE_CHECKING:
    from compute.backends.native.reading import Reading

Ints = npt.NDArray[np.int64]
_NOWHERE = (np.inf, -np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """Cells that vary, and the numbers they are compared with; whether those were joined to a text."""

    keys: Ints
    test: Test
    bounds: tuple[Expression, ...]
    is_written: bool = False
    is_text: bool = False


def text_condition(reading: Reading, tested: ast.RangeReference, criterion: ast.Node) -> Condition | None:
    """The condition that a criterion about texts is; None where it is about numbers."""
    wanted = _wanted(reading, criterion)
    if wanted is None:
        return None
    wanted_words = reading.around.words_of(wanted)
    parsed = [parse_criterion(t, _has_1904_dates(reading)) for t in reading.around.vocabulary.of(wanted_words)]
    if any(isinstance(c.target, float) and not isinstance(c.target, bool) for c in parsed):
        if isinstance(wanted, Fixed):
            return None
        raise NotNative("its criterion is about a number in some iterations")
    if not all(isinstance(c.target, str) and c.operator for c in parsed):
        raise NotNative("a criterion about blanks, truth values or errors is not compiled")
    if len({c.operator == "<>" for c in parsed}) > 1:
        raise NotNative("its criterion asks for a text in some cells or iterations, and for all others in others")
    keys, words = _keys(reading, tested)
    is_outside = bool(parsed) and parsed[0].operator == "<>"
    ends = np.array([_ends(reading, c, words) for c in parsed]).reshape(-1, 2)
    is_single = bool((ends[:, 0] == ends[:, 1]).all()) and not is_outside
    columns = [ends[:, 0]] if is_single else [ends[:, 0], ends[:, 1]]
    bounds = tuple(_bound(wanted, wanted_words, column) for column in columns)
    return Condition(keys, "outside" if is_outside else "equal" if is_single else "between", bounds, is_text=True)


def _wanted(reading: Reading, criterion: ast.Node) -> Expression | None:
    """The criterion as a text; None where it is a number, or a comparison with one that varies."""
    if not reading.is_fixed(criterion):
        if isinstance(criterion, ast.Binary) and criterion.operator == "&":
            right = criterion.right
            if not reading.is_fixed(right) and reading.value(right).type != "text":
                return None
        made = reading.value(criterion)
        return made if made.type == "text" else None
    kinds = reading.constant_array(criterion).kind_array()
    return reading.constant(criterion) if (kinds == Kind.TEXT).all() else None


def _has_1904_dates(reading: Reading) -> bool:
    return reading.around.evaluator.date_1904


def _keys(reading: Reading, tested: ast.RangeReference) -> tuple[Ints, Words]:
    """The places of the texts in a range, NaN standing for what is none, and which texts those may be."""
    around, layout = reading.around, reading.around.layout
    sheet = reading.sheet(tested.sheets)
    rows, columns = reading.corners_as_cells(tested, sheet)
    places = layout.varying(sheet, rows, columns)
    own = places >= 0
    lines = np.where(own, layout.line[np.where(own, places, 0)], -1)
    types = {n: around.type_of(n) for n in np.unique(lines[own]).tolist()}
    if {"text", "mixed"} <= set(types.values()):
        raise NotNative("some cells of its range are texts and others are in some iterations alone")
    is_mixed = "mixed" in types.values()
    others = [n for n, kind in types.items() if kind not in ("text", "mixed")]
    found = np.where(own & ~np.isin(lines, others), places, layout.constant(np.nan))
    if not own.all():
        fixed = layout.fixed(sheet, rows, columns)
        is_text = (fixed.kind_array() == Kind.TEXT) & ~own
        numbers = around.vocabulary.numbers(fixed.text_array()[is_text].tolist()).tolist()
        found[is_text] = [layout.constant(packed(TEXT, int(n)) if is_mixed else n) for n in numbers]
    found = found.reshape(found.shape[0], -1)
    return found, around.words_at(found, is_mixed)


def _ends(reading: Reading, criterion: Criterion, words: Words) -> tuple[float, float]:
    """The first and last number of the texts that meet a criterion, or for "<>" of those that do not."""
    vocabulary = reading.around.vocabulary
    texts = np.array(vocabulary.of(words), object).reshape(-1, 1, 1)
    cells = Cells(
        Array(np.zeros(texts.shape), np.full(texts.shape, Kind.TEXT, np.uint8), texts), _has_1904_dates(reading)
    )
    operator = "=" if criterion.operator == "<>" else criterion.operator
    meeting = np.flatnonzero(cells.meeting(Criterion(operator, criterion.target))[:, 0])
    if len(meeting) == 0:
        return _NOWHERE
    if meeting[-1] - meeting[0] + 1 != len(meeting):
        vocabulary.is_order_wanted = True
        raise NotNative("the texts that meet its criterion do not follow each other in order")
    return float(words[meeting[0]]), float(words[meeting[-1]])


def _bound(wanted: Expression, words: Words, answers: Floats) -> Expression:
    """One end of the interval; a criterion that is an error asks for errors, which the reference backend counts."""
    made = translated("number", wanted, words, answers)
    return made if isinstance(made, Fixed) else Apply("number", "sound", (made,))


__all__ = ["Condition", "text_condition"]
