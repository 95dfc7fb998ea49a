"""Correlations among draws that should have none: how far pairs of dimensions of a short run are from independent."""

from __future__ import annotations

import numpy as np

from compute.sampling import Sampling, sampler, stream_key

WAYS: tuple[Sampling, ...] = ("sobol", "latin_hypercube", "monte_carlo")
SIZES = (1_000, 1_024, 4_096, 10_000, 65_536)
DRAWS = (20, 50, 100, 300, 1_000)
SEED = 1


def correlations(way: Sampling, n: int, draws: int) -> dict[str, float]:
    """Of all pairs of so many draws over n iterations: the largest |r|, √n times the root mean square of r.

    The latter is 1 for independent numbers.
    """
    face = sampler(way, SEED, n, [stream_key("Model", f"B{row}", 0) for row in range(1, draws + 1)])
    found = np.corrcoef([face.uniforms(draw, 0, n) for draw in range(draws)])[np.triu_indices(draws, 1)]
    return {"largest": float(np.abs(found).max()), "spread": float(np.sqrt(np.mean(found**2) * n))}
