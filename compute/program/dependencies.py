"""Which formulas each formula reads: looked up for all copies of a formula at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from compute.formulas.ast import MAX_COLUMN, MAX_ROW, CellReference, Coordinate, RangeReference
from compute.graph import CellId, ProducerIndex, SheetIndex, areas_of
from compute.program.copies import Copies
from compute.program.ir import FormulaCell
from compute.values import Area

References = Sequence[CellReference | RangeReference]
Integers = NDArray[np.int64]
FEWEST = 8
"""So many copies of a formula are looked up together; fewer are faster one by one."""


class Dependencies:
    """The numbers below a node: formulas are 0 … n-1, areas of several cells follow: a range is resolved once."""

    def __init__(
        self,
        formulas: Sequence[FormulaCell],
        copies: Copies,
        producers: Mapping[CellId, int],
        index: ProducerIndex,
        sheets: SheetIndex,
    ) -> None:
        self._formulas, self._copies = formulas, copies
        self._producers, self._index, self._sheets = producers, index, sheets
        self._count = len(formulas)
        self._areas: dict[tuple[int, int, int, int, int], int] = {}
        self._of_areas: list[Area | list[int]] = []
        self._below: list[Sequence[int] | None] = [None] * self._count
        for facts, numbers in copies.groups:
            if len(numbers) >= FEWEST:
                self._look_up(numbers, facts.references)

    def __call__(self, number: int) -> Sequence[int]:
        """The nodes below a node."""
        if number >= self._count:
            return self._members(number - self._count)
        below = self._below[number]
        if below is None:
            formula = self._formulas[number]
            below = self._below[number] = self.read_by(formula, self._copies.facts(formula.tree).references)
        return below

    def read_by(self, formula: FormulaCell, references: References) -> list[int]:
        """The nodes that references of a formula stand for."""
        below: list[int] = []
        sheet, row, column = formula.cell
        for reference in references:
            if not isinstance(reference, CellReference) or reference.sheets is not None:
                for area in areas_of((reference,), sheet, row, column, self._sheets):
                    below += self._of_area(area.sheet, area.top, area.left, area.bottom, area.right)
                continue
            # Most references of most workbooks are cells of the own sheet: no area is made of them.
            cell = (sheet, reference.row.resolve(row, MAX_ROW), reference.column.resolve(column, MAX_COLUMN))
            producer = self._producers.get(cell)
            if producer is not None:
                below.append(producer)
        return below

    def _members(self, area: int) -> list[int]:
        held = self._of_areas[area]
        if isinstance(held, Area):
            held = self._of_areas[area] = self._index.inside(held)
        return held

    def _of_area(self, sheet: int, top: int, left: int, bottom: int, right: int) -> tuple[int, ...]:
        if top == bottom and left == right:
            producer = self._producers.get((sheet, top, left))
            return () if producer is None else (producer,)
        key = (sheet, top, left, bottom, right)
        node = self._areas.get(key)
        if node is None:
            node = self._areas[key] = self._count + len(self._of_areas)
            self._of_areas.append(Area(*key))
        return (node,)

    def _look_up(self, numbers: Sequence[int], references: References) -> None:
        """The nodes below each of many copies of a formula, sheet by sheet."""
        cells = np.array([self._formulas[n].cell for n in numbers], np.int64)
        for sheet in sorted(set(cells[:, 0].tolist())):
            own = np.flatnonzero(cells[:, 0] == sheet)
            rows, columns = cells[own, 1], cells[own, 2]
            found = [column for r in references for column in self._columns_of(r, sheet, rows, columns)]
            table = np.stack(found, axis=1) if found else np.empty((own.size, 0), np.int64)
            whole = bool((table >= 0).all())
            for number, below in zip(own.tolist(), table.tolist(), strict=True):
                self._below[numbers[number]] = below if whole else [n for n in below if n >= 0]

    def _columns_of(
        self, reference: CellReference | RangeReference, own: int, rows: Integers, columns: Integers
    ) -> Iterator[Integers]:
        """The node that a reference stands for in each copy, -1 for none; once for each sheet that it names."""
        if reference.sheets is not None and reference.sheets.workbook:
            return
        for sheet in self._sheets.positions(reference.sheets, own) or ():
            if isinstance(reference, CellReference):
                row, column = _resolved(reference.row, rows, MAX_ROW), _resolved(reference.column, columns, MAX_COLUMN)
                yield self._index.at(sheet, row, column)
            else:
                yield self._nodes(sheet, reference, rows, columns)

    def _nodes(self, sheet: int, reference: RangeReference, rows: Integers, columns: Integers) -> Integers:
        ends = (_resolved(reference.top, rows, MAX_ROW), _resolved(reference.bottom, rows, MAX_ROW))
        sides = (_resolved(reference.left, columns, MAX_COLUMN), _resolved(reference.right, columns, MAX_COLUMN))
        corners = np.stack([np.minimum(*ends), np.minimum(*sides), np.maximum(*ends), np.maximum(*sides)], axis=1)
        if bool((corners == corners[0]).all()):
            found = self._of_area(sheet, *corners[0].tolist())
            return np.full(rows.size, found[0] if found else -1, np.int64)
        nodes = [self._of_area(sheet, *corner) for corner in corners.tolist()]
        return np.array([node[0] if node else -1 for node in nodes], np.int64)


def _resolved(coordinate: Coordinate, origins: Integers, limit: int) -> Integers:
    """As ``Coordinate.resolve``, for many origins."""
    if coordinate.absolute:
        return np.full(origins.shape, coordinate.value, np.int64)
    return (origins + (coordinate.value - 1)) % limit + 1


__all__ = ["Dependencies"]
