"""Precision as displayed: a workbook may calculate with the numbers that it shows instead of those it computed."""

from __future__ import annotations

import numpy as np

from compute.backends.reference.frame import Frame
from compute.functions.number_format_places import places_shown
from compute.functions.rounding import round_half_away
from compute.program import FormulaCell, Program
from compute.values import Array, Floats, Kind


def as_displayed(program: Program, value: Array, frame: Frame) -> Array:
    """The value of the frame's formulas, its numbers rounded to the decimals that their cells show."""
    if not program.workbook.precision_as_displayed:
        return value
    formula = frame.formulas[0]
    if formula.is_array:
        grid = [[_places(program, formula, r, c) for c in range(value.columns)] for r in range(value.rows)]
        places = np.array(grid)[:, :, None]
    else:
        each = np.repeat([_places(program, f, 0, 0) for f in frame.formulas], frame.block_lanes)
        places = (each if frame.subset is None else each[frame.subset])[None, None, :]
        places = places[..., :1] if (places == places[..., :1]).all() else places
    return _rounded(value, np.asarray(places, np.float64))


def _places(program: Program, formula: FormulaCell, down: int, right: int) -> float:
    """The decimals of a cell; more than a number has where its format does not fix them."""
    cell = (formula.row + down, formula.column + right)
    code = program.workbook.sheets[formula.sheet].number_formats.get(cell)
    places = None if code is None else places_shown(code)
    return 400.0 if places is None else float(places)


def _rounded(value: Array, places: Floats) -> Array:
    wanted = places < 400
    if not wanted.any():
        return value
    rounded = np.where(wanted, round_half_away(value.numbers, np.where(wanted, places, 0.0)), value.numbers)
    if value.kinds is None:
        return Array(rounded)
    numbers = np.where(value.kinds == Kind.NUMBER, rounded, value.numbers)
    shape = numbers.shape
    texts = None if value.texts is None else np.broadcast_to(value.texts, shape)
    return Array(numbers, np.broadcast_to(value.kinds, shape), texts)
