"""Crystal Ball: ``CB.Normal(mean, sd, [low], [high], [name])`` and its kin, and the data it keeps of assumptions.

Parameters in Crystal Ball's order and units; after them may come two cutoffs and a name. Assumptions and forecasts that
were defined by its dialogs stand in no formula but in Crystal Ball's own data: see ``crystal_ball_stored``. Sources:
Oracle, Crystal Ball User's Guide (Distribution Parameter Summary, Using Probability Functions), Developer's Guide
(CB.GetForeStat, CB.GetCertainty). CB.Custom: R. Grinde, Summary of Probability Distributions (University of New
Hampshire, 2002), and the User's Guide on what a custom distribution's columns mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from compute.dialects.canonical import Adjustment, Draw, NotUnderstood, Statistic
from compute.dialects.signature import LawFunction, Parameters, by_local_name
from compute.errors import ErrorCode
from compute.formulas.ast import Binary, Call, ErrorValue, Node, Number, Omitted, RangeReference

PRODUCT = "Crystal Ball"
_NAME = re.compile(r"(?:(?:\[\d+\]|'[^']+'|[^!']+)!)?(?:_XLL\.)?CB\.([A-Z0-9]+)")


def _mean_of_rate(parameters: Parameters) -> Parameters:
    """CB.Exponential takes the rate."""
    return (Binary("/", Number(1.0), parameters[0]),)


def _swapped(parameters: Parameters) -> Parameters:
    """CB.Binomial(probability, trials), CB.NegBinomial(probability, shape), CB.Pareto(location, shape)."""
    first, second = parameters
    return (second, first)


def _from_zero(parameters: Parameters) -> Parameters:
    """CB.Beta(alpha, beta, scale) lies between 0 and the scale."""
    alpha, beta, scale = parameters
    return (alpha, beta, Number(0.0), scale)


def _population_last(parameters: Parameters) -> Parameters:
    """CB.Hypergeometric(successes, trials, population)."""
    successes, trials, population = parameters
    return (trials, successes, population)


def _without_location(parameters: Parameters) -> Parameters:
    """CB.Gamma and CB.Weibull(location, scale, shape): the location is a shift."""
    _, scale, shape = parameters
    return (shape, scale)


FUNCTIONS: dict[str, LawFunction] = by_local_name(
    "CB.",
    LawFunction("CB.Beta(alpha, beta, scale)", "BETAGENERAL", _from_zero),
    LawFunction("CB.BetaPERT(min, likeliest, max)", "PERT"),
    LawFunction("CB.Binomial(probability, trials)", "BINOMIAL", _swapped),
    LawFunction("CB.DiscreteUniform(min, max)", "INTUNIFORM"),
    LawFunction("CB.Exponential(rate)", "EXPONENTIAL", _mean_of_rate),
    LawFunction("CB.Gamma(location, scale, shape)", "GAMMA", _without_location),
    LawFunction("CB.Geometric(probability)", "GEOMETRIC"),
    LawFunction("CB.Hypergeometric(successes, trials, population)", "HYPERGEO", _population_last),
    LawFunction("CB.Logistic(mean, scale)", "LOGISTIC"),
    LawFunction("CB.Lognormal(mean, sd)", "LOGNORMAL"),
    LawFunction("CB.MaxExtreme(likeliest, scale)", "EXTVALUEMAX"),
    LawFunction("CB.MinExtreme(likeliest, scale)", "EXTVALUEMIN"),
    LawFunction("CB.NegBinomial(probability, shape)", "NEGBIN", _swapped),
    LawFunction("CB.Normal(mean, sd)", "NORMAL"),
    LawFunction("CB.Pareto(location, shape)", "PARETO", _swapped),
    LawFunction("CB.Poisson(rate)", "POISSON"),
    LawFunction("CB.StudentT(midpoint, scale, degrees)", "STUDENT3"),
    LawFunction("CB.Triangular(min, likeliest, max)", "TRIANGULAR"),
    LawFunction("CB.Uniform(min, max)", "UNIFORM"),
    LawFunction("CB.Weibull(location, scale, shape)", "WEIBULL", _without_location),
    LawFunction("CB.YesNo(probability)", "BERNOULLI"),
)
"""Crystal Ball's functions by their capital names without ``CB.``."""

UNAVAILABLE: dict[str, str] = {
    "Beta2": "the order of its arguments is not known for certain",
    "Lognormal2": "the order of its arguments is not known for certain",
}
"""Crystal Ball's functions that are known and have no meaning here, without ``CB.``, and why."""
_UNAVAILABLE = {name.upper(): (f"CB.{name}", reason) for name, reason in UNAVAILABLE.items()}
UNKNOWN = "Montecell does not have this function of Crystal Ball"
LOGNORMAL = (
    "with more than two arguments it means location, mean, sd or mean, sd and cutoffs, which cannot be told apart"
)

INDEXED: Mapping[float, str] = {
    1.0: "count",
    2.0: "mean",
    3.0: "median",
    4.0: "mode",
    5.0: "standard_deviation",
    6.0: "variance",
    7.0: "skewness",
    8.0: "kurtosis",
    9.0: "coefficient_of_variation",
    10.0: "minimum",
    11.0: "maximum",
    12.0: "range",
    13.0: "standard_error",
}
"""What the index of CB.GetForeStatFN means."""


def local_name(call: str) -> str | None:
    """``NORMAL`` for any stored form of ``CB.Normal``; None for a foreign function."""
    match = _NAME.fullmatch(call)
    return match[1] if match else None


def canonical(call: Call) -> Node | None:
    """The call as a draw or a statistic; None when it is not Crystal Ball's."""
    name = local_name(call.name)
    if name is None:
        return None
    if name in FUNCTIONS:
        return _draw(name, FUNCTIONS[name], call.arguments)
    if name in _STATISTICS:
        return _statistic(name, call.arguments)
    if name == "CUSTOM":
        return _custom(call.arguments)
    return NotUnderstood(*_UNAVAILABLE.get(name, (f"CB.{name.capitalize()}", UNKNOWN)))


def _draw(name: str, function: LawFunction, arguments: tuple[Node, ...]) -> Node:
    count = len(function.parameters)
    further = [None if isinstance(a, Omitted) else a for a in arguments[count:]]
    if len(further) > 3:
        return NotUnderstood(function.name, f"{len(arguments)} arguments are given")
    if name == "LOGNORMAL" and further:
        return NotUnderstood(function.name, LOGNORMAL)
    low, high, label = (*further, None, None, None)[:3]
    return law_draw(name, arguments[:count], low, high, label)


def law_draw(
    name: str,
    parameters: tuple[Node, ...],
    low: Node | None = None,
    high: Node | None = None,
    label: Node | None = None,
) -> Draw | NotUnderstood:
    """One draw of the law of that function, between its cutoffs; the parameters in the function's order."""
    drawn = FUNCTIONS[name].draw(Call(name, parameters), lambda _: None)
    if isinstance(drawn, NotUnderstood):
        return drawn
    steps = _shifts(name, parameters)
    if low is not None or high is not None:
        steps = (*steps, Adjustment("truncate", low, high))
    return Draw(drawn.law, drawn.parameters, name=label, adjustments=steps)


COLUMNS = (
    "it takes one range of one column (values) or two (values and their weights); ranges of values, which more columns "
    "describe, and further arguments are not available"
)


def _custom(arguments: tuple[Node, ...]) -> Node:
    """CB.Custom(A2:B5) draws one of the values in the first column by the weights in the second, else all alike."""
    place = arguments[0] if len(arguments) == 1 else None
    if not isinstance(place, RangeReference) or place.left.absolute != place.right.absolute:
        return NotUnderstood("CB.Custom", COLUMNS)
    low, high = sorted((place.left, place.right), key=lambda column: column.value)
    if high.value - low.value > 1:
        return NotUnderstood("CB.Custom", COLUMNS)
    columns = [replace(place, left=column, right=column) for column in dict.fromkeys((low, high))]
    return Draw("DUNIFORM" if len(columns) == 1 else "DISCRETE", tuple(_numbers(column) for column in columns))


def _numbers(column: RangeReference) -> Node:
    """What blank cells and texts would mean is not documented: a column with any is an error."""
    is_full = Binary("=", Call("COUNT", (column,)), Call("ROWS", (column,)))
    return Call("IF", (is_full, column, ErrorValue(ErrorCode.VALUE)))


def _shifts(name: str, arguments: tuple[Node, ...]) -> tuple[Adjustment, ...]:
    """Locations; and Crystal Ball counts all trials where our laws count the failures."""
    if name in ("GAMMA", "WEIBULL"):
        return (Adjustment("shift", arguments[0]),)
    if name == "GEOMETRIC":
        return (Adjustment("shift", Number(1.0)),)
    return (Adjustment("shift", arguments[1]),) if name == "NEGBINOMIAL" else ()


_STATISTICS = {
    "GETFORESTATFN": "CB.GetForeStatFN",
    "GETFOREPERCENTFN": "CB.GetForePercentFN",
    "GETCERTAINTYFN": "CB.GetCertaintyFN",
    "GETASSUMPERCENTFN": "CB.GetAssumPercentFN",
}


def _statistic(name: str, arguments: tuple[Node, ...]) -> Node:
    """A statistic of a forecast; percentiles are asked for and certainties told from 0 to 100."""
    if len(arguments) != 2:
        return NotUnderstood(
            _STATISTICS[name], f"it takes a cell and a number, but {len(arguments)} arguments are given"
        )
    cell, number = arguments
    if name == "GETFORESTATFN":
        kind = INDEXED.get(number.value) if isinstance(number, Number) else None
        found = "its index must be written as a number from 1 to 13"
        return NotUnderstood(_STATISTICS[name], found) if kind is None else Statistic(kind, (cell,))
    if name == "GETCERTAINTYFN":
        return Binary("*", Statistic("probability", (cell,), (number,)), Number(100.0))
    kind = "percentile" if name == "GETFOREPERCENTFN" else "theoretical:percentile"
    return Statistic(kind, (cell,), (Binary("/", number, Number(100.0)),))
