"""What is the same in every turn of a loop, so that it is computed once before it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

import numpy as np

from compute.backends.native.expressions import (
    Apply,
    Cell,
    Expression,
    Fixed,
    Inverse,
    Over,
    Pick,
    Places,
    Sampled,
    Search,
    Where,
    parts_of,
)
from compute.backends.native.layout import Layout


class Standing:
    """Which parts of a loop's expressions stand still while its turns go by."""

    def __init__(self, layout: Layout, members: Sequence[int]) -> None:
        """``members`` are the lines of the loop: what they make differs from turn to turn."""
        self._layout, self._members = layout, np.array(sorted(members), np.int64)
        self._known: dict[int, bool] = {}

    def holds(self, expression: Expression) -> bool:
        """Whether it has one value in all turns."""
        known = self._known.get(id(expression))
        if known is None:
            known = self._known[id(expression)] = self._examined(expression)
        return known

    def greatest(self, expression: Expression) -> Iterator[Expression]:
        """The parts that stand, each as large as it can be; constants are left out."""
        if self.holds(expression):
            if not isinstance(expression, Fixed):
                yield expression
            return
        for part in parts_of(expression):
            yield from self.greatest(part)

    def _examined(self, expression: Expression) -> bool:
        if isinstance(expression, Sampled):
            return False
        if isinstance(expression, Fixed):
            bits = expression.values.view(np.uint64)
            return bool((bits == bits[0]).all())
        if isinstance(expression, Cell):
            return self._is_one_place(expression.places[:, None])
        if isinstance(expression, Inverse) and len({id(t) for t in expression.tables}) > 1:
            return False
        if isinstance(expression, Over) and not all(self._is_one_place(r) for r in expression.ranges):
            return False
        return all(self.holds(p) for p in parts_of(expression))

    def _is_one_place(self, places: Places) -> bool:
        """Whether all rows of places are one row, and made elsewhere."""
        if not (places == places[:1]).all():
            return False
        cells = places[0][places[0] < self._layout.cells]
        return not np.isin(self._layout.line[cells], self._members).any()


def key_of(expression: Expression) -> Hashable:
    """Equal for standing expressions with equal values."""
    parts = tuple(key_of(p) for p in parts_of(expression))
    if isinstance(expression, Fixed):
        return expression.type, expression.values[:1].tobytes()
    if isinstance(expression, Cell):
        return expression.type, int(expression.places[0])
    if isinstance(expression, Where):
        asked = expression.tests, expression.written, expression.views, tuple(r[0].tobytes() for r in expression.ranges)
        return "where", expression.operation, asked, parts
    if isinstance(expression, Over):
        return expression.operation, tuple(r[0].tobytes() for r in expression.ranges), expression.views, parts
    if isinstance(expression, Search):
        return "search", expression.keys.tobytes(), expression.exact, parts
    if isinstance(expression, Pick):
        return "pick", expression.first, expression.choices.tobytes(), parts
    if isinstance(expression, Inverse):
        return "inverse", expression.kind, id(expression.tables[0]), parts
    assert isinstance(expression, Apply)
    return expression.operation, parts


__all__ = ["Standing", "key_of"]
