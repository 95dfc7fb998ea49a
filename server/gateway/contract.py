"""What the server asks of the engine. Everything here blocks and belongs in a thread.

All of it raises ``ComputeError`` for what cannot be done, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from compute.details import ConventionName, ResultDetails
from compute.protocol import LawParameter, ModelDescription, Progress, ResultSummary, SimulationSpec
from server.gateway.acceptance import Accepted
from server.gateway.analyses import Analysis, AnalysisResult
from server.gateway.fit_messages import (
    DependenceFitAnswer,
    DependenceFitRequest,
    ElicitationAnswer,
    ElicitationRequest,
    FitAnswer,
    FitRequest,
    SeriesFitAnswer,
    SeriesFitRequest,
)
from server.gateway.messages import (
    CellEdit,
    LawDescription,
    LawPreview,
    MatrixCheck,
    Snapshot,
    Truncation,
    WorkbookView,
)

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RunControl:
    """How the engine and the server talk during a run; all of it is called from the engine's thread.

    ``checkpoint`` is a folder where finished chunks are kept: the same run started again resumes from it. ``notes``
    are sentences that the result shows besides its own. ``trials`` is the file for every trial, of the engine that
    keeps them.
    """

    on_progress: Callable[[Progress], None]
    cancelled: Callable[[], bool]
    checkpoint: Path
    threads: int | None = None
    notes: tuple[str, ...] = ()
    trials: Path | None = None


@dataclass(frozen=True, slots=True)
class LawRequest:
    """A law by its parameters or, where ``pairs`` are given, by percentiles; then limited, then moved."""

    law: str
    parameters: Sequence[LawParameter] = ()
    pairs: Sequence[tuple[str | float, float]] = ()
    truncation: Truncation | None = None
    shift: float = 0.0


class RunResult(Protocol):
    """A finished run, samples included."""

    def summary(self) -> ResultSummary: ...

    def details(
        self, include: Collection[str], convention: ConventionName = "atrisk", *, fan: Sequence[str] = ()
    ) -> ResultDetails: ...

    def samples_table(self) -> tuple[list[str], list[NDArray[numpy.float64]]]: ...

    def save(self, folder: Path) -> None: ...

    def write_workbook(self, original: Path, target: Path) -> tuple[str, ...]: ...


class Gateway(Protocol):
    """The one door from server to compute."""

    def check_workbook(self, path: Path) -> Literal["xlsx", "xlsm"]:
        """What kind of workbook the file really is. Raises WorkbookError for anything else."""
        ...

    def build_workbook(self, snapshot: Snapshot) -> bytes: ...

    def edit_cells(self, original: Path, edits: Sequence[CellEdit], new_sheets: Sequence[str]) -> bytes: ...

    def read_cells(self, path: Path) -> WorkbookView: ...

    def describe(self, path: Path) -> ModelDescription: ...

    def accept(self, path: Path, spec: SimulationSpec, analysis: Analysis | None, limit: int) -> Accepted:
        """What is run: fields that ``spec`` does not set are the workbook's own settings, else the defaults.

        Raises the ComputeError that the run would end with, also for more than ``limit`` iterations.
        """
        ...

    def simulate(self, path: Path, spec: SimulationSpec, control: RunControl) -> RunResult: ...

    def analyse(self, path: Path, spec: SimulationSpec, analysis: Analysis, control: RunControl) -> AnalysisResult: ...

    def load_result(self, folder: Path) -> RunResult: ...

    def fit(self, asked: FitRequest) -> FitAnswer: ...

    def fit_series(self, asked: SeriesFitRequest) -> SeriesFitAnswer: ...

    def fit_dependence(self, asked: DependenceFitRequest) -> DependenceFitAnswer: ...

    def elicit(self, asked: ElicitationRequest) -> ElicitationAnswer: ...

    def laws(self) -> tuple[LawDescription, ...]: ...

    def preview(self, asked: LawRequest) -> LawPreview: ...

    def check_matrix(self, rows: Sequence[Sequence[float | None]]) -> MatrixCheck: ...
