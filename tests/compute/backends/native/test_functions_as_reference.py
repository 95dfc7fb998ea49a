"""Functions in native code against the reference backend on the same draws: numbers to 1e-12, errors exactly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from compute.backends.native import NativeMachine
from compute.backends.reference import BlockResult
from compute.errors import ErrorCode
from compute.sampling import sampler
from tests.compute.backends.native.machines import LANES, both, machine_of

CELLS: dict[str, object] = {
    "A1": "=_xldudf_MC_NORMAL(100,10)",
    "A2": "=_xldudf_MC_UNIFORM(-2,2)",
    "A3": "=_xldudf_MC_BERNOULLI(0.3)",
    "A4": "=_xldudf_MC_TRIANGULAR(0,3,12)",
    "A5": "=_xldudf_MC_LOGNORMAL(50,20)",
    "A6": "=_xldudf_MC_EXPONENTIAL(4)",
    "A7": "=1/A3",
    **{f"D{i}": i * 10 for i in range(1, 31)},
    **{f"E{i}": i * i for i in range(1, 31)},
    **{f"F{i}": "north" if i % 3 else "south" for i in range(1, 31)},
    **{f"H{i}": f"=A$4*D{i}-E{i}+A$2*{i % 7}" for i in range(1, 31)},
    **{f"J{i}": f"=MOD(A$2*{i * 3.7},100)+A$1" for i in range(1, 101)},
    **{f"K{i}": f"=INT(J{i}/20)" for i in range(1, 101)},
    **{f"L{i}": f"=A{i}>1" for i in range(1, 4)},
    **{f"{c}1": i * 2 for i, c in enumerate("MNOPQ")},
    **{f"{c}2": i * 5 + 1 for i, c in enumerate("MNOPQ")},
    **{f"{c}3": f"=A1+{c}1" for c in "MNOPQ"},
    "G1": "text", "G3": True, "G4": 2.5,
    # Two errors, of which the first met counts; T5 varies.
    "T1": 3, "T2": "#DIV/0!", "T3": "#N/A", "T4": 7, "T5": "=A2", "T6": "x",
}  # fmt: skip
ROUNDING = [
    "=ROUND(A1,2)", "=ROUND(A2*1000,-2)", "=ROUND(A2,0)", "=ROUND(A1/A3,1)", "=ROUND(INT(A4)/8,2)",
    "=ROUND(A3*1.005,2)",
    "=ROUNDUP(A2,1)", "=ROUNDUP(INT(A4)*0.1,1)", "=ROUNDDOWN(A2,2)", "=ROUNDDOWN(INT(A4)*0.1*3,1)", "=TRUNC(A2)",
    "=TRUNC(A1,1)", "=TRUNC(A1*1E15,3)", "=INT(A2)", "=INT(A3+0.1*3*10)", "=INT(-INT(A4)*0.1*10)", "=INT(A7)",
    "=MOD(A1,7)", "=MOD(A2,0.3)", "=MOD(A2,-0.3)", "=MOD(INT(A4)*1.1,0.1)", "=MOD(A1,A3)", "=MOD(A1*1E13,3)",
    "=MOD(A7,3)", "=CEILING(A2,0.5)", "=CEILING(A2,-0.5)", "=FLOOR(A2,0.5)", "=FLOOR(A2,A3)", "=FLOOR(A2,-0.5)",
    "=CEILING(INT(A4)*0.1,0.1)", "=CEILING.MATH(A2,0.3)", "=CEILING.MATH(A2,0.3,1)", "=FLOOR.MATH(A2)",
    "=FLOOR.MATH(A2,0.3,1)", "=ROUND(A1*1E14,0)", "=ROUNDUP(A2*1E-20,0)", "=ROUND(A2*1E-5,7)",
]  # fmt: skip
STATISTICS = [
    "=COUNT(A1:A7,G1:G4)", "=COUNTA(A1:A7,G1:G4)", "=AVERAGE(A1:A6,A2)", "=AVERAGE(A1:A6,D1:D4,3,A2*2)",
    "=AVERAGE(A1:A7)", "=LARGE(A1:A6,2)", "=LARGE(A1:A6,A4)", "=LARGE(A1:A7,A4)", "=SMALL(H1:H30,3)",
    "=SMALL(H1:H30,A4)",
    "=LARGE(J1:J100,10)", "=LARGE(J1:J100,A1)", "=SMALL(J1:J100,1)", "=LARGE(J1:J100,1)", "=SMALL(J1:J100,100)",
    "=MEDIAN(A1:A6)", "=MEDIAN(A1:A5)", "=MEDIAN(J1:J100)", "=MEDIAN(J1:J99)", "=MEDIAN(A1:A7)",
    "=PERCENTILE(J1:J100,0.95)", "=PERCENTILE(J1:J100,A2)", "=PERCENTILE.INC(H1:H30,0.1)",
    "=PERCENTILE.EXC(H1:H30,0.05)",
    "=PERCENTILE.EXC(J1:J100,A2)", "=QUARTILE(J1:J100,3)", "=QUARTILE.EXC(H1:H30,A4)", "=QUARTILE.INC(H1:H30,A4)",
    "=STDEV(A1:A6)", "=STDEV.P(A1:A6)", "=VAR.S(J1:J100)", "=VARP(A1:A7)", "=VAR(A1:A1)", "=SUMSQ(A1:A6)",
    "=PERCENTILE(K1:K100,0.3)", "=SMALL(K1:K100,A1)",
    "=COUNTIF(A1:A7,\">3\")", "=SUMIF(A1:A6,\"<=50\",D1:D6)", "=SUMIF(A1:A7,\">1\")", "=COUNTIF(K1:K100,5)",
    "=COUNTIF(D1:D30,\">\"&A4*10)", "=COUNTIF(J1:J100,\"<\"&A5)", "=SUMIF(D1:D30,\">=\"&A5,H1:H30)",
    "=COUNTIF(K1:K100,INT(A4))", "=SUMIF(F1:F30,\"south\",H1:H30)", "=SUMIFS(H1:H30,F1:F30,\"n*\",D1:D30,\">50\")",
    "=SUMIFS(H1:H30,F1:F30,\"south\",H1:H30,\">0\")", "=AVERAGEIFS(H1:H30,F1:F30,\"south\")",
    "=AVERAGEIF(J1:J100,\">\"&A1)", "=AVERAGEIF(J1:J100,\">1000\")", "=COUNTIFS(F1:F30,\"south\",H1:H30,\"<=100\")",
    "=COUNTIFS(D1:D30,\">50\",D1:D30,\"<100\")+A1", "=SUMIFS(H1:H30,E1:E30,\"<>4\")",
    "=SUMIFS(H1:H30,D1:D30,\"<=\"&D5)", "=SUMIFS(A1:A7,D1:D7,\">10\")",
    "=MAXIFS(H1:H30,F1:F30,\"south\")", "=MINIFS(H1:H30,F1:F30,\"south\")",
]  # fmt: skip
CURVES = [
    "=LOG10(A4)", "=LOG10(A2)", "=LOG10(A3)", "=INT(LOG10(1000+A3*9000))", "=LOG(A4,3)", "=LOG(A4)", "=LOG(A4,A3)",
    "=LOG(A7,A3)", "=PI()*A1", "=NORM.INV(A2,10,3)", "=NORMINV(ABS(A2)/2,A1,A4)", "=NORM.S.INV(A2)",
    "=NORM.INV(0.3,A1,A2)",
    "=NORM.DIST(A1,100,A4,FALSE)", "=NORM.DIST(A1,100,A2,FALSE)", "=NORM.S.DIST(A2,FALSE)",
    "=PMT(0.05/12,360,A1*1000)", "=PMT(A1/1000,A4+5,A5,A1,1)", "=PMT(A2,10,A5)", "=PMT(0,10,A5)",
    "=PMT(A3*0.05,A3*7,100)",
    "=PV(A1/1000,10,A5)", "=PV(0.05,A4+3,A5,A1,1)", "=FV(A1/1000,10,A5,A1)", "=FV(0,10,A5,A1)",
    "=NPER(A1/1000,-A5,100)",
    "=NPER(0,-A5,100)", "=NPER(0.01,A3*-20,1000,A1)",
]  # fmt: skip
ELEMENTARY = [
    "=SIN(A1)", "=SIN(A2*1E8)", "=COS(A1)", "=COS(A2*1E8)", "=TAN(A2*7)", "=TAN(PI()/2+A3)", "=COS(PI()/2+A3*PI())",
    "=SIN(A7)",
    "=SEC(A2)", "=CSC(A2)", "=CSC(A3)", "=COT(A3)", "=COT(A2)", "=SECH(A2)", "=CSCH(A2)", "=CSCH(A3)", "=COTH(A2)",
    "=ASIN(A2)", "=ACOS(A2)", "=ACOS(A2/2)", "=ATAN(A2)", "=ATAN(A1)", "=ATAN2(A2,A4)", "=ATAN2(A2,-A4)",
    "=ATAN2(A3,0)",
    "=ATAN2(A7,A7)", "=SINH(A2)", "=SINH(A1*8)", "=COSH(A2)", "=COSH(A1*8)", "=TANH(A2)", "=ASINH(A2)", "=ASINH(A1)",
    "=ACOSH(A2)", "=ACOSH(A4)", "=ATANH(A2)", "=ATANH(A2/2)", "=ATANH(A3)", "=ACOT(A2)", "=ACOTH(A2)", "=ACOTH(A3)",
    "=RADIANS(A1)", "=DEGREES(A2)", "=ERF(A2)", "=ERF(A2,A4)", "=ERF.PRECISE(A2)", "=ERFC(A2)", "=ERFC(A4)",
    "=GAUSS(A2)",
    "=PHI(A2)", "=FISHER(A2)", "=FISHERINV(A2)", "=NORMSDIST(A2)", "=NORM.S.DIST(A2,TRUE)", "=NORM.S.DIST(-A4*3,1)",
    "=NORM.DIST(A1,100,A4,TRUE)", "=NORM.DIST(A1,100,A2,TRUE)", "=NORMDIST(A7,1,2,TRUE)",
    "=LOGNORM.DIST(A4,1,0.5,TRUE)",
    "=LOGNORM.DIST(A4,1,0.5,FALSE)", "=LOGNORM.DIST(A2,1,A4,TRUE)", "=LOGNORMDIST(A5,4,A2)",
    "=LOGNORM.INV(ABS(A2)/2,1,0.5)",
    "=LOGINV(A2,1,0.5)", "=EXPON.DIST(A4,0.5,TRUE)", "=EXPON.DIST(A4,0.5,FALSE)", "=EXPONDIST(A2,A4,TRUE)",
    "=WEIBULL.DIST(A4,1.5,5,TRUE)", "=WEIBULL.DIST(A4,1.5,5,FALSE)", "=WEIBULL(A3,0.5,2,FALSE)",
    "=WEIBULL(A2,A4,2,TRUE)",
]  # fmt: skip
INVERSES = [
    "=GAMMA.INV(ABS(A2)/2,2,3)", "=GAMMAINV(A2,2.5,3)", "=BETA.INV(ABS(A2)/2,2,3)", "=BETA.INV(ABS(A2)/2,2,3,10,20)",
    "=BETAINV(A2,2,D1/20,1,4)", "=CHISQ.INV(ABS(A2)/2,5.7)", "=F.INV(ABS(A2)/2,5,7)",
    "=BINOM.INV(20,0.3,ABS(A2)/2)", "=CRITBINOM(D2,0.5,A2)", "=GAMMA.INV(1/A3-0.5,2,3)",
]  # fmt: skip
LAWS = [
    "LOGISTIC(3,2)", "LAPLACE(3,2)", "EXTVALUEMAX(1,2)", "EXTVALUEMIN(1,2)", "WEIBULL(1.7,40)", "WEIBULL(0.6,A4+1)",
    "RAYLEIGH(5)", "PARETO(2.5,10)", "PARETO2(10,2.5)", "LOGLOGISTIC(1,10,3)", "FRECHET(1,10,3)", "BURR12(0,10,2,3)",
    "DAGUM(0,10,2,3)", "KUMARASWAMY(2,3,-1,5)", "GEOMETRIC(0.2)", "INTUNIFORM(-3,6)", "INTUNIFORM(0,1000000)",
    "PERT(0,3,10)", "PERT(-5,-1,0)", "PERT(D1,D2,D5)", "MODPERT(0,3,10,6)", "BETA(2,3)", "BETAGENERAL(2,3,1,5)",
    "GAMMA(2,5)", "ERLANG(3,2)", "CHISQ(5)", "STUDENT(4)", "STUDENT3(1,2,5)", "F(5,7)", "CAUCHY(1,2)", "PEARSON5(3,2)",
    "PEARSON6(3,4,2)", "LEVY(1,2)", "FATIGUELIFE(0,1,0.5)", "JOHNSONSB(1,2,0,1)", "RECIPROCAL(1,9)", "GPD(1,2,0.3)",
    "POISSON(7)", "BINOMIAL(20,0.3)", "NEGBIN(3,0.2)", "HYPERGEO(10,30,100)", "LOGARITHMIC(0.6)",
    "DISCRETE({1,2,5},{0.2,0.5,0.3})", "DISCRETE(D1:D9,E1:E9)", "DUNIFORM({3,1,4})", "RESAMPLE(E1:E30)",
    "GAMMA(2,A4)", "STUDENT3(A1,A4,5)", "CAUCHY(A1,A5)", "PEARSON6(3,4,A4+1)", "FATIGUELIFE(A2,A4,D1/20)",
    "TRIGEN(1,3,8,0.1,0.9)", "CUMUL(0,10,{2,5},{0.3,0.8})", "CUMUL(0,10,{2,5},{0.3,0.8},_xldudf_MC_SHIFT(7))",
    "GENERAL(0,10,{2,5},{1,3})", "HISTOGRAM(0,10,{2,5,1,0,3})", "DOUBLETRIANG(0,3,10,0.4)",
    "NORMAL(5,1,_xldudf_MC_TRUNCATE(4,))", "GAMMA(2,5,_xldudf_MC_TRUNCATE(1,30),_xldudf_MC_SHIFT(3))",
    "LOGNORMAL(50,20,_xldudf_MC_TRUNCATEP(0.05,0.95))", "POISSON(7,_xldudf_MC_TRUNCATE(3,9))",
    "PERT(1,2,5,_xldudf_MC_SHIFT(9))",
]  # fmt: skip
ELEMENTS = [
    "=SUMPRODUCT(ABS(H1:H9))", "=SUMPRODUCT((H1:H9>5)*D1:D9)", "=SUMPRODUCT(--(H1:H9>A1))", "=SUMPRODUCT(A1:A7*D1:D7)",
    "=SUMPRODUCT((F1:F9=\"south\")*H1:H9)", "=SUMPRODUCT(H1:H9/A3,D1:D9)", "=SUMPRODUCT(ROUND(H1:H9,0)^2,D1:D9)",
    "=AND(H1:H9)", "=OR(A3:A3,A2>1)", "=AND(A1:A7)", "=OR(L1:L3)", "=AND(A1>0,L1:L3)",
    "=IFS(A1>110,1,A1>100,A2,A2>0,3)", "=IFS(A7>0,A2,TRUE,2)", "=SWITCH(INT(A4),1,A1,2,A2,3,7)", "=SWITCH(A7,1,A1,A2)",
    "=SWITCH(INT(A4),1,A1,0)", "=HLOOKUP(A4,M1:Q3,2)", "=HLOOKUP(INT(A4),M1:Q3,3,FALSE)", "=HLOOKUP(A2,M1:Q3,2)",
    "=XLOOKUP(INT(A4)*10,D1:D30,E1:E30)", "=XLOOKUP(INT(A4),M1:Q1,M3:Q3)", "=XLOOKUP(A7,D1:D30,E1:E30)",
    "=VLOOKUP(A4*10,D1:H30,5)",
]  # fmt: skip
FIXED_ERRORS = [
    "=SUM(T1:T5)", "=SUM(T3:T5)", "=SUM(A7,T1:T5)", "=MAX(T1:T5)", "=AVERAGE(T1:T6)", "=COUNT(T1:T6)", "=MEDIAN(T1:T5)",
    "=COUNTIF(T1:T6,\">\"&A4)", "=SUMIF(T1:T6,\">1\")+A2", "=SUMIF(D1:D5,\">\"&A4,T1:T5)",
    "=SUMIF(D1:D5,\"<15\",T1:T5)+A1",
    "=SUMPRODUCT(T1:T5,D1:D5)", "=INDEX(T1:T5,A4/2+1)", "=AND(T1:T5)", "=NPV(0.1,T1:T5)", "=IRR(T1:T5)",
    "=LARGE(T1:T5,A3+1)",
    "=COUNTIF(T1:T6,A2)", "=IFERROR(SUM(T1:T5),A1)", "=VLOOKUP(A3*20,D1:T5,17,FALSE)", "=A1+T3", "=STDEV(T1:T5)",
]  # fmt: skip
FORMULAS = [
    *FIXED_ERRORS,
    *ROUNDING,
    *STATISTICS,
    *CURVES,
    *ELEMENTARY,
    *INVERSES,
    *ELEMENTS,
    *(f"=_xldudf_MC_{law}" for law in LAWS),
]


class Asked:
    """Stands where the reference backend would be asked for iterations in doubt."""

    def run(self, *asked: object) -> BlockResult:
        raise AssertionError(f"the reference backend was asked for {asked}")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> NativeMachine:
    """All formulas in one workbook, compiled once."""
    cells = {**CELLS, **{f"B{i + 1}": formula for i, formula in enumerate(FORMULAS)}}
    outputs = [f"S!B{i + 1}" for i in range(len(FORMULAS))]
    return machine_of(tmp_path_factory.mktemp("book") / "model.xlsx", cells, outputs, NativeMachine)


@pytest.fixture(scope="module")
def blocks(everything: NativeMachine) -> tuple[BlockResult, BlockResult]:
    """What native code gives, with none of the iterations left to the reference backend, and what that gives."""
    source = sampler("monte_carlo", 7, 4096, [d.stream for d in everything.program.draws])
    reference = everything.reference
    everything.reference = Asked()  # type: ignore[assignment]
    found = everything.run(source, 0, LANES)
    everything.reference = reference
    return found, reference.run(source, 0, LANES)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula(everything: NativeMachine, blocks: tuple[BlockResult, BlockResult], formula: str) -> None:
    row = FORMULAS.index(formula)
    found, expected = blocks
    assert not everything.plan.reasons
    np.testing.assert_array_equal(found.output_codes[row], expected.output_codes[row])
    np.testing.assert_allclose(found.outputs[row], expected.outputs[row], rtol=1e-12, atol=1e-12)


DOUBTED = [
    "=_xldudf_MC_WEIBULL(A2,40)", "=_xldudf_MC_LAPLACE(A1,A2)", "=_xldudf_MC_INTUNIFORM(0,A4)",
    "=_xldudf_MC_GEOMETRIC(A2)", "=_xldudf_MC_GAMMA(2,A2)", "=_xldudf_MC_STUDENT3(A7,A4,5)", "=_xldudf_MC_CAUCHY(0,A3)",
    "=_xldudf_MC_KUMARASWAMY(2,3,A2,1)",
    '=COUNTIF(A1:A6,">="&A1)', "=SUMIF(A1:A7,A7,D1:D7)",
    "=PMT(A2/10000,2,5)",
]  # fmt: skip


@pytest.mark.parametrize("formula", DOUBTED)
def test_what_is_in_doubt_is_the_reference_s(tmp_path: Path, formula: str) -> None:
    machine = machine_of(tmp_path / "model.xlsx", {**CELLS, "B1": formula}, ["S!B1"], NativeMachine)
    found, expected = both(machine)
    assert not machine.plan.reasons
    np.testing.assert_array_equal(found.output_codes, expected.output_codes)
    np.testing.assert_allclose(found.outputs, expected.outputs, rtol=1e-12, atol=1e-12)


TOO_LARGE = [
    ["=A1*1E308*1E10"],
    ["=A2*1E308*1E10"],
    ["=A1*1E308*1E10-A1*1E307*1E10"],
    ["=A2*1E308*1E2", '=B1&"x"'],
    ["=A1*1E308*1E10", "=B1-B1", '=LEN(B2&"x")'],
    ["=A2*1E308*1E2", "=IFERROR(B1,5)", '=LEN(B1&"x")'],
]


@pytest.mark.parametrize("formulas", TOO_LARGE, ids=lambda formulas: formulas[-1] + formulas[0])
def test_numbers_too_large_for_a_double_are_errors_wherever_they_go(tmp_path: Path, formulas: list[str]) -> None:
    """Joins of numbers run in the reference backend, which is handed what native code made of the cells before."""
    cells = {f"B{i}": formula for i, formula in enumerate(formulas, 1)}
    machine = machine_of(tmp_path / "model.xlsx", {**CELLS, **cells}, [f"S!{place}" for place in cells], NativeMachine)
    found, expected = both(machine)
    assert (expected.output_codes == ErrorCode.NUM).any()
    np.testing.assert_array_equal(found.output_codes, expected.output_codes)
    np.testing.assert_allclose(found.outputs, expected.outputs, rtol=1e-12, atol=1e-12)
