"""ModelRisk's functions: ``VoseNormal(mu, sigma, [u], …)``, object forms, ``VoseInput`` and ``VoseOutput``.

Every law function takes after its parameters a probability U, by which it gives the law's value there instead of a
draw, and then bounds and shift. Source of names, orders and units: Vose Software's help of ModelRisk and its risk wiki.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compute.dialects import modelrisk_combined
from compute.dialects.canonical import (
    Adjustment,
    Draw,
    InnerLaw,
    InputMark,
    NotUnderstood,
    OutputMark,
    PerSimulation,
    Quantile,
)
from compute.dialects.combined import inner_law
from compute.dialects.modelrisk_combined import combined_law, payment_probability
from compute.dialects.modelrisk_copulas import joint_uniforms
from compute.dialects.modelrisk_figures import NO_OBJECT, PROBABILITIES, as_law, figure, probability, quantile
from compute.dialects.modelrisk_series import SERIES, series
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
    LawFunction("VoseBurr(a, b, c, d)", "DAGUM"),
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

_SPLICE = ("SPLICE", "how ModelRisk weighs the two parts of a spliced law is not documented")
_FAMILIES = (
    ("AGGREGATE", "this form of a sum of draws is not available yet"),
    ("TIME", "this time series is not available yet: its equations are not documented in words"),
    ("SIM", "this statistic of a run is not available yet"),
)
_ENDINGS = (
    ("OBJECT", "this law is not available yet"),
    ("FIT", "a law fitted anew to data is not available yet"),
    ("FITP", "a law fitted anew to data is not available yet"),
    ("PROB", "the probabilities of this law are not available yet"),
    ("PROB10", "the probabilities of this law are not available yet"),
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
    if name is None or name in PROPERTIES:
        return None
    arguments = list(call.arguments)
    if name in FUNCTIONS:
        return _law(FUNCTIONS[name], arguments)
    if name.endswith("U") and name[:-1] in FUNCTIONS:
        return _law(FUNCTIONS[name[:-1]], arguments, asks_u=True)
    return _of_objects(name, arguments) or _of_run(name, arguments, call)


def _of_objects(name: str, arguments: list[Node]) -> Node | None:
    """Objects and the functions of them; None for any other function."""
    base = name.removesuffix("OBJECT")
    if base != name and (base in FUNCTIONS or base in modelrisk_combined.FUNCTIONS):
        return _object(base, arguments)
    if name == "SIMULATE":
        return _simulated(arguments)
    if name in modelrisk_combined.FUNCTIONS:
        return combined_law(name, arguments)
    if name.startswith("COPULA") and not name.endswith(("FIT", "FITP", "OBJECT")):
        return joint_uniforms(name.removeprefix("COPULA"), arguments)
    if name.endswith("U") and name[:-1] in modelrisk_combined.FUNCTIONS:
        return combined_law(name[:-1], arguments)
    for ending in PROBABILITIES:
        if name == f"DEDUCT{ending}":
            return payment_probability(ending, arguments)
        if name.endswith(ending) and (function := FUNCTIONS.get(name.removesuffix(ending))) is not None:
            return _probability(function, ending, arguments)
    return figure(name, arguments)


def _of_run(name: str, arguments: list[Node], call: Call) -> Node:
    """Marks, values for several simulations and statistics of a run; what is none of them is not understood."""
    if name == "INPUT":
        return InputMark(_given(arguments, 0))
    if name == "OUTPUT":
        return OutputMark(_given(arguments, 0), _given(arguments, 3), _given(arguments, 2))
    if name in SERIES:
        return series(SERIES[name], arguments)
    if name == "SIMTABLE":
        return PerSimulation(tuple(arguments[:1]))
    if name in STATISTICS:
        return statistic(STATISTICS[name], shown_name(call.name), call, lambda _: None)
    return NotUnderstood(shown_name(call.name), _why_not(name))


def _why_not(name: str) -> str:
    if name.startswith(_SPLICE[0]):
        return _SPLICE[1]
    for ending, reason in _ENDINGS:
        if name.endswith(ending):
            return reason
    return next((reason for family, reason in _FAMILIES if name.startswith(family)), UNKNOWN)


def _given(arguments: list[Node], index: int) -> Node | None:
    found = arguments[index] if index < len(arguments) else None
    return None if isinstance(found, Omitted) else found


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


def _object(name: str, arguments: list[Node]) -> InnerLaw | NotUnderstood:
    """VoseNormalObject(mu, sigma, [bounds or shift])."""
    found = _law(FUNCTIONS[name], arguments) if name in FUNCTIONS else combined_law(name, arguments)
    if isinstance(found, Draw):
        return inner_law(found)
    shown = f"{shown_name(f'VOSE{name}')}Object"
    return found if isinstance(found, NotUnderstood) else NotUnderstood(shown, "an object takes no probability U")


def _probability(function: LawFunction, ending: str, arguments: list[Node]) -> Node:
    """VoseNormalProb(x, mu, sigma, [cumulative], [bounds or shift]) and VoseNormalProb10."""
    if not arguments or isinstance(arguments[0], Omitted):
        return NotUnderstood(f"{function.name}Prob", "its x is left out")
    x, *rest = arguments
    count = len(function.parameters)
    cumulative = [n for n in rest[count : count + 1] if _property(n) is None]
    drawn = _law(function, [*rest[:count], Omitted(), *rest[count + len(cumulative) :]])
    return probability(ending, drawn, x, cumulative) if isinstance(drawn, Draw) else drawn


def _simulated(arguments: list[Node]) -> Node:
    """VoseSimulate(object, [u])."""
    law = as_law(arguments[0]) if arguments else None
    if not isinstance(law, InnerLaw):
        return law or NotUnderstood("VoseSimulate", NO_OBJECT)
    u = _given(arguments, 1)
    if u is not None:
        return quantile(law, u)
    return Draw(law.law, law.parameters, adjustments=law.adjustments, percentiles=law.percentiles)
