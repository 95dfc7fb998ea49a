"""The arrow engine: it computes as the power engine does, and the run keeps every trial in a Parquet file."""

from __future__ import annotations

from compute.engines.engine import Engine, Prepared
from compute.engines.trials import TrialsFile, TrialsWriter
from compute.program import Program
from compute.protocol import EngineName


class ArrowEngine:
    """Runs programs on another engine; the results are those of that engine, to the last bit."""

    name: EngineName = "arrow"

    def __init__(self, machine: Engine) -> None:
        self._machine = machine

    @property
    def engine_class(self) -> str:
        """That of the engine which computes: what is kept makes no difference to the samples."""
        return self._machine.engine_class

    def prepare(self, program: Program) -> Prepared:
        """The program made ready by the engine which computes; raises what that raises."""
        return self._machine.prepare(program)


__all__ = ["ArrowEngine", "TrialsFile", "TrialsWriter"]
