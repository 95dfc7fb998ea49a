"""The ranges that parts of a package name: ``A1:D10``, ``B2``, with or without ``$``."""

from __future__ import annotations

from compute.errors import DamagedWorkbook, UnknownCell
from compute.formulas.addresses import parse_address
from compute.workbook.model import Cell, Rectangle
from compute.workbook.safety import REPAIR


def parse_rectangle(text: str, where: str) -> Rectangle:
    """(top, left, bottom, right) of a range as stored. Raises DamagedWorkbook naming ``where``."""
    first, _, last = text.partition(":")
    try:
        top, left = parse_address(first)
        bottom, right = parse_address(last) if last else (top, left)
    except UnknownCell as error:
        message = f"{where} refers to the range {text!r}, which is none. {REPAIR}"
        raise DamagedWorkbook(message, code="workbook.bad_range") from error
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def area(rectangle: Rectangle) -> int:
    """The number of cells in a rectangle."""
    top, left, bottom, right = rectangle
    return (bottom - top + 1) * (right - left + 1)


def contains(rectangle: Rectangle, cell: Cell) -> bool:
    """Whether the cell lies in the rectangle."""
    top, left, bottom, right = rectangle
    return top <= cell[0] <= bottom and left <= cell[1] <= right
