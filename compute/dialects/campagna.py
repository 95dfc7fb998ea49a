"""Campagna's functions: ``_xll.CampagnaInputTriangular(…)``, ``_xll.CampagnaOutputMean(B5)``.

Source: the readme of github.com/rodmonic/Campagna.
"""

from __future__ import annotations

import re

from compute.dialects.canonical import NotUnderstood
from compute.dialects.signature import LawFunction, by_local_name
from compute.dialects.statistics import StatisticFunction, statistic
from compute.formulas.ast import Call, Node

PRODUCT = "Campagna"
_NAME = re.compile(r"(?:(?:\[\d+\]|'[^']+'|[^!']+)!)?(?:_XLL\.)?CAMPAGNA((?:IN|OUT)PUT[A-Z]+)")

FUNCTIONS: dict[str, LawFunction] = by_local_name(
    "Campagna",
    LawFunction("CampagnaInputBernoulli(p)", "BERNOULLI"),
    LawFunction("CampagnaInputTriangular(min, ml, max)", "TRIANGULAR"),
)
"""Campagna's functions by their capital names without ``Campagna``."""

STATISTICS = {
    "OUTPUTMEAN": StatisticFunction("mean"),
    "OUTPUTPERCENTILE": StatisticFunction("percentile", 1),
    "OUTPUTSINGLESLICE": StatisticFunction("trial", 1),
}
SHOWN = {
    "OUTPUTMEAN": "CampagnaOutputMean",
    "OUTPUTPERCENTILE": "CampagnaOutputPercentile",
    "OUTPUTSINGLESLICE": "CampagnaOutputSingleSlice",
    "OUTPUTPROPERTIES": "CampagnaOutputProperties",
}


def canonical(call: Call) -> Node | None:
    """The call as a draw or a statistic; None when it is not Campagna's."""
    match = _NAME.fullmatch(call.name)
    if match is None:
        return None
    name = match[1]
    if name in FUNCTIONS:
        return FUNCTIONS[name].draw(call, lambda _: None)
    shown = SHOWN.get(name, f"Campagna{name.capitalize()}")
    if name in STATISTICS:
        return statistic(STATISTICS[name], shown, call, lambda _: None)
    return NotUnderstood(shown, "Montecell does not have this function of Campagna")
