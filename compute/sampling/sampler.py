"""One face for the ways of sampling: uniforms by draw and iteration, each slice computable alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, Protocol

from compute.errors import SpecificationError
from compute.sampling.latin_hypercube import LatinHypercube
from compute.sampling.monte_carlo import MonteCarlo
from compute.sampling.sobol import Sobol
from compute.sampling.streams import FloatArray

Sampling = Literal["monte_carlo", "latin_hypercube", "sobol"]
MOST_ITERATIONS = 1_000_000_000


class Sampler(Protocol):
    """Uniform numbers for every draw of a run."""

    @property
    def seed(self) -> int:
        """The seed of the run."""

    def uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms in (0, 1) of one draw for the iterations [start, stop): a pure function of its arguments."""


_WAYS: Mapping[str, Callable[[int, int, tuple[int, ...]], Sampler]] = MappingProxyType(
    {"monte_carlo": MonteCarlo, "latin_hypercube": LatinHypercube, "sobol": Sobol}
)


def sampler(
    sampling: Sampling, seed: int, iterations: int, streams: Sequence[int], batch: int | None = None
) -> Sampler:
    """The sampler of a run; draw i uses ``streams[i]`` (see ``stream_key``).

    ``batch`` is the number of iterations that a Latin hypercube stratifies together, the whole run if not given; to the
    other ways of sampling it means nothing. Raises SpecificationError for an unknown way of sampling, a seed outside 64
    bits, iterations outside 1 … 10⁹, or a batch below 1.
    """
    if sampling not in _WAYS:
        known = ", ".join(_WAYS)
        raise SpecificationError(f"sampling is {sampling!r}; it must be one of {known}.", code="simulation.sampling")
    if not 0 <= seed < 1 << 64:
        raise SpecificationError(f"seed is {seed}; it must lie between 0 and 2^64 − 1.", code="simulation.seed")
    if not 1 <= iterations <= MOST_ITERATIONS:
        found = f"iterations is {iterations}; it must lie between 1 and {MOST_ITERATIONS:,}."
        raise SpecificationError(found, code="simulation.iterations")
    if batch is not None and batch < 1:
        raise SpecificationError(f"batch is {batch}; it must be 1 or more.", code="simulation.batch")
    if sampling == "latin_hypercube":
        return LatinHypercube(seed, iterations, tuple(streams), batch)
    return _WAYS[sampling](seed, iterations, tuple(streams))
