from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.errors import ErrorCode
from compute.formulas import parse, to_r1c1, unparse
from compute.formulas.ast import (
    MAX_COLUMN,
    MAX_ROW,
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

ROW, COLUMN = 1_000, 200
FIRST = Coordinate(1, True)


def coordinates(origin: int, limit: int) -> st.SearchStrategy[Coordinate]:
    near = st.integers(-20, 20)
    absolute = st.integers(1, limit) | st.sampled_from([1, limit])
    return (near | st.integers(1 - origin, limit - origin)).map(lambda value: Coordinate(value, False)) | absolute.map(
        lambda value: Coordinate(value, True)
    )


rows = coordinates(ROW, MAX_ROW)
columns = coordinates(COLUMN, MAX_COLUMN)
plain = st.characters(blacklist_categories=("Cs", "Cc"))
sheet_names = st.text(
    st.characters(blacklist_characters="[]:*?/\\", blacklist_categories=("Cs", "Cc")), min_size=1, max_size=8
) | st.sampled_from(["A1", "R1C1", "TRUE", "2024", "My sheet", "O'Neil", "#REF", "a!b"])
workbooks = st.sampled_from(["[1]", "[23]", "[Book 1.xlsx]", "[it's.xlsx]", "C:\\x y\\[b.xlsx]"])
sheets = (
    st.none()
    | st.builds(Sheets, sheet_names, st.none() | sheet_names, st.none() | workbooks)
    | st.builds(Sheets, st.just(""), st.none(), workbooks)
)
names = st.sampled_from(["x", "A", "AB", "Rate", "_a.b", "\\p", "Größe", "a?", "ABCD1", "XFE1", "A1048577", "_xlpm.A1"])
column_names = st.text(plain, min_size=1, max_size=8) | st.sampled_from(
    ["a b", " ", "[x]", "#All", "@", "'", "a:b,c", "(%)"]
)
specifiers = st.sampled_from([(), ("#All",), ("#Headers",), ("#This Row",), ("#Headers", "#Data"), ("#Totals",)])


@st.composite
def structured(draw: st.DrawFn) -> Node:
    first = draw(st.none() | column_names)
    last = draw(st.none() | column_names) if first is not None else None
    table = draw(st.none() | st.sampled_from(["T", "Table1", "Größe", "A"]))
    workbook = draw(st.sampled_from([None, "[1]", "book 1.xlsx"])) if table else None
    return StructuredReference(table, draw(specifiers), first, last, workbook)


cell_references = st.builds(CellReference, rows, columns, sheets)
reference_leaves = (
    cell_references
    | st.builds(RangeReference, rows, columns, rows, columns, sheets)
    | st.builds(RangeReference, st.just(FIRST), columns, st.just(Coordinate(MAX_ROW, True)), columns, sheets)
    | st.builds(RangeReference, rows, st.just(FIRST), rows, st.just(Coordinate(MAX_COLUMN, True)), sheets)
    | st.builds(NameReference, names, sheets)
    | structured()
)
errors = st.builds(ErrorValue, st.sampled_from(ErrorCode))
texts = st.builds(Text, st.text(plain, max_size=8) | st.just('"A1"'))
booleans = st.builds(Boolean, st.booleans())
numbers = st.builds(Number, st.floats(0, allow_nan=False, allow_infinity=False))
signed = st.builds(Number, st.floats(allow_nan=False, allow_infinity=False))
arrays = st.integers(1, 3).flatmap(
    lambda width: st.builds(
        ArrayConstant,
        st.lists(st.tuples(*[signed | texts | booleans | errors] * width), min_size=1, max_size=3).map(tuple),
    )
)
function_names = st.sampled_from(
    ["SUM", "LOG10", "STDEV.S", "_XLL.RISKNORMAL", "[2]!_XLDUDF_X", "'MY MC.XLAM'!F", "LAMBDA", "A1"]
)


def compound(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def call(name: str, arguments: tuple[Node, ...]) -> Node:
        return Call(name, () if arguments == (Omitted(),) else arguments)

    arguments = st.lists(parts | st.just(Omitted()), max_size=3).map(tuple)
    operators = st.sampled_from(["+", "-", "*", "/", "^", "&", "=", "<>", "<", ">", "<=", ">=", ","])
    return (
        st.builds(Unary, st.sampled_from("+-%@"), parts)
        | st.builds(Binary, operators, parts, parts)
        | st.builds(call, function_names, arguments)
    )


def reference_compound(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def invoke(callee: Node, arguments: tuple[Node, ...]) -> Node:
        return Invocation(callee, () if arguments == (Omitted(),) else arguments)

    def join(operator: str, left: Node, right: Node) -> Node:
        # Two cells of one sheet joined by a colon are a RangeReference, never a Binary.
        both_cells = isinstance(left, CellReference) and isinstance(right, CellReference)
        merged = operator == ":" and both_cells and left.sheets == right.sheets  # type: ignore[attr-defined]
        return Binary("," if merged else operator, left, right)

    return (
        st.builds(join, st.sampled_from([":", " ", ","]), parts, parts)
        | st.builds(Unary, st.sampled_from("#@"), parts)
        | st.builds(invoke, parts, st.lists(parts | st.just(Omitted()), max_size=2).map(tuple))
        | st.builds(Call, function_names, st.lists(parts, max_size=2).map(tuple))
    )


reference_trees = st.recursive(reference_leaves | errors, reference_compound, max_leaves=6)
trees = st.recursive(reference_trees | texts | booleans | numbers | arrays, compound, max_leaves=12)


@settings(deadline=None)
@given(trees)
def test_a_written_tree_reads_back_equal(tree: Node) -> None:
    assert parse(unparse(tree, ROW, COLUMN), ROW, COLUMN) == tree


@settings(deadline=None)
@given(trees, trees)
def test_r1c1_text_is_a_key(one: Node, other: Node) -> None:
    assert (to_r1c1(one) == to_r1c1(other)) == (one == other)


@pytest.mark.parametrize(
    ("text", "r1c1"),
    [
        ("A1", "R[-2]C[-1]"),
        ("B3", "RC"),
        ("$A$1", "R1C1"),
        ("$A3", "RC1"),
        ("A1:C$4", "R[-2]C[-1]:R4C[1]"),
        ("A:$B", "C[-1]:C2"),
        ("2:$3", "R[-1]:R3"),
        ("'My sheet'!A1+1.5", "'My sheet'!R[-2]C[-1]+1.5"),
    ],
)
def test_r1c1_counts_from_the_cell(text: str, r1c1: str) -> None:
    assert to_r1c1(parse(text, 3, 2)) == r1c1


@pytest.mark.parametrize(
    "text",
    [
        "(A1+B2)*C3",
        "A1-(B2-C3)",
        "-(A1+B2)",
        "(-2)^2",
        "2^(3^2)",
        "1=(2=3)",
        "-(5%)",
        "SUM((A1,B2),C3)",
        "(A1,B2) C3",
        "A1:(B2:C3)",
        "@(A1 B2)",
        "(A1:B2)#",
        "(x):y",
        "A1:INDEX(B:B,3)",
        "IF(A1>=1,\"a\"\"b\",{1,-2;TRUE,#N/A})",
        "T[[#This Row],[a'#]]",
        "$1:$1048576",
        "1E+100+0.1+1E-07",
    ],
)  # fmt: skip
def test_no_more_parentheses_than_needed(text: str) -> None:
    assert unparse(parse(text, 5, 5), 5, 5) == text.replace("(-2)^2", "-2^2")


def test_relative_references_wrap_at_the_edge() -> None:
    assert unparse(parse("A1", 2, 2), 1, 1) == "XFD1048576"
    assert unparse(parse("B2", 1, 1), MAX_ROW, MAX_COLUMN) == "A1"
