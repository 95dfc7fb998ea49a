"""Laws made of laws: how a call whose arguments are laws becomes one draw.

The laws inside are parameters and not drawn themselves: they have no stream, no ordinal, and are no inputs. A law may
also stand in a cell of its own, which is then given by reference. Sources: Palisade's help of @RISK 8 on RiskCompound
and RiskSplice; Frontline's page on PsiCompound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from compute.dialects.canonical import Adjustment, Draw, InnerLaw, NotUnderstood, SeriesDraw
from compute.dialects.law_nodes import HELD
from compute.dialects.properties import Properties, split
from compute.dialects.tree import nodes
from compute.formulas.ast import (
    Call,
    CellReference,
    NameReference,
    Node,
    Number,
    Omitted,
    RangeReference,
    StructuredReference,
    Text,
    Unary,
)
from compute.records import dataclass

PLACES = (CellReference, RangeReference, NameReference, StructuredReference)
LAW, COUNT, NUMBER = "law", "count", "number"


@dataclass(frozen=True, slots=True)
class Combination:
    """A law made of laws: what each of its parameters is (a law, a law or a count, a number), and how many it needs."""

    law: str
    roles: tuple[str, ...]
    names: tuple[str, ...]
    required: int

    @property
    def signature(self) -> str:
        """The parameters as people read them, those in brackets may be left out."""
        return ", ".join(n if i < self.required else f"[{n}]" for i, n in enumerate(self.names))


COMBINED: Mapping[str, Combination] = MappingProxyType(
    {
        c.law: c
        for c in (
            Combination(
                "COMPOUND",
                (COUNT, LAW, NUMBER, NUMBER),
                ("frequency", "severity", "deductible", "limit"),
                2,
            ),
            Combination("RISKEVENT", (NUMBER, LAW), ("p", "impact"), 2),
            Combination("SPLICE", (LAW, LAW, NUMBER), ("left", "right", "point"), 3),
            Combination("DEDUCT", (LAW, NUMBER, NUMBER, NUMBER), ("loss", "deductible", "limit", "zeros"), 2),
        )
    }
)
"""By the name of the law in ``compute.distributions.COMBINATIONS``; the canonical parameters stand in this order."""

_HELD = Combination(HELD, (LAW,), ("law",), 1)


def combination_of(law: str) -> Combination | None:
    """What the parameters of a law are of which some are laws; None for a law of numbers alone."""
    return _HELD if law == HELD else COMBINED.get(law)


NOT_A_LAW = "it must be a law, or a cell that holds nothing but a law"
SUM_INSIDE = "a sum of losses cannot be a part of another law"
TIED = "is correlated, locked or has a seed of its own, which a law inside another law cannot"
PER_LOSS = "has draws of its own among its parameters; put them into cells of their own, where all losses share them"


def combined_draw(law: str, shown: str, call: Call, local_name: Callable[[str], str | None]) -> Draw | NotUnderstood:
    """The call as one draw of a law made of laws, or why it cannot be one. A last text beyond them is its name."""
    combination = COMBINED[law]
    plain, properties = split(call, local_name)
    if len(plain) > combination.required and isinstance(plain[-1], Text):
        properties.name = plain.pop()
    if not combination.required <= len(plain) <= len(combination.roles):
        inner = next((a for a in plain if isinstance(a, NotUnderstood)), None)
        found = f"it takes ({combination.signature}), but {len(plain)} arguments are given"
        return inner or NotUnderstood(shown, found)
    return combined(combination, shown, plain, properties)


def combined(combination: Combination, shown: str, given: list[Node], properties: Properties) -> Draw | NotUnderstood:
    """One draw of parameters in the canonical order; laws among them are those of draws already read."""
    if properties.refused:
        return NotUnderstood(shown, properties.refused)
    adjustments = properties.adjustments()
    is_sum = combination.law == "COMPOUND"
    if is_sum and any(a.kind != "shift" for a in adjustments):
        return NotUnderstood(shown, "a sum of losses cannot be truncated; its severity can")
    if is_sum and properties.seed is not None:
        return NotUnderstood(shown, "a sum of losses cannot have a seed of its own")
    correlation = properties.correlation
    parts: list[Node] = []
    for role, name, node in zip(combination.roles, combination.names, given, strict=False):
        if role == COUNT and isinstance(node, Draw) and node.correlation is not None:
            # The number of losses is drawn by the sum's own uniform: what ties the one ties the other.
            if correlation is not None:
                return NotUnderstood(shown, "it is correlated twice")
            correlation, node = node.correlation, replace(node, correlation=None)
        part = _part(role, shown, name, node)
        if isinstance(part, NotUnderstood):
            return part
        parts.append(part)
    properties.correlation = correlation
    return properties.draw(combination.law, tuple(parts))


def _part(role: str, shown: str, name: str, node: Node) -> Node:
    if isinstance(node, NotUnderstood) or role == NUMBER:
        return node
    if not isinstance(node, Draw | InnerLaw):
        if isinstance(node, PLACES) or (role == COUNT and not isinstance(node, Omitted)):
            return node
        return NotUnderstood(shown, f"{name} is no law: {NOT_A_LAW}")
    problem = inner_problem(node, name == "severity")
    if problem is not None:
        return NotUnderstood(shown, f"{name} {problem}")
    return inner_law(node) if isinstance(node, Draw) else node


def inner_law(draw: Draw) -> InnerLaw:
    """A draw's law as a parameter of another law."""
    return InnerLaw(draw.law, draw.parameters, draw.adjustments, draw.percentiles)


def inner_problem(law: Draw | InnerLaw, many: bool) -> str | None:
    """Why a law cannot be a part of another law, of which there are ``many`` values in one iteration."""
    if isinstance(law, SeriesDraw):
        return "is a time series, which is no law"
    if law.law == "COMPOUND":
        return f"is a sum: {SUM_INSIDE}"
    if isinstance(law, Draw) and (law.correlation is not None or law.locked or law.seed is not None):
        return TIED
    if many and any(isinstance(n, Draw) and n is not law for n in nodes(law)):
        return PER_LOSS
    return None


def psi_compound(severity: Draw, shown: str, given: list[Node]) -> Draw | NotUnderstood:
    """``PsiBeta(3,2,PsiCompound(count,deduction,limit))``: the sum of a number of draws.

    The count is a value, cut to a whole number of at least 1; the deduction comes off every term, which may fall below
    0, and a term above the limit is the limit. With both it is not documented which comes first: that is refused.
    """
    count, deduction, limit = (*given, Omitted(), Omitted(), Omitted())[:3]
    if isinstance(count, Omitted):
        return NotUnderstood(shown, "its property Compound lacks the number of terms")
    if _is_given(deduction) and _is_given(limit):
        return NotUnderstood(shown, "its property Compound has a deduction and a limit, whose order is not documented")
    shift = (Adjustment("shift", Unary("-", deduction)),) if _is_given(deduction) else ()
    frequency = Call("MAX", (Number(1.0), Call("INT", (count,))))
    own = Properties(name=severity.name, static=severity.static, locked=severity.locked)
    own.seed, own.correlation = severity.seed, severity.correlation
    term = replace(
        severity, adjustments=severity.adjustments + shift, correlation=None, seed=None, locked=False, name=None
    )
    if own.correlation is not None:
        return NotUnderstood(shown, "a sum whose number of terms is a value has no draw that could be correlated")
    parts: list[Node] = [frequency, term, Omitted(), limit]
    return combined(COMBINED["COMPOUND"], shown, parts, own)


def _is_given(node: Node) -> bool:
    return not isinstance(node, Omitted) and node != Number(0.0)


__all__ = [
    "COMBINED",
    "Combination",
    "combination_of",
    "combined",
    "combined_draw",
    "inner_law",
    "inner_problem",
    "psi_compound",
]
