"""Accepting simulations, telling how they fare, stopping them."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Sequence

from compute.protocol import Progress, SimulationSpec
from server.errors import Conflict, FieldError, Invalid
from server.gateway.acceptance import Accepted
from server.gateway.analyses import Analysis
from server.kit import clock
from server.kit.db import Transaction, after_commit
from server.kit.dependencies import Context
from server.kit.ids import new_id
from server.kit.pagination import decode_cursor, encode_cursor
from server.simulations import topics
from server.simulations.models import IdempotencyKey, Simulation, SimulationEvent
from server.simulations.repository import SimulationRepository
from server.simulations.schemas import AnalysisRequest, SimulationRequest
from server.workbooks.service import WorkbookService

EVENTS_AT_ONCE = 200


class SimulationService:
    """What can be done with simulations within one request."""

    def __init__(self, context: Context, transaction: Transaction) -> None:
        self._context = context
        self._transaction = transaction
        self._repository = SimulationRepository(transaction)
        self._workbooks = WorkbookService(context, transaction)

    async def submit(self, request: SimulationRequest, key: str | None) -> tuple[Simulation, bool]:
        """Queue a simulation or an analysis; the flag tells whether it is new or the answer to a repeated ``key``.

        Raises NotFound, Invalid for more iterations than the server runs, the ComputeError its run would end with, or
        Conflict for a key that stood for something else.
        """
        check_limit(request.spec, self._context.settings.max_iterations)
        fingerprint = hashlib.sha256(request.model_dump_json(exclude_unset=True).encode()).hexdigest()
        if key is not None and (used := await self._repository.key(key)) is not None:
            return await self._repeated(used, fingerprint), False
        accepted = await self._accept(request)
        simulation = _new(request, accepted)
        if key is not None and not await self._claim(key, fingerprint, simulation.id):
            return await self._repeated(await self._taken(key), fingerprint), False
        await self._repository.add(simulation, _waiting(accepted))
        self._after_commit(topics.QUEUE)
        return simulation, True

    async def get(self, simulation_id: str) -> Simulation:
        """Raises NotFound."""
        return await self._repository.get(simulation_id)

    async def page(self, limit: int, cursor: str | None) -> tuple[Sequence[Simulation], str | None]:
        """One page, newest first, and the cursor of the next."""
        rows = await self._repository.page(limit, decode_cursor(cursor))
        more = len(rows) > limit
        return rows[:limit], encode_cursor(rows[limit - 1].id) if more else None

    async def cancel(self, simulation_id: str) -> Simulation:
        """Stop a simulation: at once if it waits, as soon as its worker notices if it runs. Raises NotFound."""
        await self._repository.get(simulation_id)
        if not await self._repository.cancel_queued(simulation_id):
            await self._repository.request_cancel(simulation_id)
        self._after_commit(topics.control(simulation_id), topics.events(simulation_id))
        return await self._repository.get(simulation_id)

    async def _accept(self, request: SimulationRequest) -> Accepted:
        _, path = await self._workbooks.file(request.workbook_id)
        await self._repository.release()
        limit = self._context.settings.max_iterations
        return await asyncio.to_thread(self._context.gateway.accept, path, request.spec, _analysis(request), limit)

    async def _claim(self, key: str, fingerprint: str, simulation_id: str) -> bool:
        row = IdempotencyKey(key=key, request_sha256=fingerprint, simulation_id=simulation_id, created_at=clock.now())
        return await self._repository.claim(row)

    async def _taken(self, key: str) -> IdempotencyKey:
        used = await self._repository.key(key)
        if used is None:
            raise Conflict(
                "The request with the same Idempotency-Key is not finished yet.", code="idempotency.conflict"
            )
        return used

    async def _repeated(self, used: IdempotencyKey, fingerprint: str) -> Simulation:
        if used.request_sha256 != fingerprint:
            raise Conflict(
                f"The Idempotency-Key {used.key} was used for another request. Use a new one for a new simulation.",
                code="idempotency.conflict",
            )
        return await self._repository.get(used.simulation_id)

    def _after_commit(self, *names: str) -> None:
        def post() -> None:
            for name in names:
                self._context.bulletin.post(name)

        after_commit(self._transaction, post)


async def follow(context: Context, simulation_id: str, after: int) -> AsyncIterator[tuple[SimulationEvent, Simulation]]:
    """The events with a number above ``after``, then those to come, up to and with the final one.

    Takes a transaction for each look and none while it waits.
    """
    with context.bulletin.watch(topics.events(simulation_id)) as news:
        while True:
            news.clear()
            async with context.database.transaction() as transaction:
                repository = SimulationRepository(transaction)
                # In this order: a final event that was seen is then never told with a row from before it.
                events = await repository.events_after(simulation_id, after, EVENTS_AT_ONCE)
                simulation = await repository.get(simulation_id)
            for event in events:
                after = event.number
                yield event, simulation
            if after < simulation.last_event:
                continue
            if simulation.ended:
                return
            await news.wait(context.settings.poll_seconds)


def check_limit(spec: SimulationSpec, limit: int) -> None:
    """Raises Invalid, with its field, for a number of iterations above the server's limit."""
    asked = {"spec.iterations": spec.iterations if "iterations" in spec.model_fields_set else None}
    if spec.convergence is not None:
        asked["spec.convergence.at_least"] = spec.convergence.at_least
        asked["spec.convergence.at_most"] = spec.convergence.at_most
    over = {field: number for field, number in asked.items() if number is not None and number > limit}
    if over:
        errors = tuple(
            FieldError(field, f"{number:,} is more than the {limit:,} iterations that this server runs at most")
            for field, number in over.items()
        )
        detail = "; ".join(f"{each.field}: {each.message}" for each in errors)
        raise Invalid(detail, code="simulation.iterations", fields=errors)


def _analysis(request: SimulationRequest) -> Analysis | None:
    return request.analysis if isinstance(request, AnalysisRequest) else None


def _new(request: SimulationRequest, accepted: Accepted) -> Simulation:
    analysis = _analysis(request)
    return Simulation(
        id=new_id("sim"),
        workbook_id=request.workbook_id,
        status="queued",
        spec=accepted.spec.model_dump_json(),
        analysis=analysis and analysis.model_dump_json(),
        notes=json.dumps(accepted.notes) if accepted.notes else None,
        cancel_requested=False,
        attempts=0,
        created_at=clock.now(),
    )


def _waiting(accepted: Accepted) -> Progress:
    return Progress(stage="queued", done=0, total=accepted.spec.iterations, seconds=0.0)
