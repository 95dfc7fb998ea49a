"""XLRisk's functions: named as @RISK's, with meanings of their own. A workbook is XLRisk's by its sheet of that name.

Source: XLRisk's function descriptions (github.com/pyscripter/XLRisk, RiskFunctions).
"""

from __future__ import annotations

from compute.dialects.atrisk import local_name
from compute.dialects.signature import LawFunction, by_local_name
from compute.formulas.ast import Call, Node

PRODUCT = "XLRisk"

FUNCTIONS: dict[str, LawFunction] = by_local_name(
    "Risk",
    LawFunction("RiskBernoulli(p)", "BERNOULLI"),
    LawFunction("RiskBeta(alpha, beta, [A=0], [B=1])", "BETAGENERAL"),
    LawFunction("RiskBinomial(n, p)", "BINOMIAL"),
    LawFunction("RiskCumul(min, max, {x}, {y})", "CUMUL"),
    LawFunction("RiskDiscrete({values}, {probabilities})", "DISCRETE"),
    LawFunction("RiskDUniform({values})", "DUNIFORM"),
    LawFunction("RiskErlang(kappa, lambda)", "ERLANG"),
    LawFunction("RiskExpon(mean)", "EXPONENTIAL"),
    LawFunction("RiskGamma(alpha, beta)", "GAMMA"),
    LawFunction("RiskLogNorm(mean of ln, sd of ln)", "LOGNORMAL2"),
    LawFunction("RiskNormal(mean, sd)", "NORMAL"),
    LawFunction("RiskPert(min, mode, max)", "PERT"),
    LawFunction("RiskTriang(min, mode, max)", "TRIANGULAR"),
    LawFunction("RiskUniform(min, max)", "UNIFORM"),
    LawFunction("RiskWeibull(alpha, beta)", "WEIBULL"),
)
"""XLRisk's functions by their capital names without ``Risk``."""


_PROPERTY = "CORRMAT"
"""The only property: XLRisk has no truncation, shift, name or static value."""


def _own_name(call: str) -> str | None:
    name = local_name(call)
    return name if name == _PROPERTY or name in FUNCTIONS else None


def canonical(call: Call) -> Node | None:
    """The call as a draw; None when it is nothing of the kind, or RiskCorrmat for the call around it."""
    name = _own_name(call.name)
    return None if name is None or name == _PROPERTY else FUNCTIONS[name].draw(call, _own_name)
