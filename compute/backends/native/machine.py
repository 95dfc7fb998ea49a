"""Running a program in native code: stages of loops, the reference backend for the rest and for what is in doubt."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from compute.analysis import LEAF
from compute.backends.native.blueprint import MIXED, Blueprint, CompiledStage, Crossing, blueprint_of, name_of, rows_of
from compute.backends.native.compiler import Compiled, compile_module
from compute.backends.native.errors import NotNative
from compute.backends.native.failures import coded, codes_of, encoded
from compute.backends.native.given import fill_given
from compute.backends.native.keeping import Keeping
from compute.backends.native.kernel import WIDTH, Exchange, StageWriter
from compute.backends.native.laps import Laps, Part
from compute.backends.native.laws import LAWS
from compute.backends.native.mixing import are_packed, kinds_and_numbers
from compute.backends.native.results import are_unknown, empty_block, settle, stretches, together
from compute.backends.native.stages import NativeStage, Plan, PlannedStage, plan_of
from compute.backends.native.streams import SAME_WORDS, rows_of_streams
from compute.backends.native.streams import padded as padded_draws
from compute.backends.reference import BlockResult, Machine
from compute.backends.reference.drawing import SampledDraws
from compute.backends.reference.machine import Block
from compute.backends.reference.store import BlockStore
from compute.errors import ErrorCode
from compute.program import Program
from compute.records import dataclass
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
        self._lock = threading.RLock()
        if reference is not None:
            self.reference = reference
        self._keeping = Keeping(program)
        self._blueprint, code = self._keeping.found() or self._made()
        self._texts = np.array([*self._blueprint.texts, ""], object)
        self._outputs, self._sites = self._blueprint.outputs, list(self._blueprint.sites)
        is_every = self._sites == list(range(len(program.draws)))
        self._drawn: slice | list[int] = slice(None) if is_every else self._sites
        self._streams = self._streams_of(self._sites)
        self._leaving = [together(s.leaving.rows) for s in self._blueprint.stages if isinstance(s, CompiledStage)]
        self._functions = self._functions_of(code)
        self._exact: list[_Function] | None = None
        self._threads = threading.local()
        if self._outputs is None:
            # Stages of it run in every block: making it belongs to preparing.
            _ = self.reference

    @cached_property
    def reference(self) -> Machine:
        """The reference backend's machine for the same program; made when it is first needed."""
        with self._lock:
            made: Machine | None = vars(self).get("reference")
            return Machine(self.program) if made is None else made

    @cached_property
    def plan(self) -> Plan:
        """The plan that the code was made from; made anew when somebody asks and the code was kept."""
        with self._lock:
            made: Plan | None = vars(self).get("plan")
            return plan_of(self.reference, frozenset(LAWS)) if made is None else made

    @property
    def description(self) -> str:
        """How many of the varying formulas are compiled, and why others are not."""
        return self._blueprint.told

    def _told(self) -> str:
        plan, varying = self.plan, sum(len(s.formulas) for s in self.program.varying)
        told = f"{plan.native_formulas:,} of {varying:,} varying formulas compiled"
        reasons = sorted(set(plan.reasons.values()))
        return told if not reasons else f"{told}; not the others: {'; '.join(reasons[:SHOWN_REASONS])}"

    @property
    def block_lanes(self) -> int:
        """Iterations per block, a power of two and a divisor of a leaf."""
        if self._outputs is None:
            return min(BLOCK, self.reference.block_lanes)
        lanes = LEAF
        while lanes > LEAST_BLOCK and lanes * (self._blueprint.rows + 2 * len(self._sites)) > MOST_EXCHANGED:
            lanes //= 2
        return lanes

    def _made(self) -> tuple[Blueprint, Compiled]:
        """The program planned and compiled."""
        if not self.plan.expressions:
            raise NotNative("none of its formulas can be compiled")
        code = self._compiled(is_exact=False)
        blueprint = blueprint_of(self.program, self.plan, code.name, self._told())
        self._keeping.keep(blueprint)
        return blueprint, code

    def _exact_functions(self) -> list[_Function]:
        """The stages in exact code, compiled when an error first leaves one of them."""
        with self._lock:
            if self._exact is None:
                code = self._keeping.found_exact()
                if code is None:
                    code = self._compiled(is_exact=True)
                    self._keeping.keep_exact(code)
                self._exact = self._functions_of(code)
            return self._exact

    def _functions_of(self, code: Compiled) -> list[_Function]:
        names = [s.name for s in self._blueprint.stages if isinstance(s, CompiledStage)]
        return [_Function(code, _SIGNATURE(code.address(name))) for name in names]

    def _streams_of(self, sites: Sequence[int]) -> tuple[int, ...]:
        return tuple(self.program.draws[s].stream for s in sites)

    def _compiled(self, *, is_exact: bool) -> Compiled:
        module, plan = ir.Module("montecell"), self.plan
        rows, sites = rows_of(plan), {site: row for row, site in enumerate(plan.sites)}
        streams = self._streams_of(plan.sites)
        for i, stage in enumerate(plan.stages):
            if not isinstance(stage, NativeStage):
                continue
            writer = StageWriter(
                module, name_of(i), plan.layout, plan.lines, plan.expressions, sites, streams, is_exact=is_exact
            )
            writer.write(stage.loops, Exchange(_pairs(rows, stage.imports), _pairs(rows, stage.exports)))
        return compile_module(module)

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
        for index, stage in enumerate(self._blueprint.stages):
            if not isinstance(stage, CompiledStage):
                assert block is not None
                block.run(stage)
                laps.end(index)
                continue
            if block is not None:
                failed |= self._take(block.store, stage, memory.rows, lanes)
            self._functions[number].call(*memory.addresses, pitch, 0, groups, *source)
            leaving = memory.rows[self._leaving[number]]
            odd = np.flatnonzero(~np.isfinite(leaving))
            if len(odd):
                odd = odd[~are_packed(leaving.reshape(-1)[odd])]
                odd = np.unique(odd % pitch // WIDTH)
                for first, last in stretches(odd[odd < groups], 1):
                    self._exact_functions()[number].call(*memory.addresses, pitch, first, last, *source)
                    iterations = slice(first * WIDTH, min(last * WIDTH, lanes))
                    failed[iterations] |= self._named(memory.rows, self._leaving[number], iterations)
            if block is not None:
                self._give(block.store, stage, memory.rows, lanes)
            laps.end(index)
            number += 1
        return failed

    @staticmethod
    def _named(rows: Floats, leaving: slice | npt.NDArray[np.int64], iterations: slice) -> npt.NDArray[np.bool_]:
        """The iterations in which a stage leaves an infinite number or an error without a code.

        Until the reference backend computes them anew such a value stands as #NUM!, so that other stages can read it.
        """
        own = rows[leaving, iterations]
        unknown = are_unknown(own)
        if unknown.any():
            rows[leaving, iterations] = np.where(unknown, coded(ErrorCode.NUM), own)
        return np.asarray(unknown.any(axis=0), np.bool_)

    def _take(self, store: BlockStore, stage: CompiledStage, rows: Floats, lanes: int) -> npt.NDArray[np.bool_]:
        """Copies what a native stage reads of the reference backend's; gives where that is neither number nor error.

        What other native stages made stands in its row already.
        """
        odd = np.zeros(lanes, np.bool_)
        for row, slot, _ in _crossings(stage.entering):
            rows[row, :lanes] = store.numbers[slot]
            if not store.numeric[slot]:
                kinds = store.kinds[slot]
                rows[row, :lanes] = encoded(rows[row, :lanes], kinds == Kind.ERROR)
                odd |= (kinds != Kind.ERROR) & (kinds != Kind.NUMBER)
            rows[row, lanes:] = rows[row, lanes - 1]
        return odd

    def _give(self, store: BlockStore, stage: CompiledStage, rows: Floats, lanes: int) -> None:
        """Copies what a native stage made into the block's store."""
        for row, slot, kind in _crossings(stage.leaving):
            values = rows[row, :lanes]
            if kind == MIXED:
                self._give_mixed(store, slot, values)
                continue
            codes = codes_of(values)
            store.numbers[slot] = np.where(codes != 0, codes, 0.0 if kind == Kind.TEXT else values)
            store.kinds[slot] = np.where(codes != 0, np.uint8(Kind.ERROR), np.uint8(kind))
            store.numeric[slot] = kind == Kind.NUMBER and not codes.any()
            if kind == Kind.TEXT:
                store.texts[slot] = self._texts[
                    np.where(np.isnan(values), len(self._texts) - 1, values).astype(np.intp)
                ]

    def _give_mixed(self, store: BlockStore, slot: int, values: Floats) -> None:
        kinds, numbers = kinds_and_numbers(values)
        is_text, failed = kinds == Kind.TEXT, kinds == Kind.ERROR
        store.kinds[slot], store.numeric[slot] = kinds, not kinds.any()
        store.numbers[slot] = np.where(failed, codes_of(values), np.where(is_text, 0.0, numbers))
        store.texts[slot] = self._texts[np.where(is_text, numbers, len(self._texts) - 1).astype(np.intp)]

    def _settle(self, result: BlockResult, doubted: npt.NDArray[np.bool_], sampler: Sampler) -> None:
        if doubted.any():
            settle(self.reference, result, doubted, sampler)

    def _memory(self, padded: int) -> _Memory:
        """This thread's buffers for blocks of so many iterations."""
        kept: _Memory | None = getattr(self._threads, "memory", None)
        if kept is not None and len(kept.doubts) == padded // WIDTH:
            return kept
        blueprint = self._blueprint
        workspace = _aligned(blueprint.places + rows_of_streams(WIDTH, len(self._sites)), WIDTH)
        workspace[blueprint.places - len(blueprint.constants) : blueprint.places] = blueprint.constants[:, None]
        # A little longer than a block: at a power of two rows would drive each other out of cache.
        rows = _aligned(max(blueprint.rows, 1), padded + WIDTH)
        made = _Memory.of(workspace, rows, padded_draws(max(len(self._sites), 1)), padded // WIDTH)
        self._threads.memory = made
        return made


def _pairs(rows: Mapping[int, int], places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.array([(rows[p], p) for p in places.tolist()], np.int64).reshape(-1, 2)


def _crossings(crossing: Crossing) -> Iterator[tuple[int, int, int]]:
    return zip(crossing.rows.tolist(), crossing.slots.tolist(), crossing.kinds.tolist(), strict=True)


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
