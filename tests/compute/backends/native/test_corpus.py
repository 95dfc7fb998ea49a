"""Workbooks of the corpus made into simulations, numeric constants uncertain: in every iteration native code gives what
the reference backend gives.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest

from compute.backends.native import NativeMachine, NotNative
from compute.distributions import Uniform
from compute.errors import ComputeError
from compute.program import Program
from compute.program.assemble import assemble
from compute.sampling import sampler
from compute.workbook import Workbook, read_workbook

CORPUS = Path(__file__).resolve().parents[5] / "shared" / "corpus" / "workbooks"
FILES = sorted(CORPUS.rglob("*.xls[xm]")) if CORPUS.is_dir() else []
MOST_INPUTS, MOST_FORMULAS, LANES = 60, 6_000, 24
CLOSE = 1e-9
"""Sums that cancel lose digits in either backend; a formula alone is held to 1e-12 elsewhere."""


def simulated(workbook: Workbook, most_outputs: int) -> Program | None:
    """The program with some constants uncertain and so many formulas watched; None without any."""
    numbers = [
        (i, row, column)
        for i, sheet in enumerate(workbook.sheets)
        for (row, column), value in sheet.values.items()
        if isinstance(value, float) and value != 0
    ]
    formulas = [(i, *cell) for i, sheet in enumerate(workbook.sheets) for cell in sheet.formulas]
    if not numbers or not formulas or len(formulas) > MOST_FORMULAS:
        return None
    chosen = numbers[:: max(1, len(numbers) // MOST_INPUTS)][:MOST_INPUTS]
    laws = {}
    for sheet, row, column in chosen:
        value = float(workbook.sheets[sheet].values[row, column])  # type: ignore[arg-type]
        laws[sheet, row, column] = Uniform(*sorted((value * 0.95, value * 1.05)))
    outputs = formulas[:: -max(1, len(formulas) // most_outputs)][:most_outputs]
    return assemble(workbook, laws, [(cell, None) for cell in outputs])


def case(path: Path) -> object:
    """Every twentieth file by its name in the default run, all in the sweep."""
    marks = () if zlib.crc32(path.name.encode()) % 20 == 0 else pytest.mark.sweep
    return pytest.param(path, id=str(path.relative_to(CORPUS)), marks=marks)


@pytest.mark.skipif(not FILES, reason="the folder ../shared with the corpora is not on this machine")
@pytest.mark.parametrize("path", [case(p) for p in FILES])
@pytest.mark.parametrize("most_outputs", [400, 10])
def test_a_workbook(path: Path, most_outputs: int) -> None:
    """Many outputs, and few: what is not watched must be kept for those that read it all the same."""
    try:
        program = simulated(read_workbook(path), most_outputs)
        machine = None if program is None else NativeMachine(program)
    except (NotNative, ComputeError):
        return
    if machine is None:
        return
    source = sampler("monte_carlo", 3, 4096, [d.stream for d in machine.program.draws])
    try:
        expected = machine.reference.run(source, 0, LANES)
    except ComputeError:
        return
    found = machine.run(source, 0, LANES)
    np.testing.assert_array_equal(found.output_codes, expected.output_codes)
    np.testing.assert_allclose(found.outputs, expected.outputs, rtol=CLOSE, atol=1e-7)
