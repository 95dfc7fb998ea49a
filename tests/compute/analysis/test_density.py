"""Kernel densities against scipy's on the same samples, and widths against the best possible one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from compute.analysis.density import BandwidthRule, bandwidth, density

U = np.random.default_rng(1).random(5000)
NORMAL = stats.norm.ppf(U)
TWO_HUMPS = np.where(np.arange(5000) % 2 == 0, NORMAL * 0.5 - 3, NORMAL + 3)
SKEWED = stats.gamma.ppf(U, 3, scale=2)
RULES: tuple[BandwidthRule, ...] = ("silverman", "improved_sheather_jones")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("x", [NORMAL, TWO_HUMPS, SKEWED, 1e6 + 1e-3 * NORMAL], ids=["normal", "two", "gamma", "far"])
def test_heights_are_scipys_for_the_same_bandwidth(x: np.ndarray, rule: BandwidthRule) -> None:
    """To 1/1000 of the peak, the error of linear binning."""
    found = density(x, rule)
    assert found is not None
    assert found.rule == rule
    exact = stats.gaussian_kde(x - x.mean(), found.bandwidth / x.std(ddof=1))(found.values - x.mean())
    assert np.abs(found.heights - exact).max() < 1e-3 * exact.max()
    assert np.trapezoid(found.heights, found.values) == pytest.approx(1.0, abs=1e-3)


def test_silverman_by_his_formula() -> None:
    spread = min(SKEWED.std(ddof=1), stats.iqr(SKEWED) / 1.34)
    assert bandwidth(SKEWED, "silverman") == pytest.approx(0.9 * spread * 5000**-0.2, rel=1e-3)


def best_width(law: object, low: float, high: float, n: int) -> float:
    """The width with the least asymptotic mean integrated squared error, from the law's second derivative."""
    x = np.linspace(low, high, 200_001)
    bend = np.gradient(np.gradient(law(x), x), x)  # type: ignore[operator]
    return float((1 / (2 * math.sqrt(math.pi) * n * integrate.trapezoid(bend**2, x))) ** 0.2)


@pytest.mark.parametrize(
    ("x", "law"),
    [
        (NORMAL, stats.norm.pdf),
        (TWO_HUMPS, lambda x: stats.norm.pdf(x, -3, 0.5) / 2 + stats.norm.pdf(x, 3, 1) / 2),
        (stats.t.ppf(U, 5), lambda x: stats.t.pdf(x, 5)),
    ],
    ids=["normal", "two humps", "heavy tails"],
)
def test_improved_sheather_jones_finds_the_best_width(x: np.ndarray, law: object) -> None:
    assert bandwidth(x) == pytest.approx(best_width(law, -12, 12, x.size), rel=0.15)


@pytest.mark.parametrize(
    ("x", "shown"), [(NORMAL, 0.204917), (TWO_HUMPS, 0.131468), (SKEWED, 0.472031)], ids=["normal", "two", "gamma"]
)
def test_improved_sheather_jones_beside_another_program(x: np.ndarray, shown: float) -> None:
    """To 0.3 %: the root that KDEpy 1.1.12 finds for these samples, in lengths of its own grid."""
    assert bandwidth(x) == pytest.approx(shown, rel=3e-3)


def test_silverman_is_too_wide_for_two_humps_and_the_other_rule_is_not() -> None:
    wide, good = bandwidth(TWO_HUMPS, "silverman"), bandwidth(TWO_HUMPS)
    assert wide is not None
    assert good is not None
    assert wide > 3 * good


def test_counts_fall_back_and_say_so() -> None:
    found = density(stats.poisson.ppf(U, 3))
    assert found is not None
    assert found.rule == "silverman"


def test_a_window_shows_part_of_the_same_curve() -> None:
    whole, part = density(SKEWED, points=1000), density(SKEWED, points=50, low=2.0, high=4.0)
    assert whole is not None
    assert part is not None
    assert part.values[[0, -1]].tolist() == [2.0, 4.0]
    assert part.bandwidth == whole.bandwidth
    np.testing.assert_allclose(part.heights, np.interp(part.values, whole.values, whole.heights), rtol=2e-3)


def test_errors_are_left_out_and_constants_have_no_density() -> None:
    x = np.insert(NORMAL, 7, np.nan)
    ours, clean = density(x), density(NORMAL)
    assert ours is not None
    assert clean is not None
    np.testing.assert_array_equal(ours.heights, clean.heights)
    assert density(np.full(9, 2.0)) is None
    assert density(np.array([np.nan, 1.0])) is None
    two = density(np.array([1.0, 2.0]))
    assert two is not None
    assert np.all(np.isfinite(two.heights))


def test_impossible_wishes_are_refused() -> None:
    with pytest.raises(ValueError, match="points is 1"):
        density(NORMAL, points=1)
    with pytest.raises(ValueError, match="is empty"):
        density(NORMAL, low=1.0, high=1.0)
