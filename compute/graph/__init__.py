"""Dependencies between formulas: what each reads, which formulas an output needs, and in which order they run."""

from __future__ import annotations

from compute.graph.areas import (
    EXTENDING_FUNCTIONS,
    PLACE_FUNCTIONS,
    CellId,
    ProducerIndex,
    SheetIndex,
    are_dynamic,
    areas_of,
    extended_total,
    is_dynamic,
    rectangle,
    static_references,
)
from compute.graph.binding import Binder, NameKey
from compute.graph.schedule import Loop, levels, ringed_levels

__all__ = [
    "EXTENDING_FUNCTIONS",
    "PLACE_FUNCTIONS",
    "Binder",
    "CellId",
    "Loop",
    "NameKey",
    "ProducerIndex",
    "SheetIndex",
    "are_dynamic",
    "areas_of",
    "extended_total",
    "is_dynamic",
    "levels",
    "rectangle",
    "ringed_levels",
    "static_references",
]
