"""Values of expressions: arrays over lanes, references, and Excel's conversions between types."""

from __future__ import annotations

from compute.values.array import (
    Array,
    Booleans,
    Codes,
    Floats,
    Kind,
    Texts,
    blank,
    boolean,
    error,
    from_rows,
    from_scalar,
    numeric,
    select,
    stack,
    text,
    with_errors,
)
from compute.values.coercion import first_error, to_booleans, to_numbers, to_texts
from compute.values.located import Located
from compute.values.number_text import general_text, parse_number
from compute.values.reference import Area, Reference

__all__ = [
    "Area",
    "Array",
    "Booleans",
    "Codes",
    "Floats",
    "Kind",
    "Located",
    "Reference",
    "Texts",
    "blank",
    "boolean",
    "error",
    "first_error",
    "from_rows",
    "from_scalar",
    "general_text",
    "numeric",
    "parse_number",
    "select",
    "stack",
    "text",
    "to_booleans",
    "to_numbers",
    "to_texts",
    "with_errors",
]
