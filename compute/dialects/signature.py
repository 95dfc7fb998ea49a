"""How a product's function becomes a draw: its documented signature, our law, and what lies between the two."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from compute.dialects.canonical import Adjustment, Draw, NotUnderstood
from compute.dialects.properties import split
from compute.formulas.ast import Call, Node, Number, Omitted
from compute.records import dataclass

Parameters = tuple[Node, ...]


def unchanged(parameters: Parameters) -> Parameters:
    """The product's parameters are the law's, in the same order and units."""
    return parameters


@dataclass(frozen=True, slots=True)
class LawFunction:
    """One function that draws from one of our laws.

    ``signature`` is the product's own (``RiskBeta(alpha, beta, [A=0], [B=1])``: what stands in brackets may be left
    out and is then the number given); ``law`` is a key of ``compute.distributions.LAWS``; ``read`` turns the product's
    parameters into the law's. With ``truncates`` the last two arguments are the limits of the law and no parameters.
    """

    signature: str
    law: str
    read: Callable[[Parameters], Parameters] = unchanged
    truncates: bool = False

    @property
    def name(self) -> str:
        """The function's name as its product writes it."""
        return self.signature.partition("(")[0]

    @property
    def parameters(self) -> tuple[tuple[str, float | None], ...]:
        """The parameters in the product's order, each with the number that holds where it may be left out."""
        return _parsed(self.signature)

    def draw(self, call: Call, local_name: Callable[[str], str | None]) -> Draw | NotUnderstood:
        """The call as a draw, or why it cannot be one; ``local_name`` strips the product's prefix from a name."""
        plain, properties = split(call, local_name)
        if properties.refused:
            return NotUnderstood(self.name, properties.refused)
        given = self._completed(plain)
        if isinstance(given, NotUnderstood):
            return given
        limits: tuple[Adjustment, ...] = ()
        if self.truncates:
            *first, low, high = given
            given = tuple(first)
            limits = (Adjustment("truncate", _present(low), _present(high)),)
        return properties.draw(self.law, self.read(given), limits)

    def _completed(self, plain: list[Node]) -> Parameters | NotUnderstood:
        """The arguments with those left out put in."""
        names = ", ".join(name for name, _ in self.parameters)
        required = sum(default is None for _, default in self.parameters)
        if not required <= len(plain) <= len(self.parameters):
            inner = next((a for a in plain if isinstance(a, NotUnderstood)), None)
            found = f"it takes ({names}), but {len(plain)} arguments are given"
            return inner or NotUnderstood(self.name, found)
        padded = [*plain, *[Omitted()] * (len(self.parameters) - len(plain))]
        for i, ((name, default), node) in enumerate(zip(self.parameters, padded, strict=True)):
            is_limit = self.truncates and i >= len(padded) - 2
            if isinstance(node, Omitted) and not is_limit:
                if default is None:
                    return NotUnderstood(self.name, f"it takes ({names}), but {name} is left out")
                padded[i] = Number(default)
        return tuple(padded)


def _present(node: Node) -> Node | None:
    return None if isinstance(node, Omitted) else node


@lru_cache(maxsize=1_024)
def _parsed(signature: str) -> tuple[tuple[str, float | None], ...]:
    inside = signature.partition("(")[2].removesuffix(")")
    found: list[tuple[str, float | None]] = []
    for part in inside.split(", "):
        name, _, default = part.strip("[]").partition("=")
        found.append((name, float(default) if default else None))
    return tuple(found)


def by_local_name(prefix: str, *functions: LawFunction) -> dict[str, LawFunction]:
    """The functions by their capital names without the product's prefix."""
    return {f.name.removeprefix(prefix).upper(): f for f in functions}
