"""A function of one iteration's plain arguments, computed for every lane of a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from compute.errors import ErrorCode, Scalar
from compute.functions.signature import CellFailure
from compute.values import Array, Codes, Floats, Kind, error, first_error, from_scalar, stack, to_numbers

OneLane = Callable[[list[Floats], list[float]], Scalar | ErrorCode]
"""Takes series of shape (points,) and numbers; may raise CellFailure."""


def each_lane(one: OneLane, series: Sequence[Array], numbers: Sequence[Array]) -> Array:
    """The function's value in every lane, as one cell; an error in an argument is the result, the first one counts.

    Elements of a series that are no numbers, blanks included, are #VALUE!.
    """
    columns = [_column(s) for s in series]
    scalars = [_single(n) for n in numbers]
    codes = first_error(*(c for _, c in (*columns, *scalars)))
    lanes = max(v.shape[1] for v, _ in (*columns, *scalars))
    failed = np.zeros(lanes, np.uint8) if codes is None else np.broadcast_to(codes, (1, lanes))[0]
    values: list[Array] = []
    for lane in range(lanes):
        if failed[lane]:
            values.append(error(ErrorCode(int(failed[lane]))))
            continue
        given = [_in_lane(v, lane) for v, _ in columns], [float(_in_lane(v, lane)[0]) for v, _ in scalars]
        values.append(_guarded(one, *given))
    whole = stack([values])
    return Array(
        whole.numbers.reshape(1, 1, -1),
        None if whole.kinds is None else whole.kinds.reshape(1, 1, -1),
        None if whole.texts is None else whole.texts.reshape(1, 1, -1),
    )


def _in_lane(values: Floats, lane: int) -> Floats:
    return np.asarray(values[:, lane if values.shape[1] > 1 else 0])


def _guarded(one: OneLane, series: list[Floats], numbers: list[float]) -> Array:
    try:
        result = one(series, numbers)
    except CellFailure as failure:
        result = failure.code
    return error(result) if isinstance(result, ErrorCode) else from_scalar(result)


def _column(array: Array) -> tuple[Floats, Codes | None]:
    """The elements in order, (points, lanes), and the first error of each lane, (1, lanes)."""
    kinds = array.kind_array().reshape(-1, array.lanes)
    numbers = array.numbers.reshape(-1, array.lanes)
    wrong = np.where(kinds == Kind.ERROR, numbers, np.where(kinds == Kind.NUMBER, 0, float(ErrorCode.VALUE)))
    if not wrong.any():
        return numbers, None
    first = (wrong != 0).argmax(axis=0)[None, :]
    return numbers, np.take_along_axis(wrong, first, axis=0).astype(np.uint8)


def _single(array: Array) -> tuple[Floats, Codes | None]:
    values, codes = to_numbers(array.cell(0, 0))
    return values.reshape(1, -1), None if codes is None else codes.reshape(1, -1)
