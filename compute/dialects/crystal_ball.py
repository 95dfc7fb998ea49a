"""Crystal Ball: ``CB.Normal(mean, sd, [low], [high], [name])`` and its kin, and the data it keeps of assumptions.

Parameters in Crystal Ball's order and units; after them may come two cutoffs and a name. Assumptions and forecasts that
were defined by its dialogs stand in no formula but in Crystal Ball's own data, serialised objects of classes that are
not public: a workbook with such data is refused, and their cells are named. Sources: Oracle, Crystal Ball User's Guide
(Distribution Parameter Summary, Using Probability Functions, Defining Assumptions), Developer's Guide (CB.GetForeStat,
CB.GetCertainty); the names and data in workbooks that Crystal Ball 11.1 saved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from compute.dialects.canonical import Adjustment, Draw, NotUnderstood, Statistic
from compute.dialects.named_cells import cell_named
from compute.dialects.signature import LawFunction, Parameters, by_local_name
from compute.formulas.ast import Binary, Call, Node, Number, Omitted
from compute.workbook.model import Workbook

PRODUCT = "Crystal Ball"
DATA_SHEET = "CB_DATA_"
_CELL_NAME = re.compile(r"CB_[0-9a-f]{32}", re.IGNORECASE)
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
    "Custom": "a distribution drawn from a range of cells is not available yet",
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
    return NotUnderstood(*_UNAVAILABLE.get(name, (f"CB.{name.capitalize()}", UNKNOWN)))


def _draw(name: str, function: LawFunction, arguments: tuple[Node, ...]) -> Node:
    count = len(function.parameters)
    further = [None if isinstance(a, Omitted) else a for a in arguments[count:]]
    if len(further) > 3:
        return NotUnderstood(function.name, f"{len(arguments)} arguments are given")
    if name == "LOGNORMAL" and further:
        return NotUnderstood(function.name, LOGNORMAL)
    drawn = function.draw(Call(name, arguments[:count]), lambda _: None)
    if isinstance(drawn, NotUnderstood):
        return drawn
    low, high, label = (*further, None, None, None)[:3]
    steps = _shifts(name, arguments)
    if low is not None or high is not None:
        steps = (*steps, Adjustment("truncate", low, high))
    return Draw(drawn.law, drawn.parameters, name=label, adjustments=steps)


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


def stored_cells(workbook: Workbook) -> tuple[str, ...]:
    """The cells that Crystal Ball's own data make an assumption or decision variable, as ``Model!$B$3``.

    Crystal Ball 11 gives each of its cells a hidden name, ``CB_`` and 32 hexadecimal digits. Which cell is what stands
    in its data alone, but an assumption or decision variable must be a cell of a plain number, and a forecast one of a
    formula (User's Guide, docs.oracle.com/cd/E36352_01/epm.1112/cb_user/ch03s02.html): cells with formulas are left
    out, those that were made a formula since among them.
    """
    return tuple(n.text for n in workbook.names if _CELL_NAME.fullmatch(n.name) and _is_value(workbook, n.text))


def _is_value(workbook: Workbook, place: str) -> bool:
    cell = cell_named(workbook, place)
    return cell is not None and cell[1:] not in workbook.sheets[cell[0]].formulas


def has_stored_data(workbook: Workbook) -> bool:
    """Whether assumptions stand in Crystal Ball's own data: cells that it names, or values on its hidden sheet."""
    sheets = (s for s in workbook.sheets if s.name.casefold() == DATA_SHEET.casefold())
    return bool(stored_cells(workbook)) or any(s.values or s.formulas for s in sheets)


def stored_data_reason(workbook: Workbook) -> str:
    """Why a workbook with such data is refused, and what to do: with its cells where they are known."""
    cells = stored_cells(workbook)
    if not cells:
        return f"{STORED} and delete the hidden sheet {DATA_SHEET}"
    listed = ", ".join(cells[:SHOWN_CELLS]) + (f" and {len(cells) - SHOWN_CELLS} more" if cells[SHOWN_CELLS:] else "")
    return f"{STORED} in place of the values of {listed}"


SHOWN_CELLS = 10
STORED = (
    "this workbook's assumptions are stored in Crystal Ball's own data, which Montecell cannot read yet; "
    "without them a simulation would be wrong. Write the assumptions as formulas (=CB.Normal(…) or =MC.NORMAL(…))"
)
