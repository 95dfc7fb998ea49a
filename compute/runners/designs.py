"""Designs as samplers: which uniforms each iteration of a designed run takes."""

from __future__ import annotations

import functools

import numpy as np

from compute.analysis.shapley import ShapleyDesign, shapley_design
from compute.analysis.variance_based import SaltelliDesign, design
from compute.errors import SpecificationError
from compute.program import Program
from compute.runners.stressed_draws import draw_of
from compute.runners.variation import Design
from compute.sampling import Sampler, sampler
from compute.sampling.batches import batch_stream
from compute.sampling.copulas import LARGEST, SMALLEST
from compute.sampling.designed import BlocksSampler, TableSampler


def saltelli(plan: Design) -> SaltelliDesign:
    """The blocks of a plan for Sobol indices. Raises SpecificationError."""
    try:
        return design(plan.base, len(plan.inputs))
    except ValueError as problem:
        raise SpecificationError(f"Sobol indices: {problem}", code="design.sobol") from None


@functools.lru_cache(maxsize=2)
def shapley(plan: Design, seed: int) -> ShapleyDesign:
    """The rows of a plan for Shapley effects. Raises SpecificationError."""
    try:
        return shapley_design(
            np.array(plan.matrix),
            outer=plan.outer,
            inner=plan.inner,
            permutations=plan.permutations,
            variance_rows=plan.base,
            seed=seed,
        )
    except ValueError as problem:
        raise SpecificationError(f"Shapley effects: {problem}", code="design.shapley") from None


def designed_sampler(program: Program, plan: Design, seed: int, iterations: int) -> Sampler:
    """The sampler of a designed run; draws that are not in the design are plain Monte Carlo."""
    sites = [draw_of(program, key) for key in plan.inputs]
    columns = {site.index: place for place, site in enumerate(sites)}
    rest = sampler("monte_carlo", seed, iterations, [d.stream for d in program.draws])
    if plan.method == "shapley":
        table = np.clip(shapley(plan, seed).uniforms, SMALLEST, LARGEST)
        return TableSampler(table, columns, rest)
    streams = [s.stream for s in sites]
    points = sampler(plan.sampling, seed, plan.base, [*streams, *(batch_stream(s, 1) for s in streams)])
    return BlocksSampler(points, plan.base, columns, [b.replaced for b in saltelli(plan).blocks], rest)
