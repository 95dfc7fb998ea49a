"""Laws and their previews, from ``compute.distributions``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from compute.errors import InvalidDistribution
from compute.protocol import LawParameter
from server.gateway.contract import LawRequest
from server.gateway.law_choices import CHOICES, GROUPS
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
    """Every law, common ones first, then group by group."""
    from compute.distributions import LAWS

    ranks = {group: rank for rank, group in enumerate(GROUPS)}
    names = sorted(CHOICES, key=lambda name: ranks[CHOICES[name][0]])
    return tuple(_description(LAWS[name]) for name in names)


def _description(law: type[Law]) -> LawDescription:
    from compute.distributions.percentiles import defined_for

    group, examples = CHOICES[law.name]
    parameters = tuple(
        LawParameterDescription(
            name=each.name,
            description=each.description,
            default=each.default,
            constraint=each.domain.value,
            is_list=each.domain.is_list,
            example=each.default if given is None else given,
        )
        for each, given in zip_longest(law.parameters, examples)
    )
    return LawDescription(
        law=law.name,
        title=law.title,
        summary=law.summary,
        group=group,
        is_discrete=law.discrete,
        by_percentiles=defined_for(law),
        parameters=parameters,
        orderings=tuple((rule.low, rule.high) for rule in law.orderings),
    )


def preview(asked: LawRequest) -> LawPreview:
    """Curve, cumulative curve, moments and percentiles. Raises InvalidDistribution."""
    import numpy as np

    with np.errstate(all="ignore"):
        law = _adjusted(asked)
        x = _grid(law)
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


def _adjusted(asked: LawRequest) -> Distribution:
    """The law with its limits, then moved."""
    law = _by_percentiles(asked) if asked.pairs else _law(asked.law, asked.parameters)
    if (limits := asked.truncation) is not None and (limits.low, limits.high) != (None, None):
        low, high = limits.low, limits.high
        if limits.percentiles:
            low = None if low is None else law.ppf(_share(low))
            high = None if high is None else law.ppf(_share(high))
        law = law.truncate(low, high)
    return law.shift(asked.shift) if asked.shift else law


def _share(value: float) -> float:
    if not 0 <= value <= 1:
        message = f"The limit {value:g} is no share; percentiles of limits lie between 0 and 1."
        raise InvalidDistribution(message, code="distribution.parameter")
    return value


def _by_percentiles(asked: LawRequest) -> Distribution:
    from compute.distributions.percentiles import from_percentiles

    return from_percentiles(_named(asked.law), list(asked.pairs))


def _named(name: str) -> type[Law]:
    from compute.distributions import LAWS

    law = LAWS.get(name.upper().removeprefix("MC."))
    if law is None:
        known = ", ".join(LAWS)
        raise InvalidDistribution(f"There is no law {name}. Known are {known}.", code="distribution.unknown")
    return law


def _law(name: str, parameters: Sequence[LawParameter]) -> Law:
    law = _named(name)
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
