"""Structured references: the part of ``Table[[#Headers],[A]:[C]]`` in brackets, read and written.

Source: "Using structured references with Excel tables" (support.microsoft.com); escapes are ``'`` before
``[ ] # ' @``.
"""

from __future__ import annotations

import re

from compute.formulas.ast import StructuredReference

_SPECIFIERS = {text.casefold(): text for text in ("#All", "#Data", "#Headers", "#Totals", "#This Row")}
_THIS_ROW = "#This Row"
_ITEM = re.compile(r"\s*\[((?:[^\[\]']|'.)*+)\]\s*", re.DOTALL)
_ESCAPE = re.compile(r"'(.)", re.DOTALL)
_ESCAPED = re.compile(r"([\[\]#'@])")


def read_structured(table: str | None, bracket: str, workbook: str | None = None) -> StructuredReference:
    """The reference that a table's name and a text from ``[`` to ``]`` make. Raises ValueError saying what is wrong."""
    body = bracket[1:-1]
    specifiers: tuple[str, ...] = ()
    stripped = body.strip()
    if stripped.startswith("@"):
        specifiers = (_THIS_ROW,)
        body = stripped[1:]
        stripped = body.strip()
    if not stripped:
        return StructuredReference(table, specifiers, workbook=workbook)
    if stripped.startswith("["):
        more, first, last = _read_items(stripped)
        return StructuredReference(table, specifiers + more, first, last, workbook)
    if stripped.startswith("#") and not specifiers:
        return StructuredReference(table, (_specifier(stripped),), workbook=workbook)
    if _has_inner_bracket(body):
        raise ValueError(f"{bracket!r} is not a structured reference")
    return StructuredReference(table, specifiers, _ESCAPE.sub(r"\1", body), workbook=workbook)


def _has_inner_bracket(body: str) -> bool:
    return "[" in _ESCAPE.sub("", body)


def _specifier(text: str) -> str:
    try:
        return _SPECIFIERS[text.casefold()]
    except KeyError:
        raise ValueError(f"{text!r} is not one of #All, #Data, #Headers, #Totals, #This Row") from None


def _read_items(body: str) -> tuple[tuple[str, ...], str | None, str | None]:
    specifiers: list[str] = []
    columns: list[str] = []
    position, separator = 0, ","
    while position <= len(body):
        match = _ITEM.match(body, position)
        if match is None:
            raise ValueError(f"a name in brackets is missing in {body!r}")
        item = match[1]
        if item.startswith("#") and not columns and separator == ",":
            specifiers.append(_specifier(item.strip()))
        elif len(columns) == (1 if separator == ":" else 0):
            columns.append(_ESCAPE.sub(r"\1", item))
        else:
            raise ValueError(f"{item!r} is one column too many in {body!r}")
        separator = body[match.end() : match.end() + 1]
        position = match.end() + 1
        if separator not in ("", ",", ":") or (separator == ":" and len(columns) != 1):
            raise ValueError(f"{separator!r} is out of place in {body!r}")
    first, last = (*columns, None, None)[:2]
    return tuple(specifiers), first, last


def write_structured(reference: StructuredReference) -> str:
    """The bracketed part of a reference, such that reading it gives the same reference again."""
    items = [f"[{specifier}]" for specifier in reference.specifiers]
    if reference.first is not None:
        first = _escape(reference.first)
        items.append(f"[{first}]" if reference.last is None else f"[{first}]:[{_escape(reference.last)}]")
    if not items:
        return "[]"
    if len(items) == 1 and not reference.specifiers and reference.last is None and reference.first:
        return items[0] if reference.first.strip() else f"[{items[0]}]"
    return items[0] if len(items) == 1 and reference.first is None else f"[{','.join(items)}]"


def _escape(column: str) -> str:
    return _ESCAPED.sub(r"'\1", column)
