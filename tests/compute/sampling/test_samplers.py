"""Latin hypercube, Sobol and plain Monte Carlo behind their one face."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from scipy import special, stats
from scipy.stats import qmc

from compute.errors import SpecificationError
from compute.sampling import Sampling, sampler, stream_key, uniforms
from compute.sampling.permutation import Permutation
from compute.sampling.primitive_polynomials import primitive_polynomials
from compute.sampling.sobol import DIMENSIONS, directions, owen_scramble, sobol_points

WAYS: tuple[Sampling, ...] = ("monte_carlo", "latin_hypercube", "sobol")
STREAMS = [stream_key("Model", f"C{row}", 0) for row in range(40)]


@pytest.mark.parametrize("way", WAYS)
def test_a_slice_equals_the_slice_of_the_whole(way: Sampling) -> None:
    face = sampler(way, 42, 10_007, STREAMS)
    whole = face.uniforms(3, 0, 10_007)
    for start, stop in ((0, 1), (1, 2), (5, 4096), (4096, 8192), (8191, 10_007), (77, 77)):
        assert face.uniforms(3, start, stop).tolist() == whole[start:stop].tolist()


@pytest.mark.parametrize("way", ["monte_carlo", "sobol"])
def test_a_shorter_run_is_the_beginning_of_a_longer_one(way: Sampling) -> None:
    shorter, longer = (sampler(way, 42, n, STREAMS).uniforms(3, 0, 1000) for n in (1000, 10_007))
    assert shorter.tolist() == longer.tolist()


@pytest.mark.parametrize("way", WAYS)
def test_draws_are_uniform_and_uncorrelated(way: Sampling) -> None:
    n = 20_000
    face = sampler(way, 7, n, STREAMS)
    rows = np.array([face.uniforms(draw, 0, n) for draw in range(12)])
    assert rows.min() > 0
    assert rows.max() < 1
    assert min(stats.kstest(row, "uniform").pvalue for row in rows) > 1e-3
    correlations = np.corrcoef(rows)[np.triu_indices(len(rows), 1)]
    assert np.abs(correlations).max() < 4.5 / np.sqrt(n)


@pytest.mark.parametrize("way", WAYS)
def test_seed_and_stream_change_every_draw(way: Sampling) -> None:
    one = sampler(way, 7, 1000, STREAMS).uniforms(0, 0, 1000)
    other_seed = sampler(way, 8, 1000, STREAMS).uniforms(0, 0, 1000)
    other_stream = sampler(way, 7, 1000, STREAMS[1:]).uniforms(0, 0, 1000)
    assert np.count_nonzero(one == other_seed) == 0
    assert np.count_nonzero(one == other_stream) == 0


@pytest.mark.parametrize("n", [1, 2, 3, 10, 1000, 4096, 10_007, 100_000])
def test_latin_hypercube_takes_one_draw_in_each_stratum(n: int) -> None:
    face = sampler("latin_hypercube", 1, n, STREAMS)
    for draw in range(3):
        u = face.uniforms(draw, 0, n)
        strata = np.floor(u * n)
        assert np.array_equal(np.sort(strata), np.arange(n))
        for value, stratum in zip(u[:500].tolist(), strata[:500].tolist(), strict=True):
            assert Fraction(stratum) / n < Fraction(value) < (Fraction(stratum) + 1) / n


def test_strata_hold_for_a_thousand_million_iterations() -> None:
    n = 1_000_000_000
    u = sampler("latin_hypercube", 1, n, STREAMS).uniforms(0, n - 5000, n)
    places = Permutation.keyed(1, STREAMS[0], n)(np.arange(n - 5000, n, dtype=np.uint64))
    for value, stratum in zip(u.tolist(), places.tolist(), strict=True):
        assert Fraction(int(stratum), n) < Fraction(value) < Fraction(int(stratum) + 1, n)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7, 8, 9, 100, 1023, 1024, 1025, 50_000])
def test_permutation_is_one_to_one(n: int) -> None:
    for stream in range(5):
        places = Permutation.keyed(3, stream, n)(np.arange(n, dtype=np.uint64))
        assert np.array_equal(np.sort(places), np.arange(n))


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_all_orders_of_a_few_strata_are_equally_likely(n: int) -> None:
    orders = dict.fromkeys(itertools.permutations(range(n)), 0)
    for stream in range(60 * len(orders)):
        places = Permutation.keyed(11, stream * 0x9E3779B97F4A7C15 % 2**64, n)(np.arange(n, dtype=np.uint64))
        orders[tuple(int(place) for place in places)] += 1
    assert stats.chisquare(list(orders.values())).pvalue > 1e-3


@pytest.mark.parametrize("n", [16, 100, 1000])
def test_permutations_of_streams_are_as_uncorrelated_as_random_ones(n: int) -> None:
    index = np.arange(n, dtype=np.uint64)
    ranks = np.array([Permutation.keyed(5, stream, n)(index) for stream in range(300)], dtype=np.float64)
    correlations = np.corrcoef(ranks)[np.triu_indices(300, 1)] * np.sqrt(n - 1)
    assert abs(float(correlations.mean())) < 0.03
    assert float(correlations.std()) == pytest.approx(1, abs=0.03)
    steps = [np.corrcoef(row[1:], row[:-1])[0, 1] for row in ranks]
    assert abs(float(np.mean(steps)) * np.sqrt(n) + 1 / np.sqrt(n)) < 0.3


def test_latin_hypercube_has_less_variance_than_monte_carlo() -> None:
    def spread(way: Sampling) -> float:
        means = [special.ndtri(sampler(way, seed, 1000, STREAMS).uniforms(0, 0, 1000)).mean() for seed in range(40)]
        return float(np.std(means))

    assert spread("latin_hypercube") < spread("monte_carlo") / 20


@pytest.mark.parametrize("dimension", [0, 1, 2, 7, 40, 63, 64, 65, 200, 299])
def test_sobol_points_are_scipys(dimension: int) -> None:
    points = qmc.Sobol(d=300, scramble=False, bits=32).random(2048)[:, dimension]
    index = np.arange(2048)
    ours = sobol_points(dimension, 0, 2048) * 2.0**-32
    assert ours[index ^ (index >> 1)].tolist() == points.tolist()


def test_direction_numbers_beyond_those_read_off_are_scipys() -> None:
    sequence = qmc.Sobol(d=130, scramble=False, bits=32)
    sequence.fast_forward(1 << 18)
    point = np.ldexp(sequence.random(1)[0], 32).astype(np.uint64)
    for dimension in range(130):
        numbers = directions(dimension)
        assert numbers[18] ^ numbers[17] == int(point[dimension])


def test_primitive_polynomials_are_counted_by_eulers_function() -> None:
    degrees = [value.bit_length() - 1 for value in primitive_polynomials(336)]
    assert [degrees.count(degree) for degree in range(1, 12)] == [1, 1, 2, 2, 6, 6, 18, 16, 48, 60, 176]
    assert primitive_polynomials(4) == (3, 7, 11, 13)


def test_scrambling_keeps_the_net() -> None:
    for dimension in (0, 5):
        points = owen_scramble(sobol_points(dimension, 0, 1024), (0x12345678, 0x9ABCDEF0))
        assert np.array_equal(np.sort(points >> np.uint32(22)), np.arange(1024))


def test_scrambled_pairs_of_dimensions_keep_their_strata() -> None:
    face = sampler("sobol", 9, 1024, STREAMS)
    first, second = (np.floor(face.uniforms(draw, 0, 1024) * 32) for draw in (0, 1))
    assert len(set(zip(first.tolist(), second.tolist(), strict=True))) == 1024


def test_sobol_integrates_better_than_monte_carlo() -> None:
    def error(way: Sampling) -> float:
        errors = []
        for seed in range(20):
            face = sampler(way, seed, 4096, STREAMS)
            product = np.prod([1 + (face.uniforms(draw, 0, 4096) - 0.5) for draw in range(6)], axis=0)
            errors.append(float(product.mean()) - 1)
        return float(np.sqrt(np.mean(np.square(errors))))

    assert error("sobol") < error("monte_carlo") / 20


def test_draws_beyond_the_last_sobol_dimension_are_philox() -> None:
    face = sampler("sobol", 9, 100, [17] * (DIMENSIONS + 1))
    assert face.uniforms(DIMENSIONS, 10, 20).tolist() == uniforms(9, 17, 10, 20).tolist()


@pytest.mark.parametrize(
    ("way", "seed", "iterations", "code"),
    [
        ("stratified", 1, 10, "simulation.sampling"),
        ("sobol", -1, 10, "simulation.seed"),
        ("sobol", 2**64, 10, "simulation.seed"),
        ("sobol", 1, 0, "simulation.iterations"),
        ("sobol", 1, 10**9 + 1, "simulation.iterations"),
    ],
)
def test_specifications_outside_the_limits_are_refused(way: str, seed: int, iterations: int, code: str) -> None:
    with pytest.raises(SpecificationError) as caught:
        sampler(way, seed, iterations, STREAMS)  # type: ignore[arg-type]
    assert caught.value.code == code
