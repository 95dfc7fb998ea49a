"""The nine most used laws as they are drawn in a run: uniforms of compute.sampling through each law's quantiles.

For each law and seed a test of fit gives a p-value; over the seeds these must themselves be uniform. Kolmogorov and
Smirnov's test for continuous laws, Pearson's chi-square for discrete ones. The thresholds leave a right implementation
about one failure in a million; all is seeded, so that the outcome never changes by itself.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from compute.distributions import (
    Bernoulli,
    Binomial,
    Discrete,
    IntUniform,
    Law,
    LogNormal,
    Normal,
    Poisson,
    Triangular,
    Uniform,
)
from compute.distributions.parameters import FloatArray
from compute.sampling import sampler, stream_key

_SPREAD = math.sqrt(math.log1p(0.09))
LAWS: list[tuple[Law, Any]] = [
    (Normal(100, 10), stats.norm(100, 10)),
    (LogNormal(10, 3), stats.lognorm(_SPREAD, scale=10 / math.sqrt(1.09))),
    (Triangular(1, 2, 5), stats.triang(0.25, 1, 4)),
    (Uniform(2, 5), stats.uniform(2, 3)),
    (Bernoulli(0.3), stats.bernoulli(0.3)),
    (Binomial(20, 0.3), stats.binom(20, 0.3)),
    (Poisson(3.5), stats.poisson(3.5)),
    (IntUniform(-2, 7), stats.randint(-2, 8)),
    (Discrete((1, 2, 3), (1, 2, 1)), stats.rv_discrete(values=((1, 2, 3), (0.25, 0.5, 0.25)))),
]
SIZES = [
    pytest.param(20, 20_000, id="20 seeds"),
    pytest.param(100, 1_000_000, id="100 seeds", marks=[pytest.mark.sweep, pytest.mark.timeout(1_800)]),
]
LEAST = 1e-6


def drawn(law: Law, seed: int, count: int) -> FloatArray:
    uniforms = sampler("monte_carlo", seed, count, (stream_key("Sheet1", "B2", 0),)).uniforms(0, 0, count)
    return law.ppf(uniforms)


def p_value(values: FloatArray, law: Law, oracle: Any) -> float:
    if not law.is_discrete:
        ordered = oracle.cdf(np.sort(values))
        steps = np.arange(values.size + 1) / values.size
        distance = max(float(np.max(steps[1:] - ordered)), float(np.max(ordered - steps[:-1])))
        return float(stats.kstwobign.sf(distance * (math.sqrt(values.size) + 0.12 + 0.11 / math.sqrt(values.size))))
    low, high = int(oracle.ppf(1e-3)), int(oracle.isf(1e-3))
    # The classes at both ends hold the tails too.
    found = np.bincount(np.clip(values, low, high).astype(int) - low, minlength=high - low + 1)
    k = np.arange(low, high + 1)
    expected = oracle.pmf(k)
    expected[0], expected[-1] = oracle.cdf(low), oracle.sf(high - 1)
    return float(stats.chisquare(found, expected / expected.sum() * values.size).pvalue)


@pytest.mark.parametrize(("seeds", "count"), SIZES)
@pytest.mark.parametrize(("law", "oracle"), LAWS, ids=[law.title for law, _ in LAWS])
def test_samples_fit_the_law(law: Law, oracle: Any, seeds: int, count: int) -> None:
    found = np.array([p_value(drawn(law, seed, count), law, oracle) for seed in range(seeds)])
    assert found.min() > LEAST / seeds
    assert stats.kstest(found, "uniform").pvalue > LEAST


@pytest.mark.parametrize(("law", "oracle"), LAWS, ids=[law.title for law, _ in LAWS])
def test_a_law_a_little_off_is_found_out(law: Law, oracle: Any) -> None:
    values = drawn(law, 1, 200_000)
    values = values + (values == np.median(values)) if law.is_discrete else values * 1.05
    assert p_value(values, law, oracle) < LEAST
