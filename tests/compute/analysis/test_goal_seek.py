"""Goal seek: roots against scipy's, few steps, and honest ends where there is no root."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import optimize, stats

from compute.analysis.describe import Measure
from compute.analysis.goal_seek import GoalSeek


def run(search: GoalSeek, model: Callable[[float], float | None]) -> GoalSeek:
    while (value := search.next_value) is not None:
        assert search.low <= value <= search.high
        search = search.told(model(value))
    return search


SMOOTH: dict[str, Callable[[float], float]] = {
    "straight": lambda x: 3 * x - 7,
    "falling": lambda x: 5 - x**3,
    "bent": lambda x: math.exp(3 * x) - 1000,
    "flat at the root": lambda x: (x - 2) ** 9,
    "steep": lambda x: math.atan(1e6 * (x - 2.2)),
    "one-sided": lambda x: x**20 - 1,
}


# Two more at most than scipy.optimize.elementwise.find_root, which begins without a secant step.
STEPS = {"straight": 3, "falling": 12, "bent": 14, "flat at the root": 10, "steep": 33, "one-sided": 17}


@pytest.mark.parametrize("name", SMOOTH)
def test_roots_are_scipys(name: str) -> None:
    model = SMOOTH[name]
    found = run(GoalSeek(0.0, 0.0, 10.0, tolerance=1e-9, most_steps=80, resolution=1e-17), model)
    assert found.outcome == "reached"
    assert found.best is not None
    assert abs(model(found.best.value)) <= 1e-9
    if name != "flat at the root":
        assert found.best.value == pytest.approx(optimize.brentq(model, 0, 10, xtol=1e-14), abs=1e-8)
    assert len(found.tried) <= STEPS[name]


def test_a_statistic_of_a_simulation_is_brought_to_its_target() -> None:
    """The mean profit that a price gives, with a chance of loss of 10 %: the same seed in every run."""
    demand, cost = np.random.default_rng(3).normal(100, 20, 5000), np.random.default_rng(4).normal(400, 100, 5000)

    def chance_of_loss(price: float) -> float | None:
        return Measure("percentile", 0.1).of(price * demand - cost)

    found = run(GoalSeek(0.0, 1.0, 20.0, tolerance=1e-6), chance_of_loss)
    assert found.outcome == "reached"
    assert found.best is not None
    assert np.mean(found.best.value * demand - cost <= 0) == pytest.approx(0.1, abs=0.001)
    assert len(found.tried) < 15
    exact = optimize.brentq(
        lambda price: float(stats.norm.ppf(0.1, price * 100 - 400, math.hypot(price * 20, 100))), 1, 20
    )
    assert found.best.value == pytest.approx(exact, rel=0.03)


def test_a_leap_over_the_target_is_told() -> None:
    found = run(GoalSeek(0.5, 0.0, 8.0, tolerance=0.1), lambda x: float(x > math.pi))
    assert found.outcome == "jump"
    near = sorted(abs(tried.value - math.pi) for tried in found.tried)
    assert near[0] < 1e-11


def test_a_target_out_of_reach_is_told_after_two_runs() -> None:
    found = run(GoalSeek(100.0, 0.0, 1.0, tolerance=0.1), lambda x: x)
    assert (found.outcome, len(found.tried)) == ("out_of_reach", 2)
    assert found.best is not None
    assert found.best.value == 1.0


def test_other_ends() -> None:
    assert run(GoalSeek(0.0, 0.0, 1.0, tolerance=0.0), lambda x: x).tried[0].value == 0.0
    assert run(GoalSeek(0.0, -1.0, 1.0, tolerance=0.1), lambda x: None).outcome == "undetermined"
    few = run(GoalSeek(0.3, 0.0, 1.0, tolerance=0.0, most_steps=3), lambda x: x**5)
    assert (few.outcome, len(few.tried)) == ("out_of_steps", 3)
    with pytest.raises(ValueError, match="search is over"):
        few.told(1.0)


def test_a_search_is_a_value() -> None:
    start = GoalSeek(0.3, 0.0, 1.0, tolerance=1e-3).told(-1.0)
    assert start.told(1.0) == start.told(1.0)
    assert len(start.tried) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"low": 1.0},
        {"high": math.inf},
        {"tolerance": -1.0},
        {"most_steps": 1},
        {"resolution": 0.0},
        {"target": math.nan},
    ],
)
def test_searches_that_make_no_sense_are_refused(given: dict[str, float]) -> None:
    fine: dict[str, float] = {"target": 0.0, "low": 0.0, "high": 1.0, "tolerance": 0.1}
    with pytest.raises(ValueError):
        GoalSeek(**{**fine, **given})  # type: ignore[arg-type]
