"""The tables of the results sheet that complete the summary: further statistics, intervals, correlations."""

from __future__ import annotations

from collections.abc import Sequence

from compute.workbook.report import DetailRow, Report
from compute.workbook.report_cells import Canvas, kind_for

STATISTICS, INTERVALS, CORRELATIONS = "Montecell_Statistics", "Montecell_Intervals", "Montecell_Correlations"
MOST_PAIRS = 500
"""Correlated pairs that are listed."""

STATISTICS_HEADERS = (
    *("Name", "Cell", "Kind", "Mode", "Semi-deviation", "Mean abs. dev.", "Variance", "Range", "CV", "Std. error"),
    *("VaR 5%", "CVaR 5%", "Iterations"),
)
INTERVAL_HEADERS = (
    *("Name", "Cell", "Kind", "Mean from", "Mean to", "Deviation from", "Deviation to", "5% from", "5% to"),
    *("Median from", "Median to", "95% from", "95% to"),
)
CORRELATION_HEADERS = ("Input", "With", "Group", "Requested", "Realised", "Standard error", "Spearman", "Pearson")
_FIRST_NUMBER = 4


def statistics_stems(report: Report) -> tuple[str, ...]:
    """The tables that a report has of these, by name."""
    details = (STATISTICS, INTERVALS) if report.details else ()
    return (*details, CORRELATIONS) if report.correlations else details


def statistics_table(canvas: Canvas, name: str, report: Report) -> int:
    """What the summary leaves out; returns the row of the heading."""
    missing = len(report.outputs) + len(report.inputs) - len(report.details)
    remark = f"The first {len(report.details):,} variables; {missing:,} more are in the summary." if missing > 0 else ""
    start = _begin(canvas, "Statistics", remark, name, STATISTICS_HEADERS, len(report.details))
    for row in report.details:
        _labels(canvas, row)
        own_unit = (row.mode, row.semi_deviation, row.mean_absolute_deviation)
        kind = kind_for((*own_unit, row.range))
        for column, value in enumerate(own_unit, start=_FIRST_NUMBER):
            canvas.estimate(column, value, kind)
        # Squared units outgrow the column in any fixed format; General shortens them.
        canvas.estimate(7, row.variance)
        canvas.estimate(8, row.range, kind)
        canvas.estimate(9, row.coefficient_of_variation, "percent")
        for column, value in enumerate(
            (row.standard_error, row.value_at_risk, row.conditional_value_at_risk), start=10
        ):
            canvas.estimate(column, value, kind)
        canvas.number(13, row.count, "integer")
        canvas.row += 1
    canvas.row += 1
    return start


def interval_table(canvas: Canvas, name: str, report: Report) -> int:
    """Confidence intervals at 95 %; returns the row of the heading."""
    remark = "At 95% confidence, for independent draws; Latin hypercube and Sobol runs are closer than that."
    start = _begin(canvas, "Confidence intervals", remark, name, INTERVAL_HEADERS, len(report.details))
    for row in report.details:
        _labels(canvas, row)
        ends = [end for interval in row.intervals for end in interval]
        kind = kind_for(ends)
        for column, value in enumerate(ends, start=_FIRST_NUMBER):
            canvas.estimate(column, value, kind)
        canvas.row += 1
    canvas.row += 1
    return start


def correlation_table(canvas: Canvas, name: str, report: Report) -> int:
    """Requested and realised correlations of inputs; returns the row of the heading."""
    shown, total = report.correlations[:MOST_PAIRS], len(report.correlations)
    remark = f"{len(shown):,} of {total:,} pairs are listed." if total > len(shown) else ""
    start = _begin(canvas, "Correlations", remark, name, CORRELATION_HEADERS, len(shown))
    for row in shown:
        for column, text in enumerate((row.first, row.second, row.group), start=1):
            canvas.text(column, text)
        values = (row.requested, row.realised, row.standard_error, row.spearman, row.pearson)
        for column, value in enumerate(values, start=_FIRST_NUMBER):
            canvas.estimate(column, value)
        canvas.row += 1
    canvas.row += 1
    return start


def _begin(canvas: Canvas, title: str, remark: str, name: str, headers: Sequence[str], rows: int) -> int:
    canvas.keep_together(min(rows, 20) + 2)
    start = canvas.heading(title, remark)
    canvas.table(name, 1, headers, rows, filters=True)
    canvas.row += 1
    return start


def _labels(canvas: Canvas, row: DetailRow) -> None:
    for column, text in enumerate((row.name, row.cell, row.kind), start=1):
        canvas.text(column, text)
