"""Property functions: the further arguments by which a draw gets a name, a static value, limits or a shift.

@RISK's order holds for every product: truncation comes before the shift, Truncate2 after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from compute.dialects.canonical import Adjustment
from compute.formulas.ast import Call, Node, Number, Omitted


@dataclass(slots=True)
class Properties:
    """What the property functions of one draw say; ``refused`` is why they cannot be followed."""

    name: Node | None = None
    static: Node | None = None
    truncate: Adjustment | None = None
    truncate_after: Adjustment | None = None
    shift: Node | None = None
    refused: str | None = None

    def adjustments(self) -> tuple[Adjustment, ...]:
        """The steps between law and value, in their order."""
        shift = None if self.shift is None else Adjustment("shift", self.shift)
        return tuple(a for a in (self.truncate, shift, self.truncate_after) if a is not None)


Arguments = list[Node | None]


def _name(properties: Properties, arguments: Arguments) -> None:
    properties.name = arguments[0] if arguments else None


def _static(properties: Properties, arguments: Arguments) -> None:
    properties.static = arguments[0] if arguments else None


def _shift(properties: Properties, arguments: Arguments) -> None:
    properties.shift = arguments[0] if arguments else Number(0.0)


def _truncate(properties: Properties, arguments: Arguments) -> None:
    low, high = (*arguments, None, None)[:2]
    properties.truncate = Adjustment("truncate", low, high)


def _truncate_percentile(properties: Properties, arguments: Arguments) -> None:
    low, high = (*arguments, None, None)[:2]
    properties.truncate = Adjustment("truncate_percentile", low, high)


def _truncate_after(properties: Properties, arguments: Arguments) -> None:
    low, high = (*arguments, None, None)[:2]
    properties.truncate_after = Adjustment("truncate", low, high)


READERS: dict[str, Callable[[Properties, Arguments], None]] = {
    "NAME": _name,
    "STATIC": _static,
    "SHIFT": _shift,
    "TRUNCATE": _truncate,
    "TRUNCATEP": _truncate_percentile,
    "TRUNCATE2": _truncate_after,
}
SILENT = frozenset({"UNITS", "CATEGORY", "ISDATE", "ISDISCRETE", "COLLECT", "CONVERGENCE", "SIXSIGMA"})
"""Properties that describe or report, and do not change a draw."""
REFUSED = {
    "CORRMAT": "(correlation) is not available yet",
    "COPULA": "(copula) is not available yet",
    "INDEPC": "(correlation) is not available yet",
    "DEPC": "(correlation) is not available yet",
    "SEED": "(a seed of its own) is not available yet",
    "LOCK": "(a locked input) is not available yet",
    "FIT": "(a fit that is redone) is not available yet",
}


def is_property(name: str | None) -> bool:
    """Whether a function's own name, without its product's prefix, is a property."""
    return name is not None and (name in READERS or name in SILENT or name in REFUSED)


def split(call: Call, local_name: Callable[[str], str | None]) -> tuple[list[Node], Properties]:
    """A law's own arguments and the properties among them; ``local_name`` strips the product's prefix from a name."""
    plain: list[Node] = []
    found: list[tuple[str, tuple[Node, ...]]] = []
    for argument in call.arguments:
        own = local_name(argument.name) if isinstance(argument, Call) else None
        if isinstance(argument, Call) and own is not None and is_property(own):
            found.append((own, argument.arguments))
        else:
            plain.append(argument)
    return plain, read(found)


def read(calls: Sequence[tuple[str, tuple[Node, ...]]]) -> Properties:
    """The properties given as (name without prefix, arguments)."""
    properties = Properties()
    for name, arguments in calls:
        if name in REFUSED:
            properties.refused = f"its property {name.capitalize()} {REFUSED[name]}"
        elif name in READERS:
            READERS[name](properties, [None if isinstance(a, Omitted) else a for a in arguments])
    return properties
