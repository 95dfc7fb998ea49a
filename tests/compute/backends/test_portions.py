"""Formulas that share a tree and read wide ranges are computed a few at a time: the memory of a block has a bound."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import compute
from compute.backends.reference import Machine
from compute.backends.reference.portions import MOST_VALUES
from compute.sampling import sampler

Build = Callable[..., Path]
ROWS, LANES = 400, 1_024


@pytest.fixture
def machine(book: Build) -> Machine:
    cells: dict[str, str] = {f"A{r}": "=_xldudf_MC_NORMAL(0,1)" for r in range(1, ROWS + 1)}
    cells |= {f"B{r}": f"=A{r}*2" for r in range(1, ROWS + 1)}
    cells |= {f"C{r}": f'=SUMIFS($B$1:$B${ROWS},$A$1:$A${ROWS},">"&ROUND(A{r},3))' for r in range(1, ROWS + 1)}
    cells["D1"] = f"=SUM(C1:C{ROWS})"
    return Machine(compute.Model.open(book({"S": cells}), outputs=["S!C1", f"S!C{ROWS}", "S!D1"]).program)


def test_portions_hold_what_their_ranges_leave_room_for(machine: Machine) -> None:
    step = next(s for s in machine.program.varying if machine.program.formulas[s.formulas[0]].column == 3)
    portions = machine.portions.of(step.formulas, LANES)
    assert [f.number for p in portions for f in p] == list(step.formulas)
    assert {len(p) for p in portions[:-1]} == {MOST_VALUES // (ROWS * LANES)}
    assert len(machine.portions.of(step.formulas, 1)) == 1
    assert {len(p) for p in machine.portions.of(step.formulas, 10**9)} == {1}


def test_a_block_stays_within_its_memory(machine: Machine) -> None:
    """All at once, 400 x 400 x 1,024 values and as many truth values would be more than a gigabyte."""
    source = sampler("monte_carlo", 3, LANES, [d.stream for d in machine.program.draws])
    tracemalloc.start()
    try:
        found = machine.run(source, 0, LANES)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 300 * 2**20
    drawn = found.inputs
    expected = (2 * drawn * (drawn > np.round(drawn[0], 3))).sum(axis=0)
    np.testing.assert_allclose(found.outputs[0], expected, rtol=1e-12, atol=1e-9)
