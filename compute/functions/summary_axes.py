"""Rows of a table gathered by equal keys and put in order, with totals: one axis of GROUPBY and PIVOTBY.

Source: Microsoft's pages of GROUPBY and PIVOTBY. Labels and the order of rows under a value's order were checked
against results that Excel 365 stored (libraz/formulon, tests/oracle/golden).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from compute.errors import CellError, ErrorCode, Scalar
from compute.functions.dynamic_arrays import Places
from compute.functions.dynamic_arrays_order import sort_keys
from compute.functions.signature import CallContext, CellFailure, LanesDiffer
from compute.records import dataclass
from compute.values import Array, Kind, stack, text

Key = tuple[Any, ...]
Measure = Callable[[Places], Array]
"""The value of some rows that an axis is ordered by."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One row (or column) of a summary: the rows of the table behind it and how many of its keys it shows."""

    members: Places
    depth: int


@dataclass(frozen=True, slots=True)
class Order:
    """What sort_order asks for: fields by number from 1, falling for negative ones, or one value column from 1."""

    fields: tuple[int, ...] = ()
    value: int = 0
    value_falls: bool = False

    @classmethod
    def of(cls, numbers: Sequence[int], fields: int, values: int) -> Order:
        """The order that signed numbers stand for; #VALUE! for 0, beyond the columns or a value among several."""
        if any(n == 0 or abs(n) > fields + values for n in numbers):
            raise CellFailure(ErrorCode.VALUE)
        if len(numbers) == 1 and abs(numbers[0]) > fields:
            return cls(value=abs(numbers[0]) - fields, value_falls=numbers[0] < 0)
        if any(abs(n) > fields for n in numbers):
            raise CellFailure(ErrorCode.VALUE)
        return cls(tuple(numbers))

    def falls(self, field: int) -> bool:
        """Whether a field, from 1, is in falling order."""
        return next((n < 0 for n in self.fields if abs(n) == field), False)


def _identity(value: Scalar) -> Key:
    if isinstance(value, str):
        return ("text", value.casefold())
    return (type(value).__name__, value.code if isinstance(value, CellError) else value)


class Axis:
    """The groups of a table's rows by the columns of ``fields``; keys must be the same in every lane."""

    def __init__(self, context: CallContext, fields: Array, members: Places) -> None:
        self.fields = fields
        self.levels = fields.columns
        self._members = members
        self._keys = [tuple(_identity(v) for v in row) for row in context.settled(fields)]
        self._first: dict[Key, int] = {}
        for member in members.tolist():
            for level in range(self.levels):
                self._first.setdefault(self._keys[member][: level + 1], member)
        self._weights = [self._weights_of(c) for c in range(self.levels)]

    def _weights_of(self, column: int) -> list[tuple[float, float]]:
        keys = sort_keys(self.fields.part(slice(None), slice(column, column + 1)), False)
        values = keys[0][:, 0].tolist()
        classes = keys[1][:, 0].tolist() if len(keys) > 1 else [0.0] * len(values)
        return list(zip(classes, values, strict=True))

    def lines(self, order: Order, total_depth: int, measure: Measure, *, as_table: bool = False) -> list[Line]:
        """The lines in order. ``total_depth`` as GROUPBY's: 1 a grand total, 2 subtotals as well …, above if negative.

        #VALUE! where there are no levels for so many subtotals, or for subtotals of a table without hierarchy.
        """
        depth = abs(total_depth)
        if (depth > self.levels and depth > 1) or (as_table and depth > 1):
            raise CellFailure(ErrorCode.VALUE)
        if as_table:
            found = self._as_table(order, measure)
        else:
            found = self._below(self._members, 0, order, total_depth, measure)
        total = [Line(self._members, 0)] if depth else []
        return [*total, *found] if total_depth < 0 else [*found, *total]

    def _groups(self, members: Places, start: int, stop: int) -> list[Places]:
        groups: dict[Key, list[int]] = {}
        for member in members.tolist():
            groups.setdefault(self._keys[member][start:stop], []).append(member)
        return [np.array(g, np.intp) for g in groups.values()]

    def _below(self, members: Places, level: int, order: Order, total_depth: int, measure: Measure) -> list[Line]:
        groups = self._sorted(self._groups(members, level, level + 1), [level], order, measure)
        lines: list[Line] = []
        for group in groups:
            if level + 1 == self.levels:
                lines.append(Line(group, self.levels))
                continue
            inner = self._below(group, level + 1, order, total_depth, measure)
            subtotal = [Line(group, level + 1)] if level + 1 < abs(total_depth) else []
            lines += [*subtotal, *inner] if total_depth < 0 else [*inner, *subtotal]
        return lines

    def _as_table(self, order: Order, measure: Measure) -> list[Line]:
        first = [abs(n) - 1 for n in order.fields]
        levels = [*first, *(c for c in range(self.levels) if c not in first)]
        groups = self._sorted(self._groups(self._members, 0, self.levels), levels, order, measure)
        return [Line(g, self.levels) for g in groups]

    def _sorted(self, groups: list[Places], levels: Sequence[int], order: Order, measure: Measure) -> list[Places]:
        def weight(group: Places) -> list[tuple[float, float]]:
            return [_turned(self._weights[c][int(group[0])], order.falls(c + 1)) for c in levels]

        groups = sorted(groups, key=weight)
        if not order.value or len(groups) < 2:
            return groups
        return [groups[i] for i in _ranking(stack([[measure(g)] for g in groups]), order.value_falls)]

    def labels(self, line: Line, total: str) -> list[Array]:
        """A line's keys, each 1 × 1: ``total`` for the whole, empty texts below the level of a subtotal."""
        if line.depth == 0:
            return [text(total), *[text("")] * (self.levels - 1)]
        keys = self._keys[int(line.members[0])]
        own = [self.fields.cell(self._first[keys[: c + 1]], c) for c in range(line.depth)]
        return [*own, *[text("")] * (self.levels - line.depth)]


_BLANKS_LAST = 9.0


def _turned(weight: tuple[float, float], falls: bool) -> tuple[float, float]:
    if not falls or weight[0] == _BLANKS_LAST:
        return weight
    return -weight[0], -weight[1]


def _ranking(values: Array, falls: bool) -> list[int]:
    """The places of a column's values in order; asks for lanes to be computed apart where their orders differ."""
    keys = sort_keys(values, falls)
    lanes = max(k.shape[1] for k in keys)
    order = np.lexsort(np.stack([np.broadcast_to(k, (k.shape[0], lanes)) for k in keys]), axis=0)
    if lanes > 1 and bool((order != order[:, :1]).any()):
        raise LanesDiffer(np.unique(order, axis=1, return_inverse=True)[1].reshape(-1))
    return [int(i) for i in order[:, 0]]


def has_headers(values: Array) -> bool:
    """Whether a column of values starts with a text above a number: Excel's automatic test for headers."""
    if values.rows < 2:
        return False
    kinds = values.kind_array()[:2, 0]
    return bool((kinds[0] == Kind.TEXT).all() and (kinds[1] == Kind.NUMBER).all())
