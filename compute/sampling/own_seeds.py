"""Draws with a seed of their own: the same numbers in every run, whatever the run's seed."""

from __future__ import annotations

from collections.abc import Mapping

from compute.sampling.sampler import Sampler
from compute.sampling.streams import FloatArray


class OwnSeeds:
    """The uniforms of ``base``, except for the draws that ``others`` gives a sampler of their own."""

    def __init__(self, base: Sampler, others: Mapping[int, Sampler]) -> None:
        self._base, self._others = base, dict(others)

    @property
    def seed(self) -> int:
        return self._base.seed

    def uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms in (0, 1) of one draw for the iterations [start, stop): a pure function of its arguments."""
        return self._others.get(draw_index, self._base).uniforms(draw_index, start, stop)
