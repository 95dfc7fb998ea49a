"""What-if data tables computed as lanes: each cell of the table is one lane of the formulas between inputs and result.

A lane is one iteration of one of the table's scenarios; scenarios go in blocks that fit in memory. What the formulas
between read from elsewhere is the same in every scenario and repeated. Cell by cell (``what_if``) the values
are the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compute.backends.reference.evaluation import evaluate_formulas, settled_blanks
from compute.backends.reference.evaluator import Evaluator
from compute.backends.reference.frame import Indices
from compute.backends.reference.reading import Reader, Unready
from compute.backends.reference.store import BlockStore, SheetStore
from compute.backends.reference.trial_draws import trial_number
from compute.dialects import Draw, nodes
from compute.formulas.ast import Call, Invocation, NameReference
from compute.functions import REGISTRY
from compute.functions.call import fit_to
from compute.graph import CellId, areas_of, is_dynamic, static_references
from compute.program import FormulaCell, Program
from compute.program.what_if import WhatIf, result_cells
from compute.records import dataclass
from compute.values import Area, Array

BLOCK_BYTES = 64 * 2**20
STEADY = frozenset({"NOW", "TODAY"})
"""Volatile functions with one value in a whole run."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What is computed in lanes: formulas in groups of one tree, and the cells read that differ between iterations."""

    groups: tuple[tuple[FormulaCell, ...], ...]
    inputs: tuple[int, ...]
    outside: tuple[int, ...]
    slots: dict[int, Indices]
    cells: dict[CellId, int]


def goes_in_lanes(program: Program, table: WhatIf) -> bool:
    """Whether every formula between inputs and results is the same function of its cells in every scenario.

    Not so where references move, sizes spill, laws are drawn (RAND may be), formulas are in a ring or a table lies
    within a table.
    """
    numbers = {n for n in (table.row_input, table.column_input, *table.affected) if n is not None}
    if any(program.formulas[n].is_dynamic_array or n in program.tables for n in numbers):
        return False
    inputs = [program.formulas[n] for n in (table.row_input, table.column_input) if n is not None]
    if any(f.is_array for f in inputs):
        return False
    rings = [s.formulas for s in (*program.fixed, *program.varying) if s.is_ring] if program.has_rings else []
    if any(numbers.intersection(ring) for ring in rings):
        return False
    return not any(_is_restless(program, program.formulas[n]) for n in table.affected)


def _is_restless(program: Program, formula: FormulaCell) -> bool:
    if is_dynamic(formula.tree):
        return True
    for node in nodes(formula.tree):
        if (isinstance(node, Draw) and not node.fresh) or (
            program.lambdas and isinstance(node, NameReference | Invocation)
        ):
            return True
        if (
            isinstance(node, Call)
            and node.name not in STEADY
            and node.name in REGISTRY
            and REGISTRY[node.name].volatile
        ):
            return True
    return False


def lay_out(program: Program, table: WhatIf, reader: Reader) -> Layout:
    """The formulas between, grouped as the program's steps group them, each cell with its row in the block.

    Raises Unready where a cell that they read is not computed yet.
    """
    affected = set(table.affected)
    inputs = tuple(n for n in (table.row_input, table.column_input) if n is not None)
    steps = sorted((*program.fixed, *program.varying), key=lambda s: s.level)
    chosen = ([n for n in step.formulas if n in affected] for step in steps)
    groups = tuple(tuple(program.formulas[n] for n in numbers) for numbers in chosen if numbers)
    read = {n for group in groups for f in group for n in _read_by(program, f)} - affected - set(inputs)
    waiting = tuple(n for n in sorted(read) if n in reader.pending)
    if waiting:
        raise Unready(waiting)
    outside = tuple(n for n in sorted(read) if reader.varies(program.formulas[n].cell))
    slots: dict[int, Indices] = {}
    cells: dict[CellId, int] = {}
    for number in (*inputs, *outside, *(f.number for g in groups for f in g)):
        area = program.filled(program.formulas[number])
        own = [(area.sheet, r, c) for r in range(area.top, area.bottom + 1) for c in range(area.left, area.right + 1)]
        slots[number] = np.arange(len(cells), len(cells) + len(own), dtype=np.intp)
        cells.update({cell: len(cells) + i for i, cell in enumerate(own)})
    return Layout(groups, inputs, outside, slots, cells)


def _read_by(program: Program, formula: FormulaCell) -> list[int]:
    references = static_references(formula.tree)
    areas = areas_of(references, formula.sheet, formula.row, formula.column, program.sheets)
    return [n for area in areas for n in program.producer_index.inside(area)]


def as_lanes(outer: Evaluator, sheets: Sequence[SheetStore], number: int, lanes: int) -> Array:
    """The interior of a data table over the block's ``lanes``. Raises Unready, UnsupportedFormula."""
    program, reader = outer.program, outer.reader
    table, area = program.tables[number], program.filled(program.formulas[number])
    layout = lay_out(program, table, reader)
    scenarios = _Scenarios.of(reader, table, area)
    inner = _inner(outer, sheets, layout)
    results = [
        Area(area.sheet, r, c, r, c)
        for r, c in result_cells(
            (area.top, area.left, area.bottom, area.right),
            table.row_input is not None,
            table.column_input is not None,
        )
    ]
    at_once = max(1, BLOCK_BYTES // (9 * lanes * max(1, len(layout.cells))))
    parts: list[list[Array]] = [[] for _ in results]
    for start in range(0, scenarios.count, at_once):
        chunk = np.arange(start, min(start + at_once, scenarios.count), dtype=np.intp)
        with outer.draws.in_tables.trials(area, scenarios.trial_numbers(chunk)):
            _compute(inner, layout, scenarios, chunk, outer, lanes)
        for part, cell in zip(parts, results, strict=True):
            part.append(_shown(inner, outer, layout, cell, len(chunk), lanes))
    return scenarios.arranged([_joined(part) for part in parts], lanes)


def _inner(outer: Evaluator, sheets: Sequence[SheetStore], layout: Layout) -> Evaluator:
    own: dict[int, dict[tuple[int, int], int]] = {}
    for (sheet, row, column), slot in layout.cells.items():
        own.setdefault(sheet, {})[row, column] = slot
    overlaid = [store.with_slots(own.get(i, {})) for i, store in enumerate(sheets)]
    inner = Evaluator(outer.program, overlaid, outer.draws, outer.now, None, layout.cells)
    inner.spills = dict(outer.spills)
    return inner


def _compute(
    inner: Evaluator, layout: Layout, scenarios: _Scenarios, chunk: Indices, outer: Evaluator, lanes: int
) -> None:
    program, width = inner.program, len(chunk) * lanes
    store = BlockStore.empty(len(layout.cells), width)
    for number, value in scenarios.inputs(chunk, lanes).items():
        store.write(int(layout.slots[number][0]), value)
    for number in layout.outside:
        shown = outer.reader.area(program.filled(program.formulas[number]))
        for slot, element in zip(layout.slots[number].tolist(), shown.elements(), strict=True):
            store.write(slot, _repeated(element, len(chunk), lanes))
    inner.reader.begin(store)
    for group in layout.groups:
        value = evaluate_formulas(inner, group, width)
        if not group[0].is_array:
            store.write_many(np.concatenate([layout.slots[f.number] for f in group]).astype(np.int32), value)
            continue
        area = program.filled(group[0])
        value = settled_blanks(fit_to(value, area.rows, area.columns))
        inner.spills[group[0].number] = value
        for slot, element in zip(layout.slots[group[0].number].tolist(), value.elements(), strict=True):
            store.write(slot, element)


def _repeated(value: Array, times: int, lanes: int) -> Array:
    """A value over the block's lanes once more for each scenario."""
    if value.lanes == 1:
        return value
    assert value.lanes == lanes
    return value.take_lanes(np.tile(np.arange(lanes, dtype=np.intp), times))


def _shown(inner: Evaluator, outer: Evaluator, layout: Layout, cell: Area, count: int, lanes: int) -> Array:
    if (cell.sheet, cell.top, cell.left) in layout.cells:
        return inner.reader.area(cell).broadcast(1, 1, count * lanes)
    return _repeated(outer.reader.area(cell), count, lanes).broadcast(1, 1, count * lanes)


def _joined(parts: Sequence[Array]) -> Array:
    if len(parts) == 1:
        return parts[0]
    has_kinds, has_texts = any(p.kinds is not None for p in parts), any(p.texts is not None for p in parts)
    return Array(
        np.concatenate([p.numbers for p in parts], axis=2),
        np.concatenate([p.kind_array() for p in parts], axis=2) if has_kinds else None,
        np.concatenate([p.text_array() for p in parts], axis=2) if has_texts else None,
    )


@dataclass(frozen=True, slots=True)
class _Scenarios:
    """The values that a table puts into its inputs: one scenario for each value, or for each pair of values."""

    table: WhatIf
    area: Area
    across: Array | None
    down: Array | None

    @classmethod
    def of(cls, reader: Reader, table: WhatIf, area: Area) -> _Scenarios:
        above, beside = area.top - 1, area.left - 1
        across = Area(area.sheet, above, area.left, above, area.right)
        down = Area(area.sheet, area.top, beside, area.bottom, beside)
        return cls(
            table,
            area,
            None if table.row_input is None else reader.area(across),
            None if table.column_input is None else reader.area(down),
        )

    @property
    def count(self) -> int:
        return (1 if self.across is None else self.area.columns) * (1 if self.down is None else self.area.rows)

    def trial_numbers(self, chunk: Indices) -> list[int]:
        """Which trials these scenarios are: each the row, the column or the cell that shows it."""
        columns = 1 if self.across is None else self.area.columns
        return [trial_number(*divmod(scenario, columns)) for scenario in chunk.tolist()]

    def inputs(self, chunk: Indices, lanes: int) -> dict[int, Array]:
        """What each input holds, lane by lane, in the scenarios of ``chunk``."""
        found: dict[int, Array] = {}
        columns = 1 if self.across is None else self.area.columns
        if self.across is not None and self.table.row_input is not None:
            found[self.table.row_input] = _spread(self.across.transpose(), chunk % columns, lanes)
        if self.down is not None and self.table.column_input is not None:
            found[self.table.column_input] = _spread(self.down, chunk // columns, lanes)
        return found

    def arranged(self, results: Sequence[Array], lanes: int) -> Array:
        """The results' lanes in the table's rectangle."""
        both = self.across is not None and self.down is not None
        axis = 0 if self.down is None else 1

        def placed(parts: list[np.ndarray[tuple[int, ...], np.dtype[np.generic]]]) -> np.ndarray[tuple[int, ...]]:
            shaped = [p.reshape(self.count, lanes) for p in parts]
            if both:
                return shaped[0].reshape(self.area.rows, self.area.columns, lanes)
            return np.stack(shaped, axis=axis)

        has_kinds, has_texts = any(r.kinds is not None for r in results), any(r.texts is not None for r in results)
        return Array(
            placed([r.numbers for r in results]),
            placed([r.kind_array() for r in results]) if has_kinds else None,
            placed([r.text_array() for r in results]) if has_texts else None,
        )


def _spread(edge: Array, rows: Indices, lanes: int) -> Array:
    """Elements of a column, one for each scenario, over scenarios × lanes."""
    taken = Array(
        edge.numbers[rows, 0],
        None if edge.kinds is None else edge.kinds[rows, 0],
        None if edge.texts is None else edge.texts[rows, 0],
    )
    shape = (len(rows), lanes)
    return Array(
        np.broadcast_to(taken.numbers, shape).reshape(1, 1, -1),
        None if taken.kinds is None else np.broadcast_to(taken.kinds, shape).reshape(1, 1, -1),
        None if taken.texts is None else np.broadcast_to(taken.texts, shape).reshape(1, 1, -1),
    )
