"""Latin hypercube: each draw takes exactly one value in each of n equally probable strata, in random order.

A run of unknown length is stratified batch by batch: its strata belong to the iterations of one batch, so that the run
does not change however many batches follow.
Source: McKay, Beckman, Conover, Technometrics 21 (1979) 239.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from compute.records import dataclass
from compute.sampling.batches import Batch, batch_stream, batches
from compute.sampling.permutation import Permutation
from compute.sampling.streams import FloatArray, WordArray, words


@dataclass(frozen=True, slots=True)
class LatinHypercube:
    """Stratified uniforms over a run of ``iterations``; strata come from a keyed permutation, jitter from Philox.

    With ``batch`` every ``batch`` iterations have strata of their own, in an order keyed by the batch's number; the
    last batch of a run may be shorter.
    """

    seed: int
    iterations: int
    streams: tuple[int, ...]
    batch: int | None = None

    def uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms in (0, 1) of one draw for the iterations [start, stop), stop ≤ iterations."""
        stream = self.streams[draw_index]
        if self.batch is None:
            return self._stratified(stream, stream, Batch(0, 0, self.iterations), start, stop)
        pieces = [
            self._stratified(stream, batch_stream(stream, piece.number), piece, first, last)
            for piece, first, last in batches(start, stop, self.batch, self.iterations)
        ]
        return pieces[0] if len(pieces) == 1 else np.concatenate((np.empty(0), *pieces))

    def _stratified(self, stream: int, order: int, batch: Batch, start: int, stop: int) -> FloatArray:
        permutation = Permutation.keyed(self.seed, order, batch.size)
        strata = permutation(np.arange(start - batch.start, stop - batch.start, dtype=np.uint64))
        return within_strata(self.seed, stream, batch.size, strata, start)


def within_strata(
    seed: int, stream: int, iterations: int, strata: npt.NDArray[np.float64] | WordArray, start: int
) -> FloatArray:
    """A uniform within each given stratum (from 0) of ``iterations``, for the iterations from ``start`` on."""
    # So many bits of jitter, and no more, that neither the sum nor the quotient can round into another stratum.
    kept = 50 - iterations.bit_length()
    jitter = (words(seed, stream, start, start + strata.size) >> np.uint64(64 - kept)).astype(np.float64)
    jitter += 0.5
    jitter *= 2.0**-kept
    jitter += strata
    jitter /= iterations
    return jitter
