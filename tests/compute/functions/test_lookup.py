"""Lookups: what is found, in which order, and that every lane stands alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.functions.lookup_search import last_at_most

TABLE = {
    "A1": "Apples", "B1": 0.69, "C1": 40, "D1": True,
    "A2": "Bananas", "B2": 0.34, "C2": 38, "D2": None,
    "A3": "Lemons", "B3": 0.55, "C3": 15, "D3": "x",
    "A4": "Oranges", "B4": 0.25, "C4": 25, "D4": 4,
    "A5": "Pears", "B5": 0.59, "C5": 40, "D5": 5,
    "F1": 10, "F2": 20, "F3": 20, "F4": 20, "F5": 50,
    "G1": 50, "G2": 40, "G3": 40, "G4": 20, "G5": 10,
    "H1": 3, "H2": "b", "H3": 1, "H4": "a", "H5": 2, "H6": None, "H7": 2,
    "J1": "Axles", "K1": "Bearings", "L1": "Bolts", "J2": 4, "K2": 4, "L2": 9, "J3": 5, "K3": 7, "L3": 10,
}  # fmt: skip

CASES = [
    ("INDEX(A1:C5,2,3)", 38),
    ("INDEX(A1:C5,0,2)", [[0.69], [0.34], [0.55], [0.25], [0.59]]),
    ("INDEX(A1:C2,2,0)", [["Bananas", 0.34, 38]]),
    ("INDEX(A1:C2,2)", "#REF!"),
    ("INDEX({1,2;3,4},2)", [[3, 4]]),
    ("INDEX(A1:A5,4)", "Oranges"),
    ("INDEX(J1:L1,2)", "Bearings"),
    ("INDEX(A1:C5,6,1)", "#REF!"),
    ("INDEX(A1:C5,1,4)", "#REF!"),
    ("INDEX(A1:C5,-1,1)", "#VALUE!"),
    ("INDEX({1,2;3,4},2,2)", 4),
    ("INDEX((A1:C2,B3:C5),2,2,2)", 25),
    ("INDEX((A1:C2,B3:C5),2,2,3)", "#REF!"),
    ('INDEX(A1:A5,"2")', "Bananas"),
    ("INDEX(A1:C5,2.9,1.9)", "Bananas"),
    ("INDEX(A:A,700)", None),
    ("INDEX(#REF!,1)", "#REF!"),
    ("MATCH(1,#REF!,0)", "#REF!"),
    ('VLOOKUP("Melons",A1:C5,0,FALSE)', "#N/A"),
    ("SUM(INDEX(B1:C5,0,2))", 158),
    ("MATCH(39,F1:F5,1)", 4),
    ("MATCH(20,F1:F5)", 4),
    ("MATCH(20,F1:F5,0)", 2),
    ("MATCH(40,G1:G5,-1)", 2),
    ("MATCH(30,G1:G5,-1)", 3),
    ("MATCH(60,G1:G5,-1)", "#N/A"),
    ("MATCH(5,F1:F5,1)", "#N/A"),
    ('MATCH("b*",A1:A5,0)', 2),
    ('MATCH("?emons",A1:A5,0)', 3),
    ('MATCH("LEMONS",A1:A5,0)', 3),
    ('MATCH("~*",A1:A5,0)', "#N/A"),
    ('MATCH("m",A1:A5,1)', 3),
    ("MATCH(TRUE,D1:D5,0)", 1),
    ("MATCH(4,D1:D5,0)", 4),
    ('MATCH("4",D1:D5,0)', "#N/A"),
    ("MATCH(2,H1:H7,0)", 5),
    ('MATCH("a",H1:H7,0)', 4),
    ("MATCH(1,A1:B2,0)", "#N/A"),
    ("MATCH(#REF!,A1:A5,0)", "#REF!"),
    ("MATCH(1,{TRUE,1,#N/A},0)", 2),
    ("MATCH(2,{#DIV/0!,1,#DIV/0!,1,#DIV/0!},1)", 4),
    ("MATCH(2,{#DIV/0!;1;1;#DIV/0!;#DIV/0!;#DIV/0!;#DIV/0!},1)", 3),
    ("MATCH(3,{1,9,2,9,3})", 3),
    ('VLOOKUP("Lemons",A1:C5,2,FALSE)', 0.55),
    ('VLOOKUP("Lemons",A1:C5,4,FALSE)', "#REF!"),
    ('VLOOKUP("Lemons",A1:C5,0,FALSE)', "#VALUE!"),
    ('VLOOKUP("Melons",A1:C5,2,FALSE)', "#N/A"),
    ('VLOOKUP("Melons",A1:C5,2)', 0.55),
    ('VLOOKUP("pea*",A1:C5,3,0)', 40),
    ('VLOOKUP("Lemons",A:C,2,FALSE)', 0.55),
    ("VLOOKUP(45,F1:G5,2)", 20),
    ("VLOOKUP(5,F1:G5,2)", "#N/A"),
    ('HLOOKUP("Axles",J1:L3,2,TRUE)', 4),
    ('HLOOKUP("Bearings",J1:L3,3,FALSE)', 7),
    ('HLOOKUP("B",J1:L3,3,TRUE)', 5),
    ('HLOOKUP("Bolts",J1:L3,4)', "#REF!"),
    ('HLOOKUP(3,{1,2,3;"a","b","c";"d","e","f"},2,TRUE)', "c"),
    ("LOOKUP(25,F1:F5,A1:A5)", "Oranges"),
    ("LOOKUP(5,F1:F5,A1:A5)", "#N/A"),
    ('LOOKUP("C",{"a","b","c","d";1,2,3,4})', 3),
    ('LOOKUP("bump",{"a",1;"b",2;"c",3})', 2),
    ("LOOKUP(2,{#DIV/0!;1;#DIV/0!;1;#DIV/0!},A1:A5)", "Oranges"),
    ("LOOKUP(9,F1:F5,J1:N1)", "#N/A"),
    ("LOOKUP(20,F1:F3,J1:L1)", "Bolts"),
    ('XLOOKUP("Lemons",A1:A5,C1:C5)', 15),
    ('XLOOKUP("Lemons",A1:A5,B1:C5)', [[0.55, 15]]),
    ('XLOOKUP("Melons",A1:A5,B1:C5)', "#N/A"),
    ('XLOOKUP("Melons",A1:A5,B1:C5,"none")', "none"),
    ('XLOOKUP("Melons",A1:A5,C1:C5,,-1)', 15),
    ('XLOOKUP("Melons",A1:A5,C1:C5,,1)', 25),
    ('XLOOKUP("*e*",A1:A5,A1:A5,,2)', "Apples"),
    ('XLOOKUP("*e*",A1:A5,A1:A5,,2,-1)', "Pears"),
    ("XLOOKUP(20,F1:F5,A1:A5)", "Bananas"),
    ("XLOOKUP(20,F1:F5,A1:A5,,0,-1)", "Oranges"),
    ("XLOOKUP(50,F1:F5,A1:A5,,0,2)", "Pears"),
    ("XLOOKUP(40,G1:G5,A1:A5,,0,-2)", "Lemons"),
    ('XLOOKUP("Bolts",J1:L1,J2:L3)', [[9], [10]]),
    ("XLOOKUP(1,F1:F5,A1:A4)", "#VALUE!"),
    ("XLOOKUP(1,F1:F5,A1:A5,,3)", "#VALUE!"),
    ("XLOOKUP(#REF!,F1:F5,A1:A5,1)", "#REF!"),
    ("SUM(XLOOKUP(20,F1:F5,B1:C5))", 38.34),
    ("XMATCH(TRUE,H1:H7,-1)", 2),
    ("XMATCH(10,H1:H7,1)", 4),
    ("XMATCH(20,F1:F5)", 2),
    ("XMATCH(20,F1:F5,0,-1)", 4),
    ("XMATCH(19,F1:F5,1)", 2),
    ("XMATCH(21,F1:F5,1)", 5),
    ("XMATCH(49,F1:F5,-1)", 2),
    ("XMATCH(49,F1:F5,-1,-1)", 4),
    ("XMATCH(1,H1:H7,0)", 3),
    ('XMATCH("zz",A1:A5)', "#N/A"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    assert excel.same(excel(formula, TABLE), expected), excel(formula, TABLE)


LANES = np.array([0.0, 1.0, 5.0, 10.0, 19.5, 20.0, 21.0, 50.0, 51.0, 20.0, 3.0, 2.0, 40.0])
FORMULAS = [
    "MATCH(Z1,F1:F5,1)",
    "MATCH(Z1,F1:F5,0)",
    "MATCH(Z1,G1:G5,-1)",
    "MATCH(Z1,H1:H7,1)",
    "VLOOKUP(Z1,F1:G5,2)",
    "VLOOKUP(Z1,F1:G5,2,FALSE)",
    "VLOOKUP(20,F1:H5,Z1)",
    "LOOKUP(Z1,F1:F5,A1:A5)",
    "INDEX(A1:A5,Z2)",
    "INDEX(F1:H5,2,Z2)",
    'XLOOKUP(Z1,F1:F5,A1:A5,"none",-1)',
    "XLOOKUP(Z1,F1:F5,A1:C5,0,1)",
    "XMATCH(Z1,F1:F5,0,-1)",
    "MATCH(Z1,Y1:Y5,0)",
    "MATCH(Z1,Y1:Y5,1)",
    "MATCH(Z1,Y1:Y5,-1)",
    "XMATCH(Z1,Y1:Y5,-1,-1)",
    "XMATCH(Z1,Y1:Y5,1)",
    "INDEX(Y1:Y5,3)",
    "LOOKUP(Z1,Y1:Y5)",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_lane_finds_the_same_alone(lanes_agree: Any, formula: str) -> None:
    random = np.random.default_rng(3)
    varying = {f"Y{i}": random.integers(0, 55, len(LANES)).astype(float) for i in range(1, 6)}
    lanes_agree(formula, {**TABLE, **varying, "Z1": LANES, "Z2": np.maximum(LANES, 1)})


def _as_excel_searches(keys: list[float], target: float) -> int:
    """The binary search step by step: a key that is NaN is of another type and stepped over to the right."""
    low, high = -1, len(keys)
    while high - low > 1:
        middle = place = low + (high - low) // 2
        while place < high and np.isnan(keys[place]):
            place += 1
        if place == high:
            high = middle
        elif keys[place] == target:
            while place + 1 < high and keys[place + 1] == target:
                place += 1
            return place
        elif keys[place] < target:
            low = place
        else:
            high = middle
    return low


@given(st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0, np.nan]), max_size=12), st.sampled_from([0.0, 1.0, 2.5, 3.0, 9.0]))
def test_binary_search_takes_the_same_way(keys: list[float], target: float) -> None:
    expected = _as_excel_searches(keys, target)
    column = np.array(keys).reshape(-1, 1)
    assert last_at_most(column, np.array([target])).tolist() == [expected]
    many = np.concatenate([np.full((len(keys), 1), 7.0), column], axis=1)
    assert last_at_most(many, np.array([target]))[1] == expected
