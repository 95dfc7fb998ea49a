"""Walking and rebuilding canonical trees: formula nodes, draws and output marks alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from compute.dialects.canonical import Adjustment, Correlation, Draw, InputMark, OutputMark
from compute.formulas.ast import ArrayConstant, Binary, Node

Visit = Callable[[Node], Node]


_PARTS: dict[type, tuple[str, ...]] = {}


def _parts_of(kind: type) -> tuple[str, ...]:
    """The fields of a kind of node that hold nodes, by their annotations: asking every node anew is slow."""
    known = _PARTS.get(kind)
    if known is None:
        words = ("Node", "Adjustment", "Correlation")
        held = (f.name for f in dataclasses.fields(kind) if any(word in str(f.type) for word in words))
        known = _PARTS[kind] = () if kind is ArrayConstant else tuple(held)
    return known


def rebuild(node: Node, visit: Visit) -> Node:
    """The node with ``visit`` applied to each direct child, in the order of the text; the same object if nothing
    changed.
    """
    if isinstance(node, Binary):
        return _rebuilt_chain(node, visit)
    changes: dict[str, Any] = {}
    for name in _parts_of(type(node)):
        value = getattr(node, name)
        new = _visited(value, visit)
        if new is not value:
            changes[name] = new
    return dataclasses.replace(node, **changes) if changes else node


def _rebuilt_chain(node: Binary, visit: Visit) -> Node:
    """A chain ``a + b + c …`` leans left as deep as it is long: its inner links are rebuilt here, without recursion."""
    links = [node]
    while isinstance(links[-1].left, Binary):
        links.append(links[-1].left)
    left = visit(links[-1].left)
    for link in reversed(links):
        right = visit(link.right)
        left = link if left is link.left and right is link.right else dataclasses.replace(link, left=left, right=right)
    return left


def _visited(value: Any, visit: Visit) -> Any:
    if isinstance(value, Node):
        return visit(value)
    if isinstance(value, Adjustment):
        low, high = value.low and visit(value.low), value.high and visit(value.high)
        return value if low is value.low and high is value.high else Adjustment(value.kind, low, high)
    if isinstance(value, Correlation):
        return _rebuilt_correlation(value, visit)
    if isinstance(value, tuple) and value and isinstance(value[0], Node | Adjustment):
        new = tuple(_visited(v, visit) for v in value)
        return value if all(a is b for a, b in zip(new, value, strict=True)) else new
    return value


def _rebuilt_correlation(old: Correlation, visit: Visit) -> Correlation:
    names = ("group", "position", "instance", "parameter", "reflection")
    new: dict[str, Any] = {name: visit(part) for name in names if (part := getattr(old, name)) is not None}
    return old if all(new[n] is getattr(old, n) for n in new) else dataclasses.replace(old, **new)


def children(node: Node) -> list[Node]:
    """The direct parts of a node in the order of the text."""
    found: list[Node] = []
    for name in _parts_of(type(node)):
        value = getattr(node, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Node):
                found.append(part)
            elif isinstance(part, Adjustment):
                found += [n for n in (part.low, part.high) if n is not None]
            elif isinstance(part, Correlation):
                found += part.parts
    return found


def nodes(tree: Node) -> Iterator[Node]:
    """Every node of a tree, the tree itself first, in the order of the text."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        parts = _PARTS.get(type(node))
        if parts is None or parts:
            stack.extend(reversed(children(node)))


def draws(tree: Node) -> list[Draw]:
    """The draws of a canonical formula by ordinal."""
    return sorted((n for n in nodes(tree) if isinstance(n, Draw)), key=lambda d: d.ordinal)


def output_marks(tree: Node) -> list[OutputMark]:
    """The output marks of a canonical formula."""
    return [n for n in nodes(tree) if isinstance(n, OutputMark)]


def numbered(tree: Node) -> Node:
    """The tree with its draws counted from 1 in the order of the text, an outer draw before those in its parameters."""
    count = 0

    def visit(node: Node) -> Node:
        nonlocal count
        if isinstance(node, Draw):
            count += 1
            node = dataclasses.replace(node, ordinal=count)
        return rebuild(node, visit)

    return visit(tree)


def named(tree: Node) -> Node:
    """The tree with the name of its only input mark given to its only draw; a mark beside that draw goes."""
    marks = [n for n in nodes(tree) if isinstance(n, InputMark)]
    found = [n for n in nodes(tree) if isinstance(n, Draw)]
    if len(marks) != 1 or len(found) != 1:
        return tree
    mark, draw = marks[0], dataclasses.replace(found[0], name=found[0].name or marks[0].name)

    def visit(node: Node) -> Node:
        if isinstance(node, Binary) and node.operator == "+":
            sides = (node.left, node.right)
            if any(s is mark for s in sides) and any(s is found[0] for s in sides):
                return draw
        return draw if node is found[0] else rebuild(node, visit)

    return visit(tree)
