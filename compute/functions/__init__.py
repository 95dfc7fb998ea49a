"""Excel's worksheet functions by family; the registry says how each takes its arguments."""

from __future__ import annotations

import importlib
import pkgutil

from compute.functions.call import call
from compute.functions.signature import REGISTRY, CellFailure, CellsDiffer, Function, LanesDiffer, Operand, Parameter

_FRAME = {"call", "signature"}


def _load_families() -> None:
    for module in pkgutil.iter_modules(__path__):
        if module.name not in _FRAME:
            importlib.import_module(f"{__name__}.{module.name}")


_load_families()

__all__ = ["REGISTRY", "CellFailure", "CellsDiffer", "Function", "LanesDiffer", "Operand", "Parameter", "call"]
