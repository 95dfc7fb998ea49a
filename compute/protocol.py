"""The messages between add-in, server and engine: versioned, validated, plain data.

Every message is immutable and refuses unknown fields, so that a misspelt option is an error and not a silence. Numbers
that do not exist (the standard deviation of one value) are ``null``; JSON has no NaN.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from compute.message import Message
from compute.stopping import ConvergenceOptions, ConvergenceStatus

MONTECELL_VERSION = "0.1.0"
VERSION = 1
MAX_ITERATIONS = 10_000_000
DEFAULT_ITERATIONS = 10_000
DEFAULT_SEED = 42

SamplingMethod = Literal["monte_carlo", "latin_hypercube", "sobol"]
EngineName = Literal["auto", "reference", "power", "arrow", "enhanced"]
RunnerName = Literal["local", "ray"]
Stage = Literal["queued", "opening", "compiling", "simulating", "analysing", "writing", "done"]
LawParameter = float | tuple[float, ...]


class InputSpec(Message):
    """A distribution given from outside for one cell: ``{"cell": "Inputs!B2", "law": "NORMAL", "parameters": [100,
    10]}``.
    """

    cell: str
    law: str
    parameters: tuple[LawParameter, ...]
    name: str | None = None
    truncate_low: float | None = None
    truncate_high: float | None = None
    shift: float = 0.0


class OutputSpec(Message):
    """A cell to be watched, besides those the workbook marks itself."""

    cell: str
    name: str | None = None


class CorrelationOptions(Message):
    """How correlations are followed.

    ``method``: a copula, or Iman and Conover's reordering, which meets the numbers far closer. ``measure``: what the
    numbers of a matrix mean, correlations of the normal scores (as @RISK takes them) or Spearman's. ``adjust``: use the
    nearest possible matrix where the given one is impossible, instead of refusing it.
    """

    method: Literal["copula", "iman_conover"] = "copula"
    measure: Literal["score", "spearman"] = "score"
    adjust: bool = False


class LibraryInputs(Message):
    """A SIPmath 3.0 library whose variables inputs take, trial by trial.

    ``text`` is its JSON. ``inputs`` maps cells (``Inputs!B2``) to variables; none given stands for the cells that bear
    the variables' names. ``parameters`` are the seeds that the library leaves to its user.
    """

    text: Annotated[str, Field(max_length=10_000_000)]
    inputs: Annotated[dict[str, str], Field(max_length=10_000)] = {}
    parameters: Annotated[dict[str, int], Field(max_length=10_000)] = {}


class SimulationSpec(Message):
    """What to run. The limits: 1 to 10,000,000 iterations, seeds of 0 to 2^63-1.

    With ``convergence`` the run ends by itself, and ``iterations`` counts for nothing. ``batch`` is how many iterations
    a Latin hypercube stratifies, and correlated draws are ordered, together; the whole run if not given. ``library``
    gives inputs the trials of a SIPmath library.
    """

    version: Literal[1] = 1
    iterations: Annotated[int, Field(ge=1, le=MAX_ITERATIONS)] = DEFAULT_ITERATIONS
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = DEFAULT_SEED
    sampling: SamplingMethod = "latin_hypercube"
    engine: EngineName = "auto"
    runner: RunnerName = "local"
    correlations: CorrelationOptions = CorrelationOptions()
    convergence: ConvergenceOptions | None = None
    batch: Annotated[int, Field(ge=1, le=MAX_ITERATIONS)] | None = None
    simulation: Annotated[int, Field(ge=1, le=10_000)] = 1
    inputs: tuple[InputSpec, ...] = ()
    outputs: tuple[OutputSpec, ...] = ()
    library: LibraryInputs | None = None


class InputDescription(Message):
    """An uncertain cell found in the workbook. ``parameters`` is None for those that depend on other cells."""

    key: str
    name: str | None
    cell: str
    law: str
    formula: str
    parameters: tuple[LawParameter | None, ...] = ()
    static_value: float | None = None


class OutputDescription(Message):
    """A cell whose results are collected; ``value`` is what the workbook shows now."""

    key: str
    name: str | None
    cell: str
    value: float | str | bool | None = None


class UnsupportedDescription(Message):
    """A function or feature that cannot be evaluated faithfully, with the cells that use it."""

    feature: str
    reason: str
    cells: tuple[str, ...]


class SheetDescription(Message):
    name: str
    state: Literal["visible", "hidden", "veryHidden"]
    rows: int
    columns: int
    formulas: int


class CorrelationDescription(Message):
    """Inputs tied together; ``members`` are keys of inputs in the order of ``matrix`` (None for copulas without one).

    ``problem`` is None where the group can be simulated as it is.
    """

    group: str
    family: str
    members: tuple[str, ...]
    matrix: tuple[tuple[float, ...], ...] | None = None
    problem: str | None = None


class ModelDescription(Message):
    """What ``inspect`` tells of a workbook."""

    version: Literal[1] = 1
    file_name: str
    sha256: str
    product: str
    sheets: tuple[SheetDescription, ...]
    inputs: tuple[InputDescription, ...]
    outputs: tuple[OutputDescription, ...]
    correlations: tuple[CorrelationDescription, ...] = ()
    unsupported: tuple[UnsupportedDescription, ...] = ()
    notes: tuple[str, ...] = ()
    settings: dict[str, float | str | bool] = {}


class Progress(Message):
    """How far a run is. ``stage``: queued, opening, compiling, simulating, analysing, writing, done.

    ``still_needed``: iterations that a run which ends by itself is expected to take yet. ``run`` counts several runs.
    """

    version: Literal[1] = 1
    stage: Stage
    done: int
    total: int
    seconds: float
    still_needed: int | None = None
    run: int = 1


class HistogramData(Message):
    """``edges`` has one entry more than ``counts``."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


class CurveData(Message):
    """A cumulative curve: P(X <= x[i]) = p[i]."""

    x: tuple[float, ...]
    p: tuple[float, ...]


class TornadoBar(Message):
    """How one input moves one output: rank correlation, and the output's mean in the lowest and highest tenth of the
    input.
    """

    input: str
    rank_correlation: float | None
    low_mean: float | None
    high_mean: float | None


class VariableSummary(Message):
    """The statistics of one output or input. Iterations that ended in an error count in ``errors`` and nowhere else."""

    key: str
    name: str | None
    cell: str
    count: int
    errors: int
    error_codes: dict[str, int] = {}
    mean: float | None
    standard_deviation: float | None
    minimum: float | None
    maximum: float | None
    median: float | None
    mode: float | None
    skewness: float | None
    kurtosis: float | None
    percentiles: dict[str, float] = {}
    histogram: HistogramData | None = None
    cumulative: CurveData | None = None
    tornado: tuple[TornadoBar, ...] = ()


class CorrelationReport(Message):
    """Requested and realised correlations of one group of inputs.

    Matrices are row by row, in the order of ``members`` (keys of inputs). ``score`` are correlations of the ranks'
    normal scores; ``standard_errors`` belong to them. ``used`` differs from ``requested`` where a measure was converted
    or an impossible matrix adjusted.
    """

    group: str
    family: str
    members: tuple[str, ...]
    requested: tuple[tuple[float, ...], ...] | None = None
    used: tuple[tuple[float, ...], ...] | None = None
    score: tuple[tuple[float | None, ...], ...] = ()
    spearman: tuple[tuple[float | None, ...], ...] = ()
    pearson: tuple[tuple[float | None, ...], ...] = ()
    standard_errors: tuple[tuple[float | None, ...], ...] = ()


class Certificate(Message):
    """What must be equal for a run to be repeated bit for bit."""

    workbook_sha256: str
    workbook_name: str
    montecell_version: str
    engine: str
    engine_class: str
    engine_reason: str = ""
    sampling: SamplingMethod
    seed: int
    iterations: int
    batch: int | None = None
    variation: tuple[str, ...] = ()
    simulation: int = 1
    digest: str


class Timings(Message):
    """Seconds of wall time by stage; ``simulate`` is ``sample`` and ``evaluate``.

    ``sample`` is for draws (uniform numbers, strata, correlation, quantiles) made outside compiled code; those that
    compiled code makes between its formulas are not told apart and count as ``evaluate``.
    """

    open: float = 0.0
    compile: float = 0.0
    simulate: float = 0.0
    sample: float = 0.0
    evaluate: float = 0.0
    analyse: float = 0.0


class FilledCell(Message):
    """A cell that shows a statistic of the run, or hangs on one: ``RiskMean(B5)``. Errors are their text (#N/A)."""

    cell: str
    value: float | str | bool | None


class ResultSummary(Message):
    """Everything a reader of results needs, without the samples."""

    version: Literal[1] = 1
    outputs: tuple[VariableSummary, ...]
    inputs: tuple[VariableSummary, ...]
    correlations: tuple[CorrelationReport, ...] = ()
    convergence: tuple[ConvergenceStatus, ...] = ()
    filled: tuple[FilledCell, ...] = ()
    certificate: Certificate
    timings: Timings
    notes: tuple[str, ...] = ()
