"""Excel's worksheet functions by family; the registry says how each takes its arguments."""

from __future__ import annotations

from compute.functions.call import call
from compute.functions.signature import REGISTRY, CellFailure, CellsDiffer, Function, LanesDiffer, Operand, Parameter

__all__ = ["REGISTRY", "CellFailure", "CellsDiffer", "Function", "LanesDiffer", "Operand", "Parameter", "call"]
