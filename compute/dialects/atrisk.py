"""@RISK's functions: ``_xll.RiskNormal(…)`` anywhere in a formula, with property functions as further arguments."""

from __future__ import annotations

import re

from compute.dialects.canonical import Draw, NotUnderstood, OutputMark
from compute.dialects.properties import is_property, split
from compute.formulas.ast import Call, Node, Omitted

PRODUCT = "@RISK"
_NAME = re.compile(r"(?:(?:\[\d+\]|'[^']+'|[^!']+)!)?(?:_XLDUDF_|_XLL\.)?RISK([A-Z0-9]+)")

LAWS_BY_FUNCTION: dict[str, tuple[str, int]] = {
    "NORMAL": ("NORMAL", 2),
    "LOGNORM": ("LOGNORMAL", 2),
    "LOGNORM2": ("LOGNORMAL2", 2),
    "TRIANG": ("TRIANGULAR", 3),
    "PERT": ("PERT", 3),
    "UNIFORM": ("UNIFORM", 2),
    "DISCRETE": ("DISCRETE", 2),
    "BERNOULLI": ("BERNOULLI", 1),
    "BINOMIAL": ("BINOMIAL", 2),
    "POISSON": ("POISSON", 1),
    "BETA": ("BETA", 2),
    "GAMMA": ("GAMMA", 2),
    "EXPON": ("EXPONENTIAL", 1),
    "WEIBULL": ("WEIBULL", 2),
}
"""@RISK's name without ``Risk`` → our law and the number of its parameters, which come in the same order."""


def local_name(call: str) -> str | None:
    """``NORMAL`` for any stored form of ``RiskNormal``; None for a foreign function."""
    match = _NAME.fullmatch(call)
    return match[1] if match else None


def canonical(call: Call) -> Node | None:
    """The call as a draw or an output mark; None when it is not @RISK's, or a property for the call around it."""
    name = local_name(call.name)
    if name is None or is_property(name):
        return None
    plain, properties = split(call, local_name)
    if name == "OUTPUT":
        return _output(plain)
    shown = f"Risk{name.capitalize()}"
    if name not in LAWS_BY_FUNCTION:
        return NotUnderstood(shown, "this @RISK function is not available yet")
    if properties.refused:
        return NotUnderstood(shown, properties.refused)
    law, count = LAWS_BY_FUNCTION[name]
    if len(plain) != count:
        return NotUnderstood(shown, f"it takes {count} parameters, but {len(plain)} are given")
    return Draw(law, tuple(plain), name=properties.name, static=properties.static, adjustments=properties.adjustments())


def _output(arguments: list[Node]) -> OutputMark:
    given = [None if isinstance(a, Omitted) else a for a in arguments] + [None] * 3
    return OutputMark(given[0], given[2])
