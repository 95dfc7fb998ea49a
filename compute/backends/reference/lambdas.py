"""LAMBDA as a value: parameters, body and the surroundings it was made in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from compute.backends.reference.frame import Frame, Indices
from compute.errors import ErrorCode
from compute.formulas.ast import Call, NameReference, Node, Omitted
from compute.functions import REGISTRY
from compute.records import dataclass
from compute.values import Array, Reference, error

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator

Calls = tuple[tuple[Node, int], ...]
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
        return replace(self, frame=self.frame.narrowed(lanes))

    def evaluate(self, arguments: Sequence[Any], calls: Calls = ()) -> Any:
        """The body's value with the parameters bound; too many arguments give #VALUE!.

        ``calls`` are those around the body: a draw in it has numbers of its own in each of them.
        """
        if len(arguments) > len(self.parameters):
            return error(ErrorCode.VALUE)
        padded = [*arguments, *[MISSING] * (len(self.parameters) - len(arguments))]
        if self.evaluator.depth >= MAX_DEPTH:
            return error(ErrorCode.NUM)
        self.evaluator.depth += 1
        try:
            bound = dict(zip(self.parameters, padded, strict=True))
            frame = replace(self.frame.with_variables(bound), calls=calls)
            return self.evaluator.evaluate(self.body, frame.as_array())
        finally:
            self.evaluator.depth -= 1

    def __call__(self, arguments: Sequence[Array | Reference], calls: Calls = ()) -> Array:
        value = self.evaluate(arguments, calls)
        return self.evaluator.dereferenced(value, self.frame)

    @property
    def label(self) -> str:
        """How a summary's header names it."""
        return "CUSTOM"


@dataclass(frozen=True, slots=True, eq=False)
class NamedFunction(Lambda):
    """A worksheet function as a value: ``SUM`` in ``BYROW(A1:B2,SUM)``, an eta-reduced LAMBDA.

    Source: Microsoft, "Eta reduced lambdas" on the pages of BYROW and GROUPBY.
    """

    name: str

    @classmethod
    def of(cls, evaluator: Evaluator, name: str, frame: Frame) -> NamedFunction:
        """The function of that name, called from the frame's formula."""
        return cls(evaluator, (), Omitted(), frame, name)

    @property
    def arity(self) -> int:
        """The arguments that it cannot do without."""
        return REGISTRY[self.name].minimum if self.name in REGISTRY else 2

    @property
    def label(self) -> str:
        return self.name

    def evaluate(self, arguments: Sequence[Any], calls: Calls = ()) -> Any:
        """The function's value over arguments that are values already."""
        names = tuple(f"argument {i}" for i in range(len(arguments)))
        body = Call(self.name, tuple(NameReference(n) for n in names))
        bound = self.frame.with_variables(dict(zip(names, arguments, strict=True)))
        return self.evaluator.evaluate(body, bound.as_array())


@dataclass(frozen=True, slots=True, eq=False)
class FunctionStack:
    """Functions side by side (HSTACK) or below each other (VSTACK), for GROUPBY and PIVOTBY."""

    functions: tuple[Lambda, ...]
    across: bool
