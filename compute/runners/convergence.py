"""Runs that end by themselves: rules of convergence judged leaf by leaf, whatever order chunks arrive in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from compute.analysis import LEAF, Measure, Monitor, Rule
from compute.backends.reference import BlockResult
from compute.errors import SpecificationError
from compute.program import Program
from compute.runners.state import RunState
from compute.stopping import ConvergenceOptions, ConvergenceRule, ConvergenceStatus

if TYPE_CHECKING:
    from compute.analysis import Status

DEFAULT_AT_LEAST, DEFAULT_AT_MOST = 8_192, 1_000_000
_NAMES = {"mean": "mean", "standard_deviation": "standard deviation"}


def rules_of(program: Program, options: ConvergenceOptions) -> dict[str, tuple[Rule, ...]]:
    """The rules by output key. Raises SpecificationError for an output that is not there or a level that is wrong."""
    found: dict[str, list[Rule]] = {}
    for given in options.rules:
        rule = _rule(given)
        for key in outputs_of(program, given.outputs):
            found.setdefault(key, []).append(rule)
    return {key: tuple(rules) for key, rules in found.items()}


def outputs_of(program: Program, names: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of the outputs with these keys, names or cells; all of them for none given.

    Raises SpecificationError for one that no output has.
    """
    if not names:
        return tuple(o.key for o in program.outputs)
    keys: list[str] = []
    for name in names:
        same = [
            o.key
            for o in program.outputs
            if name.casefold() in (o.key.casefold(), (o.name or o.key).casefold(), o.address.casefold())
        ]
        if not same:
            known = ", ".join(o.key for o in program.outputs[:10])
            raise SpecificationError(
                f"there is no output {name!r}; the outputs are {known}", code="simulation.unknown_output"
            )
        keys += [name] if name in same else same
    return tuple(dict.fromkeys(keys))


def _rule(given: ConvergenceRule) -> Rule:
    name = "probability_at_most" if given.statistic == "probability" else given.statistic
    try:
        return Rule(Measure(name, given.level), given.tolerance, given.relative, given.confidence)
    except ValueError as problem:
        raise SpecificationError(f"convergence of the {given.statistic}: {problem}", code="convergence.rule") from None


class ConvergenceWatch:
    """Judges a run's leaves in their order and stops it at the first after which every rule holds."""

    def __init__(self, state: RunState, rules: Mapping[str, tuple[Rule, ...]], rows: Mapping[str, int], at_least: int):
        """``rows`` says in which row of the samples each output is; ``at_least`` counts iterations."""
        self._state, self._rows = state, {key: rows[key] for key in rules}
        self._monitor = Monitor.watching(rules, -(-at_least // LEAF))
        self._arrived: dict[int, BlockResult] = {}

    @property
    def converged(self) -> bool:
        return self._monitor.converged_at is not None

    @property
    def judged(self) -> int:
        """How many iterations, from the first on, have been looked at."""
        return self._monitor.iterations

    @property
    def still_needed(self) -> int | None:
        """How many iterations are expected to be missing; None while nothing can be said."""
        return self._monitor.iterations_still_needed

    def accept(self, part: BlockResult) -> None:
        """Takes note of a chunk that the state has accepted."""
        if self.converged:
            return
        self._arrived[part.start] = part
        while (ready := self._arrived.pop(self._monitor.iterations, None)) is not None:
            for start in range(ready.start, ready.stop, LEAF):
                stop = min(start + LEAF, ready.stop)
                own = slice(start - ready.start, stop - ready.start)
                leaf = {key: ready.outputs[row, own] for key, row in self._rows.items()}
                self._monitor = self._monitor.after(leaf)
                if self.converged:
                    self._state.stop_at(stop)
                    return

    def statuses(self) -> tuple[ConvergenceStatus, ...]:
        """How every rule stands."""
        return tuple(_status(key, status) for key, found in self._monitor.statuses().items() for status in found)

    def notes(self, iterations: int) -> tuple[str, ...]:
        """What a reader should know of the run's end."""
        if self.converged:
            return (f"the run ended after {iterations:,} iterations, when every rule of convergence held",)
        open_rules = [s for s in self.statuses() if not s.converged]
        first = f"the run ended after {iterations:,} iterations, the most allowed, without having converged"
        return (first, *(_open_note(status) for status in open_rules[:10]))


def _status(key: str, status: Status) -> ConvergenceStatus:
    name, level = status.rule.measure.name, status.rule.measure.level
    half = None if status.interval is None else status.interval.half_width
    return ConvergenceStatus(
        output=key,
        statistic="probability" if name == "probability_at_most" else name,
        level=level,
        estimate=_finite(status.estimate),
        half_width=_finite(half),
        allowed=_finite(status.allowed),
        converged=status.converged,
        iterations_needed=status.iterations_needed,
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def statistic_text(statistic: str, level: float | None) -> str:
    """A watched statistic in words."""
    if statistic == "percentile":
        return f"{100 * (level or 0.0):g}th percentile"
    return f"probability of at most {level:g}" if statistic == "probability" else _NAMES[statistic]


def _open_note(status: ConvergenceStatus) -> str:
    text = f"{status.output}: the {statistic_text(status.statistic, status.level)}"
    if status.half_width is None or status.allowed is None:
        return f"{text} cannot be bounded"
    wanted = "" if status.iterations_needed is None else f"; about {status.iterations_needed:,} iterations are needed"
    return f"{text} is known to ± {status.half_width:.4g}, and ± {status.allowed:.4g} was asked for{wanted}"


__all__ = ["ConvergenceWatch", "outputs_of", "rules_of", "statistic_text"]
