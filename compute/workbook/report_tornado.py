"""The two native tornado charts of an output, drawn from cells of the results sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from openpyxl.chart import BarChart
from openpyxl.chart.data_source import AxDataSource, NumDataSource, StrData, StrRef, StrVal
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties

from compute.records import dataclass
from compute.workbook.report_cells import safe_text
from compute.workbook.report_charts import (
    CellRange,
    axis_bounds,
    axis_format,
    finish_chart,
    legend_below,
    reference,
    theme,
)

_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class LabelRange:
    """Adjacent cells of the results sheet and the texts in them."""

    formula: str
    values: tuple[str, ...]


def correlation_chart(name: str, labels: LabelRange, correlations: CellRange) -> Any:
    """Rank correlations as bars, the largest on top, from -1 to 1 or as far as they reach."""
    chart = _bars(labels, [("Rank correlation", correlations, "accent1")])
    finish_chart(chart, "Rank correlation: " + name, "", "Spearman's coefficient")
    _upright(chart, correlations.values, "0.0")
    chart.y_axis.scaling.min = max(chart.y_axis.scaling.min, -1.0)
    chart.y_axis.scaling.max = min(chart.y_axis.scaling.max, 1.0)
    return chart


def change_chart(name: str, labels: LabelRange, below: CellRange, above: CellRange) -> Any:
    """How far the output's mean falls and rises over ten bins of each input, the largest change on top."""
    chart = _bars(labels, [("Lowest of ten bins", below, "accent2"), ("Highest of ten bins", above, "accent1")])
    finish_chart(chart, "Change in mean: " + name, "", "Difference from the mean of all iterations")
    legend_below(chart)
    _upright(chart, (*below.values, *above.values), None)
    return chart


def _bars(labels: LabelRange, given: Sequence[tuple[str, CellRange, str]]) -> Any:
    chart = BarChart()
    chart.type, chart.grouping, chart.gapWidth, chart.overlap = "bar", "clustered", 40, 100
    for title, cells, color in given:
        series = Series()
        series.tx = SeriesLabel(v=title)
        series.val = NumDataSource(numRef=reference(cells, "General"))
        series.cat = AxDataSource(strRef=text_reference(labels))
        series.spPr = GraphicalProperties(solidFill=theme(color))
        series.invertIfNegative = False
        chart.series.append(series)
    return chart


def text_reference(labels: LabelRange) -> StrRef:
    """The labels as a chart refers to them, shortened in the chart's own copy."""
    points = [StrVal(idx=index, v=safe_text(text, _LONGEST_LABEL)) for index, text in enumerate(labels.values)]
    return StrRef(f=labels.formula, strCache=StrData(ptCount=len(points), pt=points))


def _upright(chart: Any, values: Sequence[float], code: str | None) -> None:
    """The first input on top, the axis of values below, round numbers on it."""
    known = [value for value in values if math.isfinite(value)]
    low, high, unit = axis_bounds(min(0.0, *known, 0.0), max(0.0, *known, 0.0))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.title = None
    chart.x_axis.majorTickMark = "none"
    # Categories run downwards, so that the axis of values would otherwise be at the top.
    chart.x_axis.crosses, chart.y_axis.crosses = "autoZero", "max"
    chart.y_axis.tickLblPos = "nextTo"
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.y_axis.majorUnit = low, high, unit
    chart.y_axis.number_format = code or axis_format(low, high, max(1, round((high - low) / unit)))
