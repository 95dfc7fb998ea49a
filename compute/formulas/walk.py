"""Visiting and rewriting trees, without recursion: a tree may lean as deep as its formula is long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from compute.formulas.ast import (
    ArrayConstant,
    Binary,
    Call,
    CellReference,
    Invocation,
    NameReference,
    Node,
    RangeReference,
    StructuredReference,
    Unary,
)

Reference = CellReference | RangeReference | NameReference | StructuredReference
Result = TypeVar("Result")


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, from left to right; the elements of an array constant row by row."""
    match node:
        case Binary():
            return (node.left, node.right)
        case Call():
            return node.arguments
        case Unary():
            return (node.operand,)
        case Invocation():
            return (node.callee, *node.arguments)
        case ArrayConstant():
            return tuple(element for row in node.rows for element in row)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """Every node of a tree, a node before its parts, parts from left to right."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def references(node: Node) -> Iterator[Reference]:
    """Every cell, range, name and structured reference of a tree, from left to right, repeated as written."""
    return (part for part in walk(node) if isinstance(part, Reference))


def fold(node: Node, combine: Callable[[Node, Sequence[Result]], Result]) -> Result:
    """What ``combine(node, results of its parts)`` gives for the whole tree, computed from the leaves up."""
    results: list[Result] = []
    stack = [(node, False)]
    while stack:
        current, complete = stack.pop()
        parts = children(current)
        if complete or not parts:
            first = len(results) - len(parts)
            results[first:] = [combine(current, results[first:])]
        else:
            stack.append((current, True))
            stack.extend((part, False) for part in reversed(parts))
    return results[0]


def transform(node: Node, function: Callable[[Node], Node]) -> Node:
    """The tree with ``function`` applied to every node, parts first; the same object where nothing changed."""
    return fold(node, lambda current, parts: function(_with_parts(current, parts)))


def _with_parts(node: Node, parts: Sequence[Node]) -> Node:
    if all(new is old for new, old in zip(parts, children(node), strict=True)):
        return node
    match node:
        case Binary():
            return Binary(node.operator, parts[0], parts[1])
        case Call():
            return Call(node.name, tuple(parts))
        case Unary():
            return Unary(node.operator, parts[0])
        case Invocation():
            return Invocation(parts[0], tuple(parts[1:]))
        case ArrayConstant():
            width = len(node.rows[0])
            return ArrayConstant(tuple(tuple(parts[i : i + width]) for i in range(0, len(parts), width)))
    raise TypeError(f"{type(node).__name__} has no parts")


def height(node: Node) -> int:
    """How many calls, parentheses and operators lie inside each other at most; a chain ``a+b+c`` counts once."""
    return fold(node, _height)


def _height(node: Node, parts: Sequence[int]) -> int:
    if isinstance(node, Binary):
        return max(parts[0], parts[1] + 1)
    return 1 + max(parts, default=0)
