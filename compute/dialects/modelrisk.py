"""ModelRisk's functions: ``VoseNormal(mu, sigma, [u], …)``, object forms, ``VoseInput`` and ``VoseOutput``.

Every law function takes after its parameters a probability U, by which it gives the law's value there instead of a
draw, and then bounds and shift. Source of names, orders and units: Vose Software's help of ModelRisk and its risk wiki.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compute.dialects.canonical import (
    Adjustment,
    Draw,
    InputMark,
    NotUnderstood,
    OutputMark,
    PerSimulation,
    Quantile,
)
from compute.dialects.combined import COMBINED, combined
from compute.dialects.modelrisk_series import SERIES, series
from compute.dialects.properties import Properties
from compute.dialects.signature import LawFunction, Parameters, by_local_name
from compute.dialects.statistics import StatisticFunction, statistic
from compute.formulas.ast import Binary, Call, Node, Number, Omitted

PRODUCT = "ModelRisk"
_NAME = re.compile(r"(?:(?:\[\d+\]|'[^']+'|[^!']+)!)?(?:_XLDUDF_|_XLL\.)?VOSE([A-Z0-9]+)")


def _from_zero_shape_first(parameters: Parameters) -> Parameters:
    """VoseLogLogistic(shape, scale) starts at 0."""
    shape, scale = parameters
    return (Number(0.0), scale, shape)


def _dagum(parameters: Parameters) -> Parameters:
    """VoseDagum(a, b, p) starts at 0; a and p are the shapes, b the scale."""
    shape, scale, power = parameters
    return (Number(0.0), scale, shape, power)


def _swapped_end(parameters: Parameters) -> Parameters:
    """VoseJohnsonU gives the scale before the location."""
    *shapes, scale, location = parameters
    return (*shapes, location, scale)


def _location_first(parameters: Parameters) -> Parameters:
    """VoseLevy(c, a) gives the scale before the location."""
    scale, location = parameters
    return (location, scale)


def _subjective(parameters: Parameters) -> Parameters:
    """VoseBetaSubj(mode, mean, min, max)."""
    mode, mean, low, high = parameters
    return (low, mode, mean, high)


def _descending(parameters: Parameters) -> Parameters:
    """VoseCumulD gives the probability of a value above each x."""
    *points, above = parameters
    return (*points, Binary("-", Number(1.0), above))


def _unit_interval(parameters: Parameters) -> Parameters:
    """VoseKumaraswamy(alpha, beta) lies between 0 and 1."""
    return (*parameters, Number(0.0), Number(1.0))


def _whole_steps(parameters: Parameters) -> Parameters:
    """VoseStepUniform(min, max, step), here with the step 1."""
    return parameters[:2]


FUNCTIONS: dict[str, LawFunction] = by_local_name(
    "Vose",
    LawFunction("VoseBernoulli(p)", "BERNOULLI"),
    LawFunction("VoseBeta(alpha, beta)", "BETA"),
    LawFunction("VoseBeta4(alpha, beta, min, max)", "BETAGENERAL"),
    LawFunction("VoseBetaSubj(mode, mean, min, max)", "BETASUBJ", _subjective),
    LawFunction("VoseBinomial(n, p)", "BINOMIAL"),
    LawFunction("VoseCauchy(a, b)", "CAUCHY"),
    LawFunction("VoseChiSq(nu)", "CHISQ"),
    LawFunction("VoseCumulA(min, max, {x}, {p})", "CUMUL"),
    LawFunction("VoseCumulD(min, max, {x}, {p})", "CUMUL", _descending),
    LawFunction("VoseDagum(a, b, p)", "DAGUM", _dagum),
    LawFunction("VoseDiscrete({x}, {p})", "DISCRETE"),
    LawFunction("VoseDUniform({x})", "DUNIFORM"),
    LawFunction("VoseErf(h)", "ERF"),
    LawFunction("VoseErlang(m, beta)", "ERLANG"),
    LawFunction("VoseExpon(beta)", "EXPONENTIAL"),
    LawFunction("VoseExtValueMax(a, b)", "EXTVALUEMAX"),
    LawFunction("VoseExtValueMin(a, b)", "EXTVALUEMIN"),
    LawFunction("VoseF(nu1, nu2)", "F"),
    LawFunction("VoseFatigue(alpha, beta, gamma)", "FATIGUELIFE"),
    LawFunction("VoseGamma(alpha, beta)", "GAMMA"),
    LawFunction("VoseGeometric(p)", "GEOMETRIC"),
    LawFunction("VoseGEV(a, b, c)", "GEV"),
    LawFunction("VoseGPD(a, b, c)", "GPD"),
    LawFunction("VoseHistogram(min, max, {f})", "HISTOGRAM"),
    LawFunction("VoseHS(mu, sigma)", "HYPSECANT"),
    LawFunction("VoseHypergeo(n, d, m)", "HYPERGEO"),
    LawFunction("VoseInvGauss(mu, lambda)", "INVGAUSS"),
    LawFunction("VoseJohnsonB(alpha1, alpha2, min, max)", "JOHNSONSB"),
    LawFunction("VoseJohnsonU(alpha1, alpha2, beta, gamma)", "JOHNSONSU", _swapped_end),
    LawFunction("VoseKumaraswamy(alpha, beta)", "KUMARASWAMY", _unit_interval),
    LawFunction("VoseKumaraswamy4(alpha, beta, min, max)", "KUMARASWAMY"),
    LawFunction("VoseLaplace(mu, sigma)", "LAPLACE"),
    LawFunction("VoseLevy(c, a)", "LEVY", _location_first),
    LawFunction("VoseLogarithmic(theta)", "LOGARITHMIC"),
    LawFunction("VoseLogistic(alpha, beta)", "LOGISTIC"),
    LawFunction("VoseLogLogistic(alpha, beta)", "LOGLOGISTIC", _from_zero_shape_first),
    LawFunction("VoseLognormal(mu, sigma)", "LOGNORMAL"),
    LawFunction("VoseLognormalE(mu, sigma)", "LOGNORMAL2"),
    LawFunction("VoseModPERT(min, mode, max, [gamma=4])", "MODPERT"),
    LawFunction("VoseNegBin(s, p)", "NEGBIN"),
    LawFunction("VoseNormal(mu, sigma)", "NORMAL"),
    LawFunction("VosePareto(theta, a)", "PARETO"),
    LawFunction("VosePareto2(b, q)", "PARETO2"),
    LawFunction("VosePearson5(alpha, beta)", "PEARSON5"),
    LawFunction("VosePearson6(alpha1, alpha2, beta)", "PEARSON6"),
    LawFunction("VosePERT(min, mode, max)", "PERT"),
    LawFunction("VosePoisson(lambda)", "POISSON"),
    LawFunction("VoseRayleigh(b)", "RAYLEIGH"),
    LawFunction("VoseReciprocal(a, b)", "RECIPROCAL"),
    LawFunction("VoseRelative(min, max, {x}, {w})", "GENERAL"),
    LawFunction("VoseSkewNormal(mu, sigma, alpha)", "SKEWNORMAL"),
    LawFunction("VoseStepUniform(min, max, step)", "INTUNIFORM", _whole_steps),
    LawFunction("VoseStudent(nu)", "STUDENT"),
    LawFunction("VoseStudent3(mu, sigma, nu)", "STUDENT3"),
    LawFunction("VoseTriangle(min, mode, max)", "TRIANGULAR"),
    LawFunction("VoseTriangleAlt(low, mode, high, low p, high p)", "TRIGEN"),
    LawFunction("VoseUniform(min, max)", "UNIFORM"),
    LawFunction("VoseWeibull(alpha, beta)", "WEIBULL"),
)
"""ModelRisk's functions by their capital names without ``Vose``."""

STATISTICS: Mapping[str, StatisticFunction] = {
    "SIMCOFV": StatisticFunction("coefficient_of_variation"),
    "SIMKURTOSIS": StatisticFunction("kurtosis"),
    "SIMMAX": StatisticFunction("maximum"),
    "SIMMEAN": StatisticFunction("mean"),
    "SIMMEANDEVIATION": StatisticFunction("mean_absolute_deviation"),
    "SIMMIN": StatisticFunction("minimum"),
    "SIMPERCENTILE": StatisticFunction("percentile", 1),
    "SIMPERCENTILED": StatisticFunction("percentile_descending", 1),
    "SIMPROBABILITY": StatisticFunction("probability", 1),
    "SIMPROBABILITYD": StatisticFunction("probability_above", 1),
    "SIMSKEWNESS": StatisticFunction("skewness"),
    "SIMSTDEV": StatisticFunction("standard_deviation"),
    "SIMVALUE": StatisticFunction("trial", 1),
    "SIMVARIANCE": StatisticFunction("variance"),
}
"""ModelRisk's statistics of a run without ``Vose``."""

_FAMILIES = (
    ("COPULA", "copulas that give several cells their probabilities are not available yet"),
    ("AGGREGATE", "this form of a sum of draws is not available yet"),
    ("TIME", "this time series is not available yet: its equations are not documented in words"),
    ("SIM", "this statistic of a run is not available yet"),
)
_ENDINGS = (
    ("OBJECT", "a law as an object is understood only inside VoseSimulate, VoseRiskEvent and sums"),
    ("FIT", "a law fitted anew to data is not available yet"),
    ("FITP", "a law fitted anew to data is not available yet"),
    ("PROB", "a law's probabilities in cells are not available yet"),
    ("PROB10", "a law's probabilities in cells are not available yet"),
)
UNKNOWN = "Montecell does not have this function of ModelRisk"
PROPERTIES = frozenset({"XBOUNDS", "PBOUNDS", "SHIFT"})


def local_name(call: str) -> str | None:
    """``NORMAL`` for any stored form of ``VoseNormal``; None for a foreign function."""
    match = _NAME.fullmatch(call)
    return match[1] if match else None


def shown_name(call: str) -> str:
    """A function's name for people, without its file or prefix."""
    name = local_name(call) or call
    return FUNCTIONS[name].name if name in FUNCTIONS else f"Vose{name.capitalize()}"


def canonical(call: Call) -> Node | None:
    """The call as a draw, quantile, mark or statistic; None when it is not ModelRisk's, or part of such a call."""
    name = local_name(call.name)
    if name is None or name in PROPERTIES or _law_of_object(name) is not None:
        return None
    arguments = list(call.arguments)
    if name in FUNCTIONS:
        return _law(FUNCTIONS[name], arguments)
    if name.endswith("U") and name[:-1] in FUNCTIONS:
        return _law(FUNCTIONS[name[:-1]], arguments, asks_u=True)
    if name == "INPUT":
        return InputMark(_given(arguments, 0))
    if name == "OUTPUT":
        return OutputMark(_given(arguments, 0), _given(arguments, 3), _given(arguments, 2))
    if name in SERIES:
        return series(SERIES[name], arguments)
    if name == "SIMTABLE":
        return PerSimulation(tuple(arguments[:1]))
    if name == "SIMULATE":
        return _simulated(arguments)
    if name in _COMBINED:
        return _sum_or_event(name, arguments)
    if name in STATISTICS:
        return statistic(STATISTICS[name], shown_name(call.name), call, lambda _: None)
    return NotUnderstood(shown_name(call.name), _why_not(name))


def _why_not(name: str) -> str:
    for ending, reason in _ENDINGS:
        if name.endswith(ending):
            return reason
    return next((reason for family, reason in _FAMILIES if name.startswith(family)), UNKNOWN)


def _given(arguments: list[Node], index: int) -> Node | None:
    found = arguments[index] if index < len(arguments) else None
    return None if isinstance(found, Omitted) else found


def _law_of_object(name: str) -> LawFunction | None:
    """The law whose object form is called so: ``NORMALOBJECT``."""
    return FUNCTIONS.get(name.removesuffix("OBJECT")) if name.endswith("OBJECT") else None


def _law(function: LawFunction, arguments: list[Node], *, asks_u: bool = False) -> Node:
    """A law function: its parameters, then U, then bounds or shift."""
    refused = next((a for a in arguments if isinstance(a, NotUnderstood)), None)
    if refused is not None:
        return refused
    count = len(function.parameters)
    plain, further = arguments[:count], arguments[count:]
    while plain and _property(plain[-1]) is not None:
        further.insert(0, plain.pop())
    probability = further.pop(0) if further and _property(further[0]) is None else Omitted()
    if asks_u and isinstance(probability, Omitted):
        return NotUnderstood(f"{function.name}U", "its probability U is left out")
    adjustments = _adjustments(function.name, further)
    drawn = function.draw(Call(function.name.upper(), tuple(plain)), lambda _: None)
    if isinstance(adjustments, NotUnderstood) or isinstance(drawn, NotUnderstood):
        return adjustments if isinstance(adjustments, NotUnderstood) else drawn
    if function.law == "INTUNIFORM" and plain[2] != Number(1.0):
        return NotUnderstood(function.name, "only the step 1, written as the number, is available")
    if not isinstance(probability, Omitted):
        return Quantile(drawn.law, drawn.parameters, probability, adjustments)
    return Draw(drawn.law, drawn.parameters, adjustments=adjustments)


def _property(node: Node) -> str | None:
    name = local_name(node.name) if isinstance(node, Call) else None
    return name if name in PROPERTIES else None


def _adjustments(shown: str, given: list[Node]) -> tuple[Adjustment, ...] | NotUnderstood:
    """VoseXBounds(min, max), VosePBounds(min, max) or VoseShift(by)."""
    found: list[Adjustment] = []
    for node in given:
        name = _property(node)
        if isinstance(node, Omitted):
            continue
        if name is None or not isinstance(node, Call):
            return NotUnderstood(shown, "after its probability U only VoseXBounds, VosePBounds and VoseShift may come")
        low, high = _given(list(node.arguments), 0), _given(list(node.arguments), 1)
        if name == "SHIFT":
            found.append(Adjustment("shift", low))
        else:
            found.append(Adjustment("truncate" if name == "XBOUNDS" else "truncate_percentile", low, high))
    if len(found) > 1:
        return NotUnderstood(shown, "in which order bounds and shift are applied is not documented; give one of them")
    return tuple(found)


def _object(node: Node) -> tuple[LawFunction, list[Node]] | None:
    """The law of an object that is written out."""
    name = local_name(node.name) if isinstance(node, Call) else None
    function = None if name is None else _law_of_object(name)
    return (function, list(node.arguments)) if function is not None and isinstance(node, Call) else None


def _simulated(arguments: list[Node]) -> Node:
    """VoseSimulate(object, [u])."""
    found = _object(arguments[0]) if arguments else None
    if found is None:
        return NotUnderstood("VoseSimulate", "its law must be written in it as an object: VoseNormalObject(0,1)")
    function, parameters = found
    probability = _given(arguments, 1)
    count = len(function.parameters)
    padded = [*parameters, *[Omitted()] * (count - len(parameters))] if probability is not None else parameters
    properties = padded[count:]
    return _law(function, [*padded[:count], *([probability] if probability is not None else []), *properties])


def _sum_or_event(name: str, arguments: list[Node]) -> Node:
    """VoseRiskEvent(probability, impact, [u]), VoseAggregateMC(n, severity) and the sums by FFT and Panjer's method."""
    shown, law, most = _COMBINED[name]
    laws = [_drawn_of(a) for a in arguments[:2]]
    if len(laws) < 2 or isinstance(laws[1], NotUnderstood) or not isinstance(laws[1], Draw):
        refused = laws[1] if len(laws) > 1 and isinstance(laws[1], NotUnderstood) else None
        return refused or NotUnderstood(shown, "its law must be written in it as an object: VoseNormalObject(0,1)")
    if name in _BY_FREQUENCY and not isinstance(laws[0], Draw):
        return NotUnderstood(shown, "its frequency must be written in it as an object, such as VosePoissonObject(3)")
    if any(not isinstance(a, Omitted) for a in arguments[most:]):
        return NotUnderstood(shown, f"only its first {most} arguments are understood")
    made = combined(COMBINED[law], shown, [laws[0], laws[1]], Properties())
    probability = _given(arguments, 2) if name == "RISKEVENT" else None
    if isinstance(made, NotUnderstood) or probability is None:
        return made
    return Quantile(made.law, made.parameters, probability)


def _drawn_of(node: Node) -> Node:
    """The draw from a law that is given as an object; any other node as it is."""
    found = _object(node)
    return node if found is None else _law(*found)


_COMBINED = {
    "RISKEVENT": ("VoseRiskEvent", "RISKEVENT", 3),
    "AGGREGATEMC": ("VoseAggregateMC", "COMPOUND", 2),
    "AGGREGATEFFT": ("VoseAggregateFFT", "COMPOUND", 2),
    "AGGREGATEPANJER": ("VoseAggregatePanjer", "COMPOUND", 2),
}
_BY_FREQUENCY = ("AGGREGATEFFT", "AGGREGATEPANJER")
