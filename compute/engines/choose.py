"""Which engine runs a program."""

from __future__ import annotations

from compute.engines.engine import Choice, Engine
from compute.engines.estimate import Work
from compute.engines.reference import ReferenceEngine
from compute.errors import EngineUnavailable
from compute.protocol import EngineName


def choose(requested: EngineName, work: Work | None = None) -> Choice:
    """The engine for a run; raises EngineUnavailable, saying what is missing, for one that this build lacks.

    ``auto`` takes the engine that is expected to be done first with ``work``: the reference engine for short runs and
    for work that is not known, else native code. It takes no GPU unasked: nobody has seen the enhanced engine on one.
    """
    if requested == "auto":
        return _fastest(work)
    if requested == "reference":
        return Choice(ReferenceEngine(), "asked for")
    if requested == "power":
        return Choice(_power(), "asked for")
    if requested == "arrow":
        return _arrow()
    if requested == "enhanced":
        return Choice(_enhanced(), "asked for")
    raise EngineUnavailable(f"there is no engine {requested!r}; use auto, reference, power, arrow or enhanced")


def _fastest(work: Work | None) -> Choice:
    if work is None:
        return Choice(ReferenceEngine(), "the default where the size of the run is not known")
    reference, power = work.reference_seconds, work.power_seconds
    if reference <= power:
        return Choice(ReferenceEngine(), f"about {_told(reference)} of computing, less than compiling would take")
    told = f"about {_told(power)}, compiling included, against {_told(reference)} with the reference engine"
    try:
        return Choice(_power(), told)
    except EngineUnavailable as problem:
        return Choice(ReferenceEngine(), problem.message)


def _told(seconds: float) -> str:
    return f"{seconds:.1g} s" if seconds < 1 else f"{seconds:,.0f} s"


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
