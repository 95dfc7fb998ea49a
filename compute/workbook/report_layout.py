"""The results sheet, laid out: from a ``Report`` to a scratch workbook whose only sheet is then grafted.

From the top: title, links, key facts, notes, summary, statistics, intervals, correlations, fan charts, charts,
distributions, sensitivity, convergence, run certificate. Column A holds names and side headings and stays in view, as
do the first two rows. Nothing is wider than the summary, so that the sheet prints on one page across.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins

from compute.records import dataclass
from compute.workbook.graft_previous import SUMMARY_TABLE
from compute.workbook.graft_styles import BorrowedStyles
from compute.workbook.report import HistogramTable, OutputResult, Report, VariableRow
from compute.workbook.report_cells import MUTED_COLOR, Canvas, kind_for
from compute.workbook.report_charts import (
    CHART_ROWS,
    SECOND_CHART,
    CellRange,
    cumulative_chart,
    histogram_chart,
    place,
)
from compute.workbook.report_convergence import convergence_stems, convergence_tables
from compute.workbook.report_drivers import DriverCells, driver_stems, driver_tables
from compute.workbook.report_fans import fan_stems, fan_tables
from compute.workbook.report_statistics import (
    CORRELATIONS,
    INTERVALS,
    STATISTICS,
    correlation_table,
    interval_table,
    statistics_stems,
    statistics_table,
)
from compute.workbook.report_tornado import change_chart, correlation_chart

CHARTED_OUTPUTS = 20
"""Outputs that get charts; all of them are tabulated."""

SUMMARY_HEADERS = (
    *("Name", "Cell", "Kind", "Mean", "Standard deviation", "Minimum", "5%", "Median", "95%", "Maximum"),
    *("Skewness", "Kurtosis", "Errors"),
)
BIN_HEADERS = ("From", "To", "Midpoint", "Count", "Relative frequency", "Cumulative")
POINT_HEADERS = ("Probability", "Value")
_BINS, _POINTS = 2, 9
"""Columns where the two tables of an output begin."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """A generated workbook with one sheet; cell formats by index stand for the host's (``style_indexes``)."""

    content: bytes
    style_indexes: dict[int, int]
    exact_values: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Block:
    """The cells that hold one output's histogram and percentiles."""

    output: OutputResult
    middles: CellRange
    shares: CellRange
    values: CellRange
    probabilities: CellRange


def table_names(report: Report, suffix: str) -> tuple[str, ...]:
    """The names of the sheet's tables: the summary, then those of each section that the report has."""
    return tuple(stem + suffix for stem in _stems(report))


def _stems(report: Report) -> tuple[str, ...]:
    numbers = range(1, len(_with_bins(report)) + 1)
    blocks = (f"Montecell_{kind}_{number}" for number in numbers for kind in ("Histogram", "Percentiles"))
    return (
        SUMMARY_TABLE,
        *statistics_stems(report),
        *fan_stems(report),
        *blocks,
        *driver_stems(_with_drivers(report)),
        *convergence_stems(report),
    )


def lay_out(report: Report, sheet_name: str, names: Sequence[str], styles: BorrowedStyles) -> Scratch:
    """The results sheet as the only sheet of a new workbook; ``names`` are those of ``table_names``."""
    book = Workbook()
    sheet = book.active
    sheet.title = sheet_name
    sheet.sheet_view.tabSelected = False
    sheet.sheet_view.showGridLines = False
    canvas = Canvas(sheet, styles)
    _Layout(report, canvas, names).write()
    _set_widths(sheet, report)
    sheet.freeze_panes = "B3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    buffer = io.BytesIO()
    book.save(buffer)
    return Scratch(buffer.getvalue(), canvas.style_indexes, canvas.exact_values)


def _with_bins(report: Report) -> list[OutputResult]:
    return [output for output in report.outputs if output.histogram and output.histogram.counts and output.percentiles]


def _with_drivers(report: Report) -> list[OutputResult]:
    return [output for output in _with_bins(report) if output.drivers]


def _shown_rows(output: OutputResult) -> int:
    bins = output.histogram.counts if output.histogram else ()
    return max(len(bins), len(output.percentiles) + 2) + 1


def _set_widths(sheet: Any, report: Report) -> None:
    rows = [*(output.summary for output in report.outputs), *report.inputs]
    longest = max((len(row.name) for row in rows), default=0)
    sheet.column_dimensions["A"].width = min(max(longest + 2, 26), 44)
    sheet.column_dimensions["B"].width = min(max(max((len(row.cell) for row in rows), default=0) + 2, 16), 28)
    for column in range(3, len(SUMMARY_HEADERS) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = _column_width(column)


def _column_width(column: int) -> int:
    """Characters that a column holds, at least."""
    return 26 if column == 1 else 16 if column == 2 else 18 if column in (5, 6) else 13


@dataclass(slots=True)
class _Layout:
    """Writes the sections one below the other; charts come above the cells they show, so they are placed last."""

    report: Report
    canvas: Canvas
    names: Sequence[str]

    def write(self) -> None:
        canvas, report = self.canvas, self.report
        canvas.rich(1, report.title, b=True, sz=18.0)
        canvas.row = 3
        canvas.rich(1, _key_facts(report), color=MUTED_COLOR)
        canvas.row = 5
        if report.notes:
            self._notes()
        sections = {"Summary": self._summary()} | dict(self._details())
        if _with_bins(report):
            sections |= self._shapes()
        if report.convergence:
            sections["Convergence"] = convergence_tables(canvas, report, self._named)
        sections["Run certificate"] = self._certificate()
        self._links(sections)

    def _links(self, sections: Mapping[str, int]) -> None:
        canvas, column = self.canvas, 1
        canvas.row = 2
        for title, row in sections.items():
            canvas.link(column, title, row)
            # Text reaches over the next column when that is empty.
            free = len(title) + 1
            while free > 0:
                free -= _column_width(column)
                column += 1

    @property
    def _named(self) -> Mapping[str, str]:
        """The tables' names by what they hold."""
        return dict(zip(_stems(self.report), self.names, strict=True))

    def _details(self) -> Iterator[tuple[str, int]]:
        canvas, report, named = self.canvas, self.report, self._named
        if report.details:
            yield "Statistics", statistics_table(canvas, named[STATISTICS], report)
            yield "Confidence intervals", interval_table(canvas, named[INTERVALS], report)
        if report.correlations:
            yield "Correlations", correlation_table(canvas, named[CORRELATIONS], report)
        if report.fans:
            yield "Fan charts", fan_tables(canvas, report, named)

    def _shapes(self) -> dict[str, int]:
        """Charts, and below them the tables that they are drawn from."""
        canvas, report, shown, named = self.canvas, self.report, _with_bins(self.report), self._named
        charted, moved = shown[:CHARTED_OUTPUTS], _with_drivers(report)
        canvas.keep_together(CHART_ROWS + 2)
        sections = {"Charts": canvas.heading("Charts", self._left_out(len(charted)))}
        chart_rows = [self._reserved_row(bool(output.drivers)) for output in charted]
        canvas.row += 1
        canvas.keep_together(_shown_rows(shown[0]) + 1)
        sections["Distributions"] = canvas.heading("Distributions")
        blocks = [
            self._block(output, named[f"Montecell_Histogram_{number}"], named[f"Montecell_Percentiles_{number}"])
            for number, output in enumerate(shown, start=1)
        ]
        cells: dict[int, DriverCells] = {}
        if moved:
            sections["Sensitivity"], found = driver_tables(canvas, moved, named)
            cells = {id(output): each for output, each in zip(moved, found, strict=True)}
        self._charts(chart_rows, blocks, cells)
        return sections

    def _reserved_row(self, has_drivers: bool) -> int:
        rows = (CHART_ROWS + 1) * (2 if has_drivers else 1)
        self.canvas.keep_together(rows - 1)
        row = self.canvas.row
        self.canvas.row += rows
        return row

    def _notes(self) -> None:
        self.canvas.heading("Notes")
        for note in self.report.notes:
            self.canvas.text(1, f"• {note}")
            self.canvas.row += 1
        self.canvas.row += 1

    def _summary(self) -> int:
        start = self.canvas.heading("Summary")
        rows = [("Output", output.summary) for output in self.report.outputs]
        rows += [("Input", row) for row in self.report.inputs]
        self.canvas.table(self.names[0], 1, SUMMARY_HEADERS, max(len(rows), 1), filters=True)
        self.canvas.row += 1
        for kind, row in rows:
            self._variable(kind, row)
        self.canvas.row += 1 if rows else 2
        return start

    def _variable(self, kind: str, row: VariableRow) -> None:
        canvas = self.canvas
        for column, text in enumerate((row.name, row.cell, kind), start=1):
            canvas.text(column, text)
        kind_of_numbers = kind_for(row.statistics)
        for column, value in enumerate(row.statistics, start=4):
            canvas.number(column, value, kind_of_numbers)
        canvas.number(11, row.skewness, "decimal")
        canvas.number(12, row.kurtosis, "decimal")
        canvas.number(13, row.errors, "integer")
        canvas.row += 1

    def _left_out(self, charted: int) -> str:
        outputs, shown = len(self.report.outputs), len(_with_bins(self.report))
        reasons = []
        if shown > charted:
            reasons.append(f"{shown - charted} more are tabulated below")
        if outputs > shown:
            reasons.append(f"{outputs - shown} gave no number in any iteration")
        return f"{charted} of {outputs} outputs are charted; {' and '.join(reasons)}." if reasons else ""

    def _block(self, output: OutputResult, histogram_name: str, percentiles_name: str) -> _Block:
        canvas, histogram = self.canvas, output.histogram
        assert histogram is not None
        canvas.keep_together(_shown_rows(output))
        top, points = canvas.row, self._points(output)
        canvas.rich(1, output.summary.name, b=True)
        canvas.table(histogram_name, _BINS, BIN_HEADERS, len(histogram.counts))
        canvas.table(percentiles_name, _POINTS, POINT_HEADERS, len(points))
        canvas.row = top + 1
        canvas.text(1, output.summary.cell)
        middles, shares = self._bins(histogram)
        canvas.row = top + 1
        kind = kind_for(output.percentiles)
        for probability, value in points:
            canvas.number(_POINTS, probability, "percent")
            canvas.number(_POINTS + 1, value, kind)
            canvas.row += 1
        canvas.row = top + 2 + max(len(histogram.counts), len(points))
        return _Block(
            output,
            self._below(_BINS + 2, top, middles),
            self._below(_BINS + 4, top, shares),
            self._below(_POINTS + 1, top, [value for _, value in points]),
            self._below(_POINTS, top, [probability for probability, _ in points]),
        )

    def _points(self, output: OutputResult) -> list[tuple[float, float]]:
        inner = zip((level / 100 for level in self.report.percentile_levels), output.percentiles, strict=True)
        return [(0.0, output.summary.minimum), *inner, (1.0, output.summary.maximum)]

    def _bins(self, histogram: HistogramTable) -> tuple[list[float], list[float]]:
        canvas, total, below = self.canvas, max(histogram.total, 1), 0
        middles, shares, kind = [], [], kind_for(histogram.edges)
        for low, high, count in zip(histogram.edges, histogram.edges[1:], histogram.counts, strict=False):
            below += count
            middles.append(low + (high - low) / 2)
            shares.append(count / total)
            for column, value in enumerate((low, high, middles[-1]), start=_BINS):
                canvas.number(column, value, kind)
            canvas.number(_BINS + 3, count, "integer")
            canvas.number(_BINS + 4, shares[-1], "percent")
            canvas.number(_BINS + 5, below / total, "percent")
            canvas.row += 1
        return middles, shares

    def _charts(self, rows: Sequence[int], blocks: Sequence[_Block], drivers: Mapping[int, DriverCells]) -> None:
        end = self.canvas.row
        for row, block in zip(rows, blocks, strict=False):
            name = block.output.summary.name or block.output.summary.cell
            self.canvas.row = row
            self.canvas.rich(1, name, b=True)
            self.canvas.row = row + 1
            self.canvas.text(1, block.output.summary.cell)
            self._side_by_side(
                row,
                histogram_chart(name, block.middles, block.shares),
                cumulative_chart(name, block.values, block.probabilities),
            )
            if cells := drivers.get(id(block.output)):
                self._side_by_side(
                    row + CHART_ROWS + 1,
                    correlation_chart(name, cells.by_correlation, cells.correlations),
                    change_chart(name, cells.by_change, cells.below, cells.above),
                )
        self.canvas.row = end

    def _side_by_side(self, row: int, left: Any, right: Any) -> None:
        place(self.canvas.sheet, left, row, right=SECOND_CHART)
        place(self.canvas.sheet, right, row, SECOND_CHART)

    def _certificate(self) -> int:
        self.canvas.keep_together(len(self.report.certificate.rows) + 1)
        start = self.canvas.heading("Run certificate")
        for label, value in self.report.certificate.rows:
            self.canvas.text(1, label)
            self.canvas.text(2, value)
            self.canvas.row += 1
        return start

    def _below(self, column: int, header_row: int, values: Sequence[float]) -> CellRange:
        return CellRange(self.canvas.area(column, header_row, len(values)), tuple(values))


def _key_facts(report: Report) -> str:
    certificate = report.certificate
    facts = (
        f"{certificate.iterations:,} iterations",
        f"{len(report.outputs)} outputs, {len(report.inputs)} inputs",
        f"seed {certificate.seed}",
        f"finished {certificate.finished}",
        f"Montecell {certificate.version}",
    )
    return " · ".join(facts)
