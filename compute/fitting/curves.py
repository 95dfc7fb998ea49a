"""Laws fitted to points of a curve by least squares: cumulative probabilities, densities, percentiles.

A person's percentiles (expert elicitation) are fitted along the values, measured cumulative points along the
probabilities, density points along the density; each fit is ranked by its root mean square error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from compute.distributions import Law, Metalog
from compute.distributions.metalog import NO_BOUND
from compute.distributions.parameters import FloatArray
from compute.errors import InvalidDistribution
from compute.fitting.outline import Outline
from compute.fitting.recipes import BY_NAME, CONTINUOUS, Recipe
from compute.fitting.results import FitReport, FittedLaw, Refusal
from compute.fitting.samples import FittingError, numbers
from compute.fitting.search import Coordinates, curvature, descend, simplex
from compute.records import dataclass

Residuals = Callable[[type[Law], tuple[float, ...]], FloatArray]


@dataclass(frozen=True, slots=True)
class _Curve:
    """Points, what stands in for a sample when starting values are made, and how far a law is from the points."""

    like: FloatArray
    residuals: Residuals
    count: int


def fit_cumulative(
    x: Sequence[float] | FloatArray, p: Sequence[float] | FloatArray, laws: Iterable[type[Law]] | None = None
) -> FitReport:
    """Laws fitted to points (x, P(X ≤ x)) by least squares of the probabilities, best first.

    Raises FittingError for fewer than three points, x that does not rise, and p that falls or leaves [0, 1].
    """
    values, shares = _points(x, p)
    _check_shares(values, shares, open_ends=False)

    def residuals(law: type[Law], parameters: tuple[float, ...]) -> FloatArray:
        return np.asarray(law.over(*parameters).probability(values) - shares)

    return _fit(_Curve(_as_sample(values, shares), residuals, values.size), laws)


def fit_percentiles(
    p: Sequence[float] | FloatArray, x: Sequence[float] | FloatArray, laws: Iterable[type[Law]] | None = None
) -> FitReport:
    """Laws fitted to percentiles (p, x) by least squares of the values, best first: expert elicitation.

    The error is in units of x. Raises FittingError as ``fit_cumulative`` does; 0 < p < 1.
    """
    values, shares = _points(x, p)
    _check_shares(values, shares, open_ends=True)

    def residuals(law: type[Law], parameters: tuple[float, ...]) -> FloatArray:
        return law.over(*parameters).quantile(shares, 1.0 - shares) - values

    return _fit(_Curve(_as_sample(values, shares), residuals, values.size), laws)


def fit_metalog(
    p: Sequence[float] | FloatArray,
    x: Sequence[float] | FloatArray,
    *,
    lower: float | None = None,
    upper: float | None = None,
    terms: int | None = None,
) -> Metalog:
    """The metalog through percentiles (p, x), or nearest to them by least squares where ``terms`` are fewer.

    Raises FittingError as ``fit_percentiles`` does, and InvalidDistribution where the quantiles found do not rise or a
    value lies outside the bounds. Source: Keelin, Decision Analysis 13 (2016) 243.
    """
    values, shares = _points(x, p)
    _check_shares(values, shares, open_ends=True)
    low, high = (-NO_BOUND if lower is None else lower), (NO_BOUND if upper is None else upper)
    return Metalog.from_values(tuple(shares.tolist()), tuple(values.tolist()), low, high, terms)


def fit_density(
    x: Sequence[float] | FloatArray, density: Sequence[float] | FloatArray, laws: Iterable[type[Law]] | None = None
) -> FitReport:
    """Laws fitted to points (x, density) by least squares of the densities, best first.

    Raises FittingError for fewer than three points, x that does not rise, or densities below 0 or all 0.
    """
    values, heights = _points(x, density)
    if np.any(heights < 0) or not np.any(heights > 0):
        raise FittingError("Density points: each must be 0 or more, and one greater than 0.", code="fitting.points")
    areas = np.concatenate(([0.0], np.cumsum(0.5 * (heights[1:] + heights[:-1]) * np.diff(values))))

    def residuals(law: type[Law], parameters: tuple[float, ...]) -> FloatArray:
        return np.asarray(law.over(*parameters).density(values) - heights)

    return _fit(_Curve(_as_sample(values, areas / areas[-1]), residuals, values.size), laws)


def _points(x: Iterable[object], y: Iterable[object]) -> tuple[FloatArray, FloatArray]:
    values, others = numbers(x, "The points' values"), numbers(y, "The points' heights")
    if values.size != others.size or values.size < 3:
        found = f"there are {values.size} values and {others.size} heights"
        raise FittingError(f"The points: {found}; as many of each are needed, three or more.", code="fitting.points")
    order = np.argsort(values, kind="stable")
    values, others = values[order], others[order]
    if np.any(np.diff(values) <= 0):
        twice = values[1:][np.diff(values) <= 0][0]
        raise FittingError(f"The points: {twice:.15g} is there twice; give each value once.", code="fitting.points")
    return values, others


def _check_shares(values: FloatArray, shares: FloatArray, open_ends: bool) -> None:
    outside = (shares <= 0) | (shares >= 1) if open_ends else (shares < 0) | (shares > 1)
    if np.any(outside):
        at = int(np.flatnonzero(outside)[0])
        found = f"the probability at {values[at]:.15g} is {shares[at]:g}"
        allowed = "between 0 and 1, ends excluded" if open_ends else "from 0 to 1"
        raise FittingError(f"The points: {found}; it must be {allowed}.", code="fitting.points")
    falls = np.flatnonzero(np.diff(shares) < 0)
    if falls.size:
        at = int(falls[0]) + 1
        raise FittingError(f"The points: the probability falls at {values[at]:.15g}.", code="fitting.points")


def _as_sample(values: FloatArray, shares: FloatArray) -> FloatArray:
    """A sample that has about the points' distribution, from which starting values are made."""
    wanted = np.linspace(0.02, 0.98, 49)
    return np.asarray(np.interp(wanted, shares, values))


def _fit(curve: _Curve, laws: Iterable[type[Law]] | None) -> FitReport:
    fits, refused = [], []
    for law in CONTINUOUS if laws is None else laws:
        recipe = BY_NAME.get(law.name)
        if recipe is None or recipe.ground == "counts":
            refused.append(Refusal(law, "only continuous laws with a recipe are fitted to points"))
            continue
        found = _best(recipe, curve)
        if isinstance(found, Refusal):
            refused.append(found)
        else:
            fits.append(found)
    ranked = FitReport(tuple(fits), tuple(refused), None, "rms_error")
    return FitReport(ranked.ranked("rms_error"), ranked.refused, None, "rms_error")


def _best(recipe: Recipe, curve: _Curve) -> FittedLaw | Refusal:
    at = Outline(curve.like)
    low, high = at.low, at.high
    needs_positive = recipe.ground == "positive" or recipe.law.name in ("PARETO", "RECIPROCAL")
    if (needs_positive and low <= 0) or (recipe.ground == "unit" and not 0 < low < high < 1):
        return Refusal(recipe.law, f"the points run from {low:g} to {high:g}, beyond its support")
    free = Recipe(recipe.law, recipe.kinds, recipe.ground, recipe.start)
    coordinates = Coordinates(free, at, {})
    worst = 1e6 * (1.0 + float(np.max(np.abs(curve.like))))

    def error(x: FloatArray) -> float:
        with np.errstate(all="ignore"):
            gaps = curve.residuals(recipe.law, coordinates.decode(x))
            square = float(np.mean(gaps * gaps))
        return square if math.isfinite(square) else worst * worst

    found = [simplex(error, coordinates.encode(start), 400 * len(recipe.kinds), 1e-12) for start in recipe.start(at)]
    best = min(found, key=error)
    best = descend(error, best, curvature(error, best), 25, 1e-18)[0]
    parameters = coordinates.decode(best)
    try:
        law = recipe.law(*parameters)
    except InvalidDistribution as problem:
        return Refusal(recipe.law, str(problem))
    names = dict(zip((info.name for info in recipe.law.parameters), parameters, strict=True))
    rms = math.sqrt(error(best))
    return FittedLaw(recipe.law, names, 0.0, law, len(parameters), curve.count, math.nan, None, rms)
