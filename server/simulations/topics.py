"""The bulletin topics of this domain."""

from __future__ import annotations

QUEUE = "simulations.queue"


def events(simulation_id: str) -> str:
    """Something new for those who follow this simulation."""
    return f"simulations.events.{simulation_id}"


def control(simulation_id: str) -> str:
    """Something new for the worker that runs this simulation."""
    return f"simulations.control.{simulation_id}"
