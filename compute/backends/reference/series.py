"""Paths of time series: their parameters read over a frame's lanes, their periods laid out as the formula's cells."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from compute.backends.reference.context import Context
from compute.backends.reference.frame import Frame
from compute.dialects import SeriesDraw
from compute.errors import ErrorCode, InvalidDistribution, Scalar
from compute.formulas.ast import Node, Omitted
from compute.program.series import MOST_PERIODS, filled_shape
from compute.records import dataclass
from compute.sampling.reshaping import Reshaping
from compute.sampling.time_series import PROCESSES, Process
from compute.values import Array, Codes, Floats, Kind, first_error, numeric, to_numbers, with_errors

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator


@dataclass(frozen=True, slots=True)
class ReadSeries:
    """A series with everything in it evaluated over a frame's lanes; ``codes`` are the errors met, (1, 1, lanes).

    ``reshaping`` is None, and ``problem`` says why, where the properties that reshape the path make no sense.
    """

    process: str
    columns: tuple[Floats, ...]
    reshaping: Reshaping | None
    problem: str | None
    periods: int
    is_row: bool
    codes: Codes | None

    def path(self, uniforms: Floats) -> Array:
        """The path that uniforms (periods, lanes) give; #NUM! where the process does not exist."""
        with np.errstate(all="ignore"):
            return self._laid_out(PROCESSES[self.process].across(*self.columns).path(uniforms))

    def means(self) -> Array:
        """The path without errors, what a series shows while nothing is simulated."""
        with np.errstate(all="ignore"):
            return self._laid_out(PROCESSES[self.process].across(*self.columns).means(self.periods))

    def first(self) -> Process:
        """The process of the first lane. Raises InvalidDistribution, saying what is wrong with the series there."""
        if self.codes is not None and self.codes[0, 0, 0]:
            found = "a parameter is " + ErrorCode(int(self.codes[0, 0, 0])).text
            raise InvalidDistribution(found, code="series.parameter")
        process = PROCESSES[self.process](*(float(column[0]) for column in self.columns))
        if self.problem is not None:
            raise InvalidDistribution(self.problem, code="series.property")
        return process

    def _laid_out(self, path: Floats) -> Array:
        values = np.full_like(path, np.nan) if self.reshaping is None else self.reshaping.apply(path)
        shown = values[None, :, :] if self.is_row else values[:, None, :]
        return with_errors(numeric(shown), self.codes)


def read_series(evaluator: Evaluator, draw: SeriesDraw, frame: Frame) -> ReadSeries:
    """The series of a draw. Raises LanesDiffer where lanes differ in the number of periods or in what reshapes them."""
    return _SeriesReader(evaluator, frame).read(draw)


class _SeriesReader:
    def __init__(self, evaluator: Evaluator, frame: Frame) -> None:
        self._evaluator, self._frame = evaluator, frame
        self._codes: Codes | None = None

    def read(self, draw: SeriesDraw) -> ReadSeries:
        columns = tuple(self._number(node) for node in draw.parameters)
        periods, is_row = self._shape(draw)
        problem: str | None = None
        reshaping: Reshaping | None = None
        try:
            reshaping = self._reshaping(draw)
        except InvalidDistribution as found:
            problem = found.message
        return ReadSeries(draw.law, columns, reshaping, problem, periods, is_row, self._codes)

    def _shape(self, draw: SeriesDraw) -> tuple[int, bool]:
        """How many periods there are, and whether they lie in a row."""
        if draw.periods is None:
            rows, columns = filled_shape(self._frame.formulas[0])
            return max(rows, columns), columns > 1
        given = self._constant(draw.periods)
        if isinstance(given, bool) or not isinstance(given, float) or not 1 <= given < MOST_PERIODS + 1:
            self._fail(ErrorCode.VALUE)
            return 1, False
        return int(given), False

    def _reshaping(self, draw: SeriesDraw) -> Reshaping:
        kind, shift = _padded(draw.transform, 2)
        order, *constants = _padded(draw.integrate, 3)
        season, period, terms, first = _padded(draw.season, 4)
        first_constant, second_constant = (self._number(node) for node in constants)
        return Reshaping(
            transform=self._whole(kind, "the type of TSTransform"),
            shift=self._number(shift),
            integrate=self._whole(order, "the order of TSIntegrate"),
            constants=(first_constant, second_constant),
            season=self._whole(season, "the type of TSSeasonality"),
            period=self._whole(period, "the period of TSSeasonality", 1),
            terms=self._terms(terms),
            first=self._whole(first, "the starting index of TSSeasonality", 1),
        )

    def _number(self, node: Node) -> Floats:
        """A parameter over the lanes; #VALUE! for an array, since a path has one."""
        if isinstance(node, Omitted):
            return np.zeros(1)
        array = self._evaluator.scalar(node, self._frame)
        if not array.is_single:
            self._fail(ErrorCode.VALUE)
        numbers, codes = to_numbers(array.cell(0, 0), self._evaluator.date_1904)
        self._codes = first_error(self._codes, codes)
        return np.ascontiguousarray(numbers[0, 0])

    def _terms(self, node: Node) -> tuple[Floats, ...]:
        if isinstance(node, Omitted):
            return ()
        array = self._evaluator.array(node, self._frame.as_array())
        numbers, codes = to_numbers(array, self._evaluator.date_1904)
        if codes is not None:
            self._codes = first_error(self._codes, codes.reshape(-1, codes.shape[2]).max(axis=0)[None, None, :])
        return tuple(numbers.reshape(-1, array.lanes))

    def _whole(self, node: Node, what: str, default: int = 0) -> int:
        if isinstance(node, Omitted):
            return default
        value = self._constant(node)
        if isinstance(value, bool) or not isinstance(value, float) or not math.isfinite(value) or value != int(value):
            raise InvalidDistribution(f"{what} is {value!r}; it must be a whole number", code="series.property")
        return int(value)

    def _constant(self, node: Node) -> Scalar:
        return Context(self._evaluator, self._frame).constant(self._evaluator.scalar(node, self._frame))

    def _fail(self, code: ErrorCode) -> None:
        self._codes = first_error(self._codes, np.full((1, 1, 1), int(code), np.uint8))


def _padded(given: Sequence[Node], count: int) -> list[Node]:
    return [*given, *[Omitted()] * (count - len(given))]


def held_path(evaluator: Evaluator, static: Node, read: ReadSeries, shown: Array, frame: Frame) -> Array:
    """What a Static property says of a path: one value for all periods, or the periods' own; blank for ``shown``."""
    value = evaluator.array(static, frame.as_array())
    if value.is_single and value.kinds is not None and (value.kinds == Kind.BLANK).all():
        return shown
    if value.is_single:
        return value.broadcast(shown.rows, shown.columns, value.lanes)
    if value.rows * value.columns != read.periods:
        return with_errors(shown, np.full((1, 1, 1), int(ErrorCode.VALUE), np.uint8))
    return value if value.rows == shown.rows else value.transpose()
