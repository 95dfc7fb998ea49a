"""Formulas in parentheses as a whole: ``=(0.5-0.4-0.1)`` ends with the parentheses and not with the subtraction.

Excel takes a difference close to 0 for 0 only where nothing follows it, parentheses included; trees do not keep them.
Source: Microsoft, floating-point arithmetic may give inaccurate results (KB 78113): ``=1.333+1.225-1.333-1.225`` is 0,
in parentheses -2.22E-16.
"""

from __future__ import annotations

from compute.formulas.tokens import tokenize


def is_enclosed(text: str) -> bool:
    """Whether one pair of parentheses holds the whole of a formula that can be parsed."""
    if not (text.endswith(")") or text[-1:].isspace()):
        return False
    plain = text.removeprefix("=").strip()
    if not (plain.startswith("(") and plain.endswith(")")):
        return False
    depth = 0
    tokens = tokenize(plain)[:-1]
    for token in tokens[:-1]:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            return False
    return True
