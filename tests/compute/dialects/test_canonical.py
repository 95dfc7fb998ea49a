"""Every product's calls, in every form in which files hold them, as draws and output marks."""

from __future__ import annotations

import pytest

from compute.dialects import Canonicaliser, Draw, NotUnderstood, OutputMark, draws, nodes, output_marks
from compute.formulas import parse
from compute.formulas.ast import Node, Number, Text
from compute.workbook.model import Sheet, Workbook


def canonical(text: str, *sheets: str) -> Node:
    workbook = Workbook(tuple(Sheet(name) for name in (sheets or ("Sheet1",))))
    return Canonicaliser(workbook)(parse(text, 1, 1))


STORED_FORMS = [
    "MC.NORMAL(100,10)",
    "_xldudf_MC_NORMAL(100,10)",
    "[2]!_xldudf_MC_NORMAL(100,10)",
    "_xll.MC.NORMAL(100,10)",
    "MC_NORMAL(100,10)",
    "'mc.xlam'!MC_NORMAL(100,10)",
    "[1]!MC_NORMAL(100,10)",
    "mc.normal(100,10)",
    "_xll.RiskNormal(100,10)",
    "RiskNormal(100,10)",
]


@pytest.mark.parametrize("text", STORED_FORMS)
def test_every_stored_form_is_the_same_draw(text: str) -> None:
    assert canonical(text) == Draw("NORMAL", (Number(100.0), Number(10.0)))


def test_properties_are_read_and_ordered_as_atrisk_applies_them() -> None:
    text = (
        '_xll.RiskNormal(1,2,_xll.RiskShift(5),_xll.RiskTruncate2(,9),_xll.RiskName("x"),_xll.RiskStatic(3),'
        '_xll.RiskTruncate(0,),_xll.RiskUnits("kg"))'
    )
    draw = canonical(text)
    assert isinstance(draw, Draw)
    assert [a.kind for a in draw.adjustments] == ["truncate", "shift", "truncate"]
    assert (draw.adjustments[0].low, draw.adjustments[0].high) == (Number(0.0), None)
    assert (draw.adjustments[2].low, draw.adjustments[2].high) == (None, Number(9.0))
    assert (draw.name, draw.static) == (Text("x"), Number(3.0))


def test_our_own_draws_take_a_name_and_properties() -> None:
    draw = canonical('MC.PERT(1,2,3,"Cost")')
    assert isinstance(draw, Draw)
    assert draw.name == Text("Cost")
    truncated = canonical("MC.NORMAL(0,1,MC.TRUNCATEP(0.1,0.9),MC.SHIFT(2))")
    assert isinstance(truncated, Draw)
    assert [a.kind for a in truncated.adjustments] == ["truncate_percentile", "shift"]


def test_draws_are_counted_in_the_order_of_the_text() -> None:
    tree = canonical("RiskNormal(RiskUniform(0,1),2)+IF(A1,RiskPoisson(3),RiskExpon(4))")
    assert [(d.ordinal, d.law) for d in draws(tree)] == [
        (1, "NORMAL"), (2, "UNIFORM"), (3, "POISSON"), (4, "EXPONENTIAL"),
    ]  # fmt: skip


def test_outputs_may_stand_anywhere_and_be_nameless() -> None:
    assert [m.name for m in output_marks(canonical('A1+_xll.RiskOutput("Profit","Range",3)'))] == [Text("Profit")]
    assert [m.name for m in output_marks(canonical("_xll.RiskOutput()+A1"))] == [None]
    assert canonical('MC.OUTPUT("x")') == OutputMark(Text("x"))
    assert canonical('MC.OUTPUT(,"Cash",2)') == OutputMark(None, Number(2.0), Text("Cash"))


@pytest.mark.parametrize("call", ['MC.OUTPUT("Cash",D5:M5)', 'MC.OUTPUT("Cash","Range",1,2)'])
def test_montecells_mark_is_for_its_own_cell(call: str) -> None:
    found = canonical(call)
    assert isinstance(found, NotUnderstood)
    assert "marks its own cell" in found.reason


NOT_UNDERSTOOD = [
    ("_xll.RiskCompound(RiskPoisson(3),1+RiskNormal(1,2))", "severity is no law"),
    ("_xll.RiskNormal(1,2,_xll.RiskCorrmat(A1:B2))", "correlation matrix lacks an argument"),
    ("_xll.RiskNormal(1,2,_xll.RiskCorrmat(A1:B2,1),_xll.RiskIndepC(1))", "correlated twice"),
    ("_xll.RiskNormal(1,2,_xll.RiskCopula(A1:B2,1))", "copula"),
    ("_xll.RiskNormal(1)", "(μ, σ)"),
    ("MC.NORMALLY(1,2)", "no function of that name"),
    ("MC.NORMAL(1)", "mean, sd"),
]


@pytest.mark.parametrize(("text", "reason"), NOT_UNDERSTOOD)
def test_what_has_no_meaning_here_says_so(text: str, reason: str) -> None:
    (found,) = [n for n in nodes(canonical(text)) if isinstance(n, NotUnderstood)]
    assert reason in found.reason


def test_xlrisk_is_not_mistaken_for_atrisk() -> None:
    here, there = canonical("RiskLogNorm(1,2)", "Sheet1", "XLRisk"), canonical("RiskLogNorm(1,2)")
    assert isinstance(here, Draw)
    assert isinstance(there, Draw)
    assert (here.law, there.law) == ("LOGNORMAL2", "LOGNORMAL")


def test_the_product_is_that_of_the_calls() -> None:
    canonicalise = Canonicaliser(Workbook((Sheet("S"),)))
    canonicalise(parse("RAND()", 1, 1))
    assert canonicalise.product == "Excel"
    canonicalise(parse("RiskNormal(1,2)", 1, 1))
    assert canonicalise.product == "@RISK"


def test_a_formula_of_nobody_is_left_alone() -> None:
    tree = parse("SUM(A1:A3)*RISK+MC", 1, 1)
    assert Canonicaliser(Workbook((Sheet("S"),)))(tree) is tree
