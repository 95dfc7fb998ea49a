"""Which formulas may be computed for many cells at once: lanes = cells × iterations.

That is so when every part works lane by lane: no position of the formula's own, no reference as a place, no range whose
size differs from cell to cell, and no range that would be intersected with the formula's row or column.
"""

from __future__ import annotations

from functools import lru_cache

from compute.dialects import Draw, InputMark, OutputMark, Quantile, SeriesDraw
from compute.dialects.combined import combination_of
from compute.dialects.law_nodes import FORMULA
from compute.formulas.ast import (
    ArrayConstant,
    Binary,
    Boolean,
    Call,
    CellReference,
    ErrorValue,
    Node,
    Number,
    Omitted,
    RangeReference,
    Text,
    Unary,
)
from compute.functions import REGISTRY
from compute.graph import EXTENDING_FUNCTIONS, extended_total
from compute.program.special import LAZY_FORMS

_POSITIONAL = frozenset(
    {
        "ROW",
        "COLUMN",
        "CELL",
        "INDIRECT",
        "OFFSET",
        "SHEET",
        "FORMULATEXT",
        "ISFORMULA",
        "SHEETS",
        "SUBTOTAL",
        "AGGREGATE",
    }
)  # fmt: skip
_PLACES = frozenset({"INDEX", "XLOOKUP", "OFFSET", "INDIRECT", "TAKE", "DROP", "TRIMRANGE"})
"""Functions that give references, which a range argument must see as such."""
_LEAVES = (Number, Text, Boolean, ErrorValue, Omitted)


@lru_cache(maxsize=65_536)
def can_batch(tree: Node) -> bool:
    """Whether cells that share this bound tree may be computed in one go."""
    return _scalar(tree)


def _scalar(node: Node) -> bool:
    while isinstance(node, Binary):
        if node.operator in (":", ",", " ") or not _scalar(node.right):
            return False
        node = node.left
    if isinstance(node, _LEAVES):
        return True
    if isinstance(node, CellReference):
        return node.sheets is None or (node.sheets.last is None and node.sheets.workbook is None)
    if isinstance(node, Unary):
        return node.operator in "+-%" and _scalar(node.operand)
    if isinstance(node, Call):
        return _call(node)
    if isinstance(node, OutputMark | InputMark):
        return True
    if isinstance(node, Draw):
        limits = [n for a in node.adjustments for n in (a.low, a.high) if n is not None]
        alone = node.locked or combination_of(node.law) is not None or isinstance(node, SeriesDraw)
        alone = alone or node.law == FORMULA
        return not alone and all(_scalar(p) for p in (*node.parameters, *limits))
    if isinstance(node, Quantile):
        limits = [n for a in node.adjustments for n in (a.low, a.high) if n is not None]
        if combination_of(node.law) is not None:
            return False
        return all(_scalar(p) for p in (*node.parameters, node.probability, *limits))
    return False


def _call(node: Call) -> bool:
    if node.name in LAZY_FORMS:
        return all(_scalar(a) for a in node.arguments)
    if node.name in EXTENDING_FUNCTIONS and extended_total(node) is not None:
        return False
    function = REGISTRY.get(node.name)
    if function is None or node.name in _POSITIONAL or function.volatile:
        return False
    for i, argument in enumerate(node.arguments):
        kind = function.parameter(i).type if function.parameters else "any"
        if kind in ("reference", "callable"):
            return False
        if kind in ("range", "array"):
            is_place = isinstance(argument, Call) and argument.name in _PLACES
            if is_place or not (_range(argument) or _scalar(argument)):
                return False
        elif not _scalar(argument):
            return False
    return True


def _range(node: Node) -> bool:
    if isinstance(node, ArrayConstant):
        return True
    if not isinstance(node, RangeReference):
        return False
    if node.sheets is not None and (node.sheets.last is not None or node.sheets.workbook is not None):
        return False
    return node.top.absolute == node.bottom.absolute and node.left.absolute == node.right.absolute
