"""Excel's formula language: text to tree and back, references in relative form, cell addresses."""

from __future__ import annotations

from compute.formulas.addresses import (
    address,
    cell_key,
    column_letters,
    column_number,
    is_cell_address,
    parse_address,
    parse_cell_key,
    quote_sheet,
)
from compute.formulas.relative import FormulaCache, parse, shift
from compute.formulas.walk import children, fold, references, transform, walk
from compute.formulas.writer import to_r1c1, unparse

__all__ = [
    "FormulaCache",
    "address",
    "cell_key",
    "children",
    "column_letters",
    "column_number",
    "fold",
    "is_cell_address",
    "parse",
    "parse_address",
    "parse_cell_key",
    "quote_sheet",
    "references",
    "shift",
    "to_r1c1",
    "transform",
    "unparse",
    "walk",
]
