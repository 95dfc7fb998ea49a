"""Plain Monte Carlo: every draw an independent uniform of its own stream."""

from __future__ import annotations

from compute.records import dataclass
from compute.sampling.streams import FloatArray, uniforms


@dataclass(frozen=True, slots=True)
class MonteCarlo:
    """Independent uniforms, one stream per draw."""

    seed: int
    iterations: int
    streams: tuple[int, ...]

    def uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms in (0, 1) of one draw for the iterations [start, stop)."""
        return uniforms(self.seed, self.streams[draw_index], start, stop)
