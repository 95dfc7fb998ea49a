"""Descriptive statistics, order, pairs, tests; values from Microsoft's pages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

STRENGTH = [1345.0, 1301, 1368, 1322, 1310, 1370, 1318, 1350, 1303, 1299]
CASES: list[tuple[str, Any]] = [
    ("STDEV.S(A1:A10)", 27.46391571984349),
    ("STDEV(A1:A10)", 27.46391571984349),
    ("STDEV.P(A1:A10)", 26.054558142482477),
    ("VAR.S(A1:A10)", 754.2666666666667),
    ("VAR.P(A1:A10)", 678.84),
    ("STDEV.S(5)", "#DIV/0!"),
    ("VAR.P(5)", 0),
    ("VARA({1;TRUE;3})", 4 / 3),
    ("MEDIAN(1,2,3,4,5,6)", 3.5),
    ("MEDIAN(1,2,3,4,5)", 3),
    ("MEDIAN(B1:B3)", "#NUM!"),
    ("MODE({5.6,4,4,3,2,4})", 4),
    ("MODE({1,2,2,1})", 1),
    ("MODE(1,2,3)", "#N/A"),
    ("MODE.MULT({1;2;3;4;3;2;1;2;3;5;6;1})", [[1], [2], [3]]),
    ("GEOMEAN(4,5,8,7,11,4,3)", 5.476986969656962),
    ("HARMEAN(4,5,8,7,11,4,3)", 5.028375962061728),
    ("HARMEAN(1,0)", "#NUM!"),
    ("TRIMMEAN({4,5,6,7,2,3,4,5,1,2,3},0.2)", 3.7777777777777777),
    ("AVEDEV(4,5,6,7,5,4,3)", 1.0204081632653061),
    ("DEVSQ(4,5,8,7,11,4,3)", 48),
    ("SKEW(3,4,5,2,3,4,5,6,4,7)", 0.3595430714067974),
    ("SKEW.P(3,4,5,2,3,4,5,6,4,7)", 0.303193339354144),
    ("KURT(3,4,5,2,3,4,5,6,4,7)", -0.15179963720841538),
    ("STANDARDIZE(42,40,1.5)", 4 / 3),
    ("LARGE({3,5,3,5,4;4,2,4,6,7},3)", 5),
    ("SMALL({3,4,5,2,3,4,6,4,7},4)", 4),
    ("SMALL({3,4},3)", "#NUM!"),
    ("PERCENTILE({1,3,2,4},0.3)", 1.9),
    ("PERCENTILE.INC({1,3,2,4},1.1)", "#NUM!"),
    ("PERCENTILE.EXC({6,7,15,36,39,40,41,42,43,47,49},0.25)", 15),
    ("PERCENTILE.EXC({1,2,3},0.1)", "#NUM!"),
    ("QUARTILE({1,2,4,7,8,9,10,12},1)", 3.5),
    ("QUARTILE.EXC({6,7,15,36,39,40,41,42,43,47,49},3)", 43),
    ("PERCENTRANK({13,12,11,8,4,3,2,1,1,1},2)", 0.333),
    ("PERCENTRANK.INC({13,12,11,8,4,3,2,1,1,1},5)", 0.583),
    ("PERCENTRANK.EXC({1,2,3,6,6,6,7,8,9},7)", 0.7),
    ("PERCENTRANK.EXC({1,2,3,6,6,6,7,8,9},5.43)", 0.381),
    ("PERCENTRANK({1,2},3)", "#N/A"),
    ("RANK(3.5,{7,3.5,3.5,1,2},1)", 3),
    ("RANK.EQ(7,{7,3.5,3.5,1,2},1)", 5),
    ("RANK.AVG(94,{89,88,92,101,94,97,95})", 4),
    ("RANK(5,{1,2})", "#N/A"),
    ("FREQUENCY({79,85,78,85,50,81,95,88,97},{70,79,89})", [[1], [2], [4], [2]]),
    ("PROB({0,1,2,3},{0.2,0.3,0.1,0.4},2)", 0.1),
    ("PROB({0,1,2,3},{0.2,0.3,0.1,0.4},1,3)", 0.8),
    ("CORREL({3,2,4,5,6},{9,7,12,15,17})", 0.997054485501581),
    ("CORREL({1,2},{1,2,3})", "#N/A"),
    ("CORREL({1,1},{1,2})", "#DIV/0!"),
    ("COVARIANCE.P({3,2,4,5,6},{9,7,12,15,17})", 5.2),
    ("COVARIANCE.S({2,4,8},{5,11,12})", 9.666666666666668),
    ("SLOPE({2,3,9,1,8,7,5},{6,5,11,7,5,4,4})", 0.3055555555555556),
    ("INTERCEPT({2,3,9,1,8},{6,5,11,7,5})", 0.04838709677419217),
    ("RSQ({2,3,9,1,8,7,5},{6,5,11,7,5,4,4})", 0.05795019157088122),
    ("STEYX({2,3,9,1,8,7,5},{6,5,11,7,5,4,4})", 3.305718950210041),
    ("FORECAST(30,{6,7,9,15,21},{20,28,31,38,40})", 10.607253086419755),
    ("SUMX2MY2({2,3,9,1,8,7,5},{6,5,11,7,5,4,4})", -55),
    ("SUMX2PY2({2,3,9,1,8,7,5},{6,5,11,7,5,4,4})", 521),
    ("SUMXMY2({2,3,9,1,8,7,5},{6,5,11,7,5,4,4})", 79),
    ("T.TEST({3,4,5,8,9,1,2,4,5},{6,19,3,2,14,4,5,17,1},2,1)", 0.196015785295713),
    ("Z.TEST({3,6,7,8,6,5,4,2,1,9},4)", 0.0905741968513461),
    ("F.TEST({6,7,9,15,21},{20,28,31,38,40})", 0.64831785),
    ("CHISQ.TEST({58,35;11,25;10,23},{45.35,47.65;17.56,18.44;16.09,16.91})", 0.000308192),
    ("LINEST({1;9;5;7},{0;4;2;3})", [[2, 1]]),
    ("LINEST({3;5;7;9.5},{1,1;2,2;3,3;4,4.5},TRUE,FALSE)", [[1, 1, 1]]),
    ("TREND({1;9;5;7},{0;4;2;3},{5;6})", [[11], [13]]),
    ("GROWTH({2;4;8},{1;2;3},4)", 16),
    ("LOGEST({2;4;8},{1;2;3})", [[2, 1]]),
    ("FISHER(0.75)", 0.9729550745276566),
    ("FISHERINV(0.972955)", 0.75),
]
LANED = [
    "STDEV.S(A1:A60)",
    "VAR.P(A1:A60)",
    "MEDIAN(A1:A60)",
    "MODE(A1:A60)",
    "GEOMEAN(A1:A60)",
    "HARMEAN(A1:A60)",
    "SKEW(A1:A60)",
    "KURT(A1:A60)",
    "TRIMMEAN(A1:A60,0.1)",
    "AVEDEV(A1:A60)",
    "LARGE(A1:A60,C1)",
    "PERCENTILE.INC(A1:A60,0.37)",
    "PERCENTRANK.INC(A1:A60,1)",
    "RANK.AVG(A1,A1:A60)",
    "CORREL(A1:A60,B1:B60)",
    "STEYX(A1:A60,B1:B60)",
    "FORECAST(C1,A1:A60,B1:B60)",
    "LINEST(A1:A60,B1:B60,TRUE,TRUE)",
    "TREND(A1:A60,B1:B60,C1)",
    "T.TEST(A1:A60,B1:B60,2,3)",
    "Z.TEST(A1:A60,1)",
    "FREQUENCY(A1:A60,B1:B3)",
]


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    found = excel(formula, excel.column("A", STRENGTH))
    assert excel.same(found, expected, 1e-6), found


@pytest.mark.parametrize("formula", LANED)
def test_a_lane_has_the_same_bits_alone(excel: Any, lanes_agree: Any, formula: str) -> None:
    random = np.random.default_rng(11)
    cells = excel.column("A", [np.round(random.gamma(2.0, size=6), 1) + 0.1 for _ in range(60)])
    cells |= excel.column("B", [random.normal(size=6) + i / 10 for i in range(60)])
    lanes_agree(formula, cells | {"C1": np.array([1.0, 2, 3, 4, 60, 61])})


def test_collinear_variables_get_no_weight(excel: Any) -> None:
    found = excel("LINEST({1;2;3.5;4},{1,2;2,4;3,6;4,8})")[0]
    assert sum(abs(c) < 1e-12 for c in found[:2]) == 1


def test_longley(excel: Any) -> None:
    """NIST's Longley data: a least squares problem that loses digits when done badly."""
    y = [60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761, 66019, 67857, 68169, 66513, 68655, 69564, 69331, 70551]
    x = [
        (83.0, 234289, 2356, 1590, 107608, 1947), (88.5, 259426, 2325, 1456, 108632, 1948),
        (88.2, 258054, 3682, 1616, 109773, 1949), (89.5, 284599, 3351, 1650, 110929, 1950),
        (96.2, 328975, 2099, 3099, 112075, 1951), (98.1, 346999, 1932, 3594, 113270, 1952),
        (99.0, 365385, 1870, 3547, 115094, 1953), (100.0, 363112, 3578, 3350, 116219, 1954),
        (101.2, 397469, 2904, 3048, 117388, 1955), (104.6, 419180, 2822, 2857, 118734, 1956),
        (108.4, 442769, 2936, 2798, 120445, 1957), (110.8, 444546, 4681, 2637, 121950, 1958),
        (112.6, 482704, 3813, 2552, 123366, 1959), (114.2, 502601, 3931, 2514, 125368, 1960),
        (115.7, 518173, 4806, 2572, 127852, 1961), (116.9, 554894, 4007, 2827, 130081, 1962),
    ]  # fmt: skip
    cells = excel.column("A", [float(v) for v in y])
    for j, letter in enumerate("BCDEFG"):
        cells |= excel.column(letter, [float(row[j]) for row in x])
    found = excel("LINEST(A1:A16,B1:G16,TRUE,TRUE)", cells)
    certified = [1829.15146461355, -0.0511041056535807, -1.03322686717359, -2.02022980381683, -0.0358191792925910]
    assert found[0][:5] == pytest.approx(certified, rel=1e-9)
    assert found[0][6] == pytest.approx(-3482258.63459582, rel=1e-9)
    assert found[2][0] == pytest.approx(0.995479004577296, rel=1e-12)
