"""A choice made good: the engine prepared for a run, or the one that takes its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from compute.engines.engine import Choice, Prepared
from compute.errors import EngineUnavailable


def made_ready(choice: Choice, prepare: Callable[[Choice], Prepared]) -> tuple[Choice, Prepared]:
    """The choice that holds, and its program prepared for one run.

    Where the engine cannot be had now, that is the choice's ``instead``, and the reason says what was missing; where it
    is lost during the run, ``instead`` goes on (see ``Relay``). Raises EngineUnavailable for a choice without another.
    """
    if choice.instead is None:
        return choice, prepare(choice)
    try:
        prepared = prepare(choice)
    except EngineUnavailable as problem:
        told = getattr(problem, "found", problem.message)
        name = choice.instead.name
        later = replace(
            choice,
            engine=choice.instead,
            reason=f"{choice.reason}; but {told}: the {name} engine runs it",
            instead=None,
        )
        return later, prepare(later)
    return choice, _relayed(prepared)


def _relayed(prepared: Prepared) -> Prepared:
    from compute.backends.gpu import GpuMachine  # noqa: PLC0415  needs llvmlite, which loads slowly
    from compute.engines.relay import Relay  # noqa: PLC0415

    return Relay(prepared) if isinstance(prepared, GpuMachine) else prepared


__all__ = ["made_ready"]
