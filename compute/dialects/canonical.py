"""What every product's calls become: draws and output marks, as nodes of the formula tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compute.formulas.ast import Node


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One step between the law and the value: ``truncate`` by values, ``truncate_percentile`` by probabilities,
    ``shift``.

    ``low`` and ``high`` may be None (open); a shift uses ``low`` alone.
    """

    kind: Literal["truncate", "truncate_percentile", "shift"]
    low: Node | None = None
    high: Node | None = None


@dataclass(frozen=True, slots=True)
class Draw(Node):
    """One draw from a law: ``law`` as ``compute.distributions`` names it, parameters as formula trees.

    ``ordinal`` counts the draws of one formula from 1, in the order of the text; with sheet and cell it keys the draw's
    stream.
    """

    law: str
    parameters: tuple[Node, ...]
    ordinal: int = 1
    name: Node | None = None
    static: Node | None = None
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputMark(Node):
    """``MC.OUTPUT("Profit")``, ``RiskOutput(…)``: adds 0 to its formula and makes the cell an output."""

    name: Node | None = None
    position: Node | None = None


@dataclass(frozen=True, slots=True)
class NotUnderstood(Node):
    """A call of a simulation product that has no meaning here yet; ``reason`` completes "… is not supported:"."""

    call: str
    reason: str
