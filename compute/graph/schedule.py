"""In which order formulas are computed: by level, so that every formula of a level depends on lower levels only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

Dependencies = Callable[[int], Sequence[int]]


class Loop(Exception):  # noqa: N818  a reason to look for all rings, or to refuse the model
    """Formulas that depend on each other in a ring; ``members`` are their numbers in order."""

    def __init__(self, members: tuple[int, ...]) -> None:
        super().__init__(f"{len(members)} formulas in a ring")
        self.members = members


def levels(roots: Iterable[int], dependencies: Dependencies) -> dict[int, int]:
    """The level of each node reachable from ``roots``: 0 without dependencies, else one above the highest of them.

    Levels ascend in the order of the answer. Raises Loop for a ring.
    Source: A. Kahn, Topological sorting of large networks, Comm. ACM 5 (1962).
    """
    wanted = list(roots)
    above, waiting, ready = _turned_round(wanted, dependencies)
    level: dict[int, int] = {}
    height = 0
    while ready:
        level.update(dict.fromkeys(ready, height))
        following: list[int] = []
        for node in ready:
            for user in above[node]:
                left = waiting[user] - 1
                waiting[user] = left
                if not left:
                    following.append(user)
        ready, height = following, height + 1
    if len(level) < len(above):
        raise Loop(_ring(wanted, dependencies, level))
    return level


def _turned_round(
    roots: Iterable[int], dependencies: Dependencies
) -> tuple[dict[int, list[int]], dict[int, int], list[int]]:
    """For each reachable node those that need it and how many it needs itself, repeated as given; those without."""
    open_nodes = list(dict.fromkeys(roots))
    above: dict[int, list[int]] = {node: [] for node in open_nodes}
    waiting: dict[int, int] = {}
    ready: list[int] = []
    while open_nodes:
        node = open_nodes.pop()
        below = dependencies(node)
        if not below:
            ready.append(node)
            continue
        waiting[node] = len(below)
        for child in below:
            users = above.get(child)
            if users is None:
                above[child] = [node]
                open_nodes.append(child)
            else:
                users.append(node)
    return above, waiting, ready


def _ring(roots: Iterable[int], dependencies: Dependencies, level: Mapping[int, int]) -> tuple[int, ...]:
    """A ring among the reachable nodes that have no ``level``: whoever has none needs another one that has none."""
    open_nodes = [root for root in roots if root not in level][:1]
    met = {open_nodes[0]: 0}
    while True:
        following = next(child for child in dependencies(open_nodes[-1]) if child not in level)
        if following in met:
            return tuple(open_nodes[met[following] :])
        met[following] = len(open_nodes)
        open_nodes.append(following)


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
