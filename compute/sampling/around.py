"""Samplers around another: its uniforms, except those of some draws."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection

from compute.sampling.sampler import Sampler
from compute.sampling.streams import FloatArray


class SamplerAround(ABC):
    """The uniforms of ``base`` for all draws but those that are ``changed``; what these get is told by its heirs."""

    def __init__(self, base: Sampler, changed: Collection[int]) -> None:
        self._base, self.changed = base, frozenset(changed)

    @property
    def base(self) -> Sampler:
        """The sampler that serves the other draws."""
        return self._base

    @property
    def seed(self) -> int:
        """The seed of the run."""
        return self._base.seed

    def uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms in (0, 1) of one draw for the iterations [start, stop): a pure function of its arguments."""
        if draw_index not in self.changed:
            return self._base.uniforms(draw_index, start, stop)
        return self.changed_uniforms(draw_index, start, stop)

    @abstractmethod
    def changed_uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms of a draw that is changed."""


__all__ = ["SamplerAround"]
