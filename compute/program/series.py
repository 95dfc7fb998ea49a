"""Time series in formulas: how many periods they have, and which cell shows which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from compute.dialects import SeriesDraw
from compute.formulas.ast import Number
from compute.graph import CellId
from compute.program.ir import DrawSite, FormulaCell
from compute.sampling import element_stream

MOST_PERIODS = 10_000


def filled_shape(formula: FormulaCell) -> tuple[int, int]:
    """Rows and columns of the cells that a formula fills."""
    if not formula.is_array or formula.range is None:
        return 1, 1
    top, left, bottom, right = formula.range
    return bottom - top + 1, right - left + 1


def known_periods(draw: SeriesDraw, formula: FormulaCell) -> int:
    """How many periods have inputs of their own in results: those written as a number, else the formula's cells."""
    if isinstance(draw.periods, Number):
        return min(max(int(draw.periods.value), 1), MOST_PERIODS)
    rows, columns = filled_shape(formula)
    return rows if columns == 1 else columns if rows == 1 else 1


def period_cell(draw: SeriesDraw, formula: FormulaCell, period: int) -> CellId | None:
    """The cell where the formula puts that period (from 0) if it shows the path as it is; None where there is none."""
    rows, columns = filled_shape(formula)
    if columns == 1 and period < rows:
        return formula.sheet, formula.row + period, formula.column
    if rows == 1 and period < columns and draw.periods is None:
        return formula.sheet, formula.row, formula.column + period
    return None


def shape_problem(draw: SeriesDraw, formula: FormulaCell) -> str | None:
    """Why a series cannot fill the cells of its formula."""
    rows, columns = filled_shape(formula)
    if draw.periods is not None:
        return None
    if rows > 1 and columns > 1:
        return f"a time series fills one row or one column, and its formula fills {rows} × {columns} cells"
    if rows * columns > MOST_PERIODS:
        return f"a time series has at most {MOST_PERIODS:,} periods, and its formula fills {rows * columns:,} cells"
    return None


def period_stream(stream: int, period: int) -> int:
    """The stream of a period (from 0): the series' own for the first, so that more periods change none before them."""
    return element_stream(stream, period) if period else stream


def period_sites(first: DrawSite, formula: FormulaCell, shown: Callable[[CellId], str]) -> Iterator[DrawSite]:
    """The sites of a draw: itself, or one for each period of a series, their keys those of the cells that show them."""
    draw = first.draw
    if not isinstance(draw, SeriesDraw):
        yield first
        return
    count = known_periods(draw, formula)
    for period in range(count):
        cell = period_cell(draw, formula, period)
        address = first.address if cell is None else shown(cell)
        key = f"{first.key}[{period + 1}]" if cell is None else address + first.key.removeprefix(first.address)
        yield replace(
            first,
            index=first.index + period,
            stream=period_stream(first.stream, period),
            key=key,
            name=f"{first.name}, period {period + 1}" if first.name and count > 1 else first.name,
            address=address,
            period=period,
            periods=count,
        )
