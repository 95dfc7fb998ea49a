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

__all__ = [
    "address",
    "cell_key",
    "column_letters",
    "column_number",
    "is_cell_address",
    "parse_address",
    "parse_cell_key",
    "quote_sheet",
]
