"""What-if data tables: one and two inputs, over formulas, over draws, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from openpyxl.worksheet.formula import DataTableFormula

import compute
from compute.backends.reference import what_if
from compute.cli.verify import verify
from compute.workbook import read_workbook

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


MODEL_BY_TABLE: dict[str, Any] = {
    "A1": "=NORM.INV(RAND(),100,10)", "A2": "=A1*2+F2", "D1": "=A2", "E1": "=A1", "F2": 0,
    "D2": table("D2:E1001", r1="F1"), "G1": "=AVERAGE(D2:D1001)", "G2": "=STDEV.S(E2:E1001)",
    "G3": "=SUMPRODUCT(D2:D1001-2*E2:E1001)", "G4": "=D2-D3",
}  # fmt: skip


def test_a_table_over_rand_lists_independent_trials_one_a_row(book: Callable[..., Path]) -> None:
    values = compute.recalculate(book({"S": MODEL_BY_TABLE}))["S"]
    trials = np.array([values[f"E{r}"] for r in range(2, 1002)], np.float64)
    assert values["A1"] == 100.0
    assert len(np.unique(trials)) == 1000
    assert abs(trials.mean() - 100) < 4 * 10 / np.sqrt(1000)
    assert abs(trials.std() - 10) < 4 * 10 / np.sqrt(2000)
    assert values["G1"] == pytest.approx(2 * trials.mean(), rel=1e-12)
    assert values["G3"] == pytest.approx(0.0, abs=1e-9)


def test_the_heads_of_a_table_over_rand_are_outputs(book: Callable[..., Path]) -> None:
    model = compute.Model.open(book({"S": MODEL_BY_TABLE}))
    assert list(model.outputs) == ["S!D1", "S!E1"]
    assert "1,000 trials of S!D1, S!E1 through the data table S!D2:E1001" in model.describe().notes[0]
    result = model.simulate(iterations=4000, seed=1)
    np.testing.assert_allclose(result.outputs["S!D1"].samples, 2 * result.outputs["S!E1"].samples, rtol=1e-14)


def test_every_iteration_has_trials_of_its_own_whatever_the_blocks(
    book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = {**MODEL_BY_TABLE, "D2": table("D2:E6", r1="F1"), "G1": "=AVERAGE(D2:D6)", "G2": "=STDEV.S(E2:E6)"}
    model = compute.Model.open(book({"S": cells}), outputs=["S!G1", "S!G2", "S!G4"])
    fast = model.simulate(iterations=5000, seed=6, threads=1)
    monkeypatch.setattr("compute.backends.reference.what_if_lanes.BLOCK_BYTES", 9 * 5000)
    assert model.simulate(iterations=5000, seed=6, threads=2, chunk_leaves=1).digest == fast.digest
    cell_by_cell(monkeypatch)
    assert model.simulate(iterations=5000, seed=6).digest == fast.digest
    means, gaps = fast.outputs["S!G1"].samples, fast.outputs["S!G4"].samples
    assert abs(means.std() - 20 / np.sqrt(5)) < 4 * 20 / np.sqrt(5) / np.sqrt(10_000)
    assert abs(np.corrcoef(means, fast.outputs["S!D1"].samples)[0, 1]) < 4 / np.sqrt(5000)
    assert abs(gaps.std() - 20 * np.sqrt(2)) < 4 * 20 * np.sqrt(2) / np.sqrt(10_000)


def test_a_row_of_trials_is_the_same_in_a_longer_table(book: Callable[..., Path]) -> None:
    long, short = (
        compute.recalculate(book({"S": {"A1": "=RAND()", "D1": "=A1", "D2": table(f"D2:D{n}", r1="F1")}}))["S"]
        for n in (9, 5)
    )
    assert [long[f"D{r}"] for r in range(2, 6)] == [short[f"D{r}"] for r in range(2, 6)]


def test_two_inputs_give_scenarios_across_and_trials_down(book: Callable[..., Path]) -> None:
    cells = {
        "A1": "=RANDBETWEEN(1,6)+F1", "C1": "=A1", "D1": 0, "E1": 100, "F1": 0,
        "D2": table("D2:E301", dt2D="1", dtr="1", r1="F1", r2="F9"),
    }  # fmt: skip
    path = book({"S": cells})
    values = compute.recalculate(path)["S"]
    left, right = (np.array([values[f"{c}{r}"] for r in range(2, 302)], np.float64) for c in "DE")
    assert set(left) == set(range(1, 7))
    assert set(right) == set(range(101, 107))
    assert abs(np.corrcoef(left, right)[0, 1]) < 4 / np.sqrt(300)
    assert "300 trials of S!C1 in each of 2 scenarios" in compute.Model.open(path).describe().notes[0]


def test_draws_of_an_add_in_serve_all_cells_of_a_table_beside_rand(book: Callable[..., Path]) -> None:
    cells = {"A1": "=RAND()", "A2": "=_xldudf_MC_NORMAL(0,1)", "D1": "=A1", "E1": "=A2", "D2": table("D2:E3", r1="F1")}
    path = book({"S": {**cells, "G1": "=D2-D3", "G2": "=E2-E3"}})
    result = compute.Model.open(path, outputs=["S!G1", "S!G2"]).simulate(iterations=50, seed=1)
    assert len(np.unique(result.outputs["S!G1"].samples)) == 50
    assert not result.outputs["S!G2"].samples.any()


def test_random_arrays_are_drawn_anew_in_each_trial(book: Callable[..., Path]) -> None:
    cells = {"D1": "=SUM(_xlfn.RANDARRAY(2,2))", "D2": table("D2:D9", r1="F1")}
    values = compute.recalculate(book({"S": cells}))["S"]
    assert len({values[f"D{r}"] for r in range(2, 10)}) == 8


def test_the_copy_with_results_shows_the_trials_of_the_run(book: Callable[..., Path], tmp_path: Path) -> None:
    path = book({"S": MODEL_BY_TABLE})
    shown = []
    for seed in (1, 1, 2):
        result = compute.Model.open(path).simulate(iterations=100, seed=seed)
        result.write_workbook(path, tmp_path / "with.xlsx")
        sheet = openpyxl.load_workbook(tmp_path / "with.xlsx", data_only=True)["S"]
        shown.append([sheet[c].value for c in ("D2", "E1001", "G1")])
        trials = [sheet[f"D{r}"].value for r in range(2, 1002)]
        assert sheet["G1"].value == pytest.approx(np.mean(trials), rel=1e-12)
    assert shown[0] == shown[1] != shown[2]
    result.save(tmp_path / "kept")
    assert type(result).load(tmp_path / "kept").shown() == result.shown()


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


def test_verify_passes_over_the_constants_in_input_cells(book: Callable[..., Path]) -> None:
    path = book({"S": {**MODEL, "C2": 1, "D1": "=A3", "D2": table("D2:D2", r1="A1")}})
    assert verify(read_workbook(path)).is_clean
