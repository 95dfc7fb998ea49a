"""Engines: power, arrow and enhanced, beside the reference that defines them; ``choose`` picks one."""

from __future__ import annotations

from compute.engines.choose import choose
from compute.engines.engine import Choice, Engine, Prepared
from compute.engines.estimate import Work, work_of
from compute.engines.ready import made_ready

__all__ = ["Choice", "Engine", "Prepared", "Work", "choose", "made_ready", "work_of"]
