"""Tables of this domain. Messages are kept as their JSON text: what was accepted is what is run, to the last bit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.db import Base, UtcDateTime

ENDED = ("succeeded", "failed", "cancelled")


class Simulation(Base):
    """A simulation, or an analysis of several, and the job that runs it.

    ``analysis`` is None for a simulation; ``notes`` (a JSON list) tell what was taken from the workbook.

    ``lease_owner`` is the worker that runs it, for as long as ``lease_until`` lies ahead; ``attempts`` counts leases
    that did not end by a worker's own decision. ``last_event`` numbers the events.
    """

    __tablename__ = "simulations"
    __table_args__ = (Index("ix_simulations_status_id", "status", "id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    workbook_id: Mapped[str] = mapped_column(String(32), ForeignKey("workbooks.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    spec: Mapped[str] = mapped_column(Text)
    analysis: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)
    progress: Mapped[str | None] = mapped_column(Text)
    problem: Mapped[str | None] = mapped_column(Text)
    result_folder: Mapped[str | None] = mapped_column(String(64))
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    lease_owner: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_event: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def ended(self) -> bool:
        return self.status in ENDED


class SimulationEvent(Base):
    """One line of a simulation's story, never changed. ``data`` is the message; the last one's is the row itself."""

    __tablename__ = "simulation_events"

    simulation_id: Mapped[str] = mapped_column(String(32), ForeignKey("simulations.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    data: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IdempotencyKey(Base):
    """A key a client has used, the request it stood for and what that became."""

    __tablename__ = "idempotency_keys"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_sha256: Mapped[str] = mapped_column(String(64))
    simulation_id: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
