"""The results sheet, laid out: from a ``Report`` to a scratch workbook whose only sheet is then grafted.

From the top: title and key facts, links, notes, summary, charts, percentiles, histograms, run certificate. Column A
holds names and side headings and stays in view, as do the first two rows.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.utils import get_column_letter, quote_sheetname

from compute.workbook.graft_previous import SUMMARY_TABLE
from compute.workbook.graft_styles import BorrowedStyles, NumberKind
from compute.workbook.report import OutputResult, Report, VariableRow
from compute.workbook.report_cells import MUTED_COLOR, Canvas
from compute.workbook.report_charts import CellRange, cumulative_chart, histogram_chart

CHARTED_OUTPUTS = 20
"""Outputs that get charts; all of them are tabulated."""

SUMMARY_HEADERS = (
    *("Name", "Cell", "Kind", "Mean", "Standard deviation", "Minimum", "5%", "Median", "95%", "Maximum"),
    *("Skewness", "Kurtosis", "Errors"),
)
BIN_HEADERS = ("From", "To", "Midpoint", "Count", "Relative frequency", "Cumulative")
_CHART_ROWS = 17
_FIRST_CHART, _SECOND_CHART, _CHART_END = 2, 8, 14
"""Columns (1-based) where the two charts of an output begin, and the one behind the second."""
_GAP = 100_000
"""Between the two charts, in English Metric Units (360,000 to the centimetre)."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """A generated workbook with one sheet; cell formats by index stand for the host's (``style_indexes``)."""

    content: bytes
    style_indexes: dict[int, int]
    exact_values: dict[str, str]


def table_names(report: Report, suffix: str) -> tuple[str, ...]:
    """The names of the sheet's tables in order: summary, percentiles, one histogram per output that has one."""
    bins = (f"Montecell_Histogram_{number}{suffix}" for number, _ in enumerate(_with_bins(report), start=1))
    return (SUMMARY_TABLE + suffix, f"Montecell_Percentiles{suffix}", *bins)


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
    buffer = io.BytesIO()
    book.save(buffer)
    return Scratch(buffer.getvalue(), canvas.style_indexes, canvas.exact_values)


def _with_bins(report: Report) -> list[OutputResult]:
    return [output for output in report.outputs if output.histogram is not None and output.histogram.counts]


def _set_widths(sheet: Any, report: Report) -> None:
    rows = [*(output.summary for output in report.outputs), *report.inputs]
    longest = max((len(row.name) for row in rows), default=0)
    sheet.column_dimensions["A"].width = min(max(longest + 2, 26), 44)
    sheet.column_dimensions["B"].width = min(max(max((len(row.cell) for row in rows), default=0) + 2, 16), 28)
    for column in range(3, 3 + max(len(SUMMARY_HEADERS), len(report.percentile_levels) + 2)):
        sheet.column_dimensions[get_column_letter(column)].width = 13


@dataclass(slots=True)
class _Layout:
    """Writes the sections one below the other; charts come above the cells they show, so they are placed last."""

    report: Report
    canvas: Canvas
    names: Sequence[str]

    def write(self) -> None:
        canvas, report = self.canvas, self.report
        canvas.rich(1, report.title, b=True, sz=18.0)
        canvas.row = 2
        canvas.rich(1, _key_facts(report), color=MUTED_COLOR)
        links_row = canvas.row = 3
        canvas.row = 5
        if report.notes:
            self._notes()
        sections = {"Summary": self._summary()}
        charted = [output for output in _with_bins(report) if output.percentiles][:CHARTED_OUTPUTS]
        charts_row = canvas.row
        if report.outputs:
            sections["Charts"] = self._heading("Charts", self._charted_note(len(charted)))
            canvas.row += len(charted) * (_CHART_ROWS + 1) + 1
            percentiles_row, percentiles = self._percentiles()
            sections["Percentiles"] = percentiles_row
            sections["Histograms"], bins = self._histograms()
            self._charts(charts_row + 1, charted, percentiles, bins)
        sections["Run certificate"] = self._certificate()
        canvas.row = links_row
        for column, (title, row) in enumerate(sections.items(), start=1):
            canvas.link(column, title, row)

    def _heading(self, title: str, remark: str = "") -> int:
        row = self.canvas.row
        self.canvas.rich(1, title, b=True, sz=14.0)
        if remark:
            self.canvas.rich(2, remark, color=MUTED_COLOR)
        self.canvas.row += 1
        return row

    def _notes(self) -> None:
        self._heading("Notes")
        for note in self.report.notes:
            self.canvas.text(1, f"• {note}")
            self.canvas.row += 1
        self.canvas.row += 1

    def _summary(self) -> int:
        start = self._heading("Summary")
        self.canvas.headers(1, SUMMARY_HEADERS)
        rows = [("Output", output.summary) for output in self.report.outputs]
        rows += [("Input", row) for row in self.report.inputs]
        for kind, row in rows:
            self._variable(kind, row)
        if not rows:
            self.canvas.row += 1
        self.canvas.table(self.names[0], 1, SUMMARY_HEADERS, max(len(rows), 1))
        self.canvas.row += 1
        return start

    def _variable(self, kind: str, row: VariableRow) -> None:
        canvas = self.canvas
        for column, text in enumerate((row.name, row.cell, kind), start=1):
            canvas.text(column, text)
        for column, value in enumerate(row.statistics, start=4):
            canvas.number(column, value, _kind_for(row.statistics))
        canvas.number(11, row.skewness, "decimal")
        canvas.number(12, row.kurtosis, "decimal")
        canvas.number(13, row.errors, "integer")
        canvas.row += 1

    def _charted_note(self, charted: int) -> str:
        silent = len(self.report.outputs) - len(_with_bins(self.report))
        parts = []
        if silent:
            parts.append(f"{silent} without any numeric iteration")
        if len(_with_bins(self.report)) > charted:
            parts.append(f"{len(_with_bins(self.report)) - charted} tabulated below but not charted")
        return f"{charted} of {len(self.report.outputs)} outputs are charted: {', '.join(parts)}." if parts else ""

    def _percentiles(self) -> tuple[int, dict[int, tuple[CellRange, CellRange]]]:
        canvas, levels = self.canvas, self.report.percentile_levels
        start = self._heading("Percentiles")
        headers = ("Name", "Cell", "Minimum", *(f"{level:g}%" for level in levels), "Maximum")
        probabilities = (0.0, *(level / 100 for level in levels), 1.0)
        canvas.rich(1, "Cumulative probability", color=MUTED_COLOR)
        for column, probability in enumerate(probabilities, start=3):
            canvas.number(column, probability, "percent")
        across = self._row_range(canvas.row, probabilities)
        canvas.row += 1
        canvas.headers(1, headers)
        ranges = {}
        for output in self.report.outputs:
            summary = output.summary
            canvas.text(1, summary.name)
            canvas.text(2, summary.cell)
            values = (summary.minimum, *output.percentiles, summary.maximum) if output.percentiles else ()
            for column, value in enumerate(values, start=3):
                canvas.number(column, value, _kind_for(values))
            ranges[id(output)] = (self._row_range(canvas.row, values), across)
            canvas.row += 1
        canvas.table(self.names[1], 1, headers, len(self.report.outputs))
        canvas.row += 1
        return start, ranges

    def _histograms(self) -> tuple[int, dict[int, tuple[CellRange, CellRange]]]:
        canvas = self.canvas
        start = self._heading("Histograms")
        ranges = {}
        for name, output in zip(self.names[2:], _with_bins(self.report), strict=True):
            canvas.rich(1, output.summary.name, b=True)
            canvas.headers(2, BIN_HEADERS)
            ranges[id(output)] = self._bins(output)
            assert output.histogram is not None
            canvas.table(name, 2, BIN_HEADERS, len(output.histogram.counts))
            canvas.row += 1
        return start, ranges

    def _bins(self, output: OutputResult) -> tuple[CellRange, CellRange]:
        canvas, histogram, top = self.canvas, output.histogram, self.canvas.row
        assert histogram is not None
        canvas.text(1, output.summary.cell)
        total, below = max(histogram.total, 1), 0
        middles, shares = [], []
        for low, high, count in zip(histogram.edges, histogram.edges[1:], histogram.counts, strict=False):
            below += count
            middles.append(low + (high - low) / 2)
            shares.append(count / total)
            for column, value in enumerate((low, high, middles[-1]), start=2):
                canvas.number(column, value, _kind_for(histogram.edges))
            canvas.number(5, count, "integer")
            canvas.number(6, shares[-1], "percent")
            canvas.number(7, below / total, "percent")
            canvas.row += 1
        return self._column_range(4, top, middles), self._column_range(6, top, shares)

    def _charts(
        self,
        row: int,
        charted: Iterable[OutputResult],
        percentiles: dict[int, tuple[CellRange, CellRange]],
        bins: dict[int, tuple[CellRange, CellRange]],
    ) -> None:
        end = self.canvas.row
        for output in charted:
            name = output.summary.name
            self.canvas.row = row
            self.canvas.rich(1, name, b=True)
            self.canvas.row = row + 1
            self.canvas.text(1, output.summary.cell)
            pair = (histogram_chart(name, *bins[id(output)]), cumulative_chart(name, *percentiles[id(output)]))
            for chart, left, right in zip(
                pair, (_FIRST_CHART, _SECOND_CHART), (_SECOND_CHART, _CHART_END), strict=True
            ):
                chart.anchor = _anchor(left, row, right, row + _CHART_ROWS)
                self.canvas.sheet.add_chart(chart)
            row += _CHART_ROWS + 1
        self.canvas.row = end

    def _certificate(self) -> int:
        start = self._heading("Run certificate")
        for label, value in self.report.certificate.rows:
            self.canvas.text(1, label)
            if isinstance(value, str):
                self.canvas.text(2, value)
            else:
                self.canvas.number(2, value, "integer")
            self.canvas.row += 1
        return start

    def _row_range(self, row: int, values: Sequence[float]) -> CellRange:
        last = get_column_letter(2 + max(len(values), 1))
        return CellRange(f"{quote_sheetname(self.canvas.sheet.title)}!$C${row}:${last}${row}", tuple(values))

    def _column_range(self, column: int, top: int, values: Sequence[float]) -> CellRange:
        letter = get_column_letter(column)
        bottom = top + len(values) - 1
        area = f"${letter}${top}:${letter}${bottom}"
        return CellRange(f"{quote_sheetname(self.canvas.sheet.title)}!{area}", tuple(values))


def _kind_for(values: Sequence[float]) -> NumberKind | None:
    """Two decimals where they tell the values apart, General where they would round them away."""
    largest = max((abs(value) for value in values if value - value == 0), default=0.0)
    return "decimal" if 10 <= largest < 1e11 else None


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


def _anchor(left: int, top: int, right: int, bottom: int) -> TwoCellAnchor:
    return TwoCellAnchor(
        editAs="oneCell",
        _from=AnchorMarker(col=left - 1, row=top - 1, colOff=_GAP if left > _FIRST_CHART else 0),
        to=AnchorMarker(col=right - 1, row=bottom - 1),
    )
