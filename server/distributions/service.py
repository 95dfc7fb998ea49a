"""The laws a person can choose from, and what they look like."""

from __future__ import annotations

import asyncio

from server.distributions.schemas import PreviewRequest
from server.gateway.contract import Gateway
from server.gateway.messages import LawDescription, LawPreview


class DistributionService:
    """Reads the engine's laws; holds nothing."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def laws(self) -> tuple[LawDescription, ...]:
        return self._gateway.laws()

    async def preview(self, request: PreviewRequest) -> LawPreview:
        """Raises InvalidDistribution for an unknown law or parameters outside its domain."""
        return await asyncio.to_thread(self._gateway.preview, request.law, request.parameters)
