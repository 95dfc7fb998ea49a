"""Laws given from outside the workbook, as draws of constant parameters."""

from __future__ import annotations

import dataclasses
import math

from compute.dialects import Adjustment, Draw, InnerLaw
from compute.dialects.combined import inner_law
from compute.distributions import Compound, Deduct, Distribution, Law, RiskEvent, Shifted, Splice, Truncated
from compute.formulas.ast import ArrayConstant, Node, Number, Omitted


def constant_draw(law: Distribution) -> Draw:
    """The draw that stands for a law; truncations and shifts become its adjustments, innermost first."""
    adjustments: list[Adjustment] = []
    while not isinstance(law, Law | Compound | Deduct | RiskEvent | Splice):
        if isinstance(law, Truncated):
            low, high = (Number(end) if math.isfinite(end) else None for end in (law.low, law.high))
            adjustments.append(Adjustment("truncate", low, high))
            law = law.base
        elif isinstance(law, Shifted):
            adjustments.append(Adjustment("shift", Number(law.by)))
            law = law.base
        else:
            raise TypeError(f"{law!r} is not a law of compute.distributions")
    if isinstance(law, Compound) and any(a.kind != "shift" for a in adjustments):
        raise TypeError(f"{law!r} is a sum of losses, which cannot be truncated; its severity can")
    arguments = law.arguments if isinstance(law, Law) else [getattr(law, f.name) for f in dataclasses.fields(law)]
    return Draw(law.name, tuple(_node(a) for a in arguments), adjustments=tuple(reversed(adjustments)))


def _node(argument: float | tuple[float, ...] | Distribution) -> Node:
    if isinstance(argument, Distribution):
        return _inner(argument)
    if isinstance(argument, tuple):
        return ArrayConstant(tuple((Number(float(v)),) for v in argument))
    return Omitted() if argument == math.inf else Number(float(argument))


def _inner(law: Distribution) -> InnerLaw:
    return inner_law(constant_draw(law))
