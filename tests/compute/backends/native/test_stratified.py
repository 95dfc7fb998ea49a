"""A Latin hypercube in vector code has the bits of the sampler, and leaves alone what it cannot make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from compute.backends.native import NativeMachine
from compute.backends.native.stratified import fill_strata
from compute.backends.native.streams import SAME_WORDS
from compute.runners.model import Model
from compute.sampling.latin_hypercube import LatinHypercube

Build = Callable[..., Path]
THREE_DRAWS = {**dict.fromkeys(("A1", "A2", "A3"), "=_xldudf_MC_UNIFORM(0,1)"), "B1": "=A1+A2+A3"}
STREAMS = (5, 2**64 - 1, 0x9E3779B97F4A7C15, 2**32, 77)


@pytest.mark.parametrize("iterations", [1, 2, 9, 16, 1000, 65_536, 65_537, 10**9])
@pytest.mark.parametrize("seed", [0, 2**64 - 3])
def test_bits_of_the_sampler(iterations: int, seed: int) -> None:
    sampler = LatinHypercube(seed, iterations, STREAMS)
    for start in {0, (iterations - 1) // 2 // 8 * 8, (iterations - 1) // 8 * 8}:
        stop = min(start + 1000, iterations)
        rows = np.full((len(STREAMS) + 1, 1008), np.nan)
        assert fill_strata(sampler, range(len(STREAMS)), rows, start, stop)
        wanted = [sampler.uniforms(d, start, stop) for d in range(len(STREAMS))]
        np.testing.assert_array_equal(rows[: len(STREAMS), : stop - start], wanted)


def test_some_of_the_draws_in_any_order() -> None:
    sampler = LatinHypercube(3, 5000, STREAMS)
    rows = np.zeros((2, 64))
    assert fill_strata(sampler, [4, 1], rows, 64, 128)
    np.testing.assert_array_equal(rows, [sampler.uniforms(d, 64, 128) for d in (4, 1)])


@pytest.mark.parametrize(
    ("sampler", "rows", "start", "stop"),
    [
        (LatinHypercube(3, 5000, STREAMS, batch=1000), 6, 0, 64),
        (LatinHypercube(3, 5000, STREAMS), 6, 4, 64),
        (LatinHypercube(3, 5000, STREAMS), 5, 0, 64),
        (LatinHypercube(3, 5000, STREAMS), 6, 0, 72),
        (LatinHypercube(3, 2**32, STREAMS), 6, 0, 64),
        (LatinHypercube(3, 2**31, STREAMS), 6, (1 << SAME_WORDS) - 8, (1 << SAME_WORDS) + 8),
    ],
    ids=["batches", "odd start", "no row for the odd draw", "short rows", "too many iterations", "across an edge"],
)
def test_what_is_left_to_the_sampler(sampler: LatinHypercube, rows: int, start: int, stop: int) -> None:
    given = np.full((rows, 64), -1.0)
    assert not fill_strata(sampler, range(len(STREAMS)), given, start, stop)
    assert (given == -1.0).all()


def test_a_program_takes_them(book: Build) -> None:
    """Whatever the blocks, its draws are the sampler's; an odd number of them, the last block not full."""
    machine = NativeMachine(Model.open(book({"S": THREE_DRAWS}), outputs=["S!B1"]).program)
    sampler = LatinHypercube(9, 1003, tuple(d.stream for d in machine.program.draws))
    for start, stop in ((0, 512), (512, 1003), (4, 20)):
        result = machine.run(sampler, start, stop)
        wanted = np.array([sampler.uniforms(d, start, stop) for d in range(3)])
        np.testing.assert_array_equal(result.inputs, wanted)
        np.testing.assert_array_equal(result.outputs[0], wanted[0] + wanted[1] + wanted[2])
