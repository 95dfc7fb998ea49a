"""What an engine is: something that prepares a program once and then runs blocks of iterations."""

from __future__ import annotations

from typing import Protocol

from compute.backends.reference import BlockResult
from compute.program import Program
from compute.protocol import EngineName
from compute.records import dataclass
from compute.sampling import Sampler


class Prepared(Protocol):
    """A program made ready; ``run`` may be called from several threads at once."""

    @property
    def description(self) -> str:
        """What is worth telling of how the program runs; "" for nothing."""
        ...

    @property
    def block_lanes(self) -> int:
        """The number of iterations a block should hold; a power of two."""
        ...

    def run(self, sampler: Sampler, start: int, stop: int, room: BlockResult | None = None, /) -> BlockResult:
        """The samples of the iterations [start, stop): a pure function of the program, the sampler and the bounds.

        They may be written into ``room``, which has these bounds and no errors yet but those of the same block; the
        result then holds its arrays.
        """
        ...


class Engine(Protocol):
    """A way to run programs."""

    @property
    def name(self) -> EngineName: ...

    @property
    def engine_class(self) -> str:
        """What must be equal for results to be equal bit for bit: build, backend, libraries, SIMD level."""
        ...

    def prepare(self, program: Program) -> Prepared: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine chosen, and why.

    ``instead`` is the one to go on with where the engine cannot be had when it is wanted (a GPU that others use); None
    where only the engine chosen will do.
    """

    engine: Engine
    reason: str
    instead: Engine | None = None
