"""``montecell fit`` and ``montecell elicit``: laws, processes and copulas as tables, with the formulas to paste."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from compute import fitting
from compute.cli.data import Column, columns_of
from compute.cli.fit_arguments import RANKS, names_of, percentiles_of
from compute.cli.tables import number, table, with_formulas
from compute.dialects.written import (
    archimedean_properties,
    atrisk_formula,
    atrisk_series,
    matrix_properties,
    montecell_formula,
    montecell_series,
    with_property,
)
from compute.distributions import LAWS, Law
from compute.errors import ComputeError, SpecificationError
from compute.fitting import Bootstrap, FitReport, FittedCopula, FittedLaw
from compute.sampling.time_series_fit import KINDS, FittedSeries, fit_series

_FIGURES = ("aic", "bic", "chi_square", "anderson_darling", "kolmogorov_smirnov")
_HEADS = ("AICc", "BIC", "χ²", "A-D", "K-S")
_REFUSALS = 5


def fitted(options: argparse.Namespace) -> tuple[object, str]:
    """What was fitted, as plain data and as text. Raises FittingError and SpecificationError."""
    keep_rows = options.series or options.copula
    columns = columns_of(Path(options.data), options.range, options.column, keep_rows)
    if options.copula:
        return _dependence(columns, options)
    if len(columns) > 1:
        listed = ", ".join(c.name for c in columns)
        raise SpecificationError(
            f"{options.data}: there are several columns ({listed}); choose one, or ask for their correlations with "
            "--copula",
            code="fitting.data",
        )
    return _series(columns[0], options) if options.series else _laws(columns[0], options)


def _laws(column: Column, options: argparse.Namespace) -> tuple[object, str]:
    rank: Any = RANKS[options.rank]
    report = fitting.fit(
        column.values,
        names_of(options.laws),
        lower=options.lower,
        upper=options.upper,
        shift=options.shift,
        rank_by=rank,
    )
    sure = None
    if options.intervals is not None and report.sample is not None:
        sure = fitting.bootstrap(
            report.best, report.sample, resamples=options.intervals, level=options.confidence, seed=options.seed
        )
    data = {
        "data": column.name,
        "size": len(column.values),
        "blanks": column.blanks,
        "ranked_by": rank,
        "fits": [law_data(f) | (bootstrap_data(sure) if sure and f is report.best else {}) for f in report.fits],
        "refused": [{"law": r.law.name, "reason": r.reason} for r in report.refused],
    }
    left_out = f", {column.blanks:,} blanks left out" if column.blanks else ""
    parts = [f"{len(column.values):,} values of {column.name}{left_out}", _law_table(report, options)]
    parts += [_best_text(report.best, sure)] if report.fits else []
    return data, "\n\n".join([*parts, *_refusals(report)])


def law_data(found: FittedLaw) -> dict[str, Any]:
    """A fit as plain data; figures that it does not have are None."""
    values = tuple(found.parameters.values())
    sample = math.isfinite(found.log_likelihood)
    return {
        "law": found.law.name,
        "title": found.law.title,
        "parameters": dict(found.parameters),
        "shift": found.shift,
        "formula": montecell_formula(found.law, values, found.shift),
        "atrisk_formula": atrisk_formula(found.law, values, found.shift),
        **{name: _figure(found, name) if sample else None for name in (*_FIGURES, "average_log_likelihood")},
        "rms_error": found.rms_error,
    }


def bootstrap_data(sure: Bootstrap) -> dict[str, Any]:
    """Intervals and p-values as plain data."""
    intervals = {name: list(ends) for name, ends in sure.intervals.items()}
    return {"level": sure.level, "intervals": intervals, "p_values": dict(sure.p_values), "resamples": sure.resamples}


def _figure(found: FittedLaw, name: Any) -> float | None:
    value = found.statistic(name)
    return value if math.isfinite(value) else None


def _law_table(report: FitReport, options: argparse.Namespace) -> str:
    by_points = report.ranked_by == "rms_error"
    heads = ("RMS error",) if by_points else _HEADS
    rows: list[tuple[str, ...]] = [("law", *heads, "formula")]
    for found in report.fits[: options.show]:
        figures = [found.rms_error] if by_points else [_figure(found, name) for name in _FIGURES]
        rows.append((found.law.title, *(number(v) for v in figures), _formula(found, options.atrisk)))
    rest = len(report.fits) - options.show
    return with_formulas(rows) + (f"\n… and {rest:,} more laws" if rest > 0 else "")


def _formula(found: FittedLaw, atrisk: bool) -> str:
    values = tuple(found.parameters.values())
    if not atrisk:
        return montecell_formula(found.law, values, found.shift)
    return atrisk_formula(found.law, values, found.shift) or "(@RISK has no such law)"


def _best_text(best: FittedLaw, sure: Bootstrap | None) -> str:
    heads = ("parameter", "estimate", *(() if sure is None else (f"{sure.level:.0%} from", "to")))
    rows = [(f"{best.law.title}: {heads[0]}", *heads[1:])]
    shift = {"shift": best.shift} if best.shift else {}
    for name, value in {**best.parameters, **shift}.items():
        ends = sure.intervals.get(name) if sure else None
        shown = () if sure is None else tuple(number(v) for v in ends) if ends else ("–", "–")
        rows.append((name, number(value), *shown))
    text = table(rows)
    if sure is not None:
        p = ", ".join(
            f"{head} {sure.p_values[n]:.3f}" for n, head in zip(_FIGURES, _HEADS, strict=True) if n in sure.p_values
        )
        text += f"\np-values from {sure.resamples:,} resamples: {p}"
    return text


def _refusals(report: FitReport) -> list[str]:
    if not report.refused:
        return []
    lines = [f"not fitted: {r.law.title}: {r.reason}" for r in report.refused[:_REFUSALS]]
    rest = len(report.refused) - _REFUSALS
    return ["\n".join([*lines, *([f"… and {rest:,} more laws (--json lists them)"] if rest > 0 else [])])]


def _series(column: Column, options: argparse.Namespace) -> tuple[object, str]:
    names = names_of(options.laws)
    known = {kind.name.upper(): kind for kind in KINDS}
    if unknown := [name for name in names or () if name not in known]:
        raise SpecificationError(
            f"--laws: there is no process {unknown[0]!r}; these can be fitted: {', '.join(known)}", code="series.data"
        )
    fits = fit_series(column.values, None if names is None else [known[name] for name in names])
    data = {"data": column.name, "size": len(column.values), "fits": [_series_data(f) for f in fits]}
    rows = [("process", "AIC", "log-likelihood", "formula, over a range of periods")]
    for found in fits[: options.show]:
        shown = _series_data(found)
        formula = shown["atrisk_formula"] or "(@RISK has no such process)" if options.atrisk else shown["formula"]
        rows.append((found.process.name, number(found.aic), number(found.log_likelihood), formula))
    return data, f"{len(column.values):,} values of {column.name}\n\n{with_formulas(rows)}"


def _series_data(found: FittedSeries) -> dict[str, Any]:
    kind = type(found.process)
    parameters = {name: float(getattr(found.process, name)) for name in kind.parameters()}
    values = tuple(parameters.values())
    return {
        "process": found.process.name,
        "parameters": parameters,
        "aic": found.aic,
        "log_likelihood": found.log_likelihood,
        "formula": montecell_series(kind, values),
        "atrisk_formula": atrisk_series(kind, values),
    }


def _dependence(columns: Sequence[Column], options: argparse.Namespace) -> tuple[object, str]:
    values = [column.values for column in columns]
    matrix = fitting.correlations(values, options.measure)
    copulas = fitting.fit_copula(values)
    names = [column.name for column in columns]
    formulas = _tied_formulas(columns, copulas[0], options)
    data = {
        "columns": names,
        "size": len(values[0]),
        "measure": options.measure,
        "correlations": matrix.tolist(),
        "copulas": [_copula_data(c) | {"properties": copula_properties(c, names)} for c in copulas],
        "formulas": formulas,
    }
    rows = [(f"{options.measure} correlation", *names)]
    rows += [(name, *(f"{v:.4f}" for v in row)) for name, row in zip(names, matrix, strict=True)]
    parts = [f"{len(values[0]):,} rows of {len(names)} columns", table(rows)]
    fits = [("copula", "AIC", "parameters")]
    fits += [(c.family, number(c.aic), _copula_text(c, names)) for c in copulas]
    return data, "\n\n".join([*parts, with_formulas(fits), *_copula_formulas(formulas, copulas[0])])


def _tied_formulas(columns: Sequence[Column], best: FittedCopula, options: argparse.Namespace) -> list[dict[str, Any]]:
    """For each column its best law, tied to the others by the best copula; without a law where none was fitted."""
    properties = copula_properties(best, [column.name for column in columns])
    rank: Any = RANKS[options.rank]
    found: list[dict[str, Any]] = []
    for column, tie in zip(columns, properties or [None] * len(columns), strict=True):
        report = fitting.fit(
            column.values,
            names_of(options.laws),
            lower=options.lower,
            upper=options.upper,
            shift=options.shift,
            rank_by=rank,
        )
        law = law_data(report.best) if report.fits else None
        formula = None if law is None or tie is None else with_property(law["formula"], tie)
        found.append({"column": column.name, "law": law and law["law"], "property": tie, "formula": formula})
    return found


def copula_properties(found: FittedCopula, names: Sequence[str]) -> tuple[str, ...] | None:
    """What each input's law takes as a further argument; None for a matrix that no formula has room for."""
    if found.matrix is None:
        group = f"{found.family} of {', '.join(names)}"
        return archimedean_properties(found.family, found.theta or 0.0, found.reflected, group)
    rounded = np.round(found.matrix, 6)
    matrix = rounded if np.linalg.eigvalsh(rounded)[0] > 0 else found.matrix
    return matrix_properties(matrix.tolist(), found.degrees)


def _copula_formulas(formulas: Sequence[dict[str, Any]], best: FittedCopula) -> list[str]:
    if any(each["property"] is None for each in formulas):
        return ["the matrix is too large for a formula: put it into cells and name it, MC.CORRELATE(range,1)"]
    rows = [(f"inputs tied by the {best.family} copula", "law", "formula")]
    rows += [
        (each["column"], each["law"] or "(none fits)", each["formula"] or f"=MC.…(…,{each['property']})")
        for each in formulas
    ]
    return [with_formulas(rows)]


def _copula_data(found: FittedCopula) -> dict[str, Any]:
    return {
        "family": found.family,
        "matrix": None if found.matrix is None else found.matrix.tolist(),
        "theta": found.theta,
        "degrees": found.degrees,
        "reflected": list(found.reflected),
        "log_likelihood": found.log_likelihood,
        "aic": found.aic,
    }


def _copula_text(found: FittedCopula, names: Sequence[str]) -> str:
    shown = []
    if found.theta is not None:
        shown.append(f"theta {number(found.theta)}")
    if found.matrix is not None:
        pairs = [found.matrix[i][j] for i in range(len(names)) for j in range(i)]
        shown.append(
            "normal scores " + ", ".join(f"{v:.4f}" for v in pairs[:_REFUSALS]) + (" …" if len(pairs) > 5 else "")
        )
    if found.degrees is not None:
        shown.append(f"{number(found.degrees)} degrees of freedom")
    turned = [name for name, is_turned in zip(names, found.reflected, strict=True) if is_turned]
    return ", ".join([*shown, *([f"reflected: {', '.join(turned)}"] if turned else [])])


def elicited(options: argparse.Namespace) -> tuple[object, str]:
    """The metalog through percentiles and the laws nearest to them, as plain data and as text. Raises FittingError."""
    p, x = percentiles_of(options.percentiles)
    report = fitting.fit_percentiles(p, x, _laws_named(names_of(options.laws)))
    metalog, problem = None, None
    try:
        law = fitting.fit_metalog(p, x, lower=options.lower, upper=options.upper, terms=options.terms)
        metalog = montecell_formula(type(law), (tuple(law.coefficients), law.min, law.max))
    except ComputeError as error:
        problem = error.message
    data = {
        "percentiles": [{"p": each, "x": value} for each, value in zip(p, x, strict=True)],
        "metalog": None
        if metalog is None
        else {"formula": metalog, "coefficients": list(law.coefficients), "min": law.min, "max": law.max},
        "metalog_problem": problem,
        "ranked_by": "rms_error",
        "fits": [law_data(f) for f in report.fits],
        "refused": [{"law": r.law.name, "reason": r.reason} for r in report.refused],
    }
    first = f"metalog through the percentiles\n{metalog}" if metalog else f"no metalog: {problem}"
    return data, "\n\n".join([first, _law_table(report, options), *_refusals(report)])


def _laws_named(names: Sequence[str] | None) -> list[type[Law]] | None:
    if unknown := [name for name in names or () if name not in LAWS]:
        raise SpecificationError(
            f"--laws: there is no law {unknown[0]!r}; the laws are {', '.join(LAWS)}", code="fitting.law"
        )
    return None if names is None else [LAWS[name] for name in names]


FITTING = {"fit": fitted, "elicit": elicited}
