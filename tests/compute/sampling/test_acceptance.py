"""Statistical acceptance of the random numbers, with fixed seeds: what docs/validation.md measures, held to limits.

Each limit leaves right numbers about one failure in a million.
"""

from __future__ import annotations

import numpy as np
import pytest

from compute.sampling import sampler, stream_key
from compute.sampling.sobol import DIMENSIONS, directions
from compute.sampling.streams import WordArray
from raw_stream import ORDERS
from validation import genz, laws, measure, stream_tests

LONG = [pytest.mark.sweep, pytest.mark.timeout(1_800)]
LEAST = 1e-6
SMOOTH = ("oscillatory", "product peak", "Gaussian")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("seeds", "count"), [(range(2), 1 << 16), pytest.param(range(100, 130), 1 << 20, marks=LONG)], ids=["small", "long"]
)
def test_the_raw_stream_is_uniform_and_independent(order: str, seeds: range, count: int) -> None:
    for test, found in stream_tests.p_values(order, seeds, count).items():
        least, uniformity = stream_tests.judged(found)
        assert least > LEAST / len(seeds), test
        assert uniformity > LEAST, test


def randu(count: int) -> WordArray:
    """IBM's RANDU, whose triples lie on fifteen planes (Marsaglia, PNAS 61, 1968)."""
    state, found = 1, np.empty(count, dtype=np.uint64)
    for i in range(count):
        state = 65_539 * state % 2**31
        found[i] = state << 33
    return found


def good(count: int) -> WordArray:
    return np.random.default_rng(1).integers(0, 2**64, count, dtype=np.uint64)


def lagged(count: int) -> WordArray:
    """Every other number is the one before it."""
    words = good(count)
    words[1::2] = words[0::2]
    return words


BAD = {
    "serial, 3 dimensions": randu(1 << 16),
    "lag correlations": lagged(1 << 16),
    "frequency (chi-square)": good(1 << 16) // np.uint64(100) * np.uint64(99),
    "Kolmogorov–Smirnov": good(1 << 16) // np.uint64(100) * np.uint64(98),
    "lowest bits (chi-square)": good(1 << 16) & np.uint64(0xFFFF_FFFF_FFFF_F7FF),
    "spectral, pairs: the highest": np.arange(1 << 16, dtype=np.uint64) * np.uint64(0x3000_0000_0000_1234),
    "spectral, pairs: all waves": np.sort(good(1 << 16)),
    "serial, 4 dimensions": np.repeat(good(1 << 14), 4),
    "serial, 5 dimensions": np.repeat(good(1 << 14), 5),
}


@pytest.mark.parametrize("test", stream_tests.TESTS)
def test_numbers_that_are_not_random_are_found_out(test: str) -> None:
    assert stream_tests.TESTS[test](BAD[test]) < LEAST
    assert stream_tests.TESTS[test](good(1 << 16)) > 1e-3


@pytest.mark.parametrize("n", measure.STRATA)
def test_each_stratum_of_a_latin_hypercube_holds_one_draw(n: int) -> None:
    assert measure.strata_off(n, 0, 1) == 0


@pytest.mark.sweep
def test_each_stratum_holds_one_draw_for_every_draw_and_seed() -> None:
    assert set(measure.measured_strata().values()) == {0}


@pytest.mark.parametrize("each", genz.INTEGRANDS, ids=lambda each: f"{each.name} {each.difficulty:g}")
def test_the_integrals_are_those_of_the_integrands(each: genz.Integrand) -> None:
    values = each.function(np.random.default_rng(2).random((genz.DIMENSIONS, 1 << 18)))
    assert abs(values.mean() - each.integral) < 4.9 * values.std() / 2**9


@pytest.mark.parametrize(
    ("seeds", "sizes"),
    [(range(10), genz.SIZES[:6]), pytest.param(range(100, 150), genz.SIZES, marks=LONG)],
    ids=["small", "long"],
)
def test_sobol_errors_fall_much_faster_than_monte_carlo_s(seeds: range, sizes: tuple[int, ...]) -> None:
    sobol, scipys = genz.errors("sobol", seeds, sizes), genz.errors("scipy", seeds, sizes)
    slopes = dict(zip(genz.INTEGRANDS, genz.slopes(sobol, sizes), strict=True))
    assert [each.name for each, slope in slopes.items() if each.name in SMOOTH and slope > -1] == []
    # A sharp peak in one corner and a jump do not reach n⁻¹ over these sizes, with scipy's points neither.
    assert [each.name for each, slope in slopes.items() if slope > -0.6] == []
    # The mean over the sizes: at one size ten scrambles tell little.
    assert np.exp(np.log(sobol / scipys).mean(axis=1)).max() < 2


@pytest.mark.sweep
def test_twenty_thousand_draws_have_a_sobol_dimension_each() -> None:
    assert DIMENSIONS >= 20_000
    n, streams = 1 << 12, [stream_key("Model", f"B{row}", 0) for row in range(1, 20_001)]
    face = sampler("sobol", 3, n, streams)
    for draw in (0, 9_999, 19_999):
        assert np.array_equal(np.sort(np.floor(face.uniforms(draw, 0, n) * n)), np.arange(n))
    assert len({directions(draw) for draw in range(19_000, 19_050)}) == 50


@pytest.mark.parametrize(
    ("seeds", "iterations"),
    [(range(200, 203), 20_000), pytest.param(range(200, 220), 1_000_000, marks=LONG)],
    ids=["small", "long"],
)
def test_the_most_used_laws_of_a_workbook_fit_scipy_s(seeds: range, iterations: int) -> None:
    for law, found in laws.p_values(seeds, iterations).items():
        least, uniformity = stream_tests.judged(found)
        assert least > LEAST / len(seeds), law
        assert uniformity > LEAST, law
