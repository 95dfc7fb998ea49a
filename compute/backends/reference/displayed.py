"""Precision as displayed: a workbook may calculate with the numbers that it shows instead of those it computed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from compute.backends.reference.frame import Frame
from compute.functions.rounding import round_half_away
from compute.program import FormulaCell, Program
from compute.values import Array, Floats, Kind

Codes = npt.NDArray[np.object_]
"""Number format codes, None where a cell has none."""


def as_displayed(program: Program, value: Array, frame: Frame) -> Array:
    """The value of the frame's formulas, its numbers as their cells show them."""
    if not program.workbook.precision_as_displayed:
        return value
    formula = frame.formulas[0]
    if formula.is_array:
        codes = np.full((value.rows, value.columns, 1), None, object)
        for r, c in np.ndindex(value.rows, value.columns):
            codes[r, c, 0] = _code(program, formula, r, c)
    else:
        each = np.repeat(np.array([_code(program, f, 0, 0) for f in frame.formulas], object), frame.block_lanes)
        codes = (each if frame.subset is None else each[frame.subset])[None, None, :]
        codes = codes[..., :1] if (codes == codes[..., :1]).all() else codes
    return _rounded(value, codes)


def _code(program: Program, formula: FormulaCell, down: int, right: int) -> str | None:
    cell = (formula.row + down, formula.column + right)
    return program.workbook.sheets[formula.sheet].number_formats.get(cell)


def _rounded(value: Array, codes: Codes) -> Array:
    shape = np.broadcast_shapes(value.numbers.shape, codes.shape)
    numbers, spread = np.broadcast_to(value.numbers, shape), np.broadcast_to(codes, shape)
    rounded = np.array(numbers)
    for code in {c for c in codes.ravel().tolist() if c is not None}:
        here = np.asarray(spread == code)
        rounded[here] = _shown(code, numbers[here])
    if value.kinds is None:
        return Array(rounded)
    kept = np.where(value.kinds == Kind.NUMBER, rounded, value.numbers)
    texts = None if value.texts is None else np.broadcast_to(value.texts, shape)
    return Array(kept, np.broadcast_to(value.kinds, shape), texts)


def _shown(code: str, numbers: Floats) -> Floats:
    # Few workbooks calculate with what they show; the others need not load how formats are read.
    from compute.functions.number_format_places import is_shown_apart, places_shown, shown_number

    places = places_shown(code)
    if places is not None:
        return np.asarray(round_half_away(numbers, np.full(numbers.shape, float(places))), np.float64)
    if not is_shown_apart(code):
        return numbers
    distinct, inverse = np.unique(numbers, return_inverse=True)
    shown = np.array([shown_number(code, n) for n in distinct.tolist()], np.float64)
    return np.asarray(shown[inverse.reshape(numbers.shape)])
