"""Draws held within a part of their laws, between two percentiles."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from compute.sampling.copulas import LARGEST, SMALLEST
from compute.sampling.sampler import Sampler
from compute.sampling.streams import FloatArray


class StressedSampler:
    """The uniforms of ``base``; those of the draws in ``ranges`` squeezed between (low, high)."""

    def __init__(self, base: Sampler, ranges: Mapping[int, tuple[float, float]]) -> None:
        self._base, self._ranges = base, dict(ranges)

    @property
    def seed(self) -> int:
        return self._base.seed

    def uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms in (0, 1) of one draw for the iterations [start, stop): a pure function of its arguments."""
        plain = self._base.uniforms(draw_index, start, stop)
        if draw_index not in self._ranges:
            return plain
        low, high = self._ranges[draw_index]
        return np.asarray(np.clip(low + (high - low) * plain, SMALLEST, LARGEST), dtype=np.float64)
