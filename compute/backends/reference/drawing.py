"""Where the values of uncertain draws come from: their static values, or samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from compute.backends.reference.draw_streams import FIRST, CallPlaces, Element, further_stream
from compute.backends.reference.frame import Frame
from compute.dialects import Draw
from compute.distributions import LAWS, Distribution
from compute.distributions.columns import Columns, LawColumns
from compute.errors import ErrorCode, InvalidDistribution
from compute.formulas.ast import Node
from compute.functions.call import common_rectangle
from compute.program import Program
from compute.sampling import Sampler, stream_key, uniforms
from compute.values import Array, Codes, Floats, Kind, first_error, numeric, stack, to_numbers, with_errors

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator


class DrawSource(Protocol):
    """Gives the values of draws."""

    def value(self, evaluator: Evaluator, draw: Draw, frame: Frame) -> Array:
        """The draw's value over the frame's lanes."""
        ...

    def further(self, frame: Frame, rows: int, columns: int, turn: int) -> Floats:
        """Uniform numbers of shape (rows, columns, lanes) that belong to no draw of the model."""
        ...


def parameters_of(
    evaluator: Evaluator, draw: Draw, frame: Frame, element: Element = FIRST
) -> tuple[list[Floats], Codes | None]:
    """The law's parameters as columns: (lanes,) each, lists (elements, lanes); and the errors met, (1, 1, lanes)."""
    law = LAWS[draw.law]
    columns: list[Floats] = []
    codes: Codes | None = None
    for info, node in zip(law.parameters, draw.parameters, strict=False):
        if info.domain.is_list:
            array = evaluator.array(node, frame.as_array())
            numbers, errors = to_numbers(array, evaluator.date_1904)
            columns.append(np.ascontiguousarray(numbers).reshape(-1, array.lanes))
            if errors is not None:
                flat = errors.reshape(-1, errors.shape[2])
                codes = first_error(codes, flat.max(axis=0)[None, None, :])
        else:
            column, errors = _column(evaluator, node, frame, element)
            columns.append(column)
            codes = first_error(codes, errors)
    columns += [np.array([float(p.default or 0.0)]) for p in law.parameters[len(draw.parameters) :]]
    return columns, codes


def rectangle_of(evaluator: Evaluator, draw: Draw, frame: Frame) -> tuple[int, int]:
    """How many draws an array formula makes of one call: as many as its parameters have elements."""
    if not frame.whole:
        return 1, 1
    law = LAWS[draw.law]
    single = [n for p, n in zip(law.parameters, draw.parameters, strict=False) if not p.domain.is_list]
    single += [n for a in draw.adjustments for n in (a.low, a.high) if n is not None]
    arrays = [evaluator.scalar(n, frame) for n in single]
    return common_rectangle(arrays) if arrays else (1, 1)


def _column(evaluator: Evaluator, node: Node, frame: Frame, element: Element = FIRST) -> tuple[Floats, Codes | None]:
    """One parameter over the lanes; of an array that element, #N/A beyond its end."""
    array = evaluator.scalar(node, frame)
    row, column = (0 if array.rows == 1 else element[0], 0 if array.columns == 1 else element[1])
    if row >= array.rows or column >= array.columns:
        return np.array([0.0]), np.full((1, 1, 1), int(ErrorCode.NA), np.uint8)
    numbers, codes = to_numbers(array if array.is_single else array.cell(row, column), evaluator.date_1904)
    return np.ascontiguousarray(numbers[0, 0]), codes


def _limit(
    evaluator: Evaluator, node: Node | None, frame: Frame, absent: float, element: Element = FIRST
) -> tuple[Floats, Codes | None]:
    return (np.array([absent]), None) if node is None else _column(evaluator, node, frame, element)


def law_columns(
    evaluator: Evaluator, draw: Draw, frame: Frame, element: Element = FIRST
) -> tuple[Columns, Codes | None]:
    """The draw's law over the frame's lanes, truncated and shifted as its adjustments say."""
    parameters, codes = parameters_of(evaluator, draw, frame, element)
    law: Columns = LawColumns(LAWS[draw.law], tuple(parameters))
    for adjustment in draw.adjustments:
        if adjustment.kind == "shift":
            by, errors = _limit(evaluator, adjustment.low, frame, 0.0, element)
            law, codes = law.shifted(by), first_error(codes, errors)
            continue
        by_value = adjustment.kind == "truncate"
        low, low_errors = _limit(evaluator, adjustment.low, frame, -math.inf if by_value else 0.0, element)
        high, high_errors = _limit(evaluator, adjustment.high, frame, math.inf if by_value else 1.0, element)
        law = law.truncated(low, high) if by_value else law.truncated_by_percentile(low, high)
        codes = first_error(codes, low_errors, high_errors)
    return law, codes


class SampledDraws:
    """Draws of one block of iterations ``[start, stop)``; ``samples`` keeps what each site gave, by site."""

    def __init__(self, program: Program, sampler: Sampler, start: int, stop: int) -> None:
        self._sampler, self._start, self._stop = sampler, start, stop
        self._sites, self._static = site_numbers(program), StaticDraws(program)
        self._places, self._streams = CallPlaces(program), [s.stream for s in program.draws]
        lanes = stop - start
        self.samples = np.full((len(program.draws), lanes), np.nan)
        self.codes = np.zeros((len(program.draws), lanes), np.uint8)

    def value(self, evaluator: Evaluator, draw: Draw, frame: Frame) -> Array:
        numbers = [self._sites[f.number, id(draw)] for f in frame.formulas]
        if draw.locked:
            held = self._static.value(evaluator, draw, frame)
            self._keep(numbers, held, frame)
            return held
        path = self._places.path(frame)
        rows, columns = rectangle_of(evaluator, draw, frame)
        if (rows, columns) == (1, 1):
            return self._element(evaluator, draw, frame, numbers, path)
        return stack(
            [
                [self._element(evaluator, draw, frame, numbers, path, (r, c)) for c in range(columns)]
                for r in range(rows)
            ]
        )

    def _element(
        self,
        evaluator: Evaluator,
        draw: Draw,
        frame: Frame,
        numbers: list[int],
        path: tuple[int, ...],
        element: Element = FIRST,
    ) -> Array:
        """One draw: the first of its kind by the site's own stream, which is the one that is kept."""
        is_first = not path and element == FIRST
        uniforms = [self._uniforms(n, path, element) for n in numbers]
        p = uniforms[0] if len(uniforms) == 1 else np.concatenate(uniforms)
        if frame.subset is not None:
            p = p[frame.subset]
        law, codes = law_columns(evaluator, draw, frame, element)
        value = with_errors(numeric(law.draw(p)[None, None, :]), codes)
        if is_first:
            self._keep(numbers, value, frame)
        return value

    def _uniforms(self, site: int, path: tuple[int, ...], element: Element) -> Floats:
        if not path and element == FIRST:
            return self._sampler.uniforms(site, self._start, self._stop)
        key = further_stream(self._streams[site], path, element)
        return uniforms(self._sampler.seed, key, self._start, self._stop)

    def _keep(self, sites: list[int], value: Array, frame: Frame) -> None:
        lanes = len(sites) * (self._stop - self._start)
        where = slice(None) if frame.subset is None else frame.subset
        errors = value.errors()
        codes = np.zeros(value.lanes, np.uint8) if errors is None else errors[0, 0]
        for table, row in ((self.samples, np.where(codes == 0, value.numbers[0, 0], np.nan)), (self.codes, codes)):
            flat = table[sites].reshape(-1)
            flat[where] = np.broadcast_to(row, (lanes,)) if frame.subset is None else row
            table[sites] = flat.reshape(len(sites), -1)

    def further(self, frame: Frame, rows: int, columns: int, turn: int) -> Floats:
        """Numbers addressed by the formula's cell, the call's turn in it and the iteration."""
        return extra_uniforms(self._sampler.seed, frame, (rows, columns), turn, self._start, self._stop)


FIRST_ELEMENT, MOST_ELEMENTS = 1_000, 2**34
"""Ordinals of array elements: beyond those of draws, and apart for each call of a formula."""


def extra_uniforms(seed: int, frame: Frame, shape: tuple[int, int], turn: int, start: int, stop: int) -> Floats:
    """Uniforms of shape (rows, columns, lanes): one stream for each element of the array of each call of each cell."""
    rows, columns = shape
    out = np.empty((rows, columns, frame.cells * (stop - start)))
    ordinal = FIRST_ELEMENT + turn * MOST_ELEMENTS
    for i, formula in enumerate(frame.formulas):
        lanes = slice(i * (stop - start), (i + 1) * (stop - start))
        for r in range(rows):
            for c in range(columns):
                key = stream_key(f"{formula.sheet}", f"R{formula.row}C{formula.column}", ordinal + r * columns + c)
                out[r, c, lanes] = uniforms(seed, key, start, stop)
    return out if frame.subset is None else out[..., frame.subset]


class StaticDraws:
    """Draws as a workbook shows them when nothing is simulated: RiskStatic's value, else the law's static value.

    ``laws`` keeps each site's law where its parameters could be read; ``problems`` what was wrong with the others.
    """

    def __init__(self, program: Program) -> None:
        self._sites = site_numbers(program)
        self.laws: dict[int, Distribution] = {}
        self.problems: dict[int, str] = {}

    def value(self, evaluator: Evaluator, draw: Draw, frame: Frame) -> Array:
        rows, columns = rectangle_of(evaluator, draw, frame)
        if (rows, columns) == (1, 1):
            return self._element(evaluator, draw, frame)
        return stack([[self._element(evaluator, draw, frame, (r, c)) for c in range(columns)] for r in range(rows)])

    def _element(self, evaluator: Evaluator, draw: Draw, frame: Frame, element: Element = FIRST) -> Array:
        parameters, codes = parameters_of(evaluator, draw, frame, element)
        limits = [
            [_limit(evaluator, node, frame, math.nan, element)[0] for node in (a.low, a.high)] for a in draw.adjustments
        ]
        values = np.full(frame.lanes, np.nan)
        for lane in range(frame.lanes):
            formula = (
                frame.formulas[lane // frame.block_lanes % frame.cells] if frame.subset is None else frame.formulas[0]
            )
            site = self._sites[formula.number, id(draw)]
            if codes is not None and codes[0, 0, lane % codes.shape[2]]:
                self.problems.setdefault(
                    site, "a parameter is " + ErrorCode(int(codes[0, 0, lane % codes.shape[2]])).text
                )
                continue
            try:
                law = _law(draw, parameters, limits, lane)
                self.laws.setdefault(site, law)
                values[lane] = law.static_value
            except InvalidDistribution as problem:
                self.problems.setdefault(site, problem.message)
        value = with_errors(numeric(values[None, None, :]), codes)
        if draw.static is None:
            return value
        static = evaluator.scalar(draw.static, frame)
        return static if static.kinds is None or not (static.kinds == Kind.BLANK).all() else value

    def further(self, frame: Frame, rows: int, columns: int, turn: int) -> Floats:
        return extra_uniforms(0, frame, (rows, columns), turn, 0, frame.block_lanes)


def _law(draw: Draw, parameters: Sequence[Floats], limits: Sequence[Sequence[Floats]], lane: int) -> Distribution:
    """The law of one lane, as an object."""
    arguments: list[Any] = [
        tuple(p[:, lane % p.shape[1]].tolist()) if p.ndim == 2 else float(p[lane % p.shape[0]]) for p in parameters
    ]
    law: Distribution = LAWS[draw.law](*arguments)
    for adjustment, (low, high) in zip(draw.adjustments, limits, strict=True):
        first, last = float(low[lane % low.shape[0]]), float(high[lane % high.shape[0]])
        if adjustment.kind == "shift":
            law = law.shift(0.0 if math.isnan(first) else first)
        elif adjustment.kind == "truncate":
            law = law.truncate(None if math.isnan(first) else first, None if math.isnan(last) else last)
        else:
            law = law.truncate(
                None if math.isnan(first) else law.ppf(first), None if math.isnan(last) else law.ppf(last)
            )
    return law


def site_numbers(program: Program) -> dict[tuple[int, int], int]:
    """(formula, identity of the draw's node) → the site's index."""
    return {(s.formula, id(s.draw)): s.index for s in program.draws}
