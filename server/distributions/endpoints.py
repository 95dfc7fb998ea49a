"""/distributions: the catalogue and previews."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from server.distributions.schemas import MatrixRequest, PreviewRequest
from server.distributions.service import DistributionService
from server.gateway.messages import LawDescription, LawPreview, MatrixCheck
from server.kit.dependencies import ContextDep
from server.kit.problems import documented

router = APIRouter(prefix="/distributions", tags=["distributions"])


def get_service(context: ContextDep) -> DistributionService:
    """This request's service."""
    return DistributionService(context.gateway)


DistributionsDep = Annotated[DistributionService, Depends(get_service)]


@router.get("", operation_id="listDistributions", summary="All laws", responses=documented(403, 500))
async def list_distributions(distributions: DistributionsDep) -> tuple[LawDescription, ...]:
    """The probability laws with their parameters, for the pane's catalogue."""
    return distributions.laws()


@router.post(
    "/preview",
    operation_id="previewDistribution",
    summary="Curve and moments",
    responses=documented(400, 403, 413, 422, 500),
)
async def preview_distribution(request: PreviewRequest, distributions: DistributionsDep) -> LawPreview:
    """Density or probabilities, cumulative curve, moments and percentiles of a law with these parameters."""
    return await distributions.preview(request)


@router.post(
    "/correlations",
    operation_id="checkCorrelations",
    summary="Is a correlation matrix possible?",
    responses=documented(400, 403, 413, 422, 500),
)
async def check_correlations(request: MatrixRequest, distributions: DistributionsDep) -> MatrixCheck:
    """Whether the matrix is positive semidefinite, and the nearest one that is (Higham 2002), to four decimals."""
    return await distributions.check_matrix(request)
