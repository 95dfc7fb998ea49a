"""What formulas show, recalculated by the reference backend; expectations are Excel's documented behaviour."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import compute

CELLS: dict[str, Any] = {
    "A1": 10, "A2": 20, "A3": 30, "A4": "x", "A5": True, "B1": 1.5, "B2": "12", "B4": "",
    "D1": "apple", "D2": "Pear", "E1": 5, "E2": 7,
}  # fmt: skip

TABLE: list[tuple[str, Any]] = [
    ("=A1+A2*2", 50.0),
    ("=-2^2", 4.0),
    ("=2^3^2", 64.0),
    ("=A1%", 0.1),
    ("=1/0", "#DIV/0!"),
    ("=A4+1", "#VALUE!"),
    ("=B2+1", 13.0),
    ("=A5+1", 2.0),
    ("=C1", 0.0),
    ("=C1&\"\"", ""),
    ('="a"&1.5&TRUE', "a1.5TRUE"),
    ('="A"="a"', True),
    ("=1<\"a\"", True),
    ("=\"z\"<TRUE", True),
    ("=C1=0", True),
    ('=C1=""', True),
    ("=0.1+0.2=0.3", True),
    ("=0.1+0.2-0.3", 0.0),
    ("=(0.1+0.2-0.3)*1", 5.551115123125783e-17),
    ("=0^0", "#NUM!"),
    ("=(-8)^(1/3)", "#NUM!"),
    ("=10^400", "#NUM!"),
    ("=IF(A1>5,\"big\",\"small\")", "big"),
    ("=IF(A1>50,1)", False),
    ("=IF(A1>5,,1)", 0.0),
    ("=IF(1/0,1,2)", "#DIV/0!"),
    ("=IFERROR(1/0,7)", 7.0),
    ("=IFERROR(A1,7)", 10.0),
    ("=IFNA(1/0,7)", "#DIV/0!"),
    ("=CHOOSE(2,1,A2,3)", 20.0),
    ("=CHOOSE(9,1,2)", "#VALUE!"),
    ("=IFS(A1>50,1,A1>5,2)", 2.0),
    ("=IFS(A1>50,1)", "#N/A"),
    ("=SUM(IFERROR(IF({1,#N/A;0,1},{1,2;3,4;5,6},9),100))", 314.0),
    ("=SUM(IFERROR(IFS({1,#N/A;0,1},{1,2;3,4;5,6},{1,1;1,1;1,1},9),100))", 314.0),
    ("=SUM(IFERROR(IFS({0,#N/A;0,0},1,{1,1;1,1;1,1},9),100))", 327.0),
    ("=SUM(IFERROR(CHOOSE({1,#N/A;2,1},{1,2;3,4;5,6},9),100))", 314.0),
    ("=SWITCH(A1,5,\"five\",10,\"ten\",\"other\")", "ten"),
    ("=SWITCH(99,5,\"five\",\"other\")", "other"),
    ("=SUM(A1:A5)", 60.0),
    ("=MROUND(,5)", "#N/A"),
    ("=MROUND(A1,)", "#N/A"),
    ("=MROUND(C1,5)", 0.0),
    ("=ROUND(,5)", 0.0),
    ("=SUM(A1,TRUE,\"3\")", 14.0),
    ("=SUM(A1:A2,Other!A1:A2)", 33.0),
    ("=SUM(Sheet1:Other!A1)", 11.0),
    ("=SUM((A1:A2,A3))", 60.0),
    ("=SUM(A1:A3 A2:C2)", 20.0),
    ("=A1:A3 B1:C1", "#NULL!"),
    ("=SUM(A:A)", 60.0),
    ("=LET(x,A1,y,x*2,x+y)", 30.0),
    ("=LAMBDA(x,y,x*y)(3,4)", 12.0),
    ("=SUM(MAP(A1:A3,LAMBDA(v,v*2)))", 120.0),
    ("=REDUCE(0,A1:A3,LAMBDA(a,v,a+v))", 60.0),
    ("=SUM(SCAN(0,A1:A3,LAMBDA(a,v,a+v)))", 100.0),
    ("=SUM(BYROW(A1:B2,LAMBDA(r,SUM(r))))", 31.5),
    ("=SUM(MAKEARRAY(2,3,LAMBDA(r,c,r*c)))", 18.0),
    ("=Rate*A1", 0.5),
    ("=Twice(4)", 8.0),
    ("=Fact5", 120.0),
    ("=nosuchname", "#NAME?"),
    ("=Missing!A1", "#REF!"),
    ("=SUMPRODUCT((A1:A3>15)*A1:A3)", 50.0),
    ("=_xll.RiskNormal(7,2)", 7.0),
    ("=_xldudf_MC_PERT(0,3,12)", 4.0),
    ('=_xldudf_MC_OUTPUT("x")+5', 5.0),
    ("=_xll.RiskNormal(7,2,_xll.RiskStatic(3))", 3.0),
    ("=_xldudf_MC_NORMAL(1,-1)", "#NUM!"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "expected"), TABLE)
def test_a_formula_shows_what_excel_shows(book: Callable[..., Path], formula: str, expected: Any) -> None:
    path = book(
        {"Sheet1": {**CELLS, "Z99": formula}, "Other": {"A1": 1, "A2": 2}},
        names={
            "Rate": "0.05",
            "Twice": "_xlfn.LAMBDA(_xlpm.n,_xlpm.n*2)",
            "Factorial": "_xlfn.LAMBDA(_xlpm.n,IF(_xlpm.n<2,1,_xlpm.n*Factorial(_xlpm.n-1)))",
            "Fact5": "Factorial(5)",
        },
    )
    value = compute.recalculate(path)["Sheet1"].get("Z99")
    shown = getattr(value, "code", value)
    if isinstance(expected, float):
        assert shown == pytest.approx(expected, rel=1e-14, abs=0)
    else:
        assert shown == expected
        assert type(shown) is type(expected)


def test_a_range_outside_an_array_formula_is_intersected(book: Callable[..., Path]) -> None:
    cells = {"A1": 1, "A2": 2, "A3": 3, "B2": "=A1:A3*10", "B9": "=A1:A3*10"}
    values = compute.recalculate(book({"S": cells}))["S"]
    assert values["B2"] == 20.0
    assert values["B9"].code == "#VALUE!"


def test_an_array_formula_fills_its_range_and_pads_with_na(book: Callable[..., Path]) -> None:
    cells = {"A1": 1, "A2": 2, "B1:B3": "=A1:A2*10", "D1:E2": "=A1:A2+1", "F1": "=SUM(B1:B2)"}
    values = compute.recalculate(book({"S": cells}))["S"]
    assert [values["B1"], values["B2"], values["B3"].code] == [10.0, 20.0, "#N/A"]
    assert [values["D1"], values["E1"], values["D2"], values["E2"]] == [2.0, 2.0, 3.0, 3.0]
    assert values["F1"] == 30.0


def test_filled_down_formulas_read_their_own_rows_and_columns(book: Callable[..., Path]) -> None:
    cells: dict[str, Any] = {}
    for row in range(1, 301):
        cells[f"A{row}"] = row
        cells[f"B{row}"] = f"=A{row}*$A$2+SUM(A{row}:A{row + 1})+SUM($A$1:$A$3)"
        cells[f"C{row}"] = f"=B{row}-A{row}" if row == 1 else f"=C{row - 1}+B{row}"
        cells[f"D{row}"] = f"=SUM(A$1:A{row})"
    values = compute.recalculate(book({"S": cells}))["S"]
    running = 0.0
    for row in range(1, 301):
        following = row + 1 if row < 300 else 0
        expected = row * 2 + row + following + 6
        assert values[f"B{row}"] == expected
        running = running + expected if row > 1 else expected - 1
        assert values[f"C{row}"] == running
        assert values[f"D{row}"] == row * (row + 1) / 2


def test_formulas_that_loop_show_zero_when_nothing_asks_them_to_iterate(book: Callable[..., Path]) -> None:
    values = compute.recalculate(book({"S": {"A1": "=B1+1", "B1": "=A1+1", "C1": 5}}))["S"]
    assert values["C1"] == 5.0
    assert isinstance(values["A1"], float)


def test_a_function_that_nobody_knows_is_a_name_error(book: Callable[..., Path]) -> None:
    values = compute.recalculate(book({"S": {"A1": "=FROBNICATE(1)", "A2": "=A1+1", "A3": "=2"}}))["S"]
    assert values["A1"].code == "#NAME?"
    assert values["A2"].code == "#NAME?"
    assert values["A3"] == 2.0


def test_a_sum_of_a_thousand_terms_is_no_deeper_than_a_sum_of_two(book: Callable[..., Path]) -> None:
    chain = "=" + "+".join(f"A{1 + i % 3}" for i in range(1000))
    values = compute.recalculate(book({"S": {"A1": 1, "A2": 2, "A3": 3, "B1": chain}}))["S"]
    assert values["B1"] == 1 + 333 * 6


def test_sumif_reads_beyond_a_smaller_sum_range(book: Callable[..., Path]) -> None:
    cells: dict[str, Any] = {f"A{r}": r % 2 for r in range(1, 7)} | {f"B{r}": f"=C{r}*10" for r in range(1, 7)}
    cells |= {f"C{r}": f"=ROW()+D{r}" for r in range(1, 7)} | {
        "D1": 1,
        "E1": "=SUMIF(A1:A6,1,B1)",
        "E2": "=SUMIF(A1:A3,1,B1)",
    }
    cells |= {"E3": "=SUMIF(A2:A4,1,B2)"}
    values = compute.recalculate(book({"S": cells}))["S"]
    assert [values["E1"], values["E2"], values["E3"]] == [20.0 + 30 + 50, 20.0 + 30, 30.0]
