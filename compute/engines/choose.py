"""Which engine runs a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compute.engines.engine import Choice, Engine
from compute.engines.estimate import Work
from compute.engines.reference import ReferenceEngine
from compute.errors import EngineUnavailable
from compute.protocol import EngineName

if TYPE_CHECKING:
    from compute.engines.enhanced import EnhancedEngine


def choose(requested: EngineName, work: Work | None = None, *, on_this_machine: bool = True) -> Choice:
    """The engine for a run; raises EngineUnavailable, saying what is missing, for one that this build lacks.

    ``auto`` takes the engine that is expected to be done first with ``work``: the reference engine for short runs and
    for work that is not known, else native code; a GPU where it has been tried on this machine, agreed bit for bit,
    and by the figures of that trial gains more than compiling and the way back of the samples cost.
    """
    if requested == "auto":
        return _fastest(work, on_this_machine)
    if requested == "reference":
        return Choice(ReferenceEngine(), "asked for")
    if requested == "power":
        return Choice(_power(), "asked for")
    if requested == "arrow":
        return _arrow()
    if requested == "enhanced":
        return Choice(_enhanced(), "asked for")
    raise EngineUnavailable(f"there is no engine {requested!r}; use auto, reference, power, arrow or enhanced")


def _fastest(work: Work | None, on_this_machine: bool) -> Choice:
    if work is None:
        return Choice(ReferenceEngine(), "the default where the size of the run is not known")
    reference, power = work.reference_seconds, work.power_seconds
    if reference <= power:
        return Choice(ReferenceEngine(), f"about {_told(reference)} of computing, less than compiling would take")
    if on_this_machine and (tried := _tried_gpu(work)):
        return tried
    told = f"about {_told(power)}, compiling included, against {_told(reference)} with the reference engine"
    try:
        return Choice(_power(), told)
    except EngineUnavailable as problem:
        return Choice(ReferenceEngine(), problem.message)


def _tried_gpu(work: Work) -> Choice | None:
    """The GPUs of this machine, if a trial says that they will be done before native code."""
    try:
        from compute.engines.gpu_record import kept_record  # noqa: PLC0415  needs llvmlite, which loads slowly
    except ImportError:
        return None
    record = kept_record()
    if record is None or work.gpu_seconds(record.speed) >= work.power_seconds:
        return None
    try:
        engine = _enhanced()
    except EngineUnavailable:
        return None
    if not record.holds_for(engine):
        return None
    told = (
        f"about {_told(work.gpu_seconds(record.speed))} by the trial of {record.date}, transfers included, "
        f"against {_told(work.power_seconds)} with the power engine"
    )
    return Choice(engine.of_share(work.gpu_seconds(record.speed) / work.power_seconds), told, instead=_power())


def _told(seconds: float) -> str:
    return f"{seconds:.1g} s" if seconds < 1 else f"{seconds:,.0f} s"


def _enhanced() -> EnhancedEngine:
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
