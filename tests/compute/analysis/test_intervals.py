"""Confidence intervals against scipy's own, against their promised coverage, and against textbook sample sizes."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from compute.analysis import central_moments
from compute.analysis.intervals import (
    Interval,
    iterations_for_mean,
    iterations_for_percentile,
    iterations_for_probability,
    iterations_for_standard_deviation,
    mean_interval,
    percentile_interval,
    probability_interval,
    proportion_interval,
    standard_deviation_interval,
)

RANDOM = np.random.default_rng(21)
X = RANDOM.gamma(3, 2, 997)


def ends(interval: Interval | None) -> tuple[float, float]:
    assert interval is not None
    return interval.low, interval.high


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
def test_mean_is_students(confidence: float) -> None:
    expected = stats.ttest_1samp(X, 0).confidence_interval(confidence)
    assert ends(mean_interval(X, confidence)) == pytest.approx((expected.low, expected.high), rel=1e-12)
    assert mean_interval(central_moments(X), confidence) == mean_interval(X, confidence)


def test_deviation_of_a_normal_variable_by_chi_square() -> None:
    n, tails = X.size, (0.975, 0.025)
    expected = [math.sqrt((n - 1) * np.var(X, ddof=1) / stats.chi2.ppf(q, n - 1)) for q in tails]
    assert ends(standard_deviation_interval(X, 0.95, "chi_square")) == pytest.approx(expected, rel=1e-12)


def test_deviation_by_kurtosis() -> None:
    n, s = X.size, np.std(X, ddof=1)
    peak = stats.kurtosis(X, bias=False, fisher=False)
    step = stats.norm.ppf(0.95) * math.sqrt((peak - (n - 3) / (n - 1)) / n) / 2
    found = standard_deviation_interval(X, 0.9)
    assert ends(found) == pytest.approx((s * math.exp(-step), s * math.exp(step)), rel=1e-10)
    assert found is not None
    assert found.method == "kurtosis"


@pytest.mark.parametrize("p", [0.01, 0.25, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_percentile_is_scipys_quantile_test(p: float, confidence: float) -> None:
    expected = stats.quantile_test(X, q=0, p=p, alternative="two-sided").confidence_interval(confidence)
    low, high = ends(percentile_interval(X, p, confidence))
    assert low == (-math.inf if math.isnan(expected.low) else expected.low)
    assert high == (math.inf if math.isnan(expected.high) else expected.high)


@pytest.mark.parametrize(("successes", "count"), [(0, 10), (3, 10), (10, 10), (1, 5000), (2500, 5000)])
@pytest.mark.parametrize(("ours", "theirs"), [("wilson", "wilson"), ("clopper_pearson", "exact")])
def test_proportions_are_scipys(successes: int, count: int, ours: str, theirs: str) -> None:
    expected = stats.binomtest(successes, count).proportion_ci(0.95, theirs)
    found = proportion_interval(successes, count, 0.95, ours)  # type: ignore[arg-type]
    # scipy searches the exact ends to 2e-12.
    assert ends(found) == pytest.approx((expected.low, expected.high), rel=1e-10, abs=2e-12)


def test_probability_counts_samples_at_or_below() -> None:
    x = np.array([1.0, 2.0, 2.0, np.nan, 3.0])
    assert probability_interval(x, 2.0) == proportion_interval(3, 4)


def covered(true: float, interval: Callable[[np.ndarray], Interval | None], runs: int, n: int) -> float:
    draws = np.random.default_rng(99).exponential(1, (runs, n))
    return float(np.mean([low <= true <= high for low, high in (ends(interval(x)) for x in draws)]))


@pytest.mark.parametrize(
    ("true", "interval", "low", "high"),
    [
        (1.0, lambda x: mean_interval(x, 0.9), 0.88, 0.92),
        (1.0, lambda x: standard_deviation_interval(x, 0.9), 0.86, 0.92),
        (1.0, lambda x: standard_deviation_interval(x, 0.9, "chi_square"), 0.4, 0.75),
        (-math.log(0.05), lambda x: percentile_interval(x, 0.95, 0.9), 0.89, 0.94),
        (1 - math.exp(-1), lambda x: probability_interval(x, 1.0, 0.9), 0.88, 0.92),
        (1 - math.exp(-1), lambda x: probability_interval(x, 1.0, 0.9, "clopper_pearson"), 0.9, 0.94),
    ],
    ids=["mean", "deviation by kurtosis", "chi-square fails for an exponential", "percentile", "wilson", "exact"],
)
def test_coverage_of_an_exponential_variable(
    true: float, interval: Callable[[np.ndarray], Interval | None], low: float, high: float
) -> None:
    """2,000 runs of 1,000 iterations; the sampling error of a coverage of 0.9 is 0.0067."""
    assert low <= covered(true, interval, 2000, 1000) <= high


def test_latin_hypercube_means_lie_closer_than_the_interval_says() -> None:
    n = 256
    random = np.random.default_rng(7)
    hits = 0
    for _ in range(300):
        x = stats.norm.ppf((random.permutation(n) + random.random(n)) / n)
        low, high = ends(mean_interval(x, 0.5))
        hits += low <= 0.0 <= high
    assert hits == 300


def test_sample_sizes_of_the_textbook() -> None:
    assert iterations_for_probability(0.5, 0.03) == 1068
    assert iterations_for_probability(0.5, 0.05, 0.99) == 664
    assert iterations_for_mean(15, 2) == 217
    assert iterations_for_mean(0.0, 2) == 1
    assert iterations_for_standard_deviation(10, 0.1) == math.ceil((1.959963984540054 * 10 / 0.1) ** 2 / 2)
    density = stats.norm.pdf(0)
    assert iterations_for_percentile(0.5, density, 0.01) == math.ceil((1.959963984540054 * 0.5 / density / 0.01) ** 2)


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (lambda: mean_interval(X, 1.0), "confidence is 1.0"),
        (lambda: percentile_interval(X, 0.0), "p is 0.0"),
        (lambda: proportion_interval(3, 2), "3 of 2"),
        (lambda: iterations_for_mean(1.0, 0.0), "tolerance is 0"),
        (lambda: iterations_for_mean(-1.0, 1.0), "deviation is -1"),
        (lambda: iterations_for_probability(1.5, 1.0), "probability is 1.5"),
        (lambda: iterations_for_percentile(0.5, 0.0, 1.0), "density is 0"),
    ],
)
def test_impossible_wishes_are_refused(refused: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        refused()


def test_too_few_samples_have_no_interval() -> None:
    assert mean_interval(np.array([1.0, np.nan])) is None
    assert standard_deviation_interval(np.array([1.0])) is None
    assert standard_deviation_interval(np.array([1.0, 2.0])) is None
    assert percentile_interval(np.array([np.nan]), 0.5) is None
    assert proportion_interval(0, 0) is None
    assert ends(percentile_interval(np.array([1.0, 2.0]), 0.5)) == (-math.inf, math.inf)
    constant = standard_deviation_interval(np.full(50, 3.0))
    assert ends(constant) == (0.0, 0.0)
