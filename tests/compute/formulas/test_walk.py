from __future__ import annotations

from collections.abc import Sequence

import pytest

from compute.formulas import children, fold, parse, references, transform, unparse, walk
from compute.formulas.ast import (
    Binary,
    Call,
    CellReference,
    NameReference,
    Node,
    Number,
    RangeReference,
    StructuredReference,
    Text,
)


def test_walk_goes_from_the_whole_to_its_parts_from_left_to_right() -> None:
    kinds = [type(node).__name__ for node in walk(parse("-A1+F(1,{2,3})(x)%", 1, 1))]
    assert kinds == [
        *("Binary", "Unary", "CellReference", "Unary", "Invocation", "Call", "Number", "ArrayConstant"),
        *("Number", "Number", "NameReference"),
    ]


def test_references_come_in_the_order_of_the_text() -> None:
    found = list(references(parse('A1+SUM(B1:B2,Name,T[x],A1)+"A1"+{1}', 1, 1)))
    kinds = [type(node) for node in found]
    assert kinds == [CellReference, RangeReference, NameReference, StructuredReference, CellReference]


@pytest.mark.parametrize("text", ["A1", "1", "F()", "F(,1)", "{1,2;3,4}", "G(1)(2,x)", "-A1%+(A1,B2) C3"])
def test_transforming_nothing_gives_the_same_object(text: str) -> None:
    tree = parse(text, 1, 1)
    assert transform(tree, lambda node: node) is tree


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("1+A1", "2+A1"),
        ("F(1,G(1,x),3)", "F(2,G(2,x),3)"),
        ("-1%", "-2%"),
        ("F(1)(3,1)", "F(2)(3,2)"),
        ("{1,5;6,1}", "{2,5;6,2}"),
    ],
)
def test_transform_rebuilds_what_holds_a_change(text: str, changed: str) -> None:
    def ones_to_twos(node: Node) -> Node:
        return Number(2.0) if node == Number(1.0) else node

    assert unparse(transform(parse(text, 1, 1), ones_to_twos), 1, 1) == changed


def test_what_did_not_change_is_kept() -> None:
    tree = parse("F(A1,G(B1))+1", 1, 1)
    other = transform(tree, lambda node: Text("one") if isinstance(node, Number) else node)
    assert isinstance(tree, Binary)
    assert isinstance(other, Binary)
    assert other.left is tree.left


def test_transform_sees_parts_already_changed() -> None:
    def negate(node: Node) -> Node:
        match node:
            case Number(value):
                return Number(value + 1)
            case Call("F", (Number(value),)):
                return Number(value * 10)
        return node

    assert transform(parse("F(F(1))", 1, 1), negate) == Number(200.0)


def test_fold_computes_from_the_leaves_up_in_order() -> None:
    def outline(node: Node, parts: Sequence[str]) -> str:
        return f"{type(node).__name__}<{' '.join(parts)}>" if parts else type(node).__name__

    assert fold(parse("F(1,G(x),A1%)", 1, 1), outline) == "Call<Number Call<NameReference> Unary<CellReference>>"


def test_long_chains_do_not_exhaust_the_stack() -> None:
    tree = parse("+".join(["A1"] * 3_000), 1, 1)
    assert sum(1 for _ in references(tree)) == 3_000
    assert transform(tree, lambda node: node) is tree
    assert len(children(tree)) == 2
