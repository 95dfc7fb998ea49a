"""@RISK's and XLRisk's functions: the law of each, parameters in its order and units, and means worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import compute
from compute.dialects import Canonicaliser, Draw, NotUnderstood, atrisk, xlrisk
from compute.dialects.signature import LawFunction
from compute.distributions import LAWS
from compute.formulas import parse
from compute.formulas.ast import ArrayConstant, Binary, Call, Node, Number
from compute.workbook.model import Sheet, Workbook

Build = Callable[..., Path]


def canonical(text: str, *sheets: str) -> Node:
    workbook = Workbook(tuple(Sheet(name) for name in (sheets or ("Sheet1",))))
    return Canonicaliser(workbook)(parse(text, 1, 1))


# fmt: off
ATRISK = [
    ("Bernoulli", "BERNOULLI", "p"), ("Beta", "BETA", "alpha1 alpha2"),
    ("BetaGeneral", "BETAGENERAL", "alpha1 alpha2 min max"), ("BetaSubj", "BETASUBJ", "min mode mean max"),
    ("Binomial", "BINOMIAL", "n p"), ("Burr12", "BURR12", "loc scale shape1 shape2"), ("Cauchy", "CAUCHY", "loc scale"),
    ("Chisq", "CHISQ", "df"), ("Cumul", "CUMUL", "min max x p"), ("CumulD", "CUMUL", "min max x 1-p"),
    ("Dagum", "DAGUM", "loc scale shape1 shape2"), ("Discrete", "DISCRETE", "values probabilities"),
    ("DoubleTriang", "DOUBLETRIANG", "min mode max p_lower"), ("DUniform", "DUNIFORM", "values"), ("Erf", "ERF", "h"),
    ("Erlang", "ERLANG", "m scale"), ("Expon", "EXPONENTIAL", "mean"), ("Extvalue", "EXTVALUEMAX", "a b"),
    ("ExtvalueMin", "EXTVALUEMIN", "a b"), ("F", "F", "df1 df2"), ("FatigueLife", "FATIGUELIFE", "loc scale shape"),
    ("Frechet", "FRECHET", "loc scale shape"), ("Gamma", "GAMMA", "shape scale"), ("General", "GENERAL", "min max x w"),
    ("Geomet", "GEOMETRIC", "p"), ("Histogrm", "HISTOGRAM", "min max w"), ("Hypergeo", "HYPERGEO", "n d m"),
    ("HypSecant", "HYPSECANT", "loc scale"), ("IntUniform", "INTUNIFORM", "min max"),
    ("Invgauss", "INVGAUSS", "mu shape"), ("JohnsonMoments", "JOHNSONMOMENTS", "mean sd skewness kurtosis"),
    ("JohnsonSB", "JOHNSONSB", "shape1 shape2 min max"),
    ("JohnsonSU", "JOHNSONSU", "shape1 shape2 loc scale"), ("Kumaraswamy", "KUMARASWAMY", "alpha1 alpha2 min max"),
    ("Laplace", "LAPLACE", "mu sigma"), ("Levy", "LEVY", "loc scale"), ("Logistic", "LOGISTIC", "loc scale"),
    ("Loglogistic", "LOGLOGISTIC", "loc scale shape"), ("Lognorm", "LOGNORMAL", "mean sd"),
    ("Lognorm2", "LOGNORMAL2", "mu sigma"), ("Negbin", "NEGBIN", "s p"), ("Normal", "NORMAL", "mean sd"),
    ("Pareto", "PARETO", "shape scale"), ("Pareto2", "PARETO2", "scale shape"), ("Pearson5", "PEARSON5", "shape scale"),
    ("Pearson6", "PEARSON6", "shape1 shape2 scale"), ("Pert", "PERT", "min mode max"), ("Poisson", "POISSON", "mean"),
    ("Rayleigh", "RAYLEIGH", "b"), ("Reciprocal", "RECIPROCAL", "min max"), ("Resample", "RESAMPLE", "- data"),
    ("Student", "STUDENT", "df"), ("Tlognorm", "LOGNORMAL", "mean sd low high"),
    ("Tnormal", "NORMAL", "mean sd low high"), ("Triang", "TRIANGULAR", "min mode max"),
    ("Trigen", "TRIGEN", "bottom mode top p_bottom/100 p_top/100"), ("Uniform", "UNIFORM", "min max"),
    ("Weibull", "WEIBULL", "shape scale"),
]
"""@RISK's name, our law, and what each argument is to it in @RISK's order."""
XLRISK = [
    ("Bernoulli", "BERNOULLI", "p"), ("Beta", "BETAGENERAL", "alpha1 alpha2 min max"), ("Binomial", "BINOMIAL", "n p"),
    ("Cumul", "CUMUL", "min max x p"), ("Discrete", "DISCRETE", "values probabilities"),
    ("DUniform", "DUNIFORM", "values"), ("Erlang", "ERLANG", "m scale"), ("Expon", "EXPONENTIAL", "mean"),
    ("Gamma", "GAMMA", "shape scale"), ("LogNorm", "LOGNORMAL2", "mu sigma"), ("Normal", "NORMAL", "mean sd"),
    ("Pert", "PERT", "min mode max"), ("Triang", "TRIANGULAR", "min mode max"), ("Uniform", "UNIFORM", "min max"),
    ("Weibull", "WEIBULL", "shape scale"),
]
# fmt: on


def expected(meanings: str, law: str) -> dict[str, Node]:
    """The law's parameters where the k-th argument is the number k (method 2 before resampled data)."""
    found: dict[str, Node] = {}
    for position, meaning in enumerate(meanings.split(), 1):
        node: Node = Number(float(position))
        if meaning.endswith("/100"):
            meaning, node = meaning.removesuffix("/100"), Binary("/", node, Number(100.0))
        if meaning.startswith("1-"):
            meaning, node = meaning.removeprefix("1-"), Binary("-", Number(1.0), node)
        if meaning not in ("-", "low", "high"):
            found[meaning] = node
    return found


def read(name: str, meanings: str, *sheets: str) -> Draw:
    count = len(meanings.split())
    arguments = [str(k) for k in range(1, count + 1)]
    if meanings.startswith("-"):
        arguments[0] = "2"
    draw = canonical(f"_xll.Risk{name}({','.join(arguments)})", *sheets)
    assert isinstance(draw, Draw), draw
    return draw


def check(draw: Draw, law: str, meanings: str) -> None:
    names = [p.name for p in LAWS[law].parameters]
    assert draw.law == law
    assert dict(zip(names, draw.parameters, strict=True)) == expected(meanings, law)


@pytest.mark.parametrize(("name", "law", "meanings"), ATRISK)
def test_atrisk_parameters_reach_the_law_in_its_own_order(name: str, law: str, meanings: str) -> None:
    check(read(name, meanings), law, meanings)


@pytest.mark.parametrize(("name", "law", "meanings"), XLRISK)
def test_xlrisk_parameters_reach_the_law_in_its_own_order(name: str, law: str, meanings: str) -> None:
    check(read(name, meanings, "Sheet1", "XLRisk"), law, meanings)


@pytest.mark.parametrize(("functions", "table"), [(atrisk.FUNCTIONS, ATRISK), (xlrisk.FUNCTIONS, XLRISK)])
def test_every_function_stands_in_the_tables_above(
    functions: Mapping[str, LawFunction], table: list[tuple[str, str, str]]
) -> None:
    assert {f"Risk{name}" for name, _, _ in table} == {f.name for f in functions.values()}


@pytest.mark.parametrize("name", ["Tnormal", "Tlognorm"])
def test_legacy_truncated_forms_are_adjustments(name: str) -> None:
    draw = canonical(f"_xll.Risk{name}(1,2,,4,RiskShift(5))")
    assert isinstance(draw, Draw)
    assert [(a.kind, a.low, a.high) for a in draw.adjustments] == [
        ("truncate", None, Number(4.0)),
        ("shift", Number(5.0), None),
    ]


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("RiskBeta(2,3)", (0.0, 1.0)),
        ("RiskBeta(2,3,0.5)", (0.5, 1.0)),
        ("RiskBeta(2,3,,5)", (0.0, 5.0)),
        ("[1]!RiskBeta(2,3,4,9)", (4.0, 9.0)),
    ],
)
def test_the_limits_of_xlrisk_beta_may_be_left_out(text: str, limits: tuple[float, float]) -> None:
    draw = canonical(text, "xlrisk")
    assert isinstance(draw, Draw)
    assert draw.parameters[2:] == tuple(Number(v) for v in limits)


REFUSED = [
    ("_xll.RiskNormalAlt(5%,1,95%)", "RiskNormalAlt", "2 pairs"),
    ("_xll.RiskTrigenAlt(5%,1,50%,5,95%,10)", "RiskTrigenAlt", "not defined by percentiles"),
    ("_xll.RiskPoissonAltD(5%,1)", "RiskPoissonAltD", "not defined by percentiles"),
    ("_xll.RiskCompound(RiskPoisson(3))", "RiskCompound", "(frequency, severity, [deductible], [limit])"),
    ("_xll.RiskSplice(RiskNormal(1,2),7,2)", "RiskSplice", "right is no law"),
    ("_xll.RiskMakeInput(A1+A2,RiskShift(1))", "RiskMakeInput", "only a name"),
    ("_xll.RiskResample(1,A1:A9)", "RiskResample", "method 2"),
    ("_xll.RiskResample(3,A1:A9)", "RiskResample", "method 2"),
    ("_xll.RiskResample(B1,A1:A9)", "RiskResample", "method 2"),
    ("_xll.RiskNormal(,2)", "RiskNormal", "μ is left out"),
    ("_xll.RiskTrigen(1,2,3)", "RiskTrigen", "bottom%, top%"),
    ("_xll.RiskNormal(1,2,RiskMakeInput(A1))", "RiskNormal", "3 arguments are given"),
    ("_xll.RiskFrobnicate(1)", "RiskFrobnicate", "does not know"),
    ("_xll.RiskPercentile(A1)", "RiskPercentile", "a cell or name, then 1 number"),
    ("_xll.RiskCorrel(A1)", "RiskCorrel", "a cell or name and a cell or name"),
    ("_xll.RiskMean(A1,2,3)", "RiskMean", "3 arguments are given"),
]


@pytest.mark.parametrize(("text", "call", "reason"), REFUSED)
def test_what_has_no_meaning_is_named_with_its_reason(text: str, call: str, reason: str) -> None:
    found = canonical(text)
    assert isinstance(found, NotUnderstood)
    assert found.call == call
    assert reason in found.reason


@pytest.mark.parametrize(
    "text", ["RiskNormal(1,2,RiskCorrmat(A1:B2))", "RiskNormal(1,2,RiskTruncate(0,1))", "RiskNormal(1)"]
)
def test_xlrisk_calls_that_cannot_be_followed_are_refused(text: str) -> None:
    assert isinstance(canonical(text, "XLRisk"), NotUnderstood)


def test_functions_that_xlrisk_lacks_are_nobodys() -> None:
    assert isinstance(canonical("RiskLognorm2(1,2)", "XLRisk"), Call)


def test_a_lambda_may_be_called_risk_something() -> None:
    assert isinstance(canonical("RiskScore(A1)"), Call)


NORMAL_HALF = math.sqrt(2 / math.pi)
MEANS = [
    # where percentiles 0 and 100 are given, the law is the triangle itself
    ("_xll.RiskTrigen(2,4,9,0,100)", 5.0),
    ("_xll.RiskTrigen(-1,0,1,12.5,87.5)", 0.0),
    ("_xll.RiskLognorm(7,3)", 7.0),
    ("_xll.RiskLognorm2(1,0.5)", math.exp(1.125)),
    ("_xll.RiskExpon(4)", 4.0),
    ("_xll.RiskPareto(3,2)", 3.0),
    ("_xll.RiskPareto2(2,3)", 1.0),
    ("_xll.RiskBetaSubj(0,3,4,10)", 4.0),
    ("_xll.RiskBetaGeneral(2,3,10,20)", 14.0),
    ("_xll.RiskGamma(3,5)", 15.0),
    ("_xll.RiskPearson5(3,4)", 2.0),
    ("_xll.RiskInvgauss(3,7)", 3.0),
    ("_xll.RiskTnormal(0,1,0,)", NORMAL_HALF),
    ("_xll.RiskTnormal(10,1,9,11)", 10.0),
    ("_xll.RiskUniform(0,10,RiskTruncate(4,),RiskShift(100))", 107.0),
    ("_xll.RiskUniform(0,10,RiskTruncateP(0.2,0.4))", 3.0),
    # descending: P(X > 2) = 0.75, so a quarter lies in (0, 2) and the rest in (2, 10): 0.25·1 + 0.75·6
    ("_xll.RiskCumulD(0,10,{2},{0.75})", 4.75),
    ("_xll.RiskCumul(0,10,{2},{0.75})", 2.25),
    ("_xll.RiskHistogrm(0,2,{1,3})", 1.25),
    ("_xll.RiskDiscrete({1,2,9},{1,1,2})", 2.0),
    ("_xll.RiskHypergeo(10,20,100)", 2.0),
    ("_xll.RiskNegbin(3,0.5)", 3.0),
    ("_xll.RiskResample(2,{1,2,3})", 2.0),
    ("_xll.RiskNormal(3,1,RiskStatic(8))", 8.0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mean"), MEANS)
def test_static_values_are_the_means_of_the_products_own_laws(text: str, mean: float, book: Build) -> None:
    values = compute.recalculate(book({"M": {"A1": f"={text}"}}))
    assert values["M"]["A1"] == pytest.approx(mean, rel=1e-9, abs=1e-12)


XLRISK_MEANS = [
    ("RiskLogNorm(1,0.5)", math.exp(1.125)),
    ("RiskBeta(2,3)", 0.4),
    ("RiskBeta(2,3,10,20)", 14.0),
    ("RiskErlang(3,5)", 15.0),
    ("RiskWeibull(1,6)", 6.0),
]


@pytest.mark.parametrize(("text", "mean"), XLRISK_MEANS)
def test_static_values_of_xlrisk_laws(text: str, mean: float, book: Build) -> None:
    values = compute.recalculate(book({"M": {"A1": f"=[1]!{text}"}, "XLRisk": {"A1": "Simulation Settings"}}))
    assert values["M"]["A1"] == pytest.approx(mean, rel=1e-9)


def test_trigen_and_cumuld_read_parameters_from_cells(book: Build) -> None:
    cells = {
        "A1": 2, "A2": 4, "A3": 9, "A4": 0, "A5": 100, "B1": 2, "B2": 4, "C1": 0.75, "C2": 0.25,
        "D1": "=_xll.RiskTrigen(A1,A2,A3,A4,A5)", "D2": "=_xll.RiskCumulD(0,10,B1:B2,C1:C2)",
    }  # fmt: skip
    values = compute.recalculate(book({"M": cells}))["M"]
    assert values["D1"] == pytest.approx(5.0)
    # a quarter each in (0, 2) and (4, 10), half in (2, 4): 0.25·1 + 0.5·3 + 0.25·7
    assert values["D2"] == pytest.approx(3.5)


def test_statistics_in_cells_do_not_block_a_run(book: Build) -> None:
    cells = {
        "A1": "=_xll.RiskNormal(10,1)", "A2": '=_xll.RiskOutput("Profit")+A1*2',
        "A3": "=_xll.RiskMean(A2)", "A4": "=_xll.RiskPercentile(A2,0.95)",
    }  # fmt: skip
    model = compute.Model.open(book({"M": cells}))
    assert model.simulate(iterations=1_000).outputs["Profit"].mean == pytest.approx(20, abs=0.01)


def test_array_constants_stay_as_they_are() -> None:
    draw = canonical("_xll.RiskDUniform({1,2,3})")
    assert isinstance(draw, Draw)
    assert isinstance(draw.parameters[0], ArrayConstant)
