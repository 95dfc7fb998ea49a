"""Functions without an evaluation of our own, served by the package ``formulas``, one iteration at a time.

The package is optional: without it a call is refused before the run, with its cells and what to install.
"""

from __future__ import annotations

from compute.functions.fallback.library import refusal
from compute.functions.signature import REGISTRY

FALLBACK = REGISTRY.names_of("fallback.forecasting")
"""The names served here."""

__all__ = ["FALLBACK", "refusal"]
