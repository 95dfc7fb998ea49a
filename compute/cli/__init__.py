"""The command ``montecell``: inspect, recalculate, verify, simulate, serve."""

from __future__ import annotations

from compute.cli.main import main

__all__ = ["main"]
