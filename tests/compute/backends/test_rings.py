"""Formulas that refer to each other in a ring: lazily broken rings, circles, iteration."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import compute
from compute.errors import CircularReference


def with_iteration(path: Path, settings: str) -> Path:
    """The workbook with iterative calculation turned on."""
    target = path.with_name("iterative.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/workbook.xml":
                text = re.sub(r"<calcPr[^>]*/>", "", data.decode())
                data = text.replace("</workbook>", f'<calcPr iterate="1" {settings}/></workbook>').encode()
            copy.writestr(name, data)
    return target


def test_a_ring_that_an_if_breaks_is_computed_in_the_order_of_need(book: Callable[..., Path]) -> None:
    cells: dict[str, Any] = {"A1": 200}
    for row in range(2, 402):
        cells[f"A{row}"] = f"=A{row - 1}+0" if row > 2 else "=A1"
        cells[f"B{row}"] = f"=IF(ROW()=A{row},0,IF(ROW()<A{row},B{row + 1}-1,B{row - 1}+1))"
    values = compute.recalculate(book({"S": cells}))["S"]
    assert [values[f"B{r}"] for r in (2, 200, 201, 401)] == [-198.0, 0.0, 1.0, 201.0]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"A3": "=ROWS(A$1:A3)"}, {"A3": 3.0}),
        ({"A3": "=ROW(A3)+COLUMN(A3)"}, {"A3": 4.0}),
        ({"A3": "=SUM(ROW(A1:A3))*0+COLUMNS(A3:C3)"}, {"A3": 3.0}),
        ({"A2": "=INDEX(2:2,1,2)", "B2": 42}, {"A2": 42.0}),
        ({"A1": "=INDEX(A1:C1,1,3)", "B1": "=A1+1", "C1": 5}, {"A1": 5.0, "B1": 6.0}),
        ({"A1": "=ROWS(B1:B3)+SUM(B1:B3)", "B1": "=C1", "B2": "=ROWS(B1:B3)", "C1": 4}, {"A1": 10.0, "B2": 3.0}),
        ({"A1": "=B1+1", "B1": "=A1+1"}, {"A1": 0.0, "B1": 0.0}),
        ({"A1": "=SUM(A1:A3)", "A2": 5}, {"A1": 0.0}),
        ({"A1": "=OFFSET(A1,1,0)", "A2": "=B1", "B1": 4}, {"A1": 4.0}),
        ({"A1": 1, "A2": "=IF(A1=1,7,A3)", "A3": "=A2*2"}, {"A2": 7.0, "A3": 14.0}),
        # Cells that one formula asks for together need each other, without a circle.
        ({"A1": "=SUM(E1:E2)", "E1": "=IF(TRUE,5,A1)", "E2": "=E1+1"}, {"A1": 11.0, "E1": 5.0, "E2": 6.0}),
        (
            {"A1": "=SUM(C1:E1)", "C1": "=IF(TRUE,5,A1)", "D1": "=C1+1", "E1": "=D1+C1"},
            {"A1": 22.0, "C1": 5.0, "D1": 6.0, "E1": 11.0},
        ),
        # A circle takes in only the cells that it goes through.
        ({"A1": "=SUM(E1:E2)", "E1": "=IF(TRUE,5,A1)", "E2": "=A1+1"}, {"A1": 0.0, "E1": 5.0, "E2": 0.0}),
    ],
)
def test_what_a_circle_is_and_what_is_none(
    book: Callable[..., Path], cells: dict[str, Any], expected: dict[str, float]
) -> None:
    values = compute.recalculate(book({"S": cells}))["S"]
    assert {a: values[a] for a in expected} == expected


@pytest.mark.parametrize(
    ("cells", "settings", "expected"),
    [
        ({"A1": 6, "B1": "=0.1*(A1+C1)", "C1": "=A1+B1"}, "", {"B1": 12 / 9, "C1": 66 / 9}),
        ({"A1": "=A1+1"}, 'iterateCount="10"', {"A1": 10.0}),
        ({"A1": 100, "A2": "=A1+A3", "A3": "=ROUND(A2*0.05,2)"}, "", {"A2": 105.26, "A3": 5.26}),
        ({"A1": "=IF(A1=\"done\",A1,\"done\")"}, "", {"A1": "done"}),
    ],
)  # fmt: skip
def test_circles_are_iterated_where_the_workbook_says_so(
    book: Callable[..., Path], cells: dict[str, Any], settings: str, expected: dict[str, Any]
) -> None:
    values = compute.recalculate(with_iteration(book({"S": cells}), settings))["S"]
    for address, value in expected.items():
        assert values[address] == (value if isinstance(value, str) else pytest.approx(value, rel=1e-11))


def test_each_iteration_of_a_simulation_iterates_its_own_circle(book: Callable[..., Path]) -> None:
    cells = {
        "A1": "=_xldudf_MC_UNIFORM(50,150)", "B1": "=_xldudf_MC_UNIFORM(0.01,0.6)",
        "A2": "=A1+A3", "A3": "=A2*B1", "A4": '=_xldudf_MC_OUTPUT("debt")+A2',
    }  # fmt: skip
    model = compute.Model.open(with_iteration(book({"S": cells}), ""))
    result = model.simulate(iterations=500, seed=3)
    draws, rates = result.inputs["S!A1"].samples, result.inputs["S!B1"].samples
    np.testing.assert_allclose(result.outputs["debt"].samples, draws / (1 - rates), rtol=1e-11)


def test_a_ring_that_branches_break_differently_between_iterations_is_no_circle(book: Callable[..., Path]) -> None:
    cells = {
        "A1": "=_xldudf_MC_UNIFORM(0,1)", "A2": "=IF(A1<0.5,A1,A3-1)", "A3": "=IF(A1<0.5,A2+1,A1*10)",
        "A4": '=_xldudf_MC_OUTPUT("x")+A2+A3',
    }  # fmt: skip
    result = compute.Model.open(book({"S": cells})).simulate(iterations=300, seed=1)
    u = result.inputs["S!A1"].samples
    np.testing.assert_allclose(result.outputs["x"].samples, np.where(u < 0.5, 2 * u + 1, 20 * u - 1), rtol=1e-14)


def test_a_circle_refuses_the_simulation_naming_its_cells(book: Callable[..., Path]) -> None:
    cells = {"A1": "=_xldudf_MC_UNIFORM(0,1)", "A2": "=A3+A1", "A3": "=A2", "A4": '=_xldudf_MC_OUTPUT("x")+A2'}
    with pytest.raises(CircularReference, match="S!A2 → S!A3") as caught:
        compute.Model.open(book({"S": cells})).simulate(iterations=10, seed=1)
    assert set(caught.value.cells) == {"S!A2", "S!A3"}


HIDDEN_CIRCLES: list[dict[str, Any]] = [
    {"A2": "=A1+OFFSET(A2,1,0)", "A3": "=ROUND(A2*0.05,2)"},
    {"A2": "=A1+A3", "A3": '=ROUND(INDIRECT("A2")*0.05,2)'},
    {"A2": "=A1+SUM(OFFSET(A1,2,0):A3)", "A3": '=ROUND(INDIRECT("R2C1",FALSE)*0.05,2)'},
    {"A2": '=A1+INDIRECT("A"&F1)', "A3": "=ROUND(OFFSET(A1,1,0)*0.05,2)", "F1": 3},
    {"A2": "=A1+E1", "A3": "=ROUND(A2*0.05,2)", "E1": "=OFFSET(A1,2,0)"},
]


@pytest.mark.parametrize("circle", HIDDEN_CIRCLES)
def test_circles_that_close_through_moving_references_are_iterated(
    book: Callable[..., Path], circle: dict[str, Any]
) -> None:
    cells = {"A1": 100, **circle, "B1": "=A2*2", "B2": "=OFFSET(A1,1,0)+1", "B3": "=SUM(B1:B2)", "A9": "=B3"}
    values = compute.recalculate(with_iteration(book({"S": cells}), ""))["S"]
    assert [values[a] for a in ("A2", "A3", "B1", "B2", "B3", "A9")] == [
        pytest.approx(v, rel=1e-11) for v in (105.26, 5.26, 210.52, 106.26, 316.78, 316.78)
    ]


@pytest.mark.parametrize("circle", HIDDEN_CIRCLES)
def test_circles_that_close_through_moving_references_show_zero_without_iteration(
    book: Callable[..., Path], circle: dict[str, Any]
) -> None:
    cells = {"A1": 100, **circle, "B1": "=A2*2", "B2": "=OFFSET(A1,1,0)+1", "A9": "=B2"}
    values = compute.recalculate(book({"S": cells}))["S"]
    assert [values[a] for a in ("A2", "A3", "B1", "B2", "A9")] == [0.0, 0.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize("circle", HIDDEN_CIRCLES)
def test_circles_that_close_through_moving_references_refuse_the_simulation(
    book: Callable[..., Path], circle: dict[str, Any]
) -> None:
    cells = {"A1": "=_xldudf_MC_UNIFORM(50,150)", **circle, "B1": '=_xldudf_MC_OUTPUT("x")+A2'}
    with pytest.raises(CircularReference, match="S!A2 → S!A3") as caught:
        compute.Model.open(book({"S": cells})).simulate(iterations=10, seed=1)
    assert {"S!A2", "S!A3"} <= set(caught.value.cells) <= {"S!A2", "S!A3", "S!E1"}


@pytest.mark.parametrize("circle", HIDDEN_CIRCLES)
def test_each_iteration_iterates_its_own_moving_circle(book: Callable[..., Path], circle: dict[str, Any]) -> None:
    cells = {
        "A1": "=_xldudf_MC_UNIFORM(50,150)", **circle, "B1": '=_xldudf_MC_OUTPUT("debt")+A2',
        "B2": '=_xldudf_MC_OUTPUT("own")+OFFSET(A1,1,0)-OFFSET(A1,2,0)',
    }  # fmt: skip
    result = compute.Model.open(with_iteration(book({"S": cells}), "")).simulate(iterations=100, seed=3)
    draws = result.inputs["S!A1"].samples
    np.testing.assert_allclose(result.outputs["own"].samples, draws, rtol=1e-11)
    np.testing.assert_allclose(result.outputs["debt"].samples, draws / 0.95, atol=0.02)


def test_references_that_cross_in_different_iterations_are_no_circle(book: Callable[..., Path]) -> None:
    cells = {
        "A1": "=_xldudf_MC_UNIFORM(0,1)", "C1": 10, "C2": 20,
        "A2": "=OFFSET(A3,0,IF(A1<0.5,2,0))+1", "A3": "=OFFSET(A2,0,IF(A1<0.5,0,2))+2", "C3": 30,
        "A4": '=_xldudf_MC_OUTPUT("x")+A2', "A5": '=_xldudf_MC_OUTPUT("y")+A3',
    }  # fmt: skip
    for path in (book({"S": cells}), with_iteration(book({"S": cells}), "")):
        result = compute.Model.open(path).simulate(iterations=300, seed=1)
        first = result.inputs["S!A1"].samples < 0.5
        np.testing.assert_array_equal(result.outputs["x"].samples, np.where(first, 31.0, 23.0))
        np.testing.assert_array_equal(result.outputs["y"].samples, np.where(first, 33.0, 22.0))


def test_a_circle_of_constants_refuses_the_simulation_too(book: Callable[..., Path]) -> None:
    for closing in ("=A2", '=INDIRECT("A2")'):
        cells = {"A2": "=A3+1", "A3": closing, "A4": '=_xldudf_MC_OUTPUT("x")+A2+_xldudf_MC_UNIFORM(0,1)'}
        with pytest.raises(CircularReference, match="S!A2"):
            compute.Model.open(book({"S": cells})).simulate(iterations=10, seed=1)
