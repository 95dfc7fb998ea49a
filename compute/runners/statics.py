"""What a model shows when nothing is simulated: one evaluation with every draw at its static value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from compute.backends.reference import Recalculation
from compute.backends.reference.memberships import Membership, memberships, own_seeds
from compute.distributions import Distribution
from compute.errors import Scalar, UnsupportedFormula
from compute.graph import CellId
from compute.program import Program, Step
from compute.sampling.time_series import Process


class Statics:
    """The static evaluation of a program: laws of the draws, what is wrong with them, values of cells.

    Of some ``steps`` of it where they are given: then cells that these do not make show what the file holds.
    """

    def __init__(self, program: Program, steps: Sequence[Step] | None = None) -> None:
        self._program = program
        self._run = Recalculation(program).run(steps)
        self.laws: Mapping[int, Distribution] = self._run.draws.laws
        self.problems: Mapping[int, str] = self._run.draws.problems
        self.static_values: dict[int, float] = {}
        for index, law in self.laws.items():
            self.static_values[index] = law.static_value
        self.static_values.update(self._run.draws.shown)
        self.processes: Mapping[int, Process] = self._run.draws.processes
        self.failed: Mapping[int, UnsupportedFormula] = self._run.failed
        self.circle: tuple[int, ...] = () if program.workbook.iterative else self._run.circle

    @cached_property
    def memberships(self) -> tuple[Membership, ...]:
        """How draws are correlated. Raises InvalidCorrelation."""
        return memberships(self._program, self._run.evaluator)

    @cached_property
    def own_seeds(self) -> dict[int, int]:
        """The seeds that draws have of their own. Raises InvalidCorrelation."""
        return own_seeds(self._program, self._run.evaluator)

    def value(self, cell: CellId) -> Scalar:
        """What a cell shows."""
        return self._run.value(cell)
