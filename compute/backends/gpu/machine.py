"""Running a program on GPUs: blocks of iterations go to whichever stream is free, doubts to the reference backend."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from queue import SimpleQueue

import numpy as np
import numpy.typing as npt

from compute.backends.gpu.driver import Device, Driver, Kernel, NoDeviceMemory
from compute.backends.gpu.slots import STREAMS, Answer, Needs, Request, Room, Slot, room_for
from compute.backends.gpu.writing import Code
from compute.backends.native.errors import NotNative
from compute.backends.native.given import fill_given
from compute.backends.native.laws import LAWS
from compute.backends.native.mixing import are_errors
from compute.backends.native.results import OutputRows, are_unknown, settle
from compute.backends.native.stages import NativeStage, Plan, plan_of
from compute.backends.reference import BlockResult, Machine
from compute.errors import EngineUnavailable
from compute.program import Program
from compute.sampling import Sampler
from compute.sampling.monte_carlo import MonteCarlo

SHOWN_REASONS = 3


class GpuMachine:
    """A program compiled for GPUs; blocks may run in several threads.

    Raises NotNative for a program that is not native throughout, or fits no GPU; NoDeviceMemory where none has the
    memory free that it needs, or that as large a share of an idle GPU's threads as ``least_share`` needs. GPUs without
    it are left out where there is another.
    """

    def __init__(self, program: Program, driver: Driver, least_share: float = 0.0) -> None:
        self.program = program
        self.reference = Machine(program)
        self.plan: Plan = plan_of(self.reference, frozenset(LAWS))
        _demand_whole(self.plan)
        self._sites = list(self.plan.sites)
        self._streams = [program.draws[s].stream for s in self._sites]
        exports = [s.exports for s in self.plan.stages if isinstance(s, NativeStage)]
        self._rows = {p: row for row, p in enumerate(np.unique(np.concatenate(exports)).tolist())}
        self._outputs = OutputRows.of_program(program, self.plan, self._rows)
        needs = Needs(self.plan.layout.size, len(self._rows), len(self._sites))
        rooms, self._left_out = _rooms(needs, driver, least_share)
        self._devices = [device for device, _ in rooms]
        self.block_lanes = min(room.lanes for _, room in rooms)
        self._lock = threading.Lock()
        self._kernels = self._loaded(is_exact=False)
        self._exact: list[Mapping[str, Kernel]] | None = None
        self._free: SimpleQueue[tuple[int, Slot]] = SimpleQueue()
        for _ in range(STREAMS):
            for number, (device, room) in enumerate(rooms):
                self._free.put((number, Slot(device, needs, room, self._kernels[number])))

    @property
    def description(self) -> str:
        """Which GPUs run it, and how many iterations at a time."""
        names = ", ".join(d.name for d in self._devices)
        told = f"{self.plan.native_formulas:,} varying formulas on {names}, {self.block_lanes:,} iterations at a time"
        return "; ".join((told, *(f"without {reason}" for reason in self._left_out)))

    def code(self, *, is_exact: bool) -> Code:
        """The program's kernels."""
        return Code(self.plan, self._rows, self._streams, is_exact)

    def _loaded(self, *, is_exact: bool) -> list[Mapping[str, Kernel]]:
        code = self.code(is_exact=is_exact)
        return [device.load(code) for device in self._devices]

    def _exact_kernels(self, number: int) -> Mapping[str, Kernel]:
        """Exact code, compiled when an error first leaves an iteration."""
        with self._lock:
            if self._exact is None:
                self._exact = self._loaded(is_exact=True)
            return self._exact[number]

    def run(self, sampler: Sampler, start: int, stop: int, _room: BlockResult | None = None, /) -> BlockResult:
        """One block of at most ``block_lanes`` iterations, a pure function of its arguments."""
        lanes = stop - start
        if not 0 < lanes <= self.block_lanes:
            raise ValueError(f"a block of {lanes:,} iterations; it has from 1 to {self.block_lanes:,}")
        shape = len(self.program.draws), lanes
        inputs, input_codes = np.full(shape, np.nan), np.zeros(shape, np.uint8)
        with self._slot() as (number, slot):
            answer = self._answer(number, slot, sampler, start, stop)
            outputs, codes = self._outputs.of(answer.rows, lanes)
            inputs[self._sites] = answer.samples
            doubted = answer.doubts | are_unknown(answer.rows).any(axis=0)
        result = BlockResult(start, stop, outputs, codes, inputs, input_codes)
        if doubted.any():
            self._settle(result, doubted, sampler)
        return result

    def _settle(self, result: BlockResult, doubted: npt.NDArray[np.bool_], sampler: Sampler) -> None:
        settle(self.reference, result, doubted, sampler)

    @contextmanager
    def _slot(self) -> Iterator[tuple[int, Slot]]:
        """A free stream and the number of its device; waits for one."""
        taken = self._free.get()
        try:
            yield taken
        except EngineUnavailable:
            taken[1].leave()
            raise
        finally:
            self._free.put(taken)

    def _answer(self, number: int, slot: Slot, sampler: Sampler, start: int, stop: int) -> Answer:
        """Ordinary code, then exact code if an error came back; once that has happened, both without waiting."""
        request, kernels = Request(stop - start, -1, 0), self._kernels[number]
        if isinstance(sampler, MonteCarlo) and self._is_own(sampler):
            request = Request(stop - start, start, sampler.seed)
        else:
            fill_given(sampler, self._sites, slot.uniforms(stop - start), start, stop)
        slot.begin(kernels, request)
        if self._exact is not None:
            slot.again(self._exact_kernels(number), request)
            return slot.collect(request)
        answer = slot.collect(request)
        if not are_errors(answer.rows).any():
            return answer
        slot.again(self._exact_kernels(number), request)
        return slot.collect(request)

    def _is_own(self, sampler: MonteCarlo) -> bool:
        return all(sampler.streams[s] == self.program.draws[s].stream for s in self._sites)


def _rooms(needs: Needs, driver: Driver, least_share: float) -> tuple[list[tuple[Device, Room]], list[str]]:
    """The devices that have room, and of the others who they are and why not; raises what the first one raises."""
    found, problems = [], []
    for device in driver.devices:
        try:
            found.append((device, room_for(needs, device, least_share)))
        except (NotNative, NoDeviceMemory) as problem:
            problems.append((device, problem))
    if not found:
        raise next((p for _, p in problems if isinstance(p, NoDeviceMemory)), problems[0][1])
    return found, [f"{d.name}: {p.found if isinstance(p, NoDeviceMemory) else p.reason}" for d, p in problems]


def _demand_whole(plan: Plan) -> None:
    if not plan.expressions:
        raise NotNative("none of its formulas can be compiled")
    if not all(isinstance(s, NativeStage) for s in plan.stages):
        told = "; ".join(sorted(set(plan.reasons.values()))[:SHOWN_REASONS])
        raise NotNative(f"a GPU runs only what is compiled throughout{f' ({told})' if told else ''}")


__all__ = ["GpuMachine"]
