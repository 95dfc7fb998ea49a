"""Fitting while the client waits: bounded in size by the messages, and in number by the process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

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
from server.kit.dependencies import Context

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class FitService:
    """Fits of one request; ``settings.fits_at_once`` of them run in this process, the others wait."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def fit(self, asked: FitRequest) -> FitAnswer:
        """Raises ComputeError for data that nothing can be fitted to."""
        return await self._in_turn(self._context.gateway.fit, asked)

    async def fit_series(self, asked: SeriesFitRequest) -> SeriesFitAnswer:
        """Raises ComputeError for a series that is too short, and for processes that there are not."""
        return await self._in_turn(self._context.gateway.fit_series, asked)

    async def fit_dependence(self, asked: DependenceFitRequest) -> DependenceFitAnswer:
        """Raises ComputeError for columns of unequal length, or of one value."""
        return await self._in_turn(self._context.gateway.fit_dependence, asked)

    async def elicit(self, asked: ElicitationRequest) -> ElicitationAnswer:
        """Raises ComputeError for percentiles that do not rise."""
        return await self._in_turn(self._context.gateway.elicit, asked)

    async def _in_turn(self, work: Callable[[Asked], Answer], asked: Asked) -> Answer:
        async with self._context.fitting:
            return await asyncio.to_thread(work, asked)
