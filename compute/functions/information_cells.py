"""CELL: where a cell is, what it holds and how it is formatted. INFO: what Excel says of itself.

Source: Microsoft's pages of both. What hangs on the computer has one answer here (docs/fidelity.md) or is refused.
"""

from __future__ import annotations

import re

import numpy as np

from compute.errors import ErrorCode, UnsupportedFormula
from compute.functions.number_format_tokens import InvalidFormat, Part, Section, sections_of
from compute.functions.references import letters
from compute.functions.signature import CallContext, CellFailure, Operand, cells, function, text
from compute.values import Area, Array, Kind, Reference, error, from_rows, from_scalar, numeric

WORKBOOK_NAME = "[workbook.xlsx]"
"""The file's name in CELL("filename"), whatever it is called and wherever it lies."""
_FORMAT_QUESTIONS = ("color", "format", "parentheses")
_UNKNOWN = ("prefix", "protect")
_DATES = {
    **dict.fromkeys(("d-mmm-yy", "dd-mmm-yy"), "D1"),
    **dict.fromkeys(("d-mmm", "dd-mmm"), "D2"),
    "mmm-yy": "D3",
    **dict.fromkeys(("m/d/yy", "m/d/yyyy", "m/d/yy h:mm", "m/d/yyyy h:mm", "mm/dd/yy"), "D4"),
    "mm/dd": "D5",
    "h:mm:ss am/pm": "D6",
    "h:mm am/pm": "D7",
    "h:mm:ss": "D8",
    "h:mm": "D9",
}
_COLOURS = re.compile(r"\[(black|blue|cyan|green|magenta|red|white|yellow|color\s*\d+)\]", re.IGNORECASE)
_SECTION_ENDS = re.compile(r'"[^"]*"|\\.|;')
_CURRENCIES = "$\u00a3\u00a5\u20ac"
_PADDING, _DIGIT_WIDTH = 5, 7
"""Pixels beside a cell's text and of a digit in Excel's default font (ECMA-376 part 1, 18.3.1.13)."""


@function("CELL", text("info_type"), cells("reference", optional=True))
def cell_information(context: CallContext, info_type: Array, operand: Operand | None = None) -> Array:
    """What is asked of a reference's first cell, or of the formula's own; #VALUE! for unknown questions.

    Alignment, protection and the width of columns that have none of their own are not read: refused, as are the format
    of an empty cell and the address of a cell on another sheet, which names the file.
    """
    area = _place(context, operand)
    asked = str(context.constant(info_type)).casefold()
    if asked in ("col", "row"):
        return numeric(float(area.left if asked == "col" else area.top))
    if asked == "address":
        if area.sheet != context.sheet:
            raise _refuse('CELL("address") of another sheet')
        return from_scalar(f"${letters(area.left)}${area.top}")
    if asked == "filename":
        return from_scalar(WORKBOOK_NAME + context.sheet_names()[area.sheet])
    if asked == "width":
        return _width(context, area)
    if asked in _UNKNOWN:
        raise _refuse(f'CELL("{asked}")')
    value = (Operand(context.dereference(Reference((area,)))) if operand is None else operand).array.cell(0, 0)
    if asked == "contents":
        return numeric(0.0) if value.is_kind(Kind.BLANK).all() else value
    if asked == "type":
        return _content_type(value)
    if asked not in _FORMAT_QUESTIONS:
        raise CellFailure(ErrorCode.VALUE)
    if value.is_kind(Kind.BLANK).any():
        raise _refuse(f'CELL("{asked}") of an empty cell')
    return _about_format(asked, context.number_format(area.sheet, area.top, area.left))


def _place(context: CallContext, operand: Operand | None) -> Area:
    if operand is None:
        return Area(context.sheet, context.row, context.column, context.row, context.column)
    if operand.reference is None:
        raise CellFailure(ErrorCode.VALUE)
    return operand.reference.area


def _refuse(what: str) -> UnsupportedFormula:
    return UnsupportedFormula(f"{what} is not supported")


def _content_type(value: Array) -> Array:
    letters = np.empty(value.shape, object)
    letters[...] = "v"
    letters[value.is_kind(Kind.BLANK)] = "b"
    letters[value.is_kind(Kind.TEXT)] = "l"
    return Array(np.zeros(value.shape), np.full(value.shape, Kind.TEXT, np.uint8), letters)


def _width(context: CallContext, area: Area) -> Array:
    """The width in digits, rounded, and whether it is the default one."""
    width = context.column_width(area.sheet, area.left)
    if width is None:
        raise _refuse('CELL("width") of a column that has no width of its own')
    shown = (width * _DIGIT_WIDTH - _PADDING) / _DIGIT_WIDTH if width > 1 else width
    return from_rows([[float(int(shown + 0.5)), False]])


def _about_format(asked: str, code: str | None) -> Array:
    first, _, rest = _without_quotes(code or "").partition(";")
    try:
        coloured = bool(_COLOURS.search(rest.partition(";")[0]))
        enclosed = "(" in first.replace("_(", "")
        if asked == "color":
            return numeric(float(coloured))
        if asked == "parentheses":
            return numeric(float(enclosed))
        known = "G" if code is None else format_letter(sections_of(code)[0])
    except InvalidFormat:
        known = None
    if known is None:
        raise _refuse(f'CELL("format") of a cell with the format {code}')
    return from_scalar(known + "-" * coloured + "()" * enclosed)


def _without_quotes(code: str) -> str:
    """A format code without its quoted and escaped characters."""
    return _SECTION_ENDS.sub(lambda match: ";" if match[0] == ";" else "", code)


def format_letter(section: Section) -> str | None:
    """The letter and decimals that Lotus 1-2-3 gave a format, as Microsoft's table has them; None for dates beyond it.

    G general and fractions, F fixed, ``,`` with thousands, C currency, P percent, S scientific, D dates and times.
    """
    if section.is_date:
        return _DATES.get("".join(t.text for t in section.tokens).lower().strip())
    if not section.has(Part.DIGIT) or section.has(Part.GENERAL, Part.SLASH, Part.TEXT):
        return "G"
    tokens = [t for t in section.tokens if t.part is not Part.LITERAL]
    parts = [t.part for t in tokens]
    end = parts.index(Part.EXPONENT) if Part.EXPONENT in parts else len(parts)
    point = parts.index(Part.POINT) if Part.POINT in parts else end
    places = parts[point:end].count(Part.DIGIT)
    literals = "".join(t.text for t in section.tokens if t.part is Part.LITERAL)
    if Part.EXPONENT in parts:
        letter = "S"
    elif Part.PERCENT in parts:
        letter = "P"
    elif any(sign in literals for sign in _CURRENCIES):
        letter = "C"
    else:
        letter = "," if Part.COMMA in parts[:point] else "F"
    return f"{letter}{places}"


_ENVIRONMENT = {
    "origin": "$A:$A$1",
    "osversion": "Windows (32-bit) NT 10.00",
    "recalc": "Automatic",
    "release": "16.0",
    "system": "pcdos",
}
_NO_LONGER_ANSWERED = ("memavail", "memused", "totmem")


@function("INFO", text("type_text"))
def environment(context: CallContext, type_text: Array) -> Array:
    """What Excel on Windows says of itself, with the workbook alone open and seen from its first cell.

    #N/A for questions about memory, #VALUE! for unknown ones; the current folder is refused.
    """
    asked = str(context.constant(type_text)).casefold()
    if asked == "numfile":
        return numeric(float(len(context.sheet_names())))
    if asked == "directory":
        raise _refuse('INFO("directory")')
    if asked in _NO_LONGER_ANSWERED:
        return error(ErrorCode.NA)
    if asked not in _ENVIRONMENT:
        raise CellFailure(ErrorCode.VALUE)
    return from_scalar(_ENVIRONMENT[asked])
