"""The prefix of a reference, up to its ``!``: ``Sheet1``, ``'My sheet'``, ``Jan:Mar``, ``[1]Sheet1``."""

from __future__ import annotations

import re

from compute.formulas.addresses import needs_quotes
from compute.formulas.ast import Sheets

_PARTS = re.compile(r"(.*\[[^\[\]]*\])?(.*)", re.DOTALL)
_PLAIN_WORKBOOK = re.compile(r"\[\w[\w.]*\]")


def read_sheets(prefix: str) -> Sheets | None:
    """What a prefix with its ``!`` names; None for a lone ``!``, which means the sheet where the formula stands."""
    body = prefix[:-1]
    if body.startswith("'"):
        body = body[1:-1].replace("''", "'")
    match = _PARTS.fullmatch(body)
    workbook, names = (match[1], match[2]) if match else (None, body)
    if not workbook and not names:
        return None
    # A closed workbook without brackets ('C:\x\book.xlsx'!Name) has a colon that separates no sheets.
    first, colon, last = (names, "", "") if "\\" in names or "/" in names else names.partition(":")
    return Sheets(first, last if colon else None, workbook)


def write_sheets(sheets: Sheets | None) -> str:
    """The prefix with its ``!``, quoted where Excel quotes it; nothing for None."""
    if sheets is None:
        return ""
    names = sheets.first if sheets.last is None else f"{sheets.first}:{sheets.last}"
    body = (sheets.workbook or "") + names
    return f"{body}!" if _is_plain(sheets) else "'" + body.replace("'", "''") + "'!"


def _is_plain(sheets: Sheets) -> bool:
    if sheets.workbook is not None and _PLAIN_WORKBOOK.fullmatch(sheets.workbook) is None:
        return False
    if not sheets.first and sheets.last is None:
        return sheets.workbook is not None
    return not needs_quotes(sheets.first) and (sheets.last is None or not needs_quotes(sheets.last))
