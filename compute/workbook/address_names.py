"""Defined names that read as cells of the larger grid of 2007: ``TAX2008``, ``att2``.

In the .xls format, of 256 columns and 65,536 rows, they were names like any other. Excel puts an underscore before them
when it converts such a workbook; other programs carry them over as they are, and mean the name. Source: Microsoft,
"Use Office Excel 2007 with earlier versions of Excel" (defined names that conflict with cell references).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from compute.errors import FormulaSyntaxError, UnknownCell
from compute.formulas.addresses import parse_address
from compute.formulas.tokens import Kind, tokenize
from compute.workbook.model import DefinedName

OLD_ROWS, OLD_COLUMNS = 65_536, 256


def conflicting_names(names: Iterable[DefinedName]) -> Mapping[str, str]:
    """For each name (casefolded) that reads as a cell beyond IV65536, the name with an underscore before it."""
    taken = {name.name.casefold(): name.name for name in names}
    found = {}
    for key, name in taken.items():
        if _reads_as_newer_cell(name):
            other = "_" + name
            while other.casefold() in taken:
                other = "_" + other
            found[key] = other
    return found


def renamed(name: DefinedName, conflicts: Mapping[str, str]) -> DefinedName:
    """The name as Excel would have converted it, its text included."""
    return replace(name, name=conflicts.get(name.name.casefold(), name.name), text=with_names(name.text, conflicts))


def with_names(formula: str, conflicts: Mapping[str, str]) -> str:
    """The formula with those names written so that they read as names; one that cannot be read stays as it is."""
    if not conflicts:
        return formula
    try:
        tokens = tokenize(formula)
    except FormulaSyntaxError:
        return formula
    parts, end, previous = [], 0, None
    for token in tokens:
        other = conflicts.get(token.text.casefold())
        if other is not None and token.kind is Kind.REFERENCE and previous is not Kind.PREFIX:
            parts += [formula[end : token.start], other]
            end = token.start + len(token.text)
        previous = token.kind
    return "".join(parts) + formula[end:]


def _reads_as_newer_cell(name: str) -> bool:
    if "$" in name:
        return False
    try:
        row, column = parse_address(name)
    except UnknownCell:
        return False
    return row > OLD_ROWS or column > OLD_COLUMNS
