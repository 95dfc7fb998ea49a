"""A result as the report that a results workbook shows."""

from __future__ import annotations

import math

from compute.protocol import VariableSummary
from compute.runners.result import Result
from compute.workbook import PERCENTILE_LEVELS, Certificate, HistogramTable, OutputResult, Report, VariableRow


def report_of(result: Result) -> Report:
    """The report of a result."""
    summary, certificate = result.summary(), result.certificate
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
        outputs=tuple(_output(v) for v in summary.outputs),
        inputs=tuple(_row(v) for v in summary.inputs),
        notes=result.notes,
    )


def _row(variable: VariableSummary) -> VariableRow:
    def shown(value: float | None) -> float:
        return math.nan if value is None else value

    return VariableRow(
        name=variable.name or variable.key,
        cell=variable.cell,
        mean=shown(variable.mean),
        standard_deviation=shown(variable.standard_deviation),
        minimum=shown(variable.minimum),
        percentile_5=shown(variable.percentiles.get("5")),
        median=shown(variable.median),
        percentile_95=shown(variable.percentiles.get("95")),
        maximum=shown(variable.maximum),
        skewness=shown(variable.skewness),
        kurtosis=shown(variable.kurtosis),
        errors=variable.errors,
    )


def _output(variable: VariableSummary) -> OutputResult:
    bins = variable.histogram
    return OutputResult(
        _row(variable),
        tuple(variable.percentiles[f"{level:g}"] for level in PERCENTILE_LEVELS) if variable.percentiles else (),
        None if bins is None else HistogramTable(bins.edges, bins.counts),
    )
