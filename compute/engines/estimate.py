"""How long a run will take with each engine, to choose between them before anything is compiled."""

from __future__ import annotations

from math import prod

from compute.dialects import children
from compute.formulas import ast
from compute.program import Program
from compute.records import dataclass

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
PER_TESTED, PER_TESTED_NATIVE = 20e-9, 0.3e-9
"""Seconds the reference engine and native code need for one cell of a range that SUMIFS and its kin look at, in one
iteration."""
MOST_TESTED = 10_000
"""Whole columns count as so many cells."""
_CRITERIA = frozenset({f"{name}IF{more}" for name in ("COUNT", "SUM", "AVERAGE") for more in ("", "S")}) | {
    "MINIFS",
    "MAXIFS",
}


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
    tested: int = 0
    """Cells that SUMIFS and its kin look at in one iteration, all formulas together."""

    @property
    def reference_seconds(self) -> float:
        """With the reference engine, on one core."""
        lanes = min(MOST_LANES, max(1.0, VALUES_AT_ONCE / max(1, self.formulas)), self.iterations)
        blocks = max(1.0, self.iterations / lanes)
        per_iteration = self.formulas * PER_VALUE + self.tested * PER_TESTED
        return blocks * self.batches * PER_BATCH + self.iterations * per_iteration

    @property
    def power_seconds(self) -> float:
        """With the power engine on one core, compiling included."""
        own = max(0, self.distinct - self.draws)
        per_iteration = self.formulas * PER_NATIVE_VALUE + self.tested * PER_TESTED_NATIVE
        return COMPILING + own * PER_LINE + self.iterations * per_iteration

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
        tested=_tested(program),
    )


def _tested(program: Program) -> int:
    known: dict[int, int] = {}
    total = 0
    for number in (n for step in program.varying for n in step.formulas):
        tree = program.formulas[number].tree
        if id(tree) not in known:
            known[id(tree)] = _tested_by(tree)
        total += known[id(tree)]
    return total


def _tested_by(tree: ast.Node) -> int:
    """The cells of ranges in a tree that stand in a function with criteria."""
    total, waiting = 0, [(tree, False)]
    while waiting:
        node, is_criteria = waiting.pop()
        if isinstance(node, ast.RangeReference):
            sides = ((node.top, node.bottom), (node.left, node.right))
            cells = prod(abs(last.value - first.value) + 1 for first, last in sides)
            total += min(cells, MOST_TESTED) if is_criteria else 0
            continue
        inside = is_criteria or (isinstance(node, ast.Call) and node.name in _CRITERIA)
        waiting += [(child, inside) for child in children(node)]
    return total


__all__ = ["GpuSpeed", "Work", "work_of"]
