"""Latin hypercube: each draw takes exactly one value in each of n equally probable strata, in random order.

Source: McKay, Beckman, Conover, Technometrics 21 (1979) 239.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compute.sampling.permutation import Permutation
from compute.sampling.streams import FloatArray, words


@dataclass(frozen=True, slots=True)
class LatinHypercube:
    """Stratified uniforms over a run of ``iterations``; strata come from a keyed permutation, jitter from Philox."""

    seed: int
    iterations: int
    streams: tuple[int, ...]

    def uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms in (0, 1) of one draw for the iterations [start, stop), stop ≤ iterations."""
        stream = self.streams[draw_index]
        permutation = Permutation.keyed(self.seed, stream, self.iterations)
        strata = permutation(np.arange(start, stop, dtype=np.uint64))
        # So many bits of jitter, and no more, that neither the sum nor the quotient can round into another stratum.
        kept = 50 - self.iterations.bit_length()
        jitter = (words(self.seed, stream, start, stop) >> np.uint64(64 - kept)).astype(np.float64)
        jitter += 0.5
        jitter *= 2.0**-kept
        jitter += strata
        jitter /= self.iterations
        return jitter
