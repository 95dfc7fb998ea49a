"""Running a program: fixed formulas once, varying ones for every block of iterations, or all of them once
(recalculation).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate, chain
from operator import attrgetter

import numpy as np

from compute.backends.reference.branches import merge_lanes
from compute.backends.reference.drawing import SampledDraws, StaticDraws
from compute.backends.reference.evaluation import evaluate_formulas, settled_blanks
from compute.backends.reference.evaluator import Evaluator
from compute.backends.reference.moving_rings import settle
from compute.backends.reference.portions import Portions
from compute.backends.reference.rings import FINEST_CHANGE, Cells, Demand, iterate, met_moving_circle
from compute.backends.reference.spilling import is_blocked, spilled
from compute.backends.reference.store import BlockStore, SheetStore, Slots, build_sheets
from compute.backends.reference.what_if import what_if
from compute.errors import CellError, CircularReference, ErrorCode, Scalar, UnsupportedFormula
from compute.formulas import cell_key
from compute.functions.call import fit_to
from compute.graph import CellId
from compute.program import FormulaCell, Program, Step
from compute.records import dataclass
from compute.sampling import Sampler
from compute.values import Area, Array, Codes, Floats, Kind, Texts, error, from_scalar, numeric

BLOCK_BYTES = 128 * 2**20
MOST_LANES = 4096
SHOWN_CELLS = 10


def sheet_stores(program: Program) -> list[SheetStore]:
    """Stores holding the workbook's constants."""
    sheets = program.workbook.sheets
    return build_sheets([(s.last_row, s.last_column) for s in sheets], [s.values for s in sheets])


def serial_now(date_1904: bool) -> float:
    """This moment as a date serial, local time, as NOW shows it."""
    passed = datetime.now() - datetime(1904 if date_1904 else 1900, 1, 1)  # noqa: DTZ001, DTZ005  a workbook's clock has no zone
    return passed.total_seconds() / 86_400 + (0 if date_1904 else 2)


class Recalculation:
    """Every formula once, draws at their static values. Formulas that cannot be evaluated are #NAME?; ``failed`` has
    why, by formula.
    """

    def __init__(self, program: Program, sheets: list[SheetStore] | None = None, now: float | None = None) -> None:
        self.program = program
        self.sheets = sheet_stores(program) if sheets is None else sheets
        self.draws = StaticDraws(program)
        self.failed: dict[int, UnsupportedFormula] = {}
        moment = serial_now(program.workbook.date_1904) if now is None else now
        self._evaluator = Evaluator(program, self.sheets, self.draws, moment)
        self._demand = Demand(self, self._evaluator.reader)

    @property
    def evaluator(self) -> Evaluator:
        """What evaluates further formulas against the values found."""
        return self._evaluator

    @property
    def circle(self) -> tuple[int, ...]:
        """The formulas that need themselves, in order."""
        return tuple(sorted(self._demand.circles))

    @property
    def spills(self) -> dict[int, Array]:
        """The whole results of array formulas, by formula."""
        return self._evaluator.spills

    def run(self, steps: Sequence[Step] | None = None) -> Recalculation:
        """Computes the given steps in their order, or the whole program."""
        chosen = sorted((*self.program.fixed, *self.program.varying), key=lambda s: s.level) if steps is None else steps
        if self.program.has_dynamic:
            self._evaluator.reader.pending = {n for s in chosen for n in s.formulas}
        for step in chosen:
            self._step(step)
        if met_moving_circle(self._demand, chosen):
            members = [n for s in chosen for n in s.formulas]
            reader = self._evaluator.reader
            self._demand.circles = settle(self, reader, members, self.program.by_place, self._close)
        return self

    def _close(self, cells: Cells, members: Sequence[int]) -> None:
        """Computes the formulas of a circle: iterated where the workbook asks for it, else 0."""
        workbook = self.program.workbook
        for number in members:
            cells.begin(number)
        if workbook.iterative:
            change = min(workbook.iterative_change, FINEST_CHANGE)
            iterate(cells, members, 1, workbook.iterative_count, change)
            return
        for number in members:
            cells.show(number, numeric(0.0))
        for number in members:
            cells.evaluate(number)

    def value(self, cell: CellId) -> Scalar:
        """What a cell shows."""
        sheet, row, column = cell
        array = self.sheets[sheet].fixed(np.array([row]), np.array([column]))
        return Array(array.numbers[:, None, None], array.kind_array()[:, None, None], _shaped(array)).item()

    def _step(self, step: Step) -> None:
        pending = self._evaluator.reader.pending
        if step.is_ring:
            self._ring(step)
            return
        formulas = tuple(self.program.formulas[n] for n in step.formulas)
        if len(formulas) == 1:
            number = formulas[0].number
            if not pending:
                self.show(number, self.evaluate(number))
            elif number in pending:
                self._demand.compute(number)
            return
        with self._evaluator.reader.all_ready(step.formulas):
            value = self._guarded(formulas)
        for lane, formula in enumerate(formulas):
            self.sheets[formula.sheet].put(formula.row, formula.column, value.item(0, 0, lane))

    def _ring(self, step: Step) -> None:
        """Formulas in a ring: in the order they need each other; a circle is iterated, or shows 0 as in Excel."""
        reader, workbook = self._evaluator.reader, self.program.workbook
        reader.in_ring = True
        if self._demand.ring(step.formulas):
            if workbook.iterative:
                self._close(self, step.formulas)
            else:
                for number in self._demand.circles.intersection(step.formulas):
                    self.show(number, numeric(0.0))
        reader.in_ring = False

    def evaluate(self, number: int) -> Array:
        """A formula's value, in the rectangle that it fills."""
        if number in self.program.tables:
            return settled_blanks(what_if(self, self._evaluator, self.sheets, number, 1))
        formula = self.program.formulas[number]
        return self._filling(formula, self._guarded((formula,)))

    def shown(self, number: int) -> Array:
        """What the cells of a formula show."""
        return self._evaluator.reader.area(self.program.filled(self.program.formulas[number]))

    def begin(self, number: int) -> None:
        """Makes a cell show what the file holds of it, if that is no error."""
        formula = self.program.formulas[number]
        self.sheets[formula.sheet].put(formula.row, formula.column, stored_start(self.program, formula))

    def _guarded(self, formulas: tuple[FormulaCell, ...]) -> Array:
        for formula in formulas:
            self.failed.pop(formula.number, None)
        try:
            return evaluate_formulas(self._evaluator, formulas, 1)
        except UnsupportedFormula as problem:
            if len(formulas) > 1:
                alone = ((np.array([i]), self._guarded((formula,))) for i, formula in enumerate(formulas))
                return merge_lanes(list(alone), len(formulas))
            self.failed[formulas[0].number] = problem
            return error(ErrorCode.NAME)

    def _filling(self, formula: FormulaCell, value: Array) -> Array:
        """The value as the cells of its formula take it."""
        if not formula.is_array:
            return value
        top, left, bottom, right = formula.range or (formula.row, formula.column, formula.row, formula.column)
        if not formula.is_dynamic_array:
            return settled_blanks(fit_to(value, bottom - top + 1, right - left + 1))
        value = settled_blanks(value)
        return error(ErrorCode.SPILL) if is_blocked(self.program, formula, value.rows, value.columns) else value

    def show(self, number: int, value: Array) -> None:
        """Puts a formula's value into its cells."""
        formula = self.program.formulas[number]
        store = self.sheets[formula.sheet]
        if not formula.is_array:
            store.put(formula.row, formula.column, value.item())
            return
        self._evaluator.spills[number] = value
        store.put_array(formula.row, formula.column, value)


def stored_start(program: Program, formula: FormulaCell) -> Scalar:
    """The value that the file holds of a formula, from which an iteration starts; blank for an error or no value."""
    value = program.workbook.sheets[formula.sheet].cached.get((formula.row, formula.column))
    return None if isinstance(value, CellError) or not program.workbook.iterative else value


def circular(program: Program, numbers: Iterable[int]) -> CircularReference:
    """The refusal of a circle, naming its cells."""
    cells = tuple(
        cell_key(program.sheets.names[f.sheet], f.row, f.column)
        for f in map(program.formulas.__getitem__, sorted(numbers))
    )
    shown = (
        " → ".join((*cells[:SHOWN_CELLS], *cells[:1]))
        if len(cells) <= SHOWN_CELLS
        else f"{' → '.join(cells[:SHOWN_CELLS])} and {len(cells) - SHOWN_CELLS} more"
    )
    return CircularReference(
        f"these formulas depend on each other in a circle: {shown}; "
        "break the circle or turn on iterative calculation in Excel",
        cells=cells,
    )


def _shaped(array: Array) -> Texts | None:
    return None if array.texts is None else array.texts[:, None, None]


@dataclass(frozen=True, slots=True)
class BlockResult:
    """Samples of the iterations ``[start, stop)``: outputs and inputs as rows, NaN where the value is no number.

    ``*_codes`` holds the error of each sample, 0 for none; a text counts as #VALUE! in ``output_codes``. ``seconds`` is
    how long they took by the wall clock, ``sampling_seconds`` the part of it for draws that compiled code did not make.
    """

    start: int
    stop: int
    outputs: Floats
    output_codes: Codes
    inputs: Floats
    input_codes: Codes
    seconds: float = 0.0
    sampling_seconds: float = 0.0


class Machine:
    """A program ready to run: fixed formulas computed, varying cells laid out. Blocks may run in several threads."""

    def __init__(self, program: Program, description: str = "") -> None:
        """``description`` is what a result tells of how the program runs."""
        self.program, self.description = program, description
        self.sheets = sheet_stores(program)
        self.now = serial_now(program.workbook.date_1904)
        fixed = Recalculation(program, self.sheets, self.now)
        fixed.run(program.fixed)
        if fixed.failed:
            raise next(iter(fixed.failed.values()))
        self.slots = self._lay_out()
        self._fixed_spills = fixed.spills
        self._fixed_areas: dict[Area, Array] = {}
        self.stores = threading.local()
        self.portions = Portions(program, self.sheets)

    def _lay_out(self) -> dict[int, Slots]:
        """Gives every cell that a varying formula fills a slot."""
        numbers = [number for step in self.program.varying for number in step.formulas]
        formulas = [self.program.formulas[number] for number in numbers]
        cells: list[CellId] = list(map(attrgetter("sheet", "row", "column"), formulas))
        begins = list(range(len(cells)))
        if any(formula.range is not None for formula in formulas):
            filled = [_cells_of(self.program.filled(formula)) for formula in formulas]
            begins = [0, *accumulate(map(len, filled))][:-1]
            cells = list(chain.from_iterable(filled))
        self.slot_count = len(cells)
        self._cell_slots = dict(zip(cells, range(len(cells)), strict=True))
        every = np.arange(len(cells), dtype=np.int32)
        places = np.fromiter(chain.from_iterable(cells), np.intp, 3 * len(cells)).reshape(-1, 3)
        for sheet in sorted(set(places[:, 0].tolist())):
            own = np.flatnonzero(places[:, 0] == sheet)
            self.sheets[sheet].set_slots(places[own, 1], places[own, 2], every[own])
        self.first_slots = np.full(len(self.program.formulas), -1, np.int32)
        self.first_slots[numbers] = begins
        ends = [*begins[1:], len(cells)]
        return {number: every[first:end] for number, first, end in zip(numbers, begins, ends, strict=True)}

    @property
    def block_lanes(self) -> int:
        """How many iterations one block should hold so that its values fit in memory comfortably."""
        wanted = BLOCK_BYTES // (9 * max(self.slot_count, 1))
        return int(max(64, min(MOST_LANES, 2 ** int(np.log2(max(wanted, 64))))))

    def block_store(self, lanes: int) -> BlockStore:
        """This thread's store: fresh memory costs more than the arithmetic, so that it serves block after block."""
        kept: BlockStore | None = getattr(self.stores, "store", None)
        if kept is None or kept.lanes != lanes:
            kept = self.stores.store = BlockStore.empty(self.slot_count, lanes)
        kept.texts.clear()
        return kept

    def run(self, sampler: Sampler, start: int, stop: int, _room: BlockResult | None = None, /) -> BlockResult:
        """One block of iterations, a pure function of its arguments; in arrays of its own."""
        begun = time.perf_counter()
        draws = SampledDraws(self.program, sampler, start, stop)
        block = Block(self, draws, stop - start)
        block.run()
        outputs, codes = block.outputs()
        seconds = time.perf_counter() - begun
        return BlockResult(start, stop, outputs, codes, draws.samples, draws.codes, seconds, draws.seconds)


def _cells_of(area: Area) -> list[CellId]:
    """The cells of an area, row by row."""
    rows, columns = range(area.top, area.bottom + 1), range(area.left, area.right + 1)
    return [(area.sheet, row, column) for row in rows for column in columns]


class Block:
    """The state of one block of iterations."""

    def __init__(self, machine: Machine, draws: SampledDraws, lanes: int) -> None:
        self._machine, self._draws, self._lanes = machine, draws, lanes
        self._program = machine.program
        self.store = machine.block_store(lanes)
        self._evaluator = Evaluator(
            self._program, machine.sheets, draws, machine.now, machine._fixed_areas, machine._cell_slots
        )
        self._evaluator.spills = dict(machine._fixed_spills)
        self._evaluator.reader.begin(self.store)
        self._demand = Demand(self, self._evaluator.reader)

    def run(self, steps: Sequence[Step] | None = None) -> None:
        """Computes all that varies, or some steps of it whose precedents the block's store holds."""
        pending = self._evaluator.reader.pending = (
            {n for s in self._program.varying for n in s.formulas} if self._program.has_dynamic else set()
        )
        for step in self._program.varying if steps is None else steps:
            if step.is_ring:
                self._ring(step)
                continue
            if len(step.formulas) == 1:
                number = step.formulas[0]
                if not pending:
                    self.show(number, self.evaluate(number))
                elif number in pending:
                    self._demand.compute(number)
                continue
            with self._evaluator.reader.all_ready(step.formulas):
                for formulas in self._machine.portions.of(step.formulas, self._lanes):
                    value = evaluate_formulas(self._evaluator, formulas, self._lanes)
                    self.store.write_many(np.concatenate([self._machine.slots[f.number] for f in formulas]), value)
        if met_moving_circle(self._demand, self._program.varying):
            members = [n for s in self._program.varying for n in s.formulas]
            settle(self, self._evaluator.reader, members, self._program.by_place, self._close)

    def _ring(self, step: Step) -> None:
        """Formulas in a ring.

        Where branches differ between iterations a ring that never closes looks closed: it settles after as many rounds
        as it has formulas.
        """
        reader = self._evaluator.reader
        reader.in_ring = True
        for number in step.formulas:
            self.begin(number)
        if self._demand.ring(step.formulas):
            self._close(self, step.formulas)
        reader.in_ring = False

    def _close(self, cells: Cells, members: Sequence[int]) -> None:
        """Computes the formulas of a ring that looks closed; refuses it where it is and nothing asks to iterate."""
        workbook = self._program.workbook
        for number in members:
            cells.begin(number)
        if workbook.iterative:
            change = min(workbook.iterative_change, FINEST_CHANGE)
            iterate(cells, members, self._lanes, workbook.iterative_count, change)
        elif iterate(cells, members, self._lanes, len(members) + 1, 0.0).any():
            raise circular(self._program, self._demand.circles.intersection(members) or members)

    def evaluate(self, number: int) -> Array:
        """A formula's values over the block, in the rectangle that it fills."""
        if number in self._program.tables:
            return settled_blanks(what_if(self, self._evaluator, self._machine.sheets, number, self._lanes))
        formula = self._program.formulas[number]
        value = evaluate_formulas(self._evaluator, (formula,), self._lanes)
        if not formula.is_array:
            return value
        if formula.is_dynamic_array:
            return spilled(self._program, formula, value)
        area = self._program.filled(formula)
        return settled_blanks(fit_to(value, area.rows, area.columns))

    def shown(self, number: int) -> Array:
        """What the cells of a formula show in this block."""
        return self._evaluator.reader.area(self._program.filled(self._program.formulas[number]))

    def show(self, number: int, value: Array) -> None:
        """Puts a formula's values into the block's store."""
        slots = self._machine.slots[number]
        if not self._program.formulas[number].is_array:
            self.store.write(int(slots[0]), value)
            return
        self._evaluator.spills[number] = value
        for slot, element in zip(slots.tolist(), value.elements(), strict=True):
            self.store.write(slot, element)

    def begin(self, number: int) -> None:
        """Makes the cells of a formula show what the file holds: the block's store still has another block's values."""
        formula = self._program.formulas[number]
        start = from_scalar(stored_start(self._program, formula) or 0.0)
        for slot in self._machine.slots[number].tolist():
            self.store.write(slot, start)

    def outputs(self) -> tuple[Floats, Codes]:
        """The outputs' values and errors, one row each."""
        sites = self._program.outputs
        values, codes = np.full((len(sites), self._lanes), np.nan), np.zeros((len(sites), self._lanes), np.uint8)
        for i, site in enumerate(sites):
            array = self._evaluator.reader.area(_area(site.cell))
            kinds = array.kind_array()[0, 0]
            is_number = (kinds == Kind.NUMBER) | (kinds == Kind.BOOLEAN) | (kinds == Kind.BLANK)
            values[i] = np.where(is_number, array.numbers[0, 0], np.nan)
            failed = np.where(kinds == Kind.ERROR, array.numbers[0, 0], ErrorCode.VALUE)
            codes[i] = np.where(is_number, 0, failed)
        return values, codes


def _area(cell: CellId) -> Area:
    return Area(cell[0], cell[1], cell[2], cell[1], cell[2])
