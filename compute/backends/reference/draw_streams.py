"""Which random numbers a draw gets when its formula computes it more than once in an iteration.

A draw has a stream of its own. In the body of a LAMBDA that is called several times, and in an array formula whose
parameters are arrays, every call and every element but the first has a further one. It is found from the text and the
element's place alone, never from the order of computation, so that it is the same for any block of iterations.
"""

from __future__ import annotations

from compute.backends.reference.frame import Frame
from compute.dialects import nodes
from compute.formulas.ast import Call, Invocation, Node
from compute.functions import REGISTRY
from compute.program import Program
from compute.program.special import SPECIAL_FORMS
from compute.sampling import stream_key

Element = tuple[int, int]
"""Row and column, from 0, of a draw in an array formula."""
FIRST: Element = (0, 0)
CALLING = frozenset({"MAP", "REDUCE", "SCAN", "BYROW", "BYCOL", "MAKEARRAY"})


class CallPlaces:
    """The places of calls in the texts of formulas and names, found once for each tree."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[int, tuple[Node, dict[int, int]]] = {}

    def path(self, frame: Frame) -> tuple[int, ...]:
        """The calls around a draw as numbers; () where it is the first of its kind: outside of LAMBDAs, or in the first
        call of each.
        """
        if not frame.calls:
            return ()
        found: list[int] = []
        for caller, turn in frame.calls:
            found += [self._ordinal(frame, caller), turn]
        return tuple(found) if any(found) else ()

    def _ordinal(self, frame: Frame, caller: Node) -> int:
        trees = (frame.formulas[0].tree, *self._program.lambdas.values())
        offset = 0
        for tree in trees:
            places = self._places(tree)
            if id(caller) in places:
                return offset + places[id(caller)]
            offset += len(places)
        return offset

    def _places(self, tree: Node) -> dict[int, int]:
        known = self._known.get(id(tree))
        if known is None:
            calls = (n for n in nodes(tree) if isinstance(n, Invocation) or _calls(n))
            known = self._known[id(tree)] = (tree, {id(n): i for i, n in enumerate(calls)})
        return known[1]


def further_stream(stream: int, path: tuple[int, ...], element: Element) -> int:
    """The stream of a draw in a further call or element: keyed by the site's own, the calls around it and its place."""
    return stream_key(f"{stream:016x}", "/".join(map(str, (*path, *element))), len(path))


def _calls(node: Node) -> bool:
    if not isinstance(node, Call):
        return False
    return node.name in CALLING or (node.name not in REGISTRY and node.name not in SPECIAL_FORMS)
