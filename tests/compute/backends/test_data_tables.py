"""What-if data tables: one and two inputs, over formulas, over draws, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl.worksheet.formula import DataTableFormula

import compute
from compute.backends.reference import what_if
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


@pytest.mark.parametrize(
    ("cells", "by_table", "named"),
    [
        ({"A1": "=RAND()", "D1": "=A1", "D2": table("D2:D3", r1="F1")}, True, ("S!D2:D3", "S!D1", "S!F1", "S!A1")),
        (
            {"A1": "=NORM.INV(RAND(),10,2)", "D1": "=A1*2", "E1": "=A1", "D2": table("D2:E3", r1="F1")},
            True, ("S!D2:E3", "S!D1, S!E1", "S!F1", "S!A1"),
        ),
        # the input holds something, but nothing between reads it
        ({"A1": "=RAND()", "F1": 7, "G2": "=F1", "D1": "=A1", "D2": table("D2:D3", r1="F1")}, True, ("S!F1", "S!A1")),
        ({"A1": "=RAND()", "D1": "=A1+F1", "D2": table("D2:D3", r1="F1")}, False, ("S!D2:D3", "S!D1", "S!A1")),
        (
            {"A1": "=RAND()", "C1": "=A1", "D1": 5, "D2": table("D2:D3", dt2D="1", dtr="1", r1="F1", r2="F2")},
            False, ("S!D2:D3", "S!C1", "S!A1"),
        ),
    ],
)  # fmt: skip
def test_a_simulation_by_table_is_told_from_a_table_over_rand(
    book: Callable[..., Path], cells: dict[str, Any], by_table: bool, named: tuple[str, ...]
) -> None:
    path = book({"S": {"C2": 1, "C3": 2, **cells, "H1": "=AVERAGE(D2:D3)"}})
    with pytest.raises(UnsupportedFormula) as caught:
        compute.Model.open(path, outputs=["S!H1"]).simulate(iterations=10, seed=1)
    assert ("Monte Carlo simulation by table" in caught.value.message) is by_table
    assert all(cell in caught.value.message for cell in named)
    assert caught.value.cells == ("S!D2",)


WIDE: dict[str, Any] = {
    "A1": 10, "A2": 3, "A3": "=A1*A2", "A4": "=A3+SUM(Z1:Z3)", "A5": '=IF(A1>5,"big",A1)', "A6": "=INDEX(Z1:Z3,A1)",
    "A7": "=IFERROR(A6,A5)&A2", "A8": "=IF(ISBLANK(A9),1,A9)/(A1-4)", "A10": "=ROWS(_xlfn.SEQUENCE(A1))",
    "B1:B2": "=A1*{1;2}", "B3": "=SUM(B1:B2)", "B4": "=AND(A1>2,A2<9)", "B5": "=A1-A2+A3-Z1",
    "Z2": 0.1, "Z3": "=Z2*3", "Z1": "=Z3-0.2",
}  # fmt: skip
FORMULAS = ("A3", "A4", "A5", "A6", "A7", "A8", "A10", "B3", "B4", "B5", "Z2")
ONE = {f"D{r}": v for r, v in enumerate((1, 2, 4, "=Z2*20", None, "x", True), start=21)}
LAID_OUT: list[dict[str, Any]] = [
    {**ONE, **{f"{c}20": f"={f}" for c, f in zip("EFGHIJKLMNO", FORMULAS, strict=True)},
     "E21": table("E21:O27", r1="A1")},
    {**{f"{c}20": v for c, v in zip("EFGHIJK", ONE.values(), strict=True)},
     **{f"D{r}": f"={f}" for r, f in enumerate(FORMULAS, start=21)}, "E21": table("E21:K31", dtr="1", r1="A1")},
    *(
        {**ONE, "D20": f"={f}", "E20": 1, "F20": 2.5, "G20": "=A2", "H20": "=Z2",
         "E21": table("E21:H27", dt2D="1", dtr="1", r1=r1, r2="A1")}
        for f in ("A3", "A5", "A7", "A8", "B5") for r1 in ("A2", "A9", "Z2")
    ),
]  # fmt: skip


def cell_by_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if, "goes_in_lanes", lambda program, table: False)


@pytest.mark.parametrize("cells", LAID_OUT)
def test_a_table_in_lanes_shows_what_it_shows_cell_by_cell(
    book: Callable[..., Path], cells: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book({"S": {**WIDE, **cells}})
    fast = compute.recalculate(path)["S"]
    cell_by_cell(monkeypatch)
    assert fast == compute.recalculate(path)["S"]
    assert any(isinstance(fast.get(f"{c}{r}"), float | str) for c in "FGH" for r in range(21, 28))


@pytest.mark.parametrize("cells", LAID_OUT[:5])
@pytest.mark.parametrize("uncertain", [{"A2": "=_xldudf_MC_UNIFORM(1,9)"}, {"Z2": "=_xldudf_MC_UNIFORM(0,1)"}])
def test_a_table_in_lanes_simulates_as_cell_by_cell(
    book: Callable[..., Path], cells: dict[str, Any], uncertain: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = {
        f"{c}5{r}": f"=IF(ISNUMBER({c}{r}),{c}{r},IFERROR(LEN({c}{r})+0.5,-1))" for c in "EFGH" for r in range(21, 28)
    }
    watched = [f"S!{cell}" for cell in shown]
    path = book({"S": {**WIDE, **uncertain, **cells, **shown}})
    fast = compute.Model.open(path, outputs=watched).simulate(iterations=20, seed=4)
    monkeypatch.setattr("compute.backends.reference.what_if_lanes.BLOCK_BYTES", 9 * 20 * 100)
    small = compute.Model.open(path, outputs=watched).simulate(iterations=20, seed=4)
    cell_by_cell(monkeypatch)
    slow = compute.Model.open(path, outputs=watched).simulate(iterations=20, seed=4)
    for name in watched:
        np.testing.assert_array_equal(fast.outputs[name].samples, slow.outputs[name].samples)
        np.testing.assert_array_equal(small.outputs[name].samples, slow.outputs[name].samples)


def test_the_draws_of_a_table_are_those_of_its_own_cell(book: Callable[..., Path]) -> None:
    cells = {
        "A1": 10, "A2": "=_xldudf_MC_UNIFORM(A1,A1+1)", "C2": 100, "C3": 200, "D1": "=A2",
        "D2": table("D2:D3", r1="A1"), "F1": '=_xldudf_MC_OUTPUT("x")+D3', "F2": '=_xldudf_MC_OUTPUT("own")+A2',
    }  # fmt: skip
    result = compute.Model.open(book({"S": cells})).simulate(iterations=50, seed=2)
    draws = result.inputs["S!A2"].samples
    assert 10 <= draws.min() <= draws.max() <= 11
    np.testing.assert_array_equal(result.outputs["own"].samples, draws)
    np.testing.assert_allclose(result.outputs["x"].samples, draws + 190, rtol=1e-14)
