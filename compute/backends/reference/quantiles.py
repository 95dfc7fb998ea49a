"""A law's value at a probability that a formula gives: ``VoseNormal(100,10,0.9)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from compute.backends.reference.draw_laws import law_columns, rectangle_of
from compute.backends.reference.frame import Frame
from compute.dialects import Draw, Quantile
from compute.errors import ErrorCode
from compute.functions.call import common_rectangle
from compute.values import Array, error, first_error, numeric, stack, to_numbers, with_errors

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator


def quantile(evaluator: Evaluator, node: Quantile, frame: Frame) -> Array:
    """The law's value at the probability, over the frame's lanes; #NUM! outside [0, 1] or for an impossible law.

    An array formula gets one value for each element of the law's parameters and of the probability.
    """
    law = Draw(node.law, node.parameters, adjustments=node.adjustments)
    given = evaluator.scalar(node.probability, frame)
    rows, columns = common_rectangle([given, _shape(*rectangle_of(evaluator, law, frame))])
    grid = [[_element(evaluator, law, given, frame, (r, c)) for c in range(columns)] for r in range(rows)]
    return grid[0][0] if rows == columns == 1 else stack(grid)


def _shape(rows: int, columns: int) -> Array:
    return numeric(np.zeros((rows, columns, 1)))


def _element(evaluator: Evaluator, law: Draw, given: Array, frame: Frame, element: tuple[int, int]) -> Array:
    row, column = (0 if given.rows == 1 else element[0], 0 if given.columns == 1 else element[1])
    if row >= given.rows or column >= given.columns:
        return error(ErrorCode.NA)
    numbers, errors = to_numbers(given.cell(row, column), evaluator.date_1904)
    laws, codes = law_columns(evaluator, law, frame, element)
    return with_errors(
        numeric(laws.draw(np.ascontiguousarray(numbers[0, 0]))[None, None, :]), first_error(codes, errors)
    )
