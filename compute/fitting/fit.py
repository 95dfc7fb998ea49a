"""Laws fitted to a sample by maximum likelihood, and ranked.

``fit`` is the door. Each law has a recipe (closed form or starting values); whatever is not closed is searched for.
A parameter that bounds the support is kept clear of the data, as otherwise many likelihoods have no maximum.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from compute.distributions import Distribution, Law
from compute.distributions.parameters import FloatArray
from compute.errors import InvalidDistribution
from compute.fitting.goodness import goodness
from compute.fitting.likelihood import Likelihood
from compute.fitting.log_densities import log_density
from compute.fitting.outline import Outline
from compute.fitting.recipes import BY_NAME, CONTINUOUS, DISCRETE, Recipe
from compute.fitting.results import FitReport, FittedLaw, RankBy, Refusal, seen_values
from compute.fitting.samples import FittingError, Sample, sample
from compute.fitting.search import Coordinates, minimise, thinned

_SHIFTED_STARTS = (0.02, 0.5)
_WHOLE = ("BINOMIAL", "NEGBIN", "INTUNIFORM")


class CannotFit(Exception):
    """Why one law has no fit to one sample."""


def fit(
    data: Sample | Sequence[object] | FloatArray,
    laws: Iterable[type[Law] | str] | None = None,
    *,
    lower: float | None = None,
    upper: float | None = None,
    shift: bool = False,
    rank_by: RankBy = "aic",
) -> FitReport:
    """Fits laws to a sample and ranks them, best first.

    ``laws`` are classes or capital names; all continuous laws by default, or all discrete ones where the data are whole
    numbers that repeat themselves (at most half as many values as observations). ``lower`` and ``upper`` fix the ends
    of the support: laws without such an end are refused, laws that start at 0 are moved to ``lower``. ``shift`` lets
    laws that start at 0 be moved as the data ask for. Raises FittingError for data that nothing can be fitted to; a law
    that cannot be fitted is listed with its reason instead.
    """
    observed = sample(data)
    chosen = _chosen(laws, observed)
    pooled = observed.pooled
    if pooled[0] == pooled[-1]:
        raise FittingError(f"The data: all {pooled.size} values are {pooled[0]:.15g}; there is no spread to fit.")
    fits, refused = [], []
    for law in chosen:
        try:
            fits.append(fit_law(law, observed, lower=lower, upper=upper, shift=shift))
        except CannotFit as why:
            refused.append(Refusal(law, str(why)))
    report = FitReport(tuple(fits), tuple(refused), observed, rank_by)
    return FitReport(report.ranked(rank_by), report.refused, observed, rank_by)


def _chosen(laws: Iterable[type[Law] | str] | None, observed: Sample) -> list[type[Law]]:
    if laws is None:
        repeated = 2 * np.unique(observed.values).size <= observed.values.size
        return list(DISCRETE if observed.whole and repeated else CONTINUOUS)
    chosen = []
    for law in laws:
        name = law if isinstance(law, str) else law.name
        if name.upper() not in BY_NAME:
            known = ", ".join(sorted(BY_NAME))
            raise FittingError(f"{name} cannot be fitted to a sample; these laws can: {known}.", code="fitting.law")
        chosen.append(BY_NAME[name.upper()].law)
    return chosen


def fit_law(
    law: type[Law],
    observed: Sample,
    *,
    lower: float | None = None,
    upper: float | None = None,
    shift: bool = False,
    near: FittedLaw | None = None,
) -> FittedLaw:
    """One law fitted to a checked sample; raises CannotFit with the reason where that is impossible.

    ``near`` is a fit to similar data, whose parameters then start the search.
    """
    recipe = BY_NAME[law.name]
    moved = _known_shift(recipe, lower)
    fixed = _fixed(recipe, lower, upper)
    try:
        if shift and lower is None and recipe.ground == "positive":
            parameters, moved, free = _shifted(recipe, observed, near)
        else:
            local = observed if moved == 0 else _moved(observed, moved)
            parameters, free = _fitted(recipe, local, fixed, near)
    except (ArithmeticError, ValueError) as problem:
        raise CannotFit(f"the search found no parameters ({problem})") from problem
    return _result(recipe, parameters, moved, free, observed)


def _known_shift(recipe: Recipe, lower: float | None) -> float:
    if lower is None:
        return 0.0
    if recipe.ground in ("line", "counts"):
        raise CannotFit(f"its support has no lower end that could be {lower:g}")
    return lower if recipe.ground == "positive" else 0.0


def _fixed(recipe: Recipe, lower: float | None, upper: float | None) -> dict[int, float]:
    fixed: dict[int, float] = {}
    for i, kind in enumerate(recipe.kinds):
        if kind in ("below", "least") and lower is not None:
            fixed[i] = lower
        if kind == "above" and upper is not None:
            fixed[i] = upper
    ends_at_one = recipe.ground == "unit"
    if ends_at_one and (lower not in (None, 0.0) or upper not in (None, 1.0)):
        raise CannotFit("its support is from 0 to 1")
    if upper is not None and "above" not in recipe.kinds and not ends_at_one:
        raise CannotFit(f"its support has no upper end that could be {upper:g}")
    return fixed


def _moved(observed: Sample, by: float) -> Sample:
    low, high = observed.window
    intervals = tuple((start - by, end - by) for start, end in observed.between)
    return Sample(observed.values - by, observed.below - by, observed.above - by, intervals, (low - by, high - by))


def _check_support(recipe: Recipe, values: FloatArray, fixed: dict[int, float]) -> None:
    if not values.size:
        return
    low, high = float(values[0]), float(values[-1])
    name = recipe.law.name
    if recipe.ground == "positive" and (low < 0 or (low == 0 and name != "EXPONENTIAL")):
        raise CannotFit(f"the smallest value lies at {low:.15g} from the lower end of its support, which is open")
    if name in ("RECIPROCAL", "PARETO") and low <= 0:
        raise CannotFit(f"the smallest value is {low:.15g}; its values are greater than 0")
    if recipe.ground == "unit" and not (low > 0 and high < 1):
        raise CannotFit(f"the values run from {low:.15g} to {high:.15g}; its values lie between 0 and 1")
    if recipe.ground == "counts":
        _check_counts(name, values)
    for i, kind in enumerate(recipe.kinds):
        if i in fixed and ((kind in ("below", "least") and low < fixed[i]) or (kind == "above" and high > fixed[i])):
            raise CannotFit(f"the values run from {low:.15g} to {high:.15g}, beyond the end that was fixed")


def _check_counts(name: str, values: FloatArray) -> None:
    broken = values[np.floor(values) != values]
    if broken.size:
        raise CannotFit(f"{broken[0]:.15g} is not a whole number")
    least = {"INTUNIFORM": -math.inf, "LOGARITHMIC": 1.0}.get(name, 0.0)
    if values[0] < least:
        raise CannotFit(f"the smallest value is {values[0]:.15g}; its values start at {least:g}")
    if name == "BERNOULLI" and values[-1] > 1:
        raise CannotFit(f"the largest value is {values[-1]:.15g}; its values are 0 and 1")


def _fitted(
    recipe: Recipe, observed: Sample, fixed: dict[int, float], near: FittedLaw | None
) -> tuple[tuple[float, ...], int]:
    pooled = observed.pooled
    _check_support(recipe, pooled, fixed)
    at = Outline(pooled)
    ends = set(recipe.kinds) <= {"least", "above"}
    if recipe.closed and (observed.is_plain or ends) and (ends or not fixed):
        best = tuple(fixed.get(i, value) for i, value in enumerate(recipe.closed(at)))
        return best, len(recipe.kinds) - len(fixed)
    if recipe.law.name in _WHOLE:
        raise CannotFit("its whole-numbered parameters are fitted to exact observations only")
    # "least" is best at the smallest value itself, whatever the other parameters are.
    held = dict(fixed)
    if observed.is_plain:
        held |= {i: at.low for i, kind in enumerate(recipe.kinds) if kind == "least" and i not in fixed}
    coordinates = Coordinates(recipe, at, held)
    starts = [tuple(near.parameters.values())] if near else recipe.start(at)
    starts = [tuple(held.get(i, value) for i, value in enumerate(start)) for start in starts]
    objective = _negative(recipe, observed)
    few = thinned(observed.values)
    thin = objective if few.size == observed.values.size or not observed.is_plain else _scaled(recipe, few, observed)
    best = coordinates.decode(minimise(objective, thin, coordinates, starts)) if coordinates.free else starts[0]
    return best, len(recipe.kinds) - len(fixed)


def _negative(recipe: Recipe, observed: Sample) -> Callable[[tuple[float, ...]], float]:
    likelihood = Likelihood(recipe.law, observed)
    return lambda parameters: -likelihood(parameters)


def _scaled(recipe: Recipe, few: FloatArray, observed: Sample) -> Callable[[tuple[float, ...]], float]:
    likelihood, ends = Likelihood(recipe.law, Sample(few)), observed.values[[0, -1]]
    scale = observed.values.size / few.size

    def thin(parameters: tuple[float, ...]) -> float:
        # The thinned sample lacks the extremes, which must stay possible all the same.
        possible = bool(np.all(np.isfinite(log_density(recipe.law, ends, parameters))))
        return -likelihood(parameters) * scale if possible else math.inf

    return thin


def _shifted(recipe: Recipe, observed: Sample, near: FittedLaw | None) -> tuple[tuple[float, ...], float, int]:
    """The law with a location below the data as one more parameter, the first."""
    at = Outline(observed.pooled)
    with_shift = Recipe(recipe.law, ("below", *recipe.kinds), "own", recipe.start)
    coordinates = Coordinates(with_shift, at, {})
    starts = [(near.shift, *near.parameters.values())] if near else []
    for share in () if near else _SHIFTED_STARTS:
        shift = at.low - share * (at.median - at.low) - 0.1 * at.half_spread / at.values.size
        starts += [(shift, *start) for start in recipe.start(Outline(at.values - shift))]
    likelihood = Likelihood(recipe.law, observed)
    few = thinned(observed.values)
    thin_likelihood = Likelihood(recipe.law, Sample(few)) if observed.is_plain else likelihood
    scale = observed.values.size / few.size if observed.is_plain else 1.0

    def full(parameters: tuple[float, ...]) -> float:
        return -likelihood(parameters[1:], parameters[0])

    def thin(parameters: tuple[float, ...]) -> float:
        return -thin_likelihood(parameters[1:], parameters[0]) * scale

    best = coordinates.decode(minimise(full, full if scale == 1.0 else thin, coordinates, starts))
    return best[1:], best[0], len(best)


def _result(recipe: Recipe, parameters: tuple[float, ...], moved: float, free: int, observed: Sample) -> FittedLaw:
    law = recipe.law
    likelihood = Likelihood(law, observed)(parameters, moved)
    if not math.isfinite(likelihood):
        raise CannotFit("no parameters were found under which all the data are possible")
    try:
        plain = law(*parameters)
    except InvalidDistribution as problem:
        raise CannotFit(str(problem)) from problem
    distribution: Distribution = plain if moved == 0 else plain.shift(moved)
    names = dict(zip((info.name for info in law.parameters), parameters, strict=True))
    found = FittedLaw(law, names, moved, distribution, free, observed.size, likelihood, None)
    if observed.size != observed.values.size:
        return found
    agreement = goodness(*seen_values(found, observed))
    return FittedLaw(law, names, moved, distribution, free, observed.size, likelihood, agreement)
