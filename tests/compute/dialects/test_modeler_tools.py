"""SIPmath Modeler Tools: the index that numbers the trials counts the iterations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl.worksheet.formula import DataTableFormula

import compute
from compute.errors import SpecificationError, UnsupportedFormula

TRIALS = 8
DEMAND = [30.0, 10.0, 80.0, 20.0, 70.0, 50.0, 60.0, 40.0]
PRICE = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
NAMES = {"PM_Index": "Model!$A$1", "PM_Trials": f"{TRIALS}", "Demand": "Library!$A$1:$A$8"}
LIBRARY: dict[str, Any] = {f"A{i + 1}": v for i, v in enumerate(DEMAND)} | {f"B{i + 1}": v for i, v in enumerate(PRICE)}
MODEL: dict[str, Any] = {
    "A1": 3,
    "B1": "=INDEX(Demand,PM_Index)",
    "B2": "=INDEX(Library!B1:B8,PM_Index)",
    "B3": "=RAND()",
    "C1": "=B1*B2",
    "C2": "=B1*B2+0*B3",
}
Book = Callable[..., Path]


def table(column_input: str) -> DataTableFormula:
    return DataTableFormula(ref="F2:F9", dt2D=False, dtr=False, r1=column_input)


@pytest.fixture
def path(book: Book) -> Path:
    return book({"Model": MODEL, "Library": LIBRARY}, names=NAMES)


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube", "sobol"])
@pytest.mark.parametrize("engine", ["reference", "auto"])
def test_iterations_are_the_trials_of_the_library(path: Path, sampling: Any, engine: Any) -> None:
    model = compute.Model.open(path, outputs=["Model!C1", "Model!C2"])
    result = model.simulate(20, seed=5, sampling=sampling, engine=engine)
    expected = np.resize(np.array(DEMAND) * np.array(PRICE), 20)
    for key in ("Model!C1", "Model!C2"):
        np.testing.assert_array_equal(result.outputs[key].samples, expected)
    np.testing.assert_array_equal(result.inputs["PM_Index"].samples, np.resize(np.arange(1.0, 9.0), 20))


def test_a_run_has_as_many_iterations_as_there_are_trials(path: Path) -> None:
    model = compute.Model.open(path, outputs=["Model!C1"])
    result = model.simulate(seed=1)
    assert result.iterations == TRIALS
    assert any("PM_Index takes the trials 1 to 8" in n for n in result.notes)
    assert any("repeat after the last" in n for n in model.simulate(9, seed=1).notes)
    assert any("leaves out the last" in n for n in model.simulate(5, seed=1).notes)


def test_inspect_names_the_product_and_the_index(path: Path) -> None:
    described = compute.Model.open(path, outputs=["Model!C1"]).describe()
    assert described.product == "SIPmath Modeler Tools"
    assert described.settings == {"iterations": TRIALS}
    index = next(i for i in described.inputs if i.key == "PM_Index")
    assert (index.cell, index.law, index.parameters) == ("Model!A1", "INTUNIFORM", (1.0, 8.0))


def test_what_the_workbook_shows_stays_that_of_its_index(path: Path) -> None:
    assert compute.Model.open(path, outputs=["Model!C1"]).outputs["Model!C1"].value == DEMAND[2] * PRICE[2]


def test_a_table_through_the_index_gives_the_trials_and_the_outputs(book: Book) -> None:
    cells = {**MODEL, "F1": "=C1", "F2": table("A1"), "G1": "=AVERAGE(F2:F9)"} | {f"E{r}": r - 1 for r in range(2, 10)}
    names = {k: v for k, v in NAMES.items() if k != "PM_Trials"}
    path = book({"Model": cells, "Library": LIBRARY}, names=names)
    products = np.array(DEMAND) * np.array(PRICE)
    model = compute.Model.open(path)
    assert list(model.outputs) == ["Model!F1"]
    assert any(
        "runs 8 trials of Model!F1 through the data table Model!F2:F9, by PM_Index" in n for n in model.describe().notes
    )
    np.testing.assert_array_equal(model.simulate(seed=1).outputs["Model!F1"].samples, products)
    shown = compute.recalculate(path)["Model"]
    assert [shown[f"F{r}"] for r in range(2, 10)] == products.tolist()
    assert shown["G1"] == products.mean()


def test_a_name_alone_is_no_index(book: Book) -> None:
    path = book({"Model": MODEL, "Library": LIBRARY}, names={k: v for k, v in NAMES.items() if k != "PM_Trials"})
    model = compute.Model.open(path, outputs=["Model!C2"])
    assert model.describe().product == "Excel"
    assert list(model.inputs) == ["Model!B3"]


def test_an_index_with_a_formula_is_refused_and_named(book: Book) -> None:
    path = book({"Model": {**MODEL, "A1": "=1+2"}, "Library": LIBRARY}, names=NAMES)
    with pytest.raises(UnsupportedFormula, match=r"Model!A1: PM_Index: .*write 1 into it"):
        compute.Model.open(path, outputs=["Model!C2"]).simulate(8)


def test_a_law_given_from_outside_takes_the_place_of_the_index(path: Path) -> None:
    law = compute.distributions.IntUniform(2, 2)
    model = compute.Model.open(path, inputs={"Model!A1": law}, outputs=["Model!C1"])
    assert set(model.simulate(4, seed=1).outputs["Model!C1"].samples) == {DEMAND[1] * PRICE[1]}


def test_the_index_cannot_be_stressed(path: Path) -> None:
    model = compute.Model.open(path, outputs=["Model!C1"])
    with pytest.raises(SpecificationError, match="PM_Index counts the trials"):
        model.stress({"PM_Index": (0.0, 0.1)}, iterations=8)
