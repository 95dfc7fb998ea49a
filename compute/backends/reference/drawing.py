"""Where the values of uncertain draws come from: their static values, or samples."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

import numpy as np

from compute.backends.reference.draw_laws import LawReader, Losses, Uniforms, rectangle_of
from compute.backends.reference.draw_streams import FIRST, CallPlaces, Element, further_stream
from compute.backends.reference.frame import Frame
from compute.backends.reference.series import held_path, read_series
from compute.backends.reference.trial_draws import StreamOf, TrialDraws
from compute.dialects import Draw, SeriesDraw
from compute.dialects.law_nodes import FORMULA
from compute.distributions import Distribution
from compute.errors import ErrorCode, InvalidDistribution
from compute.program import Program
from compute.program.series import period_stream
from compute.sampling import Sampler, element_stream, stream_key, uniforms
from compute.sampling.time_series import Process
from compute.values import Array, Floats, Kind, numeric, stack, to_numbers, with_errors

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator


class DrawSource(Protocol):
    """Gives the values of draws; ``in_tables`` those of RAND within what-if data tables."""

    in_tables: TrialDraws

    def value(self, evaluator: Evaluator, draw: Draw, frame: Frame) -> Array:
        """The draw's value over the frame's lanes."""
        ...

    def further(self, frame: Frame, rows: int, columns: int, turn: int) -> Floats:
        """Uniform numbers of shape (rows, columns, lanes) that belong to no draw of the model."""
        ...


class SampledDraws:
    """Draws of one block of iterations ``[start, stop)``; ``samples`` keeps what each site gave, by site.

    ``seconds`` is how long uniform numbers and quantiles took, without the formulas of a law's parameters.
    """

    def __init__(self, program: Program, sampler: Sampler, start: int, stop: int) -> None:
        self._sampler, self._start, self._stop = sampler, start, stop
        self._sites, self._static = site_numbers(program), StaticDraws(program)
        self._places, self._streams = CallPlaces(program), [s.stream for s in program.draws]
        self._sites_of = program.draws
        self.in_tables = TrialDraws(program, lambda: sampler.seed, start, stop)
        lanes = stop - start
        self.samples = np.full((len(program.draws), lanes), np.nan)
        self.codes = np.zeros((len(program.draws), lanes), np.uint8)
        self.seconds = 0.0

    def value(self, evaluator: Evaluator, draw: Draw, frame: Frame) -> Array:
        if draw.fresh and self.in_tables.is_open:
            return self.in_tables.value(draw, frame)
        numbers = [self._sites[f.number, id(draw)] for f in frame.formulas]
        path = self._places.path(frame)
        if isinstance(draw, SeriesDraw):
            return self._series(evaluator, draw, frame, numbers, path)
        if draw.law == FORMULA:
            made = _made(evaluator, draw, frame)
            self._keep(numbers, made, frame)
            return made
        if draw.locked:
            held = self._static.value(evaluator, draw, frame)
            self._keep(numbers, held, frame)
            return held
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
        reader = LawReader(evaluator, frame, element)
        law = reader.read(draw).columns()
        begun = time.perf_counter()
        drawn = law.draw(p, self._losses(numbers, path, element, frame)) if isinstance(law, Losses) else law.draw(p)
        self.seconds += time.perf_counter() - begun
        value = with_errors(numeric(drawn[None, None, :]), reader.codes)
        if is_first:
            self._keep(numbers, value, frame)
        return value

    def _series(
        self, evaluator: Evaluator, draw: SeriesDraw, frame: Frame, numbers: list[int], path: tuple[int, ...]
    ) -> Array:
        """A path: a stream for every period, those that have sites by the sampler; outside LAMBDAs these are kept."""
        read = read_series(evaluator, draw, frame)
        if draw.locked:
            value = self._static.value(evaluator, draw, frame)
        else:
            drawn = np.stack([self._period(numbers, path, period) for period in range(read.periods)])
            value = read.path(drawn if frame.subset is None else drawn[:, frame.subset])
        kept = 0 if path else min(read.periods, self._sites_of[numbers[0]].periods)
        for period in range(kept):
            shown = value.cell(0, period) if read.is_row else value.cell(period, 0)
            self._keep([n + period for n in numbers], shown, frame)
        return value

    def _period(self, sites: list[int], path: tuple[int, ...], period: int) -> Floats:
        """The uniforms of a period (from 0) of the series that begin at these sites."""
        if not path and period < self._sites_of[sites[0]].periods:
            return np.concatenate([self._uniforms(n + period, (), FIRST) for n in sites])
        streams = (period_stream(self._stream(n, path, FIRST), period) for n in sites)
        return np.concatenate([uniforms(self._sampler.seed, s, self._start, self._stop) for s in streams])

    def _uniforms(self, site: int, path: tuple[int, ...], element: Element) -> Floats:
        begun = time.perf_counter()
        if not path and element == FIRST:
            made = self._sampler.uniforms(site, self._start, self._stop)
        else:
            made = uniforms(self._sampler.seed, self._stream(site, path, element), self._start, self._stop)
        self.seconds += time.perf_counter() - begun
        return made

    def _stream(self, site: int, path: tuple[int, ...], element: Element) -> int:
        own = self._streams[site]
        return own if not path and element == FIRST else further_stream(own, path, element)

    def _losses(self, sites: list[int], path: tuple[int, ...], element: Element, frame: Frame) -> Uniforms:
        """The uniforms of the j-th loss of a sum: a stream of its own for each loss of each draw."""
        streams = [self._stream(n, path, element) for n in sites]

        def loss(j: int) -> Floats:
            keys = [element_stream(stream, j) for stream in streams]
            own = np.concatenate([uniforms(self._sampler.seed, k, self._start, self._stop) for k in keys])
            return own if frame.subset is None else own[frame.subset]

        return loss

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
        if self.in_tables.is_open:
            return self.in_tables.further(frame, rows, columns, extra_streams(frame, columns, turn))
        return extra_uniforms(self._sampler.seed, frame, (rows, columns), turn, self._start, self._stop)


FIRST_ELEMENT, MOST_ELEMENTS = 1_000, 2**34
"""Ordinals of array elements: beyond those of draws, and apart for each call of a formula."""


def extra_streams(frame: Frame, columns: int, turn: int) -> StreamOf:
    """One stream for each element of the array, ``columns`` wide, of each call of each cell."""

    def stream(formula: int, row: int, column: int) -> int:
        cell = frame.formulas[formula]
        ordinal = FIRST_ELEMENT + turn * MOST_ELEMENTS + row * columns + column
        return stream_key(f"{cell.sheet}", f"R{cell.row}C{cell.column}", ordinal)

    return stream


def extra_uniforms(seed: int, frame: Frame, shape: tuple[int, int], turn: int, start: int, stop: int) -> Floats:
    """Uniforms of shape (rows, columns, lanes) by these streams."""
    rows, columns = shape
    out, stream = np.empty((rows, columns, frame.cells * (stop - start))), extra_streams(frame, columns, turn)
    for i in range(frame.cells):
        lanes = slice(i * (stop - start), (i + 1) * (stop - start))
        for r in range(rows):
            for c in range(columns):
                out[r, c, lanes] = uniforms(seed, stream(i, r, c), start, stop)
    return out if frame.subset is None else out[..., frame.subset]


class StaticDraws:
    """Draws as a workbook shows them when nothing is simulated: RiskStatic's value, else the law's static value.

    ``laws`` keeps each site's law where its parameters could be read; ``problems`` what was wrong with the others.
    ``shown`` keeps what the periods of time series show, ``processes`` what they are periods of.
    """

    def __init__(self, program: Program) -> None:
        self._sites = site_numbers(program)
        self.laws: dict[int, Distribution] = {}
        self.problems: dict[int, str] = {}
        self.shown: dict[int, float] = {}
        self.processes: dict[int, Process] = {}
        self._sites_of = program.draws
        self.in_tables = TrialDraws(program, 0, 0, 1)

    def value(self, evaluator: Evaluator, draw: Draw, frame: Frame) -> Array:
        if draw.fresh and self.in_tables.is_open:
            return self.in_tables.value(draw, frame)
        if isinstance(draw, SeriesDraw):
            return self._series(evaluator, draw, frame)
        if draw.law == FORMULA:
            return self._unless_static(evaluator, draw, frame, _made(evaluator, draw, frame))
        rows, columns = rectangle_of(evaluator, draw, frame)
        if (rows, columns) == (1, 1):
            return self._element(evaluator, draw, frame)
        return stack([[self._element(evaluator, draw, frame, (r, c)) for c in range(columns)] for r in range(rows)])

    def _series(self, evaluator: Evaluator, draw: SeriesDraw, frame: Frame) -> Array:
        first = self._sites[frame.formulas[0].number, id(draw)]
        read = read_series(evaluator, draw, frame)
        value = read.means()
        if draw.static is not None:
            value = held_path(evaluator, draw.static, read, value, frame)
        try:
            process: Process | None = read.first()
        except InvalidDistribution as problem:
            process = None
            self.problems.setdefault(first, problem.message)
        for period in range(min(read.periods, self._sites_of[first].periods)):
            if process is not None:
                self.processes.setdefault(first + period, process)
            item = value.item(0, period, 0) if read.is_row else value.item(period, 0, 0)
            if isinstance(item, float):
                self.shown.setdefault(first + period, item)
        return value

    def _element(self, evaluator: Evaluator, draw: Draw, frame: Frame, element: Element = FIRST) -> Array:
        reader = LawReader(evaluator, frame, element)
        read = reader.read(draw)
        codes = reader.codes
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
                law = read.at(lane)
                values[lane] = law.static_value
                self.laws.setdefault(site, law)
            except InvalidDistribution as problem:
                self.problems.setdefault(site, problem.message)
        value = with_errors(numeric(values[None, None, :]), codes)
        return self._unless_static(evaluator, draw, frame, value)

    def _unless_static(self, evaluator: Evaluator, draw: Draw, frame: Frame, value: Array) -> Array:
        if draw.static is None:
            return value
        static = evaluator.scalar(draw.static, frame)
        return static if static.kinds is None or not (static.kinds == Kind.BLANK).all() else value

    def further(self, frame: Frame, rows: int, columns: int, turn: int) -> Floats:
        if self.in_tables.is_open:
            return self.in_tables.further(frame, rows, columns, extra_streams(frame, columns, turn))
        return extra_uniforms(0, frame, (rows, columns), turn, 0, frame.block_lanes)


def _made(evaluator: Evaluator, draw: Draw, frame: Frame) -> Array:
    """The number that a formula gives which counts as an input."""
    numbers, codes = to_numbers(evaluator.scalar(draw.parameters[0], frame), evaluator.date_1904)
    return with_errors(numeric(np.array(numbers[:1, :1])), None if codes is None else codes[:1, :1])


def site_numbers(program: Program) -> dict[tuple[int, int], int]:
    """(formula, identity of the draw's node) → the index of its site, of the first one of a series."""
    return {(s.formula, id(s.draw)): s.index for s in program.draws if s.period == 0}
