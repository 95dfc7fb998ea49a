"""In which order formulas are computed: by level, so that every formula of a level depends on lower levels only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

Dependencies = Callable[[int], Sequence[int]]


class Loop(Exception):  # noqa: N818  a reason to look for all rings, or to refuse the model
    """Formulas that depend on each other in a ring; ``members`` are their numbers in order."""

    def __init__(self, members: tuple[int, ...]) -> None:
        super().__init__(f"{len(members)} formulas in a ring")
        self.members = members


def levels(roots: Iterable[int], dependencies: Dependencies) -> dict[int, int]:
    """The level of each node reachable from ``roots``: 0 without dependencies, else one above the highest of them.

    Raises Loop for a ring.
    """
    level: dict[int, int] = {}
    open_nodes: dict[int, None] = {}
    for root in roots:
        if root in level:
            continue
        stack: list[tuple[int, Sequence[int], int, int]] = [(root, dependencies(root), 0, -1)]
        open_nodes[root] = None
        while stack:
            node, below, position, highest = stack.pop()
            advanced = False
            while position < len(below):
                child = below[position]
                known = level.get(child)
                if known is not None:
                    highest = max(highest, known)
                elif child in open_nodes:
                    ring = list(open_nodes)
                    raise Loop(tuple(ring[ring.index(child) :]))
                else:
                    stack.append((node, below, position, highest))
                    stack.append((child, dependencies(child), 0, -1))
                    open_nodes[child] = None
                    advanced = True
                    break
                position += 1
            if not advanced:
                level[node] = highest + 1
                del open_nodes[node]
    return level


def ringed_levels(roots: Iterable[int], dependencies: Dependencies) -> tuple[dict[int, int], list[tuple[int, ...]]]:
    """Levels where rings are allowed: all nodes of one ring share a level. Also the rings, those below others first.

    A ring is a strongly connected component of several nodes, or a node that needs itself.
    Source: R. Tarjan, Depth-first search and linear graph algorithms, SIAM J. Comput. 1 (1972).
    """
    search = _Components(dependencies)
    for root in roots:
        if root not in search.order:
            search.visit(root)
    return search.level, search.rings


class _Components:
    """Tarjan's search without recursion: ``order`` numbers nodes as they are met, ``lowest`` how far back they lead."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self.order: dict[int, int] = {}
        self.lowest: dict[int, int] = {}
        self.level: dict[int, int] = {}
        self.rings: list[tuple[int, ...]] = []
        self._open: list[int] = []

    def visit(self, root: int) -> None:
        stack = [self._met(root)]
        while stack:
            node, below, position = stack.pop()
            while position < len(below):
                child = below[position]
                if child not in self.order:
                    stack.append((node, below, position))
                    stack.append(self._met(child))
                    break
                if child not in self.level:
                    self.lowest[node] = min(self.lowest[node], self.lowest[child])
                position += 1
            else:
                if self.lowest[node] == self.order[node]:
                    self._close(node)

    def _met(self, node: int) -> tuple[int, Sequence[int], int]:
        self.order[node] = self.lowest[node] = len(self.order)
        self._open.append(node)
        return node, self._dependencies(node), 0

    def _close(self, first: int) -> None:
        start = len(self._open) - 1
        while self._open[start] != first:
            start -= 1
        members = self._open[start:]
        del self._open[start:]
        own = set(members)
        outside = (self.level[c] for m in members for c in self._dependencies(m) if c not in own)
        level = 1 + max(outside, default=-1)
        self.level.update(dict.fromkeys(members, level))
        if len(members) > 1 or first in self._dependencies(first):
            self.rings.append(tuple(members))
