"""/simulations: submit, list, follow, stop, fetch results."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import PurePath
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from compute.details import DETAIL_SECTIONS, ConventionName, ResultDetails
from compute.protocol import Progress, ResultSummary
from server.gateway.analyses import GoalSeekResult, SensitivityResult, StressResult
from server.kit.dependencies import Context, ContextDep, TransactionDep
from server.kit.file_names import attachment
from server.kit.pagination import Cursor, Limit
from server.kit.problems import documented
from server.simulations import results
from server.simulations.models import Simulation
from server.simulations.schemas import ResultFormat, SimulationDocument, SimulationPage, SimulationRequest, document
from server.simulations.service import SimulationService, follow
from server.workbooks.service import WorkbookService
from server.workbooks.storage import MEDIA_TYPES

BASE = "/api/v1"
BINARY = {"schema": {"type": "string", "format": "binary"}}
RESULT_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The results in the format asked for.",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            **dict.fromkeys((*MEDIA_TYPES.values(), results.PARQUET), BINARY),
        },
    }
}


def answers(status: int, description: str) -> dict[int | str, dict[str, Any]]:
    """A second answer with a simulation in it."""
    return {status: {"model": SimulationDocument, "description": description}}


router = APIRouter(prefix="/simulations", tags=["simulations"])


def get_service(context: ContextDep, transaction: TransactionDep) -> SimulationService:
    """This request's service."""
    return SimulationService(context, transaction)


Include = Annotated[
    str | None,
    Query(
        max_length=400,
        description=f"Details instead of the summary: sections, by commas, of {', '.join(DETAIL_SECTIONS)}; or all.",
        examples=["tornado,regression"],
    ),
]
Convention = Annotated[
    ConventionName | None,
    Query(description="Whose percentiles, mode and kurtosis the details show; @RISK's if not given."),
]
Fan = Annotated[
    list[str],
    Query(max_length=50, description="Ranges of outputs for the section fan.", examples=[["Model!B5:F5"]]),
]
SimulationsDep = Annotated[SimulationService, Depends(get_service)]
SimulationId = Annotated[str, Path(max_length=64, examples=["sim_01JD4W8Q6Y3V9Z0M5N7K2T1R8X"])]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="A text of the client's own. The same key with the same body gives the first answer again.",
    ),
]


async def existing(simulation_id: SimulationId, simulations: SimulationsDep) -> Simulation:
    """The simulation of the path; 404 before any stream begins."""
    return await simulations.get(simulation_id)


SimulationDep = Annotated[Simulation, Depends(existing)]


@router.post(
    "",
    operation_id="startSimulation",
    summary="Queue a simulation",
    status_code=202,
    responses=answers(200, "The key was used before: the same simulation.")
    | documented(400, 403, 404, 409, 413, 422, 500),
)
async def start_simulation(
    request: SimulationRequest, response: Response, simulations: SimulationsDep, idempotency_key: Key = None
) -> SimulationDocument:
    """Checks the model and queues the simulation. What cannot be simulated is refused here, with its cells."""
    simulation, is_new = await simulations.submit(request, idempotency_key)
    answer = document(simulation, BASE)
    response.headers["Location"] = f"{BASE}/simulations/{simulation.id}"
    response.status_code = 202 if is_new else 200
    return answer


@router.get("", operation_id="listSimulations", summary="List, newest first", responses=documented(400, 403, 422, 500))
async def list_simulations(simulations: SimulationsDep, limit: Limit = 50, cursor: Cursor = None) -> SimulationPage:
    """One page of all simulations."""
    rows, next_cursor = await simulations.page(limit, cursor)
    return SimulationPage(items=[document(row, BASE) for row in rows], next_cursor=next_cursor)


@router.get(
    "/{simulation_id}",
    operation_id="getSimulation",
    summary="Status and progress",
    responses=documented(403, 404, 422, 500),
)
async def get_simulation(simulation: SimulationDep) -> SimulationDocument:
    """How the simulation stands."""
    return document(simulation, BASE)


@router.delete(
    "/{simulation_id}",
    operation_id="cancelSimulation",
    summary="Cancel",
    status_code=200,
    responses=answers(202, "It is being stopped.") | documented(403, 404, 422, 500),
)
async def cancel_simulation(
    simulation_id: SimulationId, response: Response, simulations: SimulationsDep
) -> SimulationDocument:
    """Stops the simulation. One that has ended stays as it is."""
    simulation = await simulations.cancel(simulation_id)
    response.status_code = 200 if simulation.ended else 202
    return document(simulation, BASE)


@router.get(
    "/{simulation_id}/events",
    operation_id="followSimulation",
    summary="Follow as server-sent events",
    response_class=EventSourceResponse,
    responses=documented(403, 404, 422, 500),
)
async def follow_simulation(
    simulation: SimulationDep,
    context: ContextDep,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=64)] = None,
) -> AsyncIterator[ServerSentEvent]:
    """`progress` events with a Progress, then `succeeded`, `failed` or `cancelled` with the Simulation, and the end.

    Event ids count from 1; after a break the stream goes on behind `Last-Event-ID`, also when the server was restarted.
    """
    async for event in _events(context, simulation.id, last_event_id):
        yield event


async def _events(context: Context, simulation_id: str, last_event_id: str | None) -> AsyncIterator[ServerSentEvent]:
    known = last_event_id if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else "0"
    # Numbers beyond the column's range are as unknown as words.
    after = int(known) if len(known) < 10 else 0
    async for event, simulation in follow(context, simulation_id, after):
        if event.kind == "progress":
            data: Progress | SimulationDocument = Progress.model_validate_json(event.data)
        else:
            data = document(simulation, BASE)
        yield ServerSentEvent(event=event.kind, id=str(event.number), data=data)


@router.get(
    "/{simulation_id}/results",
    operation_id="getResults",
    summary="Results as JSON, CSV, workbook or Parquet",
    response_model=ResultSummary | ResultDetails | StressResult | GoalSeekResult | SensitivityResult,
    responses=RESULT_CONTENT | documented(403, 404, 406, 409, 422, 500),
)
async def get_results(
    simulation: SimulationDep,
    context: ContextDep,
    transaction: TransactionDep,
    format: Annotated[ResultFormat | None, Query(description="Wins over the Accept header.")] = None,  # noqa: A002
    include: Include = None,
    convention: Convention = None,
    fan: Fan = [],  # noqa: B006
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """The summary, the samples (a row per iteration, a column per variable), or the workbook with the results.

    Samples of a simulation with engine arrow come as Parquet, those of others as CSV.

    With `include`, ResultDetails: the sections named. Of an analysis its own result, as JSON.
    """
    kind = results.wanted_format(format, accept)
    results.check_analysis(simulation, kind, include)
    asked = results.wanted_details(kind, include, convention, fan)
    folder = results.result_folder(context, simulation)
    if asked is not None:
        content = await results.details_json(context.gateway, folder, asked, context.settings.kept_details)
        return Response(content, media_type="application/json", headers={"Vary": "Accept"})
    workbook, original = await WorkbookService(context, transaction).file(simulation.workbook_id)
    name = f"{PurePath(workbook.file_name).stem} - Montecell"
    if kind == "json":
        return FileResponse(results.summary_file(folder), media_type="application/json", headers={"Vary": "Accept"})
    if kind == "parquet":
        return FileResponse(
            results.trials_file(folder), media_type=results.PARQUET, headers=_download(f"{name}.parquet")
        )
    if kind == "csv":
        results.check_samples(folder)
        lines = await results.csv_lines(context.gateway, folder)
        return StreamingResponse(lines, media_type="text/csv", headers=_download(f"{name}.csv"))
    written = await results.results_workbook(context.gateway, folder, original)
    headers = _download(name + original.suffix) | {"X-Montecell-Notices": quote("\n".join(written.notices))}
    return FileResponse(written.path, media_type=MEDIA_TYPES[workbook.kind], headers=headers)


def _download(name: str) -> dict[str, str]:
    return {"Content-Disposition": attachment(name), "Vary": "Accept"}
