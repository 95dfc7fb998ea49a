"""Queries of this domain, as requests need them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from compute.protocol import Progress
from server.errors import NotFound
from server.kit import clock
from server.kit.db import Transaction, insert_unless_present
from server.kit.ids import ID_PATTERN
from server.simulations.models import IdempotencyKey, Simulation, SimulationEvent


class SimulationRepository:
    """Simulations in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, simulation_id: str) -> Simulation:
        """The row as it is now, whatever this session has seen before. Raises NotFound."""
        simulation = None
        if ID_PATTERN.fullmatch(simulation_id):
            simulation = await self._transaction.get(Simulation, simulation_id, populate_existing=True)
        if simulation is None:
            raise NotFound(f"There is no simulation {simulation_id}.", code="simulation.not_found")
        return simulation

    async def page(self, limit: int, after: str | None) -> Sequence[Simulation]:
        """Newest first, one more than ``limit`` if there are more."""
        query = select(Simulation).order_by(Simulation.id.desc()).limit(limit + 1)
        if after is not None:
            query = query.where(Simulation.id < after)
        return (await self._transaction.scalars(query)).all()

    async def add(self, simulation: Simulation, progress: Progress) -> None:
        """Store a new simulation with its first event."""
        simulation.progress = progress.model_dump_json()
        simulation.last_event = 1
        self._transaction.add(simulation)
        await self._transaction.flush()
        self._transaction.add(
            SimulationEvent(
                simulation_id=simulation.id,
                number=1,
                kind="progress",
                data=simulation.progress,
                created_at=simulation.created_at,
            )
        )
        await self._transaction.flush()

    async def claim(self, key: IdempotencyKey) -> bool:
        """Store a key; False if another request has it already, also one that runs at this moment."""
        values = {name: getattr(key, name) for name in ("key", "request_sha256", "simulation_id", "created_at")}
        return await insert_unless_present(self._transaction, IdempotencyKey, values)

    async def key(self, key: str) -> IdempotencyKey | None:
        return await self._transaction.get(IdempotencyKey, key, populate_existing=True)

    async def events_after(self, simulation_id: str, number: int, limit: int) -> Sequence[SimulationEvent]:
        query = (
            select(SimulationEvent)
            .where(SimulationEvent.simulation_id == simulation_id, SimulationEvent.number > number)
            .order_by(SimulationEvent.number)
            .limit(limit)
        )
        return (await self._transaction.scalars(query)).all()

    async def cancel_queued(self, simulation_id: str) -> bool:
        """End a simulation that nobody runs yet; False if it is not queued any more."""
        statement = (
            update(Simulation)
            .where(Simulation.id == simulation_id, Simulation.status == "queued")
            .values(
                status="cancelled",
                cancel_requested=True,
                finished_at=clock.now(),
                last_event=Simulation.last_event + 1,
            )
            .returning(Simulation.last_event)
        )
        number = (await self._transaction.execute(statement)).scalar_one_or_none()
        if number is None:
            return False
        await append_event(self._transaction, simulation_id, number, "cancelled", "")
        return True

    async def request_cancel(self, simulation_id: str) -> None:
        """Ask the worker that runs it to stop."""
        statement = update(Simulation).where(Simulation.id == simulation_id, Simulation.status == "running")
        await self._transaction.execute(statement.values(cancel_requested=True))

    async def release(self) -> None:
        """Give the connection back before long work; nothing has been written yet."""
        await self._transaction.commit()


async def append_event(transaction: Transaction, simulation_id: str, number: int, kind: str, data: str) -> None:
    """Write the event whose number an UPDATE of the simulation's row has just given out."""
    transaction.add(
        SimulationEvent(simulation_id=simulation_id, number=number, kind=kind, data=data, created_at=clock.now())
    )
    await transaction.flush()
