"""Logarithms of densities, where the density itself would round to 0 far out in a tail.

A law that is not listed here has tails that a double can hold; its own density kernel answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from compute import special
from compute.distributions import Law
from compute.distributions.parameters import FloatArray

LogKernel = Callable[..., FloatArray]
_HALF_LOG_TAU = 0.5 * math.log(2.0 * math.pi)


def _normal(x: FloatArray, mean: Any, sd: Any) -> FloatArray:
    z = (x - mean) / sd
    return np.asarray(-0.5 * z * z - np.log(sd) - _HALF_LOG_TAU)


def _lognormal2(x: FloatArray, mu: Any, sigma: Any) -> FloatArray:
    log_x = np.log(x)
    return _normal(log_x, mu, sigma) - log_x


def _lognormal(x: FloatArray, mean: Any, sd: Any) -> FloatArray:
    spread = np.log1p((sd / mean) * (sd / mean))
    return _lognormal2(x, np.log(mean) - spread / 2, np.sqrt(spread))


def _gamma(x: FloatArray, shape: Any, scale: Any) -> FloatArray:
    z = x / scale
    return np.asarray(special.xlogy(shape - 1, z) - z - special.gammaln(shape) - np.log(scale))


def _chi_square(x: FloatArray, df: Any) -> FloatArray:
    return _gamma(x, 0.5 * df, np.asarray(2.0))


def _pearson5(x: FloatArray, shape: Any, scale: Any) -> FloatArray:
    return np.asarray(shape * np.log(scale) - special.gammaln(shape) - (shape + 1) * np.log(x) - scale / x)


def _exponential(x: FloatArray, mean: Any) -> FloatArray:
    return np.asarray(-x / mean - np.log(mean))


def _weibull(x: FloatArray, shape: Any, scale: Any) -> FloatArray:
    log_z = np.log(x / scale)
    return np.asarray(np.log(shape / scale) + (shape - 1) * log_z - np.exp(shape * log_z))


def _rayleigh(x: FloatArray, b: Any) -> FloatArray:
    z = x / b
    return np.asarray(np.log(z) - 0.5 * z * z - np.log(b))


def _largest(x: FloatArray, a: Any, b: Any) -> FloatArray:
    z = (x - a) / b
    return np.asarray(-z - np.exp(-z) - np.log(b))


def _smallest(x: FloatArray, a: Any, b: Any) -> FloatArray:
    return _largest(-x, -a, b)


def _frechet(x: FloatArray, loc: Any, scale: Any, shape: Any) -> FloatArray:
    log_z = np.log((x - loc) / scale)
    return np.asarray(np.log(shape / scale) - (shape + 1) * log_z - np.exp(-shape * log_z))


def _gev(x: FloatArray, loc: Any, scale: Any, shape: Any) -> FloatArray:
    z = (x - loc) / scale
    stretched = np.where(shape == 0, z, np.log1p(np.maximum(shape * z, -1.0)) / np.where(shape == 0, 1.0, shape))
    inside = -(shape + 1) * stretched - np.exp(-stretched) - np.log(scale)
    return np.where(1.0 + shape * z > 0, inside, -np.inf)


def _logistic(x: FloatArray, loc: Any, scale: Any) -> FloatArray:
    size = np.abs((x - loc) / scale)
    return np.asarray(-size - 2.0 * np.log1p(np.exp(-size)) - np.log(scale))


def _laplace(x: FloatArray, mu: Any, sigma: Any) -> FloatArray:
    scale = sigma / math.sqrt(2.0)
    return np.asarray(-np.abs(x - mu) / scale - np.log(2.0 * scale))


def _secant(x: FloatArray, loc: Any, scale: Any) -> FloatArray:
    size = 0.5 * math.pi * np.abs((x - loc) / scale)
    return np.asarray(-size - np.log1p(np.exp(-2.0 * size)) - np.log(scale))


def _inverse_gaussian(x: FloatArray, mu: Any, shape: Any) -> FloatArray:
    gap = (x - mu) / mu
    return np.asarray(0.5 * np.log(shape) - _HALF_LOG_TAU - 1.5 * np.log(x) - 0.5 * shape * gap * gap / x)


def _levy(x: FloatArray, loc: Any, scale: Any) -> FloatArray:
    z = (x - loc) / scale
    return np.asarray(-0.5 / z - 1.5 * np.log(z) - _HALF_LOG_TAU - np.log(scale))


def _fatigue(x: FloatArray, loc: Any, scale: Any, shape: Any) -> FloatArray:
    z = (x - loc) / scale
    root = np.sqrt(z)
    gap = (root - 1.0 / root) / shape
    return np.asarray(np.log((root + 1.0 / root) / (2.0 * shape * z * scale)) - 0.5 * gap * gap - _HALF_LOG_TAU)


def _skew_normal(x: FloatArray, loc: Any, scale: Any, alpha: Any) -> FloatArray:
    return np.asarray(math.log(2.0) + _normal(x, loc, scale) + special.log_ndtr(alpha * (x - loc) / scale))


def _erf(x: FloatArray, h: Any) -> FloatArray:
    return _normal(x, 0.0, 1.0 / (h * math.sqrt(2.0)))


def _student3(x: FloatArray, loc: Any, scale: Any, df: Any) -> FloatArray:
    z = (x - loc) / scale
    constant = 0.5 * np.log(df) + special.betaln(0.5, 0.5 * df) + np.log(scale)
    return np.asarray(-0.5 * (df + 1) * np.log1p(z * z / df) - constant)


def _beta_prime(x: FloatArray, shape1: Any, shape2: Any, scale: Any) -> FloatArray:
    z = x / scale
    constant = special.betaln(shape1, shape2) + np.log(scale)
    return np.asarray((shape1 - 1) * np.log(z) - (shape1 + shape2) * np.log1p(z) - constant)


def _f(x: FloatArray, df1: Any, df2: Any) -> FloatArray:
    return _beta_prime(x, 0.5 * df1, 0.5 * df2, df2 / df1)


def _johnson_unbounded(x: FloatArray, shape1: Any, shape2: Any, loc: Any, scale: Any) -> FloatArray:
    z = (x - loc) / scale
    return np.asarray(
        np.log(shape2 / scale) - np.log(np.hypot(z, 1.0)) + _normal(shape1 + shape2 * np.arcsinh(z), 0, 1)
    )


def _johnson_bounded(x: FloatArray, shape1: Any, shape2: Any, low: Any, high: Any) -> FloatArray:
    z = (x - low) / (high - low)
    score = _normal(shape1 + shape2 * (np.log(z) - np.log1p(-z)), 0, 1)
    return np.asarray(np.log(shape2 / (high - low)) - np.log(z) - np.log1p(-z) + score)


def _beta(x: FloatArray, alpha1: Any, alpha2: Any) -> FloatArray:
    return np.asarray((alpha1 - 1) * np.log(x) + (alpha2 - 1) * np.log1p(-x) - special.betaln(alpha1, alpha2))


def _beta_general(x: FloatArray, alpha1: Any, alpha2: Any, low: Any, high: Any) -> FloatArray:
    return np.asarray(_beta((x - low) / (high - low), alpha1, alpha2) - np.log(high - low))


def _pert(x: FloatArray, low: Any, mode: Any, high: Any) -> FloatArray:
    width = high - low
    alpha1, alpha2 = 1.0 + 4.0 * (mode - low) / width, 1.0 + 4.0 * (high - mode) / width
    return _beta_general(x, alpha1, alpha2, low, high)


def _kumaraswamy(x: FloatArray, alpha1: Any, alpha2: Any, low: Any, high: Any) -> FloatArray:
    log_z = np.log((x - low) / (high - low))
    rest = (alpha2 - 1) * np.log1p(-np.exp(alpha1 * log_z))
    return np.asarray(np.log(alpha1 * alpha2 / (high - low)) + (alpha1 - 1) * log_z + rest)


def _loglogistic(x: FloatArray, loc: Any, scale: Any, shape: Any) -> FloatArray:
    log_z = np.log((x - loc) / scale)
    return np.asarray(_logistic(log_z, 0.0, 1.0 / shape) - log_z - np.log(scale))


def _burr(x: FloatArray, loc: Any, scale: Any, shape1: Any, shape2: Any) -> FloatArray:
    log_z = np.log((x - loc) / scale)
    tail = (shape2 + 1) * np.logaddexp(0.0, shape1 * log_z)
    return np.asarray(np.log(shape1 * shape2 / scale) + (shape1 - 1) * log_z - tail)


def _dagum(x: FloatArray, loc: Any, scale: Any, shape1: Any, shape2: Any) -> FloatArray:
    log_z = np.log((x - loc) / scale)
    tail = (shape2 + 1) * np.logaddexp(0.0, -shape1 * log_z)
    return np.asarray(np.log(shape1 * shape2 / scale) - (shape1 + 1) * log_z - tail)


def _poisson(x: FloatArray, rate: Any) -> FloatArray:
    return np.asarray(special.xlogy(x, rate) - rate - special.gammaln(x + 1))


LOG_DENSITIES: dict[str, LogKernel] = {
    "NORMAL": _normal,
    "LOGNORMAL": _lognormal,
    "LOGNORMAL2": _lognormal2,
    "GAMMA": _gamma,
    "ERLANG": _gamma,
    "CHISQ": _chi_square,
    "PEARSON5": _pearson5,
    "PEARSON6": _beta_prime,
    "F": _f,
    "EXPONENTIAL": _exponential,
    "WEIBULL": _weibull,
    "RAYLEIGH": _rayleigh,
    "EXTVALUEMAX": _largest,
    "EXTVALUEMIN": _smallest,
    "FRECHET": _frechet,
    "GEV": _gev,
    "LOGISTIC": _logistic,
    "LAPLACE": _laplace,
    "HYPSECANT": _secant,
    "INVGAUSS": _inverse_gaussian,
    "LEVY": _levy,
    "FATIGUELIFE": _fatigue,
    "SKEWNORMAL": _skew_normal,
    "ERF": _erf,
    "STUDENT3": _student3,
    "JOHNSONSU": _johnson_unbounded,
    "JOHNSONSB": _johnson_bounded,
    "BETA": _beta,
    "BETAGENERAL": _beta_general,
    "PERT": _pert,
    "KUMARASWAMY": _kumaraswamy,
    "LOGLOGISTIC": _loglogistic,
    "BURR12": _burr,
    "DAGUM": _dagum,
    "POISSON": _poisson,
}


def log_density(law: type[Law], x: FloatArray, parameters: tuple[float, ...]) -> FloatArray:
    """ln of the density, or of the probability of exactly x; −inf outside the support."""
    arrays = tuple(np.asarray(value, dtype=np.float64) for value in parameters)
    with np.errstate(all="ignore"):
        kernel = LOG_DENSITIES.get(law.name)
        values = kernel(x, *arrays) if kernel else np.log(law.density_kernel(x, *arrays))
    return np.where(np.isnan(values), -np.inf, values)
