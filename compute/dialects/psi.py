"""Analytic Solver's functions (Risk Solver before): ``PsiNormal(…)`` plain, ``_xll.PsiNormal`` or ``[1]!PsiNormal``.

Source of names, orders and units: Frontline's help (PSI Function Help, Simulation: distributions, property functions,
statistics functions).
"""

from __future__ import annotations

import dataclasses
import re

from compute.dialects.canonical import Draw, NotUnderstood, OutputMark, PerSimulation, SeriesDraw
from compute.dialects.combined import psi_compound
from compute.dialects.percentile_forms import by_percentiles
from compute.dialects.properties import is_property, split
from compute.dialects.series import SeriesFunction, series_by_local_name
from compute.dialects.signature import LawFunction, Parameters, by_local_name
from compute.dialects.statistics import PSI, statistic
from compute.formulas.ast import (
    ArrayConstant,
    Binary,
    Call,
    CellReference,
    NameReference,
    Node,
    Number,
    Omitted,
    RangeReference,
    StructuredReference,
)

PRODUCT = "Analytic Solver"
_NAME = re.compile(r"(?:(?:\[\d+\]|'[^']+'|[^!']+)!)?(?:_XLDUDF_|_XLL\.)?PSI([A-Z0-9]+)")


def _standard_deviation(parameters: Parameters) -> Parameters:
    """PsiLaplace takes the scale, √2 times smaller than the standard deviation."""
    location, scale = parameters
    return (location, Binary("*", scale, Number(2.0**0.5)))


FUNCTIONS: dict[str, LawFunction] = by_local_name(
    "Psi",
    LawFunction("PsiBernoulli(p)", "BERNOULLI"),
    LawFunction("PsiBeta(alpha1, alpha2)", "BETA"),
    LawFunction("PsiBetaGen(alpha1, alpha2, a, b)", "BETAGENERAL"),
    LawFunction("PsiBetaSubj(a, c, mean, b)", "BETASUBJ"),
    LawFunction("PsiBinomial(n, p)", "BINOMIAL"),
    LawFunction("PsiBurr12(loc, scale, shape1, shape2)", "BURR12"),
    LawFunction("PsiCauchy(loc, lambda)", "CAUCHY"),
    LawFunction("PsiChiSquare(df)", "CHISQ"),
    LawFunction("PsiCumul(a, b, {x}, {p})", "CUMUL"),
    LawFunction("PsiDagum(loc, scale, shape1, shape2)", "DAGUM"),
    LawFunction("PsiDblTriang(min, likely, max, p)", "DOUBLETRIANG"),
    LawFunction("PsiDiscrete({x}, {p})", "DISCRETE"),
    LawFunction("PsiDisUniform({x})", "DUNIFORM"),
    LawFunction("PsiErf(h)", "ERF"),
    LawFunction("PsiErlang(k, beta)", "ERLANG"),
    LawFunction("PsiExponential(beta)", "EXPONENTIAL"),
    LawFunction("PsiFatigueLife(loc, scale, shape)", "FATIGUELIFE"),
    LawFunction("PsiFDist(df1, df2)", "F"),
    LawFunction("PsiFrechet(loc, scale, shape)", "FRECHET"),
    LawFunction("PsiGamma(alpha, beta)", "GAMMA"),
    LawFunction("PsiGeneral(a, b, {x}, {w})", "GENERAL"),
    LawFunction("PsiGeometric(p)", "GEOMETRIC"),
    LawFunction("PsiHistogram(a, b, {w})", "HISTOGRAM"),
    LawFunction("PsiHyperGeo(n, D, M)", "HYPERGEO"),
    LawFunction("PsiHypSecant(loc, scale)", "HYPSECANT"),
    LawFunction("PsiIntUniform(a, b)", "INTUNIFORM"),
    LawFunction("PsiInvNormal(mu, lambda)", "INVGAUSS"),
    LawFunction("PsiJohnsonSB(shape1, shape2, min, max)", "JOHNSONSB"),
    LawFunction("PsiJohnsonSU(shape1, shape2, loc, scale)", "JOHNSONSU"),
    LawFunction("PsiKumaraswamy(shape1, shape2, min, max)", "KUMARASWAMY"),
    LawFunction("PsiLaplace(loc, beta)", "LAPLACE", _standard_deviation),
    LawFunction("PsiLevy(loc, scale)", "LEVY"),
    LawFunction("PsiLogarithmic(p)", "LOGARITHMIC"),
    LawFunction("PsiLogistic(mu, s)", "LOGISTIC"),
    LawFunction("PsiLogLogistic(gamma, beta, alpha)", "LOGLOGISTIC"),
    LawFunction("PsiLogNormal(mu, sigma)", "LOGNORMAL"),
    LawFunction("PsiLogNorm2(mu, sigma)", "LOGNORMAL2"),
    LawFunction("PsiMaxExtreme(m, s)", "EXTVALUEMAX"),
    LawFunction("PsiMinExtreme(m, s)", "EXTVALUEMIN"),
    LawFunction("PsiMomentFit(mean, stdev, skew, kurtosis)", "JOHNSONMOMENTS"),
    LawFunction("PsiNegBinomial(s, p)", "NEGBIN"),
    LawFunction("PsiNormal(mu, sigma)", "NORMAL"),
    LawFunction("PsiPareto(theta, a)", "PARETO"),
    LawFunction("PsiPareto2(b, q)", "PARETO2"),
    LawFunction("PsiPearson5(alpha, beta)", "PEARSON5"),
    LawFunction("PsiPearson6(alpha1, alpha2, beta)", "PEARSON6"),
    LawFunction("PsiPert(a, c, b)", "PERT"),
    LawFunction("PsiPoisson(lambda)", "POISSON"),
    LawFunction("PsiRayleigh(beta)", "RAYLEIGH"),
    LawFunction("PsiReciprocal(min, max)", "RECIPROCAL"),
    LawFunction("PsiResample({x})", "RESAMPLE"),
    LawFunction("PsiStudent(df)", "STUDENT"),
    LawFunction("PsiTriangGen(ap, m, br, p, r)", "TRIGEN"),
    LawFunction("PsiTriangular(a, c, b)", "TRIANGULAR"),
    LawFunction("PsiUniform(a, b)", "UNIFORM"),
    LawFunction("PsiWeibull(alpha, beta)", "WEIBULL"),
)
"""Analytic Solver's functions by their capital names without ``Psi``."""

SERIES: dict[str, SeriesFunction] = series_by_local_name(
    "Psi",
    SeriesFunction("PsiAR1(mean, volatility, coef1, val0)", "AR1"),
    SeriesFunction("PsiMA1(mean, volatility, coef1, err0)", "MA1"),
    SeriesFunction("PsiARCH1(mean, volatility, err_coef, val0)", "ARCH1"),
)
"""Analytic Solver's time series by their capital names without ``Psi``."""

_START_VALUES = "which of its two start values is the earlier one is not documented"
_SERIES = "this time series is not available yet: the order of its arguments is not known for certain"
UNAVAILABLE: dict[str, str] = {
    "APARCH11": _SERIES,
    "AR2": _START_VALUES,
    "ARMA11": _SERIES,
    "Converged": "whether a run has converged is not told in cells",
    "CurrentOpt": "optimisations are not run",
    "CurrentSim": "the number of the simulation is not told in cells",
    "CurrentTrial": "the number of the trial is not told in cells",
    "EGARCH11": _SERIES,
    "Fit": "a law fitted anew to data is not available yet",
    "Frequency": "a frequency table of a run is not available yet",
    "GARCH11": _SERIES,
    "MA2": _START_VALUES,
    "MakeInput": "what its expression (freq, expr, deduct, limit) draws again within one trial is not documented",
    "Metalog": "metalogs in Analytic Solver's form are not available yet",
    "MetalogSPT": "metalogs in Analytic Solver's form are not available yet",
    "NormalSkew": "Analytic Solver's own skewed normal law is not available",
    "OptParam": "optimisations are not run",
    "Sip": "stored samples (SIPs) as a draw are not available yet",
    "Slurp": "stored samples (SLURPs) as a draw are not available yet",
}
"""Analytic Solver's functions that are known and have no meaning here, without ``Psi``, and why."""
_UNAVAILABLE = {name.upper(): (f"Psi{name}", reason) for name, reason in UNAVAILABLE.items()}
PLACES = (CellReference, RangeReference, NameReference, StructuredReference)
OUTPUTS = frozenset({"OUTPUT", "SIMOUTPUT"})


def local_name(call: str) -> str | None:
    """``NORMAL`` for any stored form of ``PsiNormal``; None for a foreign function."""
    match = _NAME.fullmatch(call)
    return match[1] if match else None


def shown_name(call: str) -> str:
    """A function's name for people, without its file or prefix."""
    name = local_name(call) or call
    return FUNCTIONS[name].name if name in FUNCTIONS else f"Psi{name.capitalize()}"


def canonical(call: Call) -> Node | None:
    """The call as a draw, an output mark or a statistic; None when it is not Analytic Solver's, or a property."""
    name = local_name(call.name)
    if name is None or is_property(name) or name in _OWN_PROPERTIES:
        return None
    if name in FUNCTIONS:
        return _draw(FUNCTIONS[name], call)
    if name in SERIES:
        return _series(SERIES[name], call)
    if name in OUTPUTS:
        return _output(split(call, local_name)[0])
    if name in PSI:
        return statistic(PSI[name], shown_name(call.name), call, local_name)
    if name in ("SIMPARAM", "SENPARAM"):
        return _parameter(name, call.arguments)
    return _unavailable(name, call)


def _output(arguments: list[Node]) -> OutputMark:
    """``…+PsiOutput()``, or in a cell of its own ``=PsiOutput(B1:B10)``; a text would be a name."""
    first = arguments[0] if arguments and not isinstance(arguments[0], Omitted) else None
    return OutputMark(of=first) if isinstance(first, PLACES) else OutputMark(first)


def _parameter(name: str, arguments: tuple[Node, ...]) -> Node:
    """PsiSimParam(values, [upper], [base]): one value for each simulation; PsiSenParam(lower, upper, base): base."""
    given = [None if isinstance(a, Omitted) else a for a in (*arguments, *[Omitted()] * 3)][:3]
    if name == "SENPARAM":
        base = given[2]
        return base or NotUnderstood("PsiSenParam", "it has no base value, and steps of a sensitivity are not run")
    values, upper, _ = given
    if values is None or upper is not None or not isinstance(values, (ArrayConstant, *PLACES)):
        found = "only a list or range with the value of each simulation is understood, no lower and upper value"
        return NotUnderstood("PsiSimParam", found)
    return PerSimulation((values,))


def _draw(function: LawFunction, call: Call) -> Node:
    """The law with its properties, PsiCensor laid around the draw."""
    own = {n: a for a in call.arguments if isinstance(a, Call) and (n := local_name(a.name)) in _OWN_PROPERTIES}
    rest = tuple(a for a in call.arguments if a not in own.values())
    drawn = function.draw(dataclasses.replace(call, arguments=rest), local_name)
    if "COMPOUND" in own and not isinstance(drawn, NotUnderstood):
        if "CENSOR" in own:
            return NotUnderstood(function.name, "whether PsiCensor comes before PsiCompound is not documented")
        return psi_compound(drawn, function.name, list(own["COMPOUND"].arguments))
    if isinstance(drawn, NotUnderstood) or "CENSOR" not in own:
        return drawn
    return _censored(function.name, drawn, own["CENSOR"].arguments)


def _series(function: SeriesFunction, call: Call) -> Node:
    """A time series; how PsiTSTransform's shift counts (added or subtracted) is not documented."""
    drawn = function.draw(call, local_name)
    if isinstance(drawn, SeriesDraw) and any(n not in (Omitted(), Number(0.0)) for n in drawn.transform[1:]):
        return NotUnderstood(function.name, "whether PsiTSTransform adds its shift or subtracts it is not documented")
    return drawn


def _censored(name: str, drawn: Draw, limits: tuple[Node, ...]) -> Node:
    """PsiCensor([min], [max], [type]): values beyond a limit become the limit."""
    low, high, kind = (*limits, Omitted(), Omitted(), Omitted())[:3]
    if kind not in (Omitted(), Number(1.0)):
        return NotUnderstood(name, "its property PsiCensor is understood with limits that are values (type 1) only")
    if any(a.kind == "shift" for a in drawn.adjustments):
        return NotUnderstood(name, "whether PsiCensor comes before PsiShift is not documented")
    value: Node = drawn
    for function, limit in (("MIN", high), ("MAX", low)):
        if not isinstance(limit, Omitted):
            value = Call(function, (value, limit))
    return value


_OWN_PROPERTIES = frozenset({"CENSOR", "COMPOUND"})
"""Properties that only Analytic Solver has, or that are a law's name elsewhere."""


def _unavailable(name: str, call: Call) -> Node | None:
    """A law by percentiles, or why a function has no meaning here; None for a name that nobody knows."""
    if name in _UNAVAILABLE:
        return NotUnderstood(*_UNAVAILABLE[name])
    if name.endswith("ALT") and (function := FUNCTIONS.get(name.removesuffix("ALT"))) is not None:
        return by_percentiles(function, False, call, local_name)
    if "_XLL." in call.name:
        return NotUnderstood(shown_name(call.name), "Montecell does not know this function of Analytic Solver")
    return None
