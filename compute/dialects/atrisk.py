"""@RISK's functions: ``_xll.RiskNormal(…)`` anywhere in a formula, with property functions as further arguments.

Source of names, orders and units: Palisade's help of @RISK 8 (Functions, Distribution).
"""

from __future__ import annotations

import re

from compute.dialects.canonical import NotUnderstood, OutputMark, PerSimulation
from compute.dialects.combined import combined_draw
from compute.dialects.convergence import rules_of
from compute.dialects.law_nodes import FORMULA
from compute.dialects.percentile_forms import base_name, by_percentiles
from compute.dialects.properties import is_property, split
from compute.dialects.series import SeriesFunction, series_by_local_name
from compute.dialects.signature import LawFunction, Parameters, by_local_name
from compute.dialects.statistics import ATRISK, statistic
from compute.formulas.ast import Binary, Call, Node, Number, Omitted

PRODUCT = "@RISK"
_NAME = re.compile(r"(?:(?:\[\d+\]|'[^']+'|[^!']+)!)?(?:_XLDUDF_|_XLL\.)?RISK([A-Z0-9]+)")


def _percents(parameters: Parameters) -> Parameters:
    """RiskTrigen writes its two probabilities from 0 to 100."""
    *estimate, bottom, top = parameters
    return (*estimate, Binary("/", bottom, Number(100.0)), Binary("/", top, Number(100.0)))


def _descending(parameters: Parameters) -> Parameters:
    """RiskCumulD gives the probability of a value above each x."""
    *points, above = parameters
    return (*points, Binary("-", Number(1.0), above))


def _data(parameters: Parameters) -> Parameters:
    """RiskResample's data without its method."""
    return parameters[1:]


FUNCTIONS: dict[str, LawFunction] = by_local_name(
    "Risk",
    LawFunction("RiskBernoulli(p)", "BERNOULLI"),
    LawFunction("RiskBeta(α1, α2)", "BETA"),
    LawFunction("RiskBetaGeneral(α1, α2, min, max)", "BETAGENERAL"),
    LawFunction("RiskBetaSubj(min, mlikely, mean, max)", "BETASUBJ"),
    LawFunction("RiskBinomial(n, p)", "BINOMIAL"),
    LawFunction("RiskBurr12(γ, β, α1, α2)", "BURR12"),
    LawFunction("RiskCauchy(γ, β)", "CAUCHY"),
    LawFunction("RiskChisq(ν)", "CHISQ"),
    LawFunction("RiskCumul(min, max, {x}, {p})", "CUMUL"),
    LawFunction("RiskCumulD(min, max, {x}, {p})", "CUMUL", _descending),
    LawFunction("RiskDagum(γ, β, α1, α2)", "DAGUM"),
    LawFunction("RiskDiscrete({x}, {p})", "DISCRETE"),
    LawFunction("RiskDoubleTriang(min, mlikely, max, p)", "DOUBLETRIANG"),
    LawFunction("RiskDUniform({x})", "DUNIFORM"),
    LawFunction("RiskErf(h)", "ERF"),
    LawFunction("RiskErlang(m, β)", "ERLANG"),
    LawFunction("RiskExpon(β)", "EXPONENTIAL"),
    LawFunction("RiskExtvalue(a, b)", "EXTVALUEMAX"),
    LawFunction("RiskExtvalueMin(a, b)", "EXTVALUEMIN"),
    LawFunction("RiskF(ν1, ν2)", "F"),
    LawFunction("RiskFatigueLife(γ, β, α)", "FATIGUELIFE"),
    LawFunction("RiskFrechet(γ, β, α)", "FRECHET"),
    LawFunction("RiskGamma(α, β)", "GAMMA"),
    LawFunction("RiskGeneral(min, max, {x}, {p})", "GENERAL"),
    LawFunction("RiskGeomet(p)", "GEOMETRIC"),
    LawFunction("RiskHistogrm(min, max, {p})", "HISTOGRAM"),
    LawFunction("RiskHypergeo(n, D, M)", "HYPERGEO"),
    LawFunction("RiskHypSecant(γ, β)", "HYPSECANT"),
    LawFunction("RiskIntUniform(min, max)", "INTUNIFORM"),
    LawFunction("RiskInvgauss(μ, λ)", "INVGAUSS"),
    LawFunction("RiskJohnsonMoments(mean, sd, skewness, kurtosis)", "JOHNSONMOMENTS"),
    LawFunction("RiskJohnsonSB(α1, α2, a, b)", "JOHNSONSB"),
    LawFunction("RiskJohnsonSU(α1, α2, γ, β)", "JOHNSONSU"),
    LawFunction("RiskKumaraswamy(α1, α2, min, max)", "KUMARASWAMY"),
    LawFunction("RiskLaplace(μ, σ)", "LAPLACE"),
    LawFunction("RiskLevy(a, c)", "LEVY"),
    LawFunction("RiskLogistic(α, β)", "LOGISTIC"),
    LawFunction("RiskLoglogistic(γ, β, α)", "LOGLOGISTIC"),
    LawFunction("RiskLognorm(μ, σ)", "LOGNORMAL"),
    LawFunction("RiskLognorm2(μ, σ)", "LOGNORMAL2"),
    LawFunction("RiskNegbin(s, p)", "NEGBIN"),
    LawFunction("RiskNormal(μ, σ)", "NORMAL"),
    LawFunction("RiskPareto(θ, a)", "PARETO"),
    LawFunction("RiskPareto2(b, q)", "PARETO2"),
    LawFunction("RiskPearson5(α, β)", "PEARSON5"),
    LawFunction("RiskPearson6(α1, α2, β)", "PEARSON6"),
    LawFunction("RiskPert(min, mlikely, max)", "PERT"),
    LawFunction("RiskPoisson(λ)", "POISSON"),
    LawFunction("RiskRayleigh(b)", "RAYLEIGH"),
    LawFunction("RiskReciprocal(min, max)", "RECIPROCAL"),
    LawFunction("RiskResample(method, {x})", "RESAMPLE", _data),
    LawFunction("RiskStudent(ν)", "STUDENT"),
    LawFunction("RiskTlognorm(μ, σ, min, max)", "LOGNORMAL", truncates=True),
    LawFunction("RiskTnormal(μ, σ, min, max)", "NORMAL", truncates=True),
    LawFunction("RiskTriang(min, mlikely, max)", "TRIANGULAR"),
    LawFunction("RiskTrigen(bottom, mlikely, top, bottom%, top%)", "TRIGEN", _percents),
    LawFunction("RiskUniform(min, max)", "UNIFORM"),
    LawFunction("RiskWeibull(α, β)", "WEIBULL"),
)
"""@RISK's functions by their capital names without ``Risk``."""

SERIES: dict[str, SeriesFunction] = series_by_local_name(
    "Risk",
    SeriesFunction("RiskAR1(μ, σ, a1, Y0)", "AR1"),
    SeriesFunction("RiskAR2(μ, σ, a1, a2, Y0, Y-1)", "AR2"),
    SeriesFunction("RiskMA1(μ, σ, b1, ε0)", "MA1"),
    SeriesFunction("RiskMA2(μ, σ, b1, b2, ε0, ε-1)", "MA2"),
    SeriesFunction("RiskARMA11(μ, σ, a1, b1, Y0, ε0)", "ARMA11"),
    SeriesFunction("RiskARCH1(μ, ω, a1, Y0)", "ARCH1"),
    SeriesFunction("RiskGARCH11(μ, ω, a1, b1, Y0, σ0)", "GARCH11"),
    SeriesFunction("RiskGBM(μ, σ)", "GBM"),
    SeriesFunction("RiskGBMJD(μ, σ, λ, μJ, σJ)", "GBMJD"),
    SeriesFunction("RiskBMMR(μ, σ, α, Y0)", "BMMR"),
    SeriesFunction("RiskBMMRJD(μ, σ, α, λ, μJ, σJ, Y0)", "BMMRJD"),
)
"""@RISK's time series by their capital names without ``Risk``."""

COMBINED: dict[str, str] = {"RiskCompound": "COMPOUND", "RiskSplice": "SPLICE"}
"""@RISK's laws made of laws."""
_COMBINED = {name.removeprefix("Risk").upper(): (name, law) for name, law in COMBINED.items()}

UNAVAILABLE: dict[str, str] = {
    "APARCH11": "this time series is not available yet",
    "EGARCH11": "this time series is not available yet",
}
"""@RISK's functions that are known and have no meaning here, without ``Risk``, and why."""
_UNAVAILABLE = {name.upper(): (f"Risk{name}", reason) for name, reason in UNAVAILABLE.items()}
RESAMPLE_REASON = "only its method 2, random with replacement, written as the number 2, is available"


def local_name(call: str) -> str | None:
    """``NORMAL`` for any stored form of ``RiskNormal``; None for a foreign function."""
    match = _NAME.fullmatch(call)
    return match[1] if match else None


def shown_name(call: str) -> str:
    """A function's name for people, without its file or prefix."""
    return f"Risk{(local_name(call) or call).capitalize()}"


def canonical(call: Call) -> Node | None:
    """The call as a draw or an output mark; None when it is not @RISK's, or a property for the call around it."""
    name = local_name(call.name)
    if name is None or is_property(name):
        return None
    if name == "OUTPUT":
        return _output(split(call, local_name)[0], call)
    if name in ATRISK:
        return statistic(ATRISK[name], shown_name(call.name), call, local_name)
    if name == "SIMTABLE":
        return PerSimulation(call.arguments)
    if name == "MAKEINPUT":
        return _made_input(call)
    if name in _COMBINED:
        shown, law = _COMBINED[name]
        return combined_draw(law, shown, call, local_name)
    if name in SERIES:
        return SERIES[name].draw(call, local_name)
    function = FUNCTIONS.get(name)
    if function is None:
        base = base_name(name)
        known = FUNCTIONS.get(base[0]) if base else None
        return by_percentiles(known, base[1], call, local_name) if base and known else _unavailable(name, call)
    drawn = function.draw(call, local_name)
    if name == "RESAMPLE" and call.arguments[:1] != (Number(2.0),) and not isinstance(drawn, NotUnderstood):
        return NotUnderstood(function.name, RESAMPLE_REASON)
    return drawn


def _unavailable(name: str, call: Call) -> NotUnderstood | None:
    """Why a function has no meaning here; None for a name that is not known to be @RISK's: it may be a LAMBDA's."""
    if name in _UNAVAILABLE:
        return NotUnderstood(*_UNAVAILABLE[name])
    if "_XLL." in call.name:
        return NotUnderstood(f"Risk{name.capitalize()}", "Montecell does not know this @RISK function")
    return None


def _made_input(call: Call) -> Node:
    """RiskMakeInput(formula, properties…): the formula's value, which counts as an input."""
    plain, properties = split(call, local_name)
    of_draws = properties.adjustments() or properties.correlation or properties.seed or properties.locked
    if properties.refused or of_draws:
        reason = properties.refused or "only a name and a static value may follow its formula"
        return NotUnderstood("RiskMakeInput", reason)
    if len(plain) != 1 or isinstance(plain[0], NotUnderstood | Omitted):
        inner = next((n for n in plain if isinstance(n, NotUnderstood)), None)
        return inner or NotUnderstood("RiskMakeInput", f"it takes (formula), but {len(plain)} arguments are given")
    return properties.draw(FORMULA, tuple(plain))


def _output(arguments: list[Node], call: Call) -> OutputMark:
    asked = [a for a in call.arguments if isinstance(a, Call) and local_name(a.name) == "CONVERGENCE"]
    given = [None if isinstance(a, Omitted) else a for a in arguments] + [None] * 3
    return OutputMark(given[0], given[2], given[1], rules=rules_of(asked[0]) if asked else ())
