"""The enhanced engine: native code on GPUs; what they cannot run as a whole runs in the power engine."""

from __future__ import annotations

from compute.backends.gpu import Driver, GpuMachine, open_driver
from compute.backends.native import NotNative
from compute.backends.reference import BlockResult
from compute.engines.engine import Prepared
from compute.engines.power import PowerEngine
from compute.program import Program
from compute.protocol import EngineName
from compute.records import dataclass
from compute.sampling import Sampler


class EnhancedEngine:
    """Runs every program there is, on the GPUs of this machine where the whole program is compiled."""

    name: EngineName = "enhanced"

    def __init__(self, driver: Driver | None = None, least_share: float = 0.0) -> None:
        """Raises EngineUnavailable, saying what is missing, on a machine without CuPy or without a GPU.

        ``least_share`` is how many of an idle GPU's threads there must be memory for, as a share of them.
        """
        self._driver = open_driver() if driver is None else driver
        self._least_share = least_share

    def of_share(self, least_share: float) -> EnhancedEngine:
        """The same GPUs, of which another share is needed."""
        return EnhancedEngine(self._driver, least_share)

    @property
    def device_names(self) -> tuple[str, ...]:
        """The GPUs, as their maker calls them."""
        return tuple(d.name for d in self._driver.devices)

    @property
    def engine_class(self) -> str:
        """A class of its own as long as nobody has seen a GPU give the bits of the power engine; see docs/gpu.md."""
        capabilities = sorted({d.capability for d in self._driver.devices})
        told = ", ".join(f"{c / 10}" for c in capabilities)
        return f"enhanced on compute capability {told} over {PowerEngine().engine_class}"

    def prepare(self, program: Program) -> Prepared:
        """The program on the GPUs, or in the power engine: ``description`` says which and why.

        Raises what the reference engine raises, and EngineUnavailable where no GPU has the memory free that it needs.
        """
        try:
            return GpuMachine(program, self._driver, self._least_share)
        except NotNative as problem:
            return Instead(PowerEngine().prepare(program), problem.reason)


@dataclass(frozen=True, slots=True)
class Instead:
    """What another engine has prepared, and why it had to."""

    prepared: Prepared
    reason: str

    @property
    def description(self) -> str:
        told = self.prepared.description
        return f"not on the GPU: {self.reason}; the power engine runs it{f': {told}' if told else ''}"

    @property
    def block_lanes(self) -> int:
        return self.prepared.block_lanes

    def run(self, sampler: Sampler, start: int, stop: int, room: BlockResult | None = None, /) -> BlockResult:
        """As the other engine's."""
        return self.prepared.run(sampler, start, stop, room)


__all__ = ["EnhancedEngine"]
