"""Analyses through the engine: runs that stress, search and share out variance, and what they found as messages."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compute.protocol import SimulationSpec
from server.gateway.acceptance import SHAPLEY_BASE, SOBOL_BASE, measure_of
from server.gateway.analyses import (
    Analysis,
    AnalysisResult,
    GoalSeekAnalysis,
    GoalSeekResult,
    SensitivityAnalysis,
    SensitivityResult,
    StressAnalysis,
    StressEffectData,
    StressResult,
    TriedValue,
    VarianceShare,
)
from server.gateway.contract import RunControl

if TYPE_CHECKING:
    from compute.analysis import Interval
    from compute.runners import Model
    from compute.runners.variance import ShapleyReport, SobolReport


def analyse(path: Path, spec: SimulationSpec, analysis: Analysis, control: RunControl) -> AnalysisResult:
    """The analysis of a workbook's model. Raises ComputeError, Cancelled among them."""
    from compute.runners import open_file

    model = open_file(path, spec)
    if isinstance(analysis, StressAnalysis):
        return _stress(model, spec, analysis, control)
    if isinstance(analysis, GoalSeekAnalysis):
        return _goal_seek(model, spec, analysis, control)
    return _sensitivity(model, spec, analysis, control)


def _any_run(spec: SimulationSpec, control: RunControl) -> dict[str, Any]:
    return {
        "seed": spec.seed,
        "engine": spec.engine,
        "runner": spec.runner,
        "threads": control.threads,
        "correlations": spec.correlations,
        "on_progress": control.on_progress,
        "cancelled": control.cancelled,
    }


def _simulation(spec: SimulationSpec, control: RunControl) -> dict[str, Any]:
    own = {
        "iterations": spec.iterations,
        "sampling": spec.sampling,
        "convergence": spec.convergence,
        "batch": spec.batch,
        "checkpoint": control.checkpoint,
    }
    return _any_run(spec, control) | own


def _stress(model: Model, spec: SimulationSpec, asked: StressAnalysis, control: RunControl) -> StressResult:
    from compute.runners.variation import StressRange

    ranges = [StressRange(input=r.input, low=r.low, high=r.high) for r in asked.ranges]
    report = model.stress(ranges, asked.together, **_simulation(spec, control))
    effects = tuple(
        StressEffectData(
            statistic=statistic,
            run=e.run,
            output=e.output,
            baseline=e.baseline,
            stressed=e.stressed,
            change=e.change,
        )
        for statistic in asked.statistics
        for e in report.effects(measure_of(statistic))
    )
    runs = {"baseline": report.baseline, **report.runs}
    return StressResult(
        effects=effects,
        certificates={name: run.certificate for name, run in runs.items()},
        notes=(*control.notes, *report.baseline.notes),
    )


def _goal_seek(model: Model, spec: SimulationSpec, asked: GoalSeekAnalysis, control: RunControl) -> GoalSeekResult:
    report = model.goal_seek(
        asked.cell,
        asked.output,
        measure_of(asked.statistic),
        asked.target,
        asked.low,
        asked.high,
        tolerance=asked.tolerance,
        most_steps=asked.most_steps,
        **_simulation(spec, control),
    )
    if report.outcome == "searching":
        raise AssertionError("a search that has ended has an outcome")
    return GoalSeekResult(
        cell=report.cell,
        output=report.output,
        statistic=asked.statistic,
        target=report.target,
        tolerance=report.tolerance,
        outcome=report.outcome,
        text=report.text,
        value=None if report.best is None else report.best.value,
        reached=None if report.best is None else report.best.statistic,
        tried=tuple(TriedValue(value=t.value, statistic=_finite(t.statistic)) for t in report.tried),
        digest=None if report.result is None else report.result.digest,
        notes=(*control.notes, *(() if report.result is None else report.result.notes)),
    )


def _sensitivity(
    model: Model, spec: SimulationSpec, asked: SensitivityAnalysis, control: RunControl
) -> SensitivityResult:
    run = _any_run(spec, control)
    if asked.method == "shapley":
        base = asked.base or SHAPLEY_BASE
        found: SobolReport | ShapleyReport = model.shapley_effects(
            asked.outputs, base, permutations=asked.permutations, **run
        )
        shares = _of_shapley(found)
    else:
        base = asked.base or SOBOL_BASE
        found = model.sobol_indices(asked.outputs, base, confidence=asked.confidence, sampling=spec.sampling, **run)
        shares = _of_sobol(found)
    return SensitivityResult(
        method=asked.method,
        shares=shares,
        evaluations=found.evaluations,
        seed=found.seed,
        notes=(*control.notes, *found.notes),
    )


def _of_sobol(report: Any) -> tuple[VarianceShare, ...]:
    return tuple(
        VarianceShare(output=output, input=key)
        if index is None
        else VarianceShare(
            output=output,
            input=key,
            first=index.first,
            first_interval=_ends(index.first_interval),
            total=index.total,
            total_interval=_ends(index.total_interval),
        )
        for output, of in report.indices.items()
        for key, index in of.items()
    )


def _of_shapley(report: Any) -> tuple[VarianceShare, ...]:
    return tuple(
        VarianceShare(output=output, input=key, effect=s and s.effect, standard_error=s and _finite(s.standard_error))
        for output, of in report.effects.items()
        for key, s in of.items()
    )


def _ends(interval: Interval) -> tuple[float, float] | None:
    low, high = interval.low, interval.high
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value
