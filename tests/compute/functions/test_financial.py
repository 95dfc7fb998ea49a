"""Loans, cash flows and depreciation, with the values of Excel's documentation."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.functions.financial_roots import solve_rate

CELLS = {
    "A1": -70000, "A2": 12000, "A3": 15000, "A4": 18000, "A5": 21000, "A6": 26000,
    "B1": -10000, "B2": 2750, "B3": 4250, "B4": 3250, "B5": 2750,
    "C1": 39448, "C2": 39508, "C3": 39751, "C4": 39859, "C5": 39904,
    "D1": -120000, "D2": 39000, "D3": 30000, "D4": 21000, "D5": 37000, "D6": 46000,
    "E1": -40000, "E2": None, "E3": "text", "E4": 8000, "E5": True, "E6": 9200, "E7": 10000, "E8": 12000, "E9": 14500,
    "F1": 1, "F2": 2, "F3": None,
}  # fmt: skip

LOANS = [
    ("PMT(0.08/12,10,10000)", -1037.0320893591636),
    ("PMT(0.08/12,10,10000,0,1)", -1030.1643271779769),
    ("PMT(0.06/12,18*12,0,50000)", -129.0811608679973),
    ("PMT(0,10,10000)", -1000),
    ("PMT(0.1,0,1)", "#NUM!"),
    ('PMT("x",1,1)', "#VALUE!"),
    ("PV(0.08/12,12*20,500,,0)", -59777.14585118777),
    ("PV(0,12,100,5)", -1205),
    ("PV(-1,20,300)", "#DIV/0!"),
    ("FV(0.06/12,10,-200,-500,1)", 2581.4033740601),
    ("FV(0.12/12,12,-1000)", 12682.503013196976),
    ("FV(0,3,-10,-5)", 35),
    ("NPER(0.12/12,-100,-1000,10000,1)", 59.67386567429457),
    ("NPER(0.01,-100,-1000,10000)", 60.08212285376166),
    ("NPER(0.01,-100,-1000)", -9.57859403981316),
    ("NPER(0,-100,1000)", 10),
    ("NPER(0,0,1000)", "#NUM!"),
    ("NPER(0.1,-100,10000)", "#NUM!"),
    ("IPMT(0.1/12,1,3*12,8000)", -66.66666666666667),
    ("IPMT(0.1,3,3,8000)", -292.4471299093658),
    ("IPMT(0.1,1,3,8000,0,1)", 0),
    ("IPMT(0.1,0,3,8000)", "#NUM!"),
    ("IPMT(0.1,4,3,8000)", "#NUM!"),
    ("PPMT(0.1/12,1,2*12,2000)", -75.62318600836667),
    ("PPMT(0.08,10,10,200000)", -27598.05346242135),
    ("CUMIPMT(0.09/12,30*12,125000,13,24,0)", -11135.23213075115),
    ("CUMIPMT(0.09/12,30*12,125000,1,1,0)", -937.5),
    ("CUMPRINC(0.09/12,30*12,125000,13,24,0)", -934.1071234208765),
    ("CUMPRINC(0.09/12,30*12,125000,1,1,0)", -68.27827118097616),
    ("CUMPRINC(0,360,125000,1,1,0)", "#NUM!"),
    ("CUMIPMT(0.09,12,100,3,2,0)", "#NUM!"),
    ("CUMIPMT(0.09,12,100,1,13,0)", "#NUM!"),
    ("CUMIPMT(0.09,12,100,1,2,2)", "#NUM!"),
    ("ISPMT(0.1/12,1,3*12,8000000)", -64814.81481481482),
    ("ISPMT(0.1,0,4,4000)", -400),
    ("RATE(4*12,-200,8000)", 0.0077014724882),
    ("RATE(10,-100,1000)", 0),
    ("RATE(0,-100,1000)", "#NUM!"),
    ("RATE(10,100,1000)", "#NUM!"),
    ("EFFECT(0.0525,4)", 0.0535426673707),
    ("EFFECT(0,4)", "#NUM!"),
    ("NOMINAL(0.053543,4)", 0.05250031986871),
    ("NOMINAL(0.05,0.5)", "#NUM!"),
    ("RRI(96,10000,11000)", 0.0009933073762),
    ("PDURATION(0.025,2000,2200)", 3.859866162622655),
    ("FVSCHEDULE(1,{0.09,0.11,0.1})", 1.33089),
    ("FVSCHEDULE(1,F1:F3)", 6),
    ('FVSCHEDULE(1,{0.09,"a"})', "#VALUE!"),
]  # fmt: skip

FLOWS = [
    ("NPV(0.1,-10000,3000,4200,6800)", 1188.4434123352216),
    ("NPV(0.08,E4:E9,-9000)", None),
    ("NPV(0.08,E1:E9)", None),
    ("NPV(-1,1,2)", "#DIV/0!"),
    ("IRR(A1:A5)", -0.02124484827341093),
    ("IRR(A1:A6)", 0.08663094803653162),
    ("IRR(A1:A3,-0.1)", -0.44350694133474067),
    ("IRR(A2:A6)", "#NUM!"),
    ("IRR({-100,230,-132},0.05)", 0.1),
    ("IRR({-100,230,-132},0.25)", 0.2),
    ("IRR({-1,0,0,1e9})", 999),
    ("IRR({-100,1,1})", None),
    ("MIRR(D1:D6,0.1,0.12)", 0.1260941303659051),
    ("MIRR(D1:D4,0.1,0.12)", -0.048044655249980806),
    ("MIRR(D1:D6,0.1,0.14)", 0.13475911082831482),
    ("MIRR(D2:D6,0.1,0.14)", "#DIV/0!"),
    ("XNPV(0.09,B1:B5,C1:C5)", 2086.6476020315354),
    ("XNPV(0.09,B1:B5,C1:C4)", "#NUM!"),
    ("XNPV(0.09,B1:B2,{39448,39447})", "#NUM!"),
    ("XIRR(B1:B5,C1:C5,0.1)", 0.37336253351883136),
    ("XIRR(B2:B5,C2:C5,0.1)", "#NUM!"),
    ("XIRR(B1:B5,C1:C4)", "#NUM!"),
]  # fmt: skip

DEPRECIATIONS = [
    ("SLN(30000,7500,10)", 2250),
    ("SLN(1,0,0)", "#DIV/0!"),
    ("SYD(30000,7500,10,1)", 4090.909090909091),
    ("SYD(30000,7500,10,10)", 409.09090909090907),
    ("SYD(30000,7500,10,11)", "#NUM!"),
    ("DB(1000000,100000,6,1,7)", 186083.33333333334),
    ("DB(1000000,100000,6,2,7)", 259639.41666666666),
    ("DB(1000000,100000,6,6,7)", 55841.75673602847),
    ("DB(1000000,100000,6,7,7)", 15845.098473848),
    ("DB(1000000,100000,6,8,7)", "#NUM!"),
    ("DDB(2400,300,10*365,1)", 1.3150684931506849),
    ("DDB(2400,300,10*12,1,2)", 40),
    ("DDB(2400,300,10,1,2)", 480),
    ("DDB(2400,300,10,2,1.5)", 306),
    ("DDB(2400,300,10,10)", 22.1225472),
    ("DDB(2400,300,10,11)", "#NUM!"),
    ("VDB(2400,300,10*365,0,1)", 1.3150684931506849),
    ("VDB(2400,300,10*12,0,1)", 40),
    ("VDB(2400,300,10,0,1)", 480),
    ("VDB(2400,300,10*12,6,18)", 396.3060532647),
    ("VDB(2400,300,10*12,6,18,1.5)", 311.8089366582),
    ("VDB(2400,300,10,0,0.875,1.5)", 315),
    ("VDB(2400,300,10,9,10)", None),
    ("VDB(2400,300,10,2,1)", "#NUM!"),
]  # fmt: skip


def _stated(formula: str, expected: Any) -> Any:
    """Values that follow from the definition rather than from a page."""
    if formula == "NPV(0.08,E4:E9,-9000)":
        flows = [8000, 9200, 10000, 12000, 14500, -9000]
        return sum(v / 1.08 ** (i + 1) for i, v in enumerate(flows))
    if formula == "NPV(0.08,E1:E9)":
        return sum(v / 1.08 ** (i + 1) for i, v in enumerate([-40000, 8000, 9200, 10000, 12000, 14500]))
    if formula == "IRR({-100,1,1})":
        return 1 / ((-1 + np.sqrt(401)) / 2) - 1
    if formula == "VDB(2400,300,10,9,10)":
        book = 2400 * 0.8**9
        return max(min(book * 0.2, book - 300), book - 300)
    return expected


def plain(formula: str) -> str:
    """A formula with its products and quotients of two numbers worked out, as the harness has no operators."""

    def worked_out(found: re.Match[str]) -> str:
        left, right = float(found[1]), float(found[3])
        return repr(left * right if found[2] == "*" else left / right)

    return re.sub(r"([\d.]+)([*/])([\d.]+)", worked_out, formula)


@pytest.mark.parametrize(("formula", "expected"), LOANS + FLOWS + DEPRECIATIONS)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    found = excel(plain(formula), CELLS)
    assert excel.same(found, _stated(formula, expected)), found


FORMULAS = [
    *(f"{name}(0.01,Z1,3,1000,50,Z3)" for name in ("IPMT", "PPMT")),
    *(f"{name}(Z2,12,100,1000,Z3)" for name in ("PV", "FV", "NPER")),
    "PMT(Z2,12,1000,50,Z3)",
    "CUMIPMT(0.09,12,100,1,Z1,0)",
    "NPV(Z2,A1:A4,Z1)",
    "NPV(0.1,Y1:Y6)",
    "IRR(Y1:Y6)",
    "IRR(A1:A5,Z2)",
    "MIRR(Y1:Y6,Z2,0.1)",
    "XNPV(Z2,Y1:Y5,C1:C5)",
    "XIRR(Y1:Y5,C1:C5,Z2)",
    "RATE(Z1,-30,100,Z3)",
    "VDB(100,10,6,Z2,Z1)",
    "DB(1000,100,6,Z1,7)",
    "DDB(1000,100,6,Z1)",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_lane_has_the_same_bits_alone(lanes_agree: Any, formula: str) -> None:
    random = np.random.default_rng(8)
    varying = {f"Y{i}": np.append(random.normal(60, 40, 6), 1.0) for i in range(2, 7)}
    varying["Y1"] = np.array([-100.0, -150, -120, -90, -200, 80, -300])
    cells = {**CELLS, **varying, "Z1": np.array([1.0, 2, 3, 4, 5, 6, 2.5]), "Z3": np.array([0.0, 1, 0, 1, 0, 1, 0])}
    lanes_agree(formula, {**cells, "Z2": np.array([0.1, 0.0, 0.05, -0.2, 0.3, 1.0, 0.07])})


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.floats(-0.5, 2))
def test_a_rate_found_is_a_root(flows: list[float], guess: float) -> None:
    column = np.array(flows)
    periods = np.arange(len(flows))

    def curve(rate: Any, some: Any) -> Any:
        terms = column[:, None] * (1 + rate) ** -periods[:, None]
        return terms.sum(axis=0), (-periods[:, None] * terms).sum(axis=0) / (1 + rate)

    with np.errstate(all="ignore"):
        rate = solve_rate(curve, np.full(3, guess))
    assert rate[0] == rate[1] or np.isnan(rate).all()
    if not np.isnan(rate[0]):
        terms = column * (1 + rate[0]) ** -periods
        assert abs(terms.sum()) <= 1e-6 * max(np.abs(terms).sum(), 1e-300)


def test_nan_never_leaves_a_lane_without_an_answer(excel: Any) -> None:
    cells = {f"A{i}": value for i, value in enumerate((-1.0, 1e-9, 1e-9), start=1)}
    assert excel.same(excel("IRR(A1:A3)", cells), -1 + 1e-9 * (0.5 + np.sqrt(0.25 + 1e9)), 1e-6)


def test_where_newton_fails_the_bracket_nearest_to_the_guess_counts() -> None:
    roots = np.array([[-0.5, 0.3], [0.05, 0.8], [2.0, 3.0]])

    def curve(rate: Any, some: Any) -> Any:
        first, second = roots[some].T
        return (rate - first) * (rate - second), np.full(rate.shape, np.nan)

    with np.errstate(all="ignore"):
        found = solve_rate(curve, np.array([0.1, 0.1, 2.8]))
    np.testing.assert_allclose(found, [0.3, 0.05, 3.0], rtol=1e-12)
