"""In which order formulas are computed: by level, so that every formula of a level depends on lower levels only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence


class Loop(Exception):  # noqa: N818  turned into CircularReference or an iteration by the caller
    """Formulas that depend on each other in a ring; ``members`` are their numbers in order."""

    def __init__(self, members: tuple[int, ...]) -> None:
        super().__init__(f"{len(members)} formulas in a ring")
        self.members = members


def levels(
    roots: Iterable[int], dependencies: Callable[[int], Sequence[int]], *, cut_loops: bool = False
) -> dict[int, int]:
    """The level of each node reachable from ``roots``: 0 without dependencies, else one above the highest of them.

    Raises Loop for a ring, or with ``cut_loops`` ignores the dependency that closes it.
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
                    if not cut_loops:
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
