"""Lines put together into loops: those in a cycle must share one, others share one where the order allows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from compute.backends.native.dependences import Distance, Edges, components
from compute.backends.native.lines import Line
from compute.records import dataclass


@dataclass(slots=True)
class Loop:
    """Lines computed cell by cell together, in the order of ``lines`` within one cell's turn.

    ``along`` is "" for a block of single cells, computed one after the other; ``direction`` is 1 or -1.
    """

    along: str
    direction: int = 0
    lines: list[int] = field(default_factory=list)

    def bounds(self, lines: Sequence[Line]) -> tuple[int, int]:
        """The first and the last column or row of any of its lines."""
        first = min(lines[n].first for n in self.lines)
        return first, max(lines[n].first + lines[n].length - 1 for n in self.lines)


MOST_IN_A_BLOCK = 200
"""Single cells in one function: compile time grows faster than the code."""


def loop_of(members: Sequence[int], lines: Sequence[Line], edges: Mapping[int, Edges]) -> Loop | None:
    """One loop that computes lines which depend on each other; None where no order of their cells does."""
    alongs = {lines[n].along for n in members}
    inner = {n: {m: d for m, d in edges[n].items() if m in members} for n in members}
    if len(members) == 1 and not inner[members[0]]:
        return Loop(alongs.pop(), 0, list(members))
    if alongs == {""} or len(alongs) > 1:
        return None
    distances = [d for own in inner.values() for d in own.values()]
    known = [d for d in distances if d is not None]
    if len(known) < len(distances):
        return None
    for direction in (1, -1):
        if all(_behind(d, direction) >= 0 for d in known):
            at_once = {
                n: [m for m, d in own.items() if d is not None and _behind(d, direction) == 0]
                for n, own in inner.items()
            }
            order = _ordered(members, at_once)
            return None if order is None else Loop(alongs.pop(), direction, order)
    return None


def _behind(distance: Distance, direction: int) -> int:
    """The least number of turns that lie between a value's making and its use."""
    return distance.least if direction > 0 else -distance.most


def _ordered(members: Sequence[int], reads: Mapping[int, Sequence[int]]) -> list[int] | None:
    """Members so that each comes after those it reads in the same turn; None where they form a ring."""
    position = {n: i for i, n in enumerate(members)}
    found = components(len(members), {position[n]: [position[m] for m in below] for n, below in reads.items()})
    if any(len(c) > 1 for c in found) or any(n in below for n, below in reads.items()):
        return None
    return [members[c[0]] for c in found]


def fused(loops: Sequence[Loop], lines: Sequence[Line], edges: Mapping[int, Edges]) -> list[Loop]:
    """The loops of one stage, in an order that respects what reads what, neighbours joined where they may be."""
    owner = {n: i for i, loop in enumerate(loops) for n in loop.lines}
    waits = {
        i: {owner[m] for n in loop.lines for m in edges[n] if owner.get(m, i) != i} for i, loop in enumerate(loops)
    }
    readers: dict[int, list[int]] = {i: [] for i in waits}
    for i, below in waits.items():
        for j in below:
            readers[j].append(i)
    ready = sorted(i for i, below in waits.items() if not below)
    result: list[Loop] = []
    while ready:
        chosen = next((i for i in ready if result and _joins(result[-1], loops[i], edges)), None)
        if chosen is None:
            chosen = min(ready, key=lambda i: (loops[i].along != "", i))
            result.append(Loop(loops[chosen].along, loops[chosen].direction))
        result[-1].lines += loops[chosen].lines
        result[-1].direction = result[-1].direction or loops[chosen].direction or _direction(result[-1], edges)
        ready.remove(chosen)
        for reader in readers[chosen]:
            waits[reader].discard(chosen)
            if not waits[reader]:
                ready.append(reader)
        ready.sort()
    for loop in result:
        loop.direction = loop.direction or 1
    return result


def _joins(loop: Loop, other: Loop, edges: Mapping[int, Edges]) -> bool:
    """Whether another loop may run at the end of each turn of this one."""
    if loop.along != other.along:
        return False
    if not loop.along:
        return len(loop.lines) + len(other.lines) <= MOST_IN_A_BLOCK
    if loop.direction * other.direction < 0:
        return False
    direction = loop.direction or other.direction
    directions = (direction,) if direction else (1, -1)
    return any(_fits(loop, other, edges, d) for d in directions)


def _fits(loop: Loop, other: Loop, edges: Mapping[int, Edges], direction: int) -> bool:
    own = set(loop.lines)
    between = [d for n in other.lines for m, d in edges[n].items() if m in own]
    return all(d is not None and _behind(d, direction) >= 0 for d in between)


def _direction(loop: Loop, edges: Mapping[int, Edges]) -> int:
    """The direction that a loop must take for what its lines read of each other; 0 where either will do."""
    own = set(loop.lines)
    between = [d for n in loop.lines for m, d in edges[n].items() if m in own and d is not None]
    if any(d.most > 0 for d in between):
        return 1
    return -1 if any(d.least < 0 for d in between) else 0
