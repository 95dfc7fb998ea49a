"""ModelRisk's laws made of laws: risk events, sums of a random number of losses, payments after a deductible.

How finely ModelRisk approximates its sums is left aside: here they are drawn. Source: Vose Software's help of ModelRisk
(VoseRiskEvent, VoseAggregateMC, VoseAggregateDeduct, VoseAggregateFFT, VoseAggregatePanjer, VoseDeduct).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compute.dialects.canonical import Draw, InnerLaw, NotUnderstood, Quantile
from compute.dialects.combined import COMBINED, combined
from compute.dialects.law_nodes import HELD
from compute.dialects.modelrisk_figures import NO_OBJECT, as_law, probability
from compute.dialects.properties import Properties
from compute.formulas.ast import Node, Omitted

FUNCTIONS: Mapping[str, tuple[str, str, tuple[int, ...], int | None]] = MappingProxyType(
    {
        "RISKEVENT": ("VoseRiskEvent", "RISKEVENT", (), 2),
        "AGGREGATEMC": ("VoseAggregateMC", "COMPOUND", (), None),
        "AGGREGATEDEDUCT": ("VoseAggregateDeduct", "COMPOUND", (), None),
        "AGGREGATEFFT": ("VoseAggregateFFT", "COMPOUND", (2,), 3),
        "AGGREGATEPANJER": ("VoseAggregatePanjer", "COMPOUND", (2, 3), 4),
        "DEDUCT": ("VoseDeduct", "DEDUCT", (), 4),
    }
)
"""By the name without ``Vose``: its spelling, our law, the places of arguments left aside, and that of U."""
_BY_FREQUENCY = ("AGGREGATEFFT", "AGGREGATEPANJER")
_NUMBERS: Mapping[str, tuple[int, ...]] = {"AGGREGATEDEDUCT": (2, 3), "DEDUCT": (1, 2, 3)}


def combined_law(name: str, arguments: list[Node]) -> Node:
    """The call as a draw, as a value at its probability U, or why it can be neither."""
    shown, law, ignored, at_u = FUNCTIONS[name]
    numbers = _NUMBERS.get(name, ())
    parts = _laws(name, arguments)
    if isinstance(parts, NotUnderstood):
        return parts
    read = (*ignored, *numbers, at_u)
    unread = [a for i, a in enumerate(arguments) if i >= len(parts) and i not in read]
    if any(not isinstance(a, Omitted) for a in unread):
        return NotUnderstood(shown, "an argument of it is not understood: only its laws and its probability U are")
    given = [arguments[i] if i < len(arguments) else Omitted() for i in numbers]
    refused = next((n for n in given if isinstance(n, NotUnderstood)), None)
    if refused is not None:
        return refused
    severity = parts[-1]
    if isinstance(severity, InnerLaw) and severity.law == HELD:
        (parts[-1],) = severity.parameters
    made = combined(COMBINED[law], shown, [*parts, *given], Properties())
    u = arguments[at_u] if at_u is not None and at_u < len(arguments) else Omitted()
    return made if isinstance(u, Omitted | NotUnderstood) or isinstance(made, NotUnderstood) else _at(made, u)


def _at(draw: Draw, u: Node) -> Quantile:
    return Quantile(draw.law, draw.parameters, u)


def _laws(name: str, arguments: list[Node]) -> list[Node] | NotUnderstood:
    """The arguments that are laws, or the number of losses and their law."""
    count = 1 if name == "DEDUCT" else 2
    given = (*arguments, Omitted(), Omitted())[:count]
    parts: list[Node] = [as_law(node) or node for node in given]
    if count == 2 and name not in _BY_FREQUENCY and not isinstance(parts[0], NotUnderstood):
        parts[0] = given[0]
    refused = next((n for n in parts if isinstance(n, NotUnderstood)), None)
    if refused is not None:
        return refused
    must_be_laws = parts if name in _BY_FREQUENCY else parts[-1:]
    if not all(isinstance(n, InnerLaw) for n in must_be_laws):
        return NotUnderstood(FUNCTIONS[name][0], NO_OBJECT)
    return parts


def payment_probability(ending: str, arguments: list[Node]) -> Node:
    """``VoseDeductProb(x, loss, deductible, limit, zeros, [cumulative])`` and ``VoseDeductProb10``."""
    x, *rest = arguments or [Omitted()]
    if isinstance(x, Omitted):
        return NotUnderstood("VoseDeductProb", "its x is left out")
    drawn = combined_law("DEDUCT", rest[:4])
    if not isinstance(drawn, Draw):
        return drawn
    if len(rest) > 5:
        return NotUnderstood("VoseDeductProb", "it has more arguments than are understood")
    return probability(ending, drawn, x, rest[4:])


__all__ = ["FUNCTIONS", "combined_law", "payment_probability"]
