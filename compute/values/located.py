"""Cells chosen lane by lane: a value that remembers which lanes took it from the same place."""

from __future__ import annotations

from typing import Any

import numpy as np

from compute.records import dataclass
from compute.values.array import Array


@dataclass(frozen=True, slots=True, eq=False)
class Located(Array):
    """What INDEX and its kin give when the place differs between lanes: a Reference is the same in every lane, always.

    ``places``: shape (lanes,), equal where the place is. Who needs the place itself computes the lanes group by group.
    """

    places: Any = None

    def take_lanes(self, indices: np.ndarray[Any, Any]) -> Array:
        taken = Array.take_lanes(self, indices)
        places = self.places if self.lanes == 1 else self.places[indices]
        return Located(taken.numbers, taken.kinds, taken.texts, places)

    @property
    def labels(self) -> np.ndarray[Any, Any]:
        """A number from 0 for each lane, equal where the place is; shape (lanes,)."""
        return np.unique(self.places, return_inverse=True)[1].reshape(-1)
