from __future__ import annotations

import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from compute.errors import ErrorCode, FormulaSyntaxError
from compute.formulas import parse, to_r1c1, unparse
from compute.formulas.ast import (
    ArrayConstant,
    Binary,
    Boolean,
    Call,
    CellReference,
    Coordinate,
    ErrorValue,
    Invocation,
    NameReference,
    Node,
    Number,
    Omitted,
    RangeReference,
    Sheets,
    StructuredReference,
    Text,
    Unary,
)


def read(text: str) -> Node:
    return parse(text, 10, 5)


def cell(row: int, column: int, sheets: Sheets | None = None) -> CellReference:
    """A relative reference to a 1-based cell, as seen from E10."""
    return CellReference(Coordinate(row - 10, False), Coordinate(column - 5, False), sheets)


def fixed(row: int, column: int, sheets: Sheets | None = None) -> CellReference:
    return CellReference(Coordinate(row, True), Coordinate(column, True), sheets)


A1, B2, C3 = cell(1, 1), cell(2, 2), cell(3, 3)
ONE, TWO = Number(1.0), Number(2.0)
X, NA = NameReference("x"), ErrorValue(ErrorCode.NA)
FIRST, LAST_ROW, LAST_COLUMN = Coordinate(1, True), Coordinate(1_048_576, True), Coordinate(16_384, True)
A1_B2 = RangeReference(A1.row, A1.column, B2.row, B2.column)


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("-2^2", "(-2)^2"),
        ("2^-2^2", "(2^(-2))^2"),
        ("2^3^2", "(2^3)^2"),
        ("-2%", "(-2)%"),
        ("2^3%", "2^(3%)"),
        ("-A1:B2", "-(A1:B2)"),
        ("--A1", "-(-A1)"),
        ("1-2-3", "(1-2)-3"),
        ("1-2+3", "(1-2)+3"),
        ("8/4*2", "(8/4)*2"),
        ("1+2*3", "1+(2*3)"),
        ("2*3^2", "2*(3^2)"),
        ("1&2+3", "1&(2+3)"),
        ('"a"&"b"="ab"', '("a"&"b")="ab"'),
        ("1<2=3>2", "((1<2)=3)>2"),
        ("1<>2&3", "1<>(2&3)"),
        ("A1:B2 B1:C3", "(A1:B2) (B1:C3)"),
        ("A1:C3 B:B,D4", "((A1:C3) (B:B)),D4"),
        ("-A1 B2", "-(A1 B2)"),
        ("-A1,B2", "-(A1,B2)"),
        ("@A1:A5", "@(A1:A5)"),
        ("-@A1", "-(@A1)"),
        ("@A1+1", "(@A1)+1"),
        ("A1#+1", "(A1#)+1"),
        ("A1:B2#", "A1:(B2#)"),
        ("50%%", "(50%)%"),
        ("1 + 2\n*\t3", "1+(2*3)"),
        ("( A1 , B2 )", "(A1,B2)"),
    ],
)
def test_operators_group_as_in_excel(text: str, grouped: str) -> None:
    assert read(text) == read(grouped)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1", ONE),
        ("=1", ONE),
        ("1e5", Number(1e5)),
        (".5", Number(0.5)),
        ("1.", ONE),
        ("1.5E-3", Number(0.0015)),
        ('"say ""hi"""', Text('say "hi"')),
        ('""', Text("")),
        ("TRUE", Boolean(True)),
        ("false", Boolean(False)),
        ("TRUE()", Call("TRUE", ())),
        ("#N/A", NA),
        ("#div/0!", ErrorValue(ErrorCode.DIV0)),
        ("Sheet1!#REF!", ErrorValue(ErrorCode.REF)),
        ("'x y'!#REF!", ErrorValue(ErrorCode.REF)),
        ("#REF!A1", ErrorValue(ErrorCode.REF)),
        ("#REF!$A$1:$B$2", ErrorValue(ErrorCode.REF)),
        ("#REF!#REF!", ErrorValue(ErrorCode.REF)),
        ("[1]#REF!A1", ErrorValue(ErrorCode.REF)),
        ("'[1]#REF'!A1", cell(1, 1, Sheets("#REF", None, "[1]"))),
        ("#REF!+1", Binary("+", ErrorValue(ErrorCode.REF), ONE)),
        ("{1,-2;+3,4}", ArrayConstant(((ONE, Number(-2.0)), (Number(3.0), Number(4.0))))),
        ('{"a", TRUE ;#N/A,false}', ArrayConstant(((Text("a"), Boolean(True)), (NA, Boolean(False))))),
        ("F()", Call("F", ())),
        ("f( )", Call("F", ())),
        ("IF(A1,,2)", Call("IF", (A1, Omitted(), TWO))),
        ("IF(A1,)", Call("IF", (A1, Omitted()))),
        ("F(,)", Call("F", (Omitted(), Omitted()))),
        ("SUM (1)", Call("SUM", (ONE,))),
        ("SUM((A1,B2),1)", Call("SUM", (Binary(",", A1, B2), ONE))),
        ("_xlfn.XLOOKUP(1)", Call("XLOOKUP", (ONE,))),
        ("_xlfn._xlws.SORT(A1)", Call("SORT", (A1,))),
        ("_XLFN.STDEV.S(A1)", Call("STDEV.S", (A1,))),
        ("_xlfn.SINGLE(A1)", Unary("@", A1)),
        ("_xlfn.ANCHORARRAY(A1)", Unary("#", A1)),
        ("ANCHORARRAY(A1)+1", Binary("+", Unary("#", A1), ONE)),
        ("A1#", Unary("#", A1)),
        ("LAMBDA(x,x+1)(2)", Invocation(Call("LAMBDA", (X, Binary("+", X, ONE))), (TWO,))),
        ("F(1)(2)(1)", Invocation(Invocation(Call("F", (ONE,)), (TWO,)), (ONE,))),
        ("LAMBDA(x,x) (1)", Invocation(Call("LAMBDA", (X, X)), (ONE,))),
        ("F(1) (A1)", Binary(" ", Call("F", (ONE,)), A1)),
        ("(LAMBDA(x,x)) (A1)", Binary(" ", Call("LAMBDA", (X, X)), A1)),
        ("(A1)(2)", Invocation(A1, (TWO,))),
        (
            "_xlfn.LET(_xlpm.x,1,_xlpm.x+2)",
            Call("LET", (X, ONE, Binary("+", X, TWO))),
        ),
        ("_xlpm.f(1)", Call("F", (ONE,))),
        ("_xlpm.A1", NameReference("_xlpm.A1")),
        ("_xll.RiskNormal(1,2)", Call("_XLL.RISKNORMAL", (ONE, TWO))),
        ("_xldudf_MC_NORMAL(1)", Call("_XLDUDF_MC_NORMAL", (ONE,))),
        ("[2]!_xldudf_MC_X(1)", Call("[2]!_XLDUDF_MC_X", (ONE,))),
        ("'mc.xlam'!MC_X(1)", Call("'MC.XLAM'!MC_X", (ONE,))),
        ("MC.NORMAL(1)", Call("MC.NORMAL", (ONE,))),
        ("LOG10(1)", Call("LOG10", (ONE,))),
        ("BIN2DEC(1)", Call("BIN2DEC", (ONE,))),
    ],
)  # fmt: skip
def test_constants_and_calls(text: str, tree: Node) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("A1", A1),
        ("a1", A1),
        ("$A$1", fixed(1, 1)),
        ("$A1", CellReference(Coordinate(-9, False), Coordinate(1, True))),
        ("A$1", CellReference(Coordinate(1, True), Coordinate(-4, False))),
        ("LOG10", cell(10, 8509)),
        ("ABC1", cell(1, 731)),
        ("XFD1048576", cell(1_048_576, 16_384)),
        ("ABCD1", NameReference("ABCD1")),
        ("XFE1", NameReference("XFE1")),
        ("A1048577", NameReference("A1048577")),
        ("A0", NameReference("A0")),
        ("A1x", NameReference("A1x")),
        ("A1.x", NameReference("A1.x")),
        ("x_1", NameReference("x_1")),
        ("\\a", NameReference("\\a")),
        ("Rate.2?", NameReference("Rate.2?")),
        ("Größe", NameReference("Größe")),
        ("売上", NameReference("売上")),
        ("A1:B2", A1_B2),
        ("A1 : B2", A1_B2),
        ("A:C", RangeReference(FIRST, A1.column, LAST_ROW, C3.column)),
        ("$A:C", RangeReference(FIRST, FIRST, LAST_ROW, C3.column)),
        ("1:$3", RangeReference(A1.row, FIRST, Coordinate(3, True), LAST_COLUMN)),
        ("B2:A1", RangeReference(B2.row, B2.column, A1.row, A1.column)),
        ("A1:B2:C3", Binary(":", A1_B2, C3)),
        ("A1:INDEX(B2,1)", Binary(":", A1, Call("INDEX", (B2, ONE)))),
        ("A1:LOG10(1)", Binary(":", A1, Call("LOG10", (ONE,)))),
        ("A1:name", Binary(":", A1, NameReference("name"))),
        ("INDEX(A1,1):B2", Binary(":", Call("INDEX", (A1, ONE)), B2)),
        ("A1:#REF!", Binary(":", A1, ErrorValue(ErrorCode.REF))),
        ("A1 B2", Binary(" ", A1, B2)),
        ("a_b (A1)", Call("A_B", (A1,))),
        ("A1 (B2)", Binary(" ", A1, B2)),
        ("Sheet2!A1", cell(1, 1, Sheets("Sheet2"))),
        ("'My sheet'!A1", cell(1, 1, Sheets("My sheet"))),
        ("'O''Neil'!A1", cell(1, 1, Sheets("O'Neil"))),
        ("'1'!$A$1", fixed(1, 1, Sheets("1"))),
        ("2019!$A$1", fixed(1, 1, Sheets("2019"))),
        ("Sheet2!A1:B2", RangeReference(A1.row, A1.column, B2.row, B2.column, Sheets("Sheet2"))),
        ("Sheet2!A1:Sheet2!B2", RangeReference(A1.row, A1.column, B2.row, B2.column, Sheets("Sheet2"))),
        ("A1:Sheet2!B2", Binary(":", A1, cell(2, 2, Sheets("Sheet2")))),
        ("Jan:Mar!A1", cell(1, 1, Sheets("Jan", "Mar"))),
        ("A:B!A1", cell(1, 1, Sheets("A", "B"))),
        ("'a b:c d'!A1", cell(1, 1, Sheets("a b", "c d"))),
        ("[1]Sheet1!A1", cell(1, 1, Sheets("Sheet1", None, "[1]"))),
        ("[1]Sheet1:Sheet3!A1", cell(1, 1, Sheets("Sheet1", "Sheet3", "[1]"))),
        ("'[1]My sheet'!A1", cell(1, 1, Sheets("My sheet", None, "[1]"))),
        ("'C:\\x\\[b.xlsx]S 1'!A1", cell(1, 1, Sheets("S 1", None, "C:\\x\\[b.xlsx]"))),
        ("'C:\\x\\b.xlsx'!Name", NameReference("Name", Sheets("C:\\x\\b.xlsx"))),
        ("[1]!Name", NameReference("Name", Sheets("", None, "[1]"))),
        ("Sheet2!Name", NameReference("Name", Sheets("Sheet2"))),
        ("[1]!'a topic,LAST'", NameReference("a topic,LAST", Sheets("", None, "[1]"))),
        ("!A1", A1),
    ],
)  # fmt: skip
def test_references_are_relative_to_their_cell(text: str, tree: Node) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("T[Col]", StructuredReference("T", (), "Col")),
        ("T[]", StructuredReference("T", ())),
        ("T[#All]", StructuredReference("T", ("#All",))),
        ("T[#this row]", StructuredReference("T", ("#This Row",))),
        ("T[[#Headers],[A]:[C]]", StructuredReference("T", ("#Headers",), "A", "C")),
        ("T[[A]:[C]]", StructuredReference("T", (), "A", "C")),
        ("T[[#Headers],[#Data],[A]]", StructuredReference("T", ("#Headers", "#Data"), "A")),
        ("T[ [#Totals] , [A] ]", StructuredReference("T", ("#Totals",), "A")),
        ("T[[#This Row],[Gender ]]", StructuredReference("T", ("#This Row",), "Gender ")),
        ("T[@]", StructuredReference("T", ("#This Row",))),
        ("T[@Col]", StructuredReference("T", ("#This Row",), "Col")),
        ("[@Col]", StructuredReference(None, ("#This Row",), "Col")),
        ("[@[Col name]]", StructuredReference(None, ("#This Row",), "Col name")),
        ("[@[A]:[C]]", StructuredReference(None, ("#This Row",), "A", "C")),
        ("[Col]", StructuredReference(None, (), "Col")),
        ("[% Done (EUR/h), net]", StructuredReference(None, (), "% Done (EUR/h), net")),
        ("[[#This Row],[A]]", StructuredReference(None, ("#This Row",), "A")),
        ("T['#Items]", StructuredReference("T", (), "#Items")),
        ("T[a'[b'] ''c'@]", StructuredReference("T", (), "a[b] 'c@")),
        ("T[[a']b]]", StructuredReference("T", (), "a]b")),
        ("[1]!T[Col]", StructuredReference("T", (), "Col", None, "[1]")),
        ("'my book.xlsx'!T[Col]", StructuredReference("T", (), "Col", None, "my book.xlsx")),
    ],
)
def test_structured_references(text: str, tree: Node) -> None:
    assert read(text) == tree
    assert read(unparse(tree, 10, 5)) == tree


@pytest.mark.parametrize(
    ("text", "position", "problem"),
    [
        ("", 1, "ends too early"),
        ("=", 1, "ends too early"),
        ("  ", 3, "ends too early"),
        ("1+", 3, "ends too early"),
        ("(1", 3, "expected ')'"),
        ("SUM(1", 6, "expected ')'"),
        ("SUM(1;2)", 6, "unexpected ';'"),
        ("1)", 2, "unexpected ')'"),
        ("*1", 1, "unexpected '*'"),
        ("1 2", 3, "unexpected '2'"),
        ("5(3)", 2, "unexpected '('"),
        ('"abc', 1, "closing"),
        ("1+'abc", 3, "closing"),
        ("T[abc", 2, "closing"),
        ("T[#Nope]", 2, "#Nope"),
        ("T[[A],[B]]", 2, "too many"),
        ("T[[A]:]", 2, "missing"),
        ("T[[A];[B]]", 2, "out of place"),
        ("$A", 1, "unexpected '$'"),
        ("A1$", 3, "unexpected '$'"),
        ("Sheet1!", 8, "ends too early"),
        ("Sheet1! A1", 9, "after the sheet's name"),
        ("Sheet1!(A1)", 8, "after the sheet's name"),
        ("{1,2;3}", 1, "differ in length"),
        ("{}", 2, "expected a constant"),
        ("{A1}", 2, "expected a constant"),
        ("{1 2}", 4, "unexpected '2'"),
        ("{-TRUE}", 3, "expected a constant"),
        ("1:2.5", 2, "must be references"),
        ("A1:1", 3, "must be references"),
        ("A1 TRUE", 4, "must be references"),
        ("(A1+1):B2", 7, "must be references"),
        ("1e999", 1, "too large"),
        ("A1%%B1", 5, "unexpected 'B1'"),
        ("#NOPE!", 1, "unexpected '#'"),
        ("a|b", 2, "unexpected '|'"),
    ],
)
def test_an_error_names_the_problem_the_place_and_the_formula(text: str, position: int, problem: str) -> None:
    with pytest.raises(FormulaSyntaxError) as caught:
        read(text)
    assert problem in str(caught.value)
    assert f"at character {position} " in str(caught.value)
    assert caught.value.code == "formula.syntax"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "1" + ")" * 10_000,
        "(" * 10_000,
        "-" * 10_000 + "1",
        "1" + "%" * 10_000,
        "SIN(" * 8_000 + "1" + ")" * 100,
        "F" + "(1)" * 5_000,
        "A1" + "#" * 5_000,
        "1^(" * 5_000,
        "@" * 10_000 + "A1",
        "{" * 10_000,
        "[" * 10_000,
        "T" + "[a" * 5_000,
        "'" * 9_999,
        '"' * 9_999,
        "1," * 20_000,
    ],
)
def test_absurd_nesting_is_refused(text: str) -> None:
    with pytest.raises(FormulaSyntaxError):
        read(text)


@pytest.mark.parametrize("opening", ["IF(1,1,", "1+2*IF(A1>0,1,", "SUM(1,(", "IFERROR(-("])
def test_sixty_four_levels_of_functions_are_accepted(opening: str) -> None:
    closing = ")" * opening.count("(")
    node = read(opening * 64 + "1" + closing * 64)
    assert node == read(unparse(node, 10, 5))


def test_long_chains_are_no_nesting() -> None:
    text = "+".join(["A1"] * 2_700)
    node = read(text)
    assert len(text) < 8_192
    assert sys.getrecursionlimit() < 2_700
    assert unparse(node, 10, 5) == text
    other = parse(text + " ", 10, 5)
    assert other is not node
    assert other == node
    assert hash(other) == hash(node)
    assert read(text + "+1") != node
    assert read("B1+" + text[3:]) != node
    assert to_r1c1(node).startswith("R[-9]C[-4]+R[-9]C[-4]+")


def test_a_nearly_full_stack_still_gives_a_syntax_error() -> None:
    def sink(levels: int) -> None:
        if levels:
            sink(levels - 1)
        else:
            read("(" * 120 + "1.25" + ")" * 120)

    with pytest.raises(FormulaSyntaxError):
        sink(sys.getrecursionlimit() - 250)


_PIECES = [
    *"()[]{},;:!\"'#@$%^&*-+=<>. \n",
    "A1",
    "$B$2",
    "A:A",
    "1:3",
    "Sheet1",
    "[1]",
    "TRUE",
    "1e5",
    "#REF!",
    "SUM(",
    "T[",
    "_xlfn.",
    "x",
]


@settings(deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(_PIECES), max_size=25).map("".join)))
@example("A١")
@example("K1")
@example("#BLOCKED!")
@example("A1 \xa0B1")
@example("_xlpm.")
@example("ß()")
@example("!#REF!")
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        node = read(text)
    except FormulaSyntaxError:
        return
    written = unparse(node, 10, 5)
    assert read(written) == node
    assert read(text) is node
