"""Processes fitted to a series by maximum likelihood, given its first two values, and ranked by AIC.

Errors before the series count as 0, variances before it as that of the series. Start values of a fitted process are
the series' last ones, so that its path goes on from there. Source: Box, Jenkins, Reinsel, Time Series Analysis (1994),
chapter 7; Bollerslev, J. Econometrics 31 (1986) 307.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import scipy

from compute import special
from compute.errors import SpecificationError
from compute.records import dataclass
from compute.sampling.streams import FloatArray
from compute.sampling.time_series import (
    AR1,
    AR2,
    ARCH1,
    ARMA11,
    BMMR,
    GARCH11,
    GBM,
    MA1,
    MA2,
    Process,
)

FEWEST = 12
_GIVEN = 2
_CODE = "series.data"
_FARTHEST = 0.995
"""A root beyond it lies on the unit circle as far as a series can tell."""
_CANCELLED = 2.0
"""So many standard errors lie between the roots of a process of both kinds, or they cancel."""


@dataclass(frozen=True, slots=True)
class FittedSeries:
    """A process with the parameters that make the series most likely, its log-likelihood and number of parameters."""

    process: Process
    log_likelihood: float
    free: int

    @property
    def aic(self) -> float:
        """−2 LL + 2k; comparable between processes, as all are given the same two values."""
        return -2 * self.log_likelihood + 2 * self.free


Fitter = Callable[[FloatArray], FittedSeries | None]


def fit_series(
    series: Sequence[float] | FloatArray, kinds: Iterable[type[Process]] | None = None
) -> tuple[FittedSeries, ...]:
    """Processes fitted to a series of values (GBM: of returns), best AIC first.

    ``kinds`` are AR1, AR2, MA1, MA2, ARMA11, ARCH1, GARCH11, GBM and BMMR; all but GBM by default, whose returns are a
    normal sample. BMMR is left out where the series does not revert, ARMA11, MA1 and MA2 where a root lies on the
    unit circle, and ARMA11 where its two parts cancel each other. Raises SpecificationError for fewer than twelve
    values, values that are no finite numbers or all the same, and kinds that cannot be fitted.
    """
    values = _checked(series)
    chosen = [kind for kind in _FITTERS if kind is not GBM] if kinds is None else list(kinds)
    fits = []
    for kind in chosen:
        if kind not in _FITTERS:
            known = ", ".join(known.name for known in _FITTERS)
            raise SpecificationError(f"{kind.name} cannot be fitted to a series; these can: {known}.", code=_CODE)
        found = _FITTERS[kind](values)
        if found is not None:
            fits.append(found)
    return tuple(sorted(fits, key=lambda fit: fit.aic))


def _checked(series: Sequence[float] | FloatArray) -> FloatArray:
    try:
        values = np.asarray(series, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError):
        raise SpecificationError("The series: every value must be a number.", code=_CODE) from None
    if values.size < FEWEST:
        found = f"The series has {values.size} values; fitting needs {FEWEST} or more."
        raise SpecificationError(found, code=_CODE)
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        place = int(wrong[0])
        raise SpecificationError(f"The series: value {place + 1} is {values[place]}.", code=_CODE)
    if values.min() == values.max():
        raise SpecificationError(f"The series: all values are {values[0]:.15g}.", code=_CODE)
    return values


def _normal_likelihood(errors: FloatArray, variance: float) -> float:
    return -0.5 * errors.size * (math.log(2 * math.pi * variance) + 1.0)


def _regression(values: FloatArray, order: int) -> tuple[FloatArray, FloatArray, float]:
    """Coefficients (intercept first), errors and their variance of an autoregression."""
    columns = [np.ones(values.size - _GIVEN)]
    columns += [values[_GIVEN - lag : values.size - lag] for lag in range(1, order + 1)]
    table, target = np.column_stack(columns), values[_GIVEN:]
    coefficients = np.linalg.lstsq(table, target, rcond=None)[0]
    errors = target - table @ coefficients
    return np.asarray(coefficients, dtype=np.float64), errors, float(np.mean(errors * errors))


def _ar1(values: FloatArray) -> FittedSeries:
    (intercept, a1), errors, variance = _regression(values, 1)
    process = AR1(float(intercept / (1 - a1)), math.sqrt(variance), float(a1), float(values[-1]))
    return FittedSeries(process, _normal_likelihood(errors, variance), 3)


def _ar2(values: FloatArray) -> FittedSeries:
    (intercept, a1, a2), errors, variance = _regression(values, 2)
    mu = float(intercept / (1 - a1 - a2))
    process = AR2(mu, math.sqrt(variance), float(a1), float(a2), float(values[-1]), float(values[-2]))
    return FittedSeries(process, _normal_likelihood(errors, variance), 4)


def _bmmr(values: FloatArray) -> FittedSeries | None:
    found = _ar1(values)
    if not isinstance(found.process, AR1) or not 0 < found.process.a1 < 1:
        return None
    alpha = -math.log(found.process.a1)
    sigma = found.process.sigma * math.sqrt(2 * alpha / -math.expm1(-2 * alpha))
    return FittedSeries(BMMR(found.process.mu, sigma, alpha, float(values[-1])), found.log_likelihood, 3)


def _gbm(values: FloatArray) -> FittedSeries:
    returns = values[_GIVEN:]
    variance = float(np.var(returns))
    process = GBM(float(np.mean(returns)) + variance / 2, math.sqrt(variance))
    return FittedSeries(process, _normal_likelihood(returns, variance), 2)


def _errors(values: FloatArray, mu: float, a1: float, b: tuple[float, ...]) -> FloatArray:
    """e(k) = g(k) − a1 g(k−1) − b1 e(k−1) − …, g = y − mu, from the first value on."""
    gap = values - mu
    if a1 == 0:
        return np.asarray(scipy.signal.lfilter([1.0], [1.0, *b], gap))
    state = scipy.signal.lfiltic([1.0, -a1], [1.0, *b], y=[0.0] * len(b), x=[gap[0]])
    return np.concatenate(([0.0], np.asarray(scipy.signal.lfilter([1.0, -a1], [1.0, *b], gap[1:], zi=state)[0])))


def _searched(cost: Callable[[Any], float], starts: Sequence[Sequence[float]]) -> FloatArray:
    options: Any = {"maxfev": 3000, "xatol": 1e-7, "fatol": 1e-8}
    found = [scipy.optimize.minimize(cost, np.array(start), method="Nelder-Mead", options=options) for start in starts]
    return np.asarray(min(found, key=lambda each: float(each.fun)).x, dtype=np.float64)


def _moving(
    values: FloatArray, shape: Callable[[Any], tuple[float, tuple[float, ...]]], starts: Sequence[Sequence[float]]
) -> tuple[float, float, tuple[float, ...], FloatArray, float]:
    """Mean, a1, b, errors and variance of the likeliest process with moving averages; coordinate 0 is the mean."""
    centre, spread = float(np.mean(values)), float(np.std(values))

    def errors(x: Any) -> FloatArray:
        a1, b = shape(x[1:])
        return _errors(values, centre + spread * x[0], a1, b)

    def cost(x: Any) -> float:
        square = float(np.mean(errors(x)[_GIVEN:] ** 2))
        return 0.5 * (values.size - _GIVEN) * math.log(square) if 0 < square < math.inf else 1e300

    best = _searched(cost, [[0.0, *start] for start in starts])
    a1, b = shape(best[1:])
    kept = errors(best)
    return centre + spread * float(best[0]), a1, b, kept, float(np.mean(kept[_GIVEN:] ** 2))


def _ma1(values: FloatArray) -> FittedSeries | None:
    mu, _, (b1,), errors, variance = _moving(values, lambda x: (0.0, (math.tanh(x[0]),)), [[0.5], [-0.5]])
    if abs(b1) > _FARTHEST:
        return None
    process = MA1(mu, math.sqrt(variance), b1, float(errors[-1]))
    return FittedSeries(process, _normal_likelihood(errors[_GIVEN:], variance), 3)


def _invertible_pair(x: Any) -> tuple[float, tuple[float, ...]]:
    second = math.tanh(x[1])
    return 0.0, (-math.tanh(x[0]) * (1 - second), -second)


def _ma2(values: FloatArray) -> FittedSeries | None:
    starts = [[0.5, 0.0], [-0.5, 0.0], [0.0, 0.5], [0.0, -0.5]]
    mu, _, (b1, b2), errors, variance = _moving(values, _invertible_pair, starts)
    if np.abs(np.roots([1.0, b1, b2])).max() > _FARTHEST:
        return None
    process = MA2(mu, math.sqrt(variance), b1, b2, float(errors[-1]), float(errors[-2]))
    return FittedSeries(process, _normal_likelihood(errors[_GIVEN:], variance), 4)


def _arma11(values: FloatArray) -> FittedSeries | None:
    mu, a1, (b1,), errors, variance = _moving(
        values, lambda x: (math.tanh(x[0]), (math.tanh(x[1]),)), [[0.7, 0.0], [0.7, -0.7], [-0.5, 0.5]]
    )
    # y(k) − a1 y(k−1) = e(k) + b1 e(k−1): where both sides nearly cancel, or the root lies on the unit circle, what is
    # likely is an artefact of the errors before the series counting as 0.
    cancelled = _CANCELLED * math.sqrt((1 - a1 * a1) / values.size)
    if abs(b1) > _FARTHEST or abs(a1) > _FARTHEST or abs(a1 + b1) < cancelled:
        return None
    process = ARMA11(mu, math.sqrt(variance), a1, b1, float(values[-1]), float(errors[-1]))
    return FittedSeries(process, _normal_likelihood(errors[_GIVEN:], variance), 4)


def _variances(gap: FloatArray, omega: float, a1: float, b1: float) -> FloatArray:
    """s²(k) of every period, the first that of the series."""
    first = float(np.mean(gap * gap))
    later = scipy.signal.lfilter([1.0], [1.0, -b1], omega + a1 * gap[:-1] ** 2, zi=np.array([b1 * first]))[0]
    return np.concatenate(([first], np.asarray(later)))


def _conditional(values: FloatArray, lagged: bool) -> tuple[float, float, float, float, FloatArray, float]:
    centre, spread = float(np.mean(values)), float(np.std(values))

    def parameters(x: Any) -> tuple[float, float, float, float]:
        total = float(special.expit(x[2]))
        share = float(special.expit(x[3])) if lagged else 1.0
        return centre + spread * x[0], spread**2 * math.exp(min(x[1], 50.0)), total * share, total * (1 - share)

    def cost(x: Any) -> float:
        mu, omega, a1, b1 = parameters(x)
        gap = values - mu
        variance = _variances(gap, omega, a1, b1)[_GIVEN:]
        return 0.5 * float(np.sum(np.log(2 * math.pi * variance) + gap[_GIVEN:] ** 2 / variance))

    starts = [[0.0, -0.5, -0.8], [0.0, -1.5, 0.8]]
    if lagged:
        starts = [[0.0, -2.5, 2.2, -1.5], [0.0, -1.0, 0.5, 0.0]]
    best = _searched(cost, starts)
    mu, omega, a1, b1 = parameters(best)
    return mu, omega, a1, b1, _variances(values - mu, omega, a1, b1), -cost(best)


def _arch1(values: FloatArray) -> FittedSeries:
    mu, omega, a1, _, _, likelihood = _conditional(values, lagged=False)
    return FittedSeries(ARCH1(mu, omega, a1, float(values[-1])), likelihood, 3)


def _garch11(values: FloatArray) -> FittedSeries:
    mu, omega, a1, b1, variances, likelihood = _conditional(values, lagged=True)
    process = GARCH11(mu, omega, a1, b1, float(values[-1]), math.sqrt(float(variances[-1])))
    return FittedSeries(process, likelihood, 4)


_FITTERS: dict[type[Process], Fitter] = {
    AR1: _ar1,
    AR2: _ar2,
    MA1: _ma1,
    MA2: _ma2,
    ARMA11: _arma11,
    ARCH1: _arch1,
    GARCH11: _garch11,
    GBM: _gbm,
    BMMR: _bmmr,
}

KINDS: tuple[type[Process], ...] = tuple(_FITTERS)
"""The processes that can be fitted to a series."""
