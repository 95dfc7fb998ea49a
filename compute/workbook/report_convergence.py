"""How the means of outputs settled: running means with their confidence bands, as tables and line charts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from openpyxl.chart import ScatterChart
from openpyxl.chart.data_source import AxDataSource, NumDataSource
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import SeriesLabel, XYSeries

from compute.workbook.report import Convergence, Report
from compute.workbook.report_cells import Canvas, kind_for
from compute.workbook.report_charts import (
    CHART_ROWS,
    SECOND_CHART,
    CellRange,
    axis_bounds,
    axis_format,
    finish_chart,
    legend_below,
    place,
    reference,
    stroke,
    theme,
)

MOST_OUTPUTS = 20
"""Outputs whose running mean is shown."""
MOST_ROWS = 25
"""Rows of each table; a longer series is thinned."""
_FIRST_COLUMN = 2


def convergence_stems(report: Report) -> tuple[str, ...]:
    """The names of the tables of a report's running means."""
    return tuple(f"Montecell_Convergence_{number}" for number in range(1, len(report.convergence[:MOST_OUTPUTS]) + 1))


def convergence_tables(canvas: Canvas, report: Report, names: Mapping[str, str]) -> int:
    """A table with its chart beside it for each output; returns the heading's row. ``names`` are by stem."""
    shown, total = report.convergence[:MOST_OUTPUTS], len(report.convergence)
    canvas.keep_together(_rows(shown[0]) + 1)
    cut = f" The first {len(shown)} of {total} outputs." if total > len(shown) else ""
    remark = f"The mean after ever more iterations, with its {shown[0].confidence:.0%} confidence interval.{cut}"
    start = canvas.heading("Convergence", remark)
    for stem, series in zip(convergence_stems(report), shown, strict=True):
        canvas.keep_together(_rows(series))
        top = canvas.row
        canvas.rich(1, series.name, b=True)
        chart = _chart(series, *_table(canvas, series, names[stem]))
        place(canvas.sheet, chart, top, SECOND_CHART)
        canvas.row = top + _rows(series)
    return start


def _rows(series: Convergence) -> int:
    """Rows of a table or of the chart beside it, and a blank one."""
    return max(len(_kept(series)) + 1, CHART_ROWS) + 1


def _kept(series: Convergence) -> range:
    """The points that are shown: all, or every second, third … one, so that the last is among them."""
    count = len(series.iterations)
    step = max(1, -(-count // MOST_ROWS))
    return range((count - 1) % step, count, step)


def _table(canvas: Canvas, series: Convergence, name: str) -> tuple[CellRange, CellRange, CellRange, CellRange]:
    """The table in the current row; returns the cells of iterations, lower ends, means and upper ends."""
    top, kept = canvas.row, _kept(series)
    canvas.table(name, _FIRST_COLUMN, ("Iterations", "Mean", "Mean from", "Mean to", "Half-width"), len(kept))
    canvas.row += 1
    canvas.text(1, series.cell)
    points = [(series.iterations[i], series.means[i], series.half_widths[i]) for i in kept]
    rows = [(float(iterations), mean, mean - half, mean + half, half) for iterations, mean, half in points]
    kind = kind_for(series.means)
    for row in rows:
        canvas.number(_FIRST_COLUMN, row[0], "integer")
        for column, value in enumerate(row[1:], start=_FIRST_COLUMN + 1):
            canvas.estimate(column, value, kind)
        canvas.row += 1
    columns = [
        CellRange(canvas.area(_FIRST_COLUMN + offset, top, len(kept)), values)
        for offset, values in enumerate(zip(*rows, strict=True))
    ]
    iterations, means, lower, upper, _ = columns
    return iterations, means, lower, upper


def _chart(series: Convergence, iterations: CellRange, means: CellRange, lower: CellRange, upper: CellRange) -> Any:
    chart = ScatterChart()
    chart.scatterStyle = "lineMarker"
    band = f"{series.confidence:.0%} interval"
    for title, cells, look in (
        ("Mean", means, stroke(2.25, theme("accent1"))),
        (band, lower, stroke(1.25, theme("accent1", 0.4), "sysDash")),
        (band, upper, stroke(1.25, theme("accent1", 0.4), "sysDash")),
    ):
        line = XYSeries()
        line.tx = SeriesLabel(v=title)
        line.xVal = AxDataSource(numRef=reference(iterations, "#,##0"))
        line.yVal = NumDataSource(numRef=reference(cells, "General"))
        line.spPr, line.marker, line.smooth = look, Marker(symbol="none"), False
        chart.series.append(line)
    finish_chart(chart, "Convergence of the mean: " + series.name, "Iterations", series.name)
    for axis, values in (
        (chart.x_axis, (0.0, *iterations.values)),
        (chart.y_axis, (*means.values, *lower.values, *upper.values)),
    ):
        known = [value for value in values if math.isfinite(value)]
        low, high, unit = axis_bounds(min(known, default=0.0), max(known, default=0.0))
        axis.scaling.min, axis.scaling.max, axis.majorUnit = low, high, unit
        axis.number_format = axis_format(low, high, max(1, round((high - low) / unit)))
    legend_below(chart, 2)
    return chart
