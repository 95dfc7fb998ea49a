"""Text functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

PARTS = [
    ('LEFT("Sale Price",4)', "Sale"),
    ('LEFT("Sweden")', "S"),
    ('LEFT("a","6")', "a"),
    ('LEFT("abc",-1)', "#VALUE!"),
    ('LEFT("abc",1.9)', "a"),
    ("LEFT(1234,2)", "12"),
    ("LEFT(TRUE,2)", "TR"),
    ('RIGHT("Sale Price",5)', "Price"),
    ('RIGHT("abc",0)', ""),
    ('RIGHT("abc",9)', "abc"),
    ('MID("Fluid Flow",7,20)', "Flow"),
    ('MID("Fluid Flow",20,5)', ""),
    ('MID("abc",0,1)', "#VALUE!"),
    ('MID("abc",1,-1)', "#VALUE!"),
    ('REPLACE("abcdefghijk",6,5,"*")', "abcde*k"),
    ('REPLACE("123456",1,3,"@")', "@456"),
    ('LEN("Phoenix, AZ")', 11),
    ('LEN("")', 0),
    ("LEN(0.1)", 3),
    ('LEN("\U0001f600")', 2),
    ('LENB("abc")', 3),
    ('MIDB("abc",2,1)', "b"),
    ('TRIM("  First   Quarter ")', "First Quarter"),
    ('TRIM("a\u00a0 b")', "a\u00a0 b"),
    ('LEN(CLEAN("a"))', 1),
    ('REPT("*-",3)', "*-*-*-"),
    ('REPT("ab",-1)', "#VALUE!"),
    ('REPT("ab",20000)', "#VALUE!"),
    ('REPT("ab",2.9)', "abab"),
]
CASES = [
    ('UPPER("total \u00df")', "TOTAL \u00df"),
    ('LOWER("E. E. Cummings")', "e. e. cummings"),
    ('PROPER("2-way street")', "2-Way Street"),
    ('PROPER("76BudGet")', "76Budget"),
    ('PROPER("o\'neil")', "O'Neil"),
    ('EXACT("word","Word")', False),
    ('EXACT("word","word")', True),
    ("EXACT(1,1)", True),
    ('T("Rainfall")', "Rainfall"),
    ("T(19)", ""),
    ("T(TRUE)", ""),
    ("CHAR(65)", "A"),
    ("CHAR(128)", "\u20ac"),
    ("CHAR(129)", "\u0081"),
    ("CHAR(0)", "#VALUE!"),
    ("CHAR(256)", "#VALUE!"),
    ('CODE("A")', 65),
    ('CODE("\u20ac")', 128),
    ('CODE("\u3042")', 63),
    ('CODE("")', "#VALUE!"),
    ("UNICHAR(66)", "B"),
    ("UNICHAR(128512)", "\U0001f600"),
    ("UNICHAR(0)", "#VALUE!"),
    ("UNICHAR(55296)", "#N/A"),
    ("UNICHAR(65534)", "#N/A"),
    ('UNICODE("B")', 66),
    ('UNICODE("\U0001f600")', 128512),
    ('UNICODE("")', "#VALUE!"),
    ('ASC("\uff25\uff38\uff23\uff25\uff2c\u3000\u30ac")', "EXCEL \uff76\uff9e"),
    ('DBCS("EXCEL \uff76\uff9e")', "\uff25\uff38\uff23\uff25\uff2c\u3000\u30ac"),
    ('ENCODEURL("http://a b/\u00fc")', "http%3A%2F%2Fa%20b%2F%C3%BC"),
]
SEARCHES = [
    ('FIND("M","Miriam McGovern")', 1),
    ('FIND("m","Miriam McGovern")', 6),
    ('FIND("M","Miriam McGovern",3)', 8),
    ('FIND("x","abc")', "#VALUE!"),
    ('FIND("","abc")', 1),
    ('FIND("","abc",4)', 4),
    ('FIND("","abc",5)', "#VALUE!"),
    ('FIND("a","abc",0)', "#VALUE!"),
    ('SEARCH("e","Statements",6)', 7),
    ('SEARCH("MARGIN","Profit Margin")', 8),
    ('SEARCH("a*t","a cat sat")', 1),
    ('SEARCH("c?t","a cat")', 3),
    ('SEARCH("~*","Ho*la")', 3),
    ('SEARCH("~~","Hi ~Bang!")', 4),
    ('SEARCH("~d","My dear")', 4),
    ('SEARCH("~","Hello")', 1),
    ('SEARCH("Lat???","Late")', "#VALUE!"),
    ('SUBSTITUTE("Sales Data","Sales","Cost")', "Cost Data"),
    ('SUBSTITUTE("Quarter 1, 2008","1","2",1)', "Quarter 2, 2008"),
    ('SUBSTITUTE("Quarter 1, 2011","1","2",3)', "Quarter 1, 2012"),
    ('SUBSTITUTE("aaa","a","b",4)', "aaa"),
    ('SUBSTITUTE("aaa","aa","b")', "ba"),
    ('SUBSTITUTE("aaa","","b")', "aaa"),
    ('SUBSTITUTE("aaa","a","b",0)', "#VALUE!"),
    ('SUBSTITUTE("aAa","A","b")', "aba"),
]
JOINS = [
    ('CONCATENATE("Stream for ","brook"," trout ",32)', "Stream for brook trout 32"),
    ("CONCATENATE(1.50,TRUE)", "1.5TRUE"),
    ('CONCAT({"a",1;"b",TRUE},"c")', "a1bTRUEc"),
    ('CONCAT({"a",#N/A},"c")', "#N/A"),
    ('TEXTJOIN(", ",TRUE,"US Dollar","","Euro")', "US Dollar, Euro"),
    ('TEXTJOIN("-",FALSE,"a","","b")', "a--b"),
    ('TEXTJOIN({",",";"},TRUE,"a","b","c","d")', "a,b;c,d"),
    ('TEXTJOIN("",TRUE,{"a","b"},1)', "ab1"),
    ('TEXTJOIN(REPT("x",20000),TRUE,"a","b","c")', "#VALUE!"),
    ("VALUETOTEXT(1.50)", "1.5"),
    ('VALUETOTEXT("a""b",1)', '"a""b"'),
    ('VALUETOTEXT("a",0)', "a"),
    ("VALUETOTEXT(#N/A)", "#N/A"),
    ('VALUETOTEXT("a",2)', "#VALUE!"),
    ('ARRAYTOTEXT({1,"a";TRUE,#N/A})', "1, a, TRUE, #N/A"),
    ('ARRAYTOTEXT({1,"a";TRUE,#N/A},1)', '{1,"a";TRUE,#N/A}'),
]
CUTS = [
    ('TEXTBEFORE("Little Red Riding Hood\'s red hood","Red")', "Little "),
    ('TEXTBEFORE("a-b-c","-",2)', "a-b"),
    ('TEXTBEFORE("a-b-c","-",-2)', "a"),
    ('TEXTBEFORE("a-b-c","-",3)', "#N/A"),
    ('TEXTBEFORE("a-b-c","-",3,0,1)', "a-b-c"),
    ('TEXTBEFORE("a-b-c","-",0)', "#VALUE!"),
    ('TEXTBEFORE("a-b-c","-",9)', "#VALUE!"),
    ('TEXTBEFORE("aXb","x",1,1)', "a"),
    ('TEXTBEFORE("aXb","x",1,0,0,"none")', "none"),
    ('TEXTAFTER("Red riding hood\'s, red hood","hood")', "'s, red hood"),
    ('TEXTAFTER("a-b-c","-",-1)', "c"),
    ('TEXTAFTER("a-b;c",{"-",";"},2)', "c"),
    ('TEXTAFTER("abc","")', "abc"),
    ('TEXTBEFORE("abc","")', ""),
    ('TEXTSPLIT("Dakota Lennon Sanchez"," ")', [["Dakota", "Lennon", "Sanchez"]]),
    ('TEXTSPLIT("1,2;3",",",";")', [["1", "2"], ["3", "#N/A"]]),
    ('TEXTSPLIT("1,2;3",",",";",FALSE,0,"")', [["1", "2"], ["3", ""]]),
    ('TEXTSPLIT("a..b.",".",,TRUE)', [["a", "b"]]),
    ('TEXTSPLIT("a..b",".")', [["a", "", "b"]]),
    ('TEXTSPLIT("aXbxc","x",,FALSE,1)', [["a", "b", "c"]]),
    ('TEXTSPLIT("a-b;c",{"-",";"})', [["a", "b", "c"]]),
    ('TEXTSPLIT("a","")', "#VALUE!"),
]
NUMBERS = [
    ('VALUE("$1,000")', 1000),
    ('VALUE("16:48:00")', 0.7),
    ("VALUE(42)", 42),
    ("VALUE(TRUE)", "#VALUE!"),
    ('VALUE("")', "#VALUE!"),
    ('NUMBERVALUE("2.500,27",",",".")', 2500.27),
    ('NUMBERVALUE("3.5%")', 0.035),
    ('NUMBERVALUE("3,14",",")', 3.14),
    ('NUMBERVALUE("1.5",".",".")', "#VALUE!"),
    ('NUMBERVALUE("50%%")', 0.005),
    ('NUMBERVALUE("")', 0),
    ('NUMBERVALUE("1.2,3")', "#VALUE!"),
    ("FIXED(1234.567,1)", "1,234.6"),
    ("FIXED(1234.567,-1)", "1,230"),
    ("FIXED(-1234.567,-1,TRUE)", "-1230"),
    ("FIXED(44.332)", "44.33"),
    ("FIXED(0.5,0)", "1"),
    ("FIXED(1,128)", "#VALUE!"),
    ("DOLLAR(1234.567,2)", "$1,234.57"),
    ("DOLLAR(-1234.567,-2)", "($1,200)"),
    ("DOLLAR(-0.123,4)", "($0.1230)"),
    ("DOLLAR(99.888)", "$99.89"),
    ('TEXT(1234.567,"$#,##0.00")', "$1,234.57"),
    ('TEXT("5","0.00")', "5.00"),
    ('TEXT("1/1/2020","yyyy")', "2020"),
    ('TEXT("abc","0.00")', "abc"),
    ('TEXT(TRUE,"0")', "TRUE"),
    ('TEXT(#REF!,"0")', "#REF!"),
    ('TEXT(-1,"yyyy")', "#VALUE!"),
    ('TEXT(5,"")', ""),
    ("BAHTTEXT(0)", "\u0e28\u0e39\u0e19\u0e22\u0e4c\u0e1a\u0e32\u0e17\u0e16\u0e49\u0e27\u0e19"),
]


@pytest.mark.parametrize(("formula", "expected"), PARTS + CASES + SEARCHES + JOINS + CUTS + NUMBERS)
def test_text_functions(excel: Any, formula: str, expected: Any) -> None:
    found = excel(formula)
    if isinstance(expected, list):
        assert len(found) == len(expected)
        for line, wanted in zip(found, expected, strict=True):
            assert [excel.same(f, w) for f, w in zip(line, wanted, strict=True)] == [True] * len(wanted), found
    else:
        assert excel.same(found, expected), found


def test_clean_drops_control_characters(excel: Any) -> None:
    assert excel("CLEAN(A1)", {"A1": "\tMonthly\nreport\x1f\x7f"}) == "Monthlyreport\x7f"


def test_blanks_are_empty_texts(excel: Any) -> None:
    assert excel("LEN(A1)") == 0
    assert excel('TEXT(A1,"0.0")') == "0.0"
    assert excel('TEXTJOIN(",",TRUE,A1:A3)', {"A2": 7}) == "7"
    assert excel('TEXTJOIN(",",FALSE,A1:A3)', {"A2": 7}) == ",7,"


@pytest.mark.parametrize(
    "formula",
    [
        'TEXT(A1,"#,##0.00")',
        'TEXT(A1,"yyyy-mm-dd hh:mm")',
        "FIXED(A1,1)",
        'CONCATENATE("x",A1)',
        'CONCAT(A1,"-",B1:B2)',
        'TEXTJOIN(", ",TRUE,A1,B1:B2)',
        "TEXTJOIN(B1,TRUE,A1,A1)",
        "LEFT(A1,B1)",
        'SUBSTITUTE(A1,"1","one")',
        'TEXTBEFORE(A1,".",1,0,0,A1)',
        "ARRAYTOTEXT(A1:B2,1)",
        "VALUE(LEFT(A1,2))",
    ],
)
def test_a_lane_alone_shows_the_same_text(lanes_agree: Callable[..., None], formula: str) -> None:
    lanes_agree(
        formula, {"A1": np.array([1.5, 12.25, 40000.75, 1e-7, 12.25]), "B1": np.array([1.0, 2, 3, 4, 5]), "B2": "z"}
    )
