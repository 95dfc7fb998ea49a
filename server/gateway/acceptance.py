"""What a request becomes before it is queued: checked, within the server's limits, its gaps filled by the workbook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compute.errors import SpecificationError
from compute.protocol import SimulationSpec
from server.gateway.analyses import (
    Analysis,
    GoalSeekAnalysis,
    SensitivityAnalysis,
    Statistic,
    StressAnalysis,
)

if TYPE_CHECKING:
    from compute.analysis import Measure
    from compute.runners import Model
    from compute.runners.variation import Design

USUAL_AT_MOST = 1_000_000
SOBOL_BASE = 1_024
SHAPLEY_BASE = 10_000


@dataclass(frozen=True, slots=True)
class Accepted:
    """The specification with nothing left open, and what of it was taken from the workbook."""

    spec: SimulationSpec
    notes: tuple[str, ...] = ()


def accept(path: Path, spec: SimulationSpec, analysis: Analysis | None, limit: int) -> Accepted:
    """The specification as it is run. Fields that the request did not set are the workbook's own settings, if any.

    Raises the ComputeError that the run would end with, and SpecificationError for more than ``limit`` iterations.
    """
    from compute.runners import open_file

    if analysis is not None and spec.engine == "arrow":
        raise SpecificationError(
            "an analysis is several runs, of which no trials are kept; use engine='auto'", code="simulation.keep"
        )
    model = open_file(path, spec)
    found = completed(model, spec, analysis)
    if isinstance(analysis, SensitivityAnalysis):
        length = _evaluations(model, found.spec, analysis)
        if length > limit:
            raise SpecificationError(
                f"the analysis takes {length:,} iterations, and this server runs at most {limit:,}; give a smaller "
                "base, or fewer permutations",
                code="design.size",
            )
        return Accepted(found.spec.model_copy(update={"iterations": length, "convergence": None}), found.notes)
    model.check(spec.correlations)
    _check(model, found.spec, analysis)
    return Accepted(_within(found, limit), found.notes)


def completed(model: Model, spec: SimulationSpec, analysis: Analysis | None) -> Accepted:
    """Iterations, seed and sampling that the request leaves out, from the workbook's settings, else the defaults."""
    from compute.runners.own_settings import chosen

    given: dict[str, Any] = {
        name: getattr(spec, name) for name in ("iterations", "seed", "sampling") if name in spec.model_fields_set
    }
    if isinstance(analysis, SensitivityAnalysis):
        # Designs have their own length, and Sobol points suit them: of the workbook only the seed means something.
        given = {"iterations": spec.iterations, "sampling": "sobol"} | given
    own = chosen(
        model.workbook,
        given.get("iterations"),
        given.get("seed"),
        given.get("sampling"),
        ends_itself=spec.convergence is not None,
    )
    filled = {"iterations": own.iterations, "seed": own.seed, "sampling": own.sampling}
    return Accepted(spec.model_copy(update=filled), (own.note,) if own.note else ())


def _within(found: Accepted, limit: int) -> SimulationSpec:
    spec = found.spec
    if spec.convergence is not None:
        at_most = spec.convergence.at_most
        if at_most is None and limit < USUAL_AT_MOST:
            return spec.model_copy(update={"convergence": spec.convergence.model_copy(update={"at_most": limit})})
        asked = at_most or 1
    else:
        asked = spec.iterations
    if asked > limit:
        whose = f" ({found.notes[0]})" if found.notes and spec.convergence is None else ""
        raise SpecificationError(
            f"{asked:,} iterations are asked for{whose}, and this server runs at most {limit:,}; ask for fewer",
            code="simulation.iterations",
        )
    return spec


def _check(model: Model, spec: SimulationSpec, analysis: Analysis | None) -> None:
    from compute.runners.convergence import outputs_of
    from compute.runners.goal_seek import search_of
    from compute.runners.model import cell_of
    from compute.runners.stress import ranges_of
    from compute.runners.stressed_draws import stressed_draws
    from compute.runners.variation import StressRange, check_constant

    if spec.convergence is not None:
        for rule in spec.convergence.rules:
            outputs_of(model.program, rule.outputs)
    if isinstance(analysis, StressAnalysis):
        for statistic in analysis.statistics:
            measure_of(statistic)
        ranges = [StressRange(input=r.input, low=r.low, high=r.high) for r in analysis.ranges]
        stressed_draws(model.program, ranges_of(ranges))
    if isinstance(analysis, GoalSeekAnalysis):
        measure_of(analysis.statistic)
        search_of(analysis.target, analysis.low, analysis.high, analysis.tolerance, analysis.most_steps)
        check_constant(model.workbook, cell_of(model.workbook, analysis.cell), model.external_inputs)
        outputs_of(model.program, (analysis.output,))


def measure_of(statistic: Statistic) -> Measure:
    """The statistic as the engine knows it. Raises SpecificationError for a level that is missing, or not wanted."""
    from compute.analysis import Measure

    try:
        return Measure(statistic.name, statistic.level)
    except ValueError as problem:
        raise SpecificationError(f"statistic: {problem}", code="analysis.statistic") from None


def _evaluations(model: Model, spec: SimulationSpec, analysis: SensitivityAnalysis) -> int:
    from compute.runners.variance import evaluations, shapley_plan, sobol_plan

    plan: Design
    if analysis.method == "shapley":
        base = analysis.base or SHAPLEY_BASE
        _, plan = shapley_plan(model, analysis.outputs, base, None, analysis.permutations, spec.correlations)
    else:
        _, plan = sobol_plan(
            model, analysis.outputs, analysis.base or SOBOL_BASE, analysis.confidence, spec.sampling, spec.correlations
        )
    return evaluations(plan)
