"""Correlations and copulas of data in columns.

A copula's parameter comes from Kendall's tau or by maximum likelihood on the columns' ranks over n + 1; families are
ranked by AIC. Sources: Genest, Ghoudi, Rivest, Biometrika 82 (1995) 543 (the likelihood on ranks); Nelsen, An
Introduction to Copulas (2006), chapters 4 and 5 (densities and tau).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import scipy

from compute import special
from compute.distributions.parameters import FloatArray
from compute.fitting.samples import FEWEST, FittingError, numbers
from compute.records import dataclass

Family = Literal["gaussian", "t", "clayton", "gumbel", "frank"]
FAMILIES: tuple[Family, ...] = ("gaussian", "t", "clayton", "gumbel", "frank")
Method = Literal["likelihood", "tau"]
_CODE = "fitting.columns"


def columns_of(data: Sequence[Sequence[object]] | FloatArray) -> FloatArray:
    """Columns as an array (n, k); raises FittingError for unequal lengths, too few rows, or values that are none."""
    columns = list(data.T) if isinstance(data, np.ndarray) else list(data)
    if len(columns) < 2:
        raise FittingError(f"Correlation needs two or more columns; there are {len(columns)}.", code=_CODE)
    arrays = [numbers(column, f"Column {place}") for place, column in enumerate(columns, 1)]
    lengths = {array.size for array in arrays}
    if len(lengths) > 1 or min(lengths) < FEWEST:
        found = ", ".join(str(array.size) for array in arrays)
        raise FittingError(f"The columns hold {found} values; all need as many, {FEWEST} or more.", code=_CODE)
    for place, array in enumerate(arrays, 1):
        if array.min() == array.max():
            raise FittingError(f"Column {place}: all values are {array[0]:.15g}; it has no correlation.", code=_CODE)
    return np.column_stack(arrays)


def correlations(
    data: Sequence[Sequence[object]] | FloatArray, measure: Literal["spearman", "pearson", "kendall"] = "spearman"
) -> FloatArray:
    """The matrix (k, k) of correlations between columns, each a sequence of numbers, or the columns of an array (n, k).

    Raises FittingError as ``fit_copula`` does.
    """
    table = columns_of(data)
    if measure == "kendall":
        matrix = np.eye(table.shape[1])
        for i, j in itertools.combinations(range(table.shape[1]), 2):
            matrix[i, j] = matrix[j, i] = _tau(table[:, i], table[:, j])
        return matrix
    ranks = np.apply_along_axis(scipy.stats.rankdata, 0, table) if measure == "spearman" else table
    return np.asarray(np.corrcoef(ranks, rowvar=False))


def _tau(first: FloatArray, second: FloatArray) -> float:
    return float(scipy.stats.kendalltau(first, second).statistic)


@dataclass(frozen=True, slots=True)
class FittedCopula:
    """One family fitted to columns.

    ``matrix`` (k, k) holds the correlations of the normal scores for ``gaussian`` and ``t``; ``theta`` is the parameter
    of an Archimedean family, ``degrees`` that of the t. ``reflected`` says for each column whether it is turned round
    (low becomes high) before the family applies. ``free`` counts the parameters, ``aic`` is −2 LL + 2 free.
    """

    family: Family
    matrix: FloatArray | None
    theta: float | None
    degrees: float | None
    reflected: tuple[bool, ...]
    log_likelihood: float
    free: int

    @property
    def aic(self) -> float:
        """−2 LL + 2k, the smaller the better."""
        return -2 * self.log_likelihood + 2 * self.free


def fit_copula(
    data: Sequence[Sequence[object]] | FloatArray,
    families: Sequence[Family] = FAMILIES,
    method: Method = "likelihood",
) -> tuple[FittedCopula, ...]:
    """Copulas fitted to columns, best AIC first.

    ``data``: two or more sequences of equal length, or an array (n, k). Archimedean families have one parameter for all
    columns; of two columns every reflection is tried, of more all columns or none. A family that the data contradict
    (negative dependence among more than two columns, say) is left out. Raises FittingError for columns of unequal
    length, fewer than five rows, text, blanks, NaN, or a column of one value.
    """
    table = columns_of(data)
    shares = np.apply_along_axis(scipy.stats.rankdata, 0, table) / (table.shape[0] + 1)
    fits: list[FittedCopula] = []
    for family in families:
        fits += (
            _elliptical(family, shares, method) if family in ("gaussian", "t") else _best_turn(family, shares, method)
        )
    return tuple(sorted(fits, key=lambda fit: fit.aic))


def _elliptical(family: Family, shares: FloatArray, method: Method) -> list[FittedCopula]:
    k = shares.shape[1]
    pairs = k * (k - 1) // 2
    by_tau: FloatArray = np.asarray(np.sin(0.5 * math.pi * correlations(shares, "kendall")))
    still = (False,) * k
    if family == "gaussian":
        scores = special.ndtri(shares)
        matrix = _definite(by_tau if method == "tau" else np.asarray(np.corrcoef(scores, rowvar=False)))
        if method == "likelihood" and k == 2:
            rho = _best(lambda r: -_gaussian(shares, _pair(math.tanh(r))), -6.0, 6.0)
            matrix = _pair(math.tanh(rho))
        return [FittedCopula(family, matrix, None, None, still, _gaussian(shares, matrix), pairs)]
    matrix = _definite(by_tau)

    def cost(log_degrees: float) -> float:
        return -_student(shares, matrix, math.exp(log_degrees))

    log_degrees = _best(cost, 0.0, math.log(200.0))
    if method == "likelihood" and k == 2:
        start: Any = np.array([math.atanh(min(max(matrix[0, 1], -0.999), 0.999)), log_degrees])

        def both(x: Any) -> float:
            return -_student(shares, _pair(math.tanh(x[0])), math.exp(min(x[1], 7.0)))

        found = scipy.optimize.minimize(both, start, method="Nelder-Mead")
        matrix, log_degrees = _pair(math.tanh(float(found.x[0]))), min(float(found.x[1]), 7.0)
    degrees = math.exp(log_degrees)
    return [FittedCopula(family, matrix, None, degrees, still, _student(shares, matrix, degrees), pairs + 1)]


def _pair(rho: float) -> FloatArray:
    return np.array([[1.0, rho], [rho, 1.0]])


def _definite(matrix: FloatArray) -> FloatArray:
    """The matrix, its eigenvalues kept above 0 and its diagonal put back to 1."""
    sizes, axes = np.linalg.eigh(matrix)
    if sizes[0] > 1e-8:
        return matrix
    lifted = axes @ np.diag(np.maximum(sizes, 1e-6)) @ axes.T
    scale = np.sqrt(np.diag(lifted))
    return np.asarray(lifted / np.outer(scale, scale))


def _gaussian(shares: FloatArray, matrix: FloatArray) -> float:
    scores = special.ndtri(shares)
    rest = np.linalg.inv(matrix) - np.eye(matrix.shape[0])
    return float(-0.5 * np.sum((scores @ rest) * scores) - 0.5 * shares.shape[0] * np.linalg.slogdet(matrix)[1])


def _student(shares: FloatArray, matrix: FloatArray, degrees: float) -> float:
    n, k = shares.shape
    scores = special.stdtrit(degrees, shares)
    square = np.sum((scores @ np.linalg.inv(matrix)) * scores, axis=1)
    half = 0.5 * degrees
    constant = special.gammaln(half + 0.5 * k) + (k - 1) * special.gammaln(half) - k * special.gammaln(half + 0.5)
    joint = -(half + 0.5 * k) * np.log1p(square / degrees)
    single = (half + 0.5) * np.sum(np.log1p(scores * scores / degrees), axis=1)
    return float(n * (constant - 0.5 * np.linalg.slogdet(matrix)[1]) + np.sum(joint + single))


def _best_turn(family: Family, shares: FloatArray, method: Method) -> list[FittedCopula]:
    k = shares.shape[1]
    if family == "frank":
        turns = [(False,) * k] if k > 2 else [(False, False)]
    else:
        turns = list(itertools.product((False, True), repeat=2)) if k == 2 else [(False,) * k, (True,) * k]
    fits = [fit for turn in turns if (fit := _archimedean(family, shares, turn, method)) is not None]
    return [max(fits, key=lambda fit: fit.log_likelihood)] if fits else []


def _archimedean(family: Family, shares: FloatArray, turn: tuple[bool, ...], method: Method) -> FittedCopula | None:
    turned = np.where(np.array(turn), 1.0 - shares, shares)
    k = shares.shape[1]
    taus = correlations(turned, "kendall")
    tau = float(np.mean(taus[np.triu_indices(k, 1)]))
    if tau <= 0 and not (family == "frank" and k == 2):
        return None
    theta = theta_of_tau(family, tau)
    if method == "likelihood":
        # The likelihood has its peak near the parameter that tau gives, and overflows far away from it.
        ends = sorted((0.25 * theta, 4.0 * theta))
        low, high = (max(1.0, ends[0]), ends[1]) if family == "gumbel" else ends
        theta = _best(lambda value: -archimedean_likelihood(family, turned, value), low, high)
    return FittedCopula(family, None, theta, None, turn, archimedean_likelihood(family, turned, theta), 1)


def _best(cost: Callable[[float], float], low: float, high: float) -> float:
    found = scipy.optimize.minimize_scalar(cost, bounds=(low, high), method="bounded", options={"xatol": 1e-8})
    return float(found.x)


def theta_of_tau(family: Family, tau: float) -> float:
    """The parameter of an Archimedean family that has Kendall's tau.

    Clayton 2 tau / (1 − tau), Gumbel 1 / (1 − tau), Frank by solving with Debye's function.
    """
    tau = min(max(tau, -0.99), 0.99)
    if family == "clayton":
        return 2 * tau / (1 - tau)
    if family == "gumbel":
        return 1 / (1 - tau)
    if abs(tau) < 1e-9:
        return math.copysign(1e-8, tau)
    size = scipy.optimize.brentq(lambda theta: tau_of_frank(theta) - abs(tau), 1e-6, 500.0, xtol=1e-12)
    return math.copysign(float(size), tau)


def tau_of_frank(theta: float) -> float:
    """Kendall's tau of Frank's copula, 1 − 4 (1 − D₁(theta)) / theta, for theta > 0."""
    debye = scipy.integrate.quad(lambda t: t / math.expm1(t) if t > 0 else 1.0, 0.0, theta)[0] / theta
    return 1.0 - 4.0 * (1.0 - float(debye)) / theta


def archimedean_likelihood(family: Family, shares: FloatArray, theta: float) -> float:
    """The log-likelihood of an Archimedean copula at points (n, k) inside the unit cube."""
    frank = _frank_pair if shares.shape[1] == 2 else _frank_many
    density = {"clayton": _clayton, "gumbel": _gumbel, "frank": frank}[family]
    with np.errstate(all="ignore"):
        value = density(shares, theta)
    # At parameters far from the data the terms overflow: such a parameter is no candidate.
    return value if math.isfinite(value) else -1e300


def _clayton(shares: FloatArray, theta: float) -> float:
    n, k = shares.shape
    logs = np.log(shares)
    total = special.logsumexp(np.column_stack((-theta * logs, np.zeros(n))), axis=1, b=[*[1.0] * k, -(k - 1.0)])
    constant = float(np.sum(np.log1p(theta * np.arange(1, k))))
    return float(n * constant - (theta + 1) * np.sum(logs) - (k + 1 / theta) * np.sum(total))


def _frank_pair(shares: FloatArray, theta: float) -> float:
    u, v = shares.T
    if theta < 0:
        theta, v = -theta, 1.0 - v
    # The denominator e^-θ(u+v) · (…) without cancellation.
    gone = -math.expm1(-theta)
    inner = gone - np.expm1(-theta * u) * np.expm1(-theta * v)
    return float(np.sum(math.log(theta * gone) - theta * (u + v) - 2 * np.log(np.abs(inner))))


def _frank_many(shares: FloatArray, theta: float) -> float:
    """By the polylogarithm of negative order, Hofert, Mächler, McNeil, J. Multivariate Anal. 110 (2012) 133."""
    n, k = shares.shape
    gone = -math.expm1(-theta)
    log_h = (1 - k) * math.log(gone) + np.sum(np.log(-np.expm1(-theta * shares)), axis=1)
    log_poly = _log_polylogarithm(k - 1, np.minimum(np.exp(log_h), 1 - 1e-16))
    return float(n * (k - 1) * math.log(theta / gone) + np.sum(log_poly - log_h - theta * np.sum(shares, axis=1)))


def _log_polylogarithm(order: int, z: FloatArray) -> FloatArray:
    """ln of the polylogarithm of order −``order`` by Eulerian numbers, for 0 < z < 1."""
    eulerian = [1.0]
    for m in range(2, order + 1):
        eulerian = [
            (j + 1) * (eulerian[j] if j < len(eulerian) else 0.0) + (m - j) * (eulerian[j - 1] if j else 0.0)
            for j in range(m)
        ]
    value = np.zeros_like(z)
    for coefficient in reversed(eulerian):
        value = value * z + coefficient
    return np.asarray(np.log(value) + np.log(z) - (order + 1) * np.log1p(-z))


def _gumbel(shares: FloatArray, theta: float) -> float:
    """By the polynomial of Hofert, Mächler, McNeil (2012), whose coefficients come from a recurrence."""
    n, k = shares.shape
    alpha = 1.0 / theta
    logs = -np.log(shares)
    log_total = special.logsumexp(theta * np.log(logs), axis=1)
    power = np.exp(alpha * log_total)
    polynomial = _gumbel_polynomial(k, alpha)
    value = np.zeros(n)
    for coefficient in reversed(polynomial):
        value = value * power + coefficient
    outer = k * math.log(theta) - power - k * log_total + np.log(value)
    return float(np.sum(outer) + np.sum((theta - 1) * np.log(logs) + logs))


def _gumbel_polynomial(k: int, alpha: float) -> list[float]:
    """Coefficients in t^alpha of (−1)^k t^k e^(t^alpha) times the k-th derivative of e^(−t^alpha)."""
    coefficients = [1.0]
    for order in range(k):
        grown = [0.0] * (len(coefficients) + 1)
        for power, value in enumerate(coefficients):
            grown[power] += value * (order - alpha * power)
            grown[power + 1] += alpha * value
        coefficients = grown
    return coefficients
