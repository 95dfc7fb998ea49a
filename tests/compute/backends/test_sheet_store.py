"""Stores of sheets: which cells vary, in dense and in sparse sheets and beyond their used rectangle."""

from __future__ import annotations

import numpy as np
import pytest

from compute.backends.reference.store import SheetStore

ROWS, COLUMNS, SLOTS = np.array([2, 9, 2]), np.array([3, 1, 3]), np.array([4, 5, 6], np.int32)


@pytest.mark.parametrize(("rows", "columns"), [(10, 5), (1, 1), (10**6, 16_000)], ids=["dense", "growing", "sparse"])
def test_cells_get_their_slots_together_as_alone(rows: int, columns: int) -> None:
    together, alone = SheetStore(rows, columns), SheetStore(rows, columns)
    together.set_slots(ROWS, COLUMNS, SLOTS)
    for row, column, slot in zip(ROWS.tolist(), COLUMNS.tolist(), SLOTS.tolist(), strict=True):
        alone.set_slot(row, column, slot)
    asked = np.arange(1, 12)[:, None], np.arange(1, 7)[None, :]
    np.testing.assert_array_equal(together.slots(*asked), alone.slots(*asked))
    assert together.slots(np.array([2, 9]), np.array([3, 1])).tolist() == [6, 5]
