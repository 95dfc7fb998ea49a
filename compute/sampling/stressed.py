"""Draws held within a part of their laws, between two percentiles."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from compute.sampling.around import SamplerAround
from compute.sampling.copulas import LARGEST, SMALLEST
from compute.sampling.sampler import Sampler
from compute.sampling.streams import FloatArray


class StressedSampler(SamplerAround):
    """The uniforms of ``base``; those of the draws in ``ranges`` squeezed between (low, high)."""

    def __init__(self, base: Sampler, ranges: Mapping[int, tuple[float, float]]) -> None:
        super().__init__(base, ranges)
        self._ranges = dict(ranges)

    def changed_uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms of a draw that is changed."""
        plain = self._base.uniforms(draw_index, start, stop)
        low, high = self._ranges[draw_index]
        return np.asarray(np.clip(low + (high - low) * plain, SMALLEST, LARGEST), dtype=np.float64)
