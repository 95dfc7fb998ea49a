"""The inputs and outputs that a product keeps in its own data, put into the cells of a program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compute.dialects.crystal_ball_stored import StoredModel
from compute.dialects.xlrisk import listed_outputs
from compute.graph import Binder, CellId
from compute.program.ir import FormulaCell
from compute.program.watched import Labels
from compute.workbook.model import Workbook


def stored_inputs(
    stored: StoredModel, binder: Binder, sheets: tuple[str, ...], taken: Mapping[CellId, int], first: int
) -> Iterator[FormulaCell]:
    """The cells that hold a number and are inputs, numbered from ``first``; those that are ``taken`` are left out."""
    free = [a for a in stored.assumptions if a.cell not in taken]
    for number, assumption in enumerate(free, start=first):
        sheet, row, column = assumption.cell
        yield FormulaCell(number, *assumption.cell, binder.bind(assumption.draw, sheets[sheet], row, column))


def stored_outputs(workbook: Workbook, stored: StoredModel, labels: Labels) -> list[tuple[CellId, str | None]]:
    """The cells that XLRisk lists or Crystal Ball keeps as forecasts, with their names."""
    return [*listed_outputs(workbook), *((f.cell, labels.text(f.name, f.cell)) for f in stored.forecasts)]
