"""The power engine: native code for what can be compiled, the reference backend for the rest."""

from __future__ import annotations

from compute.backends.native import LLVMLITE_VERSION, NativeMachine, NotNative
from compute.backends.reference import Machine
from compute.engines.engine import Prepared
from compute.engines.reference import ReferenceEngine
from compute.program import Program
from compute.protocol import EngineName


class PowerEngine:
    """Runs every program there is; one of which nothing can be compiled runs as in the reference engine."""

    name: EngineName = "power"

    @property
    def engine_class(self) -> str:
        """Native code has the same bits on every processor; stages of the reference backend have those of theirs."""
        return f"power with llvmlite {LLVMLITE_VERSION} over {ReferenceEngine().engine_class}"

    def prepare(self, program: Program) -> Prepared:
        """The program compiled, ``description`` tells how much of it; raises what the reference engine raises."""
        try:
            return NativeMachine(program)
        except NotNative as problem:
            return Machine(program, description=f"the reference engine runs it: {problem.reason}")
