"""The laws a person can choose from, and what they look like."""

from __future__ import annotations

import asyncio

from server.distributions.schemas import MatrixRequest, PreviewRequest
from server.gateway.contract import Gateway, LawRequest
from server.gateway.messages import LawDescription, LawPreview, MatrixCheck


class DistributionService:
    """Reads the engine's laws; holds nothing."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def laws(self) -> tuple[LawDescription, ...]:
        return self._gateway.laws()

    async def preview(self, request: PreviewRequest) -> LawPreview:
        """Raises InvalidDistribution for an unknown law or parameters outside its domain."""
        asked = LawRequest(request.law, request.parameters, request.pairs, request.truncation, request.shift)
        return await asyncio.to_thread(self._gateway.preview, asked)

    async def check_matrix(self, request: MatrixRequest) -> MatrixCheck:
        """Raises SpecificationError for what is no correlation matrix."""
        return await asyncio.to_thread(self._gateway.check_matrix, request.matrix)
