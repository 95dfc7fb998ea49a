"""Messages of this domain."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from compute.protocol import Progress, SimulationSpec
from server.gateway.analyses import Analysis
from server.kit.problems import Problem
from server.simulations.models import Simulation

Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]
ResultFormat = Literal["json", "csv", "xlsx", "parquet"]
ANALYSIS: TypeAdapter[Analysis] = TypeAdapter(Analysis)


class SimulationRequest(BaseModel):
    """What to simulate.

    Iterations, seed and sampling that are left out are the workbook's own settings, else 10,000, 42, Latin hypercube.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    workbook_id: str
    spec: SimulationSpec = SimulationSpec()


class AnalysisRequest(SimulationRequest):
    """What to analyse: a stress test, a goal seek, or shares of variance; ``spec`` holds for each of its runs."""

    analysis: Analysis


class SimulationLinks(BaseModel):
    """Paths on this server."""

    events: str
    results: str
    workbook: str


class SimulationDocument(BaseModel):
    """A simulation, or an analysis of several, as the API shows it.

    ``spec`` is what is run, but for the text of a SIPmath library, which stays empty; ``notes`` what of it was taken
    from the workbook.
    """

    id: str
    workbook_id: str
    status: Status
    spec: SimulationSpec
    analysis: Analysis | None = None
    notes: list[str] = []
    progress: Progress | None
    problem: Problem | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    links: SimulationLinks


class SimulationPage(BaseModel):
    """Newest first; ``next_cursor`` is null on the last page."""

    items: list[SimulationDocument]
    next_cursor: str | None


def document(simulation: Simulation, base: str) -> SimulationDocument:
    """The row as a document; ``base`` is the path the API is mounted at."""
    own = f"{base}/simulations/{simulation.id}"
    return SimulationDocument.model_validate(
        {
            "id": simulation.id,
            "workbook_id": simulation.workbook_id,
            "status": simulation.status,
            "spec": _shown(SimulationSpec.model_validate_json(simulation.spec)),
            "analysis": simulation.analysis and ANALYSIS.validate_json(simulation.analysis),
            "notes": json.loads(simulation.notes or "[]"),
            "progress": simulation.progress and Progress.model_validate_json(simulation.progress),
            "problem": simulation.problem and Problem.model_validate_json(simulation.problem),
            "created_at": simulation.created_at,
            "started_at": simulation.started_at,
            "finished_at": simulation.finished_at,
            "links": SimulationLinks(
                events=f"{own}/events", results=f"{own}/results", workbook=f"{base}/workbooks/{simulation.workbook_id}"
            ),
        }
    )


def _shown(spec: SimulationSpec) -> SimulationSpec:
    """The specification without the text of its library, which may be megabytes long."""
    if spec.library is None:
        return spec
    return spec.model_copy(update={"library": spec.library.model_copy(update={"text": ""})})
