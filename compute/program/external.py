"""Laws given from outside the workbook, as draws of constant parameters."""

from __future__ import annotations

from compute.dialects import Adjustment, Draw
from compute.distributions import Distribution, Law, Shifted, Truncated
from compute.formulas.ast import ArrayConstant, Node, Number


def constant_draw(law: Distribution) -> Draw:
    """The draw that stands for a law; truncations and shifts become its adjustments, innermost first."""
    adjustments: list[Adjustment] = []
    while not isinstance(law, Law):
        if isinstance(law, Truncated):
            adjustments.append(Adjustment("truncate", Number(law.low), Number(law.high)))
            law = law.base
        elif isinstance(law, Shifted):
            adjustments.append(Adjustment("shift", Number(law.by)))
            law = law.base
        else:
            raise TypeError(f"{law!r} is not a law of compute.distributions")
    return Draw(law.name, tuple(_node(a) for a in law.arguments), adjustments=tuple(reversed(adjustments)))


def _node(argument: float | tuple[float, ...]) -> Node:
    if isinstance(argument, tuple):
        return ArrayConstant(tuple((Number(float(v)),) for v in argument))
    return Number(float(argument))
