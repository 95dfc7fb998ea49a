"""Inputs that count: in iteration i the i-th of their values, and after the last the first again."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from compute.sampling.sampler import Sampler
from compute.sampling.streams import FloatArray


class CountedSampler:
    """The uniforms of ``base``; a draw in ``lengths`` gets, of that many equal parts of (0, 1), the middle of part i
    modulo its length.
    """

    def __init__(self, base: Sampler, lengths: Mapping[int, int]) -> None:
        self._base, self._lengths = base, dict(lengths)

    @property
    def seed(self) -> int:
        return self._base.seed

    def uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms in (0, 1) of one draw for the iterations [start, stop): a pure function of its arguments."""
        length = self._lengths.get(draw_index)
        if length is None:
            return self._base.uniforms(draw_index, start, stop)
        return np.asarray((np.arange(start, stop) % length + 0.5) / length, dtype=np.float64)
