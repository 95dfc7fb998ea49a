"""The settings that workbooks carry: as @RISK and XLRisk store them, and nothing of a workbook without a product."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import compute
from compute.dialects.settings import WorkbookSettings, settings
from compute.errors import UnsupportedFormula
from compute.workbook import read_workbook
from compute.workbook.model import DefinedName, Sheet, Workbook

Build = Callable[..., Path]
SHARED = Path(__file__).resolve().parents[3].parent / "shared"


def found(names: Mapping[str, str], *sheets: Sheet) -> WorkbookSettings:
    defined = tuple(DefinedName(n, t) for n, t in names.items())
    return settings(Workbook(sheets or (Sheet("Sheet1"),), names=defined))


ATRISK: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({"RiskNumIterations": "5000"}, {"iterations": 5_000}),
    ({"RiskFixedSeed": "7", "RiskUseFixedSeed": "TRUE", "RiskHasSettings": "5"}, {"seed": 7}),
    ({"RiskFixedSeed": "7", "RiskUseFixedSeed": "FALSE", "RiskHasSettings": "5"}, {}),
    ({"RiskSamplingType": "3", "RiskHasSettings": "5"}, {"sampling": "latin_hypercube"}),
    ({"RiskSamplingType": "1", "RiskHasSettings": "5"}, {"RiskSamplingType": "1"}),
    ({"RiskNumSimulations": "3", "RiskHasSettings": "5"}, {"simulations": 3}),
    ({"RiskNumIterations": "0", "RiskNumSimulations": "1.5"}, {}),
    ({"RiskNumSimulations": "3"}, {}),
    ({"RiskCredit": "#REF!"}, {}),
]


@pytest.mark.parametrize(("names", "expected"), ATRISK)
def test_atrisk_keeps_its_settings_in_names(names: dict[str, str], expected: dict[str, Any]) -> None:
    assert found(names).shown() == expected


MONTECELL: list[tuple[dict[str, str], dict[str, Any]]] = [
    ({"Montecell.Iterations": "2500"}, {"iterations": 2_500}),
    ({"Montecell.Seed": "0", "montecell.simulations": "3"}, {"seed": 0, "simulations": 3}),
    ({"Montecell.Sampling": '"Monte Carlo"'}, {"sampling": "monte_carlo"}),
    ({"Montecell.Sampling": '"latin_hypercube"'}, {"sampling": "latin_hypercube"}),
    ({"Montecell.Sampling": '"dice"', "Montecell.Iterations": "1.5"}, {}),
    ({"Montecell.Seed": "7", "RiskNumIterations": "5000"}, {"seed": 7}),
]


@pytest.mark.parametrize(("names", "expected"), MONTECELL)
def test_montecell_keeps_its_settings_in_names(names: dict[str, str], expected: dict[str, Any]) -> None:
    assert found(names).shown() == expected


def test_a_setting_may_stand_in_a_cell() -> None:
    own = found({"Montecell.Iterations": "Sheet1!$A$1"}, Sheet("Sheet1", values={(1, 1): 900.0}))
    assert (own.iterations, own.product) == (900, "Montecell")


@pytest.mark.parametrize(("latin", "sampling"), [(True, "latin_hypercube"), (False, "monte_carlo"), ("?", None)])
def test_xlrisk_keeps_its_settings_on_its_sheet(latin: object, sampling: str | None) -> None:
    sheet = Sheet("XLRisk", values={(1, 2): 11.0, (2, 2): 2_000.0, (3, 2): latin})  # type: ignore[dict-item]
    names = {"Seed": "XLRisk!$B$1", "Iterations": "XLRisk!$B$2", "LatinHypercube": "XLRisk!$B$3"}
    own = found(names, Sheet("Model"), sheet)
    assert (own.seed, own.iterations, own.sampling, own.product) == (11, 2_000, sampling, "XLRisk")


def test_names_of_a_workbook_without_the_product_are_no_settings() -> None:
    own = found(
        {"Seed": "Sheet1!$A$1", "Iterations": "Sheet1!$A$2"}, Sheet("Sheet1", values={(1, 1): 3.0, (2, 1): 9.0})
    )
    assert own == WorkbookSettings()


def test_a_workbook_saved_by_atrisk() -> None:
    path = SHARED / "corpus/workbooks/tamc+excel_to_code/examples/rangearrayformulaesa.xlsx"
    if not path.exists():
        pytest.skip("the corpus is not on this machine")
    own = settings(read_workbook(path))
    assert own.shown() == {"iterations": 5_000, "sampling": "latin_hypercube", "simulations": 1}


def test_inspect_shows_the_settings(book: Build) -> None:
    path = book({"M": {"A1": "=_xll.RiskNormal(1,2)"}}, names={"RiskNumIterations": "300"})
    assert compute.Model.open(path).describe().settings == {"iterations": 300}


def test_assumptions_in_crystal_balls_own_data_are_refused(book: Build) -> None:
    path = book({"M": {"A1": "=CB.Normal(1,2)", "A2": "=A1+1"}, "CB_DATA_": {"A1": "x"}})
    model = compute.Model.open(path, outputs=["M!A2"])
    assert model.describe().product == "Crystal Ball"
    assert model.unsupported[0].cells == ("CB_DATA_",)
    with pytest.raises(UnsupportedFormula, match="Crystal Ball's own data"):
        model.simulate(iterations=100)


def test_an_empty_data_sheet_holds_no_assumptions(book: Build) -> None:
    path = book({"M": {"A1": "=CB.Normal(1,2)", "A2": "=A1+1"}, "CB_DATA_": {}})
    assert compute.Model.open(path, outputs=["M!A2"]).simulate(iterations=100).iterations == 100
