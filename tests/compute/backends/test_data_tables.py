"""What-if data tables: one and two inputs, over formulas, over draws, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl.worksheet.formula import DataTableFormula

import compute
from compute.errors import UnsupportedFormula

MODEL: dict[str, Any] = {"A1": 10, "A2": 3, "A3": "=A1*A2", "A4": "=A3+1", "A5": '=IF(ISBLANK(F1),"none",F1)'}


def table(ref: str, **inputs: str) -> DataTableFormula:
    """A data table as files hold it."""
    return DataTableFormula(ref=ref, **inputs)


TABLE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (  # the values on the left go into A1; two formulas above
        {"C2": 1, "C3": 2, "D1": "=A3", "E1": "=A4*10", "D2": table("D2:E3", r1="A1")},
        {"D1": 30.0, "D2": 3.0, "E2": 40.0, "D3": 6.0, "E3": 70.0, "A3": 30.0, "A4": 31.0},
    ),
    (  # the values above go into A2; two formulas on the left
        {"D1": 5, "E1": 7, "C2": "=A3", "C3": "=A4", "D2": table("D2:E3", dtr="1", r1="A2")},
        {"D2": 50.0, "E2": 70.0, "D3": 51.0, "E3": 71.0, "A3": 30.0},
    ),
    (  # both: the first input is the row's
        {
            "C1": "=A3-A2", "D1": 1, "E1": 2, "C2": 100, "C3": 200,
            "D2": table("D2:E3", dt2D="1", dtr="1", r1="A2", r2="A1"),
        },
        {"D2": 99.0, "E2": 198.0, "D3": 199.0, "E3": 398.0, "C1": 27.0},
    ),
    (  # a blank input stays blank outside the table
        {"C2": 5, "C3": 6, "D1": "=A5", "D2": table("D2:D3", r1="F1")},
        {"D1": "none", "D2": 5.0, "D3": 6.0, "A5": "none"},
    ),
    (  # an input that is a formula, and a formula that sums the table
        {"A2": "=1+2", "C2": 2, "C3": 4, "D1": "=SUM(A1:A3)", "D2": table("D2:D3", r1="A2"), "G1": "=SUM(D2:D3)"},
        {"D2": 32.0, "D3": 54.0, "G1": 86.0, "A2": 3.0},
    ),
    ({"D2": table("D2:D3", r1="A1", del1="1")}, {"D2": "#REF!", "D3": "#REF!"}),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "expected"), TABLE)
def test_a_table_shows_its_formula_for_the_values_at_its_edges(
    book: Callable[..., Path], cells: dict[str, Any], expected: dict[str, Any]
) -> None:
    values = compute.recalculate(book({"S": {**MODEL, **cells}}))["S"]
    assert {a: getattr(values[a], "code", values[a]) for a in expected} == expected


def test_a_table_over_draws_differs_between_iterations(book: Callable[..., Path]) -> None:
    cells = {
        **MODEL, "A2": "=_xldudf_MC_UNIFORM(1,9)", "C2": 1, "C3": 2, "D1": "=A4", "D2": table("D2:D3", r1="A1"),
        "F1": '=_xldudf_MC_OUTPUT("twice")+D3', "F2": '=_xldudf_MC_OUTPUT("once")+A4',
    }  # fmt: skip
    result = compute.Model.open(book({"S": cells})).simulate(iterations=5000, seed=2)
    draws = result.inputs["S!A2"].samples
    np.testing.assert_allclose(result.outputs["twice"].samples, 2 * draws + 1, rtol=1e-15)
    np.testing.assert_allclose(result.outputs["once"].samples, 10 * draws + 1, rtol=1e-15)


def test_a_table_over_rand_is_refused_naming_its_cell(book: Callable[..., Path]) -> None:
    cells = {"A1": "=RAND()", "C2": 1, "C3": 2, "D1": "=A1", "D2": table("D2:D3", r1="F1"), "G1": "=AVERAGE(D2:D3)"}
    model = compute.Model.open(book({"S": cells}), outputs=["S!G1"])
    with pytest.raises(UnsupportedFormula, match="RAND") as caught:
        model.simulate(iterations=10, seed=1)
    assert caught.value.cells == ("S!D2",)
