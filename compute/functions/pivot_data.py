"""GETPIVOTDATA: a total that a pivot table shows."""

from __future__ import annotations

from compute.errors import CellError, ErrorCode, Scalar
from compute.functions.signature import CallContext, CellFailure, any_value, function, reference, text
from compute.values import Array, Kind, Reference, error, from_scalar, general_text, numeric, to_numbers, to_texts


@function(
    "GETPIVOTDATA",
    text("data_field"),
    reference("pivot_table"),
    text("field", optional=True, repeating=True),
    any_value("item", optional=True, repeating=True),
    group=2,
)
def get_pivot_data(context: CallContext, data_field: Array, pivot_table: Reference, *pairs: Array) -> Array:
    """What a pivot table shows for a data field and items of some fields; #REF! where no cell of it shows that.

    A pivot table does not recalculate: its cells are constants, in a simulation too. An empty cell of it is 0. Fields
    and items answer to their captions and to their names in the source, without regard to case. Source: Microsoft,
    GETPIVOTDATA function.
    """
    if len(pairs) % 2:
        return error(ErrorCode.REF)
    name = _word(context, data_field)
    items = {_word(context, f): _named(context.constant(i)) for f, i in zip(pairs[::2], pairs[1::2], strict=True)}
    place = context.pivot_cell(pivot_table.area, name, items)
    if place is None:
        return error(ErrorCode.REF)
    value = context.dereference(Reference((place,)))
    return numeric(0.0) if value.is_kind(Kind.BLANK).all() else value


def _word(context: CallContext, argument: Array) -> str:
    texts, codes = to_texts(from_scalar(context.constant(argument)))
    if codes is not None:
        raise CellFailure(ErrorCode(int(codes.flat[0])))
    return str(texts.flat[0])


def _named(item: Scalar) -> tuple[Scalar, ...]:
    """The values that an argument may mean: a number also its text, a text also the number or date it reads as."""
    if isinstance(item, CellError):
        raise CellFailure(item.number)
    if isinstance(item, bool) or item is None:
        return (item,)
    if isinstance(item, str):
        numbers, codes = to_numbers(from_scalar(item))
        return (item,) if codes is not None else (item, float(numbers.flat[0]))
    return (float(item), general_text(float(item)))
