"""Which lines read which, and how far back: the distances that decide what may share a loop.

Source: R. Allen, K. Kennedy, Optimizing Compilers for Modern Architectures (2001), chapters 2 and 5: statements that
depend on each other in a cycle stay in one loop, all others may be taken apart or put together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from compute.backends.native.expressions import Cell, Expression, Over, walk
from compute.backends.native.layout import Layout
from compute.backends.native.lines import Line
from compute.records import dataclass

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Distance:
    """By how many cells a line lies behind another it reads: the least and the most; None where they run otherwise."""

    least: int
    most: int


Edges = dict[int, Distance | None]


def read_places(expression: Expression) -> Iterable[Ints]:
    """The places an expression reads, each array of shape (cells, …) or (1, …)."""
    for part in walk(expression):
        if isinstance(part, Cell):
            yield part.places[:, None]
        elif isinstance(part, Over):
            yield from part.ranges


def edges_of(line: Line, expression: Expression, lines: Sequence[Line], layout: Layout) -> Edges:
    """The lines that a line reads, with their distances."""
    found: Edges = {}
    turns = np.arange(line.length)[:, None]
    for places in read_places(expression):
        own = places < layout.cells
        numbers = np.where(own, layout.line[np.where(own, places, 0)], -1)
        for number in layout.lines_at(places):
            if number < 0:
                continue
            other = lines[number]
            distance: Distance | None = None
            if line.along and line.along == other.along:
                behind = line.first + turns - (other.first + layout.turn[np.where(numbers == number, places, 0)])
                behind = behind[np.broadcast_to(numbers == number, behind.shape)]
                distance = Distance(int(behind.min()), int(behind.max()))
            known = found.get(number, distance)
            if known is None or distance is None:
                found[number] = None
            else:
                found[number] = Distance(min(known.least, distance.least), max(known.most, distance.most))
    return found


def components(count: int, reads: Mapping[int, Iterable[int]]) -> list[tuple[int, ...]]:
    """The strongly connected components of the nodes 0 … count − 1, those that others read first.

    Source: R. Tarjan, Depth-first search and linear graph algorithms, SIAM J. Comput. 1 (1972).
    """
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    found: list[tuple[int, ...]] = []
    for root in range(count):
        if root in index:
            continue
        work = [(root, iter(reads.get(root, ())))]
        index[root] = low[root] = len(index)
        path.append(root)
        on_path.add(root)
        while work:
            node, below = work[-1]
            for child in below:
                if child not in index:
                    index[child] = low[child] = len(index)
                    path.append(child)
                    on_path.add(child)
                    work.append((child, iter(reads.get(child, ()))))
                    break
                if child in on_path:
                    low[node] = min(low[node], index[child])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    found.append(_popped(path, on_path, node))
    return found


def _popped(path: list[int], on_path: set[int], node: int) -> tuple[int, ...]:
    members: list[int] = []
    while True:
        member = path.pop()
        on_path.discard(member)
        members.append(member)
        if member == node:
            return tuple(sorted(members))
