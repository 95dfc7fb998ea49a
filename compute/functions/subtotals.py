"""SUBTOTAL and AGGREGATE: a statistic of cells without other subtotals and perhaps without hidden rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from compute.errors import ErrorCode
from compute.functions.aggregates import count_kinds, greatest, least, mean_of, product_of
from compute.functions.reductions import ordered_sum, per_lane
from compute.functions.samples import Sample, lane_numbers, numbers_in
from compute.functions.signature import CallContext, CellFailure, Operand, cells, function, number
from compute.functions.statistics_descriptive import deviation_cell, middle, mode, variance_cell
from compute.functions.statistics_order import (
    largest,
    percentile_exclusive,
    percentile_inclusive,
    quartile_exclusive,
    quartile_inclusive,
    smallest,
)
from compute.records import dataclass
from compute.values import Area, Array, Booleans, Kind, Reference, blank, numeric, select, stack

_NESTED = re.compile(r"\b(SUBTOTAL|AGGREGATE)\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Rules:
    """Which cells do not count."""

    hidden: bool
    nested: bool
    errors: bool


def _sum(sample: Sample) -> Array:
    return per_lane(ordered_sum(sample.values), codes=sample.codes)


_STATISTICS: dict[int, Callable[[Sample], Array]] = {
    1: mean_of,
    4: greatest,
    5: least,
    6: product_of,
    7: lambda s: deviation_cell(s, 1),
    8: lambda s: deviation_cell(s, 0),
    9: _sum,
    10: lambda s: variance_cell(s, 1),
    11: lambda s: variance_cell(s, 0),
    12: middle,
    13: mode,
}
_AT = {
    14: largest,
    15: smallest,
    16: percentile_inclusive,
    17: quartile_inclusive,
    18: percentile_exclusive,
    19: quartile_exclusive,
}
_FILLED = (Kind.NUMBER, Kind.BOOLEAN, Kind.TEXT, Kind.ERROR)


def _whole(context: CallContext, argument: Array) -> int:
    context.constant(argument)
    values, codes = lane_numbers(argument)
    if codes is not None and codes[0]:
        raise CellFailure(ErrorCode(int(codes[0])))
    return int(values[0])


@function("SUBTOTAL", number("function_num"), cells("ref"), cells("more", optional=True, repeating=True))
def subtotal(context: CallContext, chosen: Array, *operands: Operand) -> Array:
    """A statistic of cells without other subtotals; filtered rows never count, with 101 to 111 no hidden row does.

    Source: Microsoft's page for SUBTOTAL.
    """
    code = _whole(context, chosen)
    hidden = code > 100
    statistic = code - 100 if hidden else code
    if not 1 <= statistic <= 11:
        return _failed(ErrorCode.VALUE)
    if any(o.reference is None for o in operands):
        return _failed(ErrorCode.VALUE)
    kept = _kept(context, operands, _Rules(hidden, nested=True, errors=False))
    return _evaluated(statistic, kept, None)


def _failed(code: ErrorCode) -> Array:
    raise CellFailure(code)


@function(
    "AGGREGATE",
    number("function_num"),
    number("options"),
    cells("array"),
    cells("more", optional=True, repeating=True),
)
def aggregate(context: CallContext, chosen: Array, options: Array, *operands: Operand) -> Array:
    """A statistic of cells by number, leaving out what the option says: nested subtotals, hidden rows, errors.

    Source: Microsoft's page for AGGREGATE.
    """
    code, option = _whole(context, chosen), _whole(context, options)
    if not (1 <= code <= 19 and 0 <= option <= 7):
        return _failed(ErrorCode.VALUE)
    rules = _Rules(hidden=option in (1, 3, 5, 7), nested=option < 4, errors=option in (2, 3, 6, 7))
    if code < 14:
        return _evaluated(code, _kept(context, operands, rules), None)
    if len(operands) != 2:
        return _failed(ErrorCode.VALUE)
    return _evaluated(code, _kept(context, operands[:1], rules), operands[1].array)


def _evaluated(code: int, kept: Sequence[Array], at: Array | None) -> Array:
    if code in (2, 3):
        kinds = (Kind.NUMBER,) if code == 2 else _FILLED
        total = np.zeros((1, 1, 1))
        for part in kept:
            total = total + count_kinds(part, kinds)
        return numeric(total)
    sample = _joined(kept)
    if at is None:
        return _STATISTICS[code](sample)
    places, codes = lane_numbers(at)
    return _AT[code](sample, places, codes)


def _joined(kept: Sequence[Array]) -> Sample:
    """All cells as one sample."""
    columns = [part.reshape(part.rows * part.columns, 1) for part in kept if part.rows * part.columns]
    return numbers_in(stack([[column] for column in columns]) if columns else blank())


def _kept(context: CallContext, operands: Sequence[Operand], rules: _Rules) -> list[Array]:
    kept = []
    for operand in operands:
        if operand.reference is None:
            kept.append(_without_errors(operand.array) if rules.errors else operand.array)
            continue
        for area in operand.reference.areas:
            values = operand.array if len(operand.reference.areas) == 1 else context.dereference(Reference((area,)))
            counted = _counted(context, area, values, rules)
            values = select(counted, values, blank())
            kept.append(_without_errors(values) if rules.errors else values)
    return kept


def _without_errors(values: Array) -> Array:
    return values if values.errors() is None else select(~values.is_kind(Kind.ERROR), values, blank())


def _counted(context: CallContext, area: Area, values: Array, rules: _Rules) -> Booleans:
    """Where a cell counts, shape (rows, columns, 1)."""
    counted = np.ones((values.rows, values.columns, 1), np.bool_)
    for r in range(values.rows):
        row = area.top + r
        if context.is_row_hidden(area.sheet, row, filtered_only=not rules.hidden):
            counted[r] = False
        elif rules.nested:
            for c in range(values.columns):
                formula = context.formula_at(area.sheet, row, area.left + c)
                counted[r, c] = formula is None or _NESTED.search(formula) is None
    return counted
