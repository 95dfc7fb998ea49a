"""How neighbouring cells are counted."""

from __future__ import annotations

import numpy as np
import pytest

from compute.backends.native.lines import _neighbours
from compute.formulas.ast import MAX_COLUMN, MAX_ROW

CELLS = {
    "one": {(3, 3)},
    "a column": {(r, 2) for r in range(1, 9)},
    "a row": {(5, c) for c in range(1, 9)},
    "a block": {(r, c) for r in range(2, 6) for c in range(4, 7)},
    "the ends of rows": {(1, MAX_COLUMN), (2, 1), (2, MAX_COLUMN), (3, 1)},
    "the corners": {(1, 1), (MAX_ROW, MAX_COLUMN), (MAX_ROW, 1), (1, MAX_COLUMN)},
    "scattered": {(int(p) // 30 + 1, int(p) % 30 + 1) for p in np.random.default_rng(1).integers(0, 900, 300)},
}


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize(("down", "across"), [(0, 1), (1, 0)])
def test_neighbours_are_those_beside_or_below(name: str, down: int, across: int) -> None:
    """Whatever order the cells come in."""
    cells = CELLS[name]
    rows, columns = np.array(list(cells), np.int64).T
    expected = sum((r + down, c + across) in cells for r, c in cells)
    assert _neighbours(rows, columns, down, across) == expected
