"""References combined by operators and read from text."""

from __future__ import annotations

import re

from compute.backends.reference.frame import Frame
from compute.errors import ErrorCode
from compute.formulas import parse
from compute.formulas.ast import MAX_COLUMN, MAX_ROW, CellReference, Coordinate, Node, RangeReference, Sheets
from compute.program import Program
from compute.values import Area, Array, Reference, error

_R1C1 = re.compile(r"(?:R(?P<row>\d+|\[-?\d+\])?)?(?:C(?P<column>\d+|\[-?\d+\])?)?", re.IGNORECASE)


def union_of(operator: str, left: Reference, right: Reference) -> Reference | Array:
    """Two references joined: ``:`` the rectangle around both, ``,`` both, a space what they share (else #NULL!)."""
    if operator == ",":
        return Reference(left.areas + right.areas)
    if operator == ":":
        areas = (*left.areas, *right.areas)
        if len({a.sheet for a in areas}) > 1:
            return error(ErrorCode.VALUE)
        return Reference(
            (
                Area(
                    areas[0].sheet,
                    min(a.top for a in areas),
                    min(a.left for a in areas),
                    max(a.bottom for a in areas),
                    max(a.right for a in areas),
                ),
            )
        )
    shared = [s for a in left.areas for b in right.areas if (s := _shared(a, b)) is not None]
    return Reference(tuple(shared)) if shared else error(ErrorCode.NULL)


def _shared(a: Area, b: Area) -> Area | None:
    top, left = max(a.top, b.top), max(a.left, b.left)
    bottom, right = min(a.bottom, b.bottom), min(a.right, b.right)
    if a.sheet != b.sheet or top > bottom or left > right:
        return None
    return Area(a.sheet, top, left, bottom, right)


def place_of_text(program: Program, words: str, a1: bool, frame: Frame) -> Node | None:
    """The bound tree of an address or name given as text; None when it is not one. Raises FormulaSyntaxError."""
    sheet = program.sheets.names[frame.sheet]
    if a1:
        return program.binder.bind(parse(words, frame.row, frame.column), sheet, frame.row, frame.column)
    prefix, mark, local = words.rpartition("!")
    sheets = Sheets(prefix.strip("'").replace("''", "'")) if mark else None
    first, colon, last = local.partition(":")
    corners = [_r1c1(part.strip()) for part in ((first, last) if colon else (first,))]
    if any(c is None for c in corners):
        return program.binder.bind(parse(words, frame.row, frame.column), sheet, frame.row, frame.column)
    (row, column), (row2, column2) = corners[0], corners[-1]  # type: ignore[misc]
    if row is not None and column is not None and not colon:
        return CellReference(row, column, sheets)
    whole = (Coordinate(1, True), Coordinate(MAX_ROW, True), Coordinate(1, True), Coordinate(MAX_COLUMN, True))
    return RangeReference(row or whole[0], column or whole[2], row2 or whole[1], column2 or whole[3], sheets)


def _r1c1(part: str) -> tuple[Coordinate | None, Coordinate | None] | None:
    match = _R1C1.fullmatch(part)
    if not match or not part:
        return None
    upper = part.upper()
    return (
        _coordinate(match["row"]) if upper.startswith("R") else None,
        _coordinate(match["column"]) if "C" in upper else None,
    )


def _coordinate(text: str | None) -> Coordinate:
    if text is None:
        return Coordinate(0, False)
    return Coordinate(int(text.strip("[]")), not text.startswith("["))
