"""Sobol points in vector code have the bits of the sampler, and what cannot be made there is left alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from compute.backends.native import NativeMachine
from compute.backends.native.scrambled import fill_points
from compute.runners.model import Model
from compute.sampling.sobol import DIMENSIONS, Sobol
from compute.sampling.streams import stream_key

Build = Callable[..., Path]
THREE_DRAWS = {**dict.fromkeys(("A1", "A2", "A3"), "=_xldudf_MC_UNIFORM(0,1)"), "B1": "=A1+A2+A3"}
STREAMS = tuple(stream_key("S", f"A{i}", 0) for i in range(1, 1201))
FIRST_DIMENSIONS = tuple(range(131))
"""All that the first polynomials give, of degrees 0 to 9, an odd number of them."""


def assert_bits_of_the_sampler(sampler: Sobol, sites: Sequence[int], start: int, stop: int) -> None:
    rows = np.full((len(sites) + 1, -(-(stop - start) // 8) * 8), np.nan)
    assert fill_points(sampler, sites, rows, start, stop)
    for row, site in zip(rows, sites, strict=False):
        wanted = sampler.uniforms(site, start, stop)
        np.testing.assert_array_equal(row[: stop - start].view(np.uint64), wanted.view(np.uint64), str(site))


@pytest.mark.parametrize("seed", [0, 7, 2**64 - 3])
@pytest.mark.parametrize(
    ("start", "stop"),
    [(0, 1), (0, 8), (0, 1003), (8, 40), (1000, 2000), (4096, 8192), (65_528, 65_553), (2**20 - 64, 2**20 + 64)],
)
def test_bits_of_the_sampler(seed: int, start: int, stop: int) -> None:
    assert_bits_of_the_sampler(Sobol(seed, 2_000_000, STREAMS), FIRST_DIMENSIONS, start, stop)


@pytest.mark.parametrize("start", [2**29 - 16, 2**30 - 32, 10**9 - 40, 2**31 - 8, 2**32 - 16])
def test_the_last_iterations_there_are(start: int) -> None:
    """Beyond 2³¹ the highest direction takes part; the group after the last one would need a bit that is not there."""
    assert_bits_of_the_sampler(Sobol(7, 2**32, STREAMS), (0, 1, 2, 40, 700), start, start + 16)


def test_high_dimensions() -> None:
    streams = {site: stream_key("S", "B", site) for site in range(0, DIMENSIONS, 1_511)}
    sampler = Sobol(11, 5000, tuple(streams.get(site, 0) for site in range(DIMENSIONS)))
    assert_bits_of_the_sampler(sampler, (*streams, DIMENSIONS - 1), 2048, 2400)


def test_some_of_the_draws_in_any_order() -> None:
    assert_bits_of_the_sampler(Sobol(3, 5000, STREAMS), [900, 4, 1, 0], 64, 200)


def test_blocks_are_parts_of_the_whole() -> None:
    sampler, sites = Sobol(5, 4096, STREAMS), [3, 8]
    whole, part = np.empty((2, 4096)), np.empty((2, 512))
    assert fill_points(sampler, sites, whole, 0, 4096)
    for start in range(0, 4096, 512):
        assert fill_points(sampler, sites, part, start, start + 512)
        np.testing.assert_array_equal(part, whole[:, start : start + 512])


@pytest.mark.parametrize(
    ("sites", "rows", "start", "stop"),
    [
        ([0, 1, DIMENSIONS], 4, 0, 64),
        ([0, 1, 2], 4, 4, 64),
        ([0, 1, 2], 3, 0, 64),
        ([0, 1, 2], 4, 0, 72),
        ([0, 1, 2], 4, 2**32 - 8, 2**32 + 8),
        ([], 4, 0, 64),
    ],
    ids=["beyond the dimensions", "odd start", "no row for the odd draw", "short rows", "beyond the points", "no draw"],
)
def test_what_is_left_to_the_sampler(sites: list[int], rows: int, start: int, stop: int) -> None:
    given = np.full((rows, 64), -1.0)
    assert not fill_points(Sobol(3, 2**32, STREAMS), sites, given, start, stop)
    assert (given == -1.0).all()


def test_a_program_takes_them(book: Build) -> None:
    """Whatever the blocks, its draws are the sampler's; an odd number of them, the last block not full."""
    machine = NativeMachine(Model.open(book({"S": THREE_DRAWS}), outputs=["S!B1"]).program)
    sampler = Sobol(9, 1003, tuple(d.stream for d in machine.program.draws))
    for start, stop in ((0, 512), (512, 1003), (4, 20)):
        result = machine.run(sampler, start, stop)
        wanted = np.array([sampler.uniforms(d, start, stop) for d in range(3)])
        np.testing.assert_array_equal(result.inputs, wanted)
        np.testing.assert_array_equal(result.outputs[0], wanted[0] + wanted[1] + wanted[2])
