"""The surroundings of one evaluation: which cells, which lanes, which names are bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from compute.formulas.ast import Node
from compute.program import FormulaCell
from compute.records import dataclass
from compute.values import Array, Reference

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Formulas of one tree over ``lanes = len(formulas) × block lanes``, cell by cell.

    ``subset`` narrows the lanes to some indices, when lanes must be computed group by group. ``whole`` is array
    evaluation: ranges are taken whole instead of intersected. With ``places`` a cell is its place, not its value.
    ``calls`` are the calls of LAMBDAs around the node: each the calling node, and which of its calls this is.
    """

    formulas: tuple[FormulaCell, ...]
    block_lanes: int
    rows: Indices
    columns: Indices
    whole: bool = False
    places: bool = False
    subset: Indices | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    calls: tuple[tuple[Node, int], ...] = ()

    @classmethod
    def of(cls, formulas: tuple[FormulaCell, ...], block_lanes: int) -> Frame:
        """The frame of formulas that share a tree."""
        rows = np.array([f.row for f in formulas], np.intp)
        columns = np.array([f.column for f in formulas], np.intp)
        return cls(formulas, block_lanes, rows, columns, whole=formulas[0].is_array)

    @property
    def cells(self) -> int:
        return len(self.formulas)

    @property
    def sheet(self) -> int:
        return self.formulas[0].sheet

    @property
    def row(self) -> int:
        return self.formulas[0].row

    @property
    def column(self) -> int:
        return self.formulas[0].column

    @property
    def lanes(self) -> int:
        """The lanes of values that differ between lanes."""
        return len(self.subset) if self.subset is not None else self.cells * self.block_lanes

    def narrowed(self, lanes: Indices) -> Frame:
        """The same for some of this frame's lanes."""
        return replace(
            self,
            subset=lanes if self.subset is None else self.subset[lanes],
            variables={n: narrowed_value(v, lanes) for n, v in self.variables.items()},
        )

    def with_variables(self, variables: Mapping[str, Any]) -> Frame:
        """The same with more names bound."""
        return replace(self, variables={**self.variables, **variables})

    def called(self, caller: Node, turn: int = 0) -> tuple[tuple[Node, int], ...]:
        """The calls around the body of a LAMBDA that a node of this frame calls for the ``turn``-th time."""
        return (*self.calls, (caller, turn))

    def as_array(self, whole: bool = True) -> Frame:
        """The same under array evaluation (or not)."""
        return self if self.whole == whole else replace(self, whole=whole)

    def as_places(self, places: bool = True) -> Frame:
        """The same where references are wanted as places (or not)."""
        return self if self.places == places else replace(self, places=places)

    def pick(self, array: Array) -> Array:
        """A value over all lanes, narrowed to this frame's."""
        return array if self.subset is None else array.take_lanes(self.subset)


def narrowed_value(value: Any, lanes: Indices) -> Any:
    """A bound variable for some lanes only."""
    if isinstance(value, Array):
        return value.take_lanes(lanes)
    return value.narrowed(lanes) if hasattr(value, "narrowed") and not isinstance(value, Reference) else value
