"""PHONETIC: how Japanese text is read."""

from __future__ import annotations

from compute.errors import ErrorCode
from compute.functions.signature import CallContext, function, reference
from compute.values import Array, Reference, error, from_scalar


@function("PHONETIC", reference("reference"))
def phonetic(context: CallContext, place: Reference) -> Array:
    """The reading (furigana) of the text typed into a cell, the text itself where none was entered.

    Of a range: the readings of its texts one after the other. Numbers and formulas have none; several areas give #N/A.
    Source: Microsoft, PHONETIC function.
    """
    if len(place.areas) > 1:
        return error(ErrorCode.NA)
    return from_scalar("".join(context.readings(place.area)))
