"""Laws as Crystal Ball's data spells them, against the draw that the function of the same law gives."""

from __future__ import annotations

import pytest

from compute.dialects.canonical import Draw, NotUnderstood
from compute.dialects.crystal_ball import canonical
from compute.dialects.crystal_ball_laws import MOVED, stored_law
from compute.formulas import parse
from compute.formulas.ast import Call, Node, Number

# The first four as workbooks have them; Crystal Ball's own report of that workbook lists the third as
# "Minimum 0, Maximum 1, Alpha 3, Beta 2". The others by the names in the User's Guide.
SAME = {
    "LogNormal,Mean=50,StdDev=10,Location=0": "CB.Lognormal(50,10)",
    "DPoisson,Rate=10": "CB.Poisson(10)",
    "Beta,Min=0,Max=1,Alpha=3,Beta=2": "CB.Beta(3,2,1)",
    "Normal,LoCut=0.01,Mean=0.1,StdDev=0.31622776601683794": "CB.Normal(0.1,0.31622776601683794,0.01)",
    "Normal,LoCut=1,HiCut=2,Mean=0,StdDev=1": "CB.Normal(0,1,1,2)",
    "Normal,Mean=3.9790393202565611E-16,StdDev=0.065": "CB.Normal(3.9790393202565611E-16,0.065)",
    "LogNormal,Mean=50,StdDev=10": "CB.Lognormal(50,10)",
    "BetaPERT,Min=1,Likeliest=2,Max=4": "CB.BetaPERT(1,2,4)",
    "Triangular,Minimum=1,Likeliest=2,Maximum=4": "CB.Triangular(1,2,4)",
    "Uniform,Min=1,Max=4": "CB.Uniform(1,4)",
    "Exponential,Rate=2": "CB.Exponential(2)",
    "Gamma,Location=1,Scale=2,Shape=3": "CB.Gamma(1,2,3)",
    "Weibull,Location=1,Scale=2,Shape=3": "CB.Weibull(1,2,3)",
    "Logistic,Mean=1,Scale=2": "CB.Logistic(1,2)",
    "Pareto,Location=1,Shape=2": "CB.Pareto(1,2)",
    "StudentT,Midpoint=1,Scale=2,Deg=5": "CB.StudentT(1,2,5)",
    "MaxExtreme,Likeliest=1,Scale=2": "CB.MaxExtreme(1,2)",
    "Minimum Extreme,Likeliest=1,Scale=2": "CB.MinExtreme(1,2)",
    "DBinomial,Prob=0.5,Trials=10": "CB.Binomial(0.5,10)",
    "DGeometric,Prob=0.2": "CB.Geometric(0.2)",
    "DNegBinomial,Prob=0.2,Shape=3": "CB.NegBinomial(0.2,3)",
    "DHypergeometric,Success=50,Trials=10,Population=100": "CB.Hypergeometric(50,10,100)",
    "DUniform,Min=1,Max=6": "CB.DiscreteUniform(1,6)",
    "YesNo,Prob=0.5": "CB.YesNo(0.5)",
}


def by_function(text: str) -> Node | None:
    call = parse(text, 1, 1)
    assert isinstance(call, Call)
    return canonical(call)


@pytest.mark.parametrize(("text", "function"), SAME.items())
def test_a_law_is_what_its_function_is(text: str, function: str) -> None:
    law = stored_law(text)
    assert law is not None
    assert law.draw({}, None) == by_function(function)


def test_a_beta_law_that_does_not_begin_at_0() -> None:
    law = stored_law("Beta,Min=-5,Max=5,Alpha=3,Beta=2")
    assert law is not None
    draw = law.draw({}, None)
    assert isinstance(draw, Draw)
    assert draw.law == "BETAGENERAL"
    assert draw.parameters == (Number(3.0), Number(2.0), Number(-5.0), Number(5.0))


def test_a_formula_in_the_place_of_a_parameter() -> None:
    law = stored_law("Normal,LoCut=-1,Mean=0,StdDev=1")
    assert law is not None
    cell = parse("M!$A$1", 1, 1)
    draw = law.draw({"STDDEV": cell, "LOCUT": cell}, None)
    assert isinstance(draw, Draw)
    assert draw.parameters == (Number(0.0), cell)
    assert draw.adjustments[0].low == cell


UNKNOWN = [
    "",
    "Normal",
    "Custom,1,2,3",
    "Normal,Mean=1",
    "Normal,Mean=1,StdDev=2,Shape=3",
    "Normal,Mean=1,Mean=2,StdDev=2",
    "Normal,P10=1,P90=2",
    "Normal,Mean=0,5,StdDev=1",
    "Normal,Mean=x,StdDev=1",
    "Unheard,Mean=1",
    "LogNormal,LogMean=1,LogStdDev=2",
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_not_known_for_certain_is_no_law(text: str) -> None:
    assert stored_law(text) is None


def test_a_lognormal_law_with_a_location_is_refused() -> None:
    law = stored_law("LogNormal,Mean=50,StdDev=10,Location=5")
    assert law is not None
    assert law.draw({}, None) == NotUnderstood("LogNormal", MOVED)
