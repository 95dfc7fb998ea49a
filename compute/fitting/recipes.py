"""How each law is fitted: which values its parameters may take given the data, where the search starts, and the closed
form of the best parameters where there is one.

Kinds of parameter: ``real`` lies anywhere on the scale of the data, ``shape`` is any number, ``positive`` a shape
above 0, ``size`` above 0 on the scale of the data,
``chance`` between 0 and 1, ``below`` and ``above`` keep clear of the smallest and the largest value, ``inside`` lies
between the two, ``least`` is the smallest value itself. Sources of the closed forms: Johnson, Kotz, Balakrishnan,
Continuous Univariate Distributions; Johnson, Kemp, Kotz, Univariate Discrete Distributions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from compute import distributions as d
from compute import special
from compute.distributions import Law
from compute.fitting.outline import Outline
from compute.fitting.solved import (
    best_count_trials,
    best_failures,
    best_gamma,
    best_logarithmic,
    best_normal,
    best_pearson5,
    best_weibull,
)
from compute.records import dataclass

Kind = Literal["real", "shape", "positive", "size", "chance", "below", "above", "inside", "least"]
Start = Callable[[Outline], list[tuple[float, ...]]]
Closed = Callable[[Outline], tuple[float, ...]]
Ground = Literal["line", "positive", "unit", "own", "counts"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one law is fitted.

    ``ground``: where its support lies: the whole line, above 0, between 0 and 1, by its own parameters, or whole
    numbers from 0. ``closed`` gives the best parameters outright; else the search begins at each of ``start``.
    ``smooth`` says that the likelihood has derivatives at its peak.
    """

    law: type[Law]
    kinds: tuple[Kind, ...]
    ground: Ground
    start: Start
    closed: Closed | None = None
    smooth: bool = True


def _closed(law: type[Law], kinds: tuple[Kind, ...], ground: Ground, closed: Closed, smooth: bool = True) -> Recipe:
    return Recipe(law, kinds, ground, lambda at: [closed(at)], closed, smooth)


def _beta_shapes(at: Outline, low: float, high: float) -> tuple[float, float]:
    mean, variance = (at.mean - low) / (high - low), (at.sd / (high - low)) ** 2
    total = max(mean * (1 - mean) / variance - 1, 0.2)
    return max(mean * total, 0.05), max((1 - mean) * total, 0.05)


def _between(at: Outline) -> list[tuple[float, float]]:
    small = at.width / math.sqrt(at.values.size)
    return [(at.low - small / 10, at.high + small / 10), (at.low - at.width / 2, at.high + at.width / 2)]


def _stretched_beta(at: Outline) -> list[tuple[float, ...]]:
    return [(*_beta_shapes(at, low, high), low, high) for low, high in _between(at)]


def _bounded_johnson(at: Outline) -> list[tuple[float, ...]]:
    starts: list[tuple[float, ...]] = []
    for low, high in _between(at):
        z = special.logit((at.values - low) / (high - low))
        spread = max(float(np.std(z)), 1e-3)
        starts.append((-float(np.mean(z)) / spread, 1 / spread, low, high))
    return starts


def _unbounded_johnson(at: Outline) -> list[tuple[float, ...]]:
    spread = at.half_spread
    lean = -math.copysign(0.5, at.skewness)
    return [(0.0, 1.5, at.median, 2 * spread), (lean, 1.0, at.median - lean * spread, spread)]


def _located(shapes: tuple[tuple[float, ...], ...], reach: float = 0.3) -> Start:
    """Starts for laws with a location below the data and a scale that is the median's distance from it."""

    def start(at: Outline) -> list[tuple[float, ...]]:
        near = at.low - 0.05 * (at.median - at.low)
        far = at.low - reach * (at.median - at.low)
        return [(loc, max(at.median - loc, 1e-300), *shape) for loc in (near, far) for shape in shapes]

    return start


def _frechet(at: Outline) -> list[tuple[float, ...]]:
    gumbel = max(at.half_spread / 0.787, 1e-300)
    starts: list[tuple[float, ...]] = []
    for shape in (1.5, 5.0):
        scale = shape * gumbel
        loc = min(at.median - scale, at.low - 0.05 * at.half_spread)
        starts.append((loc, max(at.median - loc, 1e-300), shape))
    return starts


def _extreme(at: Outline) -> list[tuple[float, ...]]:
    scale = at.half_spread / 0.787
    return [(at.median - 0.3665 * scale, scale, shape) for shape in (0.05, -0.2, 0.5)]


def _skewed(at: Outline) -> list[tuple[float, ...]]:
    lean = math.copysign(min(abs(at.skewness), 0.95), at.skewness)
    ratio = (2 * abs(lean) / (4 - math.pi)) ** (2 / 3)
    delta = math.copysign(math.sqrt(math.pi / 2 * ratio / (1 + ratio)), lean)
    delta = min(max(delta, -0.995), 0.995)
    scale = at.sd / math.sqrt(1 - 2 * delta * delta / math.pi)
    return [(at.mean - scale * delta * math.sqrt(2 / math.pi), scale, delta / math.sqrt(1 - delta * delta))]


def _exceedances(at: Outline) -> list[tuple[float, ...]]:
    excess = max(at.mean - at.low, 1e-300)
    return [(at.low, excess, 0.0), (at.low, excess / 2, 0.5), (at.low, 1.5 * excess, -0.3)]


def _lognormal(at: Outline) -> tuple[float, ...]:
    mu, sigma = at.logs.mean, at.logs.sd
    mean = math.exp(mu + sigma * sigma / 2)
    return mean, mean * math.sqrt(math.expm1(sigma * sigma))


def _erlang(at: Outline) -> tuple[float, ...]:
    shape = best_gamma(at)[0]
    best = -math.inf, 1.0
    for m in {max(1.0, math.floor(shape)), max(1.0, math.ceil(shape))}:
        value = (m - 1) * at.logs.mean - m - m * math.log(at.mean / m) - math.lgamma(m)
        best = max(best, (value, m))
    return best[1], at.mean / best[1]


def _inverse_gaussian(at: Outline) -> tuple[float, ...]:
    return at.mean, 1.0 / max(float(np.mean(1.0 / at.values)) - 1.0 / at.mean, 1e-300)


def _pareto(at: Outline) -> tuple[float, ...]:
    return 1.0 / max(at.logs.mean - math.log(at.low), 1e-300), at.low


def _laplace(at: Outline) -> tuple[float, ...]:
    return at.median, math.sqrt(2.0) * float(np.mean(np.abs(at.values - at.median)))


def _root_mean_square(at: Outline) -> float:
    return math.sqrt(float(np.mean(at.values * at.values)))


def _triangle(at: Outline) -> list[tuple[float, ...]]:
    mode = at.low + at.mode_share * at.width
    return [(low, mode, high) for low, high in _between(at)]


def _kumaraswamy(at: Outline) -> list[tuple[float, ...]]:
    return [*_stretched_beta(at), *((1.5, 1.5, low, high) for low, high in _between(at)[:1])]


def _ratio(at: Outline) -> list[tuple[float, ...]]:
    return [(2.0, 3.0, at.median), (5.0, 1.5, at.median), (5.0, 20.0, 5 * at.median)]


RECIPES: tuple[Recipe, ...] = (
    _closed(d.Normal, ("real", "size"), "line", best_normal),
    _closed(d.LogNormal, ("size", "size"), "positive", _lognormal),
    _closed(d.LogNormal2, ("real", "size"), "positive", lambda at: (at.logs.mean, at.logs.sd)),
    Recipe(d.Triangular, ("below", "inside", "above"), "own", _triangle, smooth=False),
    Recipe(d.PERT, ("below", "inside", "above"), "own", _triangle),
    _closed(d.Uniform, ("least", "above"), "own", lambda at: (at.low, at.high), smooth=False),
    Recipe(d.Beta, ("positive", "positive"), "unit", lambda at: [_beta_shapes(at, 0.0, 1.0)]),
    Recipe(d.BetaGeneral, ("positive", "positive", "below", "above"), "own", _stretched_beta),
    _closed(d.Gamma, ("positive", "size"), "positive", best_gamma),
    _closed(d.Erlang, ("positive", "size"), "positive", _erlang),
    _closed(d.Exponential, ("size",), "positive", lambda at: (at.mean,)),
    _closed(d.Weibull, ("positive", "size"), "positive", best_weibull),
    Recipe(d.ChiSq, ("positive",), "positive", lambda at: [(at.mean,)]),
    Recipe(d.Student, ("positive",), "line", lambda at: [(2.0,), (20.0,)]),
    Recipe(
        d.Student3,
        ("real", "size", "positive"),
        "line",
        lambda at: [(at.median, at.half_spread / 0.75, 4.0), (at.mean, at.sd, 50.0)],
    ),
    Recipe(d.F, ("positive", "positive"), "positive", lambda at: [(5.0, 5.0), (2.0, 20.0), (20.0, 10.0)]),
    Recipe(d.Logistic, ("real", "size"), "line", lambda at: [(at.median, at.half_spread / 1.0986)]),
    Recipe(d.LogLogistic, ("below", "size", "positive"), "own", _located(((1.5,), (4.0,)), 2.0)),
    Recipe(d.ExtValueMax, ("real", "size"), "line", lambda at: [_extreme(at)[0][:2]]),
    Recipe(
        d.ExtValueMin,
        ("real", "size"),
        "line",
        lambda at: [(at.median + 0.3665 * at.half_spread / 0.787, at.half_spread / 0.787)],
    ),
    _closed(d.Pareto, ("positive", "least"), "own", _pareto),
    Recipe(d.Pareto2, ("size", "positive"), "positive", lambda at: [(at.mean, 2.0), (10 * at.mean, 11.0)]),
    _closed(d.Pearson5, ("positive", "size"), "positive", best_pearson5),
    Recipe(d.Pearson6, ("positive", "positive", "size"), "positive", _ratio),
    _closed(d.InvGauss, ("size", "size"), "positive", _inverse_gaussian),
    _closed(d.Rayleigh, ("size",), "positive", lambda at: (_root_mean_square(at) / math.sqrt(2.0),)),
    _closed(d.Laplace, ("real", "size"), "line", _laplace),
    Recipe(d.Cauchy, ("real", "size"), "line", lambda at: [(at.median, at.half_spread)]),
    Recipe(d.Levy, ("below", "size"), "own", _located(((),), 0.5)),
    Recipe(d.Burr12, ("below", "size", "positive", "positive"), "own", _located(((1.5, 1.0), (3.0, 1.0), (1.2, 3.0)))),
    Recipe(d.Dagum, ("below", "size", "positive", "positive"), "own", _located(((1.5, 1.0), (3.0, 1.0), (3.0, 0.5)))),
    Recipe(d.FatigueLife, ("below", "size", "positive"), "own", _located(((0.5,), (1.0,)), 2.0)),
    Recipe(d.Frechet, ("below", "size", "positive"), "own", _frechet),
    Recipe(d.HypSecant, ("real", "size"), "line", lambda at: [(at.median, at.sd)]),
    Recipe(d.JohnsonSB, ("shape", "positive", "below", "above"), "own", _bounded_johnson),
    Recipe(d.JohnsonSU, ("shape", "positive", "real", "size"), "line", _unbounded_johnson),
    Recipe(d.Kumaraswamy, ("positive", "positive", "below", "above"), "own", _kumaraswamy),
    _closed(d.Reciprocal, ("least", "above"), "own", lambda at: (at.low, at.high), smooth=False),
    _closed(d.Erf, ("size",), "line", lambda at: (1.0 / (math.sqrt(2.0) * _root_mean_square(at)),)),
    Recipe(d.GEV, ("real", "size", "shape"), "line", _extreme),
    Recipe(d.GPD, ("least", "size", "shape"), "own", _exceedances),
    Recipe(d.SkewNormal, ("real", "size", "shape"), "line", _skewed),
    _closed(d.Bernoulli, ("chance",), "counts", lambda at: (at.mean,)),
    _closed(d.Binomial, ("size", "chance"), "counts", best_count_trials, smooth=False),
    _closed(d.Poisson, ("size",), "counts", lambda at: (at.mean,)),
    _closed(d.Geometric, ("chance",), "counts", lambda at: (1.0 / (1.0 + at.mean),)),
    _closed(d.NegBin, ("size", "chance"), "counts", best_failures, smooth=False),
    _closed(d.IntUniform, ("least", "above"), "counts", lambda at: (at.low, at.high), smooth=False),
    _closed(d.Logarithmic, ("chance",), "counts", best_logarithmic),
)

BY_NAME: dict[str, Recipe] = {recipe.law.name: recipe for recipe in RECIPES}
CONTINUOUS: tuple[type[Law], ...] = tuple(recipe.law for recipe in RECIPES if recipe.ground != "counts")
DISCRETE: tuple[type[Law], ...] = tuple(recipe.law for recipe in RECIPES if recipe.ground == "counts")
