"""Queries of this domain, as the worker needs them: leases, and writes that only the lease's owner may make.

Every statement is an UPDATE that checks and changes one row at once, so the same SQL is right on SQLite and PostgreSQL
and no two workers hold one job. See docs/adr/0007-job-durability.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from compute.protocol import Progress
from server.kit import clock
from server.kit.db import Transaction
from server.simulations.models import Simulation
from server.simulations.repository import append_event


@dataclass(frozen=True, slots=True)
class Job:
    """A leased simulation. ``recovered`` tells that its last owner died."""

    simulation_id: str
    workbook_id: str
    spec: str
    analysis: str | None
    notes: str | None
    attempt: int
    cancel_requested: bool
    recovered: bool


class JobRepository:
    """The queue, as one worker (``owner``) sees it in one transaction."""

    def __init__(self, transaction: Transaction, owner: str) -> None:
        self._transaction = transaction
        self._owner = owner

    async def expire_all(self) -> None:
        """End every lease now. Only for a process that is alone on its database."""
        statement = update(Simulation).where(Simulation.status == "running")
        await self._transaction.execute(statement.values(lease_until=clock.now() - timedelta(seconds=1)))

    async def lease_next(self, until: datetime) -> Job | None:
        """Take the oldest job that nobody runs; None when there is none."""
        while True:
            query = select(Simulation.id, Simulation.status).where(_free(clock.now())).order_by(Simulation.id).limit(1)
            candidate = (await self._transaction.execute(query)).first()
            if candidate is None:
                return None
            simulation = await self._take(candidate.id, until)
            if simulation is not None:
                return _job(simulation, recovered=candidate.status == "running")

    async def _take(self, simulation_id: str, until: datetime) -> Simulation | None:
        statement = (
            update(Simulation)
            .where(Simulation.id == simulation_id, _free(clock.now()))
            .values(
                status="running",
                lease_owner=self._owner,
                lease_until=until,
                attempts=Simulation.attempts + 1,
            )
            .returning(Simulation)
            .execution_options(populate_existing=True, synchronize_session=False)
        )
        simulation = (await self._transaction.scalars(statement)).one_or_none()
        if simulation is not None and simulation.started_at is None:
            simulation.started_at = clock.now()
            await self._transaction.flush()
        return simulation

    async def renew(self, simulation_id: str, until: datetime) -> bool | None:
        """Keep the lease. Tells whether a cancel is asked for; None when the lease is lost."""
        found: bool | None = await self._update_own(simulation_id, Simulation.cancel_requested, lease_until=until)
        return found

    async def report(self, simulation_id: str, progress: Progress) -> bool:
        """Write progress as the next event; False when the lease is lost."""
        data = progress.model_dump_json()
        return await self._write(simulation_id, "progress", data, progress=data)

    async def finish(self, simulation_id: str, status: str, **values: Any) -> bool:
        """End the job with its final event; False when the lease is lost."""
        values |= {"status": status, "finished_at": clock.now(), "lease_owner": None, "lease_until": None}
        return await self._write(simulation_id, status, "", **values)

    async def put_back(self, simulation_id: str) -> None:
        """Give a job up that another process shall go on with; this does not count as an attempt."""
        await self._update_own(
            simulation_id,
            Simulation.id,
            status="queued",
            lease_owner=None,
            lease_until=None,
            attempts=Simulation.attempts - 1,
        )

    async def _write(self, simulation_id: str, kind: str, data: str, **values: Any) -> bool:
        values["last_event"] = Simulation.last_event + 1
        number = await self._update_own(simulation_id, Simulation.last_event, **values)
        if number is None:
            return False
        await append_event(self._transaction, simulation_id, number, kind, data)
        return True

    async def _update_own(self, simulation_id: str, returned: Any, **values: Any) -> Any:
        own = and_(
            Simulation.id == simulation_id, Simulation.lease_owner == self._owner, Simulation.status == "running"
        )
        statement = update(Simulation).where(own).values(**values).returning(returned)
        statement = statement.execution_options(synchronize_session=False)
        return (await self._transaction.execute(statement)).scalar_one_or_none()


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(Simulation.status == "queued", and_(Simulation.status == "running", Simulation.lease_until < now))


def _job(simulation: Simulation, *, recovered: bool) -> Job:
    return Job(
        simulation_id=simulation.id,
        workbook_id=simulation.workbook_id,
        spec=simulation.spec,
        analysis=simulation.analysis,
        notes=simulation.notes,
        attempt=simulation.attempts,
        cancel_requested=simulation.cancel_requested,
        recovered=recovered,
    )
