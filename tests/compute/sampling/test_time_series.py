"""Paths of time series: their moments against simulation and closed forms, and what the start values do."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from compute.errors import InvalidDistribution
from compute.sampling.jumps import jump_quantile
from compute.sampling.reshaping import Reshaping
from compute.sampling.streams import stream_key, uniforms
from compute.sampling.time_series import (
    AR1,
    AR2,
    ARCH1,
    ARMA11,
    BMMR,
    BMMRJD,
    GARCH11,
    GBM,
    GBMJD,
    MA1,
    MA2,
    PROCESSES,
    Process,
)

PERIODS, ITERATIONS = 12, 20_000
U = np.stack([uniforms(9, stream_key("S", f"A{k}", 0), 0, ITERATIONS) for k in range(PERIODS)])

SERIES: list[Process] = [
    AR1(100, 40, 0.8, 490),
    AR2(10, 2, 0.5, 0.3, 20, 5),
    MA1(10, 2, 0.6, 3),
    MA2(10, 2, 0.6, -0.3, 3, -4),
    ARMA11(100, 40, 0.8, -0.2, 490, 10),
    ARCH1(50, 10, 0.3, 49),
    GARCH11(50, 10, 0.2, 0.6, 49, 8),
    GBM(0.01, 0.05),
    GBMJD(0.01, 0.05, 0.1, 0.015, 0.025),
    BMMR(10, 2, 0.4, 25),
    BMMRJD(10, 2, 0.4, 0.5, 3, 1, 25),
]


def test_every_process_is_tested() -> None:
    assert {type(process) for process in SERIES} == set(PROCESSES.values())


@pytest.mark.parametrize("process", SERIES, ids=lambda process: process.name)
def test_moments_are_those_of_the_simulation(process: Process) -> None:
    path = process.path(U)
    for k in range(1, PERIODS + 1):
        drawn = path[k - 1]
        error = drawn.std() / math.sqrt(ITERATIONS)
        assert abs(drawn.mean() - process.mean(k)) < 4.5 * error, k
        square = (drawn - drawn.mean()) ** 2
        assert abs(drawn.var() - process.variance(k)) < 4.5 * square.std() / math.sqrt(ITERATIONS), k


@pytest.mark.parametrize("process", SERIES, ids=lambda process: process.name)
def test_a_slice_and_a_shorter_path_are_those_of_the_whole(process: Process) -> None:
    whole = process.path(U)
    np.testing.assert_array_equal(process.path(U[:5, 100:163]), whole[:5, 100:163])


@pytest.mark.parametrize("process", SERIES, ids=lambda process: process.name)
def test_means_are_those_of_every_period(process: Process) -> None:
    expected = [process.mean(k) for k in range(1, PERIODS + 1)]
    np.testing.assert_allclose(process.means(PERIODS)[:, 0], expected, rtol=1e-12)


@pytest.mark.parametrize("process", SERIES, ids=lambda process: process.name)
def test_parameters_that_differ_between_iterations(process: Process) -> None:
    own = dataclasses.astuple(process)  # type: ignore[call-overload]
    other = tuple(value * 1.25 for value in own)
    turn = np.arange(60) % 2 == 0
    across = type(process).across(*(np.where(turn, a, b) for a, b in zip(own, other, strict=True)))
    path = across.path(U[:4, :60])
    np.testing.assert_allclose(path[:, turn], process.path(U[:4, :60])[:, turn], rtol=1e-12)
    np.testing.assert_allclose(path[:, ~turn], type(process)(*other).path(U[:4, :60])[:, ~turn], rtol=1e-12)
    assert across.means(3).shape == (3, 60)
    # No iteration's value depends on which others are computed with it.
    part = type(process).across(*(np.where(turn, a, b)[7:] for a, b in zip(own, other, strict=True)))
    np.testing.assert_array_equal(part.path(U[:4, 7:60]), path[:, 7:])


def test_parameters_outside_their_domain_leave_no_path() -> None:
    path = MA1.across(np.zeros(1), np.array([1.0, -1.0, 2.0]), np.array([0.5]), np.array([0.0, 0.0, np.inf])).path(
        U[:3, :3]
    )
    assert np.isnan(path).tolist() == [[False, True, True]] * 3
    rates = np.array([0.0, np.nan, 0.5])
    drawn = GBMJD.across(np.zeros(1), np.ones(1), rates, np.zeros(1), np.ones(1)).path(U[:2, :3])
    assert np.isnan(drawn).tolist() == [[False, True, False]] * 2
    np.testing.assert_array_equal(drawn[:, 0], GBMJD(0, 1, 0, 0, 1).path(U[:2, :1])[:, 0])


def test_moments_of_the_help_pages() -> None:
    """RiskAR1's and RiskARMA11's stationary variances, Box and Jenkins' formulas."""
    assert AR1(100, 40, 0.8, 490).variance(500) == pytest.approx(40**2 / (1 - 0.8**2))
    assert AR1(100, 40, 0.8, 490).mean(2) == pytest.approx(100 + 0.64 * 390)
    process = ARMA11(100, 40, 0.8, -0.2, 490, 10)
    assert process.variance(500) == pytest.approx(40**2 * (1 + 0.04 + 2 * 0.8 * -0.2) / (1 - 0.64))
    assert process.mean(1) == pytest.approx(100 + 0.8 * 390 - 0.2 * 10)
    assert MA1(10, 2, 0.6, 3).variance(7) == pytest.approx(4 * 1.36)
    assert GARCH11(50, 10, 0.2, 0.6, 49, 8).variance(500) == pytest.approx(10 / 0.2)
    a1, a2 = 0.5, 0.3
    exact = 4 * (1 - a2) / ((1 + a2) * ((1 - a2) ** 2 - a1**2))
    assert AR2(10, 2, a1, a2, 20, 5).variance(500) == pytest.approx(exact)
    assert BMMR(10, 2, 0.4, 25).variance(500) == pytest.approx(4 / 0.8)
    assert BMMR(10, 2, 0.4, 25).mean(3) == pytest.approx(10 + 15 * math.exp(-1.2))


def test_a_path_follows_its_recurrence() -> None:
    process = ARMA11(100, 40, 0.8, -0.2, 490, 10)
    first, second = process.path(U)[:2, 0]
    e1, e2 = 40 * special.ndtri(U[:2, 0])
    assert first == pytest.approx(100 + 0.8 * 390 - 0.2 * 10 + e1)
    assert second == pytest.approx(100 + 0.8 * (first - 100) - 0.2 * e1 + e2)


def test_jumps_have_mertons_law() -> None:
    p = np.array([1e-9, 0.01, 0.3, 0.5, 0.9, 0.999, 1 - 1e-9])
    x = jump_quantile(p, 0.05, 0.4, -0.2, 0.1)
    counts = np.arange(40)
    spread = np.sqrt(0.05**2 + counts * 0.1**2)
    reached = [float(np.sum(stats.poisson.pmf(counts, 0.4) * stats.norm.cdf(v, counts * -0.2, spread))) for v in x]
    np.testing.assert_allclose(reached, p, rtol=1e-9)
    assert np.all(np.diff(x) > 0)
    np.testing.assert_allclose(jump_quantile(p, 2.0, 0.0, 1.0, 1.0), 2.0 * special.ndtri(p))


@pytest.mark.parametrize("law", [(0.2, 0.5, -0.1, 0.15), (0.1, 3.0, 10.0, 0.1), (1.0, 1e-6, 50.0, 1.0)])
def test_a_jump_s_value_hangs_on_its_own_number_alone(law: tuple[float, ...]) -> None:
    p = np.concatenate(([1e-300, 1e-17, 1 - 1e-16], np.linspace(0.001, 0.999, 300)))
    together = jump_quantile(p, *law)
    alone = np.array([jump_quantile(p[i : i + 1], *law)[0] for i in range(0, p.size, 20)])
    np.testing.assert_array_equal(together[::20], alone)
    # A parameter for each iteration is searched for without the table of the law, and ends at the same place.
    np.testing.assert_allclose(jump_quantile(p, np.full(p.size, law[0]), *law[1:]), together, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: AR1(0, -1, 0.5, 0), "AR1: sigma is -1; it must be 0 or more"),
        (lambda: GARCH11(0, 0, 0.5, 0.1, 0, 1), "GARCH11: omega is 0; it must be greater than 0"),
        (lambda: GARCH11(0, 1, -0.5, 0.1, 0, 1), "GARCH11: a1 is -0.5"),
        (lambda: BMMR(0, 1, 0, 0), "BMMR: alpha is 0"),
        (lambda: GBM(math.nan, 1), "GBM: mu is nan"),
    ],
)
def test_parameters_outside_their_domain_are_named(make: Any, words: str) -> None:
    with pytest.raises(InvalidDistribution, match=words):
        make()


@pytest.mark.parametrize(
    ("process", "words"),
    [
        (AR1(0, 1, 1.0, 0), "−1 < a1 < 1"),
        (AR2(0, 1, 0.8, 0.3, 0, 0), "a1 \\+ a2 < 1"),
        (AR2(0, 1, -0.8, 0.3, 0, 0), "a2 − a1 < 1"),
        (GARCH11(0, 1, 0.5, 0.5, 0, 1), "sum to 1"),
    ],
)
def test_instability_is_named(process: Process, words: str) -> None:
    import re

    assert process.instability is not None
    assert re.search(words, process.instability)
    assert np.isfinite(process.path(U[:3, :10])).all()


def test_stable_processes_have_no_complaint() -> None:
    assert [process.name for process in SERIES if process.instability] == []


def test_a_price_from_returns() -> None:
    returns = GBM(0.05, 0.2).path(U)
    price = Reshaping(transform=1, integrate=1, constants=(math.log(80.0), 0.0)).apply(returns)
    np.testing.assert_allclose(price[-1], 80 * np.exp(returns.sum(axis=0)))
    # E price(k) = price(0) e^(mu k).
    assert price[3].mean() == pytest.approx(80 * math.exp(0.2), rel=0.02)


def test_reshaping() -> None:
    path = np.arange(1.0, 7.0).reshape(6, 1)
    assert Reshaping(transform=2, shift=1).apply(path).ravel().tolist() == [0, 3, 8, 15, 24, 35]
    assert Reshaping(integrate=2, constants=(10, 100)).apply(path).ravel().tolist() == [111, 124, 140, 160, 185, 216]
    added = Reshaping(season=3, period=4, terms=(0.1, 0.3, 0.5, 0.2), first=3).apply(path)
    np.testing.assert_allclose(added.ravel(), [1.5, 2.2, 3.1, 4.3, 5.5, 6.2])
    assert Reshaping(season=1, period=2, terms=(10, 20)).apply(path).ravel().tolist() == [11, 22, 14, 26, 19, 32]
    assert Reshaping().apply(path).tolist() == path.tolist()


@pytest.mark.parametrize(
    "options", [{"transform": 3}, {"integrate": -1}, {"season": 4}, {"season": 3, "period": 4, "terms": (1.0,)}]
)
def test_impossible_reshaping_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidDistribution, match="Time series"):
        Reshaping(**options)
