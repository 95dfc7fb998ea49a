"""Designed runs: iterations whose uniforms are those of a plan and not of a random sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from compute.errors import SpecificationError
from compute.sampling.sampler import Sampler
from compute.sampling.streams import FloatArray


class _Designed:
    """A sampler that serves the draws of a design, and others from ``rest``."""

    def __init__(self, rest: Sampler, columns: Mapping[int, int]) -> None:
        self._rest, self._columns = rest, dict(columns)

    @property
    def seed(self) -> int:
        """Raises SpecificationError: who asks for it draws numbers that a design has no place for."""
        raise SpecificationError(
            "this model draws random numbers inside array formulas, LAMBDAs, compound laws or RANDARRAY; a designed "
            "run (sensitivity by variance) has no place for them. Use the tornado of an ordinary run",
            code="design.further_draws",
        )


class BlocksSampler(_Designed):
    """Blocks of ``size`` iterations: in each, some columns are taken from B and the others from A.

    ``points`` serves A as its draws 0 … k − 1 and B as the k next ones, k being the number of ``columns`` (a column for
    each draw of the design); ``replaced`` are the columns from B of each block.
    """

    def __init__(
        self,
        points: Sampler,
        size: int,
        columns: Mapping[int, int],
        replaced: Sequence[Sequence[int]],
        rest: Sampler,
    ) -> None:
        super().__init__(rest, columns)
        self._points, self._size = points, size
        self._replaced = tuple(frozenset(block) for block in replaced)

    def uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms in (0, 1) of one draw for the iterations [start, stop): a pure function of its arguments."""
        column = self._columns.get(draw_index)
        if column is None:
            return self._rest.uniforms(draw_index, start, stop)
        pieces = [np.empty(0)]
        while start < stop:
            block, first = divmod(start, self._size)
            last = min(self._size, first + stop - start)
            place = column + len(self._columns) if column in self._replaced[block] else column
            pieces.append(self._points.uniforms(place, first, last))
            start += last - first
        return np.concatenate(pieces)


class TableSampler(_Designed):
    """Uniforms from a table of shape (iterations, columns)."""

    def __init__(self, table: FloatArray, columns: Mapping[int, int], rest: Sampler) -> None:
        super().__init__(rest, columns)
        self._table = table

    def uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms in (0, 1) of one draw for the iterations [start, stop): a pure function of its arguments."""
        column = self._columns.get(draw_index)
        if column is None:
            return self._rest.uniforms(draw_index, start, stop)
        return np.ascontiguousarray(self._table[start:stop, column])
