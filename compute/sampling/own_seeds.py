"""Draws with a seed of their own: the same numbers in every run, whatever the run's seed."""

from __future__ import annotations

from collections.abc import Mapping

from compute.sampling.around import SamplerAround
from compute.sampling.sampler import Sampler
from compute.sampling.streams import FloatArray


class OwnSeeds(SamplerAround):
    """The uniforms of ``base``, except for the draws that ``others`` gives a sampler of their own."""

    def __init__(self, base: Sampler, others: Mapping[int, Sampler]) -> None:
        super().__init__(base, others)
        self._others = dict(others)

    def changed_uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms of a draw that is changed."""
        return self._others[draw_index].uniforms(draw_index, start, stop)
