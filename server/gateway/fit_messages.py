"""Messages of fitting: data in, ranked laws with their formulas out; series, columns, and what an expert says."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from server.gateway.messages import GatewayMessage

MOST_VALUES = 10_000
MOST_SERIES = 10_000
MOST_COLUMNS = 20
MOST_ROWS = 5_000
MOST_RESAMPLES = 1_000
MOST_REFITTED = 200_000
MOST_POINTS = 200
MOST_LAWS = 100
RankBy = Literal["aic", "bic", "average_log_likelihood", "chi_square", "anderson_darling", "kolmogorov_smirnov"]
Laws = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=64)], ...], Field(max_length=MOST_LAWS)]


class FitRequest(GatewayMessage):
    """A sample and what to fit to it.

    Laws left out: all continuous ones, or all discrete ones for whole numbers that repeat. ``lower`` and ``upper`` fix
    the ends of the support; ``shift`` lets laws that start at 0 be moved. ``resamples``: a bootstrap of the best law.
    """

    values: Annotated[tuple[float, ...], Field(min_length=1, max_length=MOST_VALUES)]
    laws: Laws | None = None
    lower: float | None = None
    upper: float | None = None
    shift: bool = False
    rank_by: RankBy = "aic"
    resamples: Annotated[int, Field(ge=0, le=MOST_RESAMPLES)] = 0
    level: Annotated[float, Field(gt=0, lt=1)] = 0.95
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1


class FittedLawData(GatewayMessage):
    """A fitted law; ``formula`` is what a cell takes, ``atrisk_formula`` @RISK's spelling where it has the law.

    Figures that a fit does not have are None. ``intervals`` and ``p_values`` come from the bootstrap.
    """

    law: str
    title: str
    parameters: dict[str, float | tuple[float, ...]]
    shift: float = 0.0
    formula: str
    atrisk_formula: str | None = None
    aic: float | None = None
    bic: float | None = None
    average_log_likelihood: float | None = None
    chi_square: float | None = None
    anderson_darling: float | None = None
    kolmogorov_smirnov: float | None = None
    rms_error: float | None = None
    intervals: dict[str, tuple[float, float]] | None = None
    p_values: dict[str, float] | None = None


class RefusedLaw(GatewayMessage):
    """A law that cannot be fitted, and why."""

    law: str
    reason: str


class FitAnswer(GatewayMessage):
    """The laws, best first."""

    size: int
    ranked_by: RankBy | Literal["rms_error"]
    fits: tuple[FittedLawData, ...]
    refused: tuple[RefusedLaw, ...] = ()


class SeriesFitRequest(GatewayMessage):
    """A series, the oldest value first; processes left out: all but GBM, whose series are returns."""

    values: Annotated[tuple[float, ...], Field(min_length=1, max_length=MOST_SERIES)]
    processes: Annotated[tuple[str, ...], Field(max_length=MOST_LAWS)] | None = None


class FittedProcess(GatewayMessage):
    """A process with its parameters and start values, from the end of the series on.

    ``formula`` is entered over a range of periods, ``atrisk_formula`` as an array formula.
    """

    process: str
    parameters: dict[str, float]
    formula: str
    atrisk_formula: str | None = None
    log_likelihood: float
    aic: float


class SeriesFitAnswer(GatewayMessage):
    """The processes by AIC, best first."""

    size: int
    fits: tuple[FittedProcess, ...]


Column = Annotated[tuple[float, ...], Field(min_length=1, max_length=MOST_ROWS)]


class DependenceFitRequest(GatewayMessage):
    """Columns of equal length, row by row observed together."""

    columns: Annotated[tuple[Column, ...], Field(min_length=2, max_length=MOST_COLUMNS)]
    measure: Literal["spearman", "pearson", "kendall"] = "spearman"
    families: tuple[Literal["gaussian", "t", "clayton", "gumbel", "frank"], ...] | None = None


class FittedCopulaData(GatewayMessage):
    """A copula: ``matrix`` of normal scores (gaussian, t), or ``theta``; ``reflected`` columns are turned round."""

    family: str
    matrix: tuple[tuple[float, ...], ...] | None = None
    theta: float | None = None
    degrees: float | None = None
    reflected: tuple[bool, ...]
    log_likelihood: float
    aic: float


class DependenceFitAnswer(GatewayMessage):
    """The correlations, and copulas by AIC, best first."""

    measure: Literal["spearman", "pearson", "kendall"]
    correlations: tuple[tuple[float, ...], ...]
    copulas: tuple[FittedCopulaData, ...]


class Percentile(GatewayMessage):
    """With the probability ``p`` the quantity is at most ``x``."""

    p: Annotated[float, Field(gt=0, lt=1)]
    x: float


class ElicitationRequest(GatewayMessage):
    """What an expert says of a quantity; ``lower`` and ``upper`` are bounds of the metalog, ``terms`` its length."""

    percentiles: Annotated[tuple[Percentile, ...], Field(min_length=3, max_length=MOST_POINTS)]
    lower: float | None = None
    upper: float | None = None
    terms: Annotated[int, Field(ge=2)] | None = None
    laws: Laws | None = None


class ElicitationAnswer(FitAnswer):
    """The metalog, or why there is none, and laws by their root mean square error in units of x."""

    metalog: FittedLawData | None = None
    metalog_problem: str | None = None
