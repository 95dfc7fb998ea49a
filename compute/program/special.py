"""Forms that are evaluated by rules of their own: their arguments are not all computed, or introduce names."""

from __future__ import annotations

SPECIAL_FORMS = frozenset(
    {
        "IF", "IFS", "IFERROR", "IFNA", "CHOOSE", "SWITCH", "LET", "LAMBDA", "MAP", "REDUCE", "SCAN", "BYROW", "BYCOL",
        "MAKEARRAY", "ISOMITTED",
    }
)  # fmt: skip
LAZY_FORMS = frozenset({"IF", "IFS", "IFERROR", "IFNA", "CHOOSE", "SWITCH"})
