"""Engines: power, arrow and enhanced, beside the reference that defines them; ``choose`` picks one."""

from __future__ import annotations

from compute.engines.choose import choose
from compute.engines.engine import Choice, Engine, Prepared

__all__ = ["Choice", "Engine", "Prepared", "choose"]
