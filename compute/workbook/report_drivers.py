"""What moves each output: its drivers by rank correlation and by the change in its mean, as tables of the sheet."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from compute.records import dataclass
from compute.workbook.report import Driver, OutputResult
from compute.workbook.report_cells import MUTED_COLOR, Canvas, kind_for
from compute.workbook.report_charts import CellRange
from compute.workbook.report_tornado import LabelRange

LISTED_DRIVERS = 12
"""Inputs in each table of an output."""
CHARTED_DRIVERS = 10
"""Inputs in each tornado of an output."""

DRIVER_HEADERS = ("Input", "Rank correlation", "Contribution", "Regression")
CHANGE_HEADERS = ("Input", "Lowest mean", "Highest mean", "Below mean", "Above mean")


@dataclass(frozen=True, slots=True)
class DriverCells:
    """The cells that the two tornadoes of an output are drawn from."""

    by_correlation: LabelRange
    correlations: CellRange
    by_change: LabelRange
    below: CellRange
    above: CellRange


def driver_stems(outputs: Sequence[OutputResult]) -> tuple[str, ...]:
    """The names of the tables of these outputs."""
    numbers = range(1, len(outputs) + 1)
    return tuple(f"Montecell_{kind}_{number}" for number in numbers for kind in ("Drivers", "Changes"))


def driver_tables(
    canvas: Canvas, outputs: Sequence[OutputResult], names: Mapping[str, str]
) -> tuple[int, list[DriverCells]]:
    """Two tables for each output; returns the heading's row and the cells to draw. ``names`` are by stem."""
    canvas.keep_together(2 * min(LISTED_DRIVERS, len(outputs[0].drivers)) + 6)
    start = canvas.heading("Sensitivity", f"Up to {LISTED_DRIVERS} inputs of each output, the strongest first.")
    found = []
    for number, output in enumerate(outputs, start=1):
        canvas.keep_together(2 * min(LISTED_DRIVERS, len(output.drivers)) + 5)
        canvas.rich(1, output.summary.name, b=True)
        canvas.rich(2, _remark(output), color=MUTED_COLOR)
        canvas.row += 1
        labels, correlations = _by_correlation(canvas, output, names[f"Montecell_Drivers_{number}"])
        changed, below, above = _by_change(canvas, output, names[f"Montecell_Changes_{number}"])
        found.append(DriverCells(labels, correlations, changed, below, above))
    return start, found


def _remark(output: OutputResult) -> str:
    if math.isnan(output.r_squared):
        return output.summary.cell
    return f"{output.summary.cell} · the regression explains {output.r_squared:.1%} of the variance (R²)"


def _by_correlation(canvas: Canvas, output: OutputResult, name: str) -> tuple[LabelRange, CellRange]:
    rows = _largest(output, lambda driver: abs(driver.rank_correlation))
    top = canvas.row
    canvas.table(name, 1, DRIVER_HEADERS, len(rows))
    canvas.row += 1
    for row in rows:
        canvas.text(1, row.input)
        canvas.estimate(2, row.rank_correlation, "decimal")
        canvas.estimate(3, row.contribution, "percent")
        canvas.estimate(4, row.coefficient, "decimal")
        canvas.row += 1
    canvas.row += 1
    return _labels(canvas, top, rows), _numbers(canvas, 2, top, [row.rank_correlation for row in rows])


def _by_change(canvas: Canvas, output: OutputResult, name: str) -> tuple[LabelRange, CellRange, CellRange]:
    rows, mean = _largest(output, lambda driver: driver.swing), output.summary.mean
    top, kind = canvas.row, kind_for([row.swing for row in rows])
    canvas.table(name, 1, CHANGE_HEADERS, len(rows))
    canvas.row += 1
    for row in rows:
        canvas.text(1, row.input)
        for column, value in enumerate((row.low_mean, row.high_mean, row.low_mean - mean, row.high_mean - mean), 2):
            canvas.estimate(column, value, kind)
        canvas.row += 1
    canvas.row += 1
    below, above = [row.low_mean - mean for row in rows], [row.high_mean - mean for row in rows]
    return _labels(canvas, top, rows), _numbers(canvas, 4, top, below), _numbers(canvas, 5, top, above)


def _largest(output: OutputResult, size: Callable[[Driver], float]) -> list[Driver]:
    # An input without a figure (it never varied) comes last.
    ordered = sorted(output.drivers, key=lambda driver: -size(driver) if size(driver) > 0 else 0.0)
    return ordered[:LISTED_DRIVERS]


def _labels(canvas: Canvas, header_row: int, rows: Sequence[Driver]) -> LabelRange:
    shown = rows[:CHARTED_DRIVERS]
    return LabelRange(canvas.area(1, header_row, len(shown)), tuple(row.input for row in shown))


def _numbers(canvas: Canvas, column: int, header_row: int, values: Sequence[float]) -> CellRange:
    shown = values[:CHARTED_DRIVERS]
    return CellRange(canvas.area(column, header_row, len(shown)), tuple(shown))
