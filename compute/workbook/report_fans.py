"""Fan charts of ranges of outputs: percentile bands as stacked areas with the mean as a line, and their tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from openpyxl.chart import AreaChart, LineChart
from openpyxl.chart.data_source import AxDataSource, NumDataSource
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties

from compute.workbook.report import Fan, Report
from compute.workbook.report_cells import Canvas, kind_for
from compute.workbook.report_charts import (
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
from compute.workbook.report_tornado import LabelRange, text_reference

MOST_FANS = 20
"""Ranges of outputs that are shown."""
_ROWS = 20
"""Of a chart, which is as wide as two others."""
_FIRST_BAND = 3


def fan_stems(report: Report) -> tuple[str, ...]:
    """The names of the tables of a report's fans."""
    return tuple(f"Montecell_Fan_{number}" for number in range(1, len(report.fans[:MOST_FANS]) + 1))


def fan_tables(canvas: Canvas, report: Report, names: Mapping[str, str]) -> int:
    """A chart and its table for each range; returns the heading's row. ``names`` are by stem."""
    shown, total = report.fans[:MOST_FANS], len(report.fans)
    canvas.keep_together(_ROWS + 4)
    remark = f"{len(shown)} of {total} ranges of outputs are shown." if total > len(shown) else ""
    start = canvas.heading("Fan charts", remark)
    for stem, fan in zip(fan_stems(report), shown, strict=True):
        canvas.keep_together(_ROWS + min(len(fan.points), 20) + 3)
        canvas.rich(1, fan.name, b=True)
        top = canvas.row
        canvas.row += _ROWS + 1
        place(canvas.sheet, _chart(fan, *_table(canvas, fan, names[stem])), top, rows=_ROWS)
    return start


def _table(canvas: Canvas, fan: Fan, name: str) -> tuple[LabelRange, Sequence[CellRange], CellRange]:
    """The table in the current row; returns the cells of labels, of what is stacked, and of the means."""
    percents = [f"{percent:g}%" for percent in fan.percents]
    between = [f"{low} to {high}" for low, high in pairwise(percents)]
    top, count = canvas.row, len(fan.points)
    canvas.table(name, 1, ("Output", "Cell", *percents, "Mean", *between), count)
    canvas.row += 1
    kind = kind_for([value for point in fan.points for value in (*point.bands, point.mean)])
    rows = []
    for point in fan.points:
        canvas.text(1, point.name)
        canvas.text(2, point.cell)
        widths = [high - low for low, high in pairwise(point.bands)]
        rows.append((*point.bands, point.mean, *widths))
        for column, value in enumerate(rows[-1], start=_FIRST_BAND):
            canvas.estimate(column, value, kind)
        canvas.row += 1
    canvas.row += 1
    columns = [
        CellRange(canvas.area(_FIRST_BAND + offset, top, count), values)
        for offset, values in enumerate(zip(*rows, strict=True))
    ]
    labels = LabelRange(canvas.area(1, top, count), tuple(point.name for point in fan.points))
    return labels, [columns[0], *columns[len(percents) + 1 :]], columns[len(percents)]


def _chart(fan: Fan, labels: LabelRange, stacked: Sequence[CellRange], means: CellRange) -> Any:
    """Bands from the lowest percentile up, the middle ones darker; below the lowest nothing is filled."""
    chart = AreaChart()
    chart.grouping = "stacked"
    bands = len(stacked) - 1
    for number, cells in enumerate(stacked):
        series = _series(_title(fan, number), labels, cells)
        series.spPr = GraphicalProperties(noFill=True)
        if number > 0:
            depth = min(number - 1, bands - number) / max((bands - 1) // 2, 1)
            series.spPr = GraphicalProperties(solidFill=theme("accent1", 0.75 - 0.35 * depth))
        series.spPr.line.noFill = True
        chart.series.append(series)
    finish_chart(chart, "Fan chart: " + fan.name, "", fan.name)
    chart.x_axis.title = None
    chart.y_axis.crossBetween = "midCat"
    values = [value for point in fan.points for value in (*point.bands, point.mean) if math.isfinite(value)]
    low, high, unit = axis_bounds(min(values, default=0.0), max(values, default=0.0))
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.y_axis.majorUnit = low, high, unit
    chart.y_axis.number_format = axis_format(low, high, max(1, round((high - low) / unit)))
    line = LineChart()
    mean = _series("Mean", labels, means)
    mean.spPr = stroke(2.25, theme("accent2"))
    mean.marker, mean.smooth = Marker(symbol="none"), False
    line.series.append(mean)
    chart += line
    # A band above the middle looks like its counterpart below, whose entry names both.
    legend_below(chart, 0, *range((bands + 1) // 2 + 1, bands + 1))
    return chart


def _title(fan: Fan, number: int) -> str:
    """What a stacked series adds to the one below; in the lower half the whole band that begins there."""
    percents = [f"{percent:g}%" for percent in fan.percents]
    if number == 0:
        return percents[0]
    upper = percents[-number] if number <= len(percents) // 2 else percents[number]
    return f"{percents[number - 1]} to {upper}"


def _series(title: str, labels: LabelRange, cells: CellRange) -> Series:
    series = Series()
    series.tx = SeriesLabel(v=title)
    series.val = NumDataSource(numRef=reference(cells, "General"))
    series.cat = AxDataSource(strRef=text_reference(labels))
    return series
