"""What people mean by formulas over RAND: ``NORM.INV(RAND(),100,10)`` is a normal law, ``RAND()<0.2`` a Bernoulli one.

The draw stays the RAND and its values what they are: this names the law for the reader.
Sources: Microsoft's pages on NORM.INV and its kin; the inverse transform (L. Devroye, Non-Uniform Random Variate
Generation (1986), II.2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compute.dialects.canonical import Draw
from compute.dialects.tree import children, nodes
from compute.formulas.ast import Binary, Call, Node, Number, Unary
from compute.records import dataclass

Write = Callable[[Node], str]
"""A formula's part as text."""


@dataclass(frozen=True, slots=True)
class Inverse:
    """A worksheet function that inverts a law: its name for people, and which argument is the probability."""

    law: str
    probability: int = 0


INVERSES: Mapping[str, Inverse] = {
    **dict.fromkeys(("NORM.INV", "NORMINV"), Inverse("Normal")),
    **dict.fromkeys(("NORM.S.INV", "NORMSINV"), Inverse("Normal(0, 1)")),
    **dict.fromkeys(("LOGNORM.INV", "LOGINV"), Inverse("Lognormal of log mean and log deviation")),
    **dict.fromkeys(("BETA.INV", "BETAINV"), Inverse("Beta")),
    **dict.fromkeys(("GAMMA.INV", "GAMMAINV"), Inverse("Gamma")),
    **dict.fromkeys(("CHISQ.INV", "CHIINV"), Inverse("Chi-squared")),
    **dict.fromkeys(("F.INV", "FINV"), Inverse("F")),
    "T.INV": Inverse("Student"),
    **dict.fromkeys(("BINOM.INV", "CRITBINOM"), Inverse("Binomial", 2)),
}
LOOKUPS = frozenset({"VLOOKUP", "HLOOKUP", "LOOKUP", "MATCH", "XLOOKUP", "XMATCH"})


def idiom(tree: Node, draw: Draw, write: Write) -> str | None:
    """The law that a formula makes of one of its RANDs, with its parameters; None where it is none of the idioms."""
    found = None
    for node in nodes(tree):  # outer parts first: the innermost idiom around the draw is the law
        if any(part is draw for part in nodes(node)):
            found = _of(node, draw, write) or found
    return found


def _of(node: Node, draw: Draw, write: Write) -> str | None:
    if isinstance(node, Call):
        return _of_call(node, draw, write)
    if not isinstance(node, Binary):
        return None
    if node.operator in ("<", "<=") and node.left is draw:
        return f"Bernoulli({write(node.right)})"
    if node.operator in (">", ">=") and node.right is draw:
        return f"Bernoulli({write(node.left)})"
    if node.operator == "/" and _is_minus_log(node.left, draw):
        return f"Exponential of rate {write(node.right)}"
    if node.operator == "*":
        for log, scale in ((node.left, node.right), (node.right, node.left)):
            if _is_minus_log(log, draw):
                return f"Exponential of mean {write(scale)}"
    return _uniform(node, draw, write) if node.operator == "+" else None


def _of_call(node: Call, draw: Draw, write: Write) -> str | None:
    inverse = INVERSES.get(node.name)
    if inverse is not None and len(node.arguments) > inverse.probability:
        if not _is_probability(node.arguments[inverse.probability], draw):
            return None
        rest = [a for i, a in enumerate(node.arguments) if i != inverse.probability]
        return f"{inverse.law}({', '.join(map(write, rest))})" if rest else inverse.law
    if node.name in LOOKUPS and len(node.arguments) > 1 and node.arguments[0] is draw:
        return f"Discrete, by the cumulative table {write(node.arguments[1])}"
    return None


def _uniform(node: Binary, draw: Draw, write: Write) -> str | None:
    for low, moved in ((node.left, node.right), (node.right, node.left)):
        if isinstance(moved, Call) and moved.name == "INT":
            return _whole(low, moved, draw, write)
        if not isinstance(moved, Binary) or moved.operator != "*" or not any(p is draw for p in children(moved)):
            continue
        width = moved.right if moved.left is draw else moved.left
        if isinstance(low, Number) and isinstance(width, Number):
            return f"Uniform({low.value:g}, {low.value + width.value:g})"
        if isinstance(width, Binary) and width.operator == "-" and width.right == low:
            return f"Uniform({write(low)}, {write(width.left)})"
        return f"Uniform({write(low)}, {write(Binary('+', low, width))})"
    return None


def _whole(low: Node, moved: Call, draw: Draw, write: Write) -> str | None:
    """RANDBETWEEN in canonical form: the lower limit rounded up, and whole steps from there."""
    steps = moved.arguments[0]
    if not (isinstance(steps, Binary) and steps.left is draw and isinstance(low, Call) and low.name == "ROUNDUP"):
        return None
    tops = [n for n in nodes(steps.right) if isinstance(n, Call) and n.name == "ROUNDDOWN"]
    return f"IntUniform({write(low.arguments[0])}, {write(tops[0].arguments[0])})" if tops else None


def _is_probability(node: Node, draw: Draw) -> bool:
    """RAND, or 1 less it, which is as uniform."""
    less = isinstance(node, Binary) and node.operator == "-" and node.left == Number(1.0) and node.right is draw
    return node is draw or less


def _is_minus_log(node: Node, draw: Draw) -> bool:
    if not (isinstance(node, Unary) and node.operator == "-" and isinstance(node.operand, Call)):
        return False
    return node.operand.name == "LN" and _is_probability(node.operand.arguments[0], draw)
