"""Uniforms that are handed to kernels: made by native code of their own where there is one, else by the sampler."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from compute.backends.native.plain import fill_plain
from compute.backends.native.scrambled import fill_points
from compute.backends.native.stratified import fill_strata
from compute.sampling import Sampler
from compute.sampling.around import SamplerAround
from compute.sampling.correlated import CorrelatedSampler
from compute.sampling.latin_hypercube import LatinHypercube
from compute.sampling.monte_carlo import MonteCarlo
from compute.sampling.sobol import Sobol
from compute.values import Floats


def fill_given(sampler: Sampler, sites: Sequence[int], rows: Floats, start: int, stop: int) -> None:
    """Writes the uniforms of some draws for [start, stop) into the first of ``rows``, the sampler's bits.

    What lies beyond in these rows becomes uniforms too. Rows that hold a multiple of 8 iterations, and one row more
    where the draws are odd in number, let native code do it.
    """
    if isinstance(sampler, SamplerAround):
        fill_given(sampler.base, sites, rows, start, stop)
        _ask(sampler, {row: s for row, s in enumerate(sites) if s in sampler.changed}, rows, start, stop)
    elif isinstance(sampler, CorrelatedSampler):
        _fill_tied(sampler, sites, rows, start, stop)
    elif not _fill_independent(sampler, sites, rows, start, stop):
        _ask(sampler, dict(enumerate(sites)), rows, start, stop)


def _fill_independent(sampler: Sampler, sites: Sequence[int], rows: Floats, start: int, stop: int) -> bool:
    """As ``fill_given`` in native code; False, and nothing, where there is none."""
    if isinstance(sampler, MonteCarlo):
        return fill_plain(sampler.seed, [sampler.streams[s] for s in sites], rows, start, stop)
    if isinstance(sampler, LatinHypercube):
        return fill_strata(sampler, sites, rows, start, stop)
    return isinstance(sampler, Sobol) and fill_points(sampler, sites, rows, start, stop)


def _fill_tied(sampler: CorrelatedSampler, sites: Sequence[int], rows: Floats, start: int, stop: int) -> None:
    """Independent uniforms for all, then each group's copula over its rows.

    Groups in an order, and those of which the program lacks a draw, are asked for.
    """
    lanes, row_of = stop - start, {site: row for row, site in enumerate(sites)}
    asked: dict[int, int] = {}
    tied = {}
    for number, members in sampler.numbers_of(sites).items():
        if sampler.is_ordered(number) or not all(m in row_of for m in members):
            asked |= {row_of[m]: m for m in members if m in row_of}
        else:
            tied[number] = [row_of[m] for m in members]
    fill_given(sampler.base, sites, rows, start, stop)
    for number, own in tied.items():
        rows[own, :lanes] = sampler.tied(number, np.ascontiguousarray(rows[own, :lanes]), start, stop)
    _ask(sampler, asked, rows, start, stop)


def _ask(sampler: Sampler, wanted: dict[int, int], rows: Floats, start: int, stop: int) -> None:
    """The draws of some rows, one by one from the sampler."""
    lanes = stop - start
    for row, site in wanted.items():
        rows[row, :lanes] = sampler.uniforms(site, start, stop)
        rows[row, lanes:] = rows[row, lanes - 1]


__all__ = ["fill_given"]
