"""/analyses: submit a stress test, a goal seek or shares of variance; all else is the simulation's own path."""

from __future__ import annotations

from fastapi import APIRouter, Response

from server.kit.problems import documented
from server.simulations.endpoints import BASE, Key, SimulationsDep, answers
from server.simulations.schemas import AnalysisRequest, SimulationDocument, document

router = APIRouter(prefix="/analyses", tags=["analyses"])


@router.post(
    "",
    operation_id="startAnalysis",
    summary="Queue a stress test, a goal seek, or shares of variance",
    status_code=202,
    responses=answers(200, "The key was used before: the same analysis.")
    | documented(400, 403, 404, 409, 413, 422, 500),
)
async def start_analysis(
    request: AnalysisRequest, response: Response, simulations: SimulationsDep, idempotency_key: Key = None
) -> SimulationDocument:
    """Checks model and analysis and queues it. It is followed, cancelled and listed as a simulation, and its results
    lie where a simulation's do.
    """
    simulation, is_new = await simulations.submit(request, idempotency_key)
    response.headers["Location"] = f"{BASE}/simulations/{simulation.id}"
    response.status_code = 202 if is_new else 200
    return document(simulation, BASE)
