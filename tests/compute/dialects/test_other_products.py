"""Analytic Solver, ModelRisk and Crystal Ball: the law of every function against scipy's, by mean and percentile."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import compute
from compute.dialects import Canonicaliser, Draw, NotUnderstood, OutputMark, PerSimulation, crystal_ball, modelrisk, psi
from compute.dialects.signature import LawFunction
from compute.distributions import LAWS
from compute.formulas import parse
from compute.formulas.ast import ArrayConstant, Binary, Call, Node, Number, Unary
from compute.workbook.model import DefinedName, Sheet, Workbook

Build = Callable[..., Path]
BOOK = Workbook((Sheet("Sheet1"),))


def canonical(text: str, workbook: Workbook = BOOK) -> Node:
    return Canonicaliser(workbook)(parse(text, 1, 1))


def pert(low: float, mode: float, high: float, gamma: float = 4.0) -> Any:
    width = high - low
    return stats.beta(1 + gamma * (mode - low) / width, 1 + gamma * (high - mode) / width, low, width)


def lognormal(mean: float, sd: float) -> Any:
    variance = math.log(1 + (sd / mean) ** 2)
    return stats.lognorm(math.sqrt(variance), scale=mean / math.exp(variance / 2))


PSI = {
    "PsiBernoulli(0.3)": stats.bernoulli(0.3),
    "PsiBeta(2,5)": stats.beta(2, 5),
    "PsiBetaGen(2,5,10,30)": stats.beta(2, 5, 10, 20),
    "PsiBetaSubj(0,3,4,10)": stats.beta(2 * 4 * 2 / 10, 1.6 * 1.5, 0, 10),
    "PsiBinomial(9,0.3)": stats.binom(9, 0.3),
    "PsiBurr12(1,2,3,4)": stats.burr12(3, 4, 1, 2),
    "PsiCauchy(1,2)": stats.cauchy(1, 2),
    "PsiChiSquare(5)": stats.chi2(5),
    "PsiDagum(1,2,3,4)": stats.burr(3, 4, 1, 2),
    "PsiErf(2)": stats.norm(0, 1 / (2 * math.sqrt(2))),
    "PsiErlang(3,5)": stats.erlang(3, scale=5),
    "PsiExponential(4)": stats.expon(scale=4),
    "PsiFatigueLife(1,2,0.5)": stats.fatiguelife(0.5, 1, 2),
    "PsiFDist(5,9)": stats.f(5, 9),
    "PsiFrechet(1,2,3)": stats.invweibull(3, 1, 2),
    "PsiGamma(3,5)": stats.gamma(3, scale=5),
    "PsiGeometric(0.3)": stats.geom(0.3, loc=-1),
    "PsiHyperGeo(10,20,100)": stats.hypergeom(100, 20, 10),
    "PsiHypSecant(1,2)": stats.hypsecant(1, 4 / math.pi),
    "PsiIntUniform(3,9)": stats.randint(3, 10),
    "PsiInvNormal(3,7)": stats.invgauss(3 / 7, scale=7),
    "PsiJohnsonSB(1,2,3,9)": stats.johnsonsb(1, 2, 3, 6),
    "PsiJohnsonSU(1,2,3,9)": stats.johnsonsu(1, 2, 3, 9),
    "PsiLaplace(1,2)": stats.laplace(1, 2),
    "PsiLevy(1,2)": stats.levy(1, 2),
    "PsiLogarithmic(0.7)": stats.logser(0.7),
    "PsiLogistic(1,2)": stats.logistic(1, 2),
    "PsiLogLogistic(1,2,3)": stats.fisk(3, 1, 2),
    "PsiLogNormal(7,3)": lognormal(7, 3),
    "PsiLogNorm2(1,0.5)": stats.lognorm(0.5, scale=math.e),
    "PsiMaxExtreme(1,2)": stats.gumbel_r(1, 2),
    "PsiMinExtreme(1,2)": stats.gumbel_l(1, 2),
    "PsiMomentFit(1,2,0,3)": stats.norm(1, 2),
    "PsiNegBinomial(3,0.4)": stats.nbinom(3, 0.4),
    "PsiNormal(5,2)": stats.norm(5, 2),
    "PsiPareto(3,2)": stats.pareto(3, scale=2),
    "PsiPareto2(2,3)": stats.lomax(3, scale=2),
    "PsiPearson5(3,4)": stats.invgamma(3, scale=4),
    "PsiPearson6(3,4,5)": stats.betaprime(3, 4, scale=5),
    "PsiPert(1,2,9)": pert(1, 2, 9),
    "PsiPoisson(4)": stats.poisson(4),
    "PsiRayleigh(3)": stats.rayleigh(scale=3),
    "PsiReciprocal(1,9)": stats.loguniform(1, 9),
    "PsiStudent(5)": stats.t(5),
    "PsiTriangular(1,2,9)": stats.triang(1 / 8, 1, 8),
    "PsiTriangGen(1,2,9,0,1)": stats.triang(1 / 8, 1, 8),
    "PsiUniform(3,9)": stats.uniform(3, 6),
    "PsiWeibull(2,3)": stats.weibull_min(2, scale=3),
}
VOSE = {
    "VoseBernoulli(0.3)": stats.bernoulli(0.3),
    "VoseBeta(2,5)": stats.beta(2, 5),
    "VoseBeta4(2,5,10,30)": stats.beta(2, 5, 10, 20),
    "VoseBetaSubj(3,4,0,10)": stats.beta(2 * 4 * 2 / 10, 1.6 * 1.5, 0, 10),
    "VoseBinomial(9,0.3)": stats.binom(9, 0.3),
    "VoseBurr(1,2,3,4)": stats.burr(3, 4, 1, 2),
    "VoseCauchy(1,2)": stats.cauchy(1, 2),
    "VoseChiSq(5)": stats.chi2(5),
    "VoseDagum(3,2,4)": stats.burr(3, 4, 0, 2),
    "VoseErf(2)": stats.norm(0, 1 / (2 * math.sqrt(2))),
    "VoseErlang(3,5)": stats.erlang(3, scale=5),
    "VoseExpon(4)": stats.expon(scale=4),
    "VoseExtValueMax(1,2)": stats.gumbel_r(1, 2),
    "VoseExtValueMin(1,2)": stats.gumbel_l(1, 2),
    "VoseF(5,9)": stats.f(5, 9),
    "VoseFatigue(1,2,0.5)": stats.fatiguelife(0.5, 1, 2),
    "VoseGamma(3,5)": stats.gamma(3, scale=5),
    "VoseGeometric(0.3)": stats.geom(0.3, loc=-1),
    "VoseGEV(1,2,0.2)": stats.genextreme(-0.2, 1, 2),
    "VoseGPD(1,2,0.2)": stats.genpareto(0.2, 1, 2),
    "VoseHS(1,2)": stats.hypsecant(1, 4 / math.pi),
    "VoseHypergeo(10,20,100)": stats.hypergeom(100, 20, 10),
    "VoseInvGauss(3,7)": stats.invgauss(3 / 7, scale=7),
    "VoseJohnsonB(1,2,3,9)": stats.johnsonsb(1, 2, 3, 6),
    "VoseJohnsonU(1,2,9,3)": stats.johnsonsu(1, 2, 3, 9),
    "VoseLaplace(1,2)": stats.laplace(1, math.sqrt(2)),
    "VoseLevy(2,1)": stats.levy(1, 2),
    "VoseLogarithmic(0.7)": stats.logser(0.7),
    "VoseLogistic(1,2)": stats.logistic(1, 2),
    "VoseLogLogistic(3,2)": stats.fisk(3, 0, 2),
    "VoseLognormal(7,3)": lognormal(7, 3),
    "VoseLognormalE(1,0.5)": stats.lognorm(0.5, scale=math.e),
    "VoseModPERT(1,2,9)": pert(1, 2, 9),
    "VoseModPERT(1,2,9,7)": pert(1, 2, 9, 7),
    "VoseNegBin(3,0.4)": stats.nbinom(3, 0.4),
    "VoseNormal(5,2)": stats.norm(5, 2),
    "VosePareto(3,2)": stats.pareto(3, scale=2),
    "VosePareto2(2,3)": stats.lomax(3, scale=2),
    "VosePearson5(3,4)": stats.invgamma(3, scale=4),
    "VosePearson6(3,4,5)": stats.betaprime(3, 4, scale=5),
    "VosePERT(1,2,9)": pert(1, 2, 9),
    "VosePoisson(4)": stats.poisson(4),
    "VoseRayleigh(3)": stats.rayleigh(scale=3),
    "VoseReciprocal(1,9)": stats.loguniform(1, 9),
    "VoseSkewNormal(1,2,3)": stats.skewnorm(3, 1, 2),
    "VoseStepUniform(3,9,1)": stats.randint(3, 10),
    "VoseStudent(5)": stats.t(5),
    "VoseStudent3(1,2,5)": stats.t(5, 1, 2),
    "VoseTriangle(1,2,9)": stats.triang(1 / 8, 1, 8),
    "VoseTriangleAlt(1,2,9,0,1)": stats.triang(1 / 8, 1, 8),
    "VoseUniform(3,9)": stats.uniform(3, 6),
    "VoseWeibull(2,3)": stats.weibull_min(2, scale=3),
}
CB = {
    "CB.Beta(2,5,30)": stats.beta(2, 5, 0, 30),
    "CB.BetaPERT(1,2,9)": pert(1, 2, 9),
    "CB.Binomial(0.3,9)": stats.binom(9, 0.3),
    "CB.DiscreteUniform(3,9)": stats.randint(3, 10),
    "CB.Exponential(4)": stats.expon(scale=0.25),
    "CB.Gamma(10,5,3)": stats.gamma(3, 10, 5),
    "CB.Geometric(0.3)": stats.geom(0.3),
    "CB.Hypergeometric(20,10,100)": stats.hypergeom(100, 20, 10),
    "CB.Logistic(1,2)": stats.logistic(1, 2),
    "CB.Lognormal(7,3)": lognormal(7, 3),
    "CB.MaxExtreme(1,2)": stats.gumbel_r(1, 2),
    "CB.MinExtreme(1,2)": stats.gumbel_l(1, 2),
    "CB.NegBinomial(0.4,3)": stats.nbinom(3, 0.4, loc=3),
    "CB.Normal(5,2)": stats.norm(5, 2),
    "CB.Pareto(2,3)": stats.pareto(3, scale=2),
    "CB.Poisson(4)": stats.poisson(4),
    "CB.StudentT(1,2,5)": stats.t(5, 1, 2),
    "CB.Triangular(1,2,9)": stats.triang(1 / 8, 1, 8),
    "CB.Uniform(3,9)": stats.uniform(3, 6),
    "CB.Weibull(10,3,2)": stats.weibull_min(2, 10, 3),
    "CB.YesNo(0.3)": stats.bernoulli(0.3),
}
LISTS = {
    "PsiCumul(0,10,{2},{0.75})": 2.25,
    "PsiDblTriang(0,2,10,0.5)": 3.0,
    "PsiDiscrete({1,2,9},{1,1,2})": 5.25,
    "PsiDisUniform({1,2,9})": 4.0,
    "PsiGeneral(0,2,{1},{1})": 1.0,
    "PsiHistogram(0,2,{1,3})": 1.25,
    "PsiKumaraswamy(1,1,10,30)": 20.0,
    "PsiResample({1,2,9})": 4.0,
    "VoseCumulA(0,10,{2},{0.75})": 2.25,
    "VoseCumulD(0,10,{2},{0.75})": 4.75,
    "VoseDiscrete({1,2,9},{1,1,2})": 5.25,
    "VoseDUniform({1,2,9})": 4.0,
    "VoseHistogram(0,2,{1,3})": 1.25,
    "VoseKumaraswamy(1,1)": 0.5,
    "VoseKumaraswamy4(1,1,10,30)": 20.0,
    "VoseRelative(0,2,{1},{1})": 1.0,
}
"""Laws of lists, and those that scipy lacks, by their means."""


def law_of(text: str) -> Any:
    """The law that a call with constant parameters draws from, as an object of compute.distributions."""
    draw = canonical(text)
    assert isinstance(draw, Draw), draw
    law: Any = LAWS[draw.law](*(constant(p) for p in draw.parameters))
    for step in draw.adjustments:
        assert step.kind == "shift"
        law = law.shift(constant(step.low))
    return law


def constant(node: Node | None) -> Any:
    if isinstance(node, Number):
        return node.value
    if isinstance(node, ArrayConstant):
        return tuple(constant(n) for row in node.rows for n in row)
    if isinstance(node, Unary):
        return -constant(node.operand)
    assert isinstance(node, Binary)
    left, right = constant(node.left), constant(node.right)
    if node.operator == "-":
        return tuple(left - r for r in right) if isinstance(right, tuple) else left - right
    return left / right if node.operator == "/" else left * right


@pytest.mark.parametrize(("text", "law"), [*PSI.items(), *VOSE.items(), *CB.items()])
def test_every_law_is_the_products_own(text: str, law: Any) -> None:
    found = law_of(text)
    for p in (0.1, 0.37, 0.5, 0.83, 0.99):
        assert found.ppf(p) == pytest.approx(float(law.ppf(p)), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("text", "mean"), LISTS.items())
def test_laws_of_lists_have_the_means_worked_out_by_hand(text: str, mean: float) -> None:
    assert law_of(text).mean == pytest.approx(mean, rel=1e-9)


@pytest.mark.parametrize(
    ("functions", "prefix"), [(psi.FUNCTIONS, "Psi"), (modelrisk.FUNCTIONS, "Vose"), (crystal_ball.FUNCTIONS, "CB.")]
)
def test_every_function_stands_in_the_tables_above(functions: Mapping[str, LawFunction], prefix: str) -> None:
    told = {text.partition("(")[0] for text in (*PSI, *VOSE, *CB, *LISTS)}
    assert {n for n in told if n.startswith(prefix)} == {f.name for f in functions.values()}


@pytest.mark.parametrize(
    "text", ["PsiNormal(5,2)", "_xll.PsiNormal(5,2)", "[1]!PsiNormal(5,2)", "'rsp.xlam'!PsiNormal(5,2)"]
)
def test_stored_forms_of_a_psi_call(text: str) -> None:
    draw = canonical(text)
    assert isinstance(draw, Draw)
    assert (draw.law, draw.parameters) == ("NORMAL", (Number(5.0), Number(2.0)))


REFUSED = [
    ("PsiNormal(5,2,PsiTruncate(1,2,2))", "PsiNormal", "types 1"),
    ("PsiNormal(5,2,PsiShift(1),PsiCensor(1,2))", "PsiNormal", "PsiShift"),
    ("PsiNormal(5,2,PsiCensor(1,2,3))", "PsiNormal", "type 1"),
    ("PsiNormal(5,2,PsiCompound(A1,1,9))", "PsiNormal", "order is not documented"),
    ("PsiNormal(5,2,PsiCompound(A1),PsiCensor(1,2))", "PsiNormal", "PsiCensor comes before PsiCompound"),
    ("PsiNormal(5,2,PsiCompound())", "PsiNormal", "lacks the number of terms"),
    ("PsiLaplaceAlt(0.1,2,0.9,3)", "PsiLaplaceAlt", "not defined by percentiles"),
    ("PsiSimParam(1,9)", "PsiSimParam", "list or range"),
    ("PsiSenParam(1,9)", "PsiSenParam", "no base value"),
    ("PsiMetalog(0,1,{1,2})", "PsiMetalog", "metalogs"),
    ("_xll.PsiFrobnicate(1)", "PsiFrobnicate", "does not know"),
    ("VoseNormal(5,2,,VoseXBounds(1,2),VoseShift(3))", "VoseNormal", "order"),
    ("VoseNormal(5,2,0.5,7)", "VoseNormal", "VoseXBounds"),
    ("VoseNormalU(5,2)", "VoseNormalU", "left out"),
    ("VoseSimulate(1)", "VoseSimulate", "VoseNormalObject"),
    ("VoseNormalObject(0,1,0.5)", "VoseNormalObject", "no probability U"),
    ("VoseMean(3)", "VoseMean", "an object"),
    ("VoseMean(VoseFrobnicateObject(1))", "VoseFrobnicateobject", "this law"),
    ("VosePercentile(A1)", "VosePercentile", "an object"),
    ("VoseProb(3,4)", "VoseProb", "an object"),
    ("VoseNormalProb()", "VoseNormalProb", "left out"),
    ("VoseFrobnicateProb(1)", "VoseFrobnicateprob", "probabilities of this law"),
    ("VoseCopulaData(A1:B9)", "VoseCopulaData", "this form"),
    ("VoseCopulaBiClaytonFit(A1:B9)", "VoseCopulabiclaytonfit", "fitted anew"),
    ("VoseCopulaMultiNormal()", "VoseCopulaMultiNormal", "matrix is left out"),
    ("VoseCopulaBiClayton(1,2,3)", "VoseCopulaBiClayton", "3 arguments are given"),
    ("VoseAggregateMC(3,4)", "VoseAggregateMC", "an object"),
    ("VoseAggregateMC(3,VoseExponObject(1),0)", "VoseAggregateMC", "an argument of it"),
    ("VoseAggregateFFT(3,VoseExponObject(1))", "VoseAggregateFFT", "an object"),
    ("VoseAggregateDePril(A1,2,3)", "VoseAggregatedepril", "this form"),
    ("VoseRiskEvent(0.2)", "VoseRiskEvent", "an object"),
    ("VoseRiskEvent(0.2,VoseFrobnicateObject(1))", "VoseFrobnicateobject", "this law"),
    ("VoseTimeGBM(1,2)", "VoseTimegbm", "time series"),
    ("VoseNormalFit(A1:A9)", "VoseNormalfit", "fitted anew"),
    ("VoseStepUniform(0,10,2)", "VoseStepUniform", "step 1"),
    ("VoseFrobnicate(1)", "VoseFrobnicate", "does not have"),
    ("CB.Lognormal(0,7,3)", "CB.Lognormal", "cannot be told apart"),
    ("CB.Custom(A1:C3)", "CB.Custom", "one range of one column"),
    ("CB.GetForeStatFN(A1,B1)", "CB.GetForeStatFN", "1 to 13"),
    ("CB.Frobnicate(1)", "CB.Frobnicate", "does not have"),
]


@pytest.mark.parametrize(("text", "call", "reason"), REFUSED)
def test_what_has_no_meaning_is_named_with_its_reason(text: str, call: str, reason: str) -> None:
    found = canonical(text)
    assert isinstance(found, NotUnderstood), found
    assert (found.call, reason in found.reason) == (call, True), found.reason


@pytest.mark.parametrize("text", ["PsiScore(A1)", "PsiNormal(5,2)", "VoseNormal(5,2)"])
def test_a_function_of_the_workbooks_own_is_its_own(text: str) -> None:
    name = text.partition("(")[0]
    own = Workbook((Sheet("Sheet1"),), names=(DefinedName(name, "LAMBDA(a,b,a+b)"),))
    assert isinstance(canonical(text, own), Call)


@pytest.mark.parametrize(
    "name",
    [
        DefinedName("_xll.PsiNormal", "#NAME?", hidden=True),
        DefinedName("PsiNormal", "#NAME?", hidden=True),
        DefinedName("PsiNormal", "0", macro=True),
    ],
)
def test_what_excel_leaves_behind_for_an_addins_function_is_no_function(name: DefinedName) -> None:
    book = Workbook((Sheet("Sheet1"),), names=(name,))
    assert isinstance(canonical("_xll.PsiNormal(5,2)", book), Draw)
    assert isinstance(canonical("PsiNormal(5,2)", book), Draw)


def test_psi_parameters_for_each_simulation_and_sensitivity_step() -> None:
    assert canonical("PsiSimParam({1,2,3})") == PerSimulation((parse("{1,2,3}", 1, 1),))
    assert canonical("PsiSenParam(1,9,4)") == Number(4.0)


def test_psi_output_in_a_cell_of_its_own_marks_others() -> None:
    mark = canonical("PsiOutput(B1:B10)")
    assert isinstance(mark, OutputMark)
    assert mark.of == parse("B1:B10", 1, 1)


def values(book: Build, cells: Mapping[str, str]) -> Mapping[str, Any]:
    return compute.recalculate(book({"M": {k: f"={v}" for k, v in cells.items()}}))["M"]


PLACED = {
    "PsiNormal(5,2,PsiBaseCase(8))": 8.0,
    "PsiNormal(5,2,PsiStatic(9),PsiBaseCase(8))": 9.0,
    "PsiUniform(0,10,PsiTruncate(4,))": 7.0,
    "PsiUniform(0,10,PsiTruncate(0.2,0.4,3))": 3.0,
    "PsiNormal(5,2,PsiCensor(6,9))": 6.0,
    "PsiNormal(5,2,PsiCensor(1,4))": 4.0,
    "PsiNormal(5,2,PsiCensor(,9))": 5.0,
    "VoseUniform(0,10,,VoseXBounds(4,))": 7.0,
    "VoseUniform(0,10,,VosePBounds(0.2,0.4))": 3.0,
    "VoseUniform(0,10,,VoseShift(100))": 105.0,
    "VoseUniform(0,10,0.9)": 9.0,
    "VoseUniformU(0,10,0.9)": 9.0,
    "VoseUniform(0,10,0.5,VoseXBounds(4,))": 7.0,
    "VoseNormal(100,10,0.95)": 116.448536269514729,
    "VoseModPERT(0,5,10,,0.5)": 5.0,
    "VoseSimulate(VoseUniformObject(0,10))": 5.0,
    "VoseSimulate(VoseUniformObject(0,10),0.25)": 2.5,
    "VoseRiskEvent(0.2,VoseUniformObject(0,10))": 1.0,
    # 0 with probability 0.8, then the uniform law: at 0.9 half of it
    "VoseRiskEvent(0.2,VoseUniformObject(0,10),0.9)": 5.0,
    "VoseRiskEvent(0.2,VoseUniformObject(0,10),0.7)": 0.0,
    "VoseAggregateMC(3,VoseUniformObject(0,10))": 15.0,
    "VoseAggregateFFT(VosePoissonObject(4),VoseExponObject(5))": 20.0,
    "VoseAggregatePanjer(VosePoissonObject(4),VoseExponObject(5))": 20.0,
    "CB.Uniform(0,10,4)": 7.0,
    "CB.Uniform(0,10,,4)": 2.0,
    "CB.Uniform(0,10,2,4)": 3.0,
    # 10 + gamma cut to [15, ∞), which for shape 1 has no memory: 15 + 5
    "CB.Gamma(10,5,1,15)": 20.0,
}


@pytest.mark.parametrize(("text", "value"), PLACED.items())
def test_values_while_nothing_is_simulated(text: str, value: float, book: Build) -> None:
    assert values(book, {"A1": text})["A1"] == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("text", ["VoseNormal(0,1,1.5)", "VoseNormal(0,-1,0.5)"])
def test_an_impossible_quantile_is_an_error(text: str, book: Build) -> None:
    assert str(values(book, {"A1": text})["A1"]) == "#NUM!"


def test_a_quantile_follows_the_draw_that_gives_its_probability(book: Build) -> None:
    cells = {"A1": "=VoseUniform(0,1)", "A2": '=VoseOutput("x")+VoseExpon(4,A1)', "A3": "=VoseSimPercentile(A2,0.5)"}
    model = compute.Model.open(book({"M": cells}))
    assert list(model.inputs) == ["M!A1"]
    result = model.simulate(iterations=10_000)
    expected = -4.0 * np.log1p(-result.inputs["M!A1"].samples)
    assert result.outputs["x"].samples == pytest.approx(expected, rel=1e-9)
    assert {c.cell: c.value for c in result.filled}["M!A3"] == pytest.approx(4 * math.log(2), rel=1e-2)


def test_vose_names_are_kept_and_may_be_expressions(book: Build) -> None:
    cells = {
        "A1": '=VoseInput("Demand")+VoseNormal(10,1)',
        "B1": 2027,
        "B2": "=B1+1",
        "A2": '=VoseOutput("Revenue "&B1&"–"&B1,"$k")+A1*2',
    }
    model = compute.Model.open(book({"M": cells}))
    assert list(model.inputs) == ["Demand"]
    assert list(model.outputs) == ["Revenue 2027–2027"]
    assert model.describe().product == "ModelRisk"


def test_psi_outputs_of_a_range_and_statistics(book: Build) -> None:
    cells = {
        "A1": '=PsiNormal(10,1,PsiName("x"))',
        "A2": "=A1*2",
        "A3": "=A1*3+PsiOutput()",
        "B1": "=PsiOutput(A2)",
        "B2": "=PsiMean(A3)",
        "B3": "=PsiTheoStdDev(A1)",
    }
    model = compute.Model.open(book({"M": cells}))
    assert set(model.outputs) == {"M!A2", "M!A3"}
    filled = {c.cell: c.value for c in model.simulate(iterations=2_000).filled}
    assert filled["M!B2"] == pytest.approx(30, abs=0.01)
    assert filled["M!B3"] == pytest.approx(1.0)


def test_crystal_ball_statistics_count_in_percent(book: Build) -> None:
    cells = {
        "A1": '=CB.Uniform(0,10,,,"x")',
        "A2": "=A1*2",
        "B1": "=CB.GetForeStatFN(A2,2)",
        "B2": "=CB.GetForePercentFN(A2,90)",
        "B3": "=CB.GetCertaintyFN(A2,5)",
        "B4": "=CB.GetAssumPercentFN(A1,75)",
        "B5": "=CB.GetForeStatFN(A2,1)",
    }
    model = compute.Model.open(book({"M": cells}))
    assert list(model.inputs) == ["x"]
    filled = {c.cell: c.value for c in model.simulate(iterations=10_000).filled}
    assert filled["M!B1"] == pytest.approx(10, abs=0.01)
    assert filled["M!B2"] == pytest.approx(18, abs=0.01)
    assert filled["M!B3"] == pytest.approx(25, abs=0.1)
    assert filled["M!B4"] == pytest.approx(7.5)
    assert filled["M!B5"] == 10_000


def test_calls_that_are_not_understood_are_told_with_their_cells(book: Build) -> None:
    model = compute.Model.open(book({"M": {"A1": "=PsiNormal(1,2)+PsiOutput()", "A2": "=VoseTimeGBM(1,2)"}}))
    (found,) = model.unsupported
    assert (found.feature, found.cells) == ("VoseTimegbm", ("M!A2",))
    assert model.describe().product == "Analytic Solver + ModelRisk"


def test_events_and_sums_are_one_input_each(book: Build) -> None:
    cells = {
        "A1": '=VoseInput("Fire")+VoseRiskEvent(0.2,VoseUniformObject(0,10))',
        "A2": '=VoseInput("Claims")+VoseAggregateFFT(VosePoissonObject(4),VoseExponObject(5))',
        "A3": '=VoseOutput("Loss")+A1+A2',
    }
    result = compute.Model.open(book({"M": cells})).simulate(iterations=20_000)
    assert list(result.inputs) == ["Fire", "Claims"]
    assert result.inputs["Fire"].mean == pytest.approx(1.0, abs=0.02)
    claims = result.inputs["Claims"]
    # the sum of a Poisson number of terms: mean 4 · 5, variance 4 · (5² + 5²)
    assert claims.mean == pytest.approx(20, abs=0.2)
    assert claims.standard_deviation == pytest.approx(200**0.5, abs=0.3)
    assert result.outputs["Loss"].mean == pytest.approx(21, abs=0.25)


def test_campagna_draws_and_its_statistics(book: Build) -> None:
    cells = {
        "A1": "=_xll.CampagnaInputTriangular(1,2,9)", "A2": "=_xll.CampagnaInputBernoulli(0.3)", "A3": "=A1*A2",
        "B1": "=_xll.CampagnaOutputMean(A3)", "B2": "=_xll.CampagnaOutputPercentile(A1,0.5)",
        "B3": "=_xll.CampagnaOutputSingleSlice(A1,1)", "B4": "=_xll.CampagnaOutputProperties(1)",
    }  # fmt: skip
    model = compute.Model.open(book({"M": cells}))
    assert (model.describe().product, [u.cells for u in model.unsupported]) == ("Campagna", [("M!B4",)])
    result = model.simulate(iterations=20_000)
    filled = {c.cell: c.value for c in result.filled}
    assert filled["M!B3"] == result.inputs["M!A1"].samples[0]
    assert filled["M!B1"] == pytest.approx(4 * 0.3, abs=0.05)
    assert filled["M!B2"] == pytest.approx(9 - math.sqrt(0.5 * 8 * 7), abs=0.01)
