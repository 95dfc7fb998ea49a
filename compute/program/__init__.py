"""The typed program between workbook and backends."""

from __future__ import annotations

from compute.program.assemble import assemble, find_cell
from compute.program.ir import DrawSite, FormulaCell, OutputSite, Program, Step, Unsupported

__all__ = ["DrawSite", "FormulaCell", "OutputSite", "Program", "Step", "Unsupported", "assemble", "find_cell"]
