"""Bases, bits, complex numbers, error functions, units."""

from __future__ import annotations

from typing import Any

import pytest

CASES: list[tuple[str, Any]] = [
    ("BIN2DEC(1100100)", 100),
    ("BIN2DEC(1111111111)", -1),
    ("BIN2DEC(2)", "#NUM!"),
    ("BIN2HEX(11111011,4)", "00FB"),
    ("BIN2OCT(1111111111)", "7777777777"),
    ("DEC2BIN(9,4)", "1001"),
    ("DEC2BIN(-100)", "1110011100"),
    ("DEC2BIN(512)", "#NUM!"),
    ('DEC2BIN("E",11)', "#NUM!"),
    ('DEC2BIN("E",4)', "#VALUE!"),
    ("DEC2BIN(9,A1)", "#NUM!"),
    ("DEC2HEX(-54)", "FFFFFFFFCA"),
    ("DEC2OCT(58,3)", "072"),
    ("DEC2HEX(TRUE)", "#VALUE!"),
    ('HEX2BIN("F",8)', "00001111"),
    ('HEX2DEC("FFFFFFFF5B")', -165),
    ('HEX2OCT("3B4E")', "35516"),
    ("OCT2BIN(3,3)", "011"),
    ("OCT2DEC(54)", 44),
    ('OCT2HEX("7777777533")', "FFFFFFFF5B"),
    ("BITAND(13,25)", 9),
    ("BITOR(23,10)", 31),
    ("BITXOR(5,3)", 6),
    ("BITLSHIFT(4,2)", 16),
    ("BITRSHIFT(13,2)", 3),
    ("BITAND(-1,2)", "#NUM!"),
    ("BITAND(1.5,2)", "#NUM!"),
    ("DELTA(5,5)", 1),
    ("GESTEP(5,4)", 1),
    ("GESTEP(-1)", 0),
    ("ERF(0.745)", 0.707928920095737),
    ("ERF(0,1)", 0.842700792949715),
    ("ERF(TRUE)", "#VALUE!"),
    ("ERFC(1)", 0.157299207050285),
    ("COMPLEX(3,4)", "3+4i"),
    ('COMPLEX(3,-1,"j")', "3-j"),
    ("COMPLEX(0,1)", "i"),
    ('COMPLEX(1,1,"k")', "#VALUE!"),
    ('IMABS("5+12i")', 13),
    ('IMAGINARY("0-j")', -1),
    ('IMREAL("6-9i")', 6),
    ("IMREAL(4)", 4),
    ('IMREAL("x")', "#NUM!"),
    ('IMARGUMENT("3+4i")', 0.9272952180016122),
    ("IMARGUMENT(0)", "#DIV/0!"),
    ('IMCONJUGATE("3+4i")', "3-4i"),
    ('IMDIV("-238+240i","10+24i")', "5+12i"),
    ('IMPOWER("2+3i",3)', "-46+9.00000000000001i"),
    ('IMPRODUCT("3+4i","5-3i")', "27+11i"),
    ('IMSUM("3+4i","5-3i")', "8+i"),
    ('IMSUB("13+4i","5+3i")', "8+i"),
    ('IMSUM("i","j")', "#VALUE!"),
    ('CONVERT(1,"lbm","kg")', 0.45359237),
    ('CONVERT(68,"F","C")', 20),
    ('CONVERT(2.5,"ft","sec")', "#N/A"),
    ('CONVERT(CONVERT(100,"ft","m"),"ft","m")', 9.290304),
    ('CONVERT(1,"km2","m2")', 1e6),
    ('CONVERT(1,"kibyte","bit")', 8192),
    ('CONVERT(1,"gal","l")', 3.785411784),
    ('CONVERT(1,"mi","km")', 1.609344),
    ('CONVERT(1,"HP","W")', 745.6998715822702),
]


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    assert excel.same(excel(formula), expected, 1e-6), excel(formula)
