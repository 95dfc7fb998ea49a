"""Native charts drawn from cells of the results sheet: an output's histogram and its cumulative distribution.

What all charts of the sheet share is here too: their places, titles and axes, and how they refer to cells.
Colours are the workbook's own theme (accent 1); axes carry titles and number formats that suit the data's range.
"""

from __future__ import annotations

import math
from typing import Any

from openpyxl.chart import BarChart, ScatterChart
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, NumVal
from openpyxl.chart.legend import Legend, LegendEntry
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series, XYSeries
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.colors import ColorChoice, SchemeColor
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)

from compute.records import dataclass
from compute.workbook.report_cells import safe_text

CHART_ROWS = 15
FIRST_CHART, SECOND_CHART, CHART_END = 2, 8, 14
"""Columns (1-based) where the two charts of an output begin, and the one behind the second."""
_GAP = 100_000
"""Between two charts side by side, in English Metric Units (360,000 to the centimetre)."""
_LAST_COLUMN = 880_000
"""How far a chart reaches into its last column: nearly all of it, so that no edge lies on the next page."""
_POINT = 12_700
_GRID = "D9D9D9"
_INK = "595959"
_LABELS = 8
_LONGEST_TITLE = 60
_SMALLEST = 1e-280
"""Far above the numbers whose quotients vanish, far below any that a model means."""


@dataclass(frozen=True, slots=True)
class CellRange:
    """Adjacent cells of the results sheet and the numbers in them (kept in the chart, as Excel does itself)."""

    formula: str
    values: tuple[float, ...]


def axis_format(low: float, high: float, labels: int = _LABELS) -> str:
    """A number format for an axis from ``low`` to ``high`` whose neighbouring labels still differ."""
    largest = max(abs(low), abs(high))
    step = (high - low) / labels or largest or 1.0
    if not math.isfinite(step) or largest >= 1e15 or largest < 1e-4:
        return "0.00E+00"
    for size, scaled in ((1e9, ',,,"bn"'), (1e6, ',,"m"'), (1e3, ',"k"')):
        if largest >= 10 * size and step >= size / 10:
            code = f"#,##0{_decimals(step / size)}{scaled}"
            return f"{code};-{code};0"
    return f"#,##0{_decimals(step)}"


def _decimals(step: float) -> str:
    places = min(max(math.ceil(-math.log10(step) - 1e-9), 0), 12)
    return "." + "0" * places if places else ""


def axis_bounds(low: float, high: float) -> tuple[float, float, float]:
    """(minimum, maximum, major unit) in round numbers around ``low`` … ``high``."""
    span, largest = high - low, max(abs(low), abs(high))
    if not (math.isfinite(span) and span > max(largest * 1e-12, _SMALLEST)):
        half = largest * 0.1 if largest > _SMALLEST else 1.0
        low, high, span = low - half, high + half, 2 * half
    raw = span / 6
    power = 10.0 ** math.floor(math.log10(raw))
    unit = next(step * power for step in (1, 2, 5, 10) if step * power >= raw * (1 - 1e-9))
    return math.floor(low / unit + 1e-9) * unit, math.ceil(high / unit - 1e-9) * unit, unit


def histogram_chart(name: str, middles: CellRange, shares: CellRange) -> Any:
    """Columns without gaps: relative frequency over the bins' midpoints."""
    chart = BarChart()
    chart.type, chart.grouping, chart.gapWidth, chart.overlap = "col", "clustered", 0, 0
    series = Series()
    series.val = NumDataSource(numRef=reference(shares, "0.0%"))
    whole = all(value.is_integer() and abs(value) < 1e4 for value in middles.values)
    category_format = "0" if whole else axis_format(middles.values[0], middles.values[-1], 4 * _LABELS)
    series.cat = AxDataSource(numRef=reference(middles, category_format))
    series.spPr = GraphicalProperties(solidFill=theme("accent1"))
    series.spPr.line = LineProperties(w=_POINT // 2, solidFill=theme("bg1"))
    series.invertIfNegative = False
    chart.series.append(series)
    finish_chart(chart, "Histogram: " + name, name, "Relative frequency")
    chart.x_axis.number_format = category_format
    chart.x_axis.tickLblSkip = chart.x_axis.tickMarkSkip = max(1, math.ceil(len(middles.values) / _LABELS))
    chart.x_axis.noMultiLvlLbl = True
    chart.y_axis.number_format = "0%" if max(shares.values) > 0.05 else "0.0%"
    chart.y_axis.scaling.min = 0
    return chart


def cumulative_chart(name: str, values: CellRange, probabilities: CellRange) -> Any:
    """The cumulative distribution through the percentiles, from the minimum to the maximum."""
    chart = ScatterChart()
    chart.scatterStyle = "lineMarker"
    series = XYSeries()
    series.yVal = NumDataSource(numRef=reference(probabilities, "0%"))
    series.xVal = AxDataSource(numRef=reference(values, "General"))
    series.spPr = GraphicalProperties()
    series.spPr.line = LineProperties(w=int(2.25 * _POINT), solidFill=theme("accent1"))
    series.marker = Marker(symbol="none")
    series.smooth = False
    chart.series.append(series)
    finish_chart(chart, "Cumulative distribution: " + name, name, "Cumulative probability")
    low, high, unit = axis_bounds(values.values[0], values.values[-1])
    chart.x_axis.scaling.min, chart.x_axis.scaling.max, chart.x_axis.majorUnit = low, high, unit
    chart.x_axis.number_format = axis_format(low, high, max(1, round((high - low) / unit)))
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.y_axis.majorUnit = 0, 1, 0.2
    chart.y_axis.number_format = "0%"
    return chart


def reference(cells: CellRange, code: str) -> NumRef:
    """The cells as a chart refers to them, with the numbers that they hold; NaN stays out."""
    points = [NumVal(idx=index, v=value) for index, value in enumerate(cells.values) if math.isfinite(value)]
    return NumRef(f=cells.formula, numCache=NumData(formatCode=code, ptCount=len(cells.values), pt=points))


def finish_chart(chart: Any, title: str, x_title: str, y_title: str) -> None:
    """Titles, quiet grid lines and axes that show in every version of Excel; no legend for a single series."""
    chart.legend = None
    chart.roundedCorners = False
    # A filter on the table must not tear holes into the chart.
    chart.visible_cells_only = False
    chart.title = _title(title, 1200, bold=True)
    chart.title.overlay = False
    for axis, text in ((chart.x_axis, x_title), (chart.y_axis, y_title)):
        axis.title = _title(text, 900, bold=False)
        axis.title.overlay = False
        axis.delete = False
        axis.majorGridlines = None
        axis.tickLblPos = "low"
        axis.majorTickMark, axis.minorTickMark = "out", "none"
        axis.txPr = RichText(
            bodyPr=RichTextProperties(), p=[Paragraph(pPr=_paragraph(900), r=[], endParaRPr=_ink(900))]
        )
        axis.spPr = GraphicalProperties(ln=LineProperties(w=_POINT * 3 // 4, solidFill=_GRID))
    chart.y_axis.majorGridlines = ChartLines(
        spPr=GraphicalProperties(ln=LineProperties(w=_POINT // 2, solidFill=_GRID))
    )
    # Negative values: the vertical axis stays at the left edge.
    chart.y_axis.crosses = "min"
    chart.x_axis.crosses = "min"


def _title(text: str, size: int, *, bold: bool) -> Title:
    run = RegularTextRun(rPr=_ink(size, bold=bold), t=safe_text(text, _LONGEST_TITLE))
    body = RichText(bodyPr=RichTextProperties(), p=[Paragraph(pPr=_paragraph(size, bold=bold), r=[run])])
    return Title(tx=Text(rich=body))


def theme(name: str, tint: float = 0.0) -> ColorChoice:
    """A colour of the workbook's own theme; ``tint`` from 0 to 1 mixes that much white into it."""
    if tint == 0.0:
        return ColorChoice(schemeClr=SchemeColor(val=name))
    off = round(100_000 * tint)
    return ColorChoice(schemeClr=SchemeColor(val=name, lumMod=100_000 - off, lumOff=off))


def stroke(points: float, color: ColorChoice, dash: str | None = None) -> GraphicalProperties:
    """A line of that width."""
    return GraphicalProperties(ln=LineProperties(w=round(points * _POINT), solidFill=color, prstDash=dash))


def legend_below(chart: Any, *hidden: int) -> None:
    """A legend below the chart, without the series of these numbers."""
    chart.legend = Legend(legendEntry=[LegendEntry(idx=number, delete=True) for number in hidden])
    chart.legend.position, chart.legend.overlay = "b", False


def place(
    sheet: Any, chart: Any, row: int, left: int = FIRST_CHART, right: int = CHART_END, rows: int = CHART_ROWS
) -> None:
    """Put a chart onto a sheet: ``rows`` rows from ``row`` on, from one column up to another."""
    chart.anchor = TwoCellAnchor(
        editAs="oneCell",
        _from=AnchorMarker(col=left - 1, row=row - 1, colOff=_GAP if left > FIRST_CHART else 0),
        to=AnchorMarker(col=right - 2, row=row - 1 + rows, colOff=_LAST_COLUMN),
    )
    sheet.add_chart(chart)


def _ink(size: int, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=size, b=bold, solidFill=_INK)


def _paragraph(size: int, *, bold: bool = False) -> ParagraphProperties:
    return ParagraphProperties(defRPr=_ink(size, bold=bold))
