"""What runs native and in which order: stages of loops between stages of the reference backend."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import field

import numpy as np
import numpy.typing as npt

from compute.backends.native.dependences import Edges, components, edges_of, read_places
from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Expression, Sampled, Type, walk
from compute.backends.native.layout import Layout
from compute.backends.native.lines import APART, Line, lines_of
from compute.backends.native.loops import Loop, fused, loop_of
from compute.backends.native.reading import Reading
from compute.backends.native.surroundings import Surroundings
from compute.backends.reference import Machine
from compute.program import Program, Step
from compute.program.facts import FactBook
from compute.program.precedents import precedents
from compute.records import dataclass

Ints = npt.NDArray[np.int64]
MOST_LINES = 20_000
"""More distinct pieces than this are not worth compiling."""
MOST_PARTS = 25_000
"""The most parts (constants, references, operations) that all expressions may have together: compiling takes about half
a second for a thousand of them.
"""
MOST_READINGS = 24
"""How often lines may be read anew for what turned out of others; in the later half they are left out."""


@dataclass(frozen=True, slots=True)
class NativeStage:
    """Loops of compiled lines, and the places that it takes from and gives to other stages."""

    loops: tuple[Loop, ...]
    imports: Ints
    exports: Ints


@dataclass(frozen=True, slots=True)
class ReferenceStage:
    """Steps of the program left to the reference backend."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """A stage in numbers."""

    is_native: bool
    formulas: int
    loops: int


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The stages of a program; ``reasons`` tells of each formula left to the reference backend why."""

    layout: Layout
    lines: tuple[Line, ...]
    expressions: Mapping[int, Expression]
    stages: tuple[NativeStage | ReferenceStage, ...]
    reasons: Mapping[int, str]
    sites: tuple[int, ...]
    """The draws that native stages make."""
    texts: tuple[str, ...] = ()
    """The texts that compiled cells may hold, by their numbers."""

    def type_at(self, place: int) -> Type:
        """The type of a compiled cell; a number where it is not compiled."""
        expression = self.expressions.get(int(self.layout.line[place]))
        return "number" if expression is None else expression.type

    @property
    def outline(self) -> list[PlannedStage]:
        """What each stage holds."""
        found: list[PlannedStage] = []
        for stage in self.stages:
            if isinstance(stage, NativeStage):
                count = sum(self.lines[n].length for loop in stage.loops for n in loop.lines)
                found.append(PlannedStage(True, count, len(stage.loops)))
            else:
                found.append(PlannedStage(False, sum(len(s.formulas) for s in stage.steps), 0))
        return found

    @property
    def native_formulas(self) -> int:
        """How many formulas are compiled."""
        return sum(self.lines[n].length for n in self.expressions)


@dataclass(slots=True)
class _Draft:
    """The plan while it is made. A node is a line, or after the lines an array formula."""

    machine: Machine
    layout: Layout
    lines: list[Line]
    expressions: dict[int, Expression] = field(default_factory=dict)
    edges: dict[int, Edges] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    arrays: list[int] = field(default_factory=list)
    reads: dict[int, set[int]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    unordered: list[int] = field(default_factory=list)
    node_of: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """By formula, -1 for one that does not vary."""
    stage: dict[int, int] = field(default_factory=dict)


def plan_of(machine: Machine, laws: frozenset[str]) -> Plan:
    """The plan of a program; raises NotNative where nothing of it can be compiled."""
    refuse_whole(machine.program)
    draft, loops = _drafted(machine, laws, ())
    unordered = {f.number for n in draft.unordered if draft.lines[n].along == APART for f in draft.lines[n].formulas}
    if unordered:
        draft, loops = _drafted(machine, laws, unordered)
    _number_stages(draft)
    stages = _stages(draft, loops)
    draws = {int(s) for e in draft.expressions.values() for p in walk(e) if isinstance(p, Sampled) for s in p.sites}
    return Plan(
        draft.layout, tuple(draft.lines), draft.expressions, stages, draft.reasons, tuple(sorted(draws)), draft.texts
    )


def _drafted(machine: Machine, laws: frozenset[str], alone: Container[int]) -> tuple[_Draft, list[Loop]]:
    """All lines read and put into loops; formulas ``alone`` are lines by themselves unless they have neighbours."""
    lines = lines_of(machine.program, alone)
    if len(lines) > MOST_LINES:
        raise NotNative(f"the formulas fall into {len(lines):,} pieces, more than are worth compiling")
    draft = _Draft(machine, Layout(machine, lines), lines)
    _read_lines(draft, laws)
    parts = sum(1 for e in draft.expressions.values() for _ in walk(e))
    if parts > MOST_PARTS:
        raise NotNative(f"its different formulas have {parts:,} parts, more than the {MOST_PARTS:,} worth compiling")
    _read_others(draft)
    return draft, _loops(draft)


def refuse_whole(program: Program) -> None:
    """Programs whose order is known only while they run are the reference backend's."""
    if program.has_dynamic:
        raise NotNative("some formulas read places that are known only once they are computed (OFFSET, INDIRECT)")
    if program.has_rings or any(s.is_ring for s in program.varying):
        raise NotNative("some formulas refer to each other in a circle")
    if program.tables or program.trial_tables:
        raise NotNative("it has a what-if data table")
    if program.workbook.precision_as_displayed:
        raise NotNative("it calculates with the precision displayed")


def _read_lines(draft: _Draft, laws: frozenset[str]) -> None:
    """Reads all lines, some once more where what their readers thought of others turns out otherwise."""
    around = Surroundings(draft.machine, draft.layout, draft.lines, laws)
    everything = [line.number for line in draft.lines]
    _read_until_settled(draft, around, everything)
    if around.vocabulary.is_order_wanted and around.vocabulary.put_in_order():
        around.forget_words()
        _read_until_settled(draft, around, everything)
    draft.texts = tuple(around.vocabulary.texts)
    for number, expression in draft.expressions.items():
        draft.edges[number] = edges_of(draft.lines[number], expression, draft.lines, draft.layout)
        draft.reads[number] = set(draft.edges[number])


def _read_until_settled(draft: _Draft, around: Surroundings, pending: Sequence[int]) -> None:
    for turn in range(MOST_READINGS):
        is_late = turn >= MOST_READINGS // 2
        for number in pending:
            around.begin(number)
            found: Expression | None = None
            try:
                if is_late:
                    raise NotNative("its texts or its type depend on themselves")
                found = Reading(around, draft.lines[number]).formula()
                around.settle(number, found)
            except NotNative as problem:
                draft.reasons[number] = problem.reason
                draft.expressions.pop(number, None)
                around.settle(number, None)
                continue
            draft.reasons.pop(number, None)
            draft.expressions[number] = found
        pending = around.misled()
        if not pending:
            return
    raise NotNative("the types of some formulas depend on each other")


def _read_others(draft: _Draft) -> None:
    """What the formulas left to the reference backend read, and what compiled lines read of array formulas."""
    program = draft.machine.program
    draft.node_of = np.full(len(program.formulas), -1, np.int64)
    for line in draft.lines:
        draft.node_of[[f.number for f in line.formulas]] = line.number
    for step in program.varying:
        for number in step.formulas:
            if program.formulas[number].is_array:
                draft.node_of[number] = len(draft.lines) + len(draft.arrays)
                draft.arrays.append(number)
    for number, read in _read_by_others(draft):
        draft.reads.setdefault(int(draft.node_of[number]), set()).update(_varying(draft.node_of[read]))
    owner = _array_owners(draft)
    for number, expression in draft.expressions.items() if owner else ():
        for places in read_places(expression):
            draft.reads[number].update(owner[p] for p in np.unique(places).tolist() if p in owner)


def _varying(nodes: Ints) -> list[int]:
    """The nodes among them, each once."""
    return list(set(nodes[nodes >= 0].tolist()))


def _read_by_others(draft: _Draft) -> Iterable[tuple[int, Ints]]:
    """The varying formulas left to the reference backend, with the formulas that each reads."""
    program = draft.machine.program
    facts = FactBook(program.lambdas)
    is_left = np.ones(len(draft.lines) + len(draft.arrays), np.bool_)
    is_left[list(draft.expressions)] = False
    varying = np.flatnonzero(draft.node_of >= 0)
    for number in varying[is_left[draft.node_of[varying]]].tolist():
        yield number, np.array(list(precedents(program, facts, program.formulas[number])), np.int64)


def _array_owners(draft: _Draft) -> dict[int, int]:
    """The node of the array formula that fills a place."""
    slots, layout = draft.machine.slots, draft.layout
    return {
        int(layout.place_of_slot[slot]): int(draft.node_of[number])
        for number in draft.arrays
        for slot in slots[number].tolist()
    }


def _loops(draft: _Draft) -> list[Loop]:
    """A loop for each set of lines that depend on each other; where no loop does, the lines are left."""
    loops: list[Loop] = []
    for component in components(len(draft.lines) + len(draft.arrays), draft.reads):
        compiled = [n for n in component if n in draft.expressions]
        loop = None
        if len(compiled) == len(component):
            loop = loop_of(component, draft.lines, draft.edges)
        if loop is not None:
            loops.append(loop)
            continue
        draft.unordered += compiled
        for number in compiled:
            del draft.expressions[number]
            draft.reasons[number] = "it refers to its neighbours in an order that no loop follows"
    return loops


def _number_stages(draft: _Draft) -> None:
    """Even stages are native, odd ones the reference's; each node comes as early as what it reads allows."""
    for component in components(len(draft.lines) + len(draft.arrays), draft.reads):
        is_native = component[0] in draft.expressions
        earliest = 0 if is_native else 1
        for node in component:
            for below in draft.reads.get(node, ()):
                if below not in component:
                    known = draft.stage[below]
                    earliest = max(earliest, known if known % 2 == (not is_native) else known + 1)
        for node in component:
            draft.stage[node] = earliest


def _stages(draft: _Draft, loops: Sequence[Loop]) -> tuple[NativeStage | ReferenceStage, ...]:
    program = draft.machine.program
    found: list[NativeStage | ReferenceStage] = []
    exported = _wanted_outside(draft)
    stage_of = _stage_of_nodes(draft)[draft.node_of]
    for number in range(max(draft.stage.values(), default=-1) + 1):
        if number % 2:
            own = set(np.flatnonzero(stage_of == number).tolist())
            steps = (
                Step(tuple(n for n in s.formulas if n in own), s.level, s.is_ring)
                for s in program.varying
                if not own.isdisjoint(s.formulas)
            )
            found.append(ReferenceStage(tuple(steps)))
            continue
        here = [loop for loop in loops if draft.stage[loop.lines[0]] == number]
        if not here:
            continue
        members = {n for loop in here for n in loop.lines}
        read = _read_by(draft, members)
        made = np.isin(draft.layout.line, list(members))
        cells = read[read < draft.layout.cells]
        imports = cells[~made[cells]]
        exports = np.flatnonzero(made & exported)
        found.append(NativeStage(tuple(fused(here, draft.lines, draft.edges)), imports, exports))
    return tuple(found)


def _read_by(draft: _Draft, members: Iterable[int]) -> Ints:
    is_read = np.zeros(draft.layout.size, np.bool_)
    for number in members:
        for places in read_places(draft.expressions[number]):
            is_read[places] = True
    return np.flatnonzero(is_read)


def _wanted_outside(draft: _Draft) -> npt.NDArray[np.bool_]:
    """The places whose values are read in another stage than their own, or watched."""
    wanted = np.zeros(draft.layout.cells, np.bool_)
    program, layout = draft.machine.program, draft.layout
    stage_of = _stage_of_nodes(draft)[layout.line]
    for number in draft.expressions:
        read = _read_by(draft, [number])
        read = read[read < layout.cells]
        wanted[read[stage_of[read] != draft.stage[number]]] = True
    slots = draft.machine.slots
    for _, sources in _read_by_others(draft):
        for source in sources.tolist():
            if source in slots:
                wanted[layout.place_of_slot[slots[source]]] = True
    for site in program.outputs:
        watched = program.producers.get(site.cell)
        if watched is not None and watched in slots:
            wanted[layout.place_of_slot[slots[watched]]] = True
    return wanted


def _stage_of_nodes(draft: _Draft) -> Ints:
    """The stage of each node, and -1 for the node -1 that stands for none."""
    found = np.full(len(draft.lines) + len(draft.arrays) + 1, -1, np.int64)
    found[list(draft.stage)] = list(draft.stage.values())
    return found
