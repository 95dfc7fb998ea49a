"""Running a program in native code: stages of loops, the reference backend for the rest and for what is in doubt."""

from __future__ import annotations

import ctypes
import threading
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from compute.analysis import LEAF
from compute.backends.native.compiler import Compiled, compile_module
from compute.backends.native.errors import NotNative
from compute.backends.native.failures import codes_of, encoded
from compute.backends.native.given import fill_given
from compute.backends.native.kernel import WIDTH, Exchange, StageWriter
from compute.backends.native.laps import Laps, Part
from compute.backends.native.laws import LAWS
from compute.backends.native.results import OutputRows, empty_block, settle, stretches, together
from compute.backends.native.stages import NativeStage, Plan, PlannedStage, plan_of
from compute.backends.native.streams import SAME_WORDS, rows_of_streams
from compute.backends.native.streams import padded as padded_draws
from compute.backends.reference import BlockResult, Machine
from compute.backends.reference.drawing import SampledDraws
from compute.backends.reference.machine import Block
from compute.backends.reference.store import BlockStore
from compute.program import Program
from compute.sampling import Sampler, sampler
from compute.sampling.monte_carlo import MonteCarlo
from compute.values import Floats, Kind

BLOCK = 1024
"""Iterations per block where stages of the reference backend take part: what they exchange stays in cache."""
LEAST_BLOCK, MOST_EXCHANGED = 256, 2**19
"""Programs that are native throughout take blocks of a leaf, but of fewer iterations where draws and outputs would
leave the last cache; no fewer than the first.
"""
SHOWN_REASONS = 3
MOST_MEASURED, LONGEST_MEASURED = 64, 1.0
"""How many blocks, and seconds at the most, show which stage takes how long."""
_ALIGNMENT = 64
_SIGNATURE = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 5, *[ctypes.c_int64] * 4, ctypes.c_uint64)


@dataclass(frozen=True, slots=True)
class _Function:
    """One stage's code, which is kept as long as it may be called."""

    code: Compiled
    call: Any


@dataclass(slots=True)
class _Memory:
    """One thread's buffers, used block after block."""

    workspace: Floats
    rows: Floats
    uniforms: Floats
    samples: Floats
    doubts: npt.NDArray[np.uint8]
    """One bit for each iteration of a block."""
    addresses: tuple[int, ...]
    """Of all of them, in the order of a kernel's arguments."""

    @classmethod
    def of(cls, workspace: Floats, rows: Floats, draws: int, groups: int) -> _Memory:
        """Buffers for so many draws and groups of iterations, of which ``rows`` has the pitch."""
        uniforms, samples = (_aligned(draws, rows.shape[1]) for _ in range(2))
        doubts = np.zeros(groups, np.uint8)
        arrays = workspace, rows, uniforms, samples, doubts
        return cls(*arrays, tuple(a.ctypes.data for a in arrays))


class NativeMachine:
    """A program compiled; blocks may run in several threads. Raises NotNative where nothing of it can be."""

    def __init__(self, program: Program, reference: Machine | None = None) -> None:
        """``reference`` is the program made ready by the reference backend, if it is at hand."""
        self.program = program
        self.reference = Machine(program) if reference is None else reference
        self.plan: Plan = plan_of(self.reference, frozenset(LAWS))
        if not self.plan.expressions:
            raise NotNative("none of its formulas can be compiled")
        self._is_whole = all(isinstance(s, NativeStage) for s in self.plan.stages)
        self._site_rows = {site: row for row, site in enumerate(self.plan.sites)}
        self._sites = list(self.plan.sites)
        is_every = self._sites == list(range(len(program.draws)))
        self._drawn: slice | list[int] = slice(None) if is_every else self._sites
        self._streams = tuple(program.draws[s].stream for s in self._sites)
        self._rows = self._exchanged()
        self._outputs = OutputRows(program, self.plan.layout, self._rows) if self._is_whole else None
        self._leaving = [
            together(np.array([self._rows[p] for p in s.exports.tolist()], np.intp))
            for s in self.plan.stages
            if isinstance(s, NativeStage)
        ]
        self._functions = self._compile(is_exact=False)
        self._exact: list[_Function] | None = None
        self._lock = threading.Lock()
        self._threads = threading.local()

    @property
    def description(self) -> str:
        """How many of the varying formulas are compiled, and why others are not."""
        plan, varying = self.plan, sum(len(s.formulas) for s in self.program.varying)
        told = f"{plan.native_formulas:,} of {varying:,} varying formulas compiled"
        reasons = sorted(set(plan.reasons.values()))
        return told if not reasons else f"{told}; not the others: {'; '.join(reasons[:SHOWN_REASONS])}"

    @property
    def block_lanes(self) -> int:
        """Iterations per block, a power of two and a divisor of a leaf."""
        if not self._is_whole:
            return min(BLOCK, self.reference.block_lanes)
        lanes = LEAF
        while lanes > LEAST_BLOCK and lanes * (len(self._rows) + 2 * len(self._sites)) > MOST_EXCHANGED:
            lanes //= 2
        return lanes

    def _exchanged(self) -> dict[int, int]:
        """The row of each place that enters or leaves a stage."""
        places = [p for s in self.plan.stages if isinstance(s, NativeStage) for p in (s.imports, s.exports)]
        wanted = np.unique(np.concatenate(places)) if places else np.zeros(0, np.int64)
        return {p: row for row, p in enumerate(wanted.tolist())}

    def _exact_functions(self) -> list[_Function]:
        """The stages in exact code, compiled when an error first leaves one of them."""
        with self._lock:
            if self._exact is None:
                self._exact = self._compile(is_exact=True)
            return self._exact

    def _compile(self, *, is_exact: bool) -> list[_Function]:
        module = ir.Module("montecell")
        names: list[str] = []
        for i, stage in enumerate(self.plan.stages):
            if not isinstance(stage, NativeStage):
                continue
            names.append(f"stage{i}")
            writer = StageWriter(
                module, names[-1], self.plan.layout, self.plan.lines, self.plan.expressions, self._site_rows,
                self._streams, is_exact=is_exact,
            )  # fmt: skip
            writer.write(stage.loops, Exchange(self._pairs(stage.imports), self._pairs(stage.exports)))
        compiled = compile_module(module)
        return [_Function(compiled, _SIGNATURE(compiled.address(name))) for name in names]

    def _pairs(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return np.array([(self._rows[p], p) for p in places.tolist()], np.int64).reshape(-1, 2)

    def run(self, sampler: Sampler, start: int, stop: int, room: BlockResult | None = None, /) -> BlockResult:
        """One block of iterations, a pure function of its arguments; written into ``room`` where all is native."""
        laps = Laps()
        result = self.timed(laps, sampler, start, stop, room)
        sampling = result.sampling_seconds + laps.seconds.get("uniforms", 0.0)
        return replace(result, seconds=laps.total, sampling_seconds=sampling)

    def timed(
        self, laps: Laps, sampler: Sampler, start: int, stop: int, room: BlockResult | None = None
    ) -> BlockResult:
        """As ``run``, with the laps of its parts; of draws the result tells the reference backend's seconds alone."""
        lanes = stop - start
        padded = -(-lanes // WIDTH) * WIDTH
        memory = self._memory(padded)
        source = self._source(memory, sampler, start, stop)
        if source[0] < 0:
            laps.end("uniforms")
        memory.doubts[:] = 0
        if self._outputs is None:
            draws = SampledDraws(self.program, sampler, start, stop)
            block = Block(self.reference, draws, lanes)
            doubted = self._stages(memory, block, lanes, source, laps)
            made = *block.outputs(), draws.samples, draws.codes
            result = BlockResult(start, stop, *made, sampling_seconds=draws.seconds)
        else:
            result = empty_block(self.program, start, stop) if room is None else room
            doubted = self._stages(memory, None, lanes, source, laps)
            self._outputs.write(memory.rows, result.outputs, result.output_codes)
            if not isinstance(self._drawn, slice):
                result.inputs[:] = np.nan
        result.inputs[self._drawn] = memory.samples[: len(self._sites), :lanes]
        if memory.doubts.any():
            doubted |= np.unpackbits(memory.doubts, bitorder="little")[:lanes].astype(np.bool_)
        self._settle(result, doubted, sampler)
        laps.end("samples")
        return result

    def _source(self, memory: _Memory, sampler: Sampler, start: int, stop: int) -> tuple[int, int]:
        """Where the kernels take uniforms from: the first iteration and the seed, or -1 for those that are given."""
        is_together = start % WIDTH == 0 and start >> SAME_WORDS == (stop - 1) >> SAME_WORDS
        if isinstance(sampler, MonteCarlo) and is_together and self._is_own(sampler):
            return start, sampler.seed
        fill_given(sampler, self._sites, memory.uniforms, start, stop)
        return -1, 0

    def _is_own(self, sampler: MonteCarlo) -> bool:
        if isinstance(self._drawn, slice):
            return sampler.streams[: len(self._streams)] == self._streams
        return tuple(sampler.streams[s] for s in self._sites) == self._streams

    def _stages(
        self,
        memory: _Memory,
        block: Block | None,
        lanes: int,
        source: tuple[int, int],
        laps: Laps,
    ) -> npt.NDArray[np.bool_]:
        """Runs all stages; gives the iterations in which a stage takes or leaves neither a number nor a known error."""
        failed = np.zeros(lanes, np.bool_)
        pitch, groups = memory.rows.shape[1], len(memory.doubts)
        number = 0
        for index, stage in enumerate(self.plan.stages):
            if not isinstance(stage, NativeStage):
                assert block is not None
                block.run(stage.steps)
                laps.end(index)
                continue
            if block is not None:
                failed |= self._take(block.store, stage, memory.rows, lanes)
            self._functions[number].call(*memory.addresses, pitch, 0, groups, *source)
            leaving = memory.rows[self._leaving[number]]
            odd = np.flatnonzero(np.isnan(leaving))
            if len(odd):
                odd = np.unique(odd % pitch // WIDTH)
                for first, last in stretches(odd[odd < groups], 1):
                    self._exact_functions()[number].call(*memory.addresses, pitch, first, last, *source)
                    own = memory.rows[self._leaving[number], first * WIDTH : min(last * WIDTH, lanes)]
                    failed[first * WIDTH : last * WIDTH] |= (np.isnan(own) & (codes_of(own) == 0)).any(axis=0)
            if block is not None:
                self._give(block.store, stage, memory.rows, lanes)
            laps.end(index)
            number += 1
        return failed

    def _is_boolean(self, place: int) -> bool:
        expression = self.plan.expressions.get(int(self.plan.layout.line[place]))
        return expression is not None and expression.type == "boolean"

    def _take(self, store: BlockStore, stage: NativeStage, rows: Floats, lanes: int) -> npt.NDArray[np.bool_]:
        """Copies what a native stage reads out of the block's store; gives where that is neither number nor error."""
        odd = np.zeros(lanes, np.bool_)
        for place in stage.imports.tolist():
            slot, row = int(self.plan.layout.slot_of_place[place]), self._rows[place]
            rows[row, :lanes] = store.numbers[slot]
            if not store.numeric[slot]:
                kinds = store.kinds[slot]
                rows[row, :lanes] = encoded(rows[row, :lanes], kinds == Kind.ERROR)
                expected = Kind.BOOLEAN if self._is_boolean(place) else Kind.NUMBER
                odd |= (kinds != Kind.ERROR) & (kinds != expected)
            rows[row, lanes:] = rows[row, lanes - 1]
        return odd

    def _give(self, store: BlockStore, stage: NativeStage, rows: Floats, lanes: int) -> None:
        """Copies what a native stage made into the block's store."""
        for place in stage.exports.tolist():
            slot = int(self.plan.layout.slot_of_place[place])
            values = rows[self._rows[place], :lanes]
            codes = codes_of(values)
            kind = np.uint8(Kind.BOOLEAN if self._is_boolean(place) else Kind.NUMBER)
            store.numbers[slot] = np.where(codes != 0, codes, values)
            store.kinds[slot] = np.where(codes != 0, np.uint8(Kind.ERROR), kind)
            store.numeric[slot] = kind == Kind.NUMBER and not codes.any()

    def _settle(self, result: BlockResult, doubted: npt.NDArray[np.bool_], sampler: Sampler) -> None:
        settle(self.reference, result, doubted, sampler)

    def _memory(self, padded: int) -> _Memory:
        """This thread's buffers for blocks of so many iterations."""
        kept: _Memory | None = getattr(self._threads, "memory", None)
        if kept is not None and len(kept.doubts) == padded // WIDTH:
            return kept
        layout = self.plan.layout
        workspace = _aligned(layout.size + rows_of_streams(WIDTH, len(self.plan.sites)), WIDTH)
        workspace[layout.cells : layout.size] = layout.constants[:, None]
        # A little longer than a block: at a power of two rows would drive each other out of cache.
        rows = _aligned(max(len(self._rows), 1), padded + WIDTH)
        made = _Memory.of(workspace, rows, padded_draws(max(len(self.plan.sites), 1)), padded // WIDTH)
        self._threads.memory = made
        return made


def planned(program: Program) -> Plan:
    """The plan of a program, nothing compiled; raises NotNative where the reference backend runs all of it."""
    return plan_of(Machine(program), frozenset(LAWS))


def shares_of_time(machine: NativeMachine) -> dict[Part, float]:
    """Each stage's share of the time of some blocks, by its place in the plan; see ``Part`` for the rest."""
    program, lanes = machine.program, min(machine.block_lanes, BLOCK)
    source = sampler("monte_carlo", 1, (MOST_MEASURED + 1) * lanes, [d.stream for d in program.draws])
    machine.run(source, 0, lanes)
    laps = Laps()
    end = time.perf_counter() + LONGEST_MEASURED
    for block in range(1, MOST_MEASURED + 1):
        machine.timed(laps, source, block * lanes, (block + 1) * lanes)
        if time.perf_counter() > end:
            break
    return laps.shares()


def _aligned(rows: int, columns: int) -> Floats:
    """Zeros of that shape that begin at a multiple of 64 bytes."""
    spare = np.zeros(rows * columns + _ALIGNMENT // 8)
    begin = -spare.ctypes.data % _ALIGNMENT // 8
    return spare[begin : begin + rows * columns].reshape(rows, columns)


__all__ = ["NativeMachine", "PlannedStage", "planned", "shares_of_time"]
