"""Messages about a run that ends by itself: when it has said enough, and how its rules stood in the end."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from compute.message import Message

Watched = Literal["mean", "standard_deviation", "percentile", "probability"]


class ConvergenceRule(Message):
    """A statistic of outputs is known well enough when its confidence interval is no wider than ± ``tolerance``.

    ``level`` is the p of a percentile (0 to 1), and the x of the probability that an output is at most x.
    ``relative`` tolerances are shares of the estimate's size, others are in the statistic's own units. ``outputs`` are
    keys, names or cells; none given stands for every output.
    """

    statistic: Watched = "mean"
    level: float | None = None
    tolerance: Annotated[float, Field(gt=0)] = 0.03
    relative: bool = True
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    outputs: tuple[str, ...] = ()


class ConvergenceOptions(Message):
    """The run ends at the first leaf of 4,096 iterations after which all rules hold, not before ``at_least`` iterations
    (if not given: 8,192) and in any case after ``at_most`` (1,000,000, or fewer where memory allows fewer).
    """

    rules: Annotated[tuple[ConvergenceRule, ...], Field(min_length=1)] = (ConvergenceRule(),)
    at_least: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    at_most: Annotated[int, Field(ge=1, le=10_000_000)] | None = None


class ConvergenceStatus(Message):
    """How one rule stood at the end: the estimate is known to ± ``half_width``, ``allowed`` was asked for.

    ``iterations_needed`` is the length of the run after which the rule would hold; None where nothing can be said.
    """

    output: str
    statistic: Watched
    level: float | None
    estimate: float | None
    half_width: float | None
    allowed: float | None
    converged: bool
    iterations_needed: int | None


__all__ = ["ConvergenceOptions", "ConvergenceRule", "ConvergenceStatus", "Watched"]
