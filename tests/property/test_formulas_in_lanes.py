"""Every function and random formulas over them: a value of Excel's in every cell, the same together as alone.

Together means all lanes and all cells that share a formula at once, as in a simulation; alone means one lane and one
cell at a time.
"""

from __future__ import annotations

from random import Random

import pytest

from compute.errors import UnsupportedFormula
from compute.functions import REGISTRY
from tests.property import grammar, laboratory

AT_ONCE = 40

SETTLED = (
    "FILTER(Chosen,E1)",
    "REGEXEXTRACT(40000.75,F6)",
    'REGEXEXTRACT(-1,E8,2,)',
    "FREQUENCY({0.1;0.2;0.7},E2)",
    "AGGREGATE(1E+300,E3,$A$1:$A$8,E2,E4,A:A)",
    "OFFSET(OFFSET(A1,1,0,2,2),F8,F4,4)",
    "OFFSET(A1,3,-1E+9,E5,F2)",
    'TEXTSPLIT("Region",Sales[Amount],{3,1,2},1E+300,F2,{1,2;3,4})',
    "RANK(1,E1:F2,F2)",
    "PROB(Other!1:2,,F4,0)",
    "PERCENTRANK(A2:A2,F2,F5)",
    "ACCRINT(TRUE,9007199254740993,-7,F2,SUM)",
    "SUM(MAKEARRAY(E1,2,LAMBDA(r,c,r)))",
    "MUNIT(F2)",
    "WRAPROWS($F$1:$F$8,F2)",
    "TAKE(A:A,E6,12)",
    "TAKE(F7:F8,F7)",
    "DROP(Sales,2)",
    "TRIMRANGE(Chosen,F5)",
    'INDEX("2020-01-31",0,2,F2)',
    "LOGEST(4,$F$1:$F$8,F3,F7)",
    "DMIN(A7:A8,F3)",
    'ODDLPRICE(E6,"2020-01-31",0,"North",Chosen,45000,E5)',
    "AVERAGEIF(1E+300,-1E+9,Chosen)",
    "AVERAGEIF(E2,F7,E7:E8)",
    "SUM(IF(E6,A1:A3,1))",
    "XLOOKUP(E1,$A$1:$A$8,$B$1:$C$8)",
    "ROWS(XLOOKUP(E1,$A$1:$A$3,$A$1:$C$3,{1;2}))",
    "GROUPBY(A1:A4,B1:B4,F6)",
    "PIVOTBY(A1:A4,{3;1;2;4},B1:B4,F6)",
    "OFFSET(F6,1,1)",
    "ROW(F6+0)",
)  # fmt: skip
"""Formulas that once raised an error of Python's or whose lanes disagreed."""

GIGANTIC = (
    'REPT("ab",1E+9)', 'REPT("ab",20000)', "SEQUENCE(1048576,16384)", "SEQUENCE(1E+9,1E+9)", "SEQUENCE(-1)",
    "MUNIT(100000)",
    "MAKEARRAY(1048576,16384,LAMBDA(r,c,1))", "MAKEARRAY(1E+9,2,LAMBDA(r,c,1))", "EXPAND(A1:B2,1048576,16384)",
    "EXPAND(A1,1E+12,1)", "WRAPROWS(A1:A4,1E+9)", "WRAPCOLS(A1:A4,1000000)", "RANDARRAY(1E+6,1E+4)",
    'TEXT(1,REPT("0",40000))',
    "FIXED(1.9,-1E+308)",
    "FACT(1E+300)", "COMBIN(1E+15,5E+14)", "BASE(2^52,2,1E+9)", "DEC2BIN(1,1E+9)", "FIXED(1,1E+9)", 'REPT("x",-1)',
    "ROUND(1.5,1E+300)", "ROMAN(1E+300)", "BITLSHIFT(1,1E+9)", "PERMUT(1E+300,2)",
    "BINOM.INV(1E+300,0.5,0.3)", "BINOM.INV(1E+16,0.5,0.3)", "BINOM.DIST.RANGE(1E+9,0.5,0,1E+9)",
    "SERIESSUM(2,1E+300,1E+300,A1:A3)", "NPER(1E-300,-1,1E+300)", "WORKDAY(1,1E+9)", "EDATE(1,1E+300)",
    "NETWORKDAYS(1,2958465)",
    "VDB(1E+6,1,1E+9,0,1E+9)", "CUMIPMT(0.01,1E+9,1,1,1E+9,0)", "COUPNUM(1,2958465,4)", "DB(1E+6,1,1E+9,1E+9)",
    "HYPGEOM.DIST(5E+5,1E+6,1E+6,2E+6,TRUE)", "FVSCHEDULE(1,A:A)", "OFFSET(Other!A1,0,0,1048576,16384)",
    "SUM(Other!1:1048576)",
    "CONCAT(A:XFD More!A:XFD)", "LCM(9E+15,8E+15,7E+15)", "GCD(1E+300,2)",
    "SUBSTITUTE(REPT(\"a\",32767),\"a\",\"aaaa\")",
    'TEXTJOIN(REPT("-",32767),TRUE,A1:A8)', "SUMPRODUCT(TRANSPOSE(A:A)*A:A)", "MMULT(Other!A:A,Other!1:1)",
)  # fmt: skip


def check(formulas: list[str], **options: bool) -> None:
    """Checks formulas together; one that is refused by name is left out, and the others are checked by halves."""
    try:
        found = laboratory.disagreements(formulas, **options)
    except UnsupportedFormula:
        if len(formulas) > 1:
            half = len(formulas) // 2
            check(formulas[:half], **options)
            check(formulas[half:], **options)
        return
    except Exception as problem:
        if len(formulas) == 1:
            raise AssertionError(f"{formulas[0]} raises {problem!r}") from problem
        half = len(formulas) // 2
        check(formulas[:half], **options)
        check(formulas[half:], **options)
        raise
    assert not found, "\n".join(found[:10])


@pytest.mark.parametrize("formula", SETTLED)
def test_a_formula_that_once_disagreed(formula: str) -> None:
    check([formula])


@pytest.mark.parametrize("formula", GIGANTIC)
@pytest.mark.timeout(60)
def test_a_gigantic_size_is_an_answer_of_excel(formula: str) -> None:
    check([formula])


def calls(seed: int) -> list[str]:
    """A random call of every function."""
    random = Random(seed)
    return [grammar.call_of(REGISTRY[name], random, 1) for name in grammar.FUNCTIONS]


def trees(seed: int) -> list[str]:
    """Random formulas three levels deep."""
    random = Random(seed)
    return [grammar.formula(random, 3) for _ in range(AT_ONCE)]


def check_all(formulas: list[str], seed: int) -> None:
    for start in range(0, len(formulas), AT_ONCE):
        check(formulas[start : start + AT_ONCE], date_1904=seed % 5 == 4)


@pytest.mark.parametrize("seed", range(1))
def test_every_function(seed: int) -> None:
    check_all(calls(seed), seed)


@pytest.mark.parametrize("seed", range(1))
def test_random_formulas(seed: int) -> None:
    check_all(trees(seed), seed)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(1_000, 1_006))
def test_every_function_at_length(seed: int) -> None:
    check_all(calls(seed), seed)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(1_000, 1_006))
def test_random_formulas_at_length(seed: int) -> None:
    check_all(trees(seed), seed)
