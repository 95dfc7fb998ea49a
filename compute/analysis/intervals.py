"""How far estimates from a finite number of iterations may lie from the truth, and how many iterations are needed.

All intervals assume independent draws. Latin hypercube and Sobol runs estimate means and probabilities at least about
as well as that (never worse than n / (n − 1) in variance: A. B. Owen, SIAM J. Numer. Anal. 34 (1997) 1884; M. Stein,
Technometrics 29 (1987) 143), so that for them these intervals are conservative, often by far.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import scipy

from compute import special
from compute.analysis.leaves import CentralMoments, FloatArray, central_moments
from compute.analysis.percentiles import without_errors
from compute.analysis.summary import kurtosis
from compute.records import dataclass

DeviationMethod = Literal["kurtosis", "chi_square"]
ProportionMethod = Literal["wilson", "clopper_pearson"]
Method = Literal["student", "order_statistics", "kurtosis", "chi_square", "wilson", "clopper_pearson", "delta"]


@dataclass(frozen=True, slots=True)
class Interval:
    """The truth lies between ``low`` and ``high`` with probability ``confidence``; infinite ends are unbounded."""

    low: float
    high: float
    confidence: float
    method: Method

    @property
    def half_width(self) -> float:
        """Half the distance between the ends, the ± of a report."""
        return self.high / 2.0 - self.low / 2.0


def mean_interval(samples: FloatArray | CentralMoments, confidence: float = 0.95) -> Interval | None:
    """The interval of the mean by Student's t (PsiMeanCI's half-width); None below two samples.

    Raises ValueError for a confidence outside (0, 1).
    """
    moments, tail = _moments(samples), _tail(confidence)
    if moments.count < 2 or not math.isfinite(moments.m2):
        return None
    error = math.sqrt(moments.m2 / (moments.count - 1) / moments.count)
    half = float(special.stdtrit(moments.count - 1, 1.0 - tail)) * error
    return Interval(moments.mean - half, moments.mean + half, confidence, "student")


def standard_deviation_interval(
    samples: FloatArray | CentralMoments, confidence: float = 0.95, method: DeviationMethod = "kurtosis"
) -> Interval | None:
    """The interval of the standard deviation; None where the samples do not determine it.

    ``chi_square`` is exact for normal variables and wrong for others, however many iterations. ``kurtosis``, used
    unless asked otherwise, holds for large samples of any law with a fourth moment: ln s is normal with variance
    (κ − (n − 3)/(n − 1)) / 4n, κ being the bias-corrected Pearson kurtosis. Source: D. G. Bonett, Comput. Statist.
    Data Anal. 50 (2006) 775, without his trimming and small-sample factor. Raises ValueError for a confidence outside
    (0, 1).
    """
    moments, tail = _moments(samples), _tail(confidence)
    n = moments.count
    if n < 2 or not math.isfinite(moments.m2):
        return None
    deviation = math.sqrt(moments.m2 / (n - 1))
    if method == "chi_square":
        ends = (special.chdtri(n - 1, tail), special.chdtri(n - 1, 1.0 - tail))
        low, high = (math.sqrt(moments.m2 / float(end)) for end in ends)
        return Interval(low, high, confidence, method)
    peak = kurtosis(moments)
    if deviation == 0.0:
        return Interval(0.0, 0.0, confidence, method)
    if peak is None:
        return None
    step = float(special.ndtri(1.0 - tail)) * math.sqrt(max(peak - (n - 3) / (n - 1), 0.0) / n) / 2.0
    return Interval(deviation * math.exp(-step), deviation * math.exp(step), confidence, method)


def percentile_interval(
    samples: FloatArray, p: float, confidence: float = 0.95, *, ascending: bool = False
) -> Interval | None:
    """The interval of the p-quantile between two order statistics, whatever the law; None without samples.

    The number of samples below the quantile is binomial; each tail gets at most (1 − confidence) / 2. Ends that the
    samples cannot bound are infinite. ``ascending`` says that samples are sorted and hold no NaN. Source: W. J.
    Conover, Practical Nonparametric Statistics, 3rd ed. (1999), 3.2. Raises ValueError for p or confidence outside
    (0, 1).
    """
    if not 0.0 < p < 1.0:
        raise ValueError(f"p is {p}; it must lie between 0 and 1, neither included.")
    tail = _tail(confidence)
    ordered = samples if ascending else np.sort(without_errors(samples))
    n = ordered.size
    if n == 0:
        return None
    first = int(scipy.stats.binom.ppf(tail, n, p))
    last = int(scipy.stats.binom.ppf(1.0 - tail, n, p)) + 1
    low = float(ordered[first - 1]) if first >= 1 else -math.inf
    high = float(ordered[last - 1]) if last <= n else math.inf
    return Interval(low, high, confidence, "order_statistics")


def proportion_interval(
    successes: int, count: int, confidence: float = 0.95, method: ProportionMethod = "wilson"
) -> Interval | None:
    """The interval of a probability of which ``successes`` of ``count`` iterations speak; None for a count of 0.

    ``wilson`` has the stated confidence on average (E. B. Wilson, J. Amer. Statist. Assoc. 22 (1927) 209);
    ``clopper_pearson`` has it at least (Biometrika 26 (1934) 404). Raises ValueError for impossible counts or a
    confidence outside (0, 1).
    """
    if not 0 <= successes <= count:
        raise ValueError(f"{successes} of {count} is no share.")
    tail = _tail(confidence)
    if count == 0:
        return None
    if method == "clopper_pearson":
        low = 0.0 if successes == 0 else float(special.betaincinv(successes, count - successes + 1, tail))
        high = 1.0 if successes == count else float(special.betaincinv(successes + 1, count - successes, 1.0 - tail))
        return Interval(low, high, confidence, method)
    z2 = float(special.ndtri(1.0 - tail)) ** 2
    centre = (successes + z2 / 2.0) / (count + z2)
    share = successes / count
    half = math.sqrt(z2 * (share * (1.0 - share) * count + z2 / 4.0)) / (count + z2)
    low = 0.0 if successes == 0 else max(centre - half, 0.0)
    return Interval(low, 1.0 if successes == count else min(centre + half, 1.0), confidence, method)


def probability_interval(
    samples: FloatArray, x: float, confidence: float = 0.95, method: ProportionMethod = "wilson"
) -> Interval | None:
    """The interval of P(X ≤ x); None without samples."""
    valid = without_errors(samples)
    return proportion_interval(int(np.count_nonzero(valid <= x)), int(valid.size), confidence, method)


def iterations_for_mean(deviation: float, tolerance: float, confidence: float = 0.95) -> int:
    """Iterations after which the mean is known to ± ``tolerance``: (z·σ / tolerance)², rounded up (PsiCITrials).

    Raises ValueError for a tolerance not above 0, a negative deviation, or a confidence outside (0, 1).
    """
    return _iterations(_not_negative("deviation", deviation), tolerance, confidence)


def iterations_for_standard_deviation(
    deviation: float, tolerance: float, confidence: float = 0.95, pearson_kurtosis: float = 3.0
) -> int:
    """Iterations after which the standard deviation is known to ± ``tolerance``; a normal variable's unless told.

    Raises ValueError as ``iterations_for_mean``.
    """
    spread = _not_negative("deviation", deviation) * math.sqrt(max(pearson_kurtosis - 1.0, 0.0)) / 2.0
    return _iterations(spread, tolerance, confidence)


def iterations_for_probability(probability: float, tolerance: float, confidence: float = 0.95) -> int:
    """Iterations after which a probability is known to ± ``tolerance``; 0.5 is the worst case.

    Raises ValueError for probabilities outside [0, 1] and as ``iterations_for_mean``.
    """
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"probability is {probability}; it must lie between 0 and 1.")
    return _iterations(math.sqrt(probability * (1.0 - probability)), tolerance, confidence)


def iterations_for_percentile(p: float, density: float, tolerance: float, confidence: float = 0.95) -> int:
    """Iterations after which the p-quantile is known to ± ``tolerance``, the law's density there being ``density``.

    An order statistic's variance is p(1 − p) / (n·density²) for large n. Raises ValueError for p outside [0, 1], a
    density not above 0, and as ``iterations_for_mean``.
    """
    if not 0.0 <= p <= 1.0 or not density > 0.0:
        raise ValueError(f"p is {p} and density is {density}; p must lie between 0 and 1, density above 0.")
    return _iterations(math.sqrt(p * (1.0 - p)) / density, tolerance, confidence)


def _iterations(spread: float, tolerance: float, confidence: float) -> int:
    if not tolerance > 0.0:
        raise ValueError(f"tolerance is {tolerance}; it must be above 0.")
    return max(1, math.ceil((float(special.ndtri(1.0 - _tail(confidence))) * spread / tolerance) ** 2))


def _not_negative(name: str, value: float) -> float:
    if not 0.0 <= value < math.inf:
        raise ValueError(f"{name} is {value}; it must be 0 or more.")
    return value


def _tail(confidence: float) -> float:
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence is {confidence}; it must lie between 0 and 1, neither included.")
    return (1.0 - confidence) / 2.0


def _moments(samples: FloatArray | CentralMoments) -> CentralMoments:
    return samples if isinstance(samples, CentralMoments) else central_moments(samples)
