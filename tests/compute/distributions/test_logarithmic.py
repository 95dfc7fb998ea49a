"""The logarithmic series law up to parameters next to 1, where its tail is long: mpmath in thirty digits as oracle."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from compute.distributions.trials import Logarithmic

THETAS = (0.01, 0.3, 0.8999, 0.9, 0.97, 0.99, 0.999, 0.9999)
COUNTS = (1, 2, 5, 18, 19, 20, 49, 199, 1_000, 10_000, 100_000)


def tail(count: int, theta: float) -> float:
    """P(X > count): the integral of (θ e^(−s))^(count+1) / (1 − θ e^(−s)) over s > 0, over −ln(1 − θ)."""
    with mpmath.workdps(30):
        exact, k = mpmath.mpf(theta), count + 1
        ends = [0, *(mpmath.mpf(10) ** e for e in range(-9, 2)), mpmath.inf]
        total = mpmath.quad(lambda s: mpmath.exp(-k * s) / (1 - exact * mpmath.exp(-s)), ends)
        return float(-(exact**k) * total / mpmath.log1p(-exact))


@pytest.mark.parametrize("theta", THETAS)
def test_tails_are_the_series(theta: float) -> None:
    expected = np.array([tail(k, theta) for k in COUNTS])
    found = Logarithmic(theta).sf(np.array(COUNTS, dtype=np.float64))
    # Below 1e-200 the power alone has lost two digits.
    np.testing.assert_allclose(found, expected, rtol=2e-13, atol=1e-300)


@pytest.mark.parametrize("theta", [0.9, 0.97, 0.99, 0.9999, 0.999999])
def test_moments_are_the_factorial_ones(theta: float) -> None:
    law = Logarithmic(theta)
    with mpmath.workdps(50):
        a, w = -1 / mpmath.log1p(-mpmath.mpf(theta)), mpmath.mpf(theta) / (1 - mpmath.mpf(theta))
        factorial = [a * mpmath.factorial(r - 1) * w**r for r in range(1, 5)]
        stirling = ((1,), (1, 1), (1, 3, 1), (1, 7, 6, 1))
        raw = [sum(s * f for s, f in zip(row, factorial, strict=False)) for row in stirling]
        m, variance = raw[0], raw[1] - raw[0] ** 2
        third = raw[2] - 3 * m * raw[1] + 2 * m**3
        fourth = raw[3] - 4 * m * raw[2] + 6 * m**2 * raw[1] - 3 * m**4
        expected = [float(v) for v in (m, variance, third / variance ** mpmath.mpf(1.5), fourth / variance**2)]
    np.testing.assert_allclose([law.mean, law.variance, law.skewness, law.kurtosis], expected, rtol=1e-9)
    assert law.static_value == round(expected[0])


@pytest.mark.parametrize("theta", [0.97, 0.99, 0.9999])
def test_quantiles_are_the_smallest_counts_with_enough_probability(theta: float) -> None:
    law, p = Logarithmic(theta), np.array([0.01, 0.3, 0.5, 0.9, 0.999, 1 - 1e-9])
    for probability, count in zip(p, law.ppf(p), strict=True):
        assert tail(int(count), theta) <= (1 - probability) * (1 + 1e-6)
        assert count == 1 or tail(int(count) - 1, theta) > (1 - probability) * (1 - 1e-6)
