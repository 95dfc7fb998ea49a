"""The door as it is in production: every call of the server into compute passes here.

compute is imported inside the functions: an API replica without a worker starts without loading the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from compute.errors import ComputeError
from compute.protocol import ModelDescription, SimulationSpec
from server.gateway import acceptance, fits, laws, matrices, steered, workbooks
from server.gateway.acceptance import Accepted
from server.gateway.analyses import Analysis, AnalysisResult
from server.gateway.contract import LawRequest, RunControl, RunResult
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
from server.gateway.messages import CellEdit, LawDescription, LawPreview, MatrixCheck, Snapshot, WorkbookView


class ComputeGateway:
    """Fulfils ``server.gateway.contract.Gateway`` with compute."""

    def check_workbook(self, path: Path) -> Literal["xlsx", "xlsm"]:
        return workbooks.check(path)

    def build_workbook(self, snapshot: Snapshot) -> bytes:
        return workbooks.build(snapshot)

    def edit_cells(self, original: Path, edits: Sequence[CellEdit], new_sheets: Sequence[str]) -> bytes:
        return workbooks.edit(original, edits, new_sheets)

    def read_cells(self, path: Path) -> WorkbookView:
        return workbooks.view(path)

    def describe(self, path: Path) -> ModelDescription:
        from compute.runners import inspect_file

        return inspect_file(path)

    def accept(self, path: Path, spec: SimulationSpec, analysis: Analysis | None, limit: int) -> Accepted:
        return acceptance.accept(path, spec, analysis, limit)

    def simulate(self, path: Path, spec: SimulationSpec, control: RunControl) -> RunResult:
        from compute.runners import simulate_file

        keep = control.trials if spec.engine == "arrow" else None
        try:
            result = simulate_file(
                path,
                spec,
                threads=control.threads,
                on_progress=control.on_progress,
                cancelled=control.cancelled,
                checkpoint=control.checkpoint,
                keep=keep,
            )
        except OSError as problem:
            if keep is None:
                raise
            reason = problem.strerror or "the disk failed"
            raise ComputeError(
                f"the trials cannot be kept on the server: {reason}", code="simulation.disk"
            ) from problem
        if control.notes:
            result.notes = (*result.notes, *control.notes)
            result.forget_summary()
        return result

    def analyse(self, path: Path, spec: SimulationSpec, analysis: Analysis, control: RunControl) -> AnalysisResult:
        return steered.analyse(path, spec, analysis, control)

    def load_result(self, folder: Path) -> RunResult:
        from compute.runners import Result

        return Result.load(folder)

    def fit(self, asked: FitRequest) -> FitAnswer:
        return fits.fit(asked)

    def fit_series(self, asked: SeriesFitRequest) -> SeriesFitAnswer:
        return fits.fit_series(asked)

    def fit_dependence(self, asked: DependenceFitRequest) -> DependenceFitAnswer:
        return fits.fit_dependence(asked)

    def elicit(self, asked: ElicitationRequest) -> ElicitationAnswer:
        return fits.elicit(asked)

    def laws(self) -> tuple[LawDescription, ...]:
        return laws.catalogue()

    def preview(self, asked: LawRequest) -> LawPreview:
        return laws.preview(asked)

    def check_matrix(self, rows: Sequence[Sequence[float | None]]) -> MatrixCheck:
        return matrices.check(rows)
