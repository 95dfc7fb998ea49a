"""Curves lead back to the law they were read from; the bootstrap covers what it says."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from compute.distributions import LAWS, Normal
from compute.fitting import (
    FittingError,
    Sample,
    bootstrap,
    fit,
    fit_cumulative,
    fit_density,
    fit_metalog,
    fit_percentiles,
)

TRUE = [
    ("NORMAL", (10, 2)),
    ("GAMMA", (3, 2)),
    ("WEIBULL", (2, 3)),
    ("PERT", (1, 2, 5)),
    ("TRIANGULAR", (1, 2, 5)),
    ("LOGNORMAL", (10, 3)),
    ("GEV", (5, 2, 0.2)),
    ("LOGISTIC", (5, 2)),
    ("UNIFORM", (2, 5)),
]


@pytest.mark.parametrize(("name", "parameters"), TRUE)
def test_curves_lead_back_to_their_law(name: str, parameters: tuple[float, ...]) -> None:
    law = LAWS[name](*parameters)
    shares = np.linspace(0.05, 0.95, 15)
    x = np.asarray(law.ppf(shares))
    spread = law.ppf(0.75) - law.ppf(0.25)
    laws = [LAWS[name]]
    by_share = fit_cumulative(x, shares, laws).best
    by_value = fit_percentiles(shares, x, laws).best
    by_density = fit_density(x, law.pdf(x), laws).best
    for found in (by_share, by_value, by_density):
        if name != "UNIFORM" or found is not by_density:
            gaps = np.abs(np.asarray(found.distribution.ppf(shares)) - x)
            assert np.max(gaps) < 0.02 * spread, dict(found.parameters)


def test_an_experts_three_percentiles() -> None:
    report = fit_percentiles([0.1, 0.5, 0.9], [20, 35, 70], [LAWS["LOGNORMAL"], LAWS["NORMAL"], LAWS["GAMMA"]])
    assert report.best.law.name == "LOGNORMAL"
    assert report.best.rms_error is not None
    assert report.best.rms_error < 2
    assert [found.rms_error for found in report.fits] == sorted(found.rms_error or 0 for found in report.fits)


@pytest.mark.parametrize(
    ("p", "x", "words"),
    [
        ([0.1, 0.5], [1, 2], "three or more"),
        ([0.1, 0.5, 0.9], [1, 2, 2], "2 is there twice"),
        ([0.1, 0.6, 0.5], [1, 2, 3], "falls at 3"),
        ([0.1, 0.6, 1.0], [1, 2, 3], "the probability at 3 is 1"),
    ],
)
def test_bad_points_are_named(p: Any, x: Any, words: str) -> None:
    with pytest.raises(FittingError, match=words):
        fit_percentiles(p, x)


def test_bootstrap_is_about_the_known_interval_and_repeats_itself() -> None:
    data = Normal(10, 2).ppf(np.random.default_rng(8).random(200))
    sample = Sample(data)
    fitted = fit(sample, [Normal]).best
    found = bootstrap(fitted, sample, resamples=400, seed=4)
    half = 1.96 * data.std(ddof=1) / math.sqrt(200)
    low, high = found.intervals["mean"]
    assert (low, high) == pytest.approx((data.mean() - half, data.mean() + half), abs=0.08)
    assert all(p > 0.02 for p in found.p_values.values())
    assert found == bootstrap(fitted, sample, resamples=400, seed=4)
    assert found != bootstrap(fitted, sample, resamples=400, seed=5)


def test_bootstrap_rejects_a_wrong_law() -> None:
    sample = Sample(LAWS["EXPONENTIAL"](3).ppf(np.random.default_rng(8).random(200)))
    found = bootstrap(fit(sample, [Normal]).best, sample, resamples=100)
    assert found.p_values["anderson_darling"] < 0.02
    assert found.failed == 0


def test_bootstrap_of_a_searched_law() -> None:
    sample = Sample(LAWS["LOGISTIC"](5, 2).ppf(np.random.default_rng(8).random(150)))
    found = bootstrap(fit(sample, ["LOGISTIC"]).best, sample, resamples=40)
    low, high = found.intervals["loc"]
    assert low < 5 < high


def test_metalog_goes_through_three_percentiles_and_near_to_more() -> None:
    law = fit_metalog([0.1, 0.5, 0.9], [20, 35, 70], lower=0)
    assert [law.ppf(p) for p in (0.1, 0.5, 0.9)] == pytest.approx([20, 35, 70])
    assert law.support[0] == 0
    shares = np.linspace(0.02, 0.98, 40)
    near = fit_metalog(shares, np.asarray(Normal(10, 2).ppf(shares)), terms=5)
    assert len(near.coefficients) == 5
    assert near.ppf(0.3) == pytest.approx(Normal(10, 2).ppf(0.3), abs=0.03)
