"""Montecell's own functions, in every form in which Excel stores an add-in's call.

``MC.NORMAL(…)`` as typed, ``_xldudf_MC_NORMAL(…)`` as Office.js stores it, ``[2]!_xldudf_MC_NORMAL``,
``_xll.MC.NORMAL``, ``MC_NORMAL`` and ``'mc.xlam'!MC_NORMAL`` as desktop add-ins do. After a law's parameters comes an
optional name, as text or by reference, and property functions ``MC.TRUNCATE(0,)``.
"""

from __future__ import annotations

import re

from compute.dialects.canonical import NotUnderstood, OutputMark, PerSimulation
from compute.dialects.combined import COMBINED, combined_draw
from compute.dialects.percentile_forms import base_name, percentile_draw
from compute.dialects.properties import is_property, split
from compute.dialects.series import PERIODS, SeriesFunction
from compute.dialects.statistics import MONTECELL, statistic
from compute.distributions import LAWS, Law
from compute.distributions.percentiles import defined_for
from compute.formulas.ast import Call, Node, Omitted, RangeReference, Text
from compute.sampling.time_series import PROCESSES

PRODUCT = "Montecell"
SERIES: dict[str, SeriesFunction] = {
    name: SeriesFunction(f"MC.{name}({', '.join((*process.parameters(), PERIODS))})", name)
    for name, process in PROCESSES.items()
}
"""Montecell's time series by their names without ``MC.``."""
ALIASES = {"FDIST": "F"}
"""Functions whose name is not their law's: Excel wants names of three characters or more of an add-in's functions."""
_NAME = re.compile(r"(?:(?:\[\d+\]|'[^']+'|[^!']+)!)?(?:_XLDUDF_|_XLL\.)?MC[._]([A-Z0-9._]+)")


def local_name(call: str) -> str | None:
    """``NORMAL`` for any stored form of ``MC.NORMAL``; None for a foreign function."""
    match = _NAME.fullmatch(call)
    return match[1].replace("_", ".") if match else None


def function_name(law: str) -> str:
    """The function of a law as people type it into Excel, without ``MC.``."""
    return next((name for name, own in ALIASES.items() if own == law), law)


def canonical(call: Call) -> Node | None:
    """The call as a draw or an output mark; None when it is not Montecell's, or a property for the call around it."""
    name = local_name(call.name)
    if name is None or is_property(name):
        return None
    shown = f"MC.{name}"
    if name == "OUTPUT":
        return _output(shown, call)
    if name in MONTECELL:
        return statistic(MONTECELL[name], shown, call, local_name)
    if name == "SIMTABLE":
        return PerSimulation(call.arguments)
    if name in COMBINED:
        return combined_draw(name, shown, call, local_name)
    if name in SERIES:
        return SERIES[name].draw(call, local_name)
    name = ALIASES.get(name, name)
    law, base = LAWS.get(name), base_name(name)
    of = "" if base is None else ALIASES.get(base[0], base[0])
    if law is None and base is not None and of in LAWS and defined_for(LAWS[of]):
        return percentile_draw(shown, of, (), base[1], call, local_name)
    if law is None:
        return NotUnderstood(shown, "Montecell has no function of that name")
    plain, properties = split(call, local_name)
    if properties.refused:
        return NotUnderstood(shown, properties.refused)
    required = [p.name for p in law.parameters if p.default is None]
    if len(plain) == len(law.parameters) + 1 or (len(plain) > len(required) and isinstance(plain[-1], Text)):
        *plain, last = plain
        properties.name = properties.name if isinstance(last, Omitted) else last
    while plain and isinstance(plain[-1], Omitted):
        plain.pop()
    left_out = [n for n, a in zip(required, plain, strict=False) if isinstance(a, Omitted)] + required[len(plain) :]
    if left_out or len(plain) > len(law.parameters):
        return next((a for a in plain if isinstance(a, NotUnderstood)), None) or _misfit(shown, law, call, left_out)
    return properties.draw(name, tuple(plain))


def _output(shown: str, call: Call) -> Node:
    """MC.OUTPUT([name], [range], [position]): the last two put the cell into a range of outputs of that name."""
    name, group, position, *_ = (*(None if isinstance(a, Omitted) else a for a in call.arguments), None, None, None)
    if len(call.arguments) > 3 or isinstance(group, RangeReference):
        return NotUnderstood(
            shown, "it takes ([name], [name of a range of outputs], [position in it]) and marks its own cell"
        )
    return OutputMark(name, position, group)


def _misfit(shown: str, law: type[Law], call: Call, left_out: list[str]) -> NotUnderstood:
    """The call gives too few or too many parameters."""
    names = ", ".join(p.name if p.default is None else f"[{p.name}={p.default:g}]" for p in law.parameters)
    found = f"{left_out[0]} is left out" if left_out else f"{len(call.arguments)} arguments are given"
    return NotUnderstood(shown, f"it takes ({names}) and an optional name, but {found}")
