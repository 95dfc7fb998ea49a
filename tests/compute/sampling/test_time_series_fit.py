"""Processes fitted to a series find what it was drawn with, and the right kind wins by AIC."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from compute.errors import SpecificationError
from compute.sampling.time_series import AR1, AR2, ARCH1, ARMA11, BMMR, GARCH11, GBM, MA1, MA2, Process
from compute.sampling.time_series_fit import fit_series

N = 4000
TRUE: list[tuple[Process, dict[str, float]]] = [
    (AR1(100, 40, 0.8, 100), {"mu": 14, "sigma": 2, "a1": 0.04}),
    (AR2(10, 2, 0.5, 0.3, 10, 10), {"mu": 0.8, "sigma": 0.1, "a1": 0.07, "a2": 0.07}),
    (MA1(10, 2, 0.6, 0), {"mu": 0.22, "sigma": 0.1, "b1": 0.06}),
    (MA2(10, 2, 0.6, -0.3, 0, 0), {"mu": 0.2, "sigma": 0.1, "b1": 0.07, "b2": 0.07}),
    (ARMA11(100, 40, 0.8, 0.5, 100, 0), {"mu": 25, "sigma": 2, "a1": 0.05, "b1": 0.07}),
    (ARCH1(50, 10, 0.4, 50), {"mu": 0.25, "omega": 1.3, "a1": 0.12}),
    (GARCH11(50, 1, 0.15, 0.75, 50, 3.2), {"mu": 0.2, "omega": 0.5, "a1": 0.06, "b1": 0.11}),
    (GBM(0.01, 0.05), {"mu": 0.004, "sigma": 0.003}),
    (BMMR(10, 2, 0.4, 10), {"mu": 0.4, "sigma": 0.15, "alpha": 0.09}),
]


def drawn(process: Process) -> Any:
    return process.path(np.random.default_rng(12).random((N, 1)))[:, 0]


@pytest.mark.parametrize(("process", "allowed"), TRUE, ids=lambda value: getattr(value, "name", ""))
def test_parameters_are_recovered(process: Process, allowed: dict[str, float]) -> None:
    series = drawn(process)
    (found,) = fit_series(series, [type(process)])
    for name, gap in allowed.items():
        assert getattr(found.process, name) == pytest.approx(getattr(process, name), abs=gap), asdict(found.process)  # type: ignore[call-overload]
    if hasattr(found.process, "y0"):
        assert found.process.y0 == series[-1]


@pytest.mark.parametrize(("process", "_allowed"), TRUE[:7], ids=lambda value: getattr(value, "name", ""))
def test_the_kind_that_made_the_series_wins_or_nests_the_winner(process: Process, _allowed: object) -> None:
    fits = fit_series(drawn(process))
    aics = {type(fit.process): fit.aic for fit in fits}
    assert aics[type(process)] <= fits[0].aic + 3.0


def test_the_likelihood_of_an_autoregression() -> None:
    series = drawn(AR1(100, 40, 0.8, 100))[:50]
    (found,) = fit_series(series, [AR1])
    process = found.process
    assert isinstance(process, AR1)
    errors = series[2:] - process.mu - process.a1 * (series[1:-1] - process.mu)
    exact = np.sum(-0.5 * (errors / process.sigma) ** 2 - math.log(process.sigma) - 0.5 * math.log(2 * math.pi))
    assert found.log_likelihood == pytest.approx(exact)
    assert found.aic == pytest.approx(-2 * exact + 6)


@pytest.mark.parametrize(
    ("series", "words"),
    [
        ([1.0] * 5, "has 5 values"),
        ([1.0] * 20, "all values are 1"),
        ([*range(12), math.nan], "value 13 is nan"),
        (["a"] * 12, "must be a number"),
    ],
)
def test_bad_series_are_named(series: Any, words: str) -> None:
    with pytest.raises(SpecificationError, match=words):
        fit_series(series)


@pytest.mark.parametrize("seed", [1, 8, 9, 11, 23])
def test_no_process_at_the_bound_of_invertibility_is_offered(seed: int) -> None:
    # With these seeds a moving average of −1 or 1 that almost cancels an autoregression is likeliest.
    fits = fit_series(np.random.default_rng(seed).normal(0, 1, 60))
    for found in (fit.process for fit in fits if isinstance(fit.process, MA1 | MA2 | ARMA11)):
        roots = np.roots([1.0, found.b1, getattr(found, "b2", 0.0)])
        assert np.abs(roots).max() < 0.996, found
    assert not isinstance(fits[0].process, ARMA11)
    assert {AR1, ARCH1} <= {type(fit.process) for fit in fits}


def test_a_process_of_both_kinds_whose_roots_are_apart_is_kept() -> None:
    series = drawn(ARMA11(0, 1, 0.9, -0.7, 0, 0))
    assert ARMA11 in {type(fit.process) for fit in fit_series(series)}
