"""Which engine runs a program."""

from __future__ import annotations

from compute.engines.engine import Choice, Engine
from compute.engines.reference import ReferenceEngine
from compute.errors import EngineUnavailable
from compute.protocol import EngineName

_NOT_BUILT = {
    "arrow": "the arrow engine (every trial kept as columns) is not part of this version",
    "enhanced": "the enhanced engine (GPU) is not part of this version",
}


def choose(requested: EngineName) -> Choice:
    """The engine for a run; raises EngineUnavailable, saying what is missing, for one that this build lacks."""
    if requested == "auto":
        return Choice(ReferenceEngine(), "the default; engine='power' compiles the model to native code")
    if requested == "reference":
        return Choice(ReferenceEngine(), "asked for")
    if requested == "power":
        return Choice(_power(), "asked for")
    if requested in _NOT_BUILT:
        raise EngineUnavailable(f"{_NOT_BUILT[requested]}; use engine='auto'")
    raise EngineUnavailable(f"there is no engine {requested!r}; use auto, reference, power, arrow or enhanced")


def _power() -> Engine:
    """The power engine, loaded only when it is wanted: LLVM takes as long to load as the rest of Montecell."""
    try:
        from compute.engines.power import PowerEngine  # noqa: PLC0415
    except ImportError as problem:
        raise EngineUnavailable(
            f"the power engine needs the package llvmlite ({problem}); pip install llvmlite, or use engine='reference'"
        ) from problem
    return PowerEngine()
