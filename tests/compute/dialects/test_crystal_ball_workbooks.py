"""Workbooks with assumptions of Crystal Ball's dialogs, from the file to the results."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from scipy import stats

import compute
from compute.errors import NoInputs, UnsupportedFormula
from compute.protocol import CorrelationOptions
from compute.workbook.model import ShapeScript
from tests.compute.dialects.crystal_ball_builder import (
    ASSUMPTION_NAME,
    COEFFICIENT,
    PARAMETER,
    assumption,
    block,
    correlation,
    decision,
    digits,
    forecast,
)
from tests.compute.workbook.package_builder import OFFICE, PACKAGE

Build = Callable[..., Path]
ITERATIONS = 40_000


def given(value: float | None) -> float:
    assert value is not None
    return value


def with_blocks(path: Path, *blocks: ShapeScript) -> Path:
    """The workbook with these texts in hidden shapes of its first sheet."""
    shapes = "".join(
        f'<v:shape id="{b.shape.replace(":", "_x003a_")}"><x:ClientData ObjectType="Pict">'
        f"<x:ScriptText>{b.text}</x:ScriptText></x:ClientData></v:shape>"
        for b in blocks
    )
    arrow = f'<Relationship Id="rIdV" Type="{OFFICE}/vmlDrawing" Target="../drawings/vmlDrawing1.vml"/>'
    with zipfile.ZipFile(path, "a") as package:
        package.writestr(
            "xl/worksheets/_rels/sheet1.xml.rels", f'<Relationships xmlns="{PACKAGE}">{arrow}</Relationships>'
        )
        package.writestr(
            "xl/drawings/vmlDrawing1.vml", f'<xml xmlns:v="urn:v" xmlns:x="urn:x">{shapes}<br></xml>'.encode()
        )
    return path


def named(**cells: str) -> dict[str, str]:
    return {f"CB_{digits(int(n[1:]))}": f"M!{place}" for n, place in cells.items()}


@pytest.fixture
def investment(book: Build) -> Path:
    """Two correlated rates of return, parameters in cells, and a decision variable."""
    cells = {
        "A1": 0.1,
        "A2": "=SQRT(0.1)",
        "A3": -0.4,
        "B1": 0.0,
        "B2": 0.02,
        "C1": 60.0,
        "D1": "=C1*(1+B1)",
        "D2": "=D1+(100-C1)*(1+B2)",
        "D3": "Fund",
    }
    names = named(n1="$B$1", n2="$B$2", n3="$C$1", n4="$D$2", n5="$D$1", n6="A3")
    refers = {"m": "M!$A$1", "s": "M!$A$2", "r": "M!$A$3", "t": 'M!$D$3&" A"'}
    names |= {f"CBCR_{n}": text for n, text in refers.items()}
    deviation = repr(math.sqrt(0.1))
    things = (
        assumption(
            1,
            f"Normal,LoCut=-1,Mean=0.1,StdDev={deviation}",
            '=D3&" A"',
            (PARAMETER, 3, "s"),
            (PARAMETER, 2, "m"),
            (ASSUMPTION_NAME, 0, "t"),
        ),
        assumption(2, "Uniform,Min=0,Max=0.04", "Bond"),
        decision(3, "Share"),
        forecast(4, "Total"),
        forecast(5, "Stock"),
        correlation(6, 1, 2, 0.9, (COEFFICIENT, 0, "r")),
    )
    return with_blocks(book({"M": cells}, names=names), block(*things))


def test_inspect_shows_inputs_outputs_and_correlations(investment: Path) -> None:
    found = compute.Model.open(investment).describe()
    assert (found.product, found.unsupported) == ("Crystal Ball", ())
    assert [(i.name, i.cell, i.law) for i in found.inputs] == [
        ("Fund A", "M!B1", "NORMAL"),
        ("Bond", "M!B2", "UNIFORM"),
    ]
    # The forecasts show what the cells of values make of them.
    assert [(o.name, o.cell) for o in found.outputs] == [("Stock", "M!D1"), ("Total", "M!D2")]
    assert [o.value for o in found.outputs] == pytest.approx([60.0, 100.8])
    (tied,) = found.correlations
    assert tied.group == "Crystal Ball's correlations of M!B1"
    assert found.notes == ("M!C1 is a decision variable of Crystal Ball: it keeps its value",)


@pytest.mark.parametrize("engine", ["reference", "power"])
def test_means_are_those_of_the_laws(investment: Path, engine: Literal["reference", "power"]) -> None:
    result = compute.Model.open(investment).simulate(
        iterations=ITERATIONS, seed=3, sampling="monte_carlo", engine=engine
    )
    low = (-1 - 0.1) / math.sqrt(0.1)
    rate = stats.truncnorm(low, math.inf, loc=0.1, scale=math.sqrt(0.1))
    stock, total = result.outputs["Stock"], result.outputs["Total"]
    assert abs(given(stock.mean) - 60 * (1 + rate.mean())) < 4 * 60 * rate.std() / math.sqrt(ITERATIONS)
    wanted = 60 * (1 + rate.mean()) + 40 * 1.02
    assert abs(given(total.mean) - wanted) < 4 * given(total.standard_deviation) / math.sqrt(ITERATIONS)


def test_the_correlation_is_that_of_its_cell(investment: Path) -> None:
    result = compute.Model.open(investment).simulate(
        iterations=ITERATIONS, seed=3, correlations=CorrelationOptions(measure="spearman")
    )
    (tied,) = result.correlations
    # The standard error of a rank correlation of -0.4 in so many iterations is about 0.0044.
    assert tied.requested is not None
    assert tied.requested[0][1] == -0.4
    assert abs(given(tied.spearman[0][1]) - -0.4) < 4 * 0.0044


def test_recalculation_shows_what_the_cells_hold(investment: Path) -> None:
    assert compute.recalculate(investment)["M"]["D2"] == pytest.approx(100.8)


def test_a_law_from_outside_takes_the_place_of_an_assumption(investment: Path) -> None:
    model = compute.Model.open(investment, inputs={"M!B2": compute.distributions.Uniform(1.0, 1.5)})
    result = model.simulate(iterations=1_000, seed=1)
    # Forty in bonds at a rate between 1 and 1.5, drawn by strata: 90 in the mean.
    assert given(result.outputs["Total"].mean) - given(result.outputs["Stock"].mean) == pytest.approx(90, abs=0.01)


def test_an_assumption_that_is_not_understood_refuses_the_run(book: Build) -> None:
    names = named(n1="$A$1", n2="$A$2")
    things = (assumption(1, "Custom,5", "Odd"), assumption(2, "Uniform,Min=0,Max=1", "Even"))
    path = with_blocks(book({"M": {"A1": 1, "A2": 2, "A3": "=A1+A2"}}, names=names), block(*things))
    model = compute.Model.open(path, outputs=["M!A3"])
    (told,) = model.describe().unsupported
    assert (told.cells, told.feature) == (("M!A1",), "Crystal Ball's stored data")
    with pytest.raises(UnsupportedFormula, match=r"^M!A1: Custom,5: ") as caught:
        model.simulate(iterations=10)
    assert caught.value.cells == ("M!A1",)


def test_a_damaged_block_refuses_the_run_and_not_the_file(book: Build) -> None:
    names = named(n1="$A$1")
    path = with_blocks(book({"M": {"A1": 1, "A2": "=A1"}}, names=names), ShapeScript("CB_Block_0", "㠷㌰"))
    model = compute.Model.open(path, outputs=["M!A2"])
    assert "CB_Block_0 of the sheet M" in model.describe().unsupported[0].reason
    with pytest.raises(UnsupportedFormula, match="CB_Block_0 of the sheet M"):
        model.simulate(iterations=10)


def test_cells_that_no_data_tells_of_refuse_the_run(book: Build) -> None:
    path = book({"M": {"A1": 5, "A2": "=CB.Normal(1,2)+A1"}}, names=named(n1="$A$1"))
    model = compute.Model.open(path, outputs=["M!A2"])
    assert model.describe().unsupported[0].cells == ("M!A1",)
    with pytest.raises(UnsupportedFormula, match="in place of the values of M!A1"):
        model.simulate(iterations=10)


def test_a_law_from_outside_stands_in_for_an_assumption_that_is_not_understood(book: Build) -> None:
    things = (assumption(1, "Custom,5"), assumption(2, "Custom,6"))
    path = with_blocks(
        book({"M": {"A1": 1, "B1": 2, "A2": "=A1+B1"}}, names=named(n1="$A$1", n2="$B$1")), block(*things)
    )
    laws = {"M!A1": compute.distributions.Uniform(0.0, 2.0), "M!B1": compute.distributions.Uniform(0.0, 4.0)}
    result = compute.Model.open(path, inputs=laws, outputs=["M!A2"]).simulate(iterations=1_000, seed=1)
    assert given(result.outputs["M!A2"].mean) == pytest.approx(3, abs=0.01)
    with pytest.raises(UnsupportedFormula, match=r"^M!B1: Custom,6"):
        compute.Model.open(path, inputs={"M!A1": laws["M!A1"]}, outputs=["M!A2"]).simulate(iterations=10)


def test_a_workbook_of_a_version_before_7_is_told(book: Build) -> None:
    # ZA100 is a cell in an .xlsx, so that its name is read as Excel would convert it.
    names = dict.fromkeys(("ZA0", "ZA0A", "ZA100"), '"+M!$A$1+NPrice"')
    model = compute.Model.open(book({"M": {"A1": 5, "A2": "=A1"}}, names=names), outputs=["M!A2"])
    found = model.describe()
    assert found.product == "Crystal Ball"
    assert "a version of Crystal Ball before 7" in found.unsupported[0].reason
    with pytest.raises(UnsupportedFormula, match="a version of Crystal Ball before 7"):
        model.simulate(iterations=10)


def test_names_of_formulas_alone_are_no_hindrance(book: Build) -> None:
    path = book({"M": {"A1": "=CB.Normal(1,2)", "A2": "=A1"}}, names=named(n1="$A$1", n2="$A$2"))
    assert compute.Model.open(path, outputs=["M!A2"]).simulate(iterations=10).iterations == 10


def test_forecasts_without_assumptions(book: Build) -> None:
    path = with_blocks(book({"M": {"A1": "=1+1"}}, names=named(n1="$A$1")), block(forecast(1, "Two")))
    model = compute.Model.open(path)
    assert [o.name for o in model.describe().outputs] == ["Two"]
    with pytest.raises(NoInputs):
        model.simulate(iterations=10)
