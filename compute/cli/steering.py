"""``montecell stress``, ``goal-seek`` and ``sensitivity``: run and shown."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from compute.analysis import Measure
from compute.cli.arguments import specification
from compute.cli.steering_arguments import convergence_of
from compute.cli.tables import number, table
from compute.cli.terminal import ProgressBar
from compute.dialects.settings import settings
from compute.protocol import SimulationSpec
from compute.runners import Model
from compute.runners.files import open_file
from compute.runners.goal_seek import GoalSeekReport
from compute.runners.own_settings import workbook_rules
from compute.runners.stress import StressReport
from compute.runners.variance import ShapleyReport, SobolReport
from compute.runners.variation import StressRange

_SHOWN = {"standard_deviation": "sd", "minimum": "min", "maximum": "max"}


def measure_text(measure: Measure) -> str:
    """A statistic as the command line names it."""
    if measure.name == "percentile":
        return f"p{100 * (measure.level or 0.0):g}"
    if measure.name == "probability_at_most":
        return f"prob={measure.level:g}"
    return _SHOWN.get(measure.name, measure.name)


def _opened(options: argparse.Namespace) -> tuple[Model, SimulationSpec, dict[str, Any]]:
    """The model, what was asked with the workbook's own settings put in, and the options that every run has."""
    spec = specification(options)
    model = open_file(Path(options.workbook), spec)
    own = settings(model.workbook)
    names = ("iterations", "seed", "sampling") if hasattr(options, "iterations") else ("seed",)
    taken = {n: getattr(own, n) for n in names if getattr(options, n) is None and getattr(own, n) is not None}
    if taken:
        listed = ", ".join(f"{name} {value}" for name, value in taken.items())
        sys.stderr.write(f"montecell: taken from the workbook's settings of {own.product}: {listed}\n")
        spec = spec.model_copy(update=taken)
    show = None if options.quiet else ProgressBar()
    run = {
        "seed": spec.seed,
        "engine": spec.engine,
        "runner": spec.runner,
        "threads": options.threads,
        "correlations": spec.correlations,
        "on_progress": show,
    }
    return model, spec, run


def _simulating(options: argparse.Namespace, spec: SimulationSpec, model: Model) -> dict[str, Any]:
    return {
        "iterations": spec.iterations,
        "sampling": spec.sampling,
        "convergence": convergence_of(options, lambda: workbook_rules(model.program)),
        "batch": spec.batch,
    }


def stressed(options: argparse.Namespace) -> tuple[object, str, bool]:
    """The effects as plain data and as text, and that all went well."""
    model, spec, run = _opened(options)
    ranges = [StressRange(**given) for given in options.stressed]
    report = model.stress(ranges, **run, **_simulating(options, spec, model))
    measures = options.statistic or [Measure("mean")]
    return _stress_data(report, measures), _stress_text(report, measures), True


def _stress_data(report: StressReport, measures: list[Measure]) -> object:
    rows = [
        {"statistic": measure_text(m), "run": e.run, "output": e.output, "baseline": e.baseline,
         "stressed": e.stressed, "change": e.change}
        for m in measures for e in report.effects(m)
    ]  # fmt: skip
    runs = {"baseline": report.baseline, **report.runs}
    certificates = {name: r.certificate.model_dump() for name, r in runs.items()}
    return {"effects": rows, "notes": list(report.baseline.notes), "certificates": certificates}


def _stress_text(report: StressReport, measures: list[Measure]) -> str:
    parts = []
    for measure in measures:
        rows = [("stressed", "output", "statistic", "without stress", "with stress", "change")]
        rows += [
            (e.run, e.output, measure_text(measure), number(e.baseline), number(e.stressed), number(e.change))
            for e in report.effects(measure)
        ]
        parts.append(table(rows, 3))
    parts += [f"note: {note}" for note in report.baseline.notes]
    certificate = report.baseline.certificate
    found = f"{1 + len(report.runs)} runs of {certificate.iterations:,} iterations, seed {certificate.seed}"
    return "\n\n".join([*parts, f"{found}, {certificate.sampling}"])


def sought(options: argparse.Namespace) -> tuple[object, str, bool]:
    """The search as plain data and as text, and whether the target was reached."""
    model, spec, run = _opened(options)
    report = model.goal_seek(
        options.cell, options.of, options.statistic, options.target, options.low, options.high,
        tolerance=options.tolerance, most_steps=options.most_steps, **run, **_simulating(options, spec, model),
    )  # fmt: skip
    data = {
        "cell": report.cell,
        "output": report.output,
        "statistic": measure_text(report.measure),
        "target": report.target,
        "tolerance": report.tolerance,
        "outcome": report.outcome,
        "value": None if report.best is None else report.best.value,
        "reached": None if report.best is None else report.best.statistic,
        "tried": [{"value": t.value, "statistic": t.statistic} for t in report.tried],
        "digest": None if report.result is None else report.result.digest,
    }
    return data, _search_text(report), report.reached


def _search_text(report: GoalSeekReport) -> str:
    what = f"{measure_text(report.measure)} of {report.output}"
    rows = [("run", report.cell, what)]
    rows += [(str(n), f"{t.value:.10g}", number(t.statistic)) for n, t in enumerate(report.tried, 1)]
    parts = [table(rows), f"target {number(report.target)} ± {number(report.tolerance)}: {report.text}"]
    if report.best is not None:
        found = "" if report.reached else "nearest: "
        parts.append(f"{found}{report.cell} = {report.best.value:.10g}: {what} is {number(report.best.statistic)}")
    return "\n\n".join(parts)


def shared_out(options: argparse.Namespace) -> tuple[object, str, bool]:
    """Shares of variance as plain data and as text, and that all went well."""
    model, _, run = _opened(options)
    base = {} if options.base is None else {"base": options.base}
    if options.method == "shapley":
        effects = model.shapley_effects(options.of, permutations=options.permutations, **base, **run)
        return _shapley_data(effects), _shapley_text(effects), True
    how = {} if options.sampling is None else {"sampling": options.sampling}
    found = model.sobol_indices(options.of, confidence=options.confidence, **base, **how, **run)
    return _sobol_data(found), _sobol_text(found), True


def _sobol_data(report: SobolReport) -> object:
    rows = [
        {"output": output, "input": key, "first": i and i.first, "total": i and i.total,
         "first_interval": i and [i.first_interval.low, i.first_interval.high],
         "total_interval": i and [i.total_interval.low, i.total_interval.high]}
        for output, of in report.indices.items() for key, i in of.items()
    ]  # fmt: skip
    return {"indices": rows, "evaluations": report.evaluations, "seed": report.seed, "notes": list(report.notes)}


def _sobol_text(report: SobolReport) -> str:
    rows: list[tuple[str, ...]] = [("output", "input", "first", "±", "total", "±")]
    for output, of in report.indices.items():
        for key, i in sorted(of.items(), key=lambda pair: -(pair[1].total if pair[1] else 0.0)):
            values = (i.first, i.first_interval.half_width, i.total, i.total_interval.half_width) if i else [None] * 4
            rows.append((output, key, *(_share(v) for v in values)))
    return _framed(rows, report.evaluations, report.seed, report.notes)


def _shapley_data(report: ShapleyReport) -> object:
    rows = [
        {"output": output, "input": key, "effect": s and s.effect, "standard_error": s and s.standard_error}
        for output, of in report.effects.items()
        for key, s in of.items()
    ]
    return {"effects": rows, "evaluations": report.evaluations, "seed": report.seed, "notes": list(report.notes)}


def _shapley_text(report: ShapleyReport) -> str:
    rows: list[tuple[str, ...]] = [("output", "input", "share", "± error")]
    for output, of in report.effects.items():
        for key, s in sorted(of.items(), key=lambda pair: -(pair[1].effect if pair[1] else 0.0)):
            rows.append((output, key, *(_share(v) for v in ((s.effect, s.standard_error) if s else (None, None)))))
    return _framed(rows, report.evaluations, report.seed, report.notes)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100.0 * value:.1f} %"


def _framed(rows: list[Any], evaluations: int, seed: int, notes: tuple[str, ...]) -> str:
    tail = f"{evaluations:,} iterations of a designed run, seed {seed}"
    return "\n\n".join([table(rows, 2), *(f"note: {n}" for n in notes), tail])


STEERED = {"stress": stressed, "goal-seek": sought, "sensitivity": shared_out}
