"""LAMBDA as a value: parameters, body and the surroundings it was made in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compute.backends.reference.frame import Frame, Indices
from compute.errors import ErrorCode
from compute.formulas.ast import Node
from compute.values import Array, Reference, error

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator

MAX_DEPTH = 200
"""LAMBDA calls inside one another before #NUM!; Excel allows somewhat more, Python's stack does not."""


class Missing:
    """The value of a LAMBDA parameter that the caller left out; ISOMITTED asks for it."""


MISSING = Missing()


@dataclass(frozen=True, slots=True, eq=False)
class Lambda:
    """A LAMBDA bound to its frame."""

    evaluator: Evaluator
    parameters: tuple[str, ...]
    body: Node
    frame: Frame

    @property
    def arity(self) -> int:
        return len(self.parameters)

    def narrowed(self, lanes: Indices) -> Lambda:
        """The same for some lanes only."""
        return Lambda(self.evaluator, self.parameters, self.body, self.frame.narrowed(lanes))

    def evaluate(self, arguments: Sequence[Any]) -> Any:
        """The body's value with the parameters bound; too many arguments give #VALUE!."""
        if len(arguments) > len(self.parameters):
            return error(ErrorCode.VALUE)
        padded = [*arguments, *[MISSING] * (len(self.parameters) - len(arguments))]
        if self.evaluator.depth >= MAX_DEPTH:
            return error(ErrorCode.NUM)
        self.evaluator.depth += 1
        try:
            bound = dict(zip(self.parameters, padded, strict=True))
            return self.evaluator.evaluate(self.body, self.frame.with_variables(bound).as_array())
        finally:
            self.evaluator.depth -= 1

    def __call__(self, arguments: Sequence[Array | Reference]) -> Array:
        value = self.evaluate(arguments)
        return self.evaluator.dereferenced(value, self.frame)
