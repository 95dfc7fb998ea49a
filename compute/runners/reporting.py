"""A result as the report that a results workbook shows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from compute.details import ConvergenceDetail, FanDetail, IntervalData, IntervalsDetail, ResultDetails, StatisticsDetail
from compute.protocol import CorrelationReport, VariableSummary
from compute.runners.result import Result
from compute.workbook import (
    PERCENTILE_LEVELS,
    Certificate,
    Convergence,
    CorrelationRow,
    DetailRow,
    Driver,
    Fan,
    FanPoint,
    HistogramTable,
    OutputResult,
    Report,
    VariableRow,
)

_SECTIONS = ("statistics", "intervals", "tornado", "regression", "contribution", "convergence_series")


def report_of(result: Result) -> Report:
    """The report of a result."""
    sections = (*_SECTIONS, "fan") if result.ranges else _SECTIONS
    summary, certificate, details = result.summary(), result.certificate, result.details(sections)
    names = {variable.key: variable.name or variable.key for variable in (*summary.outputs, *summary.inputs)}
    drivers = _drivers(details)
    return Report(
        certificate=Certificate(
            workbook_name=certificate.workbook_name,
            workbook_sha256=certificate.workbook_sha256,
            engine=certificate.engine,
            engine_class=certificate.engine_class,
            sampling=certificate.sampling,
            seed=str(certificate.seed),
            iterations=certificate.iterations,
            digest=certificate.digest,
            version=certificate.montecell_version,
            started=result.started,
            finished=result.finished,
        ),
        outputs=tuple(_output(v, *drivers.get(v.key, ((), math.nan))) for v in summary.outputs),
        inputs=tuple(_row(v) for v in summary.inputs),
        notes=(*result.notes, *details.notes),
        details=tuple(
            _detail(names[row.key], row, intervals)
            for row, intervals in zip(details.statistics or (), details.intervals or (), strict=True)
        ),
        correlations=tuple(row for group in summary.correlations for row in _pairs(group)),
        fans=tuple(_fan(each, summary.outputs) for each in details.fan or ()),
        convergence=tuple(
            _convergence(variable, series)
            for variable, series in zip(summary.outputs, details.convergence_series or (), strict=True)
            if variable.mean is not None
        ),
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _row(variable: VariableSummary) -> VariableRow:
    return VariableRow(
        name=variable.name or variable.key,
        cell=variable.cell,
        mean=_number(variable.mean),
        standard_deviation=_number(variable.standard_deviation),
        minimum=_number(variable.minimum),
        percentile_5=_number(variable.percentiles.get("5")),
        median=_number(variable.median),
        percentile_95=_number(variable.percentiles.get("95")),
        maximum=_number(variable.maximum),
        skewness=_number(variable.skewness),
        kurtosis=_number(variable.kurtosis),
        errors=variable.errors,
    )


def _output(variable: VariableSummary, drivers: tuple[Driver, ...], r_squared: float) -> OutputResult:
    bins = variable.histogram
    return OutputResult(
        _row(variable),
        tuple(variable.percentiles[f"{level:g}"] for level in PERCENTILE_LEVELS) if variable.percentiles else (),
        None if bins is None else HistogramTable(bins.edges, bins.counts),
        drivers,
        r_squared,
    )


def _drivers(details: ResultDetails) -> dict[str, tuple[tuple[Driver, ...], float]]:
    """Each output's drivers, and how much of its variance their regression explains."""
    found = {}
    for tornado, regression, contribution in zip(
        details.tornado or (), details.regression or (), details.contribution or (), strict=True
    ):
        coefficients = {term.input: term.standardised for term in regression.terms}
        shares = {bar.input: bar.share for bar in contribution.bars}
        drivers = tuple(
            Driver(
                input=bar.input,
                rank_correlation=_number(bar.rank_correlation),
                contribution=_number(shares[bar.input]),
                coefficient=coefficients.get(bar.input, math.nan),
                low_mean=_number(bar.low_mean),
                high_mean=_number(bar.high_mean),
            )
            for bar in tornado.bars
            if bar.rank_correlation is not None
        )
        found[tornado.output] = (drivers, _number(regression.r_squared))
    return found


def _fan(fan: FanDetail, outputs: Sequence[VariableSummary]) -> Fan:
    variables = {variable.key: variable for variable in outputs}
    points = tuple(
        FanPoint(key, variables[key].cell, tuple(_number(value) for value in bands), _number(mean))
        for key, mean, *bands in zip(fan.outputs, fan.means, *fan.bands, strict=True)
    )
    return Fan(fan.name, fan.percents, points)


def _convergence(variable: VariableSummary, series: ConvergenceDetail) -> Convergence:
    return Convergence(
        name=variable.name or variable.key,
        cell=variable.cell,
        confidence=series.confidence,
        iterations=series.iterations,
        means=tuple(_number(value) for value in series.means),
        half_widths=tuple(_number(value) for value in series.half_widths),
    )


def _detail(name: str, row: StatisticsDetail, intervals: IntervalsDetail) -> DetailRow:
    return DetailRow(
        name=name,
        cell=row.cell,
        kind=row.kind.capitalize(),
        mode=_number(row.mode),
        semi_deviation=_number(row.semi_deviation),
        mean_absolute_deviation=_number(row.mean_absolute_deviation),
        variance=_number(row.variance),
        range=_number(row.range),
        coefficient_of_variation=_number(row.coefficient_of_variation),
        standard_error=_number(row.standard_error),
        value_at_risk=_number(row.value_at_risk),
        conditional_value_at_risk=_number(row.conditional_value_at_risk),
        count=row.count,
        intervals=tuple(
            _ends(each)
            for each in (
                intervals.mean,
                intervals.standard_deviation,
                intervals.percentile_5,
                intervals.median,
                intervals.percentile_95,
            )
        ),
    )


def _ends(found: IntervalData | None) -> tuple[float, float]:
    if found is None:
        return math.nan, math.nan
    return (
        -math.inf if found.low is None else found.low,
        math.inf if found.high is None else found.high,
    )


def _pairs(report: CorrelationReport) -> Iterator[CorrelationRow]:
    for i, second in enumerate(report.members):
        for j, first in enumerate(report.members[:i]):
            yield CorrelationRow(
                first=first,
                second=second,
                group=report.group,
                requested=math.nan if report.requested is None else report.requested[i][j],
                realised=_number(report.score[i][j]),
                standard_error=_number(report.standard_errors[i][j]),
                spearman=_number(report.spearman[i][j]),
                pearson=_number(report.pearson[i][j]),
            )
