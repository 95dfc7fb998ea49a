"""Cell addresses as people and files write them: ``B3``, ``$B$3``, ``Sheet1!A1``, ``'My sheet'!B2``.

Rows and columns are 1-based. Limits are those of Excel 2007 and later: 1,048,576 rows, 16,384 columns (XFD).
"""

from __future__ import annotations

import re
from functools import lru_cache

from compute.errors import UnknownCell
from compute.formulas.ast import MAX_COLUMN, MAX_ROW

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_CELL_LIKE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_R1C1_LIKE = re.compile(r"[Rr][0-9]*(?:[Cc][0-9]*)?|[Cc][0-9]*")
_CODE = "model.bad_address"


@lru_cache(maxsize=MAX_COLUMN)
def column_letters(number: int) -> str:
    """The letters of a 1-based column: 1 is A, 27 is AA, 16384 is XFD. Raises ValueError beyond those limits."""
    if not 1 <= number <= MAX_COLUMN:
        raise ValueError(f"column {number} is outside 1 to {MAX_COLUMN}")
    letters = ""
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


@lru_cache(maxsize=MAX_COLUMN)
def column_number(letters: str) -> int:
    """The 1-based column that letters name, in any case: A is 1, XFD is 16384. Raises ValueError when none does."""
    number = 0
    if 1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha():
        for letter in letters.upper():
            number = number * 26 + ord(letter) - 64
    if not 1 <= number <= MAX_COLUMN:
        raise ValueError(f"{letters!r} is not a column between A and XFD")
    return number


def address(row: int, column: int) -> str:
    """The A1 address of a 1-based cell: (3, 2) is ``B3``. Raises ValueError outside the sheet."""
    if not 1 <= row <= MAX_ROW:
        raise ValueError(f"row {row} is outside 1 to {MAX_ROW}")
    return f"{column_letters(column)}{row}"


def parse_address(text: str) -> tuple[int, int]:
    """The (row, column) that an A1 address names; ``$`` signs are allowed. Raises UnknownCell."""
    match = _ADDRESS.fullmatch(text)
    if match is not None and 1 <= (row := int(match[2])) <= MAX_ROW:
        try:
            return row, column_number(match[1])
        except ValueError:
            pass
    raise UnknownCell(f"{text!r} is not a cell address between A1 and XFD1048576", code=_CODE, cells=(text,))


def is_cell_address(text: str) -> bool:
    """Whether text without ``$`` signs names a cell of the sheet; ``ABC1`` does, ``ABCD1`` and ``XFE1`` do not."""
    match = _CELL_LIKE.fullmatch(text)
    if match is None or not 1 <= int(match[2]) <= MAX_ROW:
        return False
    letters = match[1].upper()
    return len(letters) < 3 or letters <= "XFD"


def needs_quotes(sheet: str) -> bool:
    """Whether Excel puts a sheet's name in single quotes before ``!``.

    It does so for anything but letters, digits, ``_`` and ``.``; for a leading digit or dot; for TRUE and FALSE; and
    for names that could be read as a cell in A1 or R1C1 notation.
    """
    return (
        not _is_plain(sheet)
        or sheet.upper() in ("TRUE", "FALSE")
        or is_cell_address(sheet)
        or _R1C1_LIKE.fullmatch(sheet) is not None
    )


def _is_plain(sheet: str) -> bool:
    return bool(sheet) and sheet[0] not in "0123456789." and re.fullmatch(r"[\w.]+", sheet) is not None


def quote_sheet(sheet: str) -> str:
    """A sheet's name as it stands before ``!``, with quotes only where Excel writes them."""
    return "'" + sheet.replace("'", "''") + "'" if needs_quotes(sheet) else sheet


def cell_key(sheet: str, row: int, column: int) -> str:
    """A cell with its sheet as Excel writes it, ``Sheet1!A1`` or ``'My sheet'!B2``. Raises ValueError off the sheet."""
    return f"{quote_sheet(sheet)}!{address(row, column)}"


def parse_cell_key(text: str) -> tuple[str, int, int]:
    """The (sheet, row, column) of ``'My sheet'!B2``; quotes are optional in any name. Raises UnknownCell."""
    prefix, mark, cell = text.rpartition("!")
    sheet = _unquote(prefix)
    if not mark or not sheet:
        raise UnknownCell(f"{text!r} names no cell: write it as Sheet1!A1 or 'My sheet'!A1", code=_CODE, cells=(text,))
    return sheet, *parse_address(cell)


def _unquote(prefix: str) -> str:
    if len(prefix) >= 2 and prefix[0] == prefix[-1] == "'":
        return prefix[1:-1].replace("''", "'")
    return prefix
