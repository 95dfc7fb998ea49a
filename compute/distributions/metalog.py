"""The metalog: a quantile function that is linear in its coefficients, so that percentiles give it by linear algebra.

Source: Keelin, Decision Analysis 13 (2016) 243: the terms in his order, the semi-bounded and bounded forms by
logarithm and logit, the density as the reciprocal of the quantile function's slope, feasible where that is positive.
"""

from __future__ import annotations

import itertools
from dataclasses import field
from typing import ClassVar

import numpy as np

from compute import special
from compute.distributions.integration import quantile_moments
from compute.distributions.law import PARAMETER_CODE, Law, Moments
from compute.distributions.parameters import Argument, BoolArray, Domain, FloatArray, Ordering, ParameterInfo
from compute.errors import InvalidDistribution
from compute.records import dataclass

NO_BOUND = 1e300
"""A bound this far out is none; JSON and worksheets have no infinity to say so with."""
MOST_TERMS = 30
# The inverse works with u = logit p; beyond 745 the smaller of p and q is no longer a double.
_FARTHEST = 745.0
_GRID = np.concatenate((np.linspace(-700.0, -41.0, 60), np.linspace(-40.0, 40.0, 1601), np.linspace(41.0, 700.0, 60)))


def _split(coefficients: FloatArray) -> tuple[list[FloatArray], list[FloatArray]]:
    """Coefficients of the powers of p − ½: those that stand alone, and those that multiply the logit."""
    alone, with_logit = [coefficients[0]], [coefficients[1]]
    for index in range(2, coefficients.shape[0]):
        # Keelin's third term multiplies the logit, his fourth does not; from the fifth on they take turns.
        to_logit = index == 2 or (index >= 5 and index % 2 == 1)
        (with_logit if to_logit else alone).append(coefficients[index])
    return alone, with_logit


def _polynomial(terms: list[FloatArray], t: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The value and the derivative, by Horner's rule."""
    value, slope = terms[-1] + 0.0 * t, 0.0 * (terms[-1] + t)
    for term in terms[-2::-1]:
        slope = slope * t + value
        value = value * t + term
    return value, slope


def _line(u: FloatArray, coefficients: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The unbounded metalog at logit u, and its derivative with respect to u."""
    alone, with_logit = _split(coefficients)
    t = 0.5 * np.tanh(0.5 * u)
    level, level_slope = _polynomial(alone, t)
    spread, spread_slope = _polynomial(with_logit, t)
    density = special.expit(u) * special.expit(-u)
    # A spread that vanishes at an end does so faster than the logit grows.
    stretched = np.where(spread == 0, 0.0, spread * u)
    rate = np.where(density == 0, 0.0, (level_slope + spread_slope * u) * density)
    return level + stretched, rate + spread


def _logit_of(value: FloatArray, coefficients: FloatArray) -> FloatArray:
    """u with metalog(u) = value, by Newton's method kept inside a shrinking bracket; ±745 beyond the ends."""
    shape = np.broadcast_shapes(value.shape, coefficients.shape[1:])
    target = np.broadcast_to(value, shape)
    low, high = np.full(shape, -_FARTHEST), np.full(shape, _FARTHEST)
    u, settled = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
    for _ in range(120):
        found, slope = _line(u, coefficients)
        low, high = np.where(found < target, u, low), np.where(found < target, high, u)
        step = u - (found - target) / slope
        inside = (step > low) & (step < high)
        following = np.where(found == target, u, np.where(inside, step, 0.5 * (low + high)))
        # A settled element stays as it is, so that its bits do not depend on its neighbours.
        settled = settled | (np.abs(following - u) <= 1e-15 * np.abs(u))
        u = np.where(settled, u, following)
        if settled.all():
            break
    return u


def _bounded(low: FloatArray, high: FloatArray) -> tuple[BoolArray, BoolArray]:
    return low > -NO_BOUND, high < NO_BOUND


def _outward(line: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """From the unbounded metalog's scale to the law's own."""
    has_low, has_high = _bounded(low, high)
    between = np.where(line > 0, high - (high - low) * special.expit(-line), low + (high - low) * special.expit(line))
    one_sided = np.where(has_low, low + np.exp(line), high - np.exp(-line))
    return np.where(has_low & has_high, between, np.where(has_low | has_high, one_sided, line))


def _inward(x: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """From the law's scale to the unbounded metalog's, and the derivative of that."""
    has_low, has_high = _bounded(low, high)
    above, below = np.maximum(x - low, 0.0), np.maximum(high - x, 0.0)
    line = np.where(has_low, np.where(has_high, np.log(above) - np.log(below), np.log(above)), -np.log(below))
    slope = np.where(has_low, np.where(has_high, 1.0 / above + 1.0 / below, 1.0 / above), 1.0 / below)
    neither = ~(has_low | has_high)
    return np.where(neither, x, line), np.where(neither, 1.0, slope)


@dataclass(frozen=True, slots=True)
class Metalog(Law):
    """The metalog M(p) = a1 + a2 L + a3 (p−½) L + a4 (p−½) + a5 (p−½)² + a6 (p−½)² L + …, L = ln(p / (1 − p)).

    With a lower bound the law of min + exp(M), with an upper one max − exp(−M), with both the logit's inverse between
    them. Bounds at or beyond ±1e300 are none. Refused where the quantile function does not rise (Keelin's
    feasibility), judged at 1,721 points of the logit.

    Source: Keelin, Decision Analysis 13 (2016) 243.
    """

    coefficients: tuple[float, ...]
    min: float = field(default=-NO_BOUND)
    max: float = field(default=NO_BOUND)

    name: ClassVar[str] = "METALOG"
    title: ClassVar[str] = "Metalog"
    summary: ClassVar[str] = "A shape flexible enough for almost any set of percentiles, with or without bounds."
    parameters: ClassVar[tuple[ParameterInfo, ...]] = (
        ParameterInfo("coefficients", "Coefficients a1, a2, … in Keelin's order", Domain.VALUES),
        ParameterInfo("min", "Lower bound; -1e300 for none", Domain.REAL, -NO_BOUND),
        ParameterInfo("max", "Upper bound; 1e300 for none", Domain.REAL, NO_BOUND),
    )
    orderings: ClassVar[tuple[Ordering, ...]] = (Ordering("min", "max", strict=True),)

    @classmethod
    def consistent(cls, *parameters: FloatArray) -> BoolArray | bool:
        table = parameters[0] if parameters[0].ndim == 2 else parameters[0][:, np.newaxis]
        if not 2 <= table.shape[0] <= MOST_TERMS:
            return False
        answer = np.array([bool(np.all(_line(_GRID, column[:, np.newaxis])[1] > 0)) for column in table.T])
        return answer if parameters[0].ndim == 2 else bool(answer[0])

    @classmethod
    def inconsistency(cls, *parameters: Argument) -> str:
        count = int(np.size(parameters[0]))
        if not 2 <= count <= MOST_TERMS:
            return f"{cls.title}: there are {count} coefficients; there must be 2 to {MOST_TERMS}."
        slope = _line(_GRID, np.asarray(parameters[0], np.float64)[:, np.newaxis])[1]
        share = float(special.expit(_GRID[np.argmin(slope)]))
        return (
            f"{cls.title}: the coefficients give quantiles that fall near the percentile {share:.4g}; they must rise."
        )

    @staticmethod
    def quantile_kernel(p: FloatArray, q: FloatArray, a: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        if a.shape[0] < 2:
            return np.full(np.broadcast_shapes(p.shape, low.shape, high.shape), np.nan)
        u = np.where(p < q, np.log(p) - np.log1p(-p), np.log1p(-q) - np.log(q))
        return _outward(_line(u, a)[0], low, high)

    @staticmethod
    def probability_kernel(x: FloatArray, a: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        return Metalog._share(x, a, low, high, 1.0)

    @staticmethod
    def excess_kernel(x: FloatArray, a: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        return Metalog._share(x, a, low, high, -1.0)

    @staticmethod
    def _share(x: FloatArray, a: FloatArray, low: FloatArray, high: FloatArray, sign: float) -> FloatArray:
        line = _inward(x, low, high)[0]
        share: FloatArray = special.expit(sign * _logit_of(line, a))
        below, above = (_line(np.array([end]), a)[0] for end in (-np.inf, np.inf))
        nothing, everything = (0.0, 1.0) if sign > 0 else (1.0, 0.0)
        return np.where(line <= below, nothing, np.where(line >= above, everything, share))

    @staticmethod
    def density_kernel(x: FloatArray, a: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        line, stretch = _inward(x, low, high)
        u = _logit_of(line, a)
        below, above = (_line(np.array([end]), a)[0] for end in (-np.inf, np.inf))
        height = special.expit(u) * special.expit(-u) / _line(u, a)[1] * stretch
        return np.where((line > below) & (line < above), height, 0.0)

    def moments(self) -> Moments:
        ends = np.asarray(self.coefficients)[:, np.newaxis]
        lower, upper = (float(_polynomial(_split(ends)[1], np.array([t]))[0][0]) for t in (-0.5, 0.5))
        has_low, has_high = self.min > -NO_BOUND, self.max < NO_BOUND
        weight = upper if has_low and not has_high else lower if has_high and not has_low else 0.0
        # exp(M) behaves like q^−weight: its k-th power has a mean where k · weight < 1.
        found = quantile_moments(self)
        infinite = np.inf if has_low else -np.inf
        if weight >= 0.5:
            return Moments(found.mean if weight < 1 else infinite, np.inf if weight < 1 else np.nan, np.nan, np.nan)
        skewness = found.skewness if 3 * weight < 1 else infinite
        return found._replace(skewness=skewness, kurtosis=found.kurtosis if 4 * weight < 1 else np.inf)

    @property
    def mode(self) -> float:
        # Any number of peaks: the highest is found on a grid of the logit, then on finer ones around it.
        centre, reach = 0.0, 40.0
        columns = self.columns().parameters
        for _ in range(5):
            u = np.linspace(centre - reach, centre + reach, 2001)
            with np.errstate(all="ignore"):
                line, rate = _line(u, columns[0])
                stretch = _inward(_outward(line, *columns[1:]), *columns[1:])[1]
                height = np.nan_to_num(special.expit(u) * special.expit(-u) / rate * stretch, posinf=0.0)
            centre, reach = float(u[np.argmax(height)]), reach / 200.0
        with np.errstate(all="ignore"):
            return float(_outward(_line(np.array([centre]), columns[0])[0], *columns[1:])[0])

    @property
    def support(self) -> tuple[float, float]:
        return self.ppf(0.0), self.ppf(1.0)

    @classmethod
    def from_values(
        cls,
        probabilities: tuple[float, ...],
        values: tuple[float, ...],
        low: float = -NO_BOUND,
        high: float = NO_BOUND,
        terms: int | None = None,
    ) -> Metalog:
        """The metalog through the values at given probabilities; with fewer ``terms`` than values, nearest to them.

        Raises InvalidDistribution naming the pair that lies outside the bounds or out of order, or where the
        coefficients found are not feasible. Source: Keelin (2016), equation 7 (least squares).
        """
        shares, found = np.asarray(probabilities, np.float64), np.asarray(values, np.float64)
        count = shares.size if terms is None else terms
        _check_pairs(shares, found, low, high, count)
        line = _inward(found, np.array([low]), np.array([high]))[0]
        u = np.log(shares) - np.log1p(-shares)
        basis = np.stack([_line(u, row[:, np.newaxis])[0] for row in np.eye(max(count, 2))[:count]], axis=1)
        solution = np.linalg.lstsq(basis, line, rcond=None)[0]
        return cls(tuple(solution.tolist()), low, high)


def _check_pairs(shares: FloatArray, found: FloatArray, low: float, high: float, terms: int) -> None:
    def refuse(problem: str) -> None:
        raise InvalidDistribution(f"{Metalog.title}: {problem}.", code=PARAMETER_CODE)

    if shares.shape != found.shape or not 2 <= terms <= min(shares.size, MOST_TERMS):
        refuse(f"{shares.size} percentiles and {found.size} values cannot give {terms} coefficients")
    for share, value in zip(shares.tolist(), found.tolist(), strict=True):
        if not 0 < share < 1:
            refuse(f"the percentile {share:.15g} must lie between 0 and 1, both left out")
        if not low < value < high:
            refuse(f"the value {value:.15g} at percentile {share:.15g} must lie between {low:.15g} and {high:.15g}")
    order = np.argsort(shares, kind="stable")
    for before, after in itertools.pairwise(order.tolist()):
        if shares[before] == shares[after] or not found[before] < found[after]:
            pair = f"{found[after]:.15g} at percentile {shares[after]:.15g}"
            refuse(f"{pair} must be above {found[before]:.15g} at percentile {shares[before]:.15g}")
