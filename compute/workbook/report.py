"""What a results sheet says: plain immutable data, free of any analysis.

    Report
    ├── certificate: Certificate          what was run, on which file, with which engine and seed
    ├── outputs: OutputResult …           summary (VariableRow), percentiles, histogram (HistogramTable), drivers
    ├── inputs: VariableRow …
    ├── details: DetailRow …              what the summary leaves out of outputs and inputs, confidence intervals
    ├── correlations: CorrelationRow …    requested and realised, pair by pair
    ├── fans: Fan …                       percentile bands over ranges of outputs
    ├── convergence: Convergence …        running means of outputs
    └── notes                             warnings for the reader of the sheet

All numbers are as computed; a statistic that does not exist (every iteration gave an error) is NaN.
"""

from __future__ import annotations

import math

from compute.records import dataclass

PERCENTILE_LEVELS: tuple[float, ...] = (1.0, *(float(level) for level in range(5, 100, 5)), 99.0)
"""The percentiles that a results sheet lists, in percent."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything needed to run the same simulation again and to see that it gave the same numbers.

    ``started`` and ``finished`` are ISO 8601 in UTC; ``digest`` is the hash over all output samples;
    ``seed`` is text because it may exceed the 15 digits of a cell; ``further`` adds (label, value) rows.
    """

    workbook_name: str
    workbook_sha256: str
    engine: str
    engine_class: str
    sampling: str
    seed: str
    iterations: int
    digest: str
    version: str
    started: str
    finished: str
    further: tuple[tuple[str, str], ...] = ()

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """(label, value) in the order in which they are shown."""
        return (
            ("Workbook", self.workbook_name),
            ("SHA-256 of the workbook", self.workbook_sha256),
            ("Montecell version", self.version),
            ("Engine", self.engine),
            ("Engine class", self.engine_class),
            ("Sampling", self.sampling),
            ("Seed", self.seed),
            ("Iterations", f"{self.iterations:,}"),
            ("Digest of the results", self.digest),
            ("Started (UTC)", self.started),
            ("Finished (UTC)", self.finished),
            *self.further,
        )


@dataclass(frozen=True, slots=True)
class VariableRow:
    """Statistics of one output or input over the iterations that gave a number; ``errors`` counts the others."""

    name: str
    cell: str
    mean: float
    standard_deviation: float
    minimum: float
    percentile_5: float
    median: float
    percentile_95: float
    maximum: float
    skewness: float
    kurtosis: float
    errors: int = 0

    @property
    def statistics(self) -> tuple[float, ...]:
        """Mean to maximum: the statistics that are in the variable's own unit."""
        return (
            self.mean,
            self.standard_deviation,
            self.minimum,
            self.percentile_5,
            self.median,
            self.percentile_95,
            self.maximum,
        )


@dataclass(frozen=True, slots=True)
class HistogramTable:
    """Counts of iterations per bin; ``edges`` has one value more than ``counts`` and never falls.

    Raises ``ValueError`` when the two do not fit each other.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.edges) != len(self.counts) + 1:
            raise ValueError(f"{len(self.counts)} bins need {len(self.counts) + 1} edges, found {len(self.edges)}")
        if not all(low <= high for low, high in zip(self.edges, self.edges[1:], strict=False)):
            raise ValueError("the edges of a histogram must be numbers that never fall")
        if any(count < 0 for count in self.counts):
            raise ValueError("a bin cannot hold a negative number of iterations")

    @property
    def total(self) -> int:
        """Iterations in all bins together."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Driver:
    """How one input moves an output.

    ``contribution`` is its signed share of the variance, ``coefficient`` the standardised one of a stepwise regression
    (NaN where the input did not enter); ``low_mean`` and ``high_mean`` are the output's lowest and highest mean over
    ten bins of the input.
    """

    input: str
    rank_correlation: float
    contribution: float
    coefficient: float
    low_mean: float
    high_mean: float

    @property
    def swing(self) -> float:
        """The change in the output's mean, 0 or more; 0 where it is unknown."""
        change = self.high_mean - self.low_mean
        return change if change > 0 else 0.0


@dataclass(frozen=True, slots=True)
class OutputResult:
    """One output: its statistics, its percentiles at ``Report.percentile_levels``, its histogram and its drivers.

    ``percentiles`` is empty and ``histogram`` is ``None`` when no iteration gave a number; ``r_squared`` is that of the
    drivers' regression.
    """

    summary: VariableRow
    percentiles: tuple[float, ...] = ()
    histogram: HistogramTable | None = None
    drivers: tuple[Driver, ...] = ()
    r_squared: float = math.nan


@dataclass(frozen=True, slots=True)
class DetailRow:
    """What the summary leaves out of one output (``kind``: Output) or input, and its confidence intervals.

    ``intervals`` are (low, high) of mean, standard deviation, 5th percentile, median and 95th percentile; infinite
    where the samples give no bound.
    """

    name: str
    cell: str
    kind: str
    mode: float
    semi_deviation: float
    mean_absolute_deviation: float
    variance: float
    range: float
    coefficient_of_variation: float
    standard_error: float
    value_at_risk: float
    conditional_value_at_risk: float
    count: int
    intervals: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class CorrelationRow:
    """One pair of correlated inputs; ``requested`` is NaN where no number was asked for."""

    first: str
    second: str
    group: str
    requested: float
    realised: float
    standard_error: float
    spearman: float
    pearson: float


@dataclass(frozen=True, slots=True)
class FanPoint:
    """One output of a range: ``bands`` are its percentiles at ``Fan.percents``; NaN where it gave no number."""

    name: str
    cell: str
    bands: tuple[float, ...]
    mean: float


@dataclass(frozen=True, slots=True)
class Fan:
    """The outputs of a range in their order; ``percents`` rise, from 0 to 100.

    Raises ``ValueError`` when a point has not one value per percent.
    """

    name: str
    percents: tuple[float, ...]
    points: tuple[FanPoint, ...]

    def __post_init__(self) -> None:
        for point in self.points:
            if len(point.bands) != len(self.percents):
                found, wanted = len(point.bands), len(self.percents)
                raise ValueError(f"output {point.name!r} has {found} percentiles for {wanted} percents")


@dataclass(frozen=True, slots=True)
class Convergence:
    """One output's mean after ``iterations[i]`` iterations and half the width of its interval; NaN where unknown."""

    name: str
    cell: str
    confidence: float
    iterations: tuple[int, ...]
    means: tuple[float, ...]
    half_widths: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One simulation's results as a sheet shows them.

    Raises ``ValueError`` when an output has percentiles, but not one per level.
    """

    certificate: Certificate
    outputs: tuple[OutputResult, ...]
    inputs: tuple[VariableRow, ...] = ()
    notes: tuple[str, ...] = ()
    title: str = "Simulation results"
    percentile_levels: tuple[float, ...] = PERCENTILE_LEVELS
    details: tuple[DetailRow, ...] = ()
    correlations: tuple[CorrelationRow, ...] = ()
    fans: tuple[Fan, ...] = ()
    convergence: tuple[Convergence, ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.percentile_levels)) != len(self.percentile_levels):
            raise ValueError("each percentile level may be listed once")
        for output in self.outputs:
            if len(output.percentiles) not in (0, len(self.percentile_levels)):
                found, wanted = len(output.percentiles), len(self.percentile_levels)
                raise ValueError(f"output {output.summary.name!r} has {found} percentiles for {wanted} levels")
