"""One stage of a program as a function: for every few iterations, its loops one after the other."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from compute.backends.native.addressing import cells_at_hand, entry, places_of
from compute.backends.native.conditions import totalled
from compute.backends.native.emission import DOUBLE, I64, Emission, IrValue, Value
from compute.backends.native.expressions import (
    Apply,
    Cell,
    Expression,
    Fixed,
    Inverse,
    Over,
    Pick,
    Sampled,
    Search,
    Where,
    walk,
)
from compute.backends.native.failures import passed_on, passed_on_from_ranges
from compute.backends.native.forwarding import Carried, Forwarding, Section, sections_of
from compute.backends.native.iterating import Cells
from compute.backends.native.laws import LAWS
from compute.backends.native.layout import Layout
from compute.backends.native.lines import Line
from compute.backends.native.loops import Loop
from compute.backends.native.mathematics import Mathematics
from compute.backends.native.mixed_operations import constant, seen
from compute.backends.native.operations import OPERATIONS, power_shown
from compute.backends.native.powers import BaseLogarithm, PowerTable, in_common, prepared
from compute.backends.native.ranges import RANGES, chosen
from compute.backends.native.searching import position_of
from compute.backends.native.shared_lookups import SharedLookups
from compute.backends.native.standing import Standing, key_of
from compute.backends.native.streams import SinglePhilox, Uniforms, in_pairs, padded, prepare_streams
from compute.backends.native.tabled_draws import drawn, inverted, placed
from compute.records import dataclass
from compute.values import Floats

Ints = npt.NDArray[np.int64]
WIDTH = 8
"""Iterations computed at once."""
MOST_INLINE = 12
"""Where more lines than this draw by tables, they call one function."""
_POINTER = DOUBLE.as_pointer()
_PART = [I64, I64, I64, I64]
"""After the workspace, uniforms and samples: the length of their rows, the first iteration in the block, that in the
run or -1 where the uniforms are given, the seed; where places are spread, how far apart they lie."""
_STAGE = [_POINTER, _POINTER, _POINTER, _POINTER, ir.IntType(8).as_pointer(), I64, I64, I64, I64, I64]
"""The workspace, exchanged rows, uniforms, samples, doubts, the length of the rows, the groups from the first up to the
end, the first iteration in the run or -1, the seed."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How many iterations are computed at once, and where their values lie.

    The values of a place are ``width`` neighbours in memory, place after place; where places are ``spread``, a number
    given at run time lies between one place and the next. Pointers are of an LLVM address space.
    """

    width: int = WIDTH
    is_spread: bool = False
    space: int = 0


IN_VECTORS = Arrangement()


@dataclass(frozen=True, slots=True)
class Exchange:
    """Rows of the block that a stage reads before and writes after: (row, place) pairs."""

    imports: Ints
    exports: Ints


class StageWriter:
    """Writes one stage into a module."""

    def __init__(
        self,
        module: ir.Module,
        name: str,
        layout: Layout,
        lines: Sequence[Line],
        expressions: Mapping[int, Expression],
        sites: Mapping[int, int],
        streams: Sequence[int],
        *,
        is_exact: bool = False,
        arrangement: Arrangement = IN_VECTORS,
    ) -> None:
        """``sites`` gives the row of each draw's uniforms, ``streams`` each row's stream; exact code tells errors
        apart.
        """
        self.is_exact, self.arrangement = is_exact, arrangement
        self.module, self.name, self.layout = module, name, layout
        self.lines, self.expressions, self.sites = lines, expressions, sites
        self.streams = np.array(streams, np.uint64)
        self.maths = Mathematics(module, arrangement.width)
        self.drawn: Ints = np.zeros(0, np.int64)
        """The rows of the draws that the stage makes, ascending."""
        self.is_inline = False

    def write(self, loops: Sequence[Loop], exchange: Exchange) -> None:
        """The stage's function, and one for each of its loops."""
        self._look_for_draws(loops)
        parts = self.parts(loops, exchange)
        kind = ir.FunctionType(ir.VoidType(), _STAGE)
        function = ir.Function(self.module, kind, self.name)
        for argument in function.args[:4]:
            argument.add_attribute("noalias")
        emit = Emission(self.module, function, WIDTH, is_exact=self.is_exact)
        workspace, rows, uniforms, samples, doubts, stride, begin, end, first, seed = function.args
        is_given = emit.builder.icmp_signed("<", first, I64(0))
        if len(self.drawn):
            streams = in_pairs(self.streams[self.drawn])
            words = self._words(emit, workspace)
            prepare_streams(emit, words, seed, first, emit.table(streams), I64(len(streams)))

        def group(index: IrValue, held: Sequence[IrValue]) -> Sequence[IrValue]:
            lane = emit.builder.mul(index, I64(WIDTH))
            self.copy(emit, exchange.imports, (workspace, I64(WIDTH)), (rows, stride, lane), is_import=True)
            doubted: IrValue = ir.IntType(WIDTH)(0)
            iteration = emit.builder.select(is_given, first, emit.builder.add(first, lane))
            self._uniforms(emit, workspace, (uniforms, stride, lane), is_given, iteration)
            for part in parts:
                given = emit.builder.call(part, [workspace, uniforms, samples, stride, lane, iteration, seed])
                doubted = emit.builder.or_(doubted, given)
            byte = emit.builder.zext(doubted, ir.IntType(8)) if WIDTH < 8 else doubted
            known = emit.builder.gep(doubts, [index])
            emit.builder.store(emit.builder.or_(emit.builder.load(known), byte), known)
            self.copy(emit, exchange.exports, (workspace, I64(WIDTH)), (rows, stride, lane), is_import=False)
            return []

        emit.loop(begin, end, 1, [], group)
        emit.builder.ret_void()

    def _look_for_draws(self, loops: Sequence[Loop]) -> None:
        parts = [p for loop in loops for n in loop.lines for p in walk(self.expressions[n]) if isinstance(p, Sampled)]
        sites = {s for p in parts for s in p.sites.tolist()}
        self.drawn = np.array(sorted(self.sites[s] for s in sites), np.int64)
        self.is_inline = not self.is_exact and sum(1 for p in parts if p.tables) <= MOST_INLINE

    def _words(self, emit: Emission, workspace: IrValue) -> IrValue:
        """Where what is known of the streams lies: after the uniforms of a group."""
        end = emit.builder.gep(workspace, [I64((self.layout.size + padded(len(self.drawn))) * WIDTH)])
        return emit.builder.bitcast(end, I64.as_pointer())

    def _uniforms(
        self,
        emit: Emission,
        workspace: IrValue,
        outer: tuple[IrValue, IrValue, IrValue],
        is_given: IrValue,
        iteration: IrValue,
    ) -> None:
        """A group's uniforms, after the last place of the workspace: made here, or given by the sampler."""
        if not len(self.drawn):
            return
        with emit.builder.if_else(is_given) as (given, made):
            with given:
                places = self.layout.size + np.arange(len(self.drawn))
                pairs = np.stack([self.drawn, places], axis=1)
                self.copy(emit, pairs, (workspace, I64(WIDTH)), outer, is_import=True)
            with made:
                rows = emit.builder.gep(workspace, [I64(self.layout.size * WIDTH)])
                Uniforms(emit, self._words(emit, workspace)).fill(rows, len(self.drawn), iteration)

    def parts(self, loops: Sequence[Loop], exchange: Exchange) -> list[ir.Function]:
        """A function for each of a stage's loops; where any of them has run, what it exports is in the workspace."""
        forwarding = Forwarding(loops, self.lines, self.expressions, self.layout)
        exported = exchange.exports[:, 1]
        owners = self.layout.line[exported]
        stored = forwarding.stored | set(owners[owners >= 0].tolist())
        return [self._part(i, loop, forwarding, stored) for i, loop in enumerate(loops)]

    def copy(
        self,
        emit: Emission,
        pairs: Ints,
        inner: tuple[IrValue, IrValue],
        outer: tuple[IrValue, IrValue, IrValue],
        *,
        is_import: bool,
    ) -> None:
        """Copies between the workspace, ``inner`` with the distance of its places, and rows of a length at a lane."""
        if len(pairs) == 0:
            return
        (workspace, spacing), (rows, stride, lane) = inner, outer
        row_table, place_table = emit.table(pairs[:, 0]), emit.table(pairs[:, 1])

        def one(j: IrValue, held: Sequence[IrValue]) -> Sequence[IrValue]:
            builder = emit.builder
            row, place = emit.element(row_table, j), emit.element(place_table, j)
            outside = _vector_at(emit, rows, builder.add(builder.mul(row, stride), lane))
            inside = _vector_at(emit, workspace, builder.mul(place, spacing))
            source, target = (outside, inside) if is_import else (inside, outside)
            loaded = builder.load(source)
            loaded.align = 8
            builder.store(loaded, target, align=8)
            return []

        emit.loop(I64(0), I64(len(pairs)), 1, [], one)

    def _part(self, index: int, loop: Loop, forwarding: Forwarding, stored: set[int]) -> ir.Function:
        width = self.arrangement.width
        pointers = [DOUBLE.as_pointer(self.arrangement.space)] * 3
        kind = ir.FunctionType(ir.IntType(width), [*pointers, *_PART, *([I64] if self.arrangement.is_spread else [])])
        function = ir.Function(self.module, kind, f"{self.name}.{index}")
        function.linkage = "internal"
        function.attributes.add("noinline")
        for argument in function.args[:3]:
            argument.add_attribute("noalias")
        emit = Emission(self.module, function, width, is_exact=self.is_exact)
        PartWriter(self, emit, forwarding, stored).loop(loop)
        emit.builder.ret(emit.builder.bitcast(emit.doubted(), ir.IntType(width)))
        return function


class PartWriter:
    """Writes one loop: its sections in turn, each cell's expression, the results into the workspace."""

    def __init__(self, stage: StageWriter, emit: Emission, forwarding: Forwarding, stored: set[int]) -> None:
        self._stage, self._emit, self._forwarding, self._stored = stage, emit, forwarding, stored
        self._layout, self._lines = stage.layout, stage.lines
        self._workspace, self._uniforms, self._samples, self._stride, self._lane = emit.function.args[:5]
        self._iteration, self._seed = emit.function.args[5:7]
        self._spacing = emit.function.args[7] if stage.arrangement.is_spread else I64(emit.width)
        self._philox: SinglePhilox | None = None
        self._at_hand: dict[int, Value] = {}
        self._loaded: dict[tuple[int, bytes], Value] = {}
        self._standing: dict[int, Value] = {}
        self._powers: dict[int, PowerTable | BaseLogarithm] = {}
        self._before: dict[Carried, IrValue] = {}
        self._after: dict[Carried, IrValue] = {}
        self._first = 0

    def loop(self, loop: Loop) -> None:
        """All turns of a loop."""
        expressions = [self._stage.expressions[n] for n in loop.lines]
        self._lookups = SharedLookups(self._emit, expressions, self._forwarding.sameness)
        if self._emit.width == 1 and any(isinstance(p, Sampled) for e in expressions for p in walk(e)):
            self._philox = SinglePhilox(self._emit, self._seed, self._iteration)
        if not loop.along:
            for number in loop.lines:
                self._line(number, I64(0))
            return
        first, last = loop.bounds(self._lines)
        sections = sections_of(loop, self._lines)
        self._prepare(loop)
        carried = self._forwarding.carries(expressions)

        def turn(index: IrValue, held: Sequence[IrValue]) -> Sequence[IrValue]:
            self._at_hand.clear()
            self._loaded.clear()
            self._before, self._after = dict(zip(carried, held, strict=True)), {}
            for section in sections:
                if (section.first, section.last) == (first, last):
                    self._section(section, index)
                else:
                    self._guarded(section, index)
            known = {c: self._emit.as_number(self._at_hand[c.line]) for c in carried if c.line in self._at_hand}
            return [known[c] if c in known else self._after[c] for c in carried]

        before = [self._emit.number(0.0) if c.initial is None else self._load(I64(c.initial)) for c in carried]
        if loop.direction > 0:
            self._emit.loop(I64(first), I64(last + 1), 1, before, turn)
        else:
            self._emit.loop(I64(last), I64(first - 1), -1, before, turn)

    def _section(self, section: Section, index: IrValue) -> None:
        for number in section.lines:
            self._line(number, self._emit.builder.sub(index, I64(self._lines[number].first)))

    def _guarded(self, section: Section, index: IrValue) -> None:
        """A section that has fewer turns than the loop."""
        builder = self._emit.builder
        since = builder.sub(index, I64(section.first))
        inside = builder.icmp_unsigned("<", since, I64(section.last - section.first + 1))
        before, outside = (dict(self._at_hand), dict(self._loaded), dict(self._lookups.known)), builder.block
        carried = [c for c in self._before if c.line in section.lines]
        with builder.if_then(inside):
            self._section(section, index)
            made = [self._emit.as_number(self._at_hand[c.line]) for c in carried]
            end = builder.block
        self._at_hand, self._loaded, self._lookups.known = before
        for one, value in zip(carried, made, strict=True):
            self._after[one] = builder.phi(value.type)
            self._after[one].add_incoming(value, end)
            self._after[one].add_incoming(self._before[one], outside)

    def _prepare(self, loop: Loop) -> None:
        """Computes what stands still while the loop turns."""
        standing, values = Standing(self._layout, loop.lines), dict[Hashable, Value]()
        expressions = [self._stage.expressions[n] for n in loop.lines]
        for part in (p for e in expressions for p in standing.greatest(e)):
            key = key_of(part)
            if key not in values:
                values[key] = self.value(part, I64(0))
            self._standing[id(part)] = values[key]
        powers: dict[Hashable, PowerTable | BaseLogarithm] = {}
        for part in (p for e in expressions for p in walk(e)):
            if isinstance(part, Apply) and part.operation == "power" and not standing.holds(part):
                self._prepare_power(part, standing, powers)

    def _prepare_power(
        self, power: Apply, standing: Standing, known: dict[Hashable, PowerTable | BaseLogarithm]
    ) -> None:
        base = power.parts[0]
        if not standing.holds(base) or isinstance(base, Fixed):
            return
        emit, maths = self._emit, self._stage.maths
        key = key_of(base), in_common(power)
        if key not in known:
            number = emit.as_number(self.value(base, I64(0)))

            def raised(a: IrValue, b: IrValue) -> IrValue:
                made = power_shown(emit, a, b, maths.pow(emit.builder, a, b))
                return passed_on(emit, "power", (a, b), made)

            known[key] = prepared(emit, maths, number, power, raised)
        self._powers[id(power)] = known[key]

    def _power(self, power: Apply, turn: IrValue) -> Value:
        """A power whose base was prepared."""
        emit, known = self._emit, self._powers[id(power)]
        if isinstance(known, PowerTable):
            return emit.builder.load(emit.builder.gep(known.pointer, [entry(self._emit, known.exponents, turn)]))
        exponent = emit.as_number(self.value(power.parts[1], turn))

        def shown(made: IrValue) -> IrValue:
            return passed_on(emit, "power", (known.base, exponent), power_shown(emit, known.base, exponent, made))

        return known.raised(emit, self._stage.maths, exponent, shown)

    def _line(self, number: int, turn: IrValue) -> None:
        self._first = self._lines[number].first
        value = self.value(self._stage.expressions[number], turn)
        self._at_hand[number] = value
        if number in self._stored:
            place = self._emit.builder.add(turn, I64(self._layout.first_place[number]))
            self._store(self._emit.as_number(value), self._at(place))

    # Memory -----------------------------------------------------------------------------------------------------------

    def _at(self, place: IrValue) -> IrValue:
        return _vector_at(self._emit, self._workspace, self._emit.builder.mul(place, self._spacing))

    def _store(self, value: IrValue, pointer: IrValue) -> None:
        self._emit.builder.store(value, pointer, align=8)

    def _load(self, place: IrValue) -> IrValue:
        loaded = self._emit.builder.load(self._at(place))
        loaded.align = 8
        return loaded

    # Expressions ------------------------------------------------------------------------------------------------------

    def value(self, expression: Expression, turn: IrValue) -> Value:
        """The value of an expression in one turn of its line."""
        emit = self._emit
        if id(expression) in self._standing:
            return self._standing[id(expression)]
        if isinstance(expression, Fixed):
            return self._fixed(expression, turn)
        if isinstance(expression, Cell):
            return self._cell(expression, turn)
        if isinstance(expression, Apply):
            if id(expression) in self._powers:
                return self._power(expression, turn)
            parts = tuple(self.value(p, turn) for p in expression.parts)
            made = OPERATIONS[expression.operation](emit, self._stage.maths, parts)
            return passed_on(emit, expression.operation, parts, made)
        if isinstance(expression, Over):
            given = [self.value(p, turn) for p in expression.parts]
            cells = [self._cells(expression, i, turn) for i in range(len(expression.ranges))]
            ranges = seen(emit, expression.views, cells)
            if isinstance(expression, Where):
                return totalled(emit, expression, ranges, given)
            made = RANGES[expression.operation](emit, ranges, given)
            return passed_on_from_ranges(emit, expression.operation, ranges, given, made)
        if isinstance(expression, Search):
            key = emit.as_number(self.value(expression.key, turn))
            return passed_on(emit, "search", [key], position_of(emit, self._lookups.row(expression, key)))
        if isinstance(expression, Pick):
            if isinstance(expression.position, Search) and not emit.is_exact:
                key = emit.as_number(self.value(expression.position.key, turn))
                return self._lookups.picked(expression, expression.position, key)
            position = emit.as_number(self.value(expression.position, turn))
            return chosen(emit, position, expression.choices, expression.first)
        if isinstance(expression, Inverse):
            parts = tuple(emit.as_number(self.value(p, turn)) for p in expression.parts)
            return inverted(emit, self._stage.maths, expression.kind, parts, self._table(expression.tables, turn))
        assert isinstance(expression, Sampled)
        return self._sampled(expression, turn)

    def _cell(self, expression: Cell, turn: IrValue) -> Value:
        """A cell's value: made in this turn or the one before, or loaded, once a turn."""
        source = self._forwarding.source(expression)
        if source is not None:
            return self._at_hand[source]
        carried = self._forwarding.carried(expression)
        if carried is not None:
            return self._before[carried]
        key = self._first, expression.places.tobytes()
        if key not in self._loaded:
            self._loaded[key] = self._load(entry(self._emit, expression.places, turn))
        return self._loaded[key]

    def _fixed(self, expression: Fixed, turn: IrValue) -> Value:
        values, emit = expression.values, self._emit
        first = values[:1]
        if (values.view(np.uint64) == first.view(np.uint64)).all():
            return constant(emit, float(first[0]))
        return emit.splat(emit.element(emit.table(values), turn))

    def _cells(self, over: Over, index: int, turn: IrValue) -> Cells:
        """The cells of one of its ranges."""
        builder, sources = self._emit.builder, self._forwarding.sources(over, index)
        if sources is not None:
            return cells_at_hand(self._emit, [self._emit.as_number(self._at_hand[n]) for n in sources])
        place = places_of(self._emit, over.ranges[index], turn)

        def lane(j: IrValue, iteration: int) -> IrValue:
            at = builder.add(builder.mul(place(j), self._spacing), I64(iteration))
            return builder.load(builder.gep(self._workspace, [at]))

        return Cells(over.ranges[index].shape[1], lambda j: self._load(place(j)), lane)

    def _sampled(self, expression: Sampled, turn: IrValue) -> Value:
        builder = self._emit.builder
        rows = np.array([self._stage.sites[s] for s in expression.sites.tolist()], np.int64)
        at = builder.add(builder.mul(entry(self._emit, rows, turn), self._stride), self._lane)
        if self._philox is None:
            places = self._layout.size + np.searchsorted(self._stage.drawn, rows)
            uniform = self._load(entry(self._emit, places, turn))
        else:
            uniform = self._uniform(self._philox, self._entry_of_streams(rows, turn), at)
        parameters = [self._emit.as_number(self.value(p, turn)) for p in expression.parts]
        if expression.tables:
            table = self._table(expression.tables, turn)
            made = drawn(
                self._emit, self._stage.maths, expression.law, uniform, parameters, table,
                expression.tables, is_inline=self._stage.is_inline,
            )  # fmt: skip
        else:
            made = LAWS[expression.law](self._emit, self._stage.maths, uniform, parameters)
        self._store(made, _vector_at(self._emit, self._samples, at))
        return made

    def _table(self, tables: Sequence[Floats], turn: IrValue) -> IrValue:
        """The table of one turn."""
        together, begins = placed(self._emit, tables)
        return self._emit.builder.gep(together, [entry(self._emit, np.array(begins, np.int64), turn)])

    def _entry_of_streams(self, rows: Ints, turn: IrValue) -> IrValue:
        streams = self._stage.streams[rows]
        if len(streams) == 1:
            return I64(int(streams[0]))
        return self._emit.element(self._emit.table(streams), turn)

    def _uniform(self, philox: SinglePhilox, stream: IrValue, at: IrValue) -> IrValue:
        """A draw's uniform in one iteration: made here, or given by the sampler."""
        builder = self._emit.builder
        is_given = builder.icmp_signed("<", self._iteration, I64(0))
        with builder.if_else(is_given) as (given, made):
            with given:
                loaded = builder.load(_vector_at(self._emit, self._uniforms, at))
                loaded.align = 8
                after_loading = builder.block
            with made:
                drawn = philox.uniforms(stream)
                after_drawing = builder.block
        uniform = builder.phi(self._emit.vector)
        uniform.add_incoming(loaded, after_loading)
        uniform.add_incoming(drawn, after_drawing)
        return uniform


def _vector_at(emit: Emission, base: IrValue, offset: IrValue) -> IrValue:
    at = emit.builder.gep(base, [offset])
    return at if emit.width == 1 else emit.builder.bitcast(at, emit.vector.as_pointer())


__all__ = ["WIDTH", "Arrangement", "Exchange", "StageWriter"]
