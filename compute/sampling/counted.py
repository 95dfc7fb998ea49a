"""Inputs that count: in iteration i the i-th of their values, and after the last the first again."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from compute.sampling.around import SamplerAround
from compute.sampling.sampler import Sampler
from compute.sampling.streams import FloatArray


class CountedSampler(SamplerAround):
    """The uniforms of ``base``; a draw in ``lengths`` gets, of that many equal parts of (0, 1), the middle of part i
    modulo its length.
    """

    def __init__(self, base: Sampler, lengths: Mapping[int, int]) -> None:
        super().__init__(base, lengths)
        self._lengths = dict(lengths)

    def changed_uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms of a draw that is changed."""
        length = self._lengths[draw_index]
        return np.asarray((np.arange(start, stop) % length + 0.5) / length, dtype=np.float64)
