"""The command ``montecell``: workbooks simulated, data fitted, libraries read and written, the server started."""

from __future__ import annotations

from compute.cli.main import main

__all__ = ["main"]
