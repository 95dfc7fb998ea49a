"""Uniforms that are handed to kernels have the bits of the sampler, correlated ones too, whoever makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from compute.backends.native.given import fill_given
from compute.backends.native.plain import fill_plain
from compute.backends.native.streams import SAME_WORDS
from compute.sampling import Sampler, sampler
from compute.sampling.copulas import (
    ClaytonCopula,
    Copula,
    FrankCopula,
    GaussianCopula,
    GumbelCopula,
    Reflected,
    StudentCopula,
)
from compute.sampling.correlated import CorrelatedGroup, CorrelatedSampler
from compute.sampling.counted import CountedSampler
from compute.sampling.own_seeds import OwnSeeds
from compute.sampling.streams import stream_key, uniforms
from compute.sampling.stressed import StressedSampler

STREAMS = tuple(stream_key("S", f"A{i}", 0) for i in range(1, 12))
ITERATIONS = 3000
MATRIX = np.array([[1.0, 0.7, -0.2], [0.7, 1.0, 0.1], [-0.2, 0.1, 1.0]])
WAYS = ("monte_carlo", "latin_hypercube", "sobol")
COPULAS: dict[str, Copula] = {
    "Gaussian": GaussianCopula(MATRIX),
    "Student": StudentCopula(MATRIX, 4.0),
    "Clayton": ClaytonCopula(2.0, 3),
    "Gumbel": GumbelCopula(1.7, 3),
    "Frank": FrankCopula(3.0, 3),
    "reflected": Reflected(GaussianCopula(MATRIX), (True, False, True)),
}
EVERY = tuple(range(len(STREAMS)))


def base(way: str, iterations: int = ITERATIONS) -> Sampler:
    return sampler(way, 2**63 + 5, iterations, STREAMS)  # type: ignore[arg-type]


def assert_bits_of_the_sampler(source: Callable[[], Sampler], sites: Sequence[int], start: int, stop: int) -> None:
    """Two samplers, since one keeps what it made."""
    rows = np.full((len(sites) + 1, -(-(stop - start) // 8) * 8), np.nan)
    fill_given(source(), sites, rows, start, stop)
    asked = source()
    for row, site in zip(rows, sites, strict=False):
        wanted = asked.uniforms(site, start, stop)
        np.testing.assert_array_equal(row[: stop - start].view(np.uint64), wanted.view(np.uint64), str(site))
        assert ((row > 0.0) & (row < 1.0)).all(), "what nobody looks at is a uniform too"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("start", "stop"), [(0, 1), (0, 1000), (1024, 2048), (5, 77), (2992, 3000)])
def test_independent_draws(way: str, start: int, stop: int) -> None:
    assert_bits_of_the_sampler(lambda: base(way), EVERY, start, stop)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", COPULAS)
def test_correlated_draws(name: str, way: str) -> None:
    """Two groups and draws that belong to none; a member that comes before the first of its group."""
    groups = [
        CorrelatedGroup("first", (4, 1, 9), COPULAS[name]),
        CorrelatedGroup("second", (0, 10), GaussianCopula(MATRIX[:2, :2])),
    ]
    for sites in (EVERY, (9, 3, 1, 4)):
        for start, stop in ((0, 512), (512, 1021), (7, 99)):
            assert_bits_of_the_sampler(lambda: CorrelatedSampler(base(way), ITERATIONS, groups), sites, start, stop)


def test_a_group_of_which_the_program_lacks_a_draw() -> None:
    groups = [CorrelatedGroup("first", (4, 1, 9), COPULAS["Student"])]
    for sites in ((4, 9), (2, 1, 3)):
        assert_bits_of_the_sampler(lambda: CorrelatedSampler(base("monte_carlo"), ITERATIONS, groups), sites, 0, 256)


@pytest.mark.parametrize("way", WAYS)
def test_an_order_over_the_whole_run(way: str) -> None:
    groups = [
        CorrelatedGroup("ordered", (4, 1, 9), COPULAS["Gaussian"], "iman_conover", MATRIX),
        CorrelatedGroup("second", (0, 10), GaussianCopula(MATRIX[:2, :2])),
    ]
    for batch in (None, 1000):
        assert_bits_of_the_sampler(
            lambda: CorrelatedSampler(base(way), ITERATIONS, groups, batch), EVERY, 992, 2056  # noqa: B023
        )  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_draws_that_are_changed(way: str) -> None:
    """A seed of its own, one that counts, stress of one that is correlated, over the others' native uniforms."""

    def source() -> Sampler:
        tied = CorrelatedSampler(base(way), ITERATIONS, [CorrelatedGroup("first", (4, 1, 9), COPULAS["Gaussian"])])
        own = OwnSeeds(tied, {2: sampler(way, 77, ITERATIONS, STREAMS)})  # type: ignore[arg-type]
        return StressedSampler(CountedSampler(own, {5: 7}), {1: (0.0, 0.05), 6: (0.9, 1.0)})

    for sites in (EVERY, (6, 1, 4, 9, 5, 2)):
        for start, stop in ((0, 512), (7, 99)):
            assert_bits_of_the_sampler(source, sites, start, stop)


@pytest.mark.parametrize(
    ("rows", "start", "stop"),
    [(12, 4, 64), (11, 0, 64), (12, 0, 72), (12, (1 << SAME_WORDS) - 8, (1 << SAME_WORDS) + 8)],
    ids=["odd start", "no row for the odd stream", "short rows", "across an edge"],
)
def test_what_is_left_to_the_sampler(rows: int, start: int, stop: int) -> None:
    given = np.full((rows, 64), -1.0)
    assert not fill_plain(3, STREAMS, given, start, stop)
    assert (given == -1.0).all()


def test_the_last_iterations_of_a_block_s_words() -> None:
    start = (1 << SAME_WORDS) - 64
    rows = np.empty((12, 64))
    assert fill_plain(3, STREAMS, rows, start, start + 64)
    np.testing.assert_array_equal(rows[:11], [uniforms(3, s, start, start + 64) for s in STREAMS])
