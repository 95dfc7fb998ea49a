"""Stress: what becomes of the outputs when inputs are drawn from a part of their laws only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from compute.analysis import Convention, Measure, stress_effects, stress_plan
from compute.analysis.scenarios import StressEffect, Truncation
from compute.errors import SpecificationError
from compute.protocol import Progress
from compute.records import dataclass
from compute.runners.result import Result
from compute.runners.stressed_draws import draw_of, stressed_draws
from compute.runners.variation import StressRange, Variation

if TYPE_CHECKING:
    from compute.runners.model import Model

Ranges = Mapping[str, tuple[float, float]] | Sequence[StressRange]
MEAN = Measure("mean")


@dataclass(frozen=True, eq=False)
class StressReport:
    """The run without stress, and the stressed runs by their names (of one input each; ``all together``)."""

    baseline: Result
    runs: Mapping[str, Result]

    def effects(self, measure: Measure = MEAN, convention: Convention = Convention.ATRISK) -> tuple[StressEffect, ...]:
        """A statistic of every output in every stressed run beside the one without stress, the largest change first."""
        return stress_effects(
            {key: o.samples for key, o in self.baseline.outputs.items()},
            {name: {key: o.samples for key, o in run.outputs.items()} for name, run in self.runs.items()},
            measure,
            convention,
        )


def stress(model: Model, ranges: Ranges, together: bool, options: Mapping[str, Any]) -> StressReport:
    """See ``Model.stress``."""
    given = ranges_of(ranges)
    # All at once first: what cannot be stressed is refused before anything runs.
    stressed_draws(model.program, given)
    plan = stress_plan([Truncation(draw_of(model.program, r.input).key, r.low, r.high) for r in given], together)
    checkpoint, rest = options.get("checkpoint"), {k: v for k, v in options.items() if k != "checkpoint"}
    report = rest.pop("on_progress", None)

    def simulated(varied: Model, number: int) -> Result:
        folder = None if checkpoint is None else Path(checkpoint) / f"stress-{number}"
        return varied.simulate(**rest, checkpoint=folder, on_progress=numbered_progress(report, number))

    baseline = simulated(model, 1)
    runs = {}
    for number, run in enumerate(plan, 2):
        stresses = tuple(StressRange(input=t.input, low=t.low, high=t.high) for t in run.truncations)
        runs[run.name] = simulated(model.varied(Variation(stresses=stresses)), number)
    return StressReport(baseline, MappingProxyType(runs))


def ranges_of(ranges: Ranges) -> tuple[StressRange, ...]:
    """The ranges as messages. Raises SpecificationError for percentiles outside 0 to 1, or no range at all."""
    pairs = [(k, *v) for k, v in ranges.items()] if isinstance(ranges, Mapping) else None
    for name, low, high in pairs or [(r.input, r.low, r.high) for r in ranges if isinstance(r, StressRange)]:
        if not 0.0 <= low < high <= 1.0:
            raise SpecificationError(
                f"{name} is stressed from {low:g} to {high:g}; these are percentiles of its law and must rise between "
                "0 and 1",
                code="stress.range",
            )
    found = tuple(
        r if isinstance(r, StressRange) else StressRange(input=r[0], low=r[1], high=r[2]) for r in pairs or ranges
    )
    if not found:
        raise SpecificationError(
            "nothing is stressed; name at least one input and its percentiles", code="stress.nothing"
        )
    return found


def numbered_progress(report: Callable[[Progress], None] | None, number: int) -> Callable[[Progress], None] | None:
    """The same listener, told which of several runs it hears of."""
    if report is None:
        return None
    return lambda progress: report(progress.model_copy(update={"run": number}))
