"""Truth values (Excel's Logical family, but for the forms that choose which arguments are evaluated)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from compute.errors import ErrorCode
from compute.functions.reductions import first_code, flat
from compute.functions.samples import areas, is_direct
from compute.functions.signature import CallContext, Operand, cells, function, logical, vectorised
from compute.values import Array, Booleans, Codes, Kind, boolean, first_error, to_booleans, with_errors

_LOGICAL = cells("logical")
_MORE = cells("more", optional=True, repeating=True)


@vectorised("NOT", logical("logical"))
def negation(values: Booleans) -> Booleans:
    """TRUE for FALSE and the other way round."""
    return ~values


@function("TRUE")
def true(context: CallContext) -> Array:
    """TRUE."""
    return boolean(True)


@function("FALSE")
def false(context: CallContext) -> Array:
    """FALSE."""
    return boolean(False)


def _register(name: str, combine: Callable[[Booleans, Booleans, Booleans], Booleans]) -> None:
    def implementation(context: CallContext, *operands: Operand) -> Array:
        return _junction(context, operands, combine)

    function(name, _LOGICAL, _MORE)(implementation)


def _junction(
    context: CallContext, operands: Sequence[Operand], combine: Callable[[Booleans, Booleans, Booleans], Booleans]
) -> Array:
    """All truth values combined from (any true, any false, odd number of trues); #VALUE! where there is none.

    Text and blanks in ranges do not count; text written into the call must be TRUE or FALSE.
    """
    some_true: Booleans = np.zeros(1, np.bool_)
    some_false: Booleans = np.zeros(1, np.bool_)
    odd: Booleans = np.zeros(1, np.bool_)
    codes: Codes | None = None
    for operand in operands:
        for values, counted, found in _truths(context, operand):
            trues = values & counted
            some_true = some_true | trues.any(axis=0)
            some_false = some_false | (~values & counted).any(axis=0)
            odd = odd ^ (trues.sum(axis=0) % 2 == 1)
            codes = first_error(codes, found)
    nothing = ~(some_true | some_false)
    if nothing.any():
        codes = first_error(codes, np.where(nothing, np.uint8(ErrorCode.VALUE), np.uint8(0)))
    result = combine(some_true, some_false, odd).reshape(1, 1, -1)
    return with_errors(boolean(result), None if codes is None else codes.reshape(1, 1, -1))


def _truths(context: CallContext, operand: Operand) -> list[tuple[Booleans, Booleans, Codes | None]]:
    if is_direct(operand):
        flags, codes = to_booleans(_trimmed(operand.array))
        counted = np.ones((1, 1), np.bool_) if codes is None else (codes == 0).reshape(1, -1)
        return [(flags.reshape(1, -1), counted, None if codes is None else codes.reshape(-1))]
    found = []
    for array in areas(context, operand):
        numbers = flat(array.numbers)
        kinds = np.zeros(numbers.shape, np.uint8) if array.kinds is None else array.kinds.reshape(numbers.shape)
        counted = (kinds == Kind.NUMBER) | (kinds == Kind.BOOLEAN)
        found.append((numbers != 0, counted, first_code(numbers, kinds)))
    return found


def _trimmed(array: Array) -> Array:
    """Unlike IF and NOT, these read TRUE and FALSE with blanks around."""
    if array.texts is None:
        return array
    texts = np.empty(array.shape, object)
    texts[...] = [[[str(t).strip() for t in lanes] for lanes in row] for row in array.texts]
    return Array(array.numbers, array.kinds, texts)


_register("AND", lambda some_true, some_false, odd: ~some_false)
_register("OR", lambda some_true, some_false, odd: some_true)
_register("XOR", lambda some_true, some_false, odd: odd)
