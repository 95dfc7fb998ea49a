"""Which engine runs a program."""

from __future__ import annotations

from compute.engines.engine import Choice, Engine
from compute.engines.reference import ReferenceEngine
from compute.errors import EngineUnavailable
from compute.protocol import EngineName


def choose(requested: EngineName) -> Choice:
    """The engine for a run; raises EngineUnavailable, saying what is missing, for one that this build lacks."""
    if requested == "auto":
        return Choice(ReferenceEngine(), "the default; engine='power' compiles the model to native code")
    if requested == "reference":
        return Choice(ReferenceEngine(), "asked for")
    if requested == "power":
        return Choice(_power(), "asked for")
    if requested == "arrow":
        return _arrow()
    if requested == "enhanced":
        return Choice(_enhanced(), "asked for")
    raise EngineUnavailable(f"there is no engine {requested!r}; use auto, reference, power, arrow or enhanced")


def _enhanced() -> Engine:
    """The enhanced engine; it says itself which of CuPy, a driver and a GPU is missing."""
    _power()
    from compute.engines.enhanced import EnhancedEngine  # noqa: PLC0415

    return EnhancedEngine()


def _power() -> Engine:
    """The power engine, loaded only when it is wanted: LLVM takes as long to load as the rest of Montecell."""
    try:
        from compute.engines.power import PowerEngine  # noqa: PLC0415
    except ImportError as problem:
        raise EngineUnavailable(
            f"the power engine needs the package llvmlite ({problem}); pip install llvmlite, or use engine='reference'"
        ) from problem
    return PowerEngine()


def _arrow() -> Choice:
    """The arrow engine over the fastest that this installation has."""
    try:
        from compute.engines.arrow import ArrowEngine  # noqa: PLC0415
    except ImportError as problem:
        raise EngineUnavailable(
            f"the arrow engine needs the package pyarrow ({problem}); pip install pyarrow, or use engine='auto'"
        ) from problem
    try:
        return Choice(ArrowEngine(_power()), "asked for")
    except EngineUnavailable as problem:
        return Choice(ArrowEngine(ReferenceEngine()), f"asked for; the reference engine computes: {problem.message}")
