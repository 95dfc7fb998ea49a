"""Laws and their previews, from ``compute.distributions``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from compute.errors import InvalidDistribution
from compute.protocol import LawParameter
from server.gateway.messages import CumulativeCurve, Curve, LawDescription, LawParameterDescription, LawPreview

if TYPE_CHECKING:
    from compute.distributions.law import Distribution, Law
    from compute.distributions.parameters import FloatArray

PERCENTILES = (1, 5, 10, 25, 50, 75, 90, 95, 99)
POINTS = 201
MAX_BARS = 1000
# The part of the law that is drawn: beyond it a density is a flat line to the eye.
TAIL = 0.001


def catalogue() -> tuple[LawDescription, ...]:
    """Every law, in the order of the engine's registry."""
    from compute.distributions import LAWS

    return tuple(_description(law) for law in LAWS.values())


def _description(law: type[Law]) -> LawDescription:
    parameters = tuple(
        LawParameterDescription(name=each.name, description=each.description, default=each.default)
        for each in law.parameters
    )
    return LawDescription(law=law.name, title=law.title, summary=law.summary, parameters=parameters)


def preview(name: str, parameters: Sequence[LawParameter]) -> LawPreview:
    """Curve, cumulative curve, moments and percentiles. Raises InvalidDistribution."""
    import numpy as np

    law = _law(name, parameters)
    x = _grid(law)
    with np.errstate(all="ignore"):
        y = law.pmf(x) if law.is_discrete else law.pdf(x)
        p = law.cdf(x)
        mean, deviation = law.mean, law.standard_deviation
        percentiles = {str(each): law.ppf(each / 100) for each in PERCENTILES}
    drawn = np.isfinite(x) & np.isfinite(y)
    return LawPreview(
        mean=_number(mean),
        standard_deviation=_number(deviation),
        percentiles={key: value for key, value in percentiles.items() if math.isfinite(value)},
        curve=Curve(x=tuple(x[drawn].tolist()), y=tuple(y[drawn].tolist())),
        cumulative=CumulativeCurve(x=tuple(x.tolist()), p=tuple(p.tolist())),
        is_discrete=law.is_discrete,
        static_value=_number(law.static_value),
    )


def _law(name: str, parameters: Sequence[LawParameter]) -> Law:
    from compute.distributions import LAWS

    law = LAWS.get(name.upper().removeprefix("MC."))
    if law is None:
        known = ", ".join(LAWS)
        raise InvalidDistribution(f"There is no law {name}. Known are {known}.", code="distribution.unknown")
    required = sum(each.default is None for each in law.parameters)
    if not required <= len(parameters) <= len(law.parameters):
        names = ", ".join(each.name for each in law.parameters)
        raise InvalidDistribution(
            f"{law.title} takes {names}; {len(parameters)} values were given.", code="distribution.parameter"
        )
    return law(*parameters)


def _grid(law: Distribution) -> FloatArray:
    import numpy as np

    low, high = law.ppf(TAIL), law.ppf(1 - TAIL)
    if law.is_discrete:
        if high - low > MAX_BARS:
            return np.unique(np.round(np.linspace(low, high, MAX_BARS)))
        return law.lattice(low, high)
    bottom, top = law.support
    margin = (high - low) * 0.02
    start = max(low - margin, bottom)
    return np.linspace(start, max(min(high + margin, top), start), POINTS)


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
