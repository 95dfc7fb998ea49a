"""A run that begins on GPUs and goes on in native code where they are lost: the same samples, bit for bit.

Blocks are pure functions of their bounds, so that who computes which makes no difference as long as both agree. A trial
has shown that of another model (see ``gpu_trial``); before a run is put together of two halves it is shown of this one,
on its first iterations.
"""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np

from compute.backends.gpu import GpuMachine
from compute.backends.native import NativeMachine
from compute.backends.reference import BlockResult
from compute.engines.agreement import difference
from compute.engines.gpu_record import forget_record
from compute.errors import EngineUnavailable
from compute.records import dataclass
from compute.sampling import Sampler

WITNESSES = 256
"""Iterations of the first block that native code computes again."""


@dataclass(frozen=True, slots=True)
class _Witness:
    """What a GPU gave for some iterations of a sampler."""

    sampler: Sampler
    result: BlockResult


class Relay:
    """A program on GPUs for one run, handed over to native code when they fail; blocks may run in several threads."""

    def __init__(self, machine: GpuMachine) -> None:
        self._machine = machine
        self._lock = threading.Lock()
        self._witness: _Witness | None = None
        self._native: NativeMachine | None = None
        self._problem: EngineUnavailable | None = None
        self._done = [0, 0]

    @property
    def description(self) -> str:
        """Which GPUs run it; where they were lost, after how many iterations, why, and who computed the others."""
        told = self._machine.description
        if self._problem is None:
            return told
        why = getattr(self._problem, "found", self._problem.message)
        first, later = self._done
        return f"{told}, for {first:,} iterations; then {why}: the power engine computed the other {later:,}"

    @property
    def block_lanes(self) -> int:
        """Those of a GPU."""
        return self._machine.block_lanes

    def run(self, sampler: Sampler, start: int, stop: int, room: BlockResult | None = None, /) -> BlockResult:
        """A block of whichever machine there is. Raises EngineUnavailable where the two are seen to disagree."""
        if self._problem is None:
            try:
                result = self._machine.run(sampler, start, stop, room)
            except EngineUnavailable as problem:
                self._hand_over(problem)
            else:
                self._note(sampler, result)
                return result
        with self._lock:
            native = self._handed_over()
            self._done[1] += stop - start
        return _in_blocks(native, sampler, start, stop)

    def _note(self, sampler: Sampler, result: BlockResult) -> None:
        with self._lock:
            self._done[0] += result.stop - result.start
            if self._witness is None:
                self._witness = _Witness(sampler, _beginning(result))

    def _hand_over(self, problem: EngineUnavailable) -> None:
        with self._lock:
            if self._problem is None:
                self._problem = problem

    def _handed_over(self) -> NativeMachine:
        """Native code, compiled and held against the witness once; over the same NOW and constants as the GPU's."""
        if self._native is None:
            native, witness = NativeMachine(self._machine.program, self._machine.reference), self._witness
            if witness is not None:
                seen = witness.result
                found = difference(native.program, [seen], [_in_blocks(native, witness.sampler, seen.start, seen.stop)])
                if found:
                    forget_record()
                    raise EngineUnavailable(
                        "the GPU failed during the run, and the power engine cannot go on with it, because they "
                        f"disagree: {found}. Run it again with engine='power'",
                        code="engine.disagreement",
                    ) from self._problem
            self._native = native
        return self._native


def _beginning(result: BlockResult) -> BlockResult:
    lanes = min(WITNESSES, result.stop - result.start)
    return replace(
        result,
        stop=result.start + lanes,
        outputs=result.outputs[:, :lanes].copy(),
        output_codes=result.output_codes[:, :lanes].copy(),
        inputs=result.inputs[:, :lanes].copy(),
        input_codes=result.input_codes[:, :lanes].copy(),
    )


def _in_blocks(native: NativeMachine, sampler: Sampler, start: int, stop: int) -> BlockResult:
    """Iterations of any number, in blocks of the length that suits native code."""
    step = native.block_lanes
    parts = [native.run(sampler, first, min(first + step, stop)) for first in range(start, stop, step)]
    return BlockResult(
        start,
        stop,
        np.concatenate([p.outputs for p in parts], axis=1),
        np.concatenate([p.output_codes for p in parts], axis=1),
        np.concatenate([p.inputs for p in parts], axis=1),
        np.concatenate([p.input_codes for p in parts], axis=1),
        sum(p.seconds for p in parts),
        sum(p.sampling_seconds for p in parts),
    )


__all__ = ["Relay"]
