"""Copulas that fill cells: one draw for each of them, tied to the others."""

from __future__ import annotations

from dataclasses import replace

from compute.dialects import Draw, nodes, rebuild
from compute.dialects.law_nodes import JointUniforms
from compute.dialects.tree import numbered
from compute.formulas.ast import Node, Number
from compute.workbook.model import Rectangle


def with_members(tree: Node, filled: Rectangle | None) -> Node:
    """A bound formula with the draws of its copulas, as many as the cells it fills, but no more than a copula has."""
    if not any(isinstance(n, JointUniforms) for n in nodes(tree)):
        return tree
    top, left, bottom, right = filled or (1, 1, 1, 1)
    cells = (bottom - top + 1) * (right - left + 1)

    def visit(node: Node) -> Node:
        if isinstance(node, JointUniforms):
            count = node.most if filled is None and node.most else min(cells, node.most or cells)
            return replace(node, members=tuple(_member(node, i) for i in range(count)))
        return rebuild(node, visit)

    return numbered(visit(tree))


def _member(joint: JointUniforms, index: int) -> Draw:
    turned = joint.reflections[index] if index < len(joint.reflections) else None
    tie = replace(joint.tie, position=Number(index + 1.0), reflection=turned)
    return Draw("UNIFORM", (Number(0.0), Number(1.0)), correlation=tie)
