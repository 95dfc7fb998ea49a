"""What a loop keeps at hand gives what the reference backend gives, and only what others read goes to memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import compute
from compute.backends.native import NativeMachine
from compute.backends.native.forwarding import Forwarding
from compute.backends.native.stages import NativeStage
from compute.distributions import Normal
from compute.sampling import sampler

Build = Callable[..., Path]
LANES = 64
COLUMNS = "CDEFGHIJKLM"
SHEETS: dict[str, tuple[dict[int, str], str, set[int]]] = {
    # formulas of rows by column ({c} this, {p} the one before, {n} the next), the output, the rows that are in memory
    "a sum over rows of the same turn": (
        {2: "{c}1*$A$1", 3: "{c}2+$A$2", 4: "{c}3*{c}2", 5: "SUM({c}2:{c}4)"},
        "=SUM(C5:M5)",
        {5},
    ),
    "a product over rows that lie apart": (
        {2: "{c}1*$A$1", 4: "{c}2+$A$2", 3: "{c}4-$A$1", 5: "SUMPRODUCT({c}2:{c}3,{c}3:{c}4)"},
        "=SUM(C5:M5)",
        {5},
    ),
    "least of rows that are read again": ({2: "{c}1*$A$1", 3: "{c}2-$A$2", 4: "MIN({c}2:{c}3)"}, "=SUM(C3:M4)", {3, 4}),
    "a recurrence with a cell before it": ({2: "{p}2*1.01+$A$1"}, "=MAX(C2:M2)", {2}),
    "two that read each other": ({2: "{p}2+{p}3*$A$1", 3: "{p}3-{p}2/100", 4: "{c}2-{c}3"}, "=SUM(C4:M4)", {4}),
    "truth values of the turn before": ({2: "{c}1*$A$1>{c}1", 3: "IF({p}4,{c}1,$A$2)", 4: "{c}2"}, "=SUM(C3:M3)", {3}),
    "errors of the turn before": ({2: "{p}2/({c}1-7)+$A$1", 3: "{p}2+1"}, "=IF(A1>1,SUM(C3:M3),A1)", {3}),
    "from right to left": ({2: "{n}2/2+$A$1*{c}1", 3: "{n}2-{c}2"}, "=SUM(C3:M3)", {3}),
    "two lines one after the other": ({2: "{c}1*$A$1|{c}1+$A$1", 3: "{p}2"}, "=SUM(C3:M3)", {2, 3}),
    "two turns before": ({2: "IF({c}1>2,$A$1,$A$2)*{c}1", 3: "{p}2"}, "=SUM(C3:M3)", {3}),
    "an element by a position that varies": (
        {2: "{c}1*$A$1", 3: "{c}2+$A$2", 4: "{c}3*2", 5: "INDEX({c}2:{c}4,IF($A$1>0,{c}1-3*INT(({c}1-1)/3),2))"},
        "=SUM(C5:M5)",
        {5},
    ),
}  # fmt: skip


def _cells(rows: dict[int, str], output: str) -> dict[str, object]:
    cells: dict[str, object] = {
        "A1": 1.0,
        "A2": 2.0,
        "A9": output,
        "B2": 3.0,
        "B3": "=A1+A2",
        "B4": "=A1>0",
        "N2": "=A2",
    }
    for i, column in enumerate(COLUMNS):
        cells[f"{column}1"] = float(i + 1)
        before, after = ("B" + COLUMNS)[i], (COLUMNS + "N")[i + 1]
        for row, formulas in rows.items():
            formula = formulas.split("|")[-1 if i > 4 else 0]
            cells[f"{column}{row}"] = "=" + formula.format(c=column, p=before, n=after)
    return cells


@pytest.mark.parametrize("name", SHEETS)
def test_as_reference_with_the_least_memory(book: Build, name: str) -> None:
    """All iterations, and the rows whose values are stored."""
    rows, output, in_memory = SHEETS[name]
    inputs = {"S!A1": Normal(1, 0.5), "S!A2": Normal(2, 1)}
    model = compute.Model.open(book({"S": _cells(rows, output)}), inputs=inputs, outputs=["S!A9"])
    machine = NativeMachine(model.program)
    assert machine.plan.reasons == {}
    source = sampler("monte_carlo", 3, LANES, [d.stream for d in model.program.draws])
    found, expected = machine.run(source, 0, LANES), machine.reference.run(source, 0, LANES)
    np.testing.assert_array_equal(found.output_codes, expected.output_codes)
    np.testing.assert_allclose(found.outputs, expected.outputs, rtol=1e-13, atol=1e-13)
    assert len(np.unique(found.outputs)) > 1
    (stage,) = machine.plan.stages
    assert isinstance(stage, NativeStage)
    forwarding = Forwarding(stage.loops, machine.plan.lines, machine.plan.expressions, machine.plan.layout)
    along = {n for loop in stage.loops if loop.along == "columns" for n in loop.lines}
    assert {machine.plan.lines[n].formulas[0].row for n in forwarding.stored & along} == in_memory
