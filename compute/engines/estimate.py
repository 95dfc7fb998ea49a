"""How long a run will take with each engine, to choose between them before anything is compiled."""

from __future__ import annotations

from dataclasses import dataclass

from compute.program import Program

PER_BATCH = 200e-6
"""Seconds the reference engine needs to set out on formulas that share a tree and do not wait for each other."""
PER_VALUE = 20e-9
"""Seconds it needs for one formula in one iteration."""
MOST_LANES, VALUES_AT_ONCE = 4096, 16e6
"""The iterations of its blocks, and how many values a block holds at most."""
COMPILING, PER_LINE = 0.4, 7e-3
"""Seconds of compiling: for any program, and for each formula of its own."""
PER_NATIVE_VALUE = 1.5e-9
"""Seconds native code needs for one formula in one iteration."""


@dataclass(frozen=True, slots=True)
class GpuSpeed:
    """Seconds of a GPU: to begin (driver, compiling), for a formula in an iteration, to bring back one sample."""

    start: float
    per_value: float
    per_sample: float


@dataclass(frozen=True, slots=True)
class Work:
    """The size of a run: formulas that vary, the batches of equal ones they come in, how many differ, draws, outputs.

    Threads and what is compiled already do not count: they must not change a run's results, and engines differ in the
    last bits of some numbers.
    """

    formulas: int
    batches: int
    distinct: int
    draws: int
    iterations: int
    outputs: int = 1

    @property
    def reference_seconds(self) -> float:
        """With the reference engine, on one core."""
        lanes = min(MOST_LANES, max(1.0, VALUES_AT_ONCE / max(1, self.formulas)), self.iterations)
        blocks = max(1.0, self.iterations / lanes)
        return blocks * self.batches * PER_BATCH + self.formulas * self.iterations * PER_VALUE

    @property
    def power_seconds(self) -> float:
        """With the power engine on one core, compiling included."""
        own = max(0, self.distinct - self.draws)
        return COMPILING + own * PER_LINE + self.formulas * self.iterations * PER_NATIVE_VALUE

    def gpu_seconds(self, speed: GpuSpeed) -> float:
        """On a GPU of that speed, compiling and the way back of all samples included."""
        per_iteration = self.formulas * speed.per_value + (self.draws + self.outputs) * speed.per_sample
        return speed.start + self.iterations * per_iteration


def work_of(program: Program, iterations: int) -> Work:
    """The size of a run of a program."""
    trees = [{id(program.formulas[n].tree) for n in step.formulas} for step in program.varying]
    return Work(
        formulas=sum(len(s.formulas) for s in program.varying),
        batches=sum(len(t) for t in trees),
        distinct=len(set().union(*trees)),
        draws=len(program.draws),
        iterations=iterations,
        outputs=len(program.outputs),
    )


__all__ = ["GpuSpeed", "Work", "work_of"]
