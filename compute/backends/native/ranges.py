"""What an operation over the cells of ranges becomes: loops that add, compare, count, discount or solve."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from compute.backends.native.dated_flows import dated_internal_rate, dated_present_value
from compute.backends.native.emission import NAN, Emission, IrValue, Value
from compute.backends.native.failures import passed_on
from compute.backends.native.iterating import Cells, each
from compute.backends.native.operations import greater_of, lesser_of
from compute.backends.native.ordering import ORDERING
from compute.backends.native.rates import internal_rate
from compute.backends.native.statistics import STATISTICS
from compute.values import Floats

INFINITE = float("inf")
RangeOperation = Callable[[Emission, Sequence[Cells], Sequence[Value]], Value]


def _folded(start: float, combine: Callable[[Emission, IrValue, IrValue], IrValue]) -> RangeOperation:
    """A running result over all cells, first to last."""

    def emitted(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
        cells = ranges[0]
        return each(emit, cells.count, [emit.number(start)], lambda j, held: [combine(emit, held[0], cells.load(j))])[0]

    return emitted


def _sum_product(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
    def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        product = ranges[0].load(j)
        for other in ranges[1:]:
            product = emit.builder.fmul(product, other.load(j))
        return [emit.builder.fadd(held[0], product)]

    return each(emit, ranges[0].count, [emit.number(0.0)], step)[0]


def _net_present_value(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
    """Flows at the end of each period, Horner's scheme; #DIV/0! at a rate of -1."""
    growth = emit.builder.fadd(emit.as_number(parts[0]), emit.number(1.0))
    discount = emit.builder.fdiv(emit.number(1.0), growth)

    def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        return [emit.builder.fmul(emit.builder.fadd(held[0], ranges[0].load(j)), discount)]

    total = each(emit, ranges[0].count, [emit.number(0.0)], step, backwards=True)[0]
    undefined = emit.builder.fcmp_ordered("oeq", growth, emit.number(0.0))
    return emit.select(undefined, emit.number(NAN), total)


def _net_present_value_of_some(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
    """The same of cells among which infinite ones take no period."""
    growth = emit.builder.fadd(emit.as_number(parts[0]), emit.number(1.0))
    discount = emit.builder.fdiv(emit.number(1.0), growth)

    def step(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        flow = ranges[0].load(j)
        following = emit.builder.fmul(emit.builder.fadd(held[0], flow), discount)
        return [emit.select(emit.builder.fcmp_ordered("oeq", flow, emit.number(INFINITE)), held[0], following)]

    total = each(emit, ranges[0].count, [emit.number(0.0)], step, backwards=True)[0]
    undefined = emit.builder.fcmp_ordered("oeq", growth, emit.number(0.0))
    return emit.select(undefined, emit.number(NAN), total)


def _internal_rate(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
    return internal_rate(emit, ranges[0], emit.as_number(parts[0]))


def _pick(emit: Emission, ranges: Sequence[Cells], parts: Sequence[Value]) -> Value:
    """The cell at a 0-based position; #REF! or #N/A outside."""
    cells = ranges[0]
    position = emit.as_number(parts[0])
    return picked(emit, position, cells.count, cells.lane)


def picked(emit: Emission, position: IrValue, count: int, read: Callable[[IrValue, int], IrValue]) -> IrValue:
    """``read(position, iteration)`` for each iteration, NaN outside 0 … count − 1."""
    builder = emit.builder
    inside = builder.and_(
        builder.fcmp_ordered("oge", position, emit.number(0.0)),
        builder.fcmp_ordered("olt", position, emit.number(float(count))),
    )
    safe = emit.select(inside, position, emit.number(0.0))
    found = emit.gather(emit.index_of(safe), read)
    return emit.select(inside, found, emit.number(NAN))


def chosen(emit: Emission, given: IrValue, choices: Floats, first: int) -> IrValue:
    """One of ``choices``, the first of them at the position ``first``."""
    position = emit.builder.fsub(given, emit.number(float(first))) if first else given
    table = emit.table(choices)
    made = picked(emit, position, len(choices), lambda at, lane: emit.element(table, at))
    # Among choices that are errors no position lies outside.
    return passed_on(emit, "translate" if np.isnan(choices).any() else "pick", [given], made)


RANGES: dict[str, RangeOperation] = {
    **ORDERING,
    **STATISTICS,
    "sum": _folded(0.0, lambda emit, a, b: emit.builder.fadd(a, b)),
    "product": _folded(1.0, lambda emit, a, b: emit.builder.fmul(a, b)),
    "least": _folded(float("inf"), lesser_of),
    "greatest": _folded(float("-inf"), greater_of),
    "sum_product": _sum_product,
    "mixed_npv": _net_present_value_of_some,
    "npv": _net_present_value,
    "irr": _internal_rate,
    "xnpv": dated_present_value,
    "xirr": dated_internal_rate,
    "pick": _pick,
}

__all__ = ["RANGES", "RangeOperation", "chosen"]
