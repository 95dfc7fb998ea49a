"""/fits and /elicitations: laws, processes and copulas fitted to data, and laws from an expert's percentiles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from server.fits.service import FitService
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
from server.kit.dependencies import ContextDep
from server.kit.problems import documented

router = APIRouter(tags=["fits"])
PROBLEMS = documented(400, 403, 413, 422, 500)


def get_service(context: ContextDep) -> FitService:
    """This request's service."""
    return FitService(context)


FitsDep = Annotated[FitService, Depends(get_service)]


@router.post("/fits", operation_id="fitLaws", summary="Laws fitted to a sample", responses=PROBLEMS)
async def fit_laws(request: FitRequest, fits: FitsDep) -> FitAnswer:
    """Maximum likelihood, ranked; with the formula for a cell, and the best law's intervals on request."""
    return await fits.fit(request)


@router.post("/fits/series", operation_id="fitSeries", summary="Processes fitted to a series", responses=PROBLEMS)
async def fit_series(request: SeriesFitRequest, fits: FitsDep) -> SeriesFitAnswer:
    """Autoregressions, moving averages, GARCH, mean reversion and GBM, by AIC."""
    return await fits.fit_series(request)


@router.post(
    "/fits/dependence",
    operation_id="fitDependence",
    summary="Correlations and copulas of columns",
    responses=PROBLEMS,
)
async def fit_dependence(request: DependenceFitRequest, fits: FitsDep) -> DependenceFitAnswer:
    """The matrix of correlations, and copulas by AIC."""
    return await fits.fit_dependence(request)


@router.post(
    "/elicitations",
    operation_id="elicitLaw",
    summary="Laws from an expert's percentiles",
    responses=PROBLEMS,
)
async def elicit_law(request: ElicitationRequest, fits: FitsDep) -> ElicitationAnswer:
    """The metalog through the percentiles, and the laws nearest to them, with their formulas."""
    return await fits.elicit(request)
