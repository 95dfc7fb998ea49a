"""Workbooks of one sheet compiled, and what native code and the reference backend make of them with the same draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import openpyxl

import compute
from compute.backends.native import NativeMachine
from compute.backends.reference import BlockResult
from compute.sampling import Sampler, sampler

LANES = 512
Machine = TypeVar("Machine", bound=NativeMachine)


class Unsettled(NativeMachine):
    """Leaves the doubted iterations as native code made them, and tells which they are."""

    doubted: npt.NDArray[np.bool_]

    def _settle(self, result: BlockResult, doubted: npt.NDArray[np.bool_], sampler: Sampler) -> None:
        self.doubted = doubted.copy()


def machine_of(path: Path, cells: Mapping[str, object], outputs: Sequence[str], kind: type[Machine]) -> Machine:
    """The cells of a sheet S, compiled; outputs are named with it."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "S"
    for place, value in cells.items():
        workbook.active[place] = value
    workbook.save(path)
    return kind(compute.Model.open(path, outputs=outputs).program)


def both(machine: NativeMachine, lanes: int = LANES) -> tuple[BlockResult, BlockResult]:
    """What native code finds, and what the reference backend does."""
    source = sampler("monte_carlo", 7, 4096, [d.stream for d in machine.program.draws])
    return machine.run(source, 0, lanes), machine.reference.run(source, 0, lanes)


def reason_of(machine: NativeMachine, column: int, row: int) -> str | None:
    """Why a cell is not compiled; None where it is, or where it never varies."""
    lines = [x.number for x in machine.plan.lines if any((f.column, f.row) == (column, row) for f in x.formulas)]
    return machine.plan.reasons.get(lines[0]) if lines else None
