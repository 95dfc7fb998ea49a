"""Messages of analyses: stress, goal seek and shares of variance, asked for and answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from compute.protocol import Certificate
from server.gateway.messages import GatewayMessage

MOST_STRESSES = 100
MOST_STATISTICS = 20
MOST_STEPS = 200
MOST_OUTPUTS = 1_000
StatisticName = Literal[
    "mean",
    "standard_deviation",
    "variance",
    "skewness",
    "kurtosis",
    "minimum",
    "maximum",
    "range",
    "median",
    "mode",
    "coefficient_of_variation",
    "standard_error",
    "semi_deviation",
    "mean_absolute_deviation",
    "percentile",
    "value_at_risk",
    "conditional_value_at_risk",
    "probability_at_most",
]
Share = Annotated[float, Field(ge=0, le=1)]
CellOrName = Annotated[str, Field(min_length=1, max_length=300)]


class Statistic(GatewayMessage):
    """A statistic of an output.

    ``level`` is the p of a percentile, the tail's share of a value at risk (0 to 1), or the x of P(X ≤ x).
    """

    name: StatisticName = "mean"
    level: float | None = None


class StressInput(GatewayMessage):
    """An input, by key, name or cell, drawn only between two percentiles (0 to 1) of its law."""

    input: CellOrName
    low: Share = 0.0
    high: Share = 1.0


class StressAnalysis(GatewayMessage):
    """A run as it is, one for each range, and (``together``) one with all of them."""

    kind: Literal["stress"]
    ranges: Annotated[tuple[StressInput, ...], Field(min_length=1, max_length=MOST_STRESSES)]
    together: bool = True
    statistics: Annotated[tuple[Statistic, ...], Field(min_length=1, max_length=MOST_STATISTICS)] = (Statistic(),)


class GoalSeekAnalysis(GatewayMessage):
    """The value of a constant cell, from ``low`` to ``high``, that brings a statistic of an output on target."""

    kind: Literal["goal_seek"]
    cell: CellOrName
    output: CellOrName
    statistic: Statistic = Statistic()
    target: float
    low: float
    high: float
    tolerance: Annotated[float, Field(ge=0)] | None = None
    most_steps: Annotated[int, Field(ge=2, le=MOST_STEPS)] = 50


class SensitivityAnalysis(GatewayMessage):
    """Shares of the outputs' variance: Sobol indices (independent inputs), or Shapley effects (correlated ones too).

    ``base`` are the iterations of a block (1,024; Shapley: 10,000 for the variance). No output stands for all.
    """

    kind: Literal["sensitivity"]
    method: Literal["sobol", "shapley"] = "sobol"
    outputs: Annotated[tuple[CellOrName, ...], Field(max_length=MOST_OUTPUTS)] = ()
    base: Annotated[int, Field(ge=2)] | None = None
    permutations: Annotated[int, Field(ge=2)] | None = None
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95


Analysis = Annotated[StressAnalysis | GoalSeekAnalysis | SensitivityAnalysis, Field(discriminator="kind")]


class StressEffectData(GatewayMessage):
    """A statistic of an output in one stressed run beside the run without; None where it is undetermined."""

    statistic: Statistic
    run: str
    output: str
    baseline: float | None
    stressed: float | None
    change: float | None


class StressResult(GatewayMessage):
    """The effects, the largest change first; ``certificates`` by run, that without stress under ``baseline``."""

    kind: Literal["stress"] = "stress"
    effects: tuple[StressEffectData, ...]
    certificates: dict[str, Certificate]
    notes: tuple[str, ...] = ()


class TriedValue(GatewayMessage):
    """A run of a search: the cell's value and what the statistic was."""

    value: float
    statistic: float | None


class GoalSeekResult(GatewayMessage):
    """How a search ended; ``value`` of the cell came nearest to the target, with ``reached`` as the statistic."""

    kind: Literal["goal_seek"] = "goal_seek"
    cell: str
    output: str
    statistic: Statistic
    target: float
    tolerance: float
    outcome: Literal["reached", "jump", "out_of_reach", "undetermined", "out_of_steps"]
    text: str
    value: float | None
    reached: float | None
    tried: tuple[TriedValue, ...]
    digest: str | None
    notes: tuple[str, ...] = ()


class VarianceShare(GatewayMessage):
    """One input's share of one output's variance; None for an output without variance, or another method's figures."""

    output: str
    input: str
    first: float | None = None
    first_interval: tuple[float, float] | None = None
    total: float | None = None
    total_interval: tuple[float, float] | None = None
    effect: float | None = None
    standard_error: float | None = None


class SensitivityResult(GatewayMessage):
    """Shares of variance from a designed run of ``evaluations`` iterations."""

    kind: Literal["sensitivity"] = "sensitivity"
    method: Literal["sobol", "shapley"]
    shares: tuple[VarianceShare, ...]
    evaluations: int
    seed: int
    notes: tuple[str, ...] = ()


AnalysisResult = Annotated[StressResult | GoalSeekResult | SensitivityResult, Field(discriminator="kind")]
