"""The messages of a run's details: what its samples say beyond the summary, section by section."""

from __future__ import annotations

from typing import Literal, get_args

from compute.message import Message
from compute.protocol import CorrelationReport, TornadoBar

ConventionName = Literal["atrisk", "excel"]
DetailSection = Literal[
    "statistics",
    "intervals",
    "density",
    "tornado",
    "regression",
    "contribution",
    "spider",
    "fan",
    "scenarios",
    "correlations",
    "convergence_series",
]
DETAIL_SECTIONS: tuple[DetailSection, ...] = get_args(DetailSection)


class BoxData(Message):
    """A box plot; whiskers reach the last samples within 1.5 interquartile ranges of the box."""

    low_whisker: float
    low_quartile: float
    median: float
    high_quartile: float
    high_whisker: float
    outliers: int


class StatisticsDetail(Message):
    """Every statistic of one output or input. Value at risk: the 5th percentile; its conditional: the mean from there
    down.
    """

    key: str
    kind: Literal["output", "input"]
    cell: str
    count: int
    errors: int
    mean: float | None
    standard_error: float | None
    median: float | None
    mode: float | None
    standard_deviation: float | None
    variance: float | None
    coefficient_of_variation: float | None
    semi_deviation: float | None
    mean_absolute_deviation: float | None
    skewness: float | None
    kurtosis: float | None
    minimum: float | None
    maximum: float | None
    range: float | None
    value_at_risk: float | None
    conditional_value_at_risk: float | None
    percentiles: dict[str, float] = {}
    box: BoxData | None = None


class IntervalData(Message):
    """A confidence interval; an end that the samples cannot bound is None."""

    low: float | None
    high: float | None
    method: str


class IntervalsDetail(Message):
    """Confidence intervals of one variable's statistics; None where the samples do not determine one."""

    key: str
    kind: Literal["output", "input"]
    confidence: float
    mean: IntervalData | None
    standard_deviation: IntervalData | None
    percentile_5: IntervalData | None
    median: IntervalData | None
    percentile_95: IntervalData | None


class DensityDetail(Message):
    """A smooth density: ``height[i]`` at ``x[i]``, in 1 / units; empty for constants."""

    key: str
    kind: Literal["output", "input"]
    x: tuple[float, ...] = ()
    height: tuple[float, ...] = ()
    bandwidth: float | None = None
    rule: str | None = None


class TornadoDetail(Message):
    """The inputs by the size of their rank correlation with one output, whose mean over the run is ``mean``."""

    output: str
    mean: float | None
    bars: tuple[TornadoBar, ...]


class RegressionTermData(Message):
    """``standardised``: in standard deviations of both; ``mapped``: the output's change for one of the input's."""

    input: str
    coefficient: float | None
    standardised: float
    mapped: float | None
    p_value: float


class RegressionDetail(Message):
    """A stepwise linear regression of one output; inputs without a term are listed by why they have none."""

    output: str
    terms: tuple[RegressionTermData, ...]
    intercept: float | None
    r_squared: float | None
    adjusted_r_squared: float | None
    count: int
    left_out: int
    constant: tuple[str, ...] = ()
    collinear: tuple[str, ...] = ()
    not_significant: tuple[str, ...] = ()


class ContributionBar(Message):
    """A signed share of 1; None for an input without a rank correlation."""

    input: str
    share: float | None


class ContributionDetail(Message):
    """Contributions to the variance of one output, the largest first."""

    output: str
    bars: tuple[ContributionBar, ...]


class SpiderLine(Message):
    """The output's mean over bins of one input; ``percents`` are the bins' middles in percent of the input."""

    input: str
    percents: tuple[float, ...]
    input_means: tuple[float | None, ...]
    values: tuple[float | None, ...]


class SpiderDetail(Message):
    """The lines of one output, the largest swing first."""

    output: str
    mean: float | None
    lines: tuple[SpiderLine, ...]


class FanDetail(Message):
    """Percentile bands over the cells of an output range: ``bands[i][j]`` is the percentile ``percents[i]`` of output
    ``outputs[j]``.
    """

    name: str
    outputs: tuple[str, ...]
    percents: tuple[float, ...]
    bands: tuple[tuple[float | None, ...], ...]
    means: tuple[float | None, ...]
    errors: tuple[int, ...]


class ScenarioLine(Message):
    """How one input differs in a scenario; ``significance`` from 0.5 on, up or down, counts as ``significant``."""

    input: str
    median: float | None
    overall_median: float | None
    percentile_of_median: float | None
    significance: float | None
    distance: float | None
    significant: bool


class ScenarioDetail(Message):
    """The iterations in which one output lies from ``low`` to ``high``, percentiles (0 to 1) if ``percentiles``."""

    output: str
    low: float | None
    high: float | None
    percentiles: bool
    count: int
    total: int
    inputs: tuple[ScenarioLine, ...]


class CorrelationsDetail(Message):
    """Correlations of every input (rows) with every output (columns), and the groups of correlated inputs."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    spearman: tuple[tuple[float | None, ...], ...]
    pearson: tuple[tuple[float | None, ...], ...]
    groups: tuple[CorrelationReport, ...] = ()


class ConvergenceDetail(Message):
    """How the mean of one output settled: after ``iterations[i]`` iterations it was ``means[i]`` ± ``half_widths[i]``
    at that confidence; None where there were too few samples.
    """

    output: str
    confidence: float
    iterations: tuple[int, ...]
    means: tuple[float | None, ...]
    half_widths: tuple[float | None, ...]


class ResultDetails(Message):
    """What the samples say beyond the summary; a section is None where it was not asked for.

    ``without_effect`` are the inputs that no output's formulas depend on, None where that is not known;
    ``left_out`` those beyond the number that details are made of.
    """

    version: Literal[1] = 1
    digest: str
    convention: ConventionName
    without_effect: tuple[str, ...] | None = None
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    statistics: tuple[StatisticsDetail, ...] | None = None
    intervals: tuple[IntervalsDetail, ...] | None = None
    density: tuple[DensityDetail, ...] | None = None
    tornado: tuple[TornadoDetail, ...] | None = None
    regression: tuple[RegressionDetail, ...] | None = None
    contribution: tuple[ContributionDetail, ...] | None = None
    spider: tuple[SpiderDetail, ...] | None = None
    fan: tuple[FanDetail, ...] | None = None
    scenarios: tuple[ScenarioDetail, ...] | None = None
    correlations: CorrelationsDetail | None = None
    convergence_series: tuple[ConvergenceDetail, ...] | None = None
