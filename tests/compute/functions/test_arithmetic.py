"""Powers, logarithms, remainders, trigonometry, combinatorics, matrices, truth, information."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from compute.errors import CellError

CASES: list[tuple[str, Any]] = [
    ("ABS(-4)", 4),
    ('ABS("-2")', 2),
    ("SIGN(-0.1)", -1),
    ("SQRT(-16)", "#NUM!"),
    ("SQRTPI(2)", math.sqrt(2 * math.pi)),
    ("SQRTPI(TRUE)", "#VALUE!"),
    ("EXP(1)", math.e),
    ("EXP(1000)", "#NUM!"),
    ("LN(86)", 4.454347296253507),
    ("LN(0)", "#NUM!"),
    ("LOG(10)", 1),
    ("LOG(8,2)", 3),
    ("LOG(8,1)", "#DIV/0!"),
    ("LOG10(1000)", 3),
    ("POWER(5,2)", 25),
    ("POWER(0,0)", "#NUM!"),
    ("POWER(0,-1)", "#DIV/0!"),
    ("POWER(-2,0.5)", "#NUM!"),
    ("MOD(3,2)", 1),
    ("MOD(-3,2)", 1),
    ("MOD(3,-2)", -1),
    ("MOD(3,0)", "#DIV/0!"),
    ("QUOTIENT(-10,3)", -3),
    ("QUOTIENT(1,0)", "#DIV/0!"),
    ("SIN(PI())", 0),
    ("COS(134217728)", "#NUM!"),
    ("ATAN2(1,1)", math.pi / 4),
    ("ATAN2(0,0)", "#DIV/0!"),
    ("ASIN(2)", "#NUM!"),
    ("COT(0)", "#DIV/0!"),
    ("SECH(1000)", 0),
    ("ACOT(2)", 0.4636476090008061),
    ("ACOTH(6)", 0.16823611831060642),
    ("DEGREES(PI())", 180),
    ("RADIANS(270)", 4.71238898038469),
    ("FACT(5.9)", 120),
    ("FACT(-1)", "#NUM!"),
    ("FACT(171)", "#NUM!"),
    ("FACTDOUBLE(7)", 105),
    ("COMBIN(8,2)", 28),
    ("COMBIN(2,3)", "#NUM!"),
    ("COMBINA(4,3)", 20),
    ("PERMUT(100,3)", 970200),
    ("PERMUTATIONA(3,2)", 9),
    ("MULTINOMIAL(2,3,4)", 1260),
    ("GCD(24,36)", 12),
    ("GCD(5,0)", 5),
    ("GCD(-1)", "#NUM!"),
    ("LCM(24,36)", 72),
    ("SERIESSUM(2,0,1,{1,1,1})", 7),
    ("ROMAN(499)", "CDXCIX"),
    ("ROMAN(499,1)", "LDVLIV"),
    ("ROMAN(499,2)", "XDIX"),
    ("ROMAN(499,3)", "VDIV"),
    ("ROMAN(499,4)", "ID"),
    ("ROMAN(499,FALSE)", "ID"),
    ("ROMAN(4000)", "#VALUE!"),
    ('ARABIC("mcmxii")', 1912),
    ('ARABIC("-LVII")', -57),
    ("BASE(15,2,10)", "0000001111"),
    ("BASE(-1,2)", "#NUM!"),
    ('DECIMAL("FF",16)', 255),
    ('DECIMAL("zap",36)', 45745),
    ("MMULT({1,3;7,2},{2,0;0,2})", [[2, 6], [14, 4]]),
    ("MMULT({1,2},{1,2})", "#VALUE!"),
    ("MDETERM({1,3,8,5;1,3,6,1;1,1,1,0;7,3,10,2})", 88),
    ("MINVERSE({1,2;2,4})", [["#NUM!", "#NUM!"], ["#NUM!", "#NUM!"]]),
    ("MINVERSE({2,0;0,4})", [[0.5, 0], [0, 0.25]]),
    ("MUNIT(2)", [[1, 0], [0, 1]]),
    ("MUNIT(0)", "#VALUE!"),
    ("AND(TRUE,1)", True),
    ("AND(TRUE,FALSE)", False),
    ('AND("x")', "#VALUE!"),
    ("AND(A1:A2)", "#VALUE!"),
    ("OR(FALSE,0)", False),
    ("XOR(TRUE,TRUE,TRUE)", True),
    ("NOT(0)", True),
    ("ISBLANK(A1)", True),
    ("ISERROR(#N/A)", True),
    ("ISERR(#N/A)", False),
    ("ISNA(#N/A)", True),
    ('ISNUMBER("1")', False),
    ('ISTEXT("")', True),
    ("ISNONTEXT(A1)", True),
    ("ISLOGICAL(TRUE)", True),
    ("ISEVEN(-2.9)", True),
    ("ISODD(TRUE)", "#VALUE!"),
    ("ISREF(A1)", True),
    ("ISREF(1)", False),
    ("N(TRUE)", 1),
    ('N("7")', 0),
    ("NA()", "#N/A"),
    ('TYPE("x")', 2),
    ("TYPE({1,2})", 64),
    ("TYPE(#N/A)", 16),
    ("ERROR.TYPE(#REF!)", 4),
    ("ERROR.TYPE(1)", "#N/A"),
    ("SHEETS()", 2),
    ('SHEET("sheet2")', 2),
    ('CELL("address",B3)', "$B$3"),
    ('CELL("row",B3)', 3),
    ("RANDBETWEEN(3,3)", 3),
    ("RANDBETWEEN(4,3)", "#NUM!"),
]

NEAR_ZEROS = [
    ("SIN(PI())", 1.22514845490862e-16),
    ("COS(PI()/2)", 6.1257422745431e-17),
    ("TAN(1.5707963267948966)", 1.6324552277619072e16),
    ("TAN(-4.71238898038469)", -5441517425873024.0),
    ("TAN(-3.141592653589793)", 1.22514845490862e-16),
    ("SIN(1)", math.sin(1)),
    ("TAN(100)", math.tan(100)),
]


@pytest.mark.parametrize(("formula", "expected"), NEAR_ZEROS)
def test_quarter_turns_have_64_bits(excel: Any, formula: str, expected: float) -> None:
    found = excel(formula.replace("PI()/2", "1.5707963267948966"))
    assert found == pytest.approx(expected, rel=1e-13, abs=0)


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    assert excel.same(excel(formula), expected), excel(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "POWER(A1,2)",
        "POWER(A1,B1)",
        "EXP(A1)",
        "LN(A1)",
        "LOG(A1,3)",
        "MOD(A1,0.3)",
        "SIN(A1)",
        "TAN(A1)",
        "ATAN2(A1,B1)",
        "TANH(A1)",
        "ROUND(A1,3)",
        "MROUND(A1,0.05)",
        "SERIESSUM(A1,0,1,{1,2,3})",
    ],
)
def test_a_lane_has_the_same_bits_alone(lanes_agree: Any, formula: str) -> None:
    random = np.random.default_rng(2)
    lanes_agree(formula, {"A1": random.uniform(0.1, 9, 41), "B1": random.uniform(-3, 3, 41)})


def test_matrices_lane_by_lane(excel: Any, lanes_agree: Any) -> None:
    random = np.random.default_rng(4)
    cells = {f"{letter}{i}": random.normal(size=9) for letter in "ABCD" for i in range(1, 5)}
    for formula in ("MMULT(A1:D4,A1:D4)", "MINVERSE(A1:D4)", "MDETERM(A1:D4)"):
        lanes_agree(formula, cells)
    found = excel.array("MMULT(A1:D4,MINVERSE(A1:D4))", cells).numbers
    assert np.abs(found - np.eye(4)[:, :, None]).max() < 1e-9


def test_an_error_in_one_lane_stays_there(excel: Any) -> None:
    found = excel.array("GCD(A1,A2)", {"A1": np.array([4.0, -1.0, 9.0]), "A2": 6.0})
    assert [found.item(lane=i) for i in range(3)] == [2.0, CellError("#NUM!"), 3.0]
