"""From the rows that a kernel leaves to the samples of a block: outputs, and iterations in doubt computed anew."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from compute.backends.native.failures import coded, codes_of
from compute.backends.native.mixing import are_errors, kinds_and_numbers
from compute.backends.native.stages import Plan
from compute.backends.reference import BlockResult, Machine
from compute.errors import ErrorCode
from compute.program import Program
from compute.sampling import Sampler
from compute.values import Codes, Floats, Kind

NEIGHBOURS = 64
"""Doubted iterations no farther apart than this are computed together."""


class OutputRows:
    """Where the outputs of a program that is native throughout are found; those that never vary have one value."""

    def __init__(
        self, rows: npt.NDArray[np.int64], values: Floats, codes: Codes, are_text: npt.NDArray[np.uint8]
    ) -> None:
        """For each output its row, or -1 with its value and error code; 1 for texts, 2 for what is mixed, else 0."""
        self.rows, self.values, self.codes, self.are_text = rows, values, codes, are_text
        varying, self._constant = np.flatnonzero(rows >= 0), np.flatnonzero(rows < 0)
        self._varying, self._sources = together(varying), together(rows[varying])
        self._texts, self._mixed = np.flatnonzero(are_text == 1), np.flatnonzero(are_text == 2)

    @classmethod
    def of_program(cls, program: Program, plan: Plan, row_of: Mapping[int, int]) -> OutputRows:
        """``row_of`` gives the row of each place that leaves the kernel."""
        layout, count = plan.layout, len(program.outputs)
        are_text = np.zeros(count, np.uint8)
        rows: npt.NDArray[np.int64] = np.full(count, -1, np.int64)
        values, codes = np.full(count, np.nan), np.zeros(count, np.uint8)
        for i, site in enumerate(program.outputs):
            sheet, row, column = site.cell
            where = (np.array([row]), np.array([column]))
            place = int(layout.varying(sheet, *where)[0])
            if place >= 0:
                rows[i] = row_of[place]
                are_text[i] = {"text": 1, "mixed": 2}.get(plan.type_at(place), 0)
                continue
            fixed = layout.fixed(sheet, *where)
            kind, number = int(fixed.kind_array()[0]), float(fixed.numbers[0])
            if kind in (Kind.NUMBER, Kind.BOOLEAN, Kind.BLANK):
                values[i] = number
            else:
                codes[i] = number if kind == Kind.ERROR else ErrorCode.VALUE
        return cls(rows, values, codes, are_text)

    def of(self, rows: Floats, lanes: int) -> tuple[Floats, Codes]:
        """The values and error codes of all outputs, from the kernel's rows."""
        values, codes = np.empty((len(self.rows), lanes)), np.zeros((len(self.rows), lanes), np.uint8)
        self.write(rows, values, codes)
        return values, codes

    def write(self, rows: Floats, values: Floats, codes: Codes) -> None:
        """As ``of``, into arrays of one row for each output; ``codes`` hold 0, or what an earlier call left there."""
        values[self._varying] = rows[self._sources, : values.shape[1]]
        if len(self._constant):
            values[self._constant] = self.values[self._constant, None]
            codes[self._constant] = self.codes[self._constant, None]
        for output in self._mixed.tolist():
            kinds, numbers = kinds_and_numbers(values[output])
            values[output] = np.where(kinds == Kind.TEXT, coded(ErrorCode.VALUE), numbers)
        outputs, lanes = np.divmod(np.flatnonzero(np.isnan(values)), values.shape[1])
        of_kernel = self.rows[outputs] >= 0
        outputs, lanes = outputs[of_kernel], lanes[of_kernel]
        found = codes_of(values[outputs, lanes])
        codes[outputs, lanes] = found
        values[outputs[found != 0], lanes[found != 0]] = np.nan
        if len(self._texts):
            codes[self._texts] = np.where(np.isnan(values[self._texts]), codes[self._texts], ErrorCode.VALUE)
            values[self._texts] = np.nan


def are_unknown(values: Floats) -> npt.NDArray[np.bool_]:
    """Infinite numbers, and errors without a code: the reference backend is asked what stands there."""
    return np.asarray(np.isinf(values) | (are_errors(values) & (codes_of(values) == 0)), np.bool_)


def empty_block(program: Program, start: int, stop: int) -> BlockResult:
    """Room for the samples of a block, nothing filled in, no errors."""
    outputs, inputs = ((len(sites), stop - start) for sites in (program.outputs, program.draws))
    values = np.empty(outputs), np.empty(inputs)
    return BlockResult(start, stop, values[0], np.zeros(outputs, np.uint8), values[1], np.zeros(inputs, np.uint8))


def together(places: npt.NDArray[np.int64]) -> slice | npt.NDArray[np.int64]:
    """The places as a slice if each follows the one before: what it selects is not copied."""
    if len(places) and (np.diff(places) == 1).all():
        return slice(int(places[0]), int(places[-1]) + 1)
    return places


def settle(reference: Machine, result: BlockResult, doubted: npt.NDArray[np.bool_], sampler: Sampler) -> None:
    """Computes the doubted iterations with the reference backend, each by itself alone or with its neighbours."""
    for first, last in stretches(np.flatnonzero(doubted), NEIGHBOURS):
        anew = reference.run(sampler, result.start + first, result.start + last)
        chosen = np.flatnonzero(doubted[first:last])
        for own, other in (
            (result.outputs, anew.outputs),
            (result.output_codes, anew.output_codes),
            (result.inputs, anew.inputs),
            (result.input_codes, anew.input_codes),
        ):
            own[:, first + chosen] = other[:, chosen]


def stretches(places: npt.NDArray[np.intp], apart: int) -> list[tuple[int, int]]:
    """Runs that hold all of the ascending places, few and short: those no farther ``apart`` than that are in one."""
    if len(places) <= 1:
        return [(int(place), int(place) + 1) for place in places]
    cuts = np.flatnonzero(np.diff(places) > apart)
    firsts, lasts = places[np.r_[0, cuts + 1]], places[np.r_[cuts, len(places) - 1]]
    return [(int(a), int(b) + 1) for a, b in zip(firsts, lasts, strict=True)]
