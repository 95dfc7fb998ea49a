"""Montecell's own functions: every law, optional parameters, names and property functions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import compute
from compute.dialects import Canonicaliser, Draw, NotUnderstood
from compute.dialects.montecell import function_name
from compute.dialects.written import montecell_formula
from compute.distributions import LAWS
from compute.formulas import parse
from compute.formulas.ast import Node, Number, Text
from compute.workbook.model import Sheet, Workbook

Build = Callable[..., Path]
FORMS = ["MC.{}", "_xldudf_MC_{}", "[2]!_xldudf_MC_{}", "_xll.MC.{}", "'mc.xlam'!MC_{}"]


def canonical(text: str) -> Node:
    return Canonicaliser(Workbook((Sheet("Sheet1"),)))(parse(text, 1, 1))


def drawn(text: str) -> Draw:
    found = canonical(text)
    assert isinstance(found, Draw), found
    return found


def numbers(count: int) -> tuple[Number, ...]:
    return tuple(Number(float(k)) for k in range(1, count + 1))


def call(name: str, *further: str, count: int | None = None) -> str:
    count = len(LAWS[name].parameters) if count is None else count
    return f"{name}({','.join([*(str(k) for k in range(1, count + 1)), *further])})"


@pytest.mark.parametrize("name", LAWS)
def test_every_law_is_a_function_in_every_stored_form(name: str) -> None:
    wanted = Draw(name, numbers(len(LAWS[name].parameters)))
    for form in FORMS:
        assert canonical(call(name).replace(name, form.format(name), 1)) == wanted


@pytest.mark.parametrize("name", LAWS)
def test_every_law_takes_a_name_and_properties(name: str) -> None:
    draw = drawn("MC." + call(name, '"Cost"', "MC.SHIFT(7)", "MC.STATIC(8)"))
    assert draw.name == Text("Cost")
    assert draw.static == Number(8.0)
    assert [(a.kind, a.low) for a in draw.adjustments] == [("shift", Number(7.0))]
    assert len(draw.parameters) == len(LAWS[name].parameters)


@pytest.mark.parametrize("name", LAWS)
def test_every_law_says_what_it_takes_when_a_required_parameter_is_missing(name: str) -> None:
    required = [p.name for p in LAWS[name].parameters if p.default is None]
    found = canonical("MC." + call(name, count=len(required) - 1))
    assert isinstance(found, NotUnderstood)
    assert found.call == f"MC.{name}"
    assert f"{required[-1]} is left out" in found.reason


def test_an_optional_parameter_may_be_left_out() -> None:
    for text in ("MC.MODPERT(1,2,3)", "MC.MODPERT(1,2,3,)", "MC.MODPERT(1,2,3,,)"):
        assert drawn(text) == Draw("MODPERT", numbers(3))
    for text in ('MC.MODPERT(1,2,3,,"Cost")', 'MC.MODPERT(1,2,3,"Cost")', 'MC.MODPERT(1,2,3,MC.NAME("Cost"))'):
        assert drawn(text) == Draw("MODPERT", numbers(3), name=Text("Cost"))
    assert drawn("MC.MODPERT(1,2,3,4)") == Draw("MODPERT", numbers(4))


def test_property_functions_are_applied_in_their_own_order() -> None:
    draw = drawn("MC.NORMAL(1,2,MC.SHIFT(3),MC.TRUNCATE(,4))")
    assert [(a.kind, a.low, a.high) for a in draw.adjustments] == [
        ("truncate", None, Number(4.0)),
        ("shift", Number(3.0), None),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("MC.NORMAL(1,2,3,4)", "4 arguments are given"),
        ("MC.NORMAL(,2)", "mean is left out"),
        ("MC.MODPERT(1,2)", "[gamma=4]"),
        ("MC.NORMAL(1,2,MC.COPULAT(A1:B2,1))", "t copula lacks an argument"),
    ],
)
def test_calls_that_do_not_fit_are_refused(text: str, reason: str) -> None:
    found = canonical(text)
    assert isinstance(found, NotUnderstood)
    assert reason in found.reason


MEANS = [
    ("MC.MODPERT(0,5,20)", 20 / 3),
    ("MC.MODPERT(0,5,20,2)", 7.5),
    ('MC.MODPERT(0,5,20,"Cost")', 20 / 3),
    ("MC.TRIGEN(2,4,9,0,1)", 5.0),
    ("MC.UNIFORM(0,10,MC.TRUNCATE(4,),MC.SHIFT(100))", 107.0),
    ("MC.UNIFORM(0,10,MC.TRUNCATEP(0.2,0.4))", 3.0),
    ("MC.NORMAL(3,1,MC.STATIC(8))", 8.0),
    ("MC.STUDENT3(5,2,9)", 5.0),
]


@pytest.mark.parametrize(("text", "mean"), MEANS)
def test_static_values(text: str, mean: float, book: Build) -> None:
    assert compute.recalculate(book({"M": {"A1": f"={text}"}}))["M"]["A1"] == pytest.approx(mean, rel=1e-12)


def test_the_f_law_has_a_name_that_excel_takes() -> None:
    assert drawn("MC.FDIST(5,10)") == drawn("MC.F(5,10)")
    assert drawn("_xldudf_MC_FDIST(5,10)").law == "F"
    assert drawn("MC.FDISTALT(0.1,0.3,0.9,2)") == drawn("MC.FALT(0.1,0.3,0.9,2)")
    assert montecell_formula(LAWS["F"], (5.0, 10.0)) == "=MC.FDIST(5,10)"
    assert all(len(function_name(law)) >= 3 for law in LAWS)
