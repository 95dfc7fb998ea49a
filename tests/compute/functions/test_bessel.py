"""Bessel functions, to Excel's own digits: the expected values are those of workbooks that Excel computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

CASES: list[tuple[str, Any]] = [
    ("BESSELJ(0,0)", 1.00000000283141),
    ("BESSELJ(3.5,1)", 0.13737752717818574),
    ("BESSELJ(10,0)", -0.2459357644412996),
    ("BESSELJ(10,1)", 0.04347224965225415),
    ("BESSELJ(-10,7)", -0.2167104380031489),
    ("BESSELJ(32,10)", -0.028941015632886966),
    ("BESSELY(0.2,1)", -3.3238249862215885),
    ("BESSELY(10,0)", 0.05567116743095123),
    ("BESSELY(32,1)", -0.13854483144881607),
    ("BESSELI(-2.4,1)", -2.298123809471543),
    ("BESSELI(32,0)", 5590908218797.506),
    ("BESSELK(2,0)", 0.11389388),
    ("BESSELK(0.2,1)", 4.775972548422616),
    ("BESSELI(0,3)", 0),
    ("BESSELJ(0,2)", 0),
    ("BESSELK(0,0)", "#NUM!"),
    ("BESSELY(-1,1)", "#NUM!"),
    ("BESSELJ(1,-1)", "#NUM!"),
    ("BESSELJ(1,1.9)", 0.4400505856771301),
    ("BESSELK(TRUE,1)", "#VALUE!"),
    ("BESSELI(1000,1)", "#NUM!"),
]


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    assert excel.same(excel(formula), expected, 1e-14), excel(formula)


@pytest.mark.parametrize(
    ("name", "exact"), [("I", special.iv), ("J", special.jv), ("K", special.kv), ("Y", special.yv)]
)
@pytest.mark.parametrize("order", [0, 1, 2, 5, 12, 101])
def test_close_to_the_functions_they_stand_for(
    excel: Any, name: str, exact: Callable[[float, float], float], order: int
) -> None:
    for x in (0.3, 1.7, 4.0, 7.9):
        assert excel(f"BESSEL{name}({x},{order})") == pytest.approx(exact(order, x), rel=1e-6, abs=2e-8)


@pytest.mark.parametrize("name", "IJKY")
def test_lanes(lanes_agree: Callable[..., None], name: str) -> None:
    cells = {"A1": np.array([0.5, 2.5, 9.0, 30.0, 1.0]), "A2": np.array([0.0, 3.0, 2.0, 1.0, 120.0])}
    lanes_agree(f"BESSEL{name}(A1,A2)", cells)
