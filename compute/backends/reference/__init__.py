"""The NumPy interpreter: supports everything, defines the semantics."""

from __future__ import annotations

from compute.backends.reference.machine import BlockResult, Machine, Recalculation
from compute.backends.reference.recalculate import recalculate_workbook

__all__ = ["BlockResult", "Machine", "Recalculation", "recalculate_workbook"]
