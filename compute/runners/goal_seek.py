"""Goal seek on a statistic: a constant cell is varied, a run at a time, until a statistic of an output is on target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compute.analysis import GoalSeek, Measure
from compute.analysis.goal_seek import Outcome, Tried
from compute.errors import SpecificationError
from compute.records import dataclass
from compute.runners.convergence import outputs_of
from compute.runners.result import Result
from compute.runners.stress import numbered_progress
from compute.runners.variation import Constant, Variation, check_constant

if TYPE_CHECKING:
    from compute.runners.model import Model

RESOLUTION = 1e-9
_SHARE = 1e-3
_OUTCOMES: Mapping[Outcome, str] = {
    "reached": "the target is reached",
    "jump": "the statistic jumps over the target between neighbouring values of the cell",
    "out_of_reach": "the statistic lies on the same side of the target at both ends; take other ends, or another cell",
    "undetermined": "a run had no such statistic: all its iterations ended in errors, or were too few",
    "out_of_steps": "the runs allowed were too few",
}


@dataclass(frozen=True, eq=False)
class GoalSeekReport:
    """How a search ended. ``tried`` are its runs in their order, ``best`` the one nearest to the target, ``result``
    that run whole; None where no run had the statistic.
    """

    cell: str
    output: str
    measure: Measure
    target: float
    tolerance: float
    outcome: Outcome
    tried: tuple[Tried, ...]
    best: Tried | None
    result: Result | None

    @property
    def reached(self) -> bool:
        return self.outcome == "reached"

    @property
    def text(self) -> str:
        """The outcome as a sentence."""
        return _OUTCOMES[self.outcome]


def goal_seek(
    model: Model,
    cell: str,
    output: str,
    measure: Measure,
    search: GoalSeek,
    tolerance: float | None,
    options: Mapping[str, Any],
) -> GoalSeekReport:
    """See ``Model.goal_seek``; without ``tolerance`` it is a thousandth of the statistic's change from end to end."""
    from compute.runners.model import cell_of

    place = check_constant(model.workbook, cell_of(model.workbook, cell), model.external_inputs)
    keys = outputs_of(model.program, (output,))
    if len(keys) > 1:
        raise SpecificationError(f"{output!r} could be any of {', '.join(keys)}", code="simulation.unknown_output")
    checkpoint, rest = options.get("checkpoint"), {k: v for k, v in options.items() if k != "checkpoint"}
    report = rest.pop("on_progress", None)
    best: Result | None = None
    while (value := search.next_value) is not None:
        number = len(search.tried) + 1
        varied = model.varied(Variation(constants=(Constant(cell=place, value=value),)))
        folder = None if checkpoint is None else Path(checkpoint) / f"step-{number}"
        result = varied.simulate(**rest, checkpoint=folder, on_progress=numbered_progress(report, number))
        search = search.told(measure.of(result.outputs[keys[0]].samples))
        if search.best is not None and search.best is search.tried[-1]:
            best = result
        if tolerance is None and len(search.tried) == 2 and search.outcome == "searching":
            change = abs(search.tried[1].statistic - search.tried[0].statistic)
            search = replace(search, tolerance=_SHARE * change)
    return GoalSeekReport(
        place, keys[0], measure, search.target, search.tolerance, search.outcome, search.tried, search.best, best
    )


def search_of(target: float, low: float, high: float, tolerance: float | None, most_steps: int) -> GoalSeek:
    """The search before its first run. Raises SpecificationError for numbers that make no sense."""
    try:
        return GoalSeek(target, low, high, tolerance or 0.0, most_steps, RESOLUTION)
    except ValueError as problem:
        raise SpecificationError(f"goal seek: {problem}", code="goal_seek.numbers") from None
