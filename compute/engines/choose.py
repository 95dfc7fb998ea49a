"""Which engine runs a program."""

from __future__ import annotations

from compute.engines.engine import Choice
from compute.engines.reference import ReferenceEngine
from compute.errors import EngineUnavailable
from compute.protocol import EngineName

_NOT_BUILT = {
    "power": "the power engine (native code) is not part of this version",
    "arrow": "the arrow engine (every trial kept as columns) is not part of this version",
    "enhanced": "the enhanced engine (GPU) is not part of this version",
}


def choose(requested: EngineName) -> Choice:
    """The engine for a run; raises EngineUnavailable, saying what is missing, for one that this build lacks."""
    if requested == "auto":
        return Choice(ReferenceEngine(), "the reference engine is the only one in this version")
    if requested == "reference":
        return Choice(ReferenceEngine(), "asked for")
    if requested in _NOT_BUILT:
        raise EngineUnavailable(f"{_NOT_BUILT[requested]}; use engine='auto'")
    raise EngineUnavailable(f"there is no engine {requested!r}; use auto, reference, power, arrow or enhanced")
